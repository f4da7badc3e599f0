"""Attention as transformers gives it, of families that the engine does not read."""

from __future__ import annotations

import numpy as np
import pytest

import pipeline_widgets as pw

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

SMALL = {"vocab_size": 40, "attn_implementation": "eager"}
PIECES = ["<s>", "The", "Ġcat", "Ġs", "at", ".", "</s>"]
OTHERS = ["▁Die", "▁Kat", "ze", "</s>"]


def ids(count):
    return torch.arange(3, 3 + count)[None]


@pytest.fixture(scope="module")
def decoder():
    sizes = {"n_layer": 2, "n_head": 3, "n_embd": 12, "n_positions": 32}
    torch.manual_seed(0)
    model = transformers.GPT2Model(transformers.GPT2Config(**SMALL, **sizes)).eval()
    with torch.no_grad():
        return model(ids(7), output_attentions=True).attentions


@pytest.fixture(scope="module")
def both_ways():
    sizes = {"d_model": 12, "d_kv": 4, "d_ff": 16, "num_layers": 2, "num_heads": 3}
    torch.manual_seed(0)
    model = transformers.T5Model(transformers.T5Config(**SMALL, **sizes)).eval()
    given = {"input_ids": ids(7), "decoder_input_ids": ids(4), "output_attentions": True}
    return model(**given)  # with gradients, as a notebook's cell has them


def test_a_decoder(decoder):
    view = pw.AttentionView.from_arrays(decoder, PIECES, layer=1, head=2)
    np.testing.assert_array_equal(view.selected, decoder[1][0, 2].numpy())
    assert view._panels["causal"]


def test_an_encoder_a_decoder_and_what_is_between(both_ways):
    for weights, tokens, keys in (
        (both_ways.encoder_attentions, PIECES, None),
        (both_ways.decoder_attentions, OTHERS, None),
        (both_ways.cross_attentions, OTHERS, PIECES),
    ):
        view = pw.AttentionView.from_arrays(weights, tokens, keys, layer=1, head=2)
        np.testing.assert_allclose(view.selected, weights[1][0, 2].detach().numpy(), atol=1e-7)
        assert view._panels["causal"] == (weights is both_ways.decoder_attentions)
    with pytest.raises(pw.BadInput, match=r"give its \.encoder_attentions"):
        pw.AttentionView.from_arrays(both_ways, PIECES)


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64"])
def test_tensors_of_any_precision(decoder, kind):
    given = tuple(layer.to(getattr(torch, kind)) for layer in decoder)
    view = pw.AttentionView.from_arrays(given, PIECES)
    np.testing.assert_allclose(view.selected, decoder[0][0, 0].numpy(), atol=5e-3)


def test_what_a_model_gives_by_default_is_none_and_the_cure_works():
    config = transformers.BertConfig(vocab_size=40, hidden_size=12, num_attention_heads=3,
                                     num_hidden_layers=2, intermediate_size=16)  # fmt: skip
    model = transformers.BertModel(config).eval()
    with torch.no_grad(), pytest.raises(pw.BadInput, match='attn_implementation="eager"'):
        pw.AttentionView.from_arrays(model(ids(7)).attentions, PIECES)
    model.set_attn_implementation("eager")
    with torch.no_grad():
        found = model(ids(7), output_attentions=True).attentions
    assert pw.AttentionView.from_arrays(found, PIECES).selected.shape == (7, 7)


def test_steps_of_generate_are_told_from_layers(decoder):
    steps = (decoder, tuple(layer[:, :, -1:, :] for layer in decoder))
    with pytest.raises(pw.BadInput):
        pw.AttentionView.from_arrays(steps, PIECES)
    last = pw.AttentionView.from_arrays(steps[1], [PIECES[-1]], PIECES)
    assert last.selected.shape == (1, 7)


def test_equal_to_our_own_trace_of_the_same_model():
    roberta = pw.load("roberta")
    trace = roberta.trace("The café was not dull.")
    plain = pw.AttentionView.from_arrays(trace.layers.attention, trace.tokens.pieces)
    view = pw.AttentionView(trace, pipeline=roberta)
    for words in (False, True):
        plain.words = view.words = words
        np.testing.assert_allclose(plain.selected, view.selected, atol=1e-6)
        assert [name.strip("␣") for name in plain.labels] == list(view.labels)
