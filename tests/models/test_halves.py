"""The two halves of a layer, on both backends, against the run they belong to."""

from __future__ import annotations

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.engine.halves import layer_halves

TEXT = "The film was not unbelievably good."


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("name", ["roberta", "distilbert"])
def test_the_halves_lead_from_one_hidden_state_to_the_next(name, backend):
    pipeline = pw.load(name, backend=backend)
    trace = pipeline.trace(TEXT)
    hidden = trace.layers.hidden
    for layer in range(len(hidden) - 1):
        for token in (0, 3, len(trace.tokens) - 1):
            halves = layer_halves(pipeline, trace, layer, token)
            assert np.array_equal(halves.came, hidden[layer, token])
            np.testing.assert_allclose(halves.left, hidden[layer + 1, token], atol=2e-5)
            assert np.abs(halves.attention).max() > 1e-3


@pytest.mark.parametrize("name", ["roberta", "distilbert"])
def test_both_backends_give_the_same_halves(name):
    one, two = (pw.load(name, backend=backend) for backend in ("numpy", "torch"))
    for layer in range(one.config.layers):
        ours = layer_halves(one, one.trace(TEXT), layer, 4)
        theirs = layer_halves(two, two.trace(TEXT), layer, 4)
        for part in ("attention", "between", "feed_forward", "left"):
            np.testing.assert_allclose(getattr(ours, part), getattr(theirs, part), atol=5e-5)


def test_a_half_is_normalised_as_transformers_normalises_it():
    torch = pytest.importorskip("torch")
    pipeline = pw.load("roberta", backend="torch")
    halves = layer_halves(pipeline, pipeline.trace(TEXT), 2, 4)
    layer = pipeline.model.base.encoder.layer[2]
    with torch.inference_mode():
        total = torch.as_tensor(halves.came + halves.attention)
        between = layer.attention.output.LayerNorm(total).numpy()
        wide = layer.intermediate(torch.as_tensor(halves.between))
        thought = layer.output.dense(wide).numpy()
    np.testing.assert_allclose(halves.between, between, atol=1e-5)
    np.testing.assert_allclose(halves.feed_forward, thought, atol=1e-5)


def test_a_layer_that_is_not_there_is_refused():
    pipeline = pw.load("distilbert")
    with pytest.raises(pw.BadInput, match="layers 0 to 2"):
        layer_halves(pipeline, pipeline.trace("a"), 3, 0)
