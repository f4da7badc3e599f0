"""A term of the field on a view says its sentence, the glossary's own, where one points at it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

import pipeline_widgets as pw
from pipeline_widgets import glossary
from pipeline_widgets.training import recorded
from tests.browser.bridge import Bridge
from tests.browser.view_gallery import VIEWS, attention, models


def derived() -> pw.AttentionView:
    """One head, and where one of its weights comes from."""
    view = attention(token=3)
    view.key = 1
    return view


SHOWN: dict[str, Callable[[], Any]] = {
    **{name: VIEWS[name] for name in ("compare", "flow", "metrics")},
    "attention": derived,
    "explorer": lambda: pw.PipelineExplorer("Not good.", show="both"),
    "difference": lambda: pw.DifferenceView(*map(models()[0].trace, ("Good.", "Not good."))),
    "training": lambda: pw.TrainingView(recorded("roberta")),
}
LATER = {"calibration_error", "learning_rate", "dropout", "weight_decay"}  # a tab's, a fold's


@pytest.fixture(scope="module")
def bridge(chromium: Any) -> Any:
    page: Page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    yield Bridge(page)
    page.context.close()


@pytest.mark.parametrize("name", SHOWN)
def test_each_term_of_a_view_carries_the_glossarys_sentence(bridge: Bridge, name: str) -> None:
    view = SHOWN[name]()
    root = bridge.show(view)
    bridge.settle()
    titles = root.evaluate("root => [...root.querySelectorAll('[title]')].map(one => one.title)")
    said = {key.removesuffix("_meaning"): words for key, words in view.strings.items()
            if key.endswith("_meaning")}  # fmt: skip
    assert len(said) >= 3
    assert set(said.values()) <= {term.meaning for term in glossary.TERMS}
    unsaid = {key for key, words in said.items() if not any(words in title for title in titles)}
    assert {key for key in unsaid if not key.startswith("pin_")} <= LATER  # of a pinned sentence


def test_no_view_calls_the_classifier_a_head() -> None:
    """A head is an attention head: a word that stands for two things explains neither."""
    views = [make() for make in SHOWN.values()]
    words = {words for view in views for words in view.strings.values()}
    classifier = re.compile(r"\bclassification head|\bthe head\b(?! of)", re.IGNORECASE)
    glossarys = {term.meaning for term in glossary.TERMS}
    assert [said for said in words - glossarys if classifier.search(said)] == []
