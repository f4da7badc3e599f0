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
_TIMED = re.compile(r"^%%(?:time|timeit|capture|prun)\b.*\n")


@dataclass(frozen=True)
class Printable:
    """What of a code cell may be printed, and why not all."""

    code: str
    outputs: bool = True  # whether what it printed may be
    left_out: str = ""  # why not all of the code


@dataclass
class _Statement:
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


@dataclass
class _Cell:
    source: str
    statements: list[_Statement] | None  # None: not to be read
    lines_kept: bool  # whether the statements stand in the lines that they say
    made_quiz: bool  # a quiz is among its outputs


def printable(sources: Sequence[str], made_quiz: Sequence[bool]) -> list[Printable]:
    """For each code cell, in order, what of it may be printed."""
    trees = [tree(source) for source in sources]
    makers = MAKERS | _aliases(trees)
    cells = list[_Cell]()
    for source, (nodes, kept), made in zip(sources, trees, made_quiz, strict=True):
        statements = None if nodes is None else [_statement(node, makers) for node in nodes]
        cells.append(_Cell(source, statements, kept, made))
    taint = _Taint(cells)
    return [_printable(cell, taint) for cell in cells]


def holds_key(text: str) -> bool:
    """Whether a text, or what a string in it says, reads like a quiz's source, answers and all."""
    return bool(_KEY.search(text) or _KEY.search(text.replace("\\n", "\n")))


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


def _aliases(trees: Sequence[tuple[list[ast.stmt] | None, bool]]) -> set[str]:
    """Other names that the notebook gives to what makes quizzes: ``from … import Quiz as Q``."""
    nodes = [inner for found, _ in trees for one in found or () for inner in ast.walk(one)]
    aliases = set[str]()
    for _ in range(3):  # an alias of an alias
        for node in nodes:
            if isinstance(node, ast.alias) and node.asname and node.name in MAKERS | aliases:
                aliases.add(node.asname)
            elif isinstance(node, ast.Assign) and _is_maker(node.value, MAKERS | aliases):
                aliases |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    return aliases


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


def _statement(node: ast.stmt, makers: frozenset[str] | set[str]) -> _Statement:
    made = _Statement(node)
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


def _note(made: _Statement, inner: ast.AST) -> None:
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
            return text in makers or bool(_SAID.search(text))
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


class _Taint:
    """Names, files and texts that go into a quiz, traced back through the whole notebook."""

    def __init__(self, cells: Sequence[_Cell]) -> None:
        self.every = [one for cell in cells for one in cell.statements or ()]
        self.modules = _imported(self.every)
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

    def _take(self, one: _Statement) -> None:
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

    def _is_key(self, one: _Statement) -> bool:
        """Whether a statement holds a key's text, writes a quiz's file or another language."""
        history = any(_HISTORY.fullmatch(name) for name in self.names)
        return (one.magic and self.own) or any(
            _KEY.search(text)
            or any(file in text for file in self.files)
            or (history and len(text) >= 20)
            for text in one.texts
        )


def _imported(every: Sequence[_Statement]) -> dict[str, str]:
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


def _printable(cell: _Cell, taint: _Taint) -> Printable:
    if cell.statements is None:
        told = bool(_SAID.search(cell.source) or _KEY.search(cell.source)) or cell.made_quiz
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


def _shows(one: _Statement, quizzes: set[str]) -> bool:
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
