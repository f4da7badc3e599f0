"""GIFT text as signs: single characters and escaped pairs, cut at the signs that mean something."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from pipeline_widgets.errors import BadInput

_WEIGHT = re.compile(r"\s*%(-?\d+(?:[.,]\d+)?)%")
_FORMAT = re.compile(r"^\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)

Signs = list[str]  # the text cut into single characters and escaped pairs


@dataclass(frozen=True)
class Answer:
    """One answer: its sign, the per cent it earns (if said), its text and its feedback."""

    sign: str
    weight: float | None
    signs: Signs
    feedback: str

    @classmethod
    def of(cls, sign: str, part: Signs) -> Self:
        """The answer in the part after a sign."""
        found = _WEIGHT.match(joined(part))
        weight = None if found is None else float(found[1].replace(",", "."))
        rest = part if found is None else signs_of(joined(part)[found.end() :])
        cut = rest.index("#") if "#" in rest else len(rest)
        return cls(sign, weight, rest[:cut], plain_format(rest[cut + 1 :]))


def signs_of(text: str) -> Signs:
    """The text cut into characters and escaped pairs."""
    return re.findall(r"\\.|[^\\]|\\$", text, re.DOTALL)


def joined(signs: Signs) -> str:
    """The text again, escapes and all."""
    return "".join(signs)


def plain(signs: Signs) -> str:
    """The text meant: escapes resolved, blanks around it gone."""
    pairs = {"\\n": "\n"}
    text = joined(signs).strip(" \t\n")
    meant = "".join(pairs.get(s, _unescaped(s)) for s in signs_of(text))
    return re.sub(r"\\\[(\w+)\\\]", r"[\1]", meant)  # a single word in brackets is no TeX


def _unescaped(sign: str) -> str:
    r"""A backslash before anything that GIFT doesn't escape is TeX's, as in ``\(x\)``."""
    return sign[1:] if len(sign) == 2 and sign[1] in "~=#{}:\\->*%" else sign


def plain_format(signs: Signs) -> str:
    """The text meant, without its mark such as [html]."""
    return plain(signs_of(_FORMAT.sub("", joined(signs))))


def split(signs: Signs, separators: str) -> list[tuple[str, Signs]]:
    """Cut before each unescaped separator: pairs of separator ("" for the first) and part."""
    parts: list[tuple[str, Signs]] = [("", [])]
    for sign in signs:
        if sign in separators:
            parts.append((sign, []))
        else:
            parts[-1][1].append(sign)
    return parts


def answers_of(body: Signs) -> list[Answer]:
    """The answers in braces; ``~=right`` is Moodle's older way to write ``=right``.

    Raises `BadInput` where words stand before the first of several answers: nobody knows what they
    are.
    """
    found, pending = list[Answer](), ""
    (_, before), *parts = split(body, "=~")
    if parts and (words := joined(before).strip()):
        raise BadInput(f"{words!r} stands before the first answer; answers begin with = or ~")
    for sign, part in parts:
        if sign == "~" and not joined(part).strip() and not pending:
            pending = sign  # an empty ~ before = belongs to it
            continue
        if pending and sign == "~":
            found.append(Answer.of("~", []))
        pending = ""
        found.append(Answer.of(sign, part))
    if pending:
        found.append(Answer.of("~", []))
    return found


def arrow(signs: Signs) -> int | None:
    """Where an arrow -> stands."""
    return next((i for i in range(len(signs) - 1) if signs[i : i + 2] == ["-", ">"]), None)


def block_end(line: str) -> int:
    """By how much a line goes deeper into braces."""
    return sum({"{": 1, "}": -1}.get(sign, 0) for sign in signs_of(line))


def without_comments(block: str) -> str:
    """The block without lines that are notes, wherever they stand."""
    lines = block.split("\n")
    return "\n".join(line for line in lines if not line.strip().startswith("//"))


def general_feedback(body: Signs) -> tuple[Signs, str]:
    """What stands in braces before ####, and the explanation behind it."""
    for index in range(len(body) - 3):
        if body[index : index + 4] == ["#"] * 4:
            return body[:index], plain_format(body[index + 4 :])
    return body, ""
