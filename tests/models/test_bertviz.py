"""BertViz's pages from our traces: complete in themselves, and the numbers those of the trace."""

from __future__ import annotations

import json
import re
from importlib import metadata

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets import bertviz as views

pytest.importorskip("bertviz")
pytestmark = pytest.mark.filterwarnings(  # BertViz leaves its script files open
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
TEXT = "The café was not </script> dull."


@pytest.fixture(scope="module", params=("roberta", "distilbert"))
def pipeline(request):
    return pw.load(request.param)


@pytest.fixture(scope="module")
def trace(pipeline):
    return pipeline.trace(TEXT)


def parameters(page):
    """The JSON that BertViz's script reads."""
    start = re.search(r"(?:const params = |window\.bertviz_params = )", page).end()
    return json.JSONDecoder().raw_decode(page[start:])[0]


def test_the_numbers_are_those_of_the_trace_rounded(trace):
    found = parameters(views.head_view(trace).html)["attention"][0]
    np.testing.assert_allclose(found["attn"], trace.layers.attention, atol=0.00051)
    assert found["left_text"] == [name.replace("Ġ", "␣") for name in trace.tokens.shown]
    assert len(json.dumps(found["attn"])) < 8.2 * trace.layers.attention.size


def test_the_neuron_view_has_our_queries_and_keys_for_both_models(trace, pipeline):
    found = parameters(views.neuron_view(trace, pipeline=pipeline).html)["attention"]["all"]
    vectors = pipeline.query_key_value(trace, 1, 4)
    np.testing.assert_allclose(found["queries"][1][4], vectors.query, atol=0.00051)
    np.testing.assert_allclose(found["keys"][1][4], vectors.key, atol=0.00051)
    assert found["left_text"][0] == trace.tokens.pieces[0]


@pytest.mark.parametrize("name", ["head_view", "model_view", "neuron_view"])
def test_a_page_asks_for_nothing_and_is_the_same_twice(trace, name, tmp_path):
    picture, again = getattr(views, name)(trace), getattr(views, name)(trace)
    assert picture.html == again.html
    assert "cdnjs" not in picture.html
    assert "<script src" not in picture.html
    assert "require.config(" not in picture.html
    assert picture.to_html(tmp_path / "page.html").read_text("utf-8") == picture.html
    assert picture._repr_html_().startswith("<div>")
    assert (
        repr(picture)
        == f"BertVizPicture({name!r}, model={trace.model!r}, tokens={len(trace.tokens)})"
    )


def test_long_texts_are_warned_of_and_longer_ones_refused(pipeline):
    long = pipeline.trace("so very good " * 12)
    assert len(long.tokens) > 30
    assert "AttentionView(trace) shows the same" in views.head_view(long)._repr_html_()
    longer = pipeline.trace("so very good " * 90)
    with pytest.raises(pw.BadInput, match="more than BertViz can show"):
        views.head_view(longer)


def test_a_missing_package_is_named_with_the_way_to_it(trace, monkeypatch):
    def gone(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", gone)
    with pytest.raises(pw.MissingExtra, match=r'mpld3: pip install "pipeline-widgets\[bertviz\]"'):
        views.head_view(trace)
