"""The folder that hub checkpoints are kept in: where it is, what it has, who may write to it."""

from __future__ import annotations

import os
from pathlib import Path

from .check.line import Line

_TRUE = ("1", "on", "yes", "true")  # as huggingface_hub reads a switch


def folder() -> Path:
    """Where huggingface_hub looks; told without importing it."""
    named = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if named:
        return Path(named).expanduser()
    general = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("HF_HOME") or f"{general}/huggingface"
    return Path(home).expanduser() / "hub"


def names(cache: Path) -> list[str]:
    """The checkpoints that lie there with weights, as ``load`` takes them."""
    found = {
        weights.relative_to(cache).parts[0].removeprefix("models--").replace("--", "/", 1)
        for ending in ("safetensors", "bin")
        for weights in cache.glob(f"models--*/snapshots/*/*.{ending}")
    }
    return sorted(found)


def line() -> Line:
    """What to know about the cache."""
    cache = folder()
    offline = os.environ.get("HF_HUB_OFFLINE", "").lower() in _TRUE
    there = names(cache)
    found = f"{cache}, {'yours to write' if _can_write(cache) else 'read-only'}"
    found += f", with {', '.join(there)}" if there else ", empty (bundled models need none)"
    found += "; HF_HUB_OFFLINE is set" if offline else ""
    if there or not (offline or not _can_write(cache)):
        return Line("ok", "model cache", found)
    cure = (
        "For checkpoints of the hub, fill it where there is a network and the right to write: "
        f"pipeline-widgets models fetch NAME --cache {cache}."
    )
    return Line("note", "model cache", found, cure)


def _can_write(cache: Path) -> bool:
    """Whether files could be put there, the folder itself made if need be."""
    while not cache.exists() and cache != cache.parent:
        cache = cache.parent
    return os.access(cache, os.W_OK)
