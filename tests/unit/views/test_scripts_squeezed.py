"""Scripts travel squeezed: what the squeezer can't read must not be written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pipeline_widgets
from pipeline_widgets.views.shared.linker import link

SCRIPTS = sorted(Path(pipeline_widgets.__file__).parent.rglob("*.js"))
# What a scanner steps over as one: comments, strings, and regular expressions after an operator.
WHOLE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
    r"""|(?<=[(,=:\[!&|?{};\s])/(?![/*\s])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n\[])+/""",
    re.DOTALL,
)


def nested_templates(text: str) -> list[int]:
    """Lines on which a template literal begins inside another one's ``${}``."""
    open_, lines, at = list[int](), list[int](), 0  # depth of braces; -1 in a template's own text
    while at < len(text):
        if open_ and open_[-1] < 0:
            if text[at] == "`":
                open_.pop()
            elif text.startswith("${", at):
                open_.append(0)
                at += 1
            at += 2 if text[at] == "\\" else 1
            continue
        if whole := WHOLE.match(text, at):
            at = whole.end()
            continue
        if text[at] == "`":
            lines += [text.count("\n", 0, at) + 1] if open_ else []
            open_.append(-1)
        elif open_ and text[at] == "{":
            open_[-1] += 1
        elif open_ and text[at] == "}":
            open_[-1] -= 1
            if open_[-1] < 0:
                open_.pop()
        at += 1
    return lines


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_template_stands_inside_another_since_squeezing_eats_its_blanks(path: Path) -> None:
    assert nested_templates(path.read_text("utf-8")) == []


def test_the_scanner_finds_a_template_inside_another() -> None:
    assert nested_templates("const a = `x`;\nconst b = `y ${on ? ` z ${a}` : '`'}`;") == [2]
    assert nested_templates("const a = /[`'\"]/; // `\nconst b = `${ {c: 1}.c } ` + `d`;") == []


def test_a_class_of_two_words_stays_two_words() -> None:
    assert "`pw-dot pw-is-${" in link("quiz/quiz.js")
