"""Who answered which questions: names that stay apart, in file names and in what is kept.

A learner and a quiz are told apart by their whole names, questions by what a learner sees of them.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from .kinds import KINDS, Question, public_view

_READABLE = 40  # letters of a name that stand before its digest


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens: ``The Page's Quiz`` → ``the-page-s-quiz``."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:64]


def file_part(name: str) -> str:
    """``name`` as a part of a file's name, another for every name: ``ada``, ``c_1f2e…``.

    What the slug loses (capitals, signs, other scripts) is made up for by a digest.
    """
    short = slug(name)
    return short if short == name and name else f"{short[:_READABLE]}_{digest(name)}"


def digest(text: str, length: int = 12) -> str:
    """So many hexadecimal digits that stand for ``text``."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def face_print(shown: Mapping[str, Any]) -> str:
    """A digest of what the learner saw, the same in whatever order it was dealt."""
    dealt = KINDS[shown["kind"]].dealt
    plain = {
        name: sorted(value, key=str) if name in dealt else value for name, value in shown.items()
    }
    return digest(json.dumps(plain, sort_keys=True), 16)


def set_print(questions: Iterable[Question]) -> str:
    """A digest of questions asked together; their keys and their order don't matter."""
    return digest(json.dumps(sorted(face_print(public_view(question)) for question in questions)))
