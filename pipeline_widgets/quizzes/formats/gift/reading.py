"""The reading half of `gift`: Moodle's whole syntax, question by question.

What a question has that is not known here keeps it out, with its line; the others are read.
https://docs.moodle.org/en/GIFT_format
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline_widgets.errors import BadInput

from ...kinds import Essay, Question, TextOnly
from ..imported import Imported
from .answers import choice, is_true_or_false, match, numeric, short_text, true_or_false, without
from .gaps import is_embedded, with_gaps
from .signs import (
    Signs,
    answers_of,
    arrow,
    block_end,
    general_feedback,
    joined,
    plain,
    plain_format,
    signs_of,
    without_comments,
)

EXTRAS = "// pipeline-widgets "


def load(text: str) -> Imported:
    """The questions of GIFT text, and what was left out or changed, by line."""
    made = Imported()
    for line, extras, block in _blocks(text):
        made.add(line, lambda: _question(block, extras, line, made))  # noqa: B023 (called at once)
    return made


def read(text: str) -> tuple[Question, ...]:
    """The questions of GIFT text; raises `BadInput` with a line if none can be read."""
    return load(text).all()


def _blocks(text: str) -> Iterator[tuple[int, dict[str, Any], str]]:
    """Each question's first line, its extras and its text; a blank line ends a question."""
    return _cut([*text.replace("\r\n", "\n").split("\n"), ""], 1, whole=True)


def _cut(lines: list[str], first: int, *, whole: bool) -> Iterator[tuple[int, dict[str, Any], str]]:
    """The blocks in lines numbered from ``first``.

    ``whole``: blank lines may stand in braces. Where these never end, only the block that they
    began in is lost: what follows is cut at every blank line.
    """
    block, extras, start, depth = list[str](), dict[str, Any](), first, 0
    for number, line in enumerate(lines, start=first):
        bare = line.strip()
        inside = depth > 0 and (whole or bool(bare))
        if not inside and bare.startswith(EXTRAS):
            extras = _json(bare.removeprefix(EXTRAS))
            continue
        if bare.startswith("//"):
            block += [""] if block and depth else []
            continue
        if not inside and (not bare or bare.upper().startswith("$CATEGORY:")):
            if block:
                yield start, extras, "\n".join(block)
                block, extras, depth = [], {}, 0
            continue
        start = start if block else number
        block.append(line)
        depth = max(0, depth + block_end(line))
    if block:
        begun = start - first
        end = next(at for at in range(begun, len(lines)) if not lines[at].strip())
        yield start, extras, "\n".join(lines[begun:end])
        yield from _cut(lines[end:], first + end, whole=False)


def _unended() -> Question:
    raise BadInput("the answers begin with { but never end with }")


def _json(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise BadInput(f"the comment after {EXTRAS!r} is not JSON.") from error


def _question(block: str, extras: dict[str, Any], line: int, made: Imported) -> Question:
    signs = signs_of(without_comments(block))
    name, signs = _name(signs)
    spans = _braces(signs)
    special = {
        key: extras.pop(key, None) for key in ("codes", "closed", "match_case", "similarity")
    }
    if "hints" in extras:
        extras["hints"] = tuple(extras["hints"])
    if not spans:
        return TextOnly(without(plain_format(signs), extras.get("code", "")), id=name, **extras)
    start, end = spans[0]
    body, explanation = general_feedback(signs[start + 1 : end])
    extras |= {"explanation": explanation} if explanation else {}
    if len(spans) > 1 or is_embedded(body):
        return with_gaps(signs, spans, {"id": name, **extras})
    prompt, after = plain_format(signs[:start]), signs[end + 1 :]
    if joined(after).strip():
        prompt = f"{prompt} _____ {plain(after)}".strip()
    common = {"id": name, "prompt": without(prompt, extras.get("code", "")), **extras}
    return _by_body(body, common, special, line, made)


def _by_body(
    body: Signs, common: dict[str, Any], special: dict[str, Any], line: int, made: Imported
) -> Question:
    text = joined(body).strip()
    if not text:
        return Essay(**common)
    if text.startswith("#"):
        return numeric(body, common, special["closed"], line, made)
    if is_true_or_false(body):
        return true_or_false(body, common)
    answers = answers_of(body)
    if not answers:
        raise BadInput("answers begin with = or ~, or are TRUE or FALSE")
    if all(answer.sign == "=" for answer in answers):
        arrows = [arrow(answer.signs) is not None for answer in answers]
        if all(arrows):
            return match(answers, common)
        if any(arrows):
            raise BadInput("some answers have an arrow -> and others don't")
        return short_text(answers, common, special, line, made)
    return choice(answers, common, special["codes"], line, made)


def _name(signs: Signs) -> tuple[str, Signs]:
    """The name between double colons, and what follows it."""
    start = next((i for i, sign in enumerate(signs) if sign.strip()), 0)
    if signs[start : start + 2] != [":", ":"]:
        return "", signs
    rest = signs[start + 2 :]
    stop = next((i for i in range(len(rest)) if rest[i : i + 2] == [":", ":"]), None)
    if stop is None:
        raise BadInput("the name begins with :: but never ends with ::")
    return plain(rest[:stop]), rest[stop + 2 :]


def _braces(signs: Signs) -> list[tuple[int, int]]:
    """Where each pair of braces begins and ends."""
    spans, start = list[tuple[int, int]](), -1
    for index, sign in enumerate(signs):
        if sign == "{":
            if start >= 0:
                raise BadInput("braces { within braces; write \\{ for a brace")
            start = index
        elif sign == "}":
            if start < 0:
                raise BadInput("a } without {; write \\} for a brace")
            spans.append((start, index))
            start = -1
    if start >= 0:
        _unended()
    return spans
