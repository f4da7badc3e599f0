"""Folders as people have them: what is read in each, and what is said where nothing can be."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import peft
import pytest
import torch
import transformers
from safetensors.numpy import load_file, save_file

import pipeline_widgets as pw
from tests.models.checkpoints import (
    BACKENDS,
    BUNDLED,
    FULL_WORD_PIECE,
    HEADS,
    edit,
    legacy,
    make,
    reference,
)
from tests.models.test_tokenizer_folders import with_added
from tests.models.vocabularies import sentence_pieces, tweets

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),  # of transformers, to peft
]

KINDS = ("roberta", "distilbert", "bert")


def renamed(folder: Path, rename: Callable[[str], str]) -> Path:
    file = folder / "model.safetensors"
    tensors = {rename(name): tensor for name, tensor in load_file(file).items()}
    save_file(tensors, file, metadata={"format": "pt"})
    return folder


RENAMED: dict[str, Callable[[str], str]] = {
    "module.": lambda name: f"module.{name}",
    "model.": lambda name: f"model.{name}",
    "module.model.": lambda name: f"module.model.{name}",
    "encoder alone": lambda name: name.removeprefix("roberta."),
    "own encoder's name": lambda name: name.replace("roberta.", "backbone.", 1),
    "gamma and beta": lambda name: name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
        "LayerNorm.bias", "LayerNorm.beta"
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("rename", RENAMED)
def test_names_are_matched_whatever_stands_before_them(
    tmp_path: Path, rename: str, backend: Any
) -> None:
    expected = pw.load(make(tmp_path / "plain")).trace("A film.").prediction.logits
    other = renamed(make(tmp_path / "other"), RENAMED[rename])
    logits = pw.load(other, backend=backend).trace("A film.").prediction.logits
    np.testing.assert_allclose(logits, expected, atol=1e-5)


LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"


def spoilt(folder: Path, how: str) -> Path:
    file = folder / "model.safetensors"
    if how == "config is a pointer":
        (folder / "config.json").write_text(LFS)
    elif how == "weights are a pointer":
        file.write_text(LFS)
    elif how == "half a download":
        file.write_bytes(file.read_bytes()[:-100])
    elif how == "head of another size":
        edit(folder / "config.json", id2label={"0": "a", "1": "b", "2": "c"})
    elif how == "training arguments alone":
        file.rename(folder / "training_args.bin")
    elif how == "an adapter's name":
        file.rename(folder / "adapter_model.safetensors")
    elif how == "no head":
        save_file({k: v for k, v in load_file(file).items() if "classifier" not in k}, file)
    return folder


SPOILT = {
    "config is a pointer": "Git LFS pointer.*git lfs pull",
    "weights are a pointer": "Git LFS pointer.*git lfs pull",
    "half a download": "not a whole safetensors file",
    "head of another size": r"shape \(2, 32\), where its config\.json promises \(3, 32\)",
    "training arguments alone": "training_args.bin is something else",
    "an adapter's name": "without adapter_config.json",
    "no head": "no trained classification head",
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("how", SPOILT)
def test_what_cannot_be_read_is_said_alike_on_both_backends(
    tmp_path: Path, how: str, backend: Any
) -> None:
    folder = spoilt(make(tmp_path), how)
    with pytest.raises(pw.PipelineError, match=SPOILT[how]) as caught:
        pw.load(folder, backend=backend)
    assert "weights_only" not in str(caught.value)


@pytest.mark.parametrize(
    ("file", "changes"),
    [("config.json", {"id2label": None}), ("config.json", {"position_embedding_type": None})],
)
@pytest.mark.parametrize("backend", BACKENDS)
def test_what_transformers_takes_for_absent_is_absent(
    tmp_path: Path, file: str, changes: dict[str, Any], backend: Any
) -> None:
    edit(make(tmp_path) / file, **changes)
    assert pw.load(tmp_path, backend=backend).labels == ("LABEL_0", "LABEL_1")


def test_a_byte_order_mark_changes_nothing(tmp_path: Path) -> None:
    folder = make(tmp_path, "distilbert")
    for name in ("config.json", "tokenizer_config.json", "tokenizer.json"):
        (folder / name).write_bytes(b"\xef\xbb\xbf" + (folder / name).read_bytes())
    assert pw.load(folder).trace("The film.").tokens.pieces[0] == "[CLS]"


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_id_beyond_the_table_is_a_sentence(tmp_path: Path, backend: Any) -> None:
    folder = make(tmp_path, vocabulary=9_000)  # with no row for one more token
    found = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    added = {"id": 9_000, "content": "<user>", "special": True}
    added |= {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    edit(folder / "tokenizer.json", added_tokens=[*found["added_tokens"], added])
    pipeline = pw.load(folder, backend=backend)
    for run in (pipeline.trace, lambda text: pipeline.flow([text])):
        with pytest.raises(pw.BadInput, match=r"'<user>' has the id 9000.*resize_token"):
            run("hi <user>")
    explorer = pw.PipelineExplorer("hi", models=(pipeline,))
    explorer.text = "hi <user>"
    assert "resize_token_embeddings" in explorer._result["error"]
    explorer.text = "hi all"
    assert explorer._result["error"] == ""


def test_a_run_s_folder_stands_for_its_newest_checkpoint(tmp_path: Path) -> None:
    for step in (500, 1000, 90):
        make(tmp_path / "run" / f"checkpoint-{step}", seed=step)
    (tmp_path / "run" / "checkpoint-2000").mkdir()  # begun and not finished
    newest = pw.load(tmp_path / "run")
    assert newest.name.endswith("checkpoint-1000")
    assert [one.name for one in newest.checkpoints] == [f"checkpoint-{n}" for n in (1000, 500, 90)]
    expected = pw.load(tmp_path / "run" / "checkpoint-1000").trace("A film.").prediction.logits
    np.testing.assert_array_equal(newest.trace("A film.").prediction.logits, expected)


LORA: list[dict[str, Any]] = [
    {},
    {"use_rslora": True, "alpha_pattern": {"query|q_lin": 3}},
    {"use_dora": True},
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extra", LORA)
def test_an_adapter_is_merged_as_peft_merges_it(
    tmp_path: Path, kind: str, extra: dict[str, Any], backend: Any
) -> None:
    base = make(tmp_path / "base", kind, num_labels=3)
    targets = ["q_lin", "v_lin", "lin1"] if kind == "distilbert" else ["query", "value"]
    config = peft.LoraConfig("SEQ_CLS", r=4, lora_alpha=7, target_modules=targets, **extra)
    model = peft.get_peft_model(reference(base), config)
    for name, parameter in model.named_parameters():
        if "lora_" in name or "modules_to_save" in name:
            torch.nn.init.normal_(parameter, 0.5, 0.2)
    model.save_pretrained(tmp_path / "adapter")
    tokenizer = transformers.AutoTokenizer.from_pretrained(base)
    inputs = tokenizer("A fine film.", return_tensors="pt", return_token_type_ids=False)
    with torch.inference_mode():
        expected = model.eval()(**inputs).logits[0].numpy()
    for thing in (tmp_path / "adapter", model):
        pipeline = pw.load(thing, backend=backend, tokenizer=base)
        np.testing.assert_allclose(
            pipeline.trace("A fine film.").prediction.logits, expected, rtol=0, atol=1e-4
        )
    shutil.rmtree(base)
    with pytest.raises(pw.UnknownModel, match=r"is an adapter: it changes the model .*base"):
        pw.load(tmp_path / "adapter", backend=backend)


def adapter(folder: Path) -> Path:
    """LoRA over DistilBERT, with the base beside it."""
    base = make(folder / "base", "distilbert", num_labels=3)
    options: dict[str, Any] = {"target_modules": ["q_lin", "v_lin"], "r": 4}
    peft.get_peft_model(reference(base), peft.LoraConfig("SEQ_CLS", **options)).save_pretrained(
        folder / "adapter"
    )
    return folder / "adapter"


def run(folder: Path) -> Path:
    """A Trainer's output folder, with what it leaves beside the weights."""
    for step in (50, 100):
        made = make(folder / f"checkpoint-{step}", seed=step)
        (made / "trainer_state.json").write_text('{"log_history": []}', "utf-8")
        torch.save({}, made / "optimizer.pt")
    return folder


NLI = {0: "CONTRADICTION", 1: "NEUTRAL", 2: "ENTAILMENT"}
SENTIMENT = {0: "NEGATIVE", 1: "POSITIVE"}
SHAPES: dict[str, tuple[Callable[[Path], Path], str | None]] = {
    "NLI RoBERTa-large": (lambda f: make(f, id2label=NLI), "Nobody eats."),
    "emotions": (lambda f: make(f, **HEADS["several labels"]), None),
    "STS-B": (lambda f: make(f, **HEADS["one score, sigmoid"]), "Somebody eats."),
    "SST-2": (lambda f: make(f, "distilbert", id2label=SENTIMENT), None),
    "cased": (
        lambda f: edit(make(f, "distilbert") / "tokenizer_config.json", do_lower_case=False),
        None,
    ),
    "CamemBERT": (
        lambda f: make(sentence_pieces(f, "camembert"), "camembert", tokenizer=None),
        "Il mange.",
    ),
    "BERTweet": (lambda f: make(tweets(f), tokenizer=None, id2label=SENTIMENT), None),
    "BERT": (
        lambda f: make(f, "bert", tokenizer=FULL_WORD_PIECE, vocabulary=30_522),
        "Somebody eats.",
    ),
    "LoRA over DistilBERT": (adapter, None),
    "Trainer's output folder": (run, None),
    "legacy with added tokens": (lambda f: with_added(legacy(make(f)), special=True), None),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_folders_as_people_have_them_are_drawn_without_a_false_word(
    tmp_path: Path, shape: str
) -> None:
    made, pair = SHAPES[shape]
    folder = made(tmp_path)
    logits: list[Any] = []
    for backend in BACKENDS:
        pipeline = pw.load(folder, backend=backend)
        explorer = pw.PipelineExplorer("A man is <user> eating.", pair=pair, models=(pipeline,))
        trace = explorer.trace
        logits.append(trace.prediction.logits)
        [drawn] = explorer._result["panels"]
        text = f"{explorer.summary()} {explorer.static_html()} {explorer.code('prediction')}"
        assert drawn["function"] == trace.prediction.function
        best = trace.prediction.scores.argmax()
        said = re.findall(rf"{trace.prediction.labels[best]},? (-?\d\.\d\d)", explorer.summary())
        assert float(said[0]) == pytest.approx(trace.prediction.scores[best], abs=0.0101)
        assert drawn["explained"] == trace.tokens.explained
        assert trace.pair == (None if pair is None else ("A man is <user> eating.", pair))
        for word in ("softmax", "sum to 1"):
            assert trace.prediction.function == "softmax" or word not in text
        pw.AttentionView(trace, pipeline=pipeline).static_html()
        pw.PredictionView(trace).static_html()
    np.testing.assert_allclose(*logits, rtol=0, atol=1e-4)


def test_bundled_models_are_as_before() -> None:
    assert (BUNDLED / "roberta-mini").is_dir()
    assert pw.load("roberta").trace("A superb film.").prediction.function == "softmax"
