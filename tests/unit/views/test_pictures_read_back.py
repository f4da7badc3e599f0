"""Pictures without a script, read back: what stands in them is what the numbers say, and no more.

Each picture is parsed again; places, lengths, colours and words are held against the arrays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_widgets as pw
from pipeline_widgets.trace import Prediction, Trace
from pipeline_widgets.training import EpochRecord, History, StepRecord
from pipeline_widgets.views.shared import plot, svg
from pipeline_widgets.views.shared.answer import answer_bars
from tests import hostile

PLUS, MINUS, MODEL = "#15938c", "#7e0068", "#3f4fc4"


def shapes(picture: str, tag: str) -> Iterator[dict[str, str]]:
    """The attributes of each element of a kind, in their order."""
    for element in ElementTree.fromstring(picture).iter():
        if element.tag.rpartition("}")[2] == tag:
            yield dict(element.attrib)


def bar_widths(picture: str, color: str = MODEL) -> list[float]:
    """How long each bar is, as a share of its track."""
    rects = list(shapes(picture, "rect"))
    tracks = [float(one["width"]) for one in rects if one["fill"] == "#e4e6ee"]
    filled = [float(one["width"]) for one in rects if one["fill"] == color]
    return [part / whole for part, whole in zip(filled, tracks, strict=True)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=6))
def test_a_bar_is_as_long_as_its_probability(parts: list[float]) -> None:
    values = (np.array(parts) / sum(parts)).astype(np.float32)
    names = [f"label {k}" for k in range(len(values))]
    assert bar_widths(svg.bars(names, values)) == pytest.approx(values.tolist(), abs=0.003)
    logits = np.log(values)
    for function, scores in (("softmax", values), ("sigmoid", 1 - values)):
        made = Prediction(logits, scores, tuple(names), function, 0.5)  # type: ignore[arg-type]
        assert bar_widths(answer_bars(made)) == pytest.approx(scores.tolist(), abs=0.003)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 7), st.integers(0, 10**6))
def test_a_cell_of_the_square_lies_in_the_row_that_looks_and_has_its_weight(
    count: int, seed: int
) -> None:
    weights = np.random.default_rng(seed).uniform(-1, 1, (count, count)).astype(np.float32)
    picture = svg.heatmap([str(k) for k in range(count)], weights, above=PLUS, below=MINUS)
    words = {one.text: one for one in ElementTree.fromstring(picture).iter() if one.text}
    assert str(count - 1) in words
    found = np.zeros_like(weights)
    for one in shapes(picture, "rect"):
        if "fill-opacity" in one:
            row, column = (round((float(one[a]) - b) / 22) for a, b in (("y", 78), ("x", 92)))
            sign = {PLUS: 1, MINUS: -1}[one["fill"]]
            found[row, column] = sign * float(one["fill-opacity"])
    np.testing.assert_allclose(found, np.where(np.abs(weights) < 0.025, 0, weights), atol=0.0501)


def test_a_strip_has_a_row_for_each_token_and_the_sign_of_each_number() -> None:
    vectors = np.random.default_rng(4).normal(size=(5, 32)).astype(np.float32)
    found = np.zeros_like(vectors)
    for one in shapes(svg.strips(list("abcde"), vectors), "rect"):
        row, column = round(float(one["y"]) / 20), round((float(one["x"]) - 104) / 12)
        found[row, column] = {PLUS: 1, MINUS: -1}[one["fill"]] * float(one["fill-opacity"])
    clear = np.abs(found) > 0
    np.testing.assert_array_equal(np.sign(found)[clear], np.sign(vectors)[clear])
    assert np.corrcoef(found.ravel(), np.clip(vectors, -2, 2).ravel())[0, 1] > 0.97


def test_the_confusion_matrix_has_true_labels_as_rows() -> None:
    labelled = [*[("good", 1)] * 9, *[("bad", 0)] * 5]
    scores = [0.9] * 6 + [0.1] * 3 + [0.1] * 4 + [0.9]  # 6 right of 9, 4 right of 5
    view = pw.MetricsView(("made", scores), sentences=labelled)
    counts = {(0, 0): 4, (0, 1): 1, (1, 0): 3, (1, 1): 6}
    cells = dict[tuple[int, int], int]()
    (picture,) = [one for one in view._pictures() if "✓" in one]
    rects = [one for one in shapes(picture, "rect") if one.get("rx") == "8"]
    numbers = [
        one
        for one in ElementTree.fromstring(picture).iter()
        if one.text and one.get("font-size") == "24"
    ]
    assert len(rects) == len(numbers) == 4
    lefts = sorted({float(one["x"]) for one in rects})
    tops = sorted({float(one["y"]) for one in rects})
    for rect, number in zip(rects, numbers, strict=True):
        cells[tops.index(float(rect["y"])), lefts.index(float(rect["x"]))] = int(number.text or "")
    assert cells == counts


def test_a_larger_loss_is_higher_and_a_later_epoch_further_right() -> None:
    history = History("run", settings={"epochs": 4})
    losses = [0.9, 0.4, 0.6, 0.2]
    for epoch, loss in enumerate(losses, start=1):
        history.append(StepRecord(10 * epoch, float(epoch), float(epoch), {"loss": loss}))
        values = {"loss": loss, "validation_loss": loss + 0.1, "validation_accuracy": 1 - loss}
        history.append(EpochRecord(epoch, 10 * epoch, float(epoch), values))
    picture = next(one for one in pw.TrainingView(history)._pictures() if "Loss. run" in one)
    corners = r"^M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)L\1 [\d.]+L[\d.]+ \4Z$"
    diamonds = [re.match(corners, one["d"]) for one in shapes(picture, "path")]
    places = np.array([[float(one[1]), float(one[4])] for one in diamonds if one])
    across, down = places[:3].T  # of the loss; its last one is drawn in another shape
    assert np.corrcoef(across, [1, 2, 3])[0, 1] > 0.9999
    assert np.corrcoef(down, losses[:3])[0, 1] < -0.9999  # pixels count downwards
    assert np.corrcoef(places[3:, 1], losses[:3])[0, 1] > 0.9999  # where accuracy is high


# --- names that others gave ---------------------------------------------------------------------


class Seen(HTMLParser):
    """Which elements and attributes a page has, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kinds |= {tag, *(f"{tag} {name}" for name, _ in attrs)}

    def handle_data(self, data: str) -> None:
        self.words += data


def seen(page: str) -> Seen:
    """A page as a reader of HTML takes it."""
    found = Seen()
    found.feed(page)
    found.close()
    return found


def named(trace: Trace, name: Callable[[int], str]) -> Trace:
    """The trace as a checkpoint with these labels and pieces would have made it."""
    labels = tuple(name(k) for k in range(len(trace.prediction.labels)))
    pieces = tuple(name(k + 2) for k in range(len(trace.tokens)))
    return replace(
        trace,
        prediction=replace(trace.prediction, labels=labels),
        tokens=replace(trace.tokens, pieces=pieces, special=(True,) * len(pieces)),
    )


def pages(name: Callable[[int], str]) -> dict[str, str]:
    """The static page of each view that shows names from a checkpoint, a log or a learner."""
    model, other = pw.load("roberta"), pw.load("distilbert")
    one, two = named(model.trace("A good film."), name), named(other.trace("A good film."), name)
    sigmoid = replace(one, prediction=replace(one.prediction, function="sigmoid"))
    history = History(name(0), settings={"epochs": 1})
    history.append(EpochRecord(1, 1, 1.0, {"loss": 0.5, "validation_loss": 0.4}))
    labelled = [(name(0), 1), (name(1), 0)]
    card = pw.Card(name(0), name(1))
    made: dict[str, Any] = {
        "prediction": pw.PredictionView(one),
        "several labels": pw.PredictionView(sigmoid),
        "tokens": pw.TokenView(one),
        "embedding": pw.EmbeddingView(one),
        "attention": pw.AttentionView(one, pipeline=model),
        "compare": pw.CompareView(one, two, pipelines=[model, other]),
        "metrics": pw.MetricsView((name(0), [0.9, 0.2]), sentences=labelled),
        "training": pw.TrainingView(history),
        "cards": pw.Flashcards([card], title=name(2), save=False),
        "guess": pw.Predict(name(0), [name(1), name(2)], save=False),
    }
    return {kind: view.static_html() for kind, view in made.items()}


def test_no_name_of_others_is_markup_in_any_static_page() -> None:
    plain = pages(lambda k: f"plain{k}")
    for text in (
        hostile.TEXTS[0],
        hostile.TEXTS[1],
        "</text></svg><b>x",
    ):
        for kind, page in pages(lambda k, text=text: f"{k}{text}").items():
            found, expected = seen(page), seen(plain[kind])
            own = {"b"} if kind in ("cards", "guess") else set[str]()  # an author may emphasise
            assert found.kinds - own == expected.kinds - own, (kind, text)


def test_pictures_in_print_have_the_colours_of_the_screen() -> None:
    views = Path(pw.__file__).parent / "views"
    light = (views / "shared/base.css").read_text("utf-8").split(".pw[data-dark", 1)[0]
    screen = dict(re.findall(r"--pw-([\w-]+): (#\w+);", light))
    assert {name: screen[name] for name in svg.COLORS} == svg.COLORS
    assert tuple(screen[f"run-{number}"] for number in range(4)) == plot.RUNS
    scales = (views / "shared/color.js").read_text("utf-8")
    (ends,) = re.findall(r'DIFFERENCES = \{\s*light: ramp\(\["(#\w+)", .*"(#\w+)"\]\)', scales)
    models = screen["roberta"], screen["distilbert"]
    assert ends == models, "color.js's ramp of differences ends in base.css's colours of models"
    for path in views.rglob("*.py"):  # a colour is written down once
        assert not set(re.findall(r'"(#[0-9a-f]{6})"', path.read_text("utf-8"))) & {
            screen[name] for name in ("roberta", "distilbert", "run-0", "run-1", "good", "wrong")
        }, path
