"""Two sentences in one explorer: read together, told apart, and attention between them summed."""

from __future__ import annotations

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.engine.attention_analysis import between
from pipeline_widgets.views.stages.panel import placed

ONE, TWO = "A man is eating 😀.", "Nobody eats, not now."


@pytest.fixture(scope="module", params=["roberta", "distilbert"])
def model(request):
    return pw.load(request.param)


@pytest.fixture
def explorer(model):
    return pw.PipelineExplorer(ONE, pair=TWO, models=(model,))


def test_both_boxes_are_read_as_one_pair(explorer, model):
    np.testing.assert_array_equal(
        explorer.trace.prediction.scores, model.trace(ONE, TWO).prediction.scores
    )
    explorer.set_state({"pair": "Everybody eats.", "_sequence": 1})
    assert explorer.trace.pair == (ONE, "Everybody eats.")
    assert (explorer._result["typed"], explorer._result["pair"]) == (ONE, "Everybody eats.")
    explorer.set_state({"text": "One dines.", "_sequence": 2})
    assert explorer.trace.pair == ("One dines.", "Everybody eats.")
    explorer.pair = ""
    assert explorer.trace.pair is None
    assert "sentences" not in explorer._result["panels"][0]


def test_what_is_drawn_says_of_which_sentence_each_token_is(explorer):
    [panel] = explorer._result["panels"]
    tokens = explorer.trace.tokens
    spans = np.array(panel["spans"]).reshape(-1, 2)
    for side, start, end in zip(panel["sentences"], *spans.T, strict=True):
        text = tokens.text[start:end]
        if side >= 0:
            assert text in (ONE, TWO)[side]
        else:
            assert text in ("", "\n")  # around both, or between them
    order = [start for side, (start, _) in zip(panel["sentences"], spans, strict=True) if side >= 0]
    assert order == sorted(order)
    middle = [i for i, span in enumerate(placed(tokens)) if tokens.text[slice(*span)] == "\n"]
    assert middle
    assert [tokens.special[i] for i in middle] == [True] * len(middle)


def test_shares_between_sentences_are_sums_of_the_square(model):
    trace = model.trace(ONE, TWO)
    square, sides = trace.layers.attention[1, 2], trace.tokens.sentences
    found = between(square, sides)
    for row, looking in enumerate((0, 1)):
        rows = [i for i, side in enumerate(sides) if side == looking]
        for column, seen in enumerate((0, 1, None)):
            columns = [i for i, side in enumerate(sides) if side == seen]
            expected = square[np.ix_(rows, columns)].sum() / len(rows)
            assert found[row, column] == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


def test_links_code_and_pages_keep_both_sentences(explorer, model, tmp_path):
    again = pw.PipelineExplorer.from_link(explorer.link(), models=(model,))
    assert (again.text, again.pair) == (ONE, TWO)
    assert again._result["panels"][0]["ids"] == explorer._result["panels"][0]["ids"]
    names = {"pw": pw}
    exec(explorer.code("text").replace(f'"{model.name}"', repr(model.name)), names)
    exec(explorer.code("tokens").split("\n")[0], names)
    assert names["tokens"].ids.tolist() == explorer.trace.tokens.ids.tolist()
    assert TWO in explorer.to_html(tmp_path / "pair.html").read_text("utf-8")


def test_what_belongs_to_one_sentence_is_refused_in_words(explorer, model, tmp_path):
    with pytest.raises(pw.BadInput, match="leave out pinned or pair"):
        pw.PipelineExplorer(ONE, pair=TWO, pinned=ONE, models=(model,))
    with pytest.raises(pw.BadInput, match='made with one: PipelineExplorer\\(text, pair=""\\)'):
        pw.PipelineExplorer(ONE, models=(model,)).pair = TWO
    with pytest.raises(pw.BadInput, match="reads one sentence"):
        explorer.to_html(tmp_path / "live.html", live=True)
    assert "pin" in explorer._hidden
    assert "pair" not in pw.PipelineExplorer(ONE, models=(model,)).link()


def test_attention_views_show_pairs_of_traces_and_of_arrays(model):
    trace = model.trace(ONE, TWO)
    view = pw.AttentionView(trace, pipeline=model)
    second = trace.tokens.sentences.index(1)
    plain = pw.AttentionView.from_arrays(
        trace.layers.attention, trace.tokens.pieces, sentence_b_start=second
    )
    assert plain._panels["sentences"] == view._panels["sentences"]
    assert not pw.AttentionView(model.trace(ONE))._panels["sentences"]
