"""No word of a learner, an author or a checkpoint asks a plain object in our JavaScript.

``face.trees["constructor"]`` is a function of every object. Such dictionaries are asked by `own` of
shared/own.js, are Maps, or have no prototype; this rule knows them by their names and by what they
are asked with.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pipeline_widgets as pw

VIEWS = Path(pw.__file__).parent / "views"
DICTIONARIES = r"\b(?:progress|responses?|trees|face\.words|get\(\"(?:_progress|responses)\"\))"
ASKED = re.compile(
    rf"{DICTIONARIES}(?:\?\.)?\[(?!\d|index|place|i\]|k\])|\bin (?:face|progress|resp)"
)
BY_NAME = re.compile(r"\w\)?(?:\?\.)?\[\w+\.(?:id|left|text|label|model|architecture)\]")


@pytest.mark.parametrize("path", sorted(VIEWS.rglob("*.js")), ids=lambda path: path.stem)
def test_words_ask_by_own_alone(path: Path) -> None:
    code = re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
    found = [match[0] for match in (*ASKED.finditer(code), *BY_NAME.finditer(code))]
    if "TITLES[" in code:
        assert re.search(r"const TITLES = \{\s*__proto__: null,", code)
        found = [one for one in found if not one.startswith("S[panel.")]
    allowed = ["names[label]", "s[difference.label]", "r[one.label]"]  # whose label is a number
    assert [one for one in found if one not in allowed] == []


def test_the_rule_finds_what_it_is_for() -> None:
    for bad in (
        "face.trees[text]",
        "text in face.trees",
        "progress[face.id]?.status",
        'model.get("_progress")[id]',
        "response?.[row.left]",
        "TITLES[panel.model]",
    ):
        assert ASKED.search(bad) or BY_NAME.search(bad), bad
