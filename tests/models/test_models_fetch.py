"""`pipeline-widgets models fetch`, against a hub on the loopback interface."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import pytest

import pipeline_widgets as pw
from pipeline_widgets.cli import main
from pipeline_widgets.command.models import Stated, digest_of
from tests.models.conftest import SMALL, save_classifier
from tests.models.hub_server import MAIN, Hub, serve
from tests.models.test_engine_hub import point_at

NAME = "someone/small-classifier"
TEXT = "The cat sat on the mat."
PRINT = f"import pipeline_widgets as pw; print(pw.load({{!r}}).trace({TEXT!r}).prediction.logits)"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoint")
    return save_classifier(folder, "roberta", sizes=SMALL["roberta"])


@pytest.fixture
def hub(checkpoint, tmp_path, monkeypatch) -> Iterator[Hub]:
    """A hub, and what the command sets, put back afterwards."""
    with serve(Hub({NAME: {MAIN: checkpoint}})) as running:
        point_at(running.url, monkeypatch)
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", "elsewhere")
        for name in ("HF_HUB_CACHE", "HF_HUB_DISABLE_SYMLINKS_WARNING"):
            monkeypatch.setenv(name, "elsewhere")
        yield running


def read_only(cache: Path, **settings: str) -> str:
    """The logits that Python prints which may not write to the cache, root or not."""
    for path in [cache, *cache.rglob("*")]:
        path.chmod(path.stat().st_mode & 0o555)
    check = f"import os; assert not os.access({str(cache)!r}, os.W_OK); "
    as_root = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    ran = subprocess.run(
        [*as_root, sys.executable, "-c", check + PRINT.format(NAME)],
        env=os.environ | {"HF_HUB_CACHE": str(cache), "HF_HUB_DISABLE_XET": "1"} | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_what_was_fetched_is_listed_with_what_the_class_sets(hub, tmp_path, checkpoint, capsys):
    cache = tmp_path / "cache"
    main(["models", "fetch", NAME, "--cache", str(cache)])
    said = capsys.readouterr().out
    files = list(cache.rglob("snapshots/*/*"))
    assert {file.name for file in files} >= {"config.json", "tokenizer.json", "model.safetensors"}
    assert all(f"\n  {file.name} " in said for file in files)
    whole = sum(file.stat().st_size for file in files)
    assert f"{whole / 1000:.1f} kB in {cache}: size and digest of each file are as" in said
    assert f"  HF_HUB_CACHE={cache}\n" in said
    assert hub.fetched() == sorted(file.name for file in files)


@pytest.mark.skipif(
    os.name != "posix" or (os.geteuid() == 0 and shutil.which("setpriv") is None),
    reason="root may write anywhere",
)
def test_a_class_loads_it_from_a_read_only_folder_without_and_with_a_network(
    hub, tmp_path, checkpoint
):
    cache = tmp_path / "cache"
    main(["models", "fetch", NAME, "--cache", str(cache)])
    expected = f"{pw.load(checkpoint).trace(TEXT).prediction.logits}\n"
    assert read_only(cache, HF_HUB_OFFLINE="1") == expected
    # Its owner has changed the model since, and a pupil has no right to keep the new one.
    newer = save_classifier(tmp_path / "newer", "roberta", seed=1, sizes=SMALL["roberta"])
    hub.repositories[NAME] = {"c" * 40: newer}
    hub.commit = lambda repository, revision: "c" * 40
    assert read_only(cache, HF_ENDPOINT=hub.url) == expected


def test_a_damaged_file_is_deleted_and_fetched_anew(hub, tmp_path):
    command = ["models", "fetch", NAME, "--cache", str(tmp_path)]
    main(command)
    [file] = tmp_path.rglob("model.safetensors")
    content = file.read_bytes()
    file.resolve().write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(SystemExit, match=r"model\.safetensors of someone/.* arrived damaged"):
        main(command)
    assert not file.exists()
    main(command)
    assert file.read_bytes() == content
    hub.failing = True
    with pytest.raises(SystemExit, match="could not be asked whether"):
        main(command)


@pytest.mark.skipif(shutil.which("git") is None, reason="git decides its own digests")
def test_a_short_digest_is_gits_own_and_a_wrong_size_is_damage(tmp_path):
    file = tmp_path / "config.json"
    file.write_bytes(b'{"model_type": "roberta"}\n')
    asked = subprocess.run(["git", "hash-object", file], capture_output=True, text=True, check=True)
    digest = asked.stdout.strip()
    assert digest_of(file, digest) == digest
    Stated(file.stat().st_size, digest).check(file)
    with pytest.raises(Exception, match="has 26 bytes and not 27"):
        Stated(27, digest).check(file)
    assert not Stated(26, "W/mirror").has_digest


def test_a_bundled_model_needs_no_fetching(capsys):
    main(["models", "fetch", "distilbert"])
    assert capsys.readouterr().out == "distilbert is bundled: nothing to fetch.\n"
