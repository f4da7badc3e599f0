"""What of a view is for its users and what is between Python and its script."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import anywidget
import pytest
import traitlets

import pipeline_widgets as pw
from pipeline_widgets.views.shared.view import View

VIEWS = [
    value
    for value in (getattr(pw, name) for name in pw.__all__)
    if inspect.isclass(value) and issubclass(value, View)
]
JUPYTERS = set(anywidget.AnyWidget.class_traits()) | {"_esm", "_css", "_anywidget_id"}


def own_traits(view: type[View]) -> dict[str, traitlets.TraitType]:
    """The traits that are not of every Jupyter widget."""
    found = view.class_traits()
    return {name: trait for name, trait in found.items() if name not in JUPYTERS}


def described(view: type[View]) -> set[str]:
    """The traits after which the class, or a base of it, says what they are."""
    found = set[str]()
    for base in view.__mro__:
        if base.__module__.startswith("pipeline_widgets"):
            text = inspect.getsource(base)
            found |= set(re.findall(r'^    (\w+) = traitlets\..*\n    """', text, re.MULTILINE))
    return found


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_public_trait_says_what_it_is(view):
    public = {name for name in own_traits(view) if not name.startswith("_")}
    assert public - described(view) == set()


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_what_only_the_browser_needs_is_not_offered_by_completion(view):
    offered = [name for name in dir(view) if not name.startswith("_")]
    packed = [
        name
        for name, trait in own_traits(view).items()
        if isinstance(trait, traitlets.Dict) and trait.read_only and name in offered
    ]
    assert set(packed) <= {"strings", "responses"}  # plain words, and a learner's answers


def test_old_names_work_and_say_the_new_ones():
    trace = pw.load("roberta").trace("The cat sat.")
    token = pw.TokenView(trace)
    with pytest.warns(DeprecationWarning, match=r"TokenView\.lane is called panel since") as said:
        assert token.lane == 0
    assert said[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="panel"), pytest.raises(traitlets.TraitError):
        token.lane = 9
    with pytest.warns(DeprecationWarning, match=r"TokenView\.result is called _result") as said:
        assert token.result is token._result
    assert said[0].filename == __file__
    with pytest.raises(AttributeError, match="TokenView has no attribute 'reslut'"):
        token.reslut  # noqa: B018
    explorer = pw.PipelineExplorer("The cat sat.", show="both")
    with pytest.warns(DeprecationWarning, match="panel"):
        assert pw.AttentionView.follow(explorer, lane=1).model == "distilbert"
    metrics = pw.MetricsView("roberta", sentences=[("good", 1), ("bad", 0)])
    with pytest.warns(DeprecationWarning, match="panel"):
        metrics.model = 0
    assert metrics.panel == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mix", "attention_output"),
        ("mix_norm", "attention_norm"),
        ("widen", "feed_forward_in"),
        ("narrow", "feed_forward_out"),
        ("narrow_norm", "feed_forward_norm"),
    ],
)
def test_the_old_names_of_weights_work_and_say_the_new_ones(old, new):
    layer = pw.load("distilbert").model.weights.layers[0]
    with pytest.warns(DeprecationWarning, match=f"LayerWeights.{old} is called {new}") as said:
        assert getattr(layer, old) is getattr(layer, new)
    assert said[0].filename == __file__


def test_no_script_asks_for_what_no_view_has():
    known = set().union(*(view.class_traits() for view in VIEWS))
    folder = Path(pw.__file__).parent
    scripts = [path.read_text("utf-8") for path in folder.rglob("*.js")]
    asked = {
        name
        for script in scripts
        for name in re.findall(
            r'(?:\bmodel\.get|\bmodel\.set|(?<![.\w])get|newest)\("(\w+)"[,)]', script
        )
    }
    # of a result and views beside a guess; set by the pages that are written
    assert asked - known - {"result", "_withheld", "offline"} == set()
    assert len(asked) > 50
