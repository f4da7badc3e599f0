"""The engine on the bundled pair: traces, their shapes, what is computed on demand."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.trace import STAGES

TEXT = "The cat sat on the mat."
ODD = [
    "",
    " ",
    "😀",
    "这部电影很好看。",
    "הסרט היה ארוך",
    "a" * 600,
    "<s> [CLS] <pad> [PAD] </s>",
    "\n",
]
BUNDLED = Path(pw.__file__).parent / "bundled"


@pytest.fixture(scope="module", params=["roberta", "distilbert"])
def pipeline(request) -> pw.Pipeline:
    return pw.load(request.param)


def test_a_trace_has_all_six_stages_in_their_shapes(pipeline):
    trace = pipeline.trace(TEXT)
    config, count = pipeline.config, len(trace.tokens)
    assert trace.shapes == {
        "text": (1,),
        "tokens": (count,),
        "embedding": (count, config.width),
        "layers": (config.layers + 1, count, config.width),
        "pooled": (config.width,),
        "prediction": (2,),
    }
    assert trace.layers.attention.shape == (config.layers, config.heads, count, count)
    assert tuple(trace.milliseconds) == STAGES
    assert all(time >= 0 for time in trace.milliseconds.values())
    assert trace.model == trace.architecture == pipeline.name


def test_repr_is_short_and_stable():
    expected = "Pipeline('roberta', layers=6, heads=12, width=384, labels=('negative', 'positive'))"
    assert repr(pw.load("roberta")) == expected
    assert repr(pw.load("roberta").trace(TEXT)).startswith("Trace(model='roberta', text='The cat")


@pytest.mark.parametrize("text", ODD)
def test_any_text_gives_finite_numbers_and_rows_that_sum_to_one(pipeline, text):
    trace = pipeline.trace(text)
    assert np.isfinite(trace.layers.hidden).all()
    np.testing.assert_allclose(trace.layers.attention.sum(axis=-1), 1, atol=1e-5)
    assert trace.prediction.probabilities.sum() == pytest.approx(1, abs=1e-6)


def test_the_same_text_gives_the_same_bits(pipeline):
    first, second = pipeline.trace(TEXT), pipeline.trace(TEXT)
    np.testing.assert_array_equal(first.layers.hidden, second.layers.hidden)
    np.testing.assert_array_equal(first.layers.attention, second.layers.attention)


def test_a_trace_keeps_its_numbers_while_others_are_made(pipeline):
    trace = pipeline.trace(TEXT)
    before = trace.layers.hidden.copy(), trace.layers.attention.copy(), trace.pooled.first.copy()
    pipeline.trace("Something else entirely, and longer than the first one was.")
    pipeline.flow([TEXT, "No."])
    pipeline.query_key_value(trace, 0, 0)
    pipeline.predict_after_layers(trace)
    after = trace.layers.hidden, trace.layers.attention, trace.pooled.first
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_two_threads_can_trace_at_once(pipeline):
    texts = [TEXT, "Rain ruined the picnic, and nobody minded in the least."]
    expected = [pipeline.trace(text).prediction.logits for text in texts]
    found: dict[int, list[np.ndarray]] = {0: [], 1: []}

    def work(index: int) -> None:
        found[index] = [pipeline.trace(texts[index]).prediction.logits for _ in range(5)]

    threads = [threading.Thread(target=work, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index in (0, 1):
        for logits in found[index]:
            np.testing.assert_allclose(logits, expected[index], atol=1e-5)


def test_the_stages_one_by_one_are_the_trace(pipeline):
    trace = pipeline.trace(TEXT)
    embedding = pipeline.embed(pipeline.tokenize(TEXT))
    layers = pipeline.attend(embedding)
    prediction = pipeline.classify(pipeline.pool(layers))
    np.testing.assert_array_equal(prediction.logits, trace.prediction.logits)
    np.testing.assert_array_equal(layers.hidden[0], embedding.normalised)


def test_positions_count_from_2_in_roberta_and_from_0_in_distilbert(pipeline):
    trace = pipeline.trace(TEXT)
    start = 2 if pipeline.architecture == "roberta" else 0
    assert pipeline.config.position_offset == start
    expected = np.arange(start, start + len(trace.tokens))
    np.testing.assert_array_equal(trace.embedding.position_ids, expected)


def test_a_text_over_the_limit_is_cut_and_says_so(pipeline):
    trace = pipeline.trace("very" + " very" * 999)
    assert len(trace.tokens) == pipeline.limit == 256
    assert trace.tokens.left_out == 1000 - 254


def test_attention_follows_from_query_and_key(pipeline):
    trace = pipeline.trace(TEXT)
    found = pipeline.query_key_value(trace, pipeline.config.layers - 1, 3)
    assert found.query.shape == found.key.shape == found.value.shape == (len(trace.tokens), 32)
    scores = np.exp(found.query @ found.key.T / np.sqrt(32))
    weights = scores / scores.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(trace.layers.attention[-1, 3], weights, atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "head", "said"),
    [(6, 0, "layers 0 to"), (-1, 0, "layer=-1"), (0, 12, "heads 0 to 11")],
)
def test_a_layer_or_head_that_is_not_there_is_refused(pipeline, layer, head, said):
    trace = pipeline.trace(TEXT)
    with pytest.raises(pw.BadInput, match=said):
        pipeline.query_key_value(trace, layer, head)


def test_the_prediction_after_the_last_layer_is_the_prediction(pipeline):
    trace = pipeline.trace(TEXT)
    after = pipeline.predict_after_layers(trace)
    assert after.shape == (pipeline.config.layers + 1, 2)
    np.testing.assert_allclose(after.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(after[-1], trace.prediction.probabilities, atol=1e-6)


@pytest.mark.parametrize("text", [None, 3, b"bytes", ["a list"]])
def test_a_text_that_is_no_text_is_refused(pipeline, text):
    with pytest.raises(pw.BadInput, match=f"str, not {type(text).__name__}"):
        pipeline.trace(text)


def test_the_card_comes_with_the_model(pipeline):
    folder = BUNDLED / f"{pipeline.name}-mini"
    assert pipeline.card == (folder / "README.md").read_text(encoding="utf-8")


def test_a_folder_loads_by_path_or_text(tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(BUNDLED / "distilbert-mini" / "encoder", folder)
    traces = [pw.load(name).trace(TEXT) for name in (folder, str(folder), "distilbert-encoder")]
    for trace in traces[:2]:
        assert trace.model == str(folder)
        np.testing.assert_array_equal(trace.prediction.logits, traces[2].prediction.logits)


def test_sentences_have_unique_ids_two_splits_and_two_labels():
    every = pw.sentences()
    assert len({one.id for one in every}) == len(every) > 500
    parts = [pw.sentences(split) for split in ("train", "held-out")]
    assert sorted(one.id for part in parts for one in part) == sorted(one.id for one in every)
    assert {one.label for one in every} == {0, 1}
    with pytest.raises(pw.BadInput, match="held-out"):
        pw.sentences("test")


def test_examples_come_in_groups():
    groups = pw.examples()
    assert TEXT in groups["simple"]
    assert all(isinstance(text, str) for texts in groups.values() for text in texts)
    groups["simple"].clear()
    assert TEXT in pw.examples()["simple"]
