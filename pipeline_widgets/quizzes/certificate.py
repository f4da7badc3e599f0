"""A page that says what a learner has done in the lessons: a file of one's own, no account."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline_widgets import pages

from .bank import Bank, lesson, lesson_names
from .session import Session
from .store import Journal, entries_of, learner_name


@dataclass(frozen=True, slots=True)
class Done:
    """How far one set of questions got."""

    title: str
    points: float
    maximum: float
    answered: int  # questions that were answered at all
    questions: int


def done(*, learner: str | None = None, folder: str | Path | None = None) -> list[Done]:
    """What the kept answers of ``learner`` earn, for each set of questions with an answer."""
    own = Journal("", learner=learner, folder=folder)
    files = sorted(own.folder.glob("*.jsonl"))
    entries = (entry for path in files for entry in entries_of(path))
    quizzes = sorted({entry.quiz for entry in entries if entry.learner == own.learner})
    found = [_done(lesson(name), quizzes, own) for name in lesson_names()]
    return [one for one in found if one.answered]


def certificate(
    name: str = "",
    *,
    path: str | Path = "certificate.html",
    learner: str | None = None,
    folder: str | Path | None = None,
) -> Path:
    """Write a page to keep or to print: which lessons were answered, and how well.

    ``name`` stands on it (default: the login name). The answers are read from where quizzes keep
    them, see ``Quiz(folder=…, learner=…)``; nothing is sent anywhere. Returns ``path``.
    """
    rows = done(learner=learner, folder=folder)
    words = name or learner or learner_name()
    target = Path(path)
    target.write_text(_page(words, rows, datetime.now(UTC).date().isoformat()), encoding="utf-8")
    return target


def _done(bank: Bank, quizzes: list[str], own: Journal) -> Done:
    """The best of each question, whether it was asked with the whole bank or with some of it."""
    best = dict.fromkeys((question.id for question in bank.questions), 0.0)
    answered = set[str]()
    for quiz in quizzes:
        if quiz not in (bank.id, bank.former) and not quiz.startswith(
            (f"{bank.id} ", f"{bank.former}-")
        ):
            continue
        journal = Journal(quiz, learner=own.learner, folder=own.folder)
        session = Session(bank, journal=journal)
        answered |= session.responses.keys()
        best = {id: max(points, session.earned(id)) for id, points in best.items()}
    return Done(bank.title, sum(best.values()), bank.points, len(answered), len(best))


def _page(name: str, rows: list[Done], date: str) -> str:
    points, maximum = sum(row.points for row in rows), sum(row.maximum for row in rows)
    table = "".join(
        f"<tr><td>{html.escape(row.title)}</td><td>{row.answered} of {row.questions}</td>"
        f"<td>{row.points:.4g} of {row.maximum:.4g}</td></tr>"
        for row in rows
    )
    nothing = "<p>No question was answered yet.</p>"
    kept = (
        "<table><thead><tr><th>Questions on</th><th>answered</th><th>points</th></tr></thead>"
        f"<tbody>{table}</tbody></table><p><b>{points:.4g} of {maximum:.4g} points</b></p>"
    )
    return pages.page(
        f"What {name} has done",
        f"<main><p>How a transformer reads</p><h1>{html.escape(name)}</h1>"
        f"<p>answered questions about RoBERTa and DistilBERT.</p>{kept if rows else nothing}"
        f"<footer>{date} · Written by the learner's own notebook from the answers kept there."
        "</footer></main>",
        style=_STYLE,
    )


_STYLE = (
    "@page{size:A4;margin:12mm}body{font:16px/1.5 Georgia,serif;color:#1f2328;margin:2rem}"
    "main{max-width:40rem;margin:auto;padding:2rem 3rem;text-align:center;"
    "border:6px double #5a4fcf}h1{font-size:2.2rem;margin:.2rem}"
    "table{margin:1.5rem auto;border-collapse:collapse;text-align:left}"
    "th,td{padding:.2rem .9rem;border-bottom:1px solid #d0d7de}"
    "td+td,th+th{text-align:right}footer{font-size:.8rem;color:#57606a}"
)
