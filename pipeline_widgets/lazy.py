"""Public names that are imported on first use (PEP 562); a package's stub is the one list of them.

``__init__.pyi`` tells editors and type checkers what each name is, in lines such as
``from .engine import load as load``; ``__init__.py`` reads the same lines when it is imported.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_FROM = re.compile(r"^from \..*$", re.MULTILINE)
_LINE = re.compile(r"^from (\.[\w.]*) import (\w+) as \2$", re.MULTILINE)


def names_of_stub(
    package: str, init: str
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of the package whose ``__init__.py`` asks."""
    stub = Path(init).with_suffix(".pyi").read_text("utf-8")
    for line in _FROM.findall(stub):
        if not _LINE.match(line):
            raise ImportError(f"{package}'s stub: {line!r} must be: from .home import name as name")
    homes = {name: home for home, name in _LINE.findall(stub)}

    def getattr_(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = homes[name]
        if home == ".":
            return importlib.import_module(f".{name}", package)
        value = getattr(importlib.import_module(home, package), name)
        setattr(sys.modules[package], name, value)
        return value

    public = sorted(homes)
    return getattr_, lambda: public, public
