r"""LaTeX to MathML, for what quizzes need: fractions, roots, scripts, Greek, sums, \text, fences.

Browsers draw MathML themselves, so nothing is fetched. Total: a formula with a command that is not
known is shown as typed, all of it.
The result is a tree as in `prose`.
"""

from __future__ import annotations

import re
from typing import Any

Element = list[Any]

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[^\s]", re.DOTALL)
_DEEPEST = 40  # braces and commands in one another

_GREEK_NAMES = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon
phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega ell
"""
_GREEK = dict(zip(_GREEK_NAMES.split(), "αβγδϵζηθικλμνξπρστυϕχψωΓΔΘΛΞΠΣΦΨΩℓ", strict=True))
_SIGNS = {
    "times": "×", "cdot": "·", "pm": "±", "mp": "∓", "div": "÷", "le": "≤", "leq": "≤", "ge": "≥",
    "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "equiv": "≡", "propto": "∝",
    "to": "→", "rightarrow": "→", "leftarrow": "←", "mapsto": "↦", "Rightarrow": "⇒", "in": "∈",
    "notin": "∉", "subset": "⊂", "cup": "∪", "cap": "∩", "forall": "∀", "exists": "∃",
    "infty": "∞", "partial": "∂", "nabla": "∇", "dots": "…", "ldots": "…", "cdots": "⋯",
    "odot": "⊙", "otimes": "⊗", "oplus": "⊕", "mid": "|", "top": "⊤", "circ": "∘", "star": "⋆",
    "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "{": "{", "}": "}", "%": "%", "$": "$", "_": "_", "&": "&", "#": "#", "|": "‖", "lVert": "‖",
    "rVert": "‖", "Vert": "‖", "emptyset": "∅", "varnothing": "∅", "setminus": "∖", "land": "∧",
    "lor": "∨", "neg": "¬", "lnot": "¬", "wedge": "∧", "vee": "∨", "cong": "≅", "perp": "⊥",
    "parallel": "∥", "angle": "∠", "degree": "°", "prime": "′", "subseteq": "⊆", "supset": "⊃",
    "supseteq": "⊇", "ll": "≪", "gg": "≫", "iff": "⇔", "Leftrightarrow": "⇔", "implies": "⇒",
    "leftrightarrow": "↔", "Leftarrow": "⇐", "uparrow": "↑", "downarrow": "↓", "vdots": "⋮",
    "ddots": "⋱", "bullet": "•", "ast": "∗", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ",
    "colon": ":", "lbrace": "{", "rbrace": "}", "lvert": "|", "rvert": "|", "vert": "|",
}  # fmt: skip
_LARGE = {"sum": "∑", "prod": "∏", "int": "∫"}
_SPACES = {",": "0.17em", ":": "0.22em", ";": "0.28em", " ": "0.25em", "quad": "1em", "!": "0"}
_NAME_LIST = """
softmax exp log ln max min tanh sin cos tan argmax argmin lim det dim erf ReLU GELU
"""
_NAMES = frozenset(_NAME_LIST.split())
_BOLD = {"class": "pw-bold"}
_TEXTS: dict[str, dict[str, str]] = {
    "text": {}, "mbox": {}, "textrm": {}, "textit": {}, "mathrm": {}, "operatorname": {},
    "textbf": _BOLD, "mathbf": _BOLD,
}  # fmt: skip
_ACCENTS = {"hat": "^", "bar": "¯", "vec": "→", "tilde": "~", "dot": "˙", "overline": "¯"}
_TABLES = {
    "matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|"),
    "cases": ("{", ""), "aligned": ("", ""), "align": ("", ""), "align*": ("", ""),
    "array": ("", ""),
}  # fmt: skip
_ALPHABETS = {
    "mathbb": (0x1D538, 0x1D552, dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))),
    "mathcal": (0x1D49C, 0x1D4B6, dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True))),
    "mathscr": (0x1D49C, 0x1D4B6, dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True))),
    "mathfrak": (0x1D504, 0x1D51E, dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True))),
}
_LOOKS = {"-": "−", "*": "∗", "'": "′"}


def mathml(latex: str, *, display: bool = False, typed: str = "") -> Element:
    """A ``math`` element; ``typed`` (default: the LaTeX) as code where it can't be drawn."""
    attributes = {"display": "block"} if display else {}
    try:
        return ["math", attributes, _Reader(latex).row(None)]
    except _Unknown:
        return ["code", {}, typed or latex]


class _Unknown(Exception):
    """A command that can't be drawn."""


class _Reader:
    """Goes through the tokens once; a missing brace ends with the text."""

    def __init__(self, latex: str) -> None:
        found = list(_TOKEN.finditer(latex))
        self.latex = latex
        self.tokens = [match[0] for match in found]
        self.ends = [match.end() for match in found]
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        """The token to come, "" at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def row(self, end: str | None) -> Element:
        parts = list[Element]()
        while self.peek() and self.peek() != end:
            parts.append(self.scripted())
        self.at += 1
        return parts[0] if len(parts) == 1 else ["mrow", {}, *parts]

    def scripted(self) -> Element:
        """An atom with what hangs below and above it."""
        large = self.peek().removeprefix("\\") in _LARGE
        base: Element = ["mrow", {}] if self.peek() in ("_", "^") else self.atom()
        scripts: dict[str, Element] = {}
        while self.peek() in ("_", "^"):
            sign = self.peek()
            self.at += 1
            scripts[sign] = self.atom()
        below, above = scripts.get("_"), scripts.get("^")
        names = ("munder", "mover", "munderover") if large else ("msub", "msup", "msubsup")
        if below and above:
            return [names[2], {}, base, below, above]
        if below:
            return [names[0], {}, base, below]
        return [names[1], {}, base, above] if above else base

    def atom(self) -> Element:
        token = self.peek()
        self.at += 1
        if not token:
            return ["mrow", {}]
        if token == "{" or (token.startswith("\\") and len(token) > 1):
            if self.depth >= _DEEPEST:  # shown as typed
                return ["mtext", {}, token]
            self.depth += 1
            inner: Element = self.row("}") if token == "{" else self.command(token[1:])
            self.depth -= 1
            return inner
        if token[0].isdecimal():
            return ["mn", {}, token]
        return ["mi" if token.isalpha() else "mo", {}, _LOOKS.get(token, token)]

    def command(self, name: str) -> Element:
        if name in _GREEK:
            return ["mi", {}, _GREEK[name]]
        if name in _SIGNS or name in _LARGE:
            return ["mo", {}, _SIGNS.get(name) or _LARGE[name]]
        if name in _NAMES:
            return ["mi", {}, name]
        if name in _SPACES:
            return ["mspace", {"width": _SPACES[name]}]
        if name in _TEXTS:
            return ["mtext", _TEXTS[name], self.words()]
        return self.structure(name)

    def structure(self, name: str) -> Element:
        """A command that takes what follows."""
        if name in ("frac", "dfrac", "tfrac"):
            return ["mfrac", {}, self.atom(), self.atom()]
        if name == "sqrt" and self.peek() == "[":
            self.at += 1
            index = self.row("]")
            return ["mroot", {}, self.atom(), index]
        if name == "sqrt":
            return ["msqrt", {}, self.atom()]
        if name in _ACCENTS:
            return ["mover", {}, self.atom(), ["mo", {}, _ACCENTS[name]]]
        if name in ("left", "right"):
            sign = self.atom()
            return ["mrow", {}] if sign[2:] == ["."] else sign
        if name in _ALPHABETS:
            return ["mi", {}, "".join(_letter(name, sign) for sign in self.words())]
        if name == "binom":
            pair: Element = ["mfrac", {"linethickness": "0"}, self.atom(), self.atom()]
            return ["mrow", {}, ["mo", {}, "("], pair, ["mo", {}, ")"]]
        if name == "begin":
            return self.table(self.words())
        raise _Unknown

    def table(self, name: str) -> Element:
        """A matrix, cases or aligned lines."""
        fences = _TABLES.get(name)
        if fences is None:
            raise _Unknown
        rows: list[Element] = [["mtr", {}]]
        cell: Element = ["mtd", {}]
        while self.peek() != "\\end":
            if not self.peek():
                raise _Unknown
            if self.peek() in ("&", "\\\\"):
                rows[-1].append(cell)
                cell = ["mtd", {}]
                rows += [["mtr", {}]] if self.peek() != "&" else []
                self.at += 1
            else:
                cell.append(self.scripted())
        self.at += 1
        self.words()
        rows[-1].append(cell)
        drawn: Element = ["mtable", {}, *(row for row in rows if row[2:] != [["mtd", {}]])]
        left, right = fences
        return ["mrow", {}, _fence(left), drawn, _fence(right)]

    def words(self) -> str:
        """The text in the braces that follow, blanks kept."""
        if self.peek() != "{":
            return ""
        start = self.ends[self.at]
        end = self.latex.find("}", start)
        while self.peek() and self.peek() != "}":
            self.at += 1
        self.at += 1
        return self.latex[start : end if end >= 0 else len(self.latex)]


def _letter(alphabet: str, sign: str) -> str:
    """A letter in another alphabet; signs that have none stay."""
    capital, small, others = _ALPHABETS[alphabet]
    if sign in others:
        return others[sign]
    if sign.isascii() and sign.isalpha():
        return chr(capital + ord(sign) - 65 if sign.isupper() else small + ord(sign) - 97)
    return sign


def _fence(sign: str) -> Element:
    """A bracket beside a table, or nothing."""
    return ["mo", {}, sign] if sign else ["mrow", {}]
