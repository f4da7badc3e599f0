"""A data set's way through the bundled pair."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.trace import STAGES

TEXTS = [
    "The film was not bad at all.",
    "",
    "A slow start, a superb ending.",
    "very " * 90,
    "No.",
    *pw.examples()["negation"],
    *pw.examples()["sub-words"],
]


@pytest.fixture(scope="module", params=["roberta", "distilbert"])
def pipeline(request) -> pw.Pipeline:
    return pw.load(request.param)


@pytest.fixture(scope="module")
def flow(pipeline) -> pw.Flow:
    return pipeline.flow(TEXTS, batch_size=7)


def test_a_flow_has_all_six_stages_in_their_real_shapes(pipeline, flow):
    total, width = len(TEXTS), pipeline.config.width
    assert [stage.name for stage in flow.stages] == list(STAGES)
    assert [stage.shape for stage in flow.stages] == [
        (total,),
        (total, 50),
        (total, 50, width),
        (total, 50, width),
        (total, width),
        (total, 2),
    ]
    layers = pipeline.config.layers
    expected = f"{layers} layers, each with {total} × 12 × 50 × 50 attention weights"
    assert flow.stages[3].detail == expected
    assert all(stage.milliseconds >= 0 for stage in flow.stages)
    assert flow.milliseconds > 0


def test_short_sentences_are_padded_to_the_longest_only(pipeline):
    flow = pipeline.flow(["No.", "Not bad."])
    longest = max(len(pipeline.tokenize(text)) for text in ("No.", "Not bad."))
    assert flow.stages[1].shape == (2, longest)
    assert flow.max_length == 50


def test_each_answer_is_the_trace_of_its_sentence_in_the_order_given(pipeline, flow):
    for index, text in enumerate(TEXTS):
        if len(pipeline.tokenize(text)) <= 50:
            trace = pipeline.trace(text)
            expected = trace.prediction.probabilities
            np.testing.assert_allclose(flow.probabilities[index], expected, rtol=0, atol=1e-4)
            assert flow.token_counts[index] == len(trace.tokens)
    assert flow.predictions[0] == pipeline.trace(TEXTS[0]).prediction.label


def test_a_sentence_over_the_limit_is_cut_and_counted(pipeline, flow):
    assert flow.cut == 1
    assert flow.token_counts[3] == 50
    tokens = pipeline.tokenizer.encode(TEXTS[3], max_length=50)
    layers = pipeline.attend(pipeline.embed(tokens))
    expected = pipeline.classify(pipeline.pool(layers)).probabilities
    np.testing.assert_allclose(flow.probabilities[3], expected, atol=1e-4)


def test_the_samples_are_the_first_sentences_real_values(pipeline, flow):
    trace = pipeline.trace(TEXTS[0])
    samples = {stage.name: stage.sample for stage in flow.stages}
    assert samples["text"] == TEXTS[0]
    assert samples["tokens"] == trace.tokens.shown
    np.testing.assert_allclose(samples["embedding"], trace.embedding.normalised, atol=1e-4)
    np.testing.assert_allclose(samples["layers"], trace.layers.hidden[-1], atol=1e-4)
    np.testing.assert_allclose(samples["pooled"], trace.pooled.activated, atol=1e-4)
    np.testing.assert_allclose(samples["prediction"], trace.prediction.probabilities, atol=1e-4)


def test_the_size_of_a_batch_changes_no_answer(pipeline, flow):
    for batch_size in (1, 100):
        other = pipeline.flow(TEXTS, batch_size=batch_size)
        np.testing.assert_allclose(other.probabilities, flow.probabilities, rtol=0, atol=1e-4)


def test_progress_reaches_the_end_of_every_stage_and_never_goes_back(pipeline):
    said: dict[str, list[int]] = {}
    stages: list[str] = []

    def progress(stage: str, done: int, total: int) -> None:
        assert total == len(TEXTS)
        said.setdefault(stage, []).append(done)
        stages.append(stage)

    pipeline.flow(TEXTS, batch_size=4, progress=progress)
    assert tuple(dict.fromkeys(stages)) == STAGES
    for done in said.values():
        assert done == sorted(done)
        assert done[-1] == len(TEXTS)
    assert len(said["layers"]) > 3


def test_an_error_in_progress_stops_the_flow(pipeline):
    def stop(stage: str, done: int, total: int) -> None:
        if stage == "layers":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pipeline.flow(TEXTS, progress=stop)


def test_any_iterable_of_texts_will_do(pipeline, flow):
    other = pipeline.flow(text for text in TEXTS)
    np.testing.assert_allclose(other.probabilities, flow.probabilities, atol=1e-4)


def test_memory_stays_bounded_whatever_the_batch():
    """30 sentences of 256 tokens at once would hold 94 MB of attention, and 180 MB in all."""
    pipeline = pw.load("distilbert")
    tracemalloc.start()
    pipeline.flow(["very " * 300] * 30, max_length=256, batch_size=30)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 110e6


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        ([], "at least one sentence"),
        ("one text", "list of sentences.*trace"),
        (["fine", None], "Sentence 1 is a NoneType"),
        ([3], "Sentence 0 is a int"),
        (None, "list of sentences"),
    ],
)
def test_what_is_no_list_of_texts_is_refused(pipeline, sentences, said):
    with pytest.raises(pw.BadInput, match=said):
        pipeline.flow(sentences)


@pytest.mark.parametrize(
    ("options", "said"), [({"max_length": 2}, "max_length"), ({"batch_size": 0}, "batch_size")]
)
def test_sizes_that_make_no_sense_are_refused(pipeline, options, said):
    with pytest.raises(pw.BadInput, match=said):
        pipeline.flow(["fine"], **options)
