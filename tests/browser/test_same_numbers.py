"""One number in a view, in its table and in its picture without a script: the same, cell by cell.

A view's table has its numbers unrounded; what is shown has them rounded once, to as many digits as
there is room for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

import pipeline_widgets as pw
from pipeline_widgets.rounding import fixed
from tests.browser import view_gallery as gallery
from tests.browser.bridge import Bridge

NUMBER = re.compile(r"−?\d+(?:\.\d+)?")
PRINTED = """
html => {
  const node = Object.assign(document.createElement("div"), { className: "printed" });
  document.querySelector(".printed")?.remove();
  node.innerHTML = html;
  document.body.append(node);
}
"""


class Twins:
    """A view in a page, and beside it its picture without a script."""

    def __init__(self, page: Page, view: Any) -> None:
        self.bridge, self.view = Bridge(page), view
        self.live = self.bridge.show(view)
        self.bridge.settle()
        page.evaluate(PRINTED, view.static_html())
        self.printed = page.locator(".printed")
        self.rows: list[dict[str, Any]] = view._table_rows()

    def column(self, name: str, **chosen: Any) -> list[float]:
        """A column of the table's rows that have these values."""
        return [row[name] for row in self.rows if all(row[key] == chosen[key] for key in chosen)]


def numbers(root: Locator, selector: str) -> list[str]:
    """The first number in each element that a selector finds, as it is written."""
    texts = root.locator(selector).evaluate_all("all => all.map(one => one.textContent)")
    return [found[0] for text in texts if (found := NUMBER.search(text))]


def assert_written(shown: Iterable[str], values: Iterable[float]) -> None:
    """Each number is what `fixed` makes of its value, in as many digits as are shown."""
    pairs = list(zip(shown, values, strict=True))
    assert pairs
    for text, value in pairs:
        assert text == fixed(value, len(text.partition(".")[2])), (text, value)


def seen(weights: Iterable[float]) -> list[float]:
    """Of a square's weights those that have a colour in print."""
    return [weight for weight in weights if abs(weight) >= 0.025]


def check_attention(page: Page) -> None:
    twins = Twins(page, gallery.attention(token=2, opened=["what_if"]))
    row = twins.column("weight")[2 * len(twins.view.labels) :][: len(twins.view.labels)]
    assert_written(numbers(twins.live, ".pw-row tbody td:last-child"), sorted(row, reverse=True))
    assert_written(numbers(twins.printed, "rect title"), seen(twins.column("weight")))
    words = twins.view.word_effects.tolist()
    assert_written([text.lstrip("+") for text in numbers(twins.live, ".pw-word-value")], words)
    bars = numbers(twins.printed, "svg:last-of-type text")
    assert_written(bars[-2:], twins.view._answer["probabilities"][-1])
    assert_written(numbers(twins.live, ".pw-probability"), twins.view._answer["probabilities"][-1])


def check_compare(page: Page) -> None:
    view = gallery.compare()
    view.word = 3
    twins = Twins(page, view)
    weights = [seen(twins.column(name)) for name in ("roberta", "distilbert")]
    assert_written(numbers(twins.printed, "rect title"), [*weights[0], *weights[1]])
    words = list(dict.fromkeys(twins.column("query")))
    row = {one["key"]: one for one in twins.rows if one["query"] == words[3]}
    keys = twins.live.locator(".pw-tablebox tbody th").all_inner_texts()
    for place, name in enumerate(("roberta", "distilbert", "difference")):
        shown = numbers(twins.live, f".pw-tablebox tbody td:nth-of-type({place + 1})")
        assert_written(shown, [row[key][name] for key in keys])


def check_metrics(page: Page) -> None:
    twins = Twins(page, gallery.metrics())
    for place, row in enumerate(twins.rows):
        values = [row[name] for name in ("accuracy", "precision", "recall", "f1")]
        line = f".pw-metrics-rates tbody tr:nth-child({place + 1}) td"
        assert_written(numbers(twins.live, line), values)
        values += [row["roc_area"], row["calibration_error"]]
        cells = f"table:first-of-type tbody tr:nth-child({place + 1}) td:not(:first-child)"
        assert_written(numbers(twins.printed, cells)[:6], values)
    first = twins.rows[0]
    kinds = ("true_negatives", "false_positives", "false_negatives", "true_positives")
    counts = [first[kind] for kind in kinds]
    assert_written(numbers(twins.live, "[data-key^=cell-]"), counts)
    assert_written(numbers(twins.printed.locator("svg").first, "[font-size='24']"), counts)


def check_cost(page: Page) -> None:
    twins = Twins(page, gallery.cost())
    values = [row[name] for row in twins.rows for name in ("RoBERTa", "DistilBERT")]
    shown = twins.live.locator(".pw-cost-said").all_inner_texts()
    assert_written([NUMBER.findall(text)[0] for text in shown], values)
    printed = twins.printed.locator("svg text").all_text_contents()
    assert set(shown) <= set(printed)
    ratios = [row["DistilBERT"] / row["RoBERTa"] for row in twins.rows]
    assert_written(numbers(twins.live, ".pw-cost-ratio"), ratios)
    assert_written(numbers(twins.live, ".pw-cost-ratio"), twins.column("ratio"))


def check_fill(page: Page) -> None:
    twins = Twins(page, gallery.fill())
    bars, steps = list[float](), list[float]()
    for name, last in (("roberta-masked", 6), ("distilbert-masked", 3)):
        bars += twins.column("probability", model=name, blank=0, after=last)[:5]
        for after in range(last + 1):
            steps += twins.column("probability", model=name, blank=0, after=after)[:3]
    assert_written(numbers(twins.live, ".pw-guess-row > :last-child"), bars)
    assert_written(numbers(twins.printed, "svg text:nth-of-type(even)"), bars)
    cells = twins.printed.locator("table td").all_text_contents()
    assert_written(re.findall(r"\d\.\d+", " ".join(cells)), steps)
    cells = twins.live.locator(".pw-after tbody td").all_text_contents()
    assert_written(re.findall(r"\d\.\d+", " ".join(cells)), steps)


def check_prediction(page: Page) -> None:
    twins = Twins(page, pw.PredictionView(gallery.traces()[0], opened=("pooled", "prediction")))
    values = twins.column("probability")
    assert_written(numbers(twins.live, ".pw-bars .pw-value"), values)
    assert_written(numbers(twins.printed, "svg text:nth-of-type(even)"), values)
    assert_written(numbers(twins.live, ".pw-formula td:nth-child(2)"), twins.column("logit"))
    twins.live.locator("[data-key=tab-prediction-numbers]").click()
    twins.bridge.settle()
    assert_written(numbers(twins.live, ".pw-tablebox td:nth-child(2)"), twins.column("logit"))
    assert_written(numbers(twins.live, ".pw-tablebox td:nth-child(3)"), values)


def check_explorer(page: Page) -> None:
    twins = Twins(page, gallery.explorer(show="both", token=3))
    assert_written(numbers(twins.printed, "rect title"), seen(twins.column("weight")))
    twins.live.locator("[data-key=tab-layers-numbers]").click()
    twins.bridge.settle()
    for panel, trace in enumerate(twins.view.traces):
        weights = twins.column("weight", model=trace.model)
        count = len(trace.tokens)
        token = 3 if panel == 0 else trace.tokens.shown.index("not")
        table = twins.live.locator(".pw-tablebox").nth(panel)
        assert_written(numbers(table, "td:nth-child(2)"), weights[token * count :][:count])
        assert_written(numbers(table, "td:nth-child(3)"), weights[token::count])
    badges = numbers(twins.live, ".pw-badge-said")
    assert_written(badges, [100 * trace.prediction.confidence for trace in twins.view.traces])


def check_tokens(page: Page) -> None:
    twins = Twins(page, pw.TokenView(*gallery.traces(), opened=("tokens",)))
    ids = twins.column("id")
    assert_written(numbers(twins.live, ".pw-chip .pw-id"), ids)
    assert_written(numbers(twins.printed, "td:nth-child(4)"), ids)
    spans = [f"{row['start']}–{row['end']}" for row in twins.rows if not row["special"]]
    printed = twins.printed.locator("td:nth-child(5)").all_text_contents()
    assert [text for text in printed if text] == spans
    twins.live.locator("[data-key=tab-tokens-numbers]").click()
    twins.bridge.settle()
    assert_written(numbers(twins.live, ".pw-tablebox td:nth-child(4)"), ids)
    shown = twins.live.locator(".pw-tablebox td:nth-child(5)").all_text_contents()
    assert [text for text in shown if "–" in text] == spans


def check_training(page: Page) -> None:
    twins = Twins(page, gallery.training())
    run = twins.view.histories[0].name
    columns = [twins.column(name, run=run) for name in ("loss", "validation_loss", "accuracy")]
    values = [value for row in zip(*columns, strict=True) for value in row]
    shown = numbers(twins.live, ".pw-run-table td.pw-run-number:not(.pw-run-seconds)")
    assert_written(shown, values)
    cells = twins.printed.locator("table").first.locator("td")
    found = [text for text in cells.all_text_contents() if re.fullmatch(r"\d\.\d{3}", text)]
    assert_written(found, values)


def check_flow(page: Page) -> None:
    twins = Twins(page, gallery.flow())
    times = twins.live.locator(".pw-flow-ms").all_inner_texts()
    in_seconds = [1000 if text.endswith(" s") else 1 for text in times]
    milliseconds = zip(twins.column("milliseconds"), in_seconds, strict=True)
    assert_written(numbers(twins.live, ".pw-flow-ms"), [time / unit for time, unit in milliseconds])
    shapes = [" × ".join(map(str, row["shape"])) for row in twins.rows]
    shown = twins.live.locator(".pw-flow-shape").all_inner_texts()
    assert [text.removesuffix(" sentences") for text in shown] == shapes
    assert twins.printed.locator("td:nth-child(2)").all_text_contents() == shapes
    vectors = re.compile(r"\[[^\]]+…\]")
    live, printed = (vectors.findall(one.inner_text()) for one in (twins.live, twins.printed))
    assert live == printed
    assert live


def check_difference(page: Page) -> None:
    twins = Twins(page, gallery.difference())
    paired = [row for row in twins.rows if row["distance"] is not None]
    values = [row[name] for name in ("distance", "share") for row in paired]
    printed = twins.printed.locator("svg text").all_text_contents()
    found = [text for text in printed if re.fullmatch(r"−?\d\.\d\d", text)]
    assert_written(found[: len(values)], values)
    count = len(twins.view.trace.tokens)
    for layer, token in ((3, 5), (5, 0), (2, 2)):
        twins.view.layer, twins.view.token = layer, token
        twins.bridge.settle()
        said = twins.live.locator(".pw-cell-said").first.inner_text()
        row = twins.rows[(layer + 1) * count + token]
        assert_written(re.findall(r": (−?\d\.\d\d) of the change", said), [row["share"]])
        assert_written(re.findall(r"(\d\.\d\d) apart", said), [row["distance"]])


CHECKS: dict[str, Callable[[Page], None]] = {
    name.removeprefix("check_"): check
    for name, check in list(globals().items())
    if name.startswith("check_")
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_view_its_table_and_its_picture_have_the_same_numbers(page: Page, name: str) -> None:
    CHECKS[name](page)
