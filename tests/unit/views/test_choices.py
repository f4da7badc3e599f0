"""What is no choice gets a sentence that names the choices, in the constructor and later."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import traitlets

import pipeline_widgets as pw
from pipeline_widgets.views.shared.view import View

TEXT = "The cat sat on the mat."
QUIZ = "# T\n\n## A?\n= 1\n\n## B?\n= 2\n"


@pytest.fixture(scope="module")
def traces():
    return [pw.load(name).trace(TEXT) for name in ("roberta", "distilbert")]


def views(traces) -> dict[str, Callable[..., Any]]:
    """A maker of each view, which takes keywords."""
    pipelines = [pw.load(name) for name in ("roberta", "distilbert")]
    history = pw.History("run")
    history.log(epoch=1, loss=0.5)
    labelled = [("good", 1), ("bad", 0), ("fine", 1), ("poor", 0)]
    return {
        "AttentionView": lambda **o: pw.AttentionView(traces[0], **o),
        "CompareView": lambda **o: pw.CompareView(*traces, pipelines=pipelines, **o),
        "DifferenceView": lambda **o: pw.DifferenceView(
            traces[0], pipelines[0].trace("The dog sat."), pipeline=pipelines[0], **o
        ),
        "Predict": lambda **o: pw.Predict("Which?", ["one", "two"], save=False, **o),
        "CostView": lambda **o: pw.CostView(*pipelines, sentences=[], **o),
        "EmbeddingView": lambda **o: pw.EmbeddingView(traces[0], **o),
        "FillView": lambda **o: pw.FillView("The <mask> sat.", models=pipelines, **o),
        "WindowsView": lambda **o: pw.WindowsView(pipelines[0].windows("A film. " * 99), **o),
        "FlowView": lambda **o: pw.FlowView(pipelines[0].flow([TEXT]), **o),
        "MetricsView": lambda **o: pw.MetricsView("roberta", sentences=labelled, **o),
        "PipelineExplorer": lambda **o: pw.PipelineExplorer(TEXT, **o),
        "PredictionView": lambda **o: pw.PredictionView(traces[0], **o),
        "Quiz": lambda **o: pw.Quiz.from_markdown(QUIZ, save=False, **o),
        "TokenView": lambda **o: pw.TokenView(traces[0], **o),
        "TrainingView": lambda **o: pw.TrainingView(history, **o),
        "Flashcards": lambda **o: pw.Flashcards([("a", "b")], save=False, **o),
        "Challenge": lambda **o: pw.Challenge.from_markdown(QUIZ, save=False, **o),
    }


MADE = [
    ("AttentionView", "layer", 99, "0 to 5"),
    ("AttentionView", "head", -1, "0 to 11"),
    ("AttentionView", "token", 40, "-1 to 8"),
    ("CompareView", "layers", [0, 99], "0 to"),
    ("CompareView", "heads", [-1, 0], "0 to"),
    ("DifferenceView", "layer", 99, "-1"),
    ("DifferenceView", "layer", -2, "-1"),
    ("DifferenceView", "token", 40, "0 to 5"),
    ("DifferenceView", "opened", ["path"], "paths"),
    ("PipelineExplorer", "layer", 99, "0 to 5"),
    ("PipelineExplorer", "head", 12, "0 to 11"),
    ("PipelineExplorer", "token", 99, "0 to 8"),
    ("PipelineExplorer", "opened", ["layer"], "'layers'"),
    ("TokenView", "token", 9, "0 to 8"),
]
LATER = [
    *MADE,
    ("AttentionView", "drawing", "map", "heatmap"),
    ("AttentionView", "mass", 2.0, "1.0"),
    ("CompareView", "word", 99, "-1 to"),
    ("DifferenceView", "part", [99, 0], "-1 to 13"),
    ("DifferenceView", "part", [0, 9], "-1 to 6"),
    ("Predict", "status", "guessed", "status"),
    ("Predict", "guess", "three", "guess"),
    ("CompareView", "layers", [0], "a list of 2"),
    ("FillView", "blank", 1, "0"),
    ("WindowsView", "window", 2, "0, 1"),
    ("MetricsView", "panel", 1, "0"),
    ("MetricsView", "cell", [0, 2], "1"),
    ("MetricsView", "threshold", 1.5, "1.0"),
    ("PipelineExplorer", "panel", 3, "0"),
    ("PipelineExplorer", "shown", [2], "0, 1"),
    ("Quiz", "current", 2, "0, 1"),
    ("TrainingView", "run", 1, "0"),
    ("TrainingView", "axis", "days", "epochs"),
]


@pytest.mark.parametrize(("view", "name", "value", "choices"), MADE)
def test_the_constructor_refuses_what_is_no_choice(traces, view, name, value, choices):
    with pytest.raises(pw.BadInput) as caught:
        views(traces)[view](**{name: value})
    assert choices in str(caught.value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("view", "name", "value", "choices"), LATER)
def test_a_living_view_refuses_it_too_and_stays_whole(traces, view, name, value, choices):
    made = views(traces)[view]()
    if isinstance(made, pw.DifferenceView):
        made.measure()  # it fills in the background

    def whole() -> tuple[dict[str, Any], str, str]:
        state = {key: one for key, one in made.get_state().items() if key != "_whole"}
        return state, made.summary(), made.static_html()

    before = whole()
    with pytest.raises(traitlets.TraitError) as caught:
        setattr(made, name, value)
    assert choices in str(caught.value)
    assert name in str(caught.value)
    assert whole() == before
    with pytest.raises(traitlets.TraitError), made.hold_trait_notifications():
        setattr(made, name, value)
    assert getattr(made, name) == before[0].get(name, getattr(made, name))
    made.close()


@pytest.mark.parametrize(
    ("make", "choices"),
    [
        (lambda: pw.PipelineExplorer(TEXT, show="bert"), "'roberta', 'distilbert', 'both'"),
        (lambda: pw.PipelineExplorer(TEXT, hide=["layer"]), "layers"),
        (lambda: pw.Predict("Which?", "one"), "two or more options"),
        (lambda: pw.Predict("Which?", ["one", "one"]), "two or more options"),
        (lambda: pw.Predict(3), "question"),
    ],
)
def test_what_is_given_to_the_constructor_alone_is_refused_too(make, choices):
    with pytest.raises(pw.BadInput) as caught:
        make()
    assert choices in str(caught.value)


PUBLIC = [(name, getattr(pw, name)) for name in pw.__all__]
ALL = [name for name, one in PUBLIC if isinstance(one, type) and issubclass(one, View)]
GALLERY = (Path(__file__).parents[2] / "browser" / "view_gallery.py").read_text("utf-8")


@pytest.mark.parametrize("view", ALL)
def test_every_view_is_among_those_that_the_browser_tests_look_at(view):
    assert re.search(rf"pw\.{view}\b", GALLERY), "write one into tests/browser/view_gallery.py"


@pytest.mark.parametrize("view", ALL)
def test_unknown_keywords_and_words_are_refused_by_name(traces, view):
    make = views(traces)[view]
    with pytest.raises(pw.BadInput, match=r"has no option 'stringss'; did you mean 'strings'\?"):
        make(stringss={})
    with pytest.raises(pw.BadInput, match=r"strings has no word 'savee_picture'"):
        make(strings={"savee_picture": "x"})


def test_the_choices_of_a_view_that_was_shown_another_trace_are_the_new_ones(traces):
    view = pw.AttentionView(traces[0], token=8)
    view.show(pw.load("distilbert").trace("Hi"))
    with pytest.raises(traitlets.TraitError, match="token is one of -1 to 2; got 8"):
        view.token = 8
    with pytest.raises(traitlets.TraitError, match=r"layer is one of .*; got 50"):
        view.layer = 50


def test_a_browsers_late_choice_gets_the_nearest_one(traces):
    view = pw.AttentionView(traces[0])
    view.set_state({"layer": 99, "head": -7, "token": 3})
    assert (view.layer, view.head, view.token) == (5, 0, 3)
    assert re.search("layer 5", view.summary(), re.IGNORECASE)


def test_a_keystroke_with_a_token_of_the_new_text_is_read(traces):
    explorer = pw.PipelineExplorer("Hi")
    explorer.set_state({"token": 7, "text": TEXT, "_sequence": 1})
    assert explorer.trace.text == TEXT
    assert explorer.token == 7
