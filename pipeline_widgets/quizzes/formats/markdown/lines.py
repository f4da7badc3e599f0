"""The lines of a question in our Markdown, gathered into parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline_widgets.errors import BadInput

_ATTRIBUTES = re.compile(r"(?:^|\s)\{((?:#|[a-z])[^{}]*)\}\s*$")
_ATTRIBUTE = re.compile(r'#(\S+)|([a-z]+)=(?:"([^"]*)"|(\S+))|([a-z]+)')
_FENCE = re.compile(r"(\s*)(`{3,})\s*(?:([a-z]+)\s*)?$")
_KINDS = (
    ("gap", re.compile(r"\[\[(\d+)\]\] = (\{.*\})$")),
    ("option", re.compile(r"- ([\[(])([ xX])[\])] ?(.*)$")),
    ("number", re.compile(r"\d+[.)] (.*)$")),
    ("pair", re.compile(r"- (?:(.*?) )?-> (.*)$")),
    ("row", re.compile(r"\|(.*)\|\s*$")),
    ("tokens", re.compile(r"tokens: (.*)$")),
    ("answer", re.compile(r"(!?=)(?!>) ?(.*)$")),
    ("hint", re.compile(r"> ?(.*)$")),
    ("explanation", re.compile(r"=> ?(.*)$")),
    ("otherwise", re.compile(r"! (.*)$")),
)
_CONTINUED = ("hint", "explanation", "otherwise")  # a line of the same kind below goes on
_TAKING = ("option", "answer")  # indented lines below are feedback


@dataclass(frozen=True)
class Line:
    """A line and its number in the file, from 1."""

    number: int
    text: str


@dataclass
class Part:
    """A piece of a question: its kind, the groups of its first line, what was indented below."""

    kind: str
    line: int
    groups: tuple[str, ...] = ()
    text: str = ""
    feedback: list[str] = field(default_factory=list[str])
    code: str = ""


class _Parts(list[Part]):
    """Parts in order; ``answered`` once there is one below which no prompt may stand."""

    answered = False

    def append(self, part: Part, /) -> None:
        super().append(part)
        self.answered |= part.kind not in ("prompt", "python")


def attributes(heading: str, line: int) -> tuple[str, dict[str, str]]:
    """A heading's text and what stands in braces at its end: ``{#id points=2 hard}``."""
    found = _ATTRIBUTES.search(heading)
    if found is None:
        return heading.strip(), {}
    values, end = dict[str, str](), 0
    for match in _ATTRIBUTE.finditer(found[1]):
        if found[1][end : match.start()].strip():
            break
        name, key, quoted, plain, flag = match.groups()
        if name:
            values["id"] = name
        elif key:
            values[key] = quoted if quoted is not None else plain
        else:
            values[flag] = ""
        end = match.end()
    if found[1][end:].strip():
        raise BadInput(
            f"line {line}: {found[1][end:].strip()!r} is no attribute; write name=value."
        )
    return heading[: found.start()].strip(), values


def unescape(text: str) -> str:
    """Take off the backslash that keeps a line from reading as something else."""
    return text[1:] if text.startswith("\\") else text


def parts(lines: list[Line]) -> list[Part]:
    """Gather a question's lines (without the heading); raises `BadInput` with the line."""
    found, index, touching = _Parts(), 0, False
    while index < len(lines):
        line = lines[index]
        fence = _FENCE.match(line.text)
        if fence:
            end = _fence_end(lines, index, fence[2])
            body = [inner.text for inner in lines[index + 1 : end]]
            _add_fence(found, line, fence, body)
            index, touching = end + 1, False
            continue
        touching = _add_line(found, line, touching)
        index += 1
    return found


def _fence_end(lines: list[Line], start: int, fence: str) -> int:
    for index in range(start + 1, len(lines)):
        if lines[index].text.strip() == fence:
            return index
    raise BadInput(
        f"line {lines[start].number}: the code that begins here never ends with {fence}."
    )


def _add_fence(found: _Parts, line: Line, fence: re.Match[str], body: list[str]) -> None:
    indent, ticks, info = fence.groups(default="")
    body = [text.removeprefix(indent) for text in body]
    last = found[-1] if found else None
    if indent and last is not None and last.kind in _TAKING:
        last.code = "\n".join(body)
    elif info in ("python", "output", "check", "solution") and not indent:
        found.append(Part(info, line.number, text="\n".join(body)))
    else:
        _add_prompt(found, line, [f"{ticks}{info}", *body, ticks])


def _add_prompt(found: _Parts, line: Line, texts: list[str]) -> None:
    if found.answered and any(texts):
        raise BadInput(
            f"line {line.number}: text below the answers; indent it to make it feedback, begin it "
            "with '> ' to make it a hint, or move it above them."
        )
    found.extend(Part("prompt", line.number, text=text) for text in texts)


def _add_line(found: _Parts, line: Line, touching: bool) -> bool:
    """Add one line; returns whether the next line touches a part that it may continue."""
    text = line.text
    last = found[-1] if found else None
    if text.startswith(("  ", "\t")) and text.strip() and last is not None and last.kind in _TAKING:
        last.feedback.append(unescape(text.strip()))
        return False
    for kind, pattern in _KINDS:
        match = pattern.match(text)
        if match is None:
            continue
        content = unescape(match.groups()[-1] or "")
        if touching and last is not None and last.kind == kind:
            last.text += f"\n{content}"
        else:
            groups = tuple(group or "" for group in match.groups())
            found.append(Part(kind, line.number, groups, content))
        return kind in _CONTINUED
    if text.strip() or not found.answered:
        _add_prompt(found, line, [unescape(text) if text.strip() else ""])
    return False
