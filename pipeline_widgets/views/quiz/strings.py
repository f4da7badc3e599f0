"""The English words of quizzes, cards and challenges. A translation has the same keys."""

from __future__ import annotations

from pipeline_widgets.quizzes.kinds import KINDS

ENGLISH: dict[str, str] = {
    "question": "Question {number} of {count}",
    "questions": "Questions",
    "points": "{points} / {maximum} points",
    "points_one": "{points} / {maximum} point",
    "worth": "{points} points",
    "worth_one": "1 point",
    "easy": "easy",
    "medium": "medium",
    "hard": "hard",
    "submit": "Submit",
    "hint": "Hint",
    "hints_left": "Hint ({count} left)",
    "hint_costs": "costs {percent} %",
    "hint_number": "Hint {number}",
    "show": "Show answer",
    "previous": "Previous",
    "next": "Next",
    "finish": "Finish and review",
    "review": "Review",
    "back": "Back to the questions",
    "retry": "Try the wrong ones again",
    "restart": "Start again",
    "copy": "Copy my answers",
    "copied": "Copied",
    "right": "Right",
    "partly": "Partly right",
    "wrong": "Not right",
    "recorded": "Recorded",
    "empty": "No answer yet: please choose or type one.",
    "unreadable": "This can't be read as an answer.",
    "open": "not answered",
    "attempts_left": "{count} attempts left",
    "attempt_left": "1 attempt left",
    "practice": "Practice: the answer was shown before, so this earns no points.",
    "your_answer": "Your answer",
    "right_answer": "Right answer",
    "no_answer": "no answer",
    "silent": (
        "Python does not answer. Your answer is still here: start the kernel, run the quiz's cell "
        "again and submit once more."
    ),
    "changed": (
        "Questions have changed since you answered them. Those answers are kept, but they don't "
        "count for the new questions."
    ),
    "left_out": "Questions of this file that could not be read: {count} ({remarks}).",
    "kept_elsewhere": "The folder for answers can't be written. They are kept in {elsewhere}",
    "not_kept": "This answer could not be written to a file: {trouble}",
    "right_mark": "Right answer",
    "sentence": "Your sentence",
    "fresh": "New question",
    "stale": "The sentence has changed, so here is a new question about it.",
    "badge": "All {count} right",
    "badge_clock": "with the clock running",
    "badge_no_clock": "without the clock",
    "clock": "Clock",
    "clock_on": "Clock: on",
    "clock_off": "Clock: off",
    "seconds_left": "{seconds} s left",
    "time_up": "Time is up",
    "begin": "Begin",
    "begin_first": "Please press Begin first, or switch the clock off.",
    "challenge_intro": "{count} problems, {seconds} seconds for each. Switch the clock off if you "
    "like; it changes nothing but the badge's wording.",
    "flip": "Show the answer",
    "known": "I knew it",
    "unknown": "Not yet",
    "card": "Card",
    "front": "Question side",
    "box": "Box {box}",
    "cards_left": "{count} cards left",
    "card_left": "1 card left",
    "cards_done": "All cards for now are done.",
    "cards_next": "The next card is due {when}.",
    "all_again": "Go through all cards",
    "keys": "Keys: Enter or Space turns the card; then 1 is “not yet”, 2 is “I knew it”.",
    "today": "later today",
    "in_days": "in {days} days",
    "in_one_day": "tomorrow",
}
for kind in KINDS.values():
    ENGLISH |= kind.wording
