"""Every head of every family, alone and in pairs, on both backends: transformers' own numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

import pipeline_widgets as pw
from tests.models.checkpoints import (
    BACKENDS,
    FULL_WORD_PIECE,
    HEADS,
    make,
    reference,
)
from tests.models.vocabularies import sentence_pieces, tweets

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),  # of transformers, to peft
]

FUNCTIONS = dict(zip(HEADS, ("softmax", "softmax", "sigmoid", "sigmoid", "none"), strict=True))
KINDS = ("roberta", "distilbert", "bert")
TEXTS = ("The cat sat on the mat.", "A man is eating, isn't he? 😀 中")


RELATIVES: dict[str, Callable[[Path], Path]] = {
    "xlm-roberta": lambda f: sentence_pieces(f, "xlm-roberta"),
    "camembert": lambda f: sentence_pieces(f, "camembert"),
    "bertweet": tweets,
}


@pytest.fixture(scope="module", params=[*KINDS, *RELATIVES])
def vocabulary(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A family, its tokenizer's folder, and that tokenizer as transformers reads it."""
    kind, folder = request.param, tmp_path_factory.mktemp("vocabulary")
    if kind in RELATIVES:
        RELATIVES[kind](folder)
    else:
        make(folder, kind, tokenizer=FULL_WORD_PIECE if kind == "bert" else "", vocabulary=30_522)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    if kind == "distilbert":  # which has no token types, and refuses them
        tokenizer.model_input_names = ["input_ids", "attention_mask"]
    return "roberta" if kind == "bertweet" else kind, folder, tokenizer


@pytest.mark.parametrize("head", HEADS)
def test_every_head_gives_transformers_own_numbers(
    tmp_path: Path, vocabulary: Any, head: str
) -> None:
    kind, read_by, tokenizer = vocabulary
    folder = make(tmp_path, kind, tokenizer=None, vocabulary=len(tokenizer), **HEADS[head])
    model = reference(folder)
    scores = transformers.pipeline("text-classification", model=model, tokenizer=tokenizer)
    for backend, pair in itertools.product(BACKENDS, (None, "Nobody is eating anything at all.")):
        pipeline = pw.load(folder, backend=backend, tokenizer=read_by)
        for text in TEXTS:
            both = [text] if pair is None else [text, pair]
            inputs = tokenizer(*both, return_tensors="pt")
            assert_a_trace_is(pipeline.trace(*both), model, inputs)
            asked = text if pair is None else {"text": text, "text_pair": pair}
            assert_answers_are(pipeline, text, pair, scores(asked, top_k=None), FUNCTIONS[head])


def assert_a_trace_is(trace: Any, model: Any, inputs: Any) -> None:
    """The hidden states, attention weights and logits are transformers'."""
    with torch.inference_mode():
        output = model(**inputs, output_attentions=True, output_hidden_states=True)
    for ours, theirs in (
        (trace.layers.hidden, torch.stack(output.hidden_states)[:, 0]),
        (trace.layers.attention, torch.stack(output.attentions)[:, 0]),
        (trace.prediction.logits, output.logits[0]),
    ):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=0, atol=1e-4)


def assert_answers_are(
    pipeline: Any, text: str, pair: str | None, said: Any, function: str
) -> None:
    """``trace`` and ``flow`` answer what transformers' pipeline said."""
    said = said[0] if isinstance(said[0], list) else said
    by_label = {one["label"]: one["score"] for one in said}
    prediction = pipeline.trace(text, pair).prediction
    expected = [by_label[label] for label in prediction.labels]
    flow = pipeline.flow([text if pair is None else (text, pair)] * 2, max_length=pipeline.limit)
    for answered, scores in ((prediction, prediction.scores), (flow, flow.scores[1])):
        np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-4)
        assert answered.function == function


def test_what_holds_is_named(tmp_path: Path) -> None:
    several = pw.load(make(tmp_path / "a", **HEADS["several labels"]))
    answer = several.trace("A fine film.").prediction
    held = tuple(n for n, s in zip(answer.labels, answer.scores, strict=True) if s >= 0.5)
    assert answer.chosen == held
    assert len(held) > 1
    raw = pw.load(make(tmp_path / "b", **HEADS["one score, raw"]))
    score = raw.trace("A fine film.").prediction
    assert score.one_score
    assert score.said == f"LABEL_0 {score.logits[0]:.2f}".replace("-", "−")
    named = pw.load(make(tmp_path / "c", num_labels=3), labels=["no", "perhaps", "yes"])
    assert named.trace("A film.").prediction.label in ("no", "perhaps", "yes")
    assert named.flow(["A film."]).labels == ("no", "perhaps", "yes")
    with pytest.raises(pw.BadInput, match="names the 3 labels"):
        pw.load(tmp_path / "c", labels=["no", "yes"])


def test_words_and_heads_of_a_pair_can_be_left_out(tmp_path: Path) -> None:
    pipeline = pw.load(make(tmp_path, num_labels=3))
    pair = ("A man eats.", "Nobody eats bread.")
    trace = pipeline.trace(*pair)
    assert trace.pair == pair
    first = pipeline.trace(*pair, without=[pw.DropWord("Nobody")])
    assert first.pair == ("A man eats.", "eats bread.")
    masked = pipeline.trace(*pair, without=[pw.DropWord("A"), pw.MaskToken(len(trace.tokens) - 2)])
    assert masked.tokens.pieces[-2] == "<mask>"
    effects = pw.word_effects(pipeline, trace)
    assert len(effects) == len({word for word in trace.tokens.words if word is not None})
    last = pipeline.trace("A man eats.", "Nobody eats bread").prediction.scores
    np.testing.assert_allclose(effects[-1], last, atol=1e-5)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_model_in_memory_is_read_as_it_is_now(tmp_path: Path, kind: str, backend: Any) -> None:
    folder = make(tmp_path, kind, num_labels=3)
    model, tokenizer = reference(folder), transformers.AutoTokenizer.from_pretrained(folder)
    expected = pw.load(folder).trace("A film.").prediction.logits
    whole = transformers.pipeline("text-classification", model=model, tokenizer=tokenizer)
    out = str(tmp_path / "out")
    arguments = transformers.TrainingArguments(out, report_to="none", use_cpu=True)
    trainer = transformers.Trainer(model, arguments, processing_class=tokenizer)
    backend_tokenizer = tokenizer.backend_tokenizer
    for pipeline in (
        pw.load(model, tokenizer=tokenizer, backend=backend),
        pw.load(model, tokenizer=folder, backend=backend),
        pw.load(model, tokenizer=backend_tokenizer, backend=backend),
        pw.load(whole, backend=backend),
        pw.load(trainer, backend=backend),
    ):
        np.testing.assert_allclose(pipeline.trace("A film.").prediction.logits, expected, atol=1e-5)
    before = pw.load(whole, backend=backend)
    with torch.no_grad():
        [*model.parameters()][-1][0] += 1
    np.testing.assert_allclose(before.trace("A film.").prediction.logits, expected, atol=1e-5)
    assert not np.allclose(pw.load(whole).trace("A film.").prediction.logits, expected, atol=1e-3)


def test_a_model_without_a_tokenizer_and_other_things_are_refused(tmp_path: Path) -> None:
    model = transformers.AutoModelForSequenceClassification.from_config(
        transformers.AutoConfig.from_pretrained(make(tmp_path))
    )
    model.config._name_or_path = ""
    with pytest.raises(pw.BadInput, match="tokenizer=tokenizer"):
        pw.load(model)
    for thing in (None, 3, object()):
        with pytest.raises(pw.BadInput, match="takes a name, a folder"):
            pw.load(thing)
    bare = make(tmp_path / "bare", tokenizer=None)
    with pytest.raises(pw.MissingWeights, match=r"tokenizer=folder"):
        pw.load(bare)
    assert pw.load(bare, tokenizer="roberta").trace("A film.").tokens.pieces[0] == "<s>"


def test_transformers_own_pipeline_says_our_names_of_the_labels():
    model = pw.load("distilbert", labels=["bad", "good"], backend="torch").model.model
    assert model.config.id2label == {0: "bad", 1: "good"}
    assert model.config.label2id == {"bad": 0, "good": 1}
