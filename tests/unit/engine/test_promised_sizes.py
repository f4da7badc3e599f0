"""What a file promises is held against the file, when it is loaded and before room is made."""

from __future__ import annotations

import json
import random
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save, save_file

import pipeline_widgets as pw
from pipeline_widgets.engine.checkpoints.safetensors_files import Tensors
from pipeline_widgets.errors import MissingWeights
from tests import small_checkpoint
from tests.fuzz.mutate import mutated


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_checkpoint.write(tmp_path / "copy")


@cache
def imported(backend: str, place: Path) -> None:
    """Load a whole checkpoint first: the room that a backend itself takes is not the file's."""
    with suppress(pw.MissingExtra):
        pw.load(small_checkpoint.write(place / "whole"), backend=backend)  # type: ignore[arg-type]


def at_load(folder: Path, backend: str) -> str:
    """What loading says, having taken no room to speak of."""
    imported(backend, folder.parent)
    tracemalloc.start()
    try:
        with pytest.raises(pw.PipelineError) as said:
            pw.load(folder, backend=backend)  # type: ignore[arg-type]
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
    return str(said.value)


def test_a_header_is_read_or_refused_as_the_safetensors_library_does(tmp_path: Path) -> None:
    chance, file = random.Random(15), tmp_path / "model.safetensors"
    whole = save({name: np.ones((2, 3), np.float16) for name in ("a", "b", "c")})
    empty = save({"a": np.ones((0, 3), np.float32), "b": np.ones((), np.int8)})
    refused = 0
    for _ in range(1500):
        file.write_bytes(mutated(chance.choice((whole, empty)), [whole], chance)[:20_000])
        try:
            with safe_open(file, "numpy") as opened:
                theirs = {name: opened.get_slice(name).get_shape() for name in opened.keys()}  # noqa: SIM118
        except (SafetensorError, OSError, ValueError):
            refused += 1
            with pytest.raises(pw.MissingWeights, match="Fetch it again"):
                Tensors([file])
            continue
        if any(len(shape) > 64 for shape in theirs.values()):  # more than numpy has
            continue
        ours = Tensors([file])
        assert {name: theirs[name] for name in ours} == {
            name: list(ours.shape(name)) for name in ours
        }
    assert 200 < refused < 1480


CONFIGS: dict[str, Any] = {
    "a million layers": {"n_layers": 10**6},
    "no layer": {"n_layers": 0},
    "a billion heads": {"n_heads": 10**9},
    "heads that don't divide": {"n_heads": 3},
    "no head": {"n_heads": 0},
    "a negative width": {"dim": -8},
    "a wide model": {"dim": 200_000},
    "a part of a layer": {"hidden_dim": 16.5},
    "words": {"vocab_size": "12"},
    "true": {"vocab_size": True},
    "a billion positions": {"max_position_embeddings": 10**9},
    "no position": {"max_position_embeddings": 1},
    "a billion labels": {"id2label": {}, "num_labels": 10**9},
    "a negative padding": {"pad_token_id": -1},
    "an activation in a list": {"activation": ["gelu"]},
}


@pytest.mark.parametrize("backend", small_checkpoint.BACKENDS)
def test_a_config_that_promises_what_the_files_lack_is_refused_at_load(
    folder: Path, backend: str
) -> None:
    pw.load(folder, backend=backend)  # type: ignore[arg-type]
    for what, change in CONFIGS.items():
        (folder / "config.json").write_text(json.dumps(small_checkpoint.CONFIG | change))
        said = at_load(folder, backend)
        assert "config.json" in said, what


def test_a_wide_model_in_a_small_file_is_refused_before_room_is_made_for_it(folder: Path) -> None:
    wide = small_checkpoint.tensors()
    wide["distilbert.embeddings.word_embeddings.weight"] = np.ones((1, 200_000), np.float16)
    wide["distilbert.embeddings.position_embeddings.weight"] = np.ones((3, 200_000), np.float16)
    for one in ("weight", "bias"):
        wide[f"distilbert.embeddings.LayerNorm.{one}"] = np.ones(200_000, np.float16)
    save_file(wide, folder / "model.safetensors")
    sizes = {"dim": 200_000, "vocab_size": 1, "max_position_embeddings": 3}
    (folder / "config.json").write_text(json.dumps(small_checkpoint.CONFIG | sizes))
    for backend in small_checkpoint.BACKENDS:
        assert "q_lin" in at_load(folder, backend)


def differences() -> dict[str, dict[str, Any]]:
    """Changes of low rank that don't belong to the checkpoint, but for the first."""
    name = "distilbert.transformer.layer.0.attention.q_lin.weight"
    side, thin = np.ones((8, 2), np.float16), np.ones((2, 8), np.float16)
    long = np.ones((100_000, 1), np.float16)
    return {
        "right": {f"{name}.up": side, f"{name}.down": thin},
        "too large": {f"{name}.up": long, f"{name}.down": long.T.copy()},
        "other ranks": {f"{name}.up": side, f"{name}.down": np.ones((3, 8), np.float16)},
        "one half": {f"{name}.up": side},
        "of nothing": {"other.weight.up": side, "other.weight.down": thin},
        "no matrix": {f"{name}.up": np.ones(8, np.float16), f"{name}.down": thin},
    }


def lora(parts: dict[str, Any]) -> dict[str, Any]:
    names = {".weight.up": ".lora_B.weight", ".weight.down": ".lora_A.weight"}
    found = dict[str, Any]()
    for name, array in parts.items():
        for old, new in names.items():
            name = name.replace(old, new)
        found[f"base_model.model.{name}"] = array
    return found


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_said_where_they_lie(folder, value):
    damaged = small_checkpoint.tensors()
    damaged["distilbert.transformer.layer.0.ffn.lin1.weight"][:] = value
    (folder / "model.safetensors").write_bytes(save(damaged))
    with pytest.raises(MissingWeights, match=f"{folder}.*answer is not a number"):
        pw.load(folder)


@pytest.mark.parametrize("as_lora", [False, True], ids=["difference", "adapter"])
def test_a_change_of_low_rank_is_no_larger_than_what_it_changes(
    folder: Path, tmp_path: Path, as_lora: bool
) -> None:
    for what, parts in differences().items():
        made = folder
        if as_lora:
            made = tmp_path / what
            made.mkdir()
            settings = {"base_model_name_or_path": str(folder), "r": 2, "lora_alpha": 4}
            (made / "adapter_config.json").write_text(json.dumps(settings))
            save_file(lora(parts), made / "adapter_model.safetensors")
        else:
            save_file(parts, made / "difference.safetensors")
        if what == "right" or (as_lora and what == "of nothing"):  # as PEFT passes it over
            pw.load(made)
        else:
            assert "The change of" in at_load(made, "numpy"), what


def test_a_pattern_that_never_ends_is_refused(folder: Path, tmp_path: Path) -> None:
    settings = {"base_model_name_or_path": str(folder), "r": 2, "lora_alpha": 4}
    save_file(lora(differences()["right"]), tmp_path / "adapter_model.safetensors")
    for pattern, fine in (
        ("q_lin", True),
        (r"layer\.\d+\.attention", True),
        ("^distilbert.*(q|k)_lin", True),
        ("(a+)+b", False),
        ("(a|a)*b", False),
        (".*.*.*.*x", False),
        ("(a{1,9}){9}", False),
    ):
        (tmp_path / "adapter_config.json").write_text(
            json.dumps(settings | {"alpha_pattern": {pattern: 8}})
        )
        if fine:
            pw.load(tmp_path)
        else:
            assert "alpha_pattern" in at_load(tmp_path, "numpy")


INDEXES: dict[str, Any] = {
    "outside": {"weight_map": {"a": "../copy/model-1.safetensors"}},
    "absolute": {"weight_map": {"a": "/etc/passwd"}},
    "Windows": {"weight_map": {"a": "..\\x.safetensors"}},
    "another drive": {"weight_map": {"a": "C:x"}},
    "below": {"weight_map": {"a": "b/model-1.safetensors"}},
    "a dot": {"weight_map": {"a": ".."}},
    "a number": {"weight_map": {"a": 5}},
    "a list": {"weight_map": {"a": ["model-1.safetensors"]}},
    "many": {"weight_map": {str(number): f"{number}.safetensors" for number in range(5000)}},
    "empty": {},
    "null": {"weight_map": None},
    "of a list": {"weight_map": []},
    "itself a list": [],
}


@pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
def test_an_index_names_files_beside_it_alone(folder: Path, weights: str) -> None:
    (folder / "model.safetensors").rename(folder / "model-1.safetensors")
    for backend in small_checkpoint.BACKENDS:
        for what, index in INDEXES.items():
            (folder / f"{weights}.index.json").write_text(json.dumps(index))
            said = at_load(folder, backend)
            assert len(said) < 600, what
            assert "index" in said, what


def test_ids_are_rows_of_a_table(folder: Path) -> None:
    for change in (
        lambda plain: plain["model"]["vocab"].update({"film": -1}),
        lambda plain: plain["model"]["vocab"].update({"film": 2**40}),
        lambda plain: plain["model"]["vocab"].update({"film": 1.5}),
        lambda plain: plain["added_tokens"].append({"id": -3, "content": "<x>", "special": True}),
        lambda plain: plain["post_processor"].update({"cls": ["[CLS]", -2]}),
        lambda plain: plain["post_processor"].update({"sep": ["[SEP]", 99]}),
    ):
        tokenizer: dict[str, Any] = json.loads(json.dumps(small_checkpoint.TOKENIZER))
        change(tokenizer)
        (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
        for backend in small_checkpoint.BACKENDS:
            assert " id " in at_load(folder, backend)


def bombs(file: Path) -> dict[str, Callable[[], object]]:
    """Files for torch that unpack to more than they are."""
    torch = pytest.importorskip("torch")

    def packed() -> None:
        torch.save({"a": torch.zeros(3)}, file)
        with zipfile.ZipFile(file) as old:
            parts = {one.filename: old.read(one) for one in old.infolist()}
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
            for name, part in parts.items():
                new.writestr(name, part)
            new.writestr("archive/data/9", bytes(10**7))

    return {
        "packed": packed,
        "wide": lambda: torch.save({"a": torch.zeros(1).half().expand(10**6, 10**6)}, file),
        "a number": lambda: torch.save({"a": 5}, file),
        "a list": lambda: torch.save([torch.zeros(3)], file),
        "a name": lambda: torch.save({5: torch.zeros(3)}, file),
        "cut": lambda: file.write_bytes(file.read_bytes()[:-200]) and None,
    }


def test_a_bin_file_is_no_larger_than_it_is(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    for what, write in bombs(folder / "pytorch_model.bin").items():
        write()
        assert "pytorch_model.bin can't be read" in at_load(folder, "torch"), what


def test_what_transformers_alone_would_read_of_a_config_is_not_given_to_it(folder: Path) -> None:
    strange = {
        "quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True},
        "torch_dtype": "float99", "chunk_size_feed_forward": "x", "pruned_heads": {"0": [0]},
        "attn_implementation": "owner/kernel", "auto_map": {"AutoConfig": "evil.Config"},
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(small_checkpoint.CONFIG | strange))
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    for backend in small_checkpoint.BACKENDS:
        pw.load(folder, backend=backend).trace("a good film")  # type: ignore[arg-type]


def test_fine_tuning_refuses_what_loading_refuses(folder: Path) -> None:
    pytest.importorskip("torch")
    from pipeline_widgets.training import fine_tune

    (folder / "config.json").write_text(json.dumps(small_checkpoint.CONFIG | {"n_layers": 10**6}))
    with pytest.raises(pw.PipelineError, match="config"):
        fine_tune(folder, [("a good film", 1)] * 8)


def test_words_of_any_length_are_cut_in_bounded_time_and_as_before(folder: Path) -> None:
    tokenizer: dict[str, Any] = json.loads(json.dumps(small_checkpoint.TOKENIZER))
    tokenizer["model"]["max_input_chars_per_word"] = 10**6
    for number in range(5000):
        tokenizer["added_tokens"].append({"id": 12, "content": f"<{number}>", "special": True})
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    pipeline = pw.load(folder)
    tokens = pipeline.tokenize("f" + "ilm" * 5000 + "<17>s<9999>")
    assert tokens.pieces[:3] == ("[CLS]", "film", "##ilm")
    assert pipeline.tokenize("film<4999>").pieces == ("[CLS]", "film", "<4999>", "[SEP]")
