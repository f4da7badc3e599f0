"""Whatever is fed to a reader, it reads or says what is wrong; what was once found stays here."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.benchmarks.shapes import READERS, SHAPES
from tests.fuzz.__main__ import kept, run
from tests.fuzz.readers import readers

SLOW = ("byte-level BPE", "WordPiece", "text into the explorer")
QUICK = [name for name in READERS if name not in SLOW]
CORPUS = (
    "`" * 2000, "$\\frac" * 500, "<b>" * 1000, "[" * 5000, '{"a":' * 5000, "\ud800", "\0", "﻿",
    "<!DOCTYPE q [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><quiz>&b;</quiz>", "1" * 5000,
    '[{"question": 5}]', '[{"question": "q", "type": "many_choice", "answers": 5}]',
    '{"format": "pipeline-widgets quiz", "version": 1, "questions": [{"kind": "single"}]}',
    '{"format": "pipeline-widgets quiz", "version": 1, "questions": 5}', "::a:: {", "{=a->}",
)  # fmt: skip
pieces = st.sampled_from((*SHAPES, "\n", "{", "}", '"', ":", "=", "~", "#", "%50%", "->", "1e400"))
texts = st.one_of(st.text(max_size=300), st.lists(pieces, max_size=30).map("".join))


@pytest.mark.parametrize("reader", QUICK)
def test_what_was_once_found_is_read_or_refused(reader: str) -> None:
    for text in CORPUS:
        started = time.process_time()
        READERS[reader](text)
        assert time.process_time() - started < 2, text[:40]


@pytest.mark.parametrize("reader", QUICK)
@settings(max_examples=60, deadline=None)
@example("\x00")
@given(texts)
def test_any_text_is_read_or_refused_in_words(reader: str, text: str) -> None:
    READERS[reader](text)


@pytest.mark.parametrize("name", sorted(readers()))
def test_the_corpus_of_damaged_files_is_read_or_refused_in_words(name: str) -> None:
    reader = readers()[name]
    for whole in reader.seeds:
        way, fine = run(reader, whole)
        assert way.startswith("read"), way
    for case in kept(name):
        way, fine = run(reader, case)
        assert fine, f"{way}: {case[:200]!r}"
