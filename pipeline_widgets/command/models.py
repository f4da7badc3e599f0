"""``models fetch``: a hub checkpoint downloaded, verified and tried, for a class to read.

The folder may be read-only for the class: ``load`` then takes what is there, network or not.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import PipelineError
from . import Commands, model_cache

SENTENCE = "The cat sat on the mat."
_CHUNK = 1 << 20


class Damaged(PipelineError):
    """A file is not what the hub says it is."""


@dataclass(frozen=True)
class Stated:
    """What the hub says about a file: its size in bytes, and its digest."""

    size: int | None
    digest: str  # 64 hexadecimals: SHA-256 of the content; 40: git's SHA-1 of it as a blob

    @property
    def has_digest(self) -> bool:
        """Whether it is one of the two; a mirror of the hub may state something else."""
        return re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", self.digest) is not None

    def check(self, file: Path) -> None:
        """Raise ``Damaged`` unless the file has this size and this digest."""
        size = file.stat().st_size
        if self.size is not None and size != self.size:
            raise Damaged(f"it has {size} bytes and not {self.size}")
        if self.has_digest and digest_of(file, self.digest) != self.digest:
            raise Damaged("its digest is another")


def digest_of(file: Path, like: str) -> str:
    """The digest of a file, of the kind that ``like`` is. Git's begins with the size."""
    if len(like) == 64:
        whole = hashlib.sha256()
    else:
        whole = hashlib.sha1(f"blob {file.stat().st_size}\0".encode(), usedforsecurity=False)
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()


def add_to(commands: Commands) -> None:
    """Add ``models`` to the command's parser."""
    models = commands.add_parser(
        "models",
        help="download a checkpoint of the hub for a class",
        description="Checkpoints of the Hugging Face hub for a class.",
    )
    fetch = models.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "fetch",
        help="download, verify and keep a checkpoint",
        description="Download a RoBERTa or DistilBERT classifier from the Hugging Face hub, "
        "compare each file's size and digest with what the hub states, and try it once. "
        'pw.load("NAME") then works without a network, from a read-only folder too.',
    )
    fetch.add_argument("name", help="such as distilbert/distilbert-base-uncased-finetuned-sst-2…")
    fetch.add_argument("--cache", type=Path, metavar="FOLDER", help="default: your own cache")
    fetch.add_argument("--revision", help="a branch, tag or commit (default: main)")
    fetch.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from ..engine.checkpoints.find import BUNDLED

    name: str = options.name
    if name in BUNDLED:
        print(f"{name} is bundled: nothing to fetch.")
        return 0
    cache: Path = options.cache.expanduser() if options.cache else model_cache.folder()
    _use(cache.absolute())
    folder, without_digest = fetch(name, revision=options.revision)
    print(f"{name} at commit {folder.name[:12]}")
    for file in sorted(folder.iterdir()):
        print(f"  {file.name:28} {_size(file):>10}")
    whole = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{_bytes(whole)} in {cache}: size and digest of each file are as the hub states.")
    if without_digest:
        print(
            f"But it states no digest of {', '.join(without_digest)}: only the size was compared."
        )
    print(_tried(name, options.revision))
    print(_for_the_class(cache.absolute()))
    return 0


def _use(cache: Path) -> None:
    """Let huggingface_hub keep its files in ``cache``, whether it was imported before or not."""
    os.environ["HF_HUB_CACHE"] = str(cache)
    os.environ["HF_HUB_DISABLE_SYMLINKS_WARNING"] = "1"
    if "huggingface_hub" in sys.modules:
        sys.modules["huggingface_hub"].constants.HF_HUB_CACHE = str(cache)


def fetch(name: str, *, revision: str | None = None) -> tuple[Path, list[str]]:
    """The folder of a checkpoint, each file of it compared with what the hub states.

    Also returned are the names of the files of which the hub states no digest.

    A damaged file is deleted, and PipelineError raised; so it is if the hub can't be reached, as
    then nothing can be compared. See `pipeline_widgets.engine.hub.fetch` for what else may be.
    """
    from ..engine.checkpoints import hub

    folder = hub.fetch(name, revision=revision, backend="numpy")
    without_digest: list[str] = []
    for file in sorted(folder.iterdir()):
        stated = _stated(name, file.name, folder.name)
        if not stated.has_digest:
            without_digest.append(file.name)
        try:
            stated.check(file)
        except Damaged as error:
            for damaged in {file, file.resolve()}:
                damaged.unlink(missing_ok=True)
            raise PipelineError(
                f"{file.name} of {name} arrived damaged: {error}. It was deleted; run the command "
                "again."
            ) from None
    return folder, without_digest


def _stated(name: str, file: str, commit: str) -> Stated:
    """What the hub states about one file at a commit."""
    hub: Any = importlib.import_module("huggingface_hub")
    try:
        told = hub.get_hf_file_metadata(hub.hf_hub_url(name, file, revision=commit))
    except Exception as error:  # each version of the library has its own errors for no connection
        raise PipelineError(
            f"{name} is in the cache, but the hub could not be asked whether {file} is whole. "
            "Connect to the network, unset HF_HUB_OFFLINE and run the command again."
        ) from error
    return Stated(told.size, told.etag or "")


def _tried(name: str, revision: str | None) -> str:
    from ..engine import load

    pipeline = load(name, revision=revision)
    began = time.perf_counter()
    prediction = pipeline.trace(SENTENCE).prediction
    milliseconds = 1000 * (time.perf_counter() - began)
    return f"It reads {SENTENCE!r} as {prediction.label}, in {milliseconds:.0f} ms."


def _for_the_class(cache: Path) -> str:
    lines = [
        "For the class, set this where their Jupyter server starts:",
        f"  HF_HUB_CACHE={cache}",
        "and HF_HUB_OFFLINE=1 where there is no network. The folder may be read-only.",
    ]
    if os.name == "posix" and any(not _is_readable(path) for path in [cache, *cache.rglob("*")]):
        lines.append(f"Others can't read all of it yet: chmod -R a+rX {cache}")
    return "\n".join(lines)


def _is_readable(path: Path) -> bool:
    mode, needed = path.stat().st_mode, 0o005 if path.is_dir() else 0o004
    return mode & needed == needed


def _size(file: Path) -> str:
    return _bytes(file.stat().st_size)


def _bytes(size: int) -> str:
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"
