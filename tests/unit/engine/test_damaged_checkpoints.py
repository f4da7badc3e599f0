"""Any damage to any file of a checkpoint's folder is a typed error that names file and cure."""

from __future__ import annotations

import json
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import pipeline_widgets as pw
from tests import small_checkpoint

DEEP = '{"a":' * 5000 + "1" + "}" * 5000
ODD: list[Any] = [None, "x", [], [1], {"a": "b"}, -2, 10**30]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_checkpoint.write(tmp_path / "copy")


def refused(folder: Path) -> str:
    with pytest.raises(pw.PipelineError) as said:
        pw.load(folder).trace("a good film")
    return str(said.value)


def loaded_or_refused(folder: Path) -> None:
    """Where a default will do, a checkpoint may load; nothing else comes out raw."""
    for backend in small_checkpoint.BACKENDS:
        with suppress(pw.PipelineError):
            pw.load(folder, backend=backend).trace("a good film")


def put(folder: Path, file: str, path: tuple[str, ...], value: Any) -> None:
    plain = json.loads((folder / file).read_text())
    inner = plain
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    (folder / file).write_text(json.dumps(plain))


@pytest.mark.parametrize(
    "name", ["dim", "hidden_dim", "vocab_size", "max_position_embeddings", "pad_token_id"]
)
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:8])
def test_a_size_that_is_none_is_named(folder: Path, name: str, odd: Any) -> None:
    put(folder, "config.json", (name,), odd)
    loaded_or_refused(folder)


@pytest.mark.parametrize("odd", [[1], {"a": "b"}, 5, "x"], ids=str)
def test_labels_that_are_none_are_named(folder: Path, odd: Any) -> None:
    put(folder, "config.json", ("id2label",), odd)
    assert "config.json" in refused(folder)


@pytest.mark.parametrize("text", [DEEP, "[1]", "null", "", "1" * 5000, "\0"], ids=range(6))
@pytest.mark.parametrize("file", ["config.json", "tokenizer.json"])
def test_a_file_of_another_form_is_a_typed_error(folder: Path, file: str, text: str) -> None:
    (folder / file).write_text(text)
    refused(folder)


@pytest.mark.parametrize("path", [("model",), ("model", "vocab"), ("model", "type")])
@pytest.mark.parametrize("odd", ODD[:5], ids=lambda odd: str(odd)[:8])
def test_a_tokenizer_of_another_form_is_a_typed_error(
    folder: Path, path: tuple[str, ...], odd: Any
) -> None:
    put(folder, "tokenizer.json", path, odd)
    loaded_or_refused(folder)


def header(folder: Path, change: Any) -> None:
    raw = (folder / "model.safetensors").read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    plain = json.loads(raw[8 : 8 + size])
    first = next(name for name in plain if name != "__metadata__")
    text = change(plain, first)
    packed = (text if isinstance(text, str) else json.dumps(plain)).encode()
    written = struct.pack("<Q", len(packed)) + packed + raw[8 + size :]
    (folder / "model.safetensors").write_bytes(written)


@pytest.mark.parametrize("field", ["data_offsets", "dtype", "shape"])
@pytest.mark.parametrize("odd", [None, [0.5, 1.5], "x", ["F32"], [-8, 0], [0, 2**70]], ids=str)
def test_a_header_with_odd_entries_is_a_typed_error(folder: Path, field: str, odd: Any) -> None:
    header(folder, lambda plain, first: plain[first].__setitem__(field, odd))
    loaded_or_refused(folder)


def test_a_header_that_is_none_is_a_typed_error(folder: Path) -> None:
    whole = (folder / "model.safetensors").read_bytes()
    for change in (
        lambda *_: DEEP,
        lambda *_: "[1]",
        lambda plain, first: plain.update({first: [1]}),
    ):
        (folder / "model.safetensors").write_bytes(whole)
        header(folder, change)
        refused(folder)


def test_a_pickle_is_never_run_and_nobody_is_told_to_run_it(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"cbuiltins\nprint\n(S'ran'\ntR.")
    for backend in small_checkpoint.BACKENDS:
        with pytest.raises(pw.PipelineError) as said:
            pw.load(folder, backend=backend)  # type: ignore[arg-type]
        assert "weights_only" not in str(said.value)
