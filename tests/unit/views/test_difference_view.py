"""DifferenceView and the pin without a browser: what is told, linked, exported and refused."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest

import pipeline_widgets as pw

NOT, VERY = "The waiter was not friendly.", "The waiter was very friendly."


@pytest.fixture(scope="module")
def roberta() -> pw.Pipeline:
    return pw.load("roberta")


@pytest.fixture
def view(roberta: Any) -> pw.DifferenceView:
    return pw.DifferenceView(roberta.trace(NOT), roberta.trace(VERY), pipeline=roberta)


def test_the_square_of_the_view_is_the_engines(view: Any, roberta: Any) -> None:
    found = view.measure()
    wanted = roberta.patch(roberta.trace(NOT), roberta.trace(VERY))
    np.testing.assert_allclose(found.share, wanted.share, atol=1e-6)
    view.layer, view.token = 2, 4
    np.testing.assert_allclose(view.selected, wanted.probabilities[3, 4], atol=1e-6)
    rows = view.to_table()
    shares = [row["share"] for row in (rows if isinstance(rows, list) else rows.to_dict("records"))]
    np.testing.assert_allclose(shares, wanted.share.ravel(), atol=1e-5)


def test_it_is_said_in_words_and_in_a_picture(view: Any, tmp_path: Any) -> None:
    assert "The difference reaches <s> after layer 4." in view.summary()
    view.measure()
    assert view.describe(2, 4).startswith("Put “not” back after layer 2: 0.94 of the change")
    assert "at “very” until layer 3, from layer 5 on at “<s>”" in view.describe(2, 4)
    assert "Zhang &amp; Nanda 2023" in view.static_html()
    drawn = ET.fromstring(view.to_svg(tmp_path / "a.svg").read_text("utf-8"))
    texts = [node.text for node in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert texts.count("1.00") == 4  # 0 … 1 at “very”, and <s> at the end
    assert repr(view) == f"DifferenceView(model='roberta', pinned_text={NOT!r}, text={VERY!r})"


def test_a_link_brings_the_cell_back(view: Any, roberta: Any) -> None:
    view.layer, view.token, view.opened, view.part = 4, 2, ["answers"], [1, 3]
    other = pw.DifferenceView(view.pinned, view.trace, pipeline=roberta).open_link(view.link())
    assert (other.layer, other.token, other.opened, other.part) == (4, 2, ["answers"], [1, 3])


def test_what_it_can_not_show_is_refused_in_a_sentence(view: Any, roberta: Any) -> None:
    with pytest.raises(pw.BadInput, match=r"DifferenceView\(pipeline\.trace\(text\)"):
        pw.DifferenceView(NOT, VERY)
    other = pw.load("distilbert").trace(VERY)
    with pytest.raises(pw.BadInput, match="two runs of one model"):
        pw.DifferenceView(roberta.trace(NOT), other)
    with pytest.raises(pw.BadInput, match="a list of paths, answers"):
        pw.DifferenceView(view.pinned, view.trace, pipeline=roberta, opened=["all"])
    with pytest.raises(pw.BadInput, match="layers 0 to 5, and -1 is before them"):
        pw.DifferenceView(view.pinned, view.trace, pipeline=roberta, layer=6)
    with pytest.raises(pw.BadInput, match="layer is one of -1 to 5"):
        view.layer = 9
    assert view.layer == 3


def test_any_two_texts_can_be_shown(roberta: Any) -> None:
    chance = random.Random(5)
    words = ["", "not", "café", "👩🏽‍🚀", "课", "شكر", "a" * 40, "don't", "  ", "bad."]
    view = pw.DifferenceView(roberta.trace("Good."), roberta.trace("Bad."), pipeline=roberta)
    for _ in range(25):
        texts = (" ".join(chance.choices(words, k=chance.randrange(5))) for _ in range(2))
        one, two = (roberta.trace(text) for text in texts)
        view.show(one, two)
        assert len(view._difference["partners"]) == len(two.tokens)
        assert view.static_html().count("<svg") in (0, 2)
        assert not np.isnan(view.patching.probabilities[:, view.comparison.partners >= 0]).any()


def test_typing_stops_what_runs_and_the_last_sentence_is_told() -> None:
    view = pw.PipelineExplorer(NOT, pinned=NOT, show="both", models=("roberta", "distilbert"))
    for end in range(5, len(VERY) + 1):
        view.text = VERY[:end]
    view._patcher.wait()
    assert view._acts["run"] == view._result["run"]
    assert [one["done"] for one in view._acts["panels"]] == [56, 32]
    assert [one.trace.text for one in view.comparisons] == [VERY, VERY]
    assert view._result["differences"][0]["pinned"]["text"] == NOT


def test_the_pin_travels_with_the_link_and_only_then_its_script() -> None:
    plain = pw.PipelineExplorer(VERY)
    assert plain._scripts == {}
    plain.pinned = NOT
    assert "differencePanel" in plain._scripts["pin"]
    assert ".pw-pin" in plain._scripts["pin"]
    other = pw.PipelineExplorer.from_link(plain.link())
    assert (other.pinned, other.text) == (NOT, VERY)
    assert other.static_html().count("Where it acts") == 1
    other.pinned = ""
    assert other.comparisons == ()
    assert "Where it acts" not in other.static_html()


def test_a_recording_shows_distances_without_patching(roberta: Any) -> None:
    class Recorded:
        name, architecture = "roberta", "roberta"

        def trace(self, text: str) -> pw.Trace:
            return roberta.trace(text)

        def predict_after_layers(self, trace: pw.Trace) -> Any:
            return roberta.predict_after_layers(trace)

    view = pw.PipelineExplorer(VERY, pinned=NOT, models=[Recorded()])
    (difference,) = view._result["differences"]
    assert difference["patched"] is False
    assert difference["paths"] is None
    assert view.static_html().count("<svg") >= 1
