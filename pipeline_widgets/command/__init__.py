"""What ``pipeline-widgets`` does: one module for each thing, imported when it is asked for."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Protocol


class Commands(Protocol):
    """Where a module adds what it does: what ``ArgumentParser.add_subparsers`` returns."""

    def add_parser(self, name: str, *, help: str, description: str) -> ArgumentParser:
        """A parser for one command."""
        ...
