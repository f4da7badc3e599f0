"""Interventions against transformers, where the same head is zeroed through its module's hooks."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.engine.effects import head_effects, word_effects
from pipeline_widgets.engine.interventions import (
    DropWord,
    MaskToken,
    SwitchOffHeads,
    SwitchOffLayer,
)

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

BUNDLED = Path(pw.__file__).parent / "bundled"
NAMES = ("roberta", "distilbert")
TEXT = "The film was not dull, it was truly superb."
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def reference(name: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same classifier in transformers: the model and its tokenizer."""
    pack = importlib.import_module("recipes.pack")
    folder = pack.merge_to(BUNDLED / f"{name}-mini", tmp_path_factory.mktemp(name))
    kind = transformers.AutoModelForSequenceClassification
    model = kind.from_pretrained(folder, attn_implementation="eager").eval()
    return model, transformers.AutoTokenizer.from_pretrained(BUNDLED / f"{name}-mini" / "encoder")


@pytest.fixture(scope="module", params=("numpy", "torch"))
def pipeline(name: str, request: pytest.FixtureRequest) -> Any:
    return pw.load(name, backend=request.param)


def answer(model: Any, ids: list[int]) -> tuple[Any, Any]:
    with torch.no_grad():
        out = model(torch.tensor([ids]), output_attentions=True)
    return out.logits[0].numpy(), torch.stack(out.attentions)[:, 0].numpy()


def answer_without_heads(model: Any, ids: list[int], off: dict[int, list[int]]) -> tuple[Any, Any]:
    """The reference's answer with columns of the mixing layer's input zeroed by hooks."""
    if model.config.model_type == "roberta":
        mixing = [layer.attention.output.dense for layer in model.roberta.encoder.layer]
    else:
        mixing = [layer.attention.out_lin for layer in model.distilbert.transformer.layer]
    size = model.config.hidden_size // model.config.num_attention_heads

    def zero(heads: list[int]) -> Any:
        def hook(_module: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
            changed = inputs[0].clone()
            for head in heads:
                changed[..., head * size : (head + 1) * size] = 0
            return (changed, *inputs[1:])

        return hook

    handles = [mixing[layer].register_forward_pre_hook(zero(heads)) for layer, heads in off.items()]
    try:
        return answer(model, ids)
    finally:
        for handle in handles:
            handle.remove()


@pytest.mark.parametrize(
    ("without", "off"),
    [
        ([SwitchOffHeads(1, 5)], {1: [5]}),
        ([SwitchOffHeads(0, (2, 9)), SwitchOffHeads(2, 0)], {0: [2, 9], 2: [0]}),
        ([SwitchOffLayer(1)], {1: list(range(12))}),
    ],
)
def test_heads_switched_off_answer_as_transformers_with_hooks(
    pipeline: Any, reference: Any, without: Any, off: dict[int, list[int]]
) -> None:
    model, tokenizer = reference
    trace = pipeline.trace(TEXT, without=without)
    logits, attention = answer_without_heads(model, tokenizer(TEXT)["input_ids"], off)
    np.testing.assert_allclose(trace.prediction.logits, logits, atol=1e-4)
    np.testing.assert_allclose(trace.layers.attention, attention, atol=1e-4)
    unchanged = pipeline.trace(TEXT)
    assert np.abs(unchanged.prediction.logits - logits).max() > 1e-4
    assert len(trace.interventions) == len(without)


def test_a_dropped_word_answers_as_the_shorter_text(pipeline: Any, reference: Any) -> None:
    model, tokenizer = reference
    trace = pipeline.trace(TEXT, without=[DropWord("not"), DropWord("it"), DropWord("The")])
    shorter = "film was dull, was truly superb."
    assert trace.text == trace.tokens.text == shorter
    logits, _ = answer(model, tokenizer(shorter)["input_ids"])
    np.testing.assert_allclose(trace.prediction.logits, logits, atol=1e-4)
    assert trace.interventions == ("without “not”", "without “it”", "without “The”")


def test_a_masked_token_answers_as_with_the_mask_id(pipeline: Any, reference: Any) -> None:
    model, tokenizer = reference
    tokens = pipeline.tokenize(TEXT)
    place = tokens.shown.index("dull")
    ids = tokenizer(TEXT)["input_ids"]
    ids[place] = tokenizer.mask_token_id
    trace = pipeline.trace(TEXT, without=[MaskToken(place)])
    logits, _ = answer(model, ids)
    np.testing.assert_allclose(trace.prediction.logits, logits, atol=1e-4)
    assert trace.tokens.pieces[place] == tokenizer.mask_token
    assert trace.interventions == (f"token {place} (dull) masked",)


def test_a_word_dropped_before_a_masked_token_moves_it(pipeline: Any) -> None:
    tokens = pipeline.tokenize(TEXT)
    place = tokens.shown.index("dull")
    trace = pipeline.trace(TEXT, without=[DropWord("film"), MaskToken(place)])
    shorter = pipeline.tokenize(TEXT.replace(" film", ""))
    moved = shorter.shown.index("dull")
    expected = [
        pipeline.tokenizer.specials["mask"] if index == moved else number
        for index, number in enumerate(shorter.ids.tolist())
    ]
    assert trace.tokens.ids.tolist() == expected


def test_measured_effects_are_those_of_single_runs(pipeline: Any) -> None:
    trace = pipeline.trace(TEXT)
    found = {}
    for layer, first, probabilities in head_effects(pipeline, trace):
        for offset, row in enumerate(probabilities):
            found[layer, first + offset] = row
    assert len(found) == pipeline.config.layers * pipeline.config.heads
    for layer, head in [(0, 0), (1, 7), (pipeline.config.layers - 1, 11)]:
        single = pipeline.trace(TEXT, without=[SwitchOffHeads(layer, head)])
        np.testing.assert_allclose(found[layer, head], single.prediction.probabilities, atol=1e-5)


def test_measured_word_effects_are_those_of_single_runs(pipeline: Any) -> None:
    trace = pipeline.trace(TEXT)
    measured = word_effects(pipeline, trace)
    for word, row in enumerate(measured):
        single = pipeline.trace(TEXT, without=[DropWord(word)])
        np.testing.assert_allclose(row, single.prediction.probabilities, atol=1e-4)


def test_query_times_key_gives_the_weight_that_is_stored(pipeline: Any) -> None:
    trace = pipeline.trace(TEXT)
    for layer, head in [(0, 2), (1, 0), (pipeline.config.layers - 1, 11)]:
        vectors = pipeline.query_key_value(trace, layer, head)
        scores = vectors.query @ vectors.key.T / np.sqrt(vectors.query.shape[1])
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(weights, trace.layers.attention[layer, head], atol=1e-5)


def test_what_is_not_there_cannot_be_left_out(pipeline: Any) -> None:
    for without, message in [
        ([DropWord("dog")], "is a word of"),
        ([DropWord(99)], "words 0 to"),
        ([MaskToken(0)], "mask one of the text"),
        ([MaskToken(99)], "tokens 0 to"),
        ([SwitchOffHeads(0, 12)], "heads 0 to 11"),
        ([SwitchOffLayer(6)], "layers 0 to"),
        (DropWord("not"), "a list of interventions"),
        ([DropWord("dull"), MaskToken(5)], "cannot be masked too"),
    ]:
        with pytest.raises(pw.BadInput, match=message):
            pipeline.trace(TEXT, without=without)
