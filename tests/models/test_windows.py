"""Long texts in windows: transformers cuts the windows, numpy combines what they answer."""

from __future__ import annotations

import numpy as np
import pytest
import transformers

import pipeline_widgets as pw
from tests.models.checkpoints import BUNDLED, make

LONG = "The café was not dull, but the film 😀 untokenizable went on and on. " * 29 + "The end."
ROOM = 64


@pytest.fixture(scope="module", params=["roberta", "distilbert"])
def pipeline(request, tmp_path_factory):
    sizes = {"id2label": {0: "no", 1: "perhaps", 2: "yes"}}
    return pw.load(make(tmp_path_factory.mktemp("long"), request.param, **sizes))


@pytest.mark.parametrize("overlap", [0, 10, 61])
def test_windows_are_those_of_transformers(pipeline, overlap):
    tokenizer = transformers.AutoTokenizer.from_pretrained(
        BUNDLED / f"{pipeline.architecture}-mini" / "encoder"
    )
    for text in (LONG, "Short.", ""):
        theirs = tokenizer(
            text,
            truncation=True,
            max_length=pipeline.limit,
            stride=overlap,
            return_overflowing_tokens=True,
        )["input_ids"]
        found = pipeline.windows(text, overlap=overlap)
        assert [trace.tokens.ids.tolist() for trace in found.traces] == theirs
    assert found.prediction is found.traces[0].prediction


def test_every_window_is_a_trace_and_all_together_cover_the_text(pipeline):
    found = pipeline.windows(LONG, overlap=10)
    assert (pipeline.limit, len(found.traces)) == (ROOM, len(found.spans))
    assert found.spans[0][0] == 0
    assert found.spans[-1][1] == len(LONG)
    assert all(one[1] >= two[0] for one, two in zip(found.spans, found.spans[1:], strict=False))
    for trace, (start, end) in zip(found.traces, found.spans, strict=True):
        view = pw.AttentionView(trace, pipeline=pipeline)
        view.words = True
        assert all(name in LONG[start:end] for name in view.labels[1:-1])
    np.testing.assert_allclose(
        found.traces[0].prediction.logits, pipeline.trace(LONG).prediction.logits, atol=1e-6
    )


def test_answers_are_combined_as_it_is_said(pipeline, tmp_path):
    mean, surest = (pipeline.windows(LONG, combine=how, overlap=9) for how in ("mean", "surest"))
    np.testing.assert_allclose(mean.prediction.scores, mean.scores.mean(axis=0), atol=1e-6)
    best = surest.scores.max(axis=1).argmax()
    np.testing.assert_array_equal(surest.prediction.scores, surest.scores[best])
    several = pw.load(make(tmp_path, problem_type="multi_label_classification", num_labels=5))
    found = several.windows(LONG, combine="surest", overlap=9)
    np.testing.assert_array_equal(found.prediction.scores, found.scores.max(axis=0))
    for answer in (mean.prediction, found.prediction):
        powers = np.exp(answer.logits)
        again = powers / (powers.sum() if answer.function == "softmax" else 1 + powers)
        np.testing.assert_allclose(again, answer.scores, atol=1e-5)


def test_what_can_not_be_is_said(pipeline):
    with pytest.raises(pw.BadInput, match=r"overlap is 0 to 61 tokens for windows of 64; got 62"):
        pipeline.windows(LONG, overlap=62)
    with pytest.raises(pw.BadInput, match='combine is "mean" or "surest"'):
        pipeline.windows(LONG, combine="most", overlap=3)


def test_a_view_says_in_words_and_tables_what_was_read(pipeline):
    found = pipeline.windows(LONG, overlap=10)
    view = pw.WindowsView(found)
    assert f"{len(found.traces)} windows: {found.prediction.said}" in view.summary()
    assert all(trace.prediction.said in view.static_html() for trace in found.traces)
    rows = view.to_table()
    assert len(rows) == found.scores.size
    one = pw.WindowsView(pipeline.windows("Short.", overlap=9))
    assert "1 windows" not in one.summary()
    with pytest.raises(pw.BadInput, match=r"shows what pipeline\.windows\(text\) gave"):
        pw.WindowsView(found.traces[0])
