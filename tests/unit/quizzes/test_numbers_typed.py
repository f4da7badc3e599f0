"""Numbers as learners type them, in their language."""

from __future__ import annotations

import pytest

import pipeline_widgets as pw
from pipeline_widgets.quizzes.parse_response import number, number_hint


@pytest.mark.parametrize(
    ("typed", "language", "value"),
    [
        ("0,125", "", None), ("3,141", "", None), ("12,500", "", None), ("12,5", "", None),
        ("0,125", "de", 0.125), ("3,141", "de", 3.141), ("1.234,5", "de-DE", 1234.5),
        ("3.141", "de", None), ("0.125", "de", 0.125), ("64.5", "fr", 64.5),
        ("1 000,5", "fr", 1000.5),
        ("3,141", "en", 3141), ("12,500", "en_US", 12500), ("0,125", "en", None),
        ("1,000", "", 1000), ("1,234,567", "", 1234567), ("1,234.5", "", 1234.5),
        ("1_000", "", 1000),
    ],
)  # fmt: skip
def test_a_comma_is_read_by_the_language_and_never_guessed(typed, language, value):
    assert number(typed, language) == value


def test_a_number_that_can_be_read_in_two_ways_costs_nothing_and_says_both(tmp_path):
    quiz = pw.Quiz.from_markdown(
        "# T\n\n## pi? {#pi}\n= 3.141\n\n## eighth? {#e}\n= 0.125\n", attempts=1, folder=tmp_path
    )
    result = quiz.submit("pi", "3,141")
    assert result.verdict == "unreadable"
    assert "3.141" in result.remarks[0][1]
    assert "3141" in result.remarks[0][1]
    assert "0.125" in number_hint("0,125")
    assert quiz.submit("e", "0,125").verdict == "unreadable"
    assert quiz.session.left("pi") == 1
    german = pw.Quiz.from_markdown("# T {lang=de}\n\n## pi? {#pi}\n= 3.141\n", save=False)
    assert german.submit("pi", "3,141").right
    assert (
        pw.Quiz.from_markdown("# T\n\n## pi?\n= 3.141\n", save=False, language="de")
        .submit("q1", "3,141")
        .right
    )
