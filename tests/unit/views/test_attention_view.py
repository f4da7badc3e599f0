"""AttentionView without a browser: what it holds, sends and measures."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.engine.attention_analysis import rollout
from pipeline_widgets.engine.interventions import DropWord, SwitchOffHeads, word_spans

TEXT = "The café was not dull, 😀 truly untokenizable."


@pytest.fixture(scope="module")
def roberta():
    return pw.load("roberta")


@pytest.fixture(scope="module")
def trace(roberta):
    return roberta.trace(TEXT)


@pytest.fixture
def view(roberta, trace):
    return pw.AttentionView(trace, pipeline=roberta, layer=1, head=2)


def decoded(sent):
    values = np.frombuffer(sent["data"], sent["dtype"]).astype(np.float32) * sent["scale"]
    return values.reshape(sent["shape"])


def test_the_square_sent_is_the_head_chosen(view, trace):
    np.testing.assert_allclose(
        decoded(view._shown["weights"]), trace.layers.attention[1, 2], atol=5e-4
    )
    view.set_state({"layer": 3, "head": 7})
    assert (view._shown["layer"], view._shown["head"]) == (3, 7)
    np.testing.assert_allclose(view.selected, trace.layers.attention[3, 7])


def test_rows_on_screen_sum_to_one_within_what_the_wire_rounds(view):
    np.testing.assert_allclose(decoded(view._shown["weights"]).sum(axis=1), 1, atol=0.002)


@pytest.mark.parametrize("source", ["heads", "layers", "rollout"])
def test_means_and_rollout_are_those_of_the_trace(view, trace, source):
    view.source = source
    attention = trace.layers.attention
    expected = {
        "heads": attention[1].mean(axis=0),
        "layers": attention.mean(axis=(0, 1)),
        "rollout": rollout(attention),
    }[source]
    np.testing.assert_allclose(view.selected, expected)
    np.testing.assert_allclose(decoded(view._shown["weights"]), expected, atol=5e-4)


def test_thumbnails_keep_the_largest_weight_of_long_texts(roberta):
    trace = roberta.trace("so very good and " * 25)
    view = pw.AttentionView(trace)
    thumbs = decoded(view._wall["thumbs"])
    count = len(trace.tokens)
    step = -(-count // 32)
    assert step > 1
    assert thumbs.shape == (6, 12, -(-count // step), -(-count // step))
    np.testing.assert_allclose(thumbs.max(axis=(2, 3)), 1, atol=1e-6)
    weights = trace.layers.attention[2, 3]
    row, column = np.unravel_index(weights.argmax(), weights.shape)
    cell = row // step, column // step
    assert thumbs[2, 3][cell] == pytest.approx(1)


def test_labels_follow_words_and_hidden_specials(view):
    assert view.labels[:2] == ("<s>", "The")
    view.words, view.specials = True, "hidden"
    assert view.labels[-2:] == ("untokenizable", ".")
    assert view.selected.shape == (len(view.labels), len(view.labels))
    assert np.all(view.selected.sum(axis=1) < 1)
    view.specials = "renormalised"
    np.testing.assert_allclose(view.selected.sum(axis=1), 1, atol=1e-5)


def test_a_head_switched_off_in_the_view_is_the_same_run_as_in_the_engine(view, roberta):
    view.off = [["head", 2, 4], ["word", 3]]
    expected = roberta.trace(TEXT, without=[SwitchOffHeads(2, 4), DropWord(3)])
    np.testing.assert_array_equal(
        view.trace.prediction.probabilities, expected.prediction.probabilities
    )
    assert view.trace.interventions == ("without “not”", "layer 2, head 4 off")
    before, after = view._answer["probabilities"]
    assert before != after
    assert len(view._panels["shown"]) == len(expected.tokens)
    view.off = []
    assert view.trace.interventions == ()
    assert len(view._answer["probabilities"]) == 1


def test_a_masked_word_masks_all_its_pieces_and_is_called_so(view, trace):
    word = max(word for word in trace.tokens.words if word is not None) - 1
    view.off = [["mask", word]]
    count = trace.tokens.words.count(word)
    assert count > 1
    assert view._panels["shown"].count("<mask>") == count


def test_effects_are_measured_in_the_background_and_few_messages_are_sent(view, roberta):
    said: list[tuple[float, int]] = []
    view.observe(lambda change: said.append((time.monotonic(), change["new"]["done"])), "_effects")
    effects = view.measure()
    assert not view.measuring
    assert effects.shape == (6, 12)
    assert np.isfinite(effects).all()
    winner = int(view.trace.prediction.probabilities.argmax())
    single = roberta.trace(TEXT, without=[SwitchOffHeads(0, 3)]).prediction.probabilities[winner]
    before = view.trace.prediction.probabilities[winner]
    assert effects[0, 3] == pytest.approx(single - before, abs=1e-5)
    assert said[-1][1] == 72
    assert len(said) <= 2 + 10 * (said[-1][0] - said[0][0])
    assert len(view.word_effects) == len(view._answer["words"])


def test_measuring_stops_when_asked(view, monkeypatch):
    from pipeline_widgets.views.attention import effects as _effects

    first = iter([True])

    def slow(pipeline, trace):
        for layer in range(5, -1, -1):
            if not next(first, False):
                view.measuring = False  # as the Cancel button does
            yield layer, 0, np.full((12, 2), 0.5, np.float32)

    monkeypatch.setattr(_effects, "head_effects", slow)
    view.measuring = True
    view._measurer.wait()
    assert np.isnan(view.head_effects).sum() == 60


def test_a_new_trace_forgets_effects_and_changes(view, roberta):
    view.measure()
    view.off = [["layer", 1]]
    view.show(roberta.trace("Never again."))
    assert view.off == []
    assert view._effects == {}
    assert view.text == "Never again."
    assert view.token == -1


def test_a_view_that_follows_an_explorer_shows_what_is_typed(roberta):
    explorer = pw.PipelineExplorer(TEXT, models=(roberta,))
    view = pw.AttentionView.follow(explorer, layer=2, head=1)
    explorer.text = "Never again."
    assert view.text == "Never again."
    assert view.trace is explorer.trace
    assert (view.layer, view.head) == (2, 1)


def test_a_view_that_is_closed_lets_go_of_the_explorer_it_followed(roberta):
    explorer = pw.PipelineExplorer(TEXT, models=(roberta,))
    kept = pw.AttentionView.follow(explorer)
    before = list(explorer._trait_notifiers["_result"]["change"])
    for _ in range(3):
        view = pw.AttentionView.follow(explorer)
        view.close()
        view.close()
    assert explorer._trait_notifiers["_result"]["change"] == before
    explorer.text = "Never again."
    assert (view.text, kept.text) == (TEXT, "Never again.")


def test_query_and_key_are_sent_while_a_row_is_locked(view, roberta):
    assert view._vectors == {}
    view.token = 4
    expected = roberta.query_key_value(view.trace, 1, 2)
    np.testing.assert_array_equal(decoded(view._vectors["query"]), expected.query)
    view.head = 3
    assert view._vectors["head"] == 3


def test_a_hand_made_trace_asks_nobody_for_its_model(trace, monkeypatch):
    made = dataclasses.replace(trace, model="somebody/their-model")
    monkeypatch.setattr(pw, "load", lambda *_: pytest.fail("a model was looked for"))
    view = pw.AttentionView(made)
    view.token = 3
    assert view._vectors == {}
    view.off = [["head", 0, 1]]
    assert "somebody/their-model" in view._status
    assert "pipeline=" in view._status
    assert view.trace is made
    compared = pw.CompareView(made, dataclasses.replace(made, model="another/model"))
    assert [panel["after"] for panel in compared._panels] == [[], []]


def test_what_is_not_there_is_refused(roberta, trace):
    with pytest.raises(pw.BadInput, match="has layers 0 to 5; got layer=6"):
        pw.AttentionView(trace, layer=6)
    with pytest.raises(pw.BadInput, match="takes a trace"):
        pw.AttentionView(TEXT)
    with pytest.raises(TypeError):
        pw.AttentionView(trace, lyer=1)


@pytest.mark.parametrize(
    "text", ["הסרט היה ארוך ויפה", "这部电影很好看。", "日本語のテキスト 😀", "مرحبا بالعالم"]
)
def test_labels_are_right_from_right_to_left_and_without_spaces(text):
    for name in ("roberta", "distilbert"):
        view = pw.AttentionView(pw.load(name).trace(text))
        tokens = view.trace.tokens
        assert view.labels == tuple(shown.replace("Ġ", "␣") for shown in tokens.shown)
        positions = [span for span in tokens.spans if span != (0, 0)]
        assert positions == sorted(positions)
        view.words = True
        words = list(view.labels[1:-1])
        assert words == [text[start:end] for start, end in word_spans(tokens)]
        assert "".join(words) == text.replace(" ", "")
