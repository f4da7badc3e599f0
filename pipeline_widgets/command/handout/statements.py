"""The statements of a notebook's code cells, read and not run: what each names, holds and makes."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from IPython.core.inputtransformer2 import TransformerManager

_MAKERS = """
Quiz Challenge Flashcards Bank Deck Card Question Option SingleChoice MultipleChoice Numeric
NumberAnswer ShortText TextAnswer Order Match Shape TokenChoice CellChoice PredictOutput CodeTask
Check from_jupyterquiz from_markdown display_quiz display_flashcards
"""
MAKERS = frozenset(_MAKERS.split())
_OURS = ("lesson", "live")  # ways to a quiz whose key is in the package
_ACTS = ("submit", "regrade")  # what is done to a quiz with an answer in hand
_SAID = re.compile(
    r"\b(?:Quiz|Challenge|Flashcards)\s*(?:\(|\.(?:from_|lesson|live))|\bfrom_markdown"
)
_TIMED = re.compile(r"^%%(?:time|timeit|capture|prun)\b.*\n")


@dataclass
class Statement:
    """One statement at the top of a cell."""

    node: ast.stmt
    loads: set[str] = field(default_factory=set[str])
    stores: set[str] = field(default_factory=set[str])
    texts: list[str] = field(default_factory=list[str])
    literals: bool = False
    magic: bool = False  # a whole cell in another language, or written to a file
    makes: str = ""  # "", "ours" or "own": whether it makes a quiz, and whose
    left_out: bool = False

    @property
    def names(self) -> set[str]:
        """All that it names."""
        return self.loads | self.stores


def names_quiz(source: str) -> bool:
    """Whether a cell's text names a way to a quiz."""
    return bool(_SAID.search(source))


def tree(source: str) -> tuple[list[ast.stmt] | None, bool]:
    """A cell's statements, magics made calls, and whether they stand in the lines that they say.

    None where the cell can't be read as Python.
    """
    try:
        text = TransformerManager().transform_cell(_TIMED.sub("\n", source))
        kept = text.rstrip("\n").count("\n") == source.rstrip("\n").count("\n")
        return ast.parse(text).body, kept
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, True


def aliases(trees: Sequence[tuple[list[ast.stmt] | None, bool]]) -> set[str]:
    """Other names that the notebook gives to what makes quizzes: ``from … import Quiz as Q``."""
    nodes = [inner for cell, _ in trees for one in cell or () for inner in ast.walk(one)]
    found = set[str]()
    for _ in range(3):  # an alias of an alias
        for node in nodes:
            if isinstance(node, ast.alias) and node.asname and node.name in MAKERS | found:
                found.add(node.asname)
            elif isinstance(node, ast.Assign) and _is_maker(node.value, MAKERS | found):
                found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    return found


def _is_maker(value: ast.expr, makers: set[str] | frozenset[str]) -> bool:
    """Whether an expression is a class that makes quizzes, not one of its quizzes."""
    if isinstance(value, ast.Name):
        return value.id in makers
    if isinstance(value, ast.Attribute):
        return value.attr in makers
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        texts = [one.value for one in value.args if isinstance(one, ast.Constant)]
        return value.func.id == "getattr" and any(text in makers for text in texts)
    return False


def statement(node: ast.stmt, makers: frozenset[str] | set[str]) -> Statement:
    """What one statement is; what an answer in hand does to a quiz is left out at once."""
    made = Statement(node)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return made
    inners = list(ast.walk(node))
    for inner in inners:
        _note(made, inner)
    if any(_mentions(inner, makers) for inner in inners):
        made.makes = "ours" if _only_ours(inners, makers) else "own"
    elif any(isinstance(inner, ast.Attribute) and inner.attr in _ACTS for inner in inners):
        made.left_out = made.literals
    return made


def _note(made: Statement, inner: ast.AST) -> None:
    """What one node of a statement adds: a name, a text, a change to what a name holds."""
    match inner:
        case ast.Name():
            (made.loads if isinstance(inner.ctx, ast.Load) else made.stores).add(inner.id)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            made.stores.add(inner.name)
            made.literals = True
        case ast.Constant():
            plain = inner.value is None or inner.value is Ellipsis or isinstance(inner.value, bool)
            made.literals |= not plain
            if isinstance(inner.value, (str, bytes)):
                made.texts.append(str(inner.value))
        case ast.Attribute(attr="run_cell_magic"):
            made.magic = True
        case ast.Attribute() | ast.Subscript():
            base: ast.expr = inner
            while isinstance(base, (ast.Attribute, ast.Subscript)):
                base = base.value
            if isinstance(base, ast.Name) and not isinstance(inner.ctx, ast.Load):
                made.stores.add(base.id)
        case ast.Call(func=ast.Attribute(value=ast.Name() as base)):
            if inner.args or inner.keywords:  # may put it into the object, as ``append`` does
                made.stores.add(base.id)
        case _:
            pass


def _mentions(node: ast.AST, makers: frozenset[str] | set[str]) -> bool:
    match node:
        case ast.Name():
            return node.id in makers
        case ast.Attribute():
            return node.attr in makers
        case ast.Constant(value=str() as text):
            return text in makers or names_quiz(text)
        case _:
            return False


def _only_ours(inners: list[ast.AST], makers: frozenset[str] | set[str]) -> bool:
    """Whether each quiz that a statement makes is one whose key is in the package."""
    ways = [
        inner
        for inner in inners
        if isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Attribute)
        and inner.func.attr in _OURS
        and _mentions(inner.func.value, makers)
    ]
    return len(ways) == sum(_mentions(inner, makers) for inner in inners)


def imported(every: Sequence[Statement]) -> dict[str, str]:
    """What the notebook imports, and the file of a module that may lie beside it."""
    found = dict[str, str]()
    for one in every:
        if isinstance(one.node, ast.Import):
            for name in one.node.names:
                found[name.asname or name.name.split(".")[0]] = f"{name.name}.py"
        elif isinstance(one.node, ast.ImportFrom):
            for name in one.node.names:
                found[name.asname or name.name] = f"{one.node.module}.py"
    return found
