"""A quiz as HTML without a script: the static twin of the widget, and a worksheet to print."""

from __future__ import annotations

import html

from pipeline_widgets import pages

from . import markup as prose
from .bank import Bank
from .kinds import KINDS, Question, Shown, public_view


def to_html(text: str) -> str:
    """Block Markdown as HTML."""
    return prose.to_html(prose.blocks(text))


def inline(text: str) -> str:
    """Inline Markdown as HTML."""
    return prose.to_html(prose.inline(text))


_STYLE = """
<style>
.pw-sheet{font:15px/1.5 system-ui,sans-serif;max-width:44rem;color:inherit}
.pw-sheet section{break-inside:avoid;margin:0 0 1.6rem}
.pw-sheet h2{font-size:1.25rem}
.pw-sheet h3{font-size:1rem;margin:0 0 .4rem}
.pw-sheet ul.pw-boxes{list-style:none;padding-left:.4rem}
.pw-sheet .pw-line{display:block;border-bottom:1px solid;height:1.8rem;max-width:20rem}
.pw-sheet .pw-key{border-left:3px solid;padding-left:.8rem;margin-top:.6rem}
.pw-sheet td,.pw-sheet th{border:1px solid;padding:.15rem .5rem;text-align:left}
.pw-sheet table{border-collapse:collapse}
</style>"""


def sheet(bank: Bank, *, seed: int = 0, key: bool = False, number_from: int = 1) -> str:
    """The questions, numbered, with room to write; with ``key``, the answers under them.

    Without ``key`` it is made from the questions' public views alone, so it can't hold an answer.
    """
    parts = [f"<div class='pw-sheet'>{_STYLE}", f"<h2>{html.escape(bank.title)}</h2>"]
    for number, question in enumerate(bank.questions, start=number_from):
        parts.append(_section(number, public_view(question, seed=seed)))
        if key:
            parts.append(answer(question))
        parts.append("</section>")
    return "".join([*parts, "</div>"])


def answers(bank: Bank, *, number_from: int = 1) -> str:
    """The key alone, for a page of its own: the numbers that ``sheet`` gives, and the answers."""
    parts = [f"<div class='pw-sheet'>{_STYLE}", f"<h2>{html.escape(bank.title)}</h2>"]
    for number, question in enumerate(bank.questions, start=number_from):
        parts.append(f"<section><h3>{number}.</h3>{answer(question)}</section>")
    return "".join([*parts, "</div>"])


def page(bank: Bank, *, seed: int = 0, key: bool = False) -> str:
    """`sheet` as a page of its own, for a browser's or a command's print."""
    return pages.page(bank.title, sheet(bank, seed=seed, key=key))


def _section(number: int, shown: Shown) -> str:
    points = f"{shown['points']:g} point{'' if shown['points'] == 1 else 's'}"
    head = f"<section><h3>{number}. <small>({points})</small></h3>{to_html(shown['prompt'])}"
    code = f"<pre><code>{html.escape(shown['code'])}</code></pre>" if shown["code"] else ""
    return head + code + KINDS[shown["kind"]].paper(shown)


def answer(question: Question) -> str:
    """What is right, why, and what there is to say of the options."""
    words = question.right_words()
    said = (
        f"<p><strong>Answer:</strong> {inline(words)}</p>"
        if "```" not in words
        else (f"<p><strong>Answer:</strong></p>{to_html(words)}")
    )
    remarks = [
        f"<li>{inline(option.text or option.code)}: {inline(option.feedback)}</li>"
        for option in getattr(question, "options", ())
        if option.feedback
    ]
    listed = f"<ul>{''.join(remarks)}</ul>" if remarks else ""
    return f"<div class='pw-key'>{said}{to_html(question.explanation)}{listed}</div>"
