"""Which code of a notebook may hold a quiz's key: what can't be told not to is left out.

Nothing is run. A statement is printed only if it is read as Python and has nothing to do with what
a quiz is made of: not with the texts, lists, functions and files that go into one, however they are
named and wherever they stand. Quizzes that come with the package (``Quiz.lesson``, ``Quiz.live``)
have their keys elsewhere.
"""

from __future__ import annotations

import ast
import builtins
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

from .statements import MAKERS, Statement, aliases, imported, names_quiz, statement, tree

_KEY = re.compile(  # our Markdown's answers, jupyterquiz's and GIFT's
    r"^[ \t]*- [\[(][xX ][\])] |^!?= .*\n|^=> |^## .*\{#|[\"'](?:correct|answers|feedback)[\"']\s*:"
    r"|::[^:\n]{1,300}::[^{\n]{0,2000}+\{|\{[^{}\n~=]*+[~=][^{}\n~=]*+[~=][^{}\n]*+\}"
    r"|\{[ \t]*\n\s*+[~=]",
    re.MULTILINE,
)
_FILE = re.compile(r"[\w ./\\-]{1,80}\.(?:md|markdown|json|gift|csv|tsv|txt|xml)", re.IGNORECASE)
_HISTORY = re.compile(r"_+\d*|_i+\d*|In|Out")  # names that IPython gives to cells
_BY_NAME = frozenset(("globals", "locals", "vars", "eval", "exec", "getattr"))
_BUILTINS = frozenset(dir(builtins)) - {"_"}


@dataclass(frozen=True)
class Printable:
    """What of a code cell may be printed, and why not all."""

    code: str
    outputs: bool = True  # whether what it printed may be
    left_out: str = ""  # why not all of the code


@dataclass
class _Cell:
    source: str
    statements: list[Statement] | None  # None: not to be read
    lines_kept: bool  # whether the statements stand in the lines that they say
    made_quiz: bool  # a quiz is among its outputs


def printable(sources: Sequence[str], made_quiz: Sequence[bool]) -> list[Printable]:
    """For each code cell, in order, what of it may be printed."""
    trees = [tree(source) for source in sources]
    makers = MAKERS | aliases(trees)
    cells = list[_Cell]()
    for source, (nodes, kept), made in zip(sources, trees, made_quiz, strict=True):
        statements = None if nodes is None else [statement(node, makers) for node in nodes]
        cells.append(_Cell(source, statements, kept, made))
    taint = _Taint(cells)
    return [_printable(cell, taint) for cell in cells]


def holds_key(text: str) -> bool:
    """Whether a text, or what a string in it says, reads like a quiz's source, answers and all."""
    return bool(_KEY.search(text) or _KEY.search(text.replace("\\n", "\n")))


class _Taint:
    """Names, files and texts that go into a quiz, traced back through the whole notebook."""

    def __init__(self, cells: Sequence[_Cell]) -> None:
        self.every = [one for cell in cells for one in cell.statements or ()]
        self.modules = imported(self.every)
        self.names, self.files = set[str](), set[str]()
        self.quizzes = {name for one in self.every if one.makes == "own" for name in one.stores}
        self.ours = {name for one in self.every if one.makes == "ours" for name in one.stores}
        self.quizzes -= self.modules.keys()
        self.ours -= self.modules.keys()
        self.own = any(_KEY.search(text) for one in self.every for text in one.texts)
        for one in self.every:
            if one.makes == "own":
                self._take(one)
        for cell in cells:
            self._untold(cell)
        while self._spread():
            pass

    def _untold(self, cell: _Cell) -> None:
        """Of a stored quiz that no statement here makes, everything named beside it may be made."""
        statements = cell.statements or []
        known = self.quizzes | self.ours
        if not cell.made_quiz or any(one.makes or one.names & known for one in statements):
            return
        self.own = True
        for one in statements:
            if not isinstance(one.node, (ast.Import, ast.ImportFrom)):
                one.left_out = one.literals
                self._take(one)

    def _take(self, one: Statement) -> None:
        """Everything that a statement is made of may be a key."""
        self.own = True
        used = one.loads - one.stores - _BUILTINS
        self.files |= {self.modules[name] for name in used & self.modules.keys()} - {""}
        self.names |= used - self.modules.keys()
        if one.names & _BY_NAME or "user_ns" in ast.dump(one.node):
            self.names |= {text for text in one.texts if text.isidentifier()}
        self.files |= {text for text in one.texts if _FILE.fullmatch(text)}

    def _spread(self) -> bool:
        """One round through all statements; whether it found more."""
        before = len(self.names), len(self.files), sum(one.left_out for one in self.every)
        for one in self.every:
            if one.makes or one.left_out or isinstance(one.node, (ast.Import, ast.ImportFrom)):
                continue
            touches = bool(one.names & (self.names | self.quizzes))
            if (touches and one.literals) or self._is_key(one):
                one.left_out = True
                self._take(one)
            elif one.stores & self.names:  # made of other names alone
                self.names |= one.loads - _BUILTINS - self.modules.keys()
        return before != (len(self.names), len(self.files), sum(one.left_out for one in self.every))

    def _is_key(self, one: Statement) -> bool:
        """Whether a statement holds a key's text, writes a quiz's file or another language."""
        history = any(_HISTORY.fullmatch(name) for name in self.names)
        return (one.magic and self.own) or any(
            _KEY.search(text)
            or any(file in text for file in self.files)
            or (history and len(text) >= 20)
            for text in one.texts
        )


def _printable(cell: _Cell, taint: _Taint) -> Printable:
    if cell.statements is None:
        told = names_quiz(cell.source) or bool(_KEY.search(cell.source)) or cell.made_quiz
        if taint.own or told:
            return Printable("", False, "its code can't be read as Python")
        return Printable(cell.source)
    lines = cell.source.split("\n")
    outputs = True
    for one in cell.statements:
        alone = _shows(one, taint.quizzes | taint.ours)
        if one.left_out or one.makes or alone:
            _blank(lines, one.node)
        prints = bool(one.names & (taint.names | taint.quizzes))
        if one.makes:  # what goes into it is gone with it; does it print any of it?
            prints = one.makes == "own" and bool(one.loads & {"print", "display"})
        outputs &= not (one.left_out or prints)
    if any(one.left_out or one.makes == "own" for one in cell.statements):
        _uncomment(lines)
    code = "\n".join(line for line in lines if line != "\0").strip("\n")
    left_out = any(one.left_out for one in cell.statements)
    if "\0" in lines and not cell.lines_kept:
        code = ""
    if outputs and not left_out:
        return Printable(code)
    return Printable(code, outputs, "some of its code goes into a quiz" if left_out else "")


def _shows(one: Statement, quizzes: set[str]) -> bool:
    """Whether a statement is a quiz's name alone, which shows it."""
    value = one.node.value if isinstance(one.node, ast.Expr) else None
    return isinstance(value, ast.Name) and value.id in quizzes


def _uncomment(lines: list[str]) -> None:
    """Take the comments out of what is left of a cell: they are about what was left out, too."""
    rest = [("" if line == "\0" else f"{line}\n") for line in lines]
    at = [number for number, line in enumerate(lines) if line != "\0"]
    try:
        tokens = list(tokenize.generate_tokens(iter(filter(None, rest)).__next__))
    except (tokenize.TokenError, SyntaxError):
        lines[:] = ["\0" for _ in lines]
        return
    for token in tokens:
        if token.type == tokenize.COMMENT:
            number = at[token.start[0] - 1]
            lines[number] = lines[number][: token.start[1]].rstrip() or "\0"


def _blank(lines: list[str], statement: ast.stmt) -> None:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(one.lineno for one in decorators)])
    for number in range(first - 1, statement.end_lineno or statement.lineno):
        lines[number] = "\0"
