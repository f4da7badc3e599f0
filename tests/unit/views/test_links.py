"""Links that act on a view and bring a state back; what an explorer opens with and leaves out."""

from __future__ import annotations

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.views.stages.story import same_place, word_to_start_with

TEXTS = (
    "The film was not good.",
    "a&b=c #show? 50 % (really) [x]",
    "שלום 😀",
    "",
    "two\nlines + 1",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_link_brings_the_same_state_back(text):
    view = pw.PipelineExplorer(text, show="both", opened=("tokens", "layers"))
    view.layer, view.head, view.token, view.panel, view.drawing = 2, 7, 1, 1, "heatmap"
    again = pw.PipelineExplorer.from_link(view.link())
    assert again.link() == view.link()
    assert (again.text, again.shown, again.opened) == (text, [0, 1], ["tokens", "layers"])
    assert np.array_equal(again.selected, view.selected)


def test_a_link_keeps_a_layer_that_the_chosen_models_stack_has_not():
    view = pw.PipelineExplorer("Good film.", show="both", layer=5)
    view.panel = 1  # three layers
    again = pw.PipelineExplorer.from_link(view.link())
    assert (again.layer, again.panel) == (5, 1)
    view.shown = [1]
    assert pw.PipelineExplorer.from_link(view.link()).layer == 2


def test_a_link_may_say_a_part_only():
    view = pw.PipelineExplorer("The film was not good.")
    view.open_link("#show?layer=5&head=9")
    assert (view.layer, view.head, view.text) == (5, 9, "The film was not good.")


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("layer=5", "begin with '#show?'"),
        ("javascript:#show?layer=5", "no link of a view"),
        ("#show?strings=x", "can't set 'strings'"),
        ("#show?layer=deep", "no value of 'layer'"),
        ("#show?drawing=pie", "drawing"),
    ],
)
def test_what_is_no_link_is_refused_in_a_sentence(link, said):
    with pytest.raises(pw.BadInput, match=said.replace("?", r"\?")):
        pw.PipelineExplorer("a").open_link(link)


def test_an_acting_link_is_plain_markdown():
    assert pw.acting_link("show head 5·9", layer=5, head=9) == (
        "[show head 5·9](#show?layer=5&head=9)"
    )
    assert pw.acting_link("a [b]", text="x)(y") == "[a \\[b\\]](#show?text=x%29%28y)"


@pytest.mark.parametrize("name", ["roberta", "distilbert"])
def test_an_explorer_opens_at_a_word_and_at_a_head_that_looks_at_one_place(name):
    view = pw.PipelineExplorer("The film was not good.", models=(name,))
    assert view.trace.tokens.shown[view.token].strip() == "film"
    assert view.selected.argmax() == view.token - 1  # the card's head for the token before
    assert view.selected.max() > 0.6


def test_what_was_asked_for_is_not_chosen_anew():
    view = pw.PipelineExplorer("The film was not good.", layer=0, head=0, token=0)
    assert (view.layer, view.head, view.token) == (0, 0, 0)


def test_the_chosen_word_stays_chosen_when_the_model_changes():
    view = pw.PipelineExplorer("Unbelievably dull, not unfriendly.")
    words = {"Unbelievably": 1, "dull": 5}
    for start in words.values():
        view.shown = [0]
        view.token = start
        span = view.trace.tokens.spans[start]
        view.shown = [1]
        first, last = view.trace.tokens.spans[view.token]
        assert first < span[1]
        assert last > span[0]


def test_without_words_the_first_token_is_chosen():
    pipeline = pw.load("roberta")
    assert word_to_start_with(pipeline.tokenize("")) == 0
    tokens = pipeline.tokenize("Hello")
    assert word_to_start_with(tokens) == 1
    assert same_place(tokens, 99, pipeline.tokenize("")) == 1


def test_hidden_stages_are_neither_drawn_nor_sent():
    view = pw.PipelineExplorer("Good film.", hide=("embedding", "examples"))
    assert "embedding" not in view._stages
    assert view._hidden == ["embedding", "examples"]
    with pytest.raises(pw.BadInput, match="can't hide 'heads'"):
        pw.PipelineExplorer("a", hide=("heads",))
    with pytest.raises(pw.BadInput, match="can't hide 'embedding'"):
        pw.PipelineExplorer("a", hide="embedding")


def test_attention_is_linked_to_with_what_is_left_out():
    pipeline = pw.load("roberta")
    view = pw.AttentionView(pipeline.trace("The film was not good."), pipeline=pipeline)
    view.open_link(pw.acting_link("leave out not", off=[["word", 3]], layer=5, head=9)[16:-1])
    assert (view.layer, view.head, view.off) == (5, 9, [["word", 3]])
    assert "not" not in view.trace.text
    again = pw.AttentionView(pipeline.trace("The film was not good."), pipeline=pipeline)
    assert again.open_link(view.link()).link() == view.link()
