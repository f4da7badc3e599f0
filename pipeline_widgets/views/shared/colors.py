"""The colours of pictures without a script: those of ``base.css``, in its light theme."""

from __future__ import annotations

import re
from functools import cache

from .linker import VIEWS

_SET = re.compile(r"--pw-([\w-]+): (#[0-9a-f]{6});")


@cache
def color(name: str) -> str:
    """What ``--pw-<name>`` is on white paper."""
    return _light()[name]


@cache
def _light() -> dict[str, str]:
    light = (VIEWS / "shared/base.css").read_text("utf-8").split(".pw[data-dark", 1)[0]
    return dict(_SET.findall(light))
