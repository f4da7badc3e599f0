"""The English words of WindowsView."""

from __future__ import annotations

from ..shared.strings import ENGLISH, SAVE

WINDOWS: dict[str, str] = {
    **SAVE,
    "no_label": ENGLISH["no_label"],
    "windows_title": "A long text in windows",
    "read": (
        "{model} reads {limit} tokens at once. This text is read in {count} windows, and each "
        "shares {overlap} tokens with the one before."
    ),
    "read_whole": "{model} reads this text in one window: nothing is beyond its limit.",
    "all": "All windows:",
    "mean": "the mean of the windows’ scores.",
    "surest": "the answer of the surest window.",
    "surest_each": "for each label the highest score of a window.",
    "cut_first": "Cut at the limit, as by default, the answer is the first window’s:",
    "window": "Window {number}",
    "windows": "The windows, each at its place in the text: choose one to read it",
    "shared": "Marked: what the windows beside it read too.",
    "place": "Characters {start} to {end}",
    "answer": "Answer",
    "summary": "{model} reads a text of {characters} characters in {count} windows: {said}, {how}",
    "summary_whole": "{model} reads a text of {characters} characters in one window: {said}.",
}
