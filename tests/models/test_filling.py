"""Blanks filled by masked-LM heads: transformers' own numbers, on both backends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from safetensors.numpy import load_file, save_file
from transformers.modeling_outputs import BaseModelOutput

import pipeline_widgets as pw
from tests.models.checkpoints import FULL_WORD_PIECE, make

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

BACKENDS = ("numpy", "torch")
SETTINGS: dict[str, dict[str, Any]] = {
    "roberta": {},
    "distilbert": {"activation": "relu"},  # it is the head's too
    "bert": {"tokenizer": FULL_WORD_PIECE, "vocabulary": 30_522},
    "untied": {"tie_word_embeddings": False},
}
TEXTS = ("The <mask> sat on the mat.", "A [MASK] is eating a <mask>, isn't he? 😀", "<mask>")


@pytest.fixture(scope="module", params=SETTINGS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("masked")
    kind = request.param if request.param != "untied" else "roberta"
    return make(place, kind, task="ForMaskedLM", **SETTINGS[request.param])


def reference(folder: Path) -> tuple[Any, Any]:
    model = transformers.AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32)
    return model.eval(), transformers.AutoTokenizer.from_pretrained(folder)


@pytest.mark.parametrize("backend", BACKENDS)
def test_blanks_are_filled_as_transformers_fills_them(folder: Path, backend: Any) -> None:
    model, tokenizer = reference(folder)
    pipeline = pw.load(folder, backend=backend)
    for text in TEXTS:
        found = pipeline.fill(text, k=5)
        own = text.replace("<mask>", tokenizer.mask_token).replace("[MASK]", tokenizer.mask_token)
        inputs = tokenizer(own, return_tensors="pt", return_token_type_ids=False)
        with torch.inference_mode():
            output = model(**inputs)
        places = (inputs["input_ids"][0] == tokenizer.mask_token_id).nonzero()[:, 0]
        assert found.blanks == tuple(places.tolist())
        assert found.text == own
        expected = output.logits[0, places].softmax(-1).numpy()
        np.testing.assert_allclose(found.probabilities, expected, rtol=0, atol=1e-4)
        for blank, best in enumerate(found.candidates):
            shares = [one.probability for one in best]
            np.testing.assert_allclose(shares, np.sort(expected[blank])[::-1][:5], atol=1e-4)
            assert [one.piece for one in best] == tokenizer.convert_ids_to_tokens(
                [one.id for one in best]
            )
            assert [found.rank(one.id, blank) for one in best] == [1, 2, 3, 4, 5]
        assert len(found.after_layers) == pipeline.config.layers + 1
        assert found.after_layers[-1] == found.candidates


@pytest.mark.parametrize("backend", BACKENDS)
def test_states_between_the_layers_go_through_the_same_head(folder: Path, backend: Any) -> None:
    model, tokenizer = reference(folder)
    found = pw.load(folder, backend=backend).fill("The <mask> sat.", k=3)
    inputs = tokenizer(found.text, return_tensors="pt", return_token_type_ids=False)
    with torch.inference_mode():
        states = model(**inputs, output_hidden_states=True).hidden_states

        def replaced(state: Any) -> Any:
            return lambda *_a, **_k: BaseModelOutput(state)

        for layer, state in enumerate(states):
            model.base_model.forward = replaced(state)
            shares = model(**inputs, return_dict=True).logits[0, found.blanks[0]].softmax(-1)
            for one in found.after_layers[layer][0]:
                assert one.probability == pytest.approx(float(shares[one.id]), abs=1e-4)


@pytest.mark.parametrize("backend", BACKENDS)
def test_heads_as_old_files_have_them(tmp_path: Path, backend: Any) -> None:
    """The table saved twice, the bias under the other name, a head for the next sentence."""
    folder = make(
        tmp_path, "bert", task="ForPreTraining", tokenizer=FULL_WORD_PIECE, vocabulary=30_522
    )
    model, tokenizer = reference(folder)
    tensors = load_file(folder / "model.safetensors")
    tensors["cls.predictions.decoder.weight"] = tensors["bert.embeddings.word_embeddings.weight"]
    tensors["cls.predictions.decoder.bias"] = tensors.pop("cls.predictions.bias")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    found = pw.load(folder, backend=backend).fill("The <mask> sat.")
    inputs = tokenizer(found.text, return_tensors="pt")
    with torch.inference_mode():
        expected = model(**inputs).logits[0, found.blanks[0]].softmax(-1).numpy()
    np.testing.assert_allclose(found.probabilities[0], expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("backend", BACKENDS)
def test_each_head_says_what_it_cannot_do(folder: Path, tmp_path: Path, backend: Any) -> None:
    masked = pw.load(folder, backend=backend)
    assert masked.labels == ()
    for ask in (masked.trace, lambda text: masked.flow([text])):
        with pytest.raises(pw.MissingWeights, match=r"no classification head.*pipeline\.fill"):
            ask("A film.")
    for text in ("", "A film."):
        with pytest.raises(pw.BadInput, match="write <mask> in the place of a word"):
            masked.fill(text)
    with pytest.raises(pw.BadInput, match=r"beyond the \d+ tokens.*Shorten"):
        masked.fill("film " * 200 + "<mask>")
    for k in (0, -1, 2.5, True, 10**6):
        with pytest.raises(pw.BadInput, match="k is a whole number from 1"):
            masked.fill("A <mask>.", k=k)  # pyright: ignore[reportArgumentType]
    classifier = pw.load(make(tmp_path), backend=backend)
    with pytest.raises(pw.MissingWeights, match=r"no masked-LM head.*roberta-base"):
        classifier.fill("A <mask>.")
    broken = make(tmp_path / "broken", task="ForMaskedLM")
    rest = {
        n: t for n, t in load_file(broken / "model.safetensors").items() if "layer_norm" not in n
    }
    save_file(rest, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(pw.MissingWeights, match=r"lacks the tensor lm_head\.layer_norm"):
        pw.load(broken, backend=backend)


def test_a_model_in_memory_is_read_as_it_is_now(folder: Path) -> None:
    model, tokenizer = reference(folder)
    whole = transformers.pipeline("fill-mask", model=model, tokenizer=tokenizer)
    best = pw.load(whole).fill(f"The {tokenizer.mask_token} sat.").candidates[0]
    theirs = whole(f"The {tokenizer.mask_token} sat.", top_k=10)
    assert [one.id for one in best] == [one["token"] for one in theirs]
    np.testing.assert_allclose(
        [one.probability for one in best], [one["score"] for one in theirs], atol=1e-4
    )
