"""The form that is to be read gives transformers' numbers, and those of the fast form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import pipeline_widgets as pw
from pipeline_widgets.architectures import REGISTRY
from pipeline_widgets.engine.arithmetic import ACTIVATIONS
from pipeline_widgets.engine.as_in_the_papers import forward
from tests.models.checkpoints import BACKENDS, make
from tests.models.conftest import reference

TEXTS = ("The cat sat on the mat.", "", "Nothing about the hotel disappointed us, 😀 中 é!")
KINDS = [(family, "gelu") for family in REGISTRY] + [("distilbert", "relu")]
KINDS += [("bert", name) for name in ACTIVATIONS if name not in ("gelu", "swish")]  # = silu


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("kind", "activation"), KINDS)
def test_it_gives_transformers_numbers_whatever_the_family(
    tmp_path: Path, kind: str, activation: str
) -> None:
    family = REGISTRY[kind]
    folder = make(tmp_path, kind, **{family.keys["activation"][0]: activation})
    pipeline, model = pw.load(folder), reference(folder)
    pair = ("The film is long.", "It is good.") if family.reads_token_types else (TEXTS[2],)
    tokens = pipeline.tokenize(*pair)
    types = tokens.types if family.reads_token_types else None
    hidden, attention, logits = forward(pipeline.model, tokens.ids, types)
    given = {"input_ids": torch.tensor(tokens.ids[None].astype(np.int64))}
    if types is not None:
        given["token_type_ids"] = torch.tensor(types[None].astype(np.int64))
    with torch.inference_mode():
        said = model(**given, output_attentions=True, output_hidden_states=True)
    theirs = torch.stack(said.hidden_states)[:, 0].numpy()
    np.testing.assert_allclose(hidden, theirs, rtol=0, atol=2e-5)
    theirs = torch.stack(said.attentions)[:, 0].numpy()
    np.testing.assert_allclose(attention, theirs, rtol=0, atol=2e-5)
    np.testing.assert_allclose(logits, said.logits[0].numpy(), rtol=0, atol=2e-5)
    for backend in BACKENDS:
        trace = pw.load(folder, backend=backend).trace(*pair)
        np.testing.assert_allclose(trace.prediction.logits, logits, rtol=0, atol=5e-5)


@pytest.mark.parametrize("name", ["roberta", "distilbert"])
@pytest.mark.parametrize("text", TEXTS)
def test_the_bundled_pair_reads_alike_in_both_forms(name: str, text: str) -> None:
    pipeline = pw.load(name)
    trace = pipeline.trace(text)
    hidden, attention, logits = forward(pipeline.model, trace.tokens.ids)
    for one, other in (
        (trace.layers.hidden, hidden),
        (trace.layers.attention, attention),
        (trace.prediction.logits, logits),
    ):
        assert other.dtype == np.float32
        assert other.shape == one.shape
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-4)
