"""The form that is to be read gives transformers' numbers, and those of the fast form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import pipeline_widgets as pw
from pipeline_widgets.engine.arithmetic import ACTIVATIONS
from pipeline_widgets.engine.as_in_the_papers import forward
from tests.models.checkpoints import make
from tests.models.conftest import reference

TEXTS = ("The cat sat on the mat.", "", "Nothing about the hotel disappointed us, 😀 中 é!")
KINDS = [("roberta", "gelu"), *(("distilbert", name) for name in ("gelu", "relu"))]
KINDS += [("bert", name) for name in ACTIVATIONS if name != "swish"]  # silu's other name


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("kind", "activation"), KINDS)
def test_it_gives_transformers_numbers_whatever_the_family(
    tmp_path: Path, kind: str, activation: str
) -> None:
    key = "activation" if kind == "distilbert" else "hidden_act"
    folder = make(tmp_path, kind, **{key: activation})
    pipeline, model = pw.load(folder), reference(folder)
    pair = ("The film is long.", "It is good.") if kind == "bert" else (TEXTS[2],)
    tokens = pipeline.tokenize(*pair)
    types = tokens.types if kind == "bert" else None
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
