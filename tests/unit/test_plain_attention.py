"""Attention views of arrays alone: any form, any tokens, and nothing that needs a model."""

from __future__ import annotations

import socket

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_widgets as pw
from pipeline_widgets.engine.attention_analysis import rollout
from pipeline_widgets.engine.plain_tokens import read_tokens

TOKENS = ["[CLS]", "The", "ca", "##t", "sat", ".", "[SEP]"]
CASES = {  # one text as tokenizers spell it: what is shown, and its words
    "WordPiece": (TOKENS, ["[CLS]", "The", "ca", "t", "sat", ".", "[SEP]"], "The cat sat ."),
    "byte-level": (["The", "Ġca", "f", "Ã", "©", "Ġsat", "."], None, "The café sat ."),
    "SentencePiece": (["▁The", "▁", "ca", "t", "▁sat", ".", "</s>"], None, "The cat sat ."),
    "words": (["The", "cat", "sat"], ["The", "cat", "sat"], "The cat sat"),
    "with end": (["The", "Ġcat", "Ġsat", "<|endoftext|>"], None, "The cat sat"),
}


def weights(*shape: int, seed: int = 0, causal: bool = False) -> np.ndarray:
    scores = 2 * np.random.default_rng(seed).normal(size=shape)
    if causal:
        scores = np.where(np.tril(np.ones(shape[-2:])) > 0, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).astype(np.float32)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    def refused(*_):
        raise AssertionError("somebody was asked")

    monkeypatch.setattr(socket.socket, "connect", refused)


FORMS = {
    "all layers": lambda w: w,
    "a tuple of layers": tuple,
    "layers of a batch of one": lambda w: tuple(layer[None] for layer in w),
    "a batch of one before all": lambda w: w[None],
    "nested lists": lambda w: w.tolist(),
    "64 bits": lambda w: w.astype(np.float64),
    "16 bits": lambda w: w.astype(np.float16),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_weights(form):
    given = weights(2, 3, 7, 7)
    view = pw.AttentionView.from_arrays(FORMS[form](given), TOKENS, layer=1, head=2)
    np.testing.assert_allclose(view.selected, given[1, 2], atol=1e-3)
    for source, expected in (
        ("heads", given[1].mean(axis=0)),
        ("layers", given.mean(axis=(0, 1))),
        ("rollout", rollout(given)),
    ):
        view.source = source
        np.testing.assert_allclose(view.selected, expected, atol=1e-3)


@pytest.mark.parametrize(("shape", "offered"), [((7, 7), ["head"]), ((3, 7, 7), ["head", "heads"])])
def test_one_head_and_one_layer_offer_no_means_of_what_is_not_there(shape, offered):
    view = pw.AttentionView.from_arrays(weights(*shape), TOKENS)
    assert view._panels["sources"] == offered
    with pytest.raises(pw.BadInput, match="source is one of"):
        view.source = "rollout"


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_shapes_that_fit_are_drawn_and_any_others_are_named(data):
    layers, heads, rows, columns = (data.draw(st.integers(1, 4)) for _ in range(4))
    crossed = data.draw(st.booleans())
    keys = [f"k{i}" for i in range(columns)] if crossed else None
    columns = columns if crossed else rows
    given = weights(layers, heads, rows, columns)
    view = pw.AttentionView.from_arrays(given, [f"t{i}" for i in range(rows)], keys)
    assert view.selected.shape == (rows, columns)
    assert view._wall["thumbs"]["shape"] == [layers, heads, rows, columns]
    assert "NaN" not in view.static_html()
    assert len(view.to_table()) == rows * columns
    with pytest.raises(pw.BadInput, match=rf"{rows} tokens look at {columns}"):
        pw.AttentionView.from_arrays(given, ["one"] * (rows + 1), keys)


@pytest.mark.parametrize("name", CASES)
def test_tokens_are_put_back_into_words_as_they_are_spelled(name):
    pieces, shown, words = CASES[name]
    tokens = read_tokens(pieces, "tokens")
    if shown is not None:
        assert list(tokens.shown) == shown
    view = pw.AttentionView.from_arrays(weights(len(pieces), len(pieces)), pieces)
    view.words, view.specials = True, "hidden"
    assert " ".join(view.labels) == words


def test_words_and_special_tokens_may_be_said():
    options = {"words": [None, 0, 1, 1, 1, 2, None]}
    view = pw.AttentionView.from_arrays(weights(7, 7), TOKENS, **options)
    view.words, view.specials = True, "hidden"
    assert view.labels == ("The", "cat sat", ".")
    padded = [*TOKENS[:-1], "pad!"]
    special = [False] * 6 + [True]
    view = pw.AttentionView.from_arrays(weights(7, 7), padded, special=special)
    view.specials = "hidden"
    assert "pad!" not in view.labels
    with pytest.raises(pw.BadInput, match="special has 2 entries; there are 7 tokens"):
        pw.AttentionView.from_arrays(weights(7, 7), TOKENS, special=[True, False])


def test_a_decoder_looks_back_only_and_its_view_says_so():
    view = pw.AttentionView.from_arrays(weights(2, 3, 5, 5, causal=True), ["a", "b", "c", "d", "e"])
    assert view._panels["causal"]
    assert not pw.AttentionView.from_arrays(weights(2, 3, 7, 7), TOKENS)._panels["causal"]
    assert not view._panels["keys"]
    np.testing.assert_array_equal(np.triu(view.selected, 1), 0)


def test_cross_attention_has_names_of_its_own_on_either_side():
    given = weights(2, 3, 3, 7)
    view = pw.AttentionView.from_arrays(given, ["▁Die", "▁Kat", "ze"], TOKENS)
    view.words = True
    assert (view.labels, len(view.key_labels)) == (("Die", "Katze"), 6)
    np.testing.assert_allclose(view.selected.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(
        view.selected[1, 2], given[0, 0, 1:, 2:4].sum(axis=1).mean(), rtol=1e-5
    )
    assert not {"previous", "next", "itself"} & set(view._wall["names"])
    assert view._panels["keys"]["shown"] == ["[CLS]", "The", "ca", "t", "sat", ".", "[SEP]"]


def test_rows_of_padding_and_sinks_are_what_they_are():
    given = weights(2, 2, 7, 7)
    given[..., -1, :] = 0
    view = pw.AttentionView.from_arrays(given, TOKENS)
    assert not view._panels["complete"]
    assert np.isfinite(view.describe(0, 0) and view.selected).all()


@pytest.mark.parametrize(
    ("attention", "tokens", "words"),
    [
        (weights(2, 4, 6), TOKENS, r"\(2, 4, 6\): 4 tokens look at 6; keys="),
        (None, TOKENS, 'attn_implementation="eager"'),
        ((None, None), TOKENS, "None"),
        ([], TOKENS, "no layer"),
        (weights(2, 3, 2, 7, 7), TOKENS, "3 texts in each of 2 layers"),
        (-weights(7, 7), TOKENS, "after the softmax"),
        (3 * weights(7, 7), TOKENS, "rows that sum to 3"),
        (np.full((7, 7), np.nan), TOKENS, "not finite"),
        ([[0.5, 0.5], [1.0]], ["a", "b"], r"\(2,\) and \(1,\)"),
        (weights(7, 7), "The cat", "a list of strings"),
        (weights(7, 7), [101, 7, 7, 7, 7, 7, 102], "convert_ids_to_tokens"),
        ([weights(3, 7, 7), weights(2, 7, 7)], TOKENS, r"\(3, 7, 7\) and \(2, 7, 7\)"),
        ("x", TOKENS, "no array of numbers"),
        (weights(7), TOKENS, r"shape \(7,\)"),
    ],
)
def test_what_does_not_fit_gets_a_sentence(attention, tokens, words):
    with pytest.raises(pw.BadInput, match=words):
        pw.AttentionView.from_arrays(attention, tokens)


def test_sides_that_are_turned_round_are_seen():
    with pytest.raises(pw.BadInput, match="turn the two round"):
        pw.AttentionView.from_arrays(weights(2, 3, 3, 7), TOKENS, ["a", "b", "c"])


def test_what_needs_a_model_is_absent_and_asks_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(pw, "load", lambda *_: pytest.fail("a model was looked for"))
    view = pw.AttentionView.from_arrays(weights(2, 3, 7, 7), TOKENS, model="roberta")
    view.token, view.key = 2, 3
    assert (view._answer, view._vectors, view._effects) == ({}, {}, {})
    for act in (
        lambda: view.trace,
        lambda: setattr(view, "off", [["head", 0, 0]]),
        lambda: setattr(view, "measuring", True),
    ):
        with pytest.raises(pw.BadInput, match="made from arrays"):
            act()
    assert (view.off, view.measuring) == ([], False)
    page = view.to_html(tmp_path / "view.html").read_text("utf-8")
    assert "[CLS]" in page
    assert len(view.figure().data) == 1


def test_a_view_may_go_on_to_a_trace_and_back():
    roberta = pw.load("roberta")
    view = pw.AttentionView.from_arrays(weights(2, 3, 4, 7), ["a", "b", "c", "d"], TOKENS)
    view.layer, view.head, view.token = 1, 2, 3
    view.show(roberta.trace("Not dull."))
    assert view._answer["labels"]
    assert (view.token, view._panels["keys"]) == (-1, {})
    view.source = "rollout"
    shown = pw.AttentionView.from_arrays(weights(3, 4, 7), ["a", "b", "c", "d"], TOKENS)
    view.show(shown._attended)
    assert (view.source, view._answer, view.layer) == ("head", {}, 0)


def test_two_models_are_compared_word_by_word():
    one, two = weights(2, 3, 7, 7), weights(3, 2, 6, 6, seed=1)
    other = ["ĠThe", "Ġcat", "Ġs", "at", ".", "<|endoftext|>"]
    view = pw.CompareView.from_arrays((one, two), (TOKENS, other), models=("BERT", "GPT-2"))
    assert view.names == ["The", "cat", "sat", ".", "[SEP]"]
    assert view.cut_alike == [True, False, False, True, True]
    for square in view.selected:
        np.testing.assert_allclose(square.sum(axis=1), 1, rtol=1e-5)
    assert view.summary() == "2 of 4 words are cut differently (≠)."
    assert "GPT-2" in view.static_html()
    assert view._recorded()[0].when == ("source", "layers.0", "heads.0")


def test_capitals_and_accents_may_be_lost_on_one_side_but_not_letters():
    cased, lowered = ["ĠCaf", "Ã©", "ĠNoir"], ["cafe", "no", "##ir"]
    pair = weights(3, 3), weights(3, 3, seed=1)
    for order in ((cased, lowered), (lowered, cased)):
        view = pw.CompareView.from_arrays(pair, order)
        assert (view.names, view.text.strip()) == (["Café", "Noir"], "Café Noir")
    with pytest.raises(pw.BadInput, match="spell two texts, “Café Noir” and “tea no ir”"):
        pw.CompareView.from_arrays(pair, (cased, ["tea", "no", "ir"]))
    with pytest.raises(pw.BadInput, match="tokens has an entry for each of two models; got 3"):
        pw.CompareView.from_arrays(pair, TOKENS[:3])


def test_cross_attention_of_two_models_has_both_texts_in_common():
    keys = ["▁The", "▁cat", "▁sat", "</s>"]
    view = pw.CompareView.from_arrays(
        (weights(2, 3, 2, 4), weights(2, 3, 3, 4, seed=1)),
        (["▁Die", "▁Katze"], ["▁Die", "▁Kat", "ze"]),
        (keys, keys),
    )
    assert (view.names, view.key_names) == (["Die", "Katze"], ["The", "cat", "sat", "</s>"])
    assert [square.shape for square in view.selected] == [(2, 4), (2, 4)]
    assert view._rows["sources"] == ["head", "heads", "layers"]
