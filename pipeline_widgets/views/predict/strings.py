"""The English words of Predict."""

from __future__ import annotations

PREDICT: dict[str, str] = {
    "title": "Predict, then run",
    "field": "Your guess",
    "guess": "That is my guess",
    "skip": "Pass (Esc)",
    "nothing": "Please choose or type something, or press Esc to pass.",
    "given": "Your guess",
    "skipped": "Passed over.",
    "run_next": "Now run the next cell.",
    "again": "Guess anew",
    "first": "Your guess first, above. The result appears here as soon as you have made it.",
    "show": "Show it without a guess",
    "result": "What came out",
    "not_kept": "This guess could not be written to a file: {trouble}",
}
