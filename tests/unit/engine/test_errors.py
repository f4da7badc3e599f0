"""What ``load`` refuses, each with its cure."""

from __future__ import annotations

import builtins
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import pipeline_widgets as pw
from pipeline_widgets.architectures import REGISTRY

ENCODER = Path(pw.__file__).parent / "bundled" / "distilbert-mini" / "encoder"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of a small checkpoint, to be spoilt."""
    return Path(shutil.copytree(ENCODER, tmp_path / "copy"))


def configure(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


@pytest.mark.parametrize("name", ["robreta", "Roberta", "distilberta", "roberta-encodr"])
def test_a_near_miss_is_told_the_bundled_name(name):
    with pytest.raises(pw.UnknownModel, match=r'Did you mean "(roberta|distilbert)') as caught:
        pw.load(name)
    for bundled in ('"roberta"', '"distilbert"', '"roberta-encoder"', '"distilbert-encoder"'):
        assert bundled in str(caught.value)


@pytest.mark.parametrize("name", ["./nowhere", "/no/such/folder", "a/b/c", "", "what is this?"])
def test_a_folder_that_is_not_there_is_an_unknown_model(name):
    with pytest.raises(pw.UnknownModel, match="no folder here"):
        pw.load(name)


def test_a_path_is_never_looked_for_on_the_hub(tmp_path):
    with pytest.raises(pw.UnknownModel, match="no folder here"):
        pw.load(Path("owner/name"))


def test_a_folder_without_a_config_is_no_checkpoint(tmp_path):
    with pytest.raises(pw.UnknownModel, match=r"no config\.json.*save_pretrained"):
        pw.load(tmp_path)


@pytest.mark.parametrize("kind", ["gpt2", "albert", "electra"])
def test_another_architecture_is_named_and_refused(folder, kind):
    configure(folder, model_type=kind)
    with pytest.raises(pw.UnsupportedArchitecture, match=f"'{kind}' model") as caught:
        pw.load(folder)
    assert 'load("roberta")' in str(caught.value)
    for title in ("RoBERTa", "DistilBERT", "BERT"):
        assert title in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"activation": "mish"}, "'mish'.*gelu, relu"),
        ({"position_embedding_type": "relative_key"}, "'relative_key' positions"),
        ({"is_decoder": True}, "decoder"),
    ],
)
def test_a_variant_that_computes_something_else_is_refused(folder, changes, said):
    configure(folder, **changes)
    with pytest.raises(pw.UnsupportedArchitecture, match=said):
        pw.load(folder)


def test_no_weights_at_all_is_said(folder):
    (folder / "model.safetensors").unlink()
    with pytest.raises(pw.MissingWeights, match=r"no weights.*model\.safetensors"):
        pw.load(folder)


def test_bin_weights_alone_point_to_torch(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(
        pw.MissingWeights, match=r"only \.bin weights.*backend=\"torch\".*\[torch\]"
    ):
        pw.load(folder)


@pytest.mark.parametrize("part", ["pre_classifier", "classifier"])
def test_no_trained_head_is_said(folder, part):
    tensors = load_file(folder / "model.safetensors")
    kept = {name: one for name, one in tensors.items() if not name.startswith(part + ".")}
    assert len(kept) == len(tensors) - 2
    save_file(kept, folder / "model.safetensors")
    with pytest.raises(pw.MissingWeights, match=r"no trained classification head.*random"):
        pw.load(folder)


def test_a_tensor_that_is_missing_is_named(folder):
    tensors = load_file(folder / "model.safetensors")
    del tensors["distilbert.transformer.layer.1.ffn.lin2.bias"]
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(pw.MissingWeights, match=r"lacks the tensor .*layer\.1\.ffn\.lin2\.bias"):
        pw.load(folder)


def test_a_tensor_of_another_shape_is_named(folder):
    configure(folder, dim=192)
    with pytest.raises(pw.MissingWeights, match=r"\(9500, 384\), where.*promises \(9500, 192\)"):
        pw.load(folder)


def test_labels_and_head_must_agree(folder):
    configure(folder, id2label={"0": "a", "1": "b", "2": "c"})
    with pytest.raises(pw.MissingWeights, match=r"classifier\.weight.*\(2, 384\).*\(3, 384\)"):
        pw.load(folder)


def test_a_pointer_that_git_left_is_said(folder):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    (folder / "model.safetensors").write_bytes(pointer)
    with pytest.raises(pw.MissingWeights, match=r"Git LFS pointer.*git lfs pull"):
        pw.load(folder)


@pytest.mark.parametrize("content", [b"", b"{}"])
def test_a_file_that_is_no_safetensors_file_is_said(folder, content):
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(pw.MissingWeights, match=r"not a whole safetensors file.*Fetch it again"):
        pw.load(folder)


def test_a_file_that_was_cut_off_is_said(folder):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(pw.MissingWeights, match="not a whole safetensors file"):
        pw.load(folder)


def test_a_missing_shard_is_named(folder):
    (folder / "model.safetensors").unlink()
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(pw.MissingWeights, match=r"lacks model-00001-of-00002\.safetensors"):
        pw.load(folder)


def test_an_odd_header_length_changes_no_number(folder):
    """safetensors pads its header to 8 bytes; other writers need not."""
    before = pw.load(folder).trace("The cat sat.").prediction.logits
    file = folder / "model.safetensors"
    whole = file.read_bytes()
    length = int.from_bytes(whole[:8], "little")
    header = whole[8 : 8 + length].rstrip() + b" "
    header += b" " * (1 - len(header) % 2)
    file.write_bytes(len(header).to_bytes(8, "little") + header + whole[8 + length :])
    np.testing.assert_array_equal(before, pw.load(folder).trace("The cat sat.").prediction.logits)


def test_a_backend_that_is_not_there_is_refused():
    with pytest.raises(pw.BadInput, match='"numpy" or "torch", not \'tensorflow\''):
        pw.load("roberta", backend="tensorflow")


def test_without_torch_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def without_torch(name: str, *rest: object, **options: object) -> object:
        if name.split(".")[0] in ("torch", "transformers"):
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.delitem(sys.modules, "pipeline_widgets.engine.torch_model", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_torch)
    with pytest.raises(
        pw.MissingExtra, match=r"pip install \"pipeline-widgets\[torch\]\""
    ) as caught:
        pw.load("roberta", backend="torch")
    assert isinstance(caught.value, ImportError)


@pytest.mark.parametrize("field", ["head_activation", "positions"])
def test_a_family_that_no_engine_computes_is_refused_when_it_is_written_down(field):
    with pytest.raises(ValueError, match=f"bert: {field}='rotary' is none of '"):
        replace(REGISTRY["bert"], **{field: "rotary"})
