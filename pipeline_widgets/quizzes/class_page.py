"""A page for the teacher: who answered, what was missed most, which wrong answer, how long it took.

One file, no script and no network; it opens anywhere and prints.
"""

from __future__ import annotations

import html
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from pipeline_widgets import pages, rounding

from .bank import Bank
from .collect import Found, Row
from .markup import blocks, to_text
from .rules import EVENTS
from .store import Entry

PAUSE = 600  # seconds between two lines after which a learner was away
_MOST = 3  # wrong answers that are named


def page(table: Sequence[Row], found: Sequence[Found], key: Bank | None = None) -> str:
    """The page as HTML; with ``key``, questions stand in their words."""
    prompts = {question.id: question.prompt for question in key.questions} if key else {}
    quizzes = sorted({row.entry.quiz for row in table})
    spent = _spent(found)
    parts = [_quiz(quiz, table, found, spent, prompts) for quiz in quizzes]
    learners = len({row.entry.learner for row in table})
    count = f"{learners} {'learner' if learners == 1 else 'learners'}, {len(table)} answers"
    return pages.page(
        "Answers of a class",
        f"<main><h1>Answers of a class</h1><p>{count}</p>{''.join(parts)}"
        "<footer>Points are of each learner's best answer that counts. Time is between a learner's "
        f"first and last line, pauses of more than {PAUSE // 60} minutes left out. Flags are "
        "explained in QUIZZES.md.</footer></main>",
        style=_STYLE,
    )


def _quiz(
    quiz: str,
    table: Sequence[Row],
    found: Sequence[Found],
    spent: dict[tuple[str, str], float],
    prompts: dict[str, str],
) -> str:
    rows = [row for row in table if row.entry.quiz == quiz]
    entries = [item.entry for item in found if item.entry.question]
    asked = sorted({row.entry.question for row in rows})
    missed = sorted(asked, key=lambda id: _share(row for row in rows if row.entry.question == id))
    questions = "".join(_question(id, rows, entries, _title(id, prompts)) for id in missed)
    learners = sorted({row.entry.learner for row in rows}, key=str.casefold)
    people = "".join(
        _learner(name, [row for row in rows if row.entry.learner == name], spent.get((name, quiz)))
        for name in learners
    )
    return (
        f"<section><h2>{html.escape(quiz)}</h2>"
        "<h3>Questions, those missed most first</h3><table><thead><tr><th>question<th>points"
        "<th>right<th class='pw-words'>wrong answers, the most given first</tr></thead>"
        f"<tbody>{questions}</tbody></table><h3>Learners</h3><table><thead><tr><th>learner"
        "<th>points<th>answered<th>time<th class='pw-words'>flags</tr></thead>"
        f"<tbody>{people}</tbody></table>{_by_hand(rows, entries, prompts)}</section>"
    )


def _by_hand(rows: list[Row], entries: list[Entry], prompts: dict[str, str]) -> str:
    """What no program grades, question by question: each learner's last text, in full."""
    waiting = [row.entry for row in rows if row.entry.verdict == "recorded"]
    if not waiting:
        return ""
    last = {
        (entry.learner, entry.question, entry.face): entry
        for entry in sorted(entries, key=lambda entry: entry.time)
        if entry.verdict not in EVENTS
    }
    parts = list[str]()
    for id in dict.fromkeys(entry.question for entry in waiting):
        own = [entry for entry in waiting if entry.question == id]
        texts = "".join(
            f"<dt>{html.escape(entry.learner)}<dd>"
            f"{html.escape(_whole(last.get((entry.learner, id, entry.face), entry).response))}"
            for entry in sorted(own, key=lambda entry: entry.learner.casefold())
        )
        points = f"{own[0].maximum:g} points" if own[0].maximum != 1 else "1 point"
        words = html.escape(_title(id, prompts))
        parts.append(f"<h4>{words} <small>({len(own)} to grade, {points})</small></h4>")
        parts.append(f"<dl>{texts}</dl>")
    return f"<h3>To grade by hand</h3>{''.join(parts)}"


def _title(id: str, prompts: dict[str, str]) -> str:
    prompt = prompts.get(id, "")
    return to_text(blocks(prompt)) if prompt else id


def _whole(response: object) -> str:
    return response if isinstance(response, str) else json.dumps(response, ensure_ascii=False)


def _question(id: str, rows: list[Row], entries: list[Entry], words: str) -> str:
    own = [row for row in rows if row.entry.question == id]
    quiz, faces = own[0].entry.quiz, {row.entry.face for row in own}
    wrong = Counter(
        _words(entry.response)
        for entry in entries
        if entry.question == id
        and entry.verdict not in EVENTS
        and entry.points < entry.maximum
        and (entry.quiz == quiz or entry.face in faces)
    )
    named = "; ".join(f"{text} ({count})" for text, count in wrong.most_common(_MOST))
    right = sum(row.entry.points >= row.entry.maximum for row in own)
    share = _share(own)
    bar = f"<meter value='{share:.3g}' aria-hidden='true'></meter> {rounding.share(share)}"
    cells = (bar, f"{right} of {len(own)}", html.escape(named) or "–")
    return f"<tr><th scope='row'>{html.escape(words)}</th>{_cells(cells)}</tr>"


def _learner(name: str, rows: list[Row], seconds: float | None) -> str:
    points, maximum = sum(r.entry.points for r in rows), sum(r.entry.maximum for r in rows)
    flags = sorted({flag for row in rows for flag in row.flags})
    time = "–" if seconds is None else f"{seconds / 60:.0f} min" if seconds >= 60 else "< 1 min"
    score = f"{points:.3g} of {maximum:.3g}"
    cells = (score, str(len(rows)), time, html.escape("; ".join(flags)))
    return f"<tr><th scope='row'>{html.escape(name)}</th>{_cells(cells)}</tr>"


def _cells(texts: Iterable[str]) -> str:
    *short, words = texts
    return "".join([*(f"<td>{text}</td>" for text in short), f"<td class='pw-words'>{words}</td>"])


def _share(rows: Iterable[Row]) -> float:
    own = list(rows)
    return sum(row.entry.points / (row.entry.maximum or 1) for row in own) / (len(own) or 1)


def _words(response: object) -> str:
    if isinstance(response, list):
        text = " · ".join(map(str, cast("list[object]", response)))
    elif isinstance(response, str):
        text = response
    else:
        text = json.dumps(response, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def _spent(found: Sequence[Found]) -> dict[tuple[str, str], float]:
    """Seconds that each learner spent on each quiz, from the times of the lines."""
    times = defaultdict[tuple[str, str], set[datetime]](set)
    for item in found:
        try:
            moment = datetime.fromisoformat(item.entry.time)
        except ValueError:
            continue
        if moment.tzinfo is not None:
            times[item.entry.learner, item.entry.quiz].add(moment)
    return {name: _without_pauses(sorted(moments)) for name, moments in times.items()}


def _without_pauses(moments: list[datetime]) -> float:
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(moments)]
    return sum(gap for gap in gaps if gap <= PAUSE)


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#1f2328;background:#fff;margin:2rem}"
    "main{max-width:64rem;margin:auto}h1{margin:0}h2{margin:2.5rem 0 .5rem}"
    "h3{margin:1.2rem 0 .3rem;font-size:1rem}table{border-collapse:collapse;width:100%}"
    "th,td{padding:.35rem .6rem;"
    "border-bottom:1px solid #d0d7de;text-align:left;vertical-align:top;white-space:nowrap}"
    "tbody th,.pw-words{white-space:normal;overflow-wrap:anywhere}.pw-words{width:60%}"
    "thead th{color:#57606a;font-weight:600}tbody th{font-weight:500;min-width:9rem}"
    "td{font-variant-numeric:tabular-nums}h4{margin:1rem 0 .3rem}h4 small{font-weight:400}"
    "dt{font-weight:600}dd{margin:.2rem 0 1rem;padding-left:1rem;border-left:3px solid #d0d7de;"
    "white-space:pre-wrap;overflow-wrap:anywhere}meter{width:5rem}footer{margin-top:2rem;color:#57606a;"
    "font-size:.85rem}@media print{body{margin:0}}"
)
