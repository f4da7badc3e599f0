"""Loading by hub id, against a small hub on the loopback interface."""

from __future__ import annotations

import builtins
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import pipeline_widgets as pw
from tests.models.conftest import SMALL, save_classifier
from tests.models.hub_server import MAIN, PINNED, Hub, serve

NAME = "someone/small-classifier"
TEXT = "The cat sat on the mat."


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    """A checkpoint as it is on the main branch, and an earlier commit with other weights."""
    made = {}
    for seed, commit in enumerate((MAIN, PINNED)):
        folder = tmp_path_factory.mktemp("commit")
        made[commit] = save_classifier(folder, "roberta", seed=seed, sizes=SMALL["roberta"])
        (folder / "README.md").write_text("# a card")
        (folder / "training_args.bin").write_bytes(b"pickle")
        (folder / "model.onnx").write_bytes(b"another format")
    return made


@pytest.fixture
def hub(folders, tmp_path, monkeypatch) -> Iterator[Hub]:
    """The hub, and a cache that is empty."""
    with serve(Hub({NAME: dict(folders)})) as running:
        point_at(running.url, monkeypatch)
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        yield running


def point_at(url: str, monkeypatch) -> None:
    """What setting HF_ENDPOINT does before huggingface_hub is imported."""
    constants = huggingface_hub.constants
    monkeypatch.setattr(constants, "ENDPOINT", url)
    template = url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_PROGRESS_BARS", True)


def test_a_hub_checkpoint_loads_by_its_name(hub, folders):
    pipeline = pw.load(NAME)
    assert pipeline.name == NAME
    expected = pw.load(folders[MAIN]).trace(TEXT).prediction.logits
    np.testing.assert_array_equal(pipeline.trace(TEXT).prediction.logits, expected)


def test_hf_endpoint_is_honoured(hub, tmp_path):
    code = f"import pipeline_widgets as pw; print(pw.load({NAME!r}).trace({TEXT!r}))"
    settings = {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_XET": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith(f"Trace(model={NAME!r}")
    assert "model.safetensors" in hub.fetched()


def test_only_config_tokenizer_and_safetensors_are_fetched(hub):
    pw.load(NAME)
    expected = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    expected |= {"vocab.json", "merges.txt"}
    assert set(hub.fetched()) == expected


def test_the_torch_backend_reads_the_hub_too(hub, folders):
    logits = pw.load(NAME, backend="torch").trace(TEXT).prediction.logits
    expected = pw.load(folders[MAIN]).trace(TEXT).prediction.logits
    np.testing.assert_allclose(logits, expected, atol=1e-4)


def test_a_revision_is_pinned(hub, folders):
    logits = pw.load(NAME, revision=PINNED).trace(TEXT).prediction.logits
    pinned = pw.load(folders[PINNED]).trace(TEXT).prediction.logits
    newest = pw.load(folders[MAIN]).trace(TEXT).prediction.logits
    np.testing.assert_array_equal(logits, pinned)
    assert np.abs(logits - newest).max() > 1e-3
    resolved = [path for _, path in hub.asked if "/resolve/" in path]
    assert all(f"/resolve/{PINNED}/" in path for path in resolved)


def test_a_second_load_fetches_nothing_again(hub):
    pw.load(NAME)
    hub.asked.clear()
    pw.load(NAME)
    assert hub.fetched() == []


@pytest.mark.parametrize("revision", [None, PINNED])
def test_the_cached_copy_works_without_a_network(folders, tmp_path, monkeypatch, revision):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with serve(Hub({NAME: dict(folders)})) as running:
        point_at(running.url, monkeypatch)
        before = pw.load(NAME, revision=revision).trace(TEXT).prediction.logits
    after = pw.load(NAME, revision=revision).trace(TEXT).prediction.logits  # the port is closed
    np.testing.assert_array_equal(before, after)


def test_the_cached_copy_works_when_the_hub_fails(hub):
    before = pw.load(NAME).trace(TEXT).prediction.logits
    hub.failing = True
    np.testing.assert_array_equal(before, pw.load(NAME).trace(TEXT).prediction.logits)


def test_the_cached_copy_works_in_hubs_own_offline_mode(hub, monkeypatch):
    before = pw.load(NAME).trace(TEXT).prediction.logits
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    hub.asked.clear()
    np.testing.assert_array_equal(before, pw.load(NAME).trace(TEXT).prediction.logits)
    assert hub.asked == []


@pytest.mark.parametrize("name", [NAME, "anna/distilbert", "me/roberta", "abc/roberta-encoder"])
def test_no_network_and_no_copy_is_said(tmp_path, monkeypatch, name):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    point_at("http://127.0.0.1:9", monkeypatch)  # nobody listens there
    with pytest.raises(pw.NoNetwork, match=r"could not be reached.*Connect.*load\(\"roberta\"\)"):
        pw.load(name)


def test_half_a_copy_is_no_copy(hub, monkeypatch):
    huggingface_hub.hf_hub_download(NAME, "config.json")
    hub.failing = True
    with pytest.raises(pw.NoNetwork, match="no copy from an earlier visit"):
        pw.load(NAME)


def test_a_model_that_is_not_there_is_said(hub):
    with pytest.raises(pw.UnknownModel, match=r"nobody/nothing.*not on the hub.*login"):
        pw.load("nobody/nothing")


def test_a_revision_that_is_not_there_is_said(hub):
    with pytest.raises(pw.UnknownModel, match=r"no revision 'v9'.*branch, tag or commit"):
        pw.load(NAME, revision="v9")


def test_a_model_behind_a_login_is_said(hub):
    hub.gated.add(NAME)
    with pytest.raises(pw.UnknownModel, match=r"asks for a login.*huggingface_hub\.login\(\)"):
        pw.load(NAME)


def changed(hub: Hub, folder: Path, **config: object) -> Path:
    """Serve a copy of the checkpoint with another config.json."""
    shutil.copytree(hub.repositories[NAME][MAIN], folder)
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | config))
    hub.repositories[NAME] = {MAIN: folder}
    return folder


def test_another_architecture_is_refused_before_its_weights_are_fetched(hub, tmp_path):
    changed(hub, tmp_path / "electra", model_type="electra")
    with pytest.raises(pw.UnsupportedArchitecture, match="'electra' model"):
        pw.load(NAME)
    assert hub.fetched() == ["config.json"]


def test_a_model_without_a_head_is_refused_before_its_weights_are_fetched(hub, tmp_path):
    changed(hub, tmp_path / "bare", architectures=["RobertaModel"])
    with pytest.raises(pw.MissingWeights, match=r"no trained classification head.*RobertaModel"):
        pw.load(NAME)
    assert hub.fetched() == ["config.json"]


def test_shards_are_fetched(hub, tmp_path):
    folder = save_classifier(
        tmp_path / "shards", "roberta", sizes=SMALL["roberta"], max_shard_size="60KB"
    )
    hub.repositories[NAME] = {MAIN: folder}
    logits = pw.load(NAME).trace(TEXT).prediction.logits
    np.testing.assert_array_equal(logits, pw.load(folder).trace(TEXT).prediction.logits)
    assert "model.safetensors.index.json" in hub.fetched()


def test_bin_weights_are_fetched_for_torch_alone(hub, tmp_path):
    folder = changed(hub, tmp_path / "bin")
    expected = pw.load(folder).trace(TEXT).prediction.logits
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(pw.MissingWeights, match=r"only \.bin weights.*backend=\"torch\""):
        pw.load(NAME)
    assert "pytorch_model.bin" not in hub.fetched()
    logits = pw.load(NAME, backend="torch").trace(TEXT).prediction.logits
    np.testing.assert_allclose(logits, expected, atol=1e-4)


def test_without_huggingface_hub_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def without_hub(name: str, *rest: object, **options: object) -> object:
        if name == "huggingface_hub":
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without_hub)
    with pytest.raises(pw.MissingExtra, match=r"pip install \"pipeline-widgets\[hub\]\""):
        pw.load(NAME)
