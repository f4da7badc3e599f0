"""Pictures without a script, measured in a real browser: no name of any length hides anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

import pipeline_widgets as pw
from pipeline_widgets.trace import Trace

LABELS = {
    "short": ("no", "yes"),
    "capitals": ("NON-CONTRADICTION", "WAHRSCHEINLICHKEIT"),
    "words": ("the writer is not at all pleased with what was seen here", "yes & <b>no</b>"),
    "one word": ("LABEL_" + "0123456789" * 6, "W" * 50),
    "wide": (
        "这部电影非常非常好看而且很有意思值得再看一遍",
        "とても嬉しいと感じている書き手の文章",
    ),
    "other": ("очень положительный отзыв о фильме", "إيجابي جدا مع بعض التحفظات هنا وهناك"),
}
TEXT = "The film was not Donaudampfschifffahrtsgesellschaft, 这部电影很好看 at all."

# Every text must lie in its picture, and no two upright ones may lie on one another.
TROUBLE = """
node => {
  const box = (one) => one.getBoundingClientRect();
  const whole = box(node), found = [], upright = [];
  for (const text of node.querySelectorAll("text")) {
    const own = box(text), words = text.textContent;
    if (!own.width) continue;
    if (own.left < whole.left - 1 || own.right > whole.right + 1 || own.top < whole.top - 1
        || own.bottom > whole.bottom + 2) found.push(`outside: ${words}`);
    if (!/rotate/.test(text.getAttribute("transform") ?? "")) upright.push([own, words]);
  }
  const before = (a, b) => a.right <= b.left + 2 || a.bottom <= b.top + 6;
  const apart = (a, b) => before(a, b) || before(b, a);
  upright.forEach(([a, one], i) => upright.slice(i + 1).forEach(([b, two]) => {
    if (!apart(a, b)) found.push(`${one} on ${two}`);
  }));
  for (const bar of node.querySelectorAll("rect[height='16']")) {
    for (const [own, words] of upright) if (!apart(box(bar), own)) found.push(`bar on ${words}`);
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def models() -> tuple[pw.Pipeline, pw.Pipeline]:
    return pw.load("roberta"), pw.load("distilbert")


@pytest.fixture(scope="module")
def trouble(chromium: Browser) -> Iterator[Callable[[str], list[str]]]:
    """What is wrong with the SVGs of some HTML, one line each."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})

    def look(html: str) -> list[str]:
        page.set_content(f"<meta charset='utf-8'>{html}")
        pictures = page.locator("body svg:not(svg svg)").all()
        assert pictures
        return [line for one in pictures for line in one.evaluate(TROUBLE)]

    yield look
    page.context.close()


def labelled(trace: Trace, labels: tuple[str, ...]) -> Trace:
    return replace(trace, prediction=replace(trace.prediction, labels=labels))


def views(models: tuple[pw.Pipeline, pw.Pipeline], labels: tuple[str, str]) -> dict[str, Any]:
    one, two = (labelled(model.trace(TEXT), labels) for model in models)
    some = [(f"Sentence {n}.", n % 2) for n in range(20)]
    chance = np.random.default_rng(0)
    scores = [chance.random((20, 1)) for _ in labels]
    metrics = pw.MetricsView(
        *((name, np.hstack([1 - p, p])) for name, p in zip(labels, scores, strict=True)),
        sentences=some,
    )
    metrics.classes = labels
    return {
        "attention": pw.AttentionView(one, pipeline=models[0], layer=2, head=3),
        "compare": pw.CompareView(one, two, pipelines=models),
        "prediction": pw.PredictionView(one),
        "embedding": pw.EmbeddingView(one),
        "metrics": metrics,
    }


@pytest.mark.parametrize("kind", LABELS)
def test_no_name_runs_under_a_bar_on_another_or_out_of_the_picture(
    models: tuple[pw.Pipeline, pw.Pipeline],
    trouble: Callable[[str], list[str]],
    tmp_path: Any,
    kind: str,
) -> None:
    for name, view in views(models, LABELS[kind]).items():
        assert trouble(view.to_svg(tmp_path / "picture.svg").read_text("utf-8")) == [], name
        if "<svg" in view.static_html():
            assert trouble(view.static_html()) == [], name


@pytest.mark.parametrize("labels", LABELS.values(), ids=list(LABELS))
def test_the_whole_name_is_in_the_picture_and_nothing_of_it_is_markup(
    models: tuple[pw.Pipeline, pw.Pipeline], chromium: Browser, labels: tuple[str, str]
) -> None:
    page = chromium.new_page()
    try:
        page.set_content(views(models, labels)["prediction"].static_html())
        shown = "".join(page.locator("svg text").all_text_contents())
        for label in labels:
            assert "".join(label.split()) in "".join(shown.split())
        assert page.locator("svg b").count() == 0
    finally:
        page.close()
