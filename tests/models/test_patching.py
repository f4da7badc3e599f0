"""Patched runs against transformers, where a forward hook puts the same state in the same place."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.engine.patching import patch_parts, put_back

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

BUNDLED = Path(pw.__file__).parent / "bundled"
PINNED = "The waiter was not friendly."
# The new text, and the pinned text's token that stands for each of its tokens.
PAIRS = [
    ("The waiter was very friendly.", (0, 1, 2, 3, 4, 5, 6, 7)),
    ("The waiter was friendly.", (0, 1, 2, 3, 5, 6, 7)),
    ("Well, the waiter was not very friendly.", None),
]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module", params=("roberta", "distilbert"))
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


def layers_of(model: Any) -> list[Any]:
    base = model.base_model
    return list(
        base.encoder.layer if model.config.model_type == "roberta" else base.transformer.layer
    )


def part_modules(model: Any, layer: int) -> tuple[Any, Any]:
    """The layers that mix the heads and that end the feed-forward half."""
    module = layers_of(model)[layer]
    if model.config.model_type == "roberta":
        return module.attention.output.dense, module.output.dense
    return module.attention.out_lin, module.ffn.lin2


def run(
    model: Any, ids: list[int], module: Any = None, hook: Any = None, *, before: bool = False
) -> Any:
    """The probabilities, with a hook on what goes into a module, or comes out of it."""
    handle = None
    if module is not None:
        register = module.register_forward_pre_hook if before else module.register_forward_hook
        handle = register(hook)
    try:
        with torch.no_grad():
            out = model(torch.tensor([ids]), output_hidden_states=True)
    finally:
        if handle is not None:
            handle.remove()
    return torch.softmax(out.logits[0], -1).numpy(), [h[0] for h in out.hidden_states]


def replacing(token: int, value: Any, columns: slice = slice(None)) -> Callable[..., Any]:
    """A forward hook that puts ``value`` in the place of a token's output."""

    def hook(_module: Any, _inputs: Any, output: Any) -> Any:
        first = output[0] if isinstance(output, tuple) else output
        changed = first.clone()
        changed[0, token, columns] = value[columns]
        return (changed, *output[1:]) if isinstance(output, tuple) else changed

    return hook


def recorded(model: Any, ids: list[int], module: Any, *, before: bool = False) -> Any:
    """What goes into a module, or comes out of it, (T, D)."""
    seen: list[Any] = []

    def hook(_module: Any, inputs: Any, *output: Any) -> None:
        seen.append((inputs if before else output)[0][0].clone())

    run(model, ids, module, hook, before=before)
    return seen[0]


@pytest.mark.parametrize(("text", "partners"), PAIRS)
def test_each_patched_answer_is_transformers_own(
    pipeline: Any, reference: Any, text: str, partners: tuple[int, ...] | None
) -> None:
    model, tokenizer = reference
    found = pipeline.patch(pipeline.trace(PINNED), pipeline.trace(text))
    if partners is not None:
        assert tuple(found.partners.tolist()) == partners
    ids = tokenizer(text)["input_ids"]
    _, states = run(model, tokenizer(PINNED)["input_ids"])
    places = [model.base_model.embeddings, *layers_of(model)]
    assert found.probabilities.shape == (len(places), len(ids), 2)
    for layer, module in enumerate(places):
        for token, partner in enumerate(found.partners):
            if partner < 0:
                assert np.isnan(found.probabilities[layer, token]).all()
                continue
            wanted, _ = run(model, ids, module, replacing(token, states[layer][partner]))
            np.testing.assert_allclose(found.probabilities[layer, token], wanted, atol=1e-4)


@pytest.mark.parametrize("layer", [0, -1])
def test_each_head_and_half_taken_over_is_transformers_own(
    pipeline: Any, reference: Any, layer: int
) -> None:
    model, tokenizer = reference
    text = PAIRS[1][0]
    layer %= pipeline.config.layers
    one, two = tokenizer(PINNED)["input_ids"], tokenizer(text)["input_ids"]
    found = patch_parts(pipeline, pipeline.trace(PINNED), pipeline.trace(text), layer)
    heads, size = pipeline.config.heads, pipeline.config.head_width
    mix, narrow = part_modules(model, layer)
    gathered = recorded(model, one, mix, before=True)
    halves = [recorded(model, one, module) for module in (mix, narrow)]

    def taken(part: int, token: int, partner: int) -> Any:
        if part >= heads:
            half = part - heads
            return run(model, two, (mix, narrow)[half], replacing(token, halves[half][partner]))
        own = slice(part * size, (part + 1) * size)

        def hook(_module: Any, inputs: Any) -> Any:
            changed = inputs[0].clone()
            changed[0, token, own] = gathered[partner, own]
            return (changed,)

        return run(model, two, mix, hook, before=True)

    for part in (0, 7, heads - 1, heads, heads + 1):
        for token, partner in enumerate(PAIRS[1][1] or ()):
            wanted, _ = taken(part, token, partner)
            np.testing.assert_allclose(found.probabilities[part, token], wanted, atol=1e-4)


def test_all_states_at_once_give_the_pinned_answer(pipeline: Any) -> None:
    pinned, trace = pipeline.trace(PINNED), pipeline.trace(PAIRS[0][0])
    for layer in range(pipeline.config.layers + 1):
        whole = put_back(pipeline, pinned, trace, layer)
        np.testing.assert_allclose(whole, pinned.prediction.probabilities, atol=1e-4)
    parts = patch_parts(pipeline, pinned, trace, 0)
    assert parts.everywhere.shape == (pipeline.config.heads + 2, 2)


def test_base_size_and_many_labels_answer_as_transformers(full: Path) -> None:
    """A checkpoint of the published size: one row, against the hook."""
    pipeline = pw.load(full)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        full, attn_implementation="eager"
    ).eval()
    pinned, trace = (pipeline.trace(text) for text in ("The cat sat on it.", "The mat sat on it."))
    layer = pipeline.config.layers // 2
    found = pipeline.patch(pinned, trace)
    module = layers_of(model)[layer - 1]
    for token, partner in enumerate(found.partners):
        value = torch.as_tensor(pinned.layers.hidden[layer, partner].copy())
        wanted, _ = run(model, trace.tokens.ids.tolist(), module, replacing(token, value))
        np.testing.assert_allclose(found.probabilities[layer, token], wanted, atol=1e-4)
