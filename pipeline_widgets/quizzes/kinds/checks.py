"""Checks of a learner's function: like a unit test, with manners."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import pipeline_widgets

from .base import Unsaid

Function = Callable[..., object]


@dataclass(frozen=True, repr=False)
class Check(Unsaid):
    """One thing a function must do: an expression that must be true, and what to say if not.

    With ``test`` the check is a callable that gets the function and returns whether it is fine;
    without, ``expression`` is evaluated with the function under its own name, and ``math``,
    ``np`` and ``pw`` (this package).
    """

    expression: str
    message: str = ""
    test: Callable[[Function], object] | None = None


def run_checks(checks: tuple[Check, ...], name: str, function: Function) -> tuple[int, list[str]]:
    """How many checks passed, and for each that did not a sentence of help."""
    passed, remarks = 0, list[str]()
    for check in checks:
        fine, remark = _run(check, name, function)
        passed += fine
        if not fine:
            remarks.append(remark)
    return passed, remarks


def _run(check: Check, name: str, function: Function) -> tuple[bool, str]:
    names: dict[str, object] = {name: function, "math": math, "np": np, "pw": pipeline_widgets}
    try:
        if check.test is not None:
            fine = bool(check.test(function))
        else:
            fine = bool(_value(check.expression, names))
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        return False, _sentence(check, f"`{_call(check)}` stopped with {said}")
    if fine:
        return True, ""
    return False, _sentence(check, _what_came(check, names))


def _value(expression: str, names: dict[str, object]) -> object:
    """The value of an expression written by the quiz's author (not by the learner)."""
    return eval(expression, dict(names))


def _call(check: Check) -> str:
    """The part of the check that runs the learner's function: the left of a comparison."""
    if check.test is not None:
        return "your function"
    return ast.unparse(_left(check.expression))


def _left(expression: str) -> ast.expr:
    tree = ast.parse(expression, mode="eval").body
    return tree.left if isinstance(tree, ast.Compare) else tree


def _what_came(check: Check, names: dict[str, object]) -> str:
    """What the learner's function gave; never what it should have given."""
    if check.test is not None:
        return ""
    left = _left(check.expression)
    if not isinstance(left, ast.Call):
        return ""
    call = ast.unparse(left)
    try:
        came = repr(_value(call, names))
    except (Exception, SystemExit):
        return ""
    return f"`{call}` gave `{came if len(came) <= 80 else came[:79] + '…'}`"


def _sentence(check: Check, found: str) -> str:
    parts = [part for part in (check.message, found and f"{found}.") if part]
    return " ".join(parts) or f"Not yet: `{_call(check)}`."
