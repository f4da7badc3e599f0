"""A quiz as HTML without a script: the static twin of the widget, and a worksheet to print."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from . import markup as prose
from .bank import Bank
from .face import Face, face, right_words
from .question import Question


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

    Without ``key`` it is made from the questions' faces alone, so it can't hold an answer.
    """
    parts = [f"<div class='pw-sheet'>{_STYLE}", f"<h2>{html.escape(bank.title)}</h2>"]
    for number, question in enumerate(bank.questions, start=number_from):
        parts.append(_section(number, face(question, seed=seed)))
        if key:
            parts.append(_key(question))
        parts.append("</section>")
    return "".join([*parts, "</div>"])


def answers(bank: Bank, *, number_from: int = 1) -> str:
    """The key alone, for a page of its own: the numbers that ``sheet`` gives, and the answers."""
    parts = [f"<div class='pw-sheet'>{_STYLE}", f"<h2>{html.escape(bank.title)}</h2>"]
    for number, question in enumerate(bank.questions, start=number_from):
        parts.append(f"<section><h3>{number}.</h3>{_key(question)}</section>")
    return "".join([*parts, "</div>"])


def page(bank: Bank, *, seed: int = 0, key: bool = False) -> str:
    """`sheet` as a page of its own, for a browser's or a command's print."""
    title = html.escape(bank.title)
    return (
        f"<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
        f"</head><body>{sheet(bank, seed=seed, key=key)}</body></html>\n"
    )


def _section(number: int, shown: Face) -> str:
    points = f"{shown['points']:g} point{'' if shown['points'] == 1 else 's'}"
    head = f"<section><h3>{number}. <small>({points})</small></h3>{to_html(shown['prompt'])}"
    code = f"<pre><code>{html.escape(shown['code'])}</code></pre>" if shown["code"] else ""
    return head + code + _ROOMS[shown["kind"]](shown)


def _key(question: Question) -> str:
    words = right_words(question)
    answer = (
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
    return f"<div class='pw-key'>{answer}{to_html(question.explanation)}{listed}</div>"


def _boxes(sign: str) -> Callable[[Face], str]:
    def room(shown: Face) -> str:
        items = list[str]()
        for option in shown["options"]:
            code = f"<pre><code>{html.escape(option['code'])}</code></pre>"
            items.append(
                f"<li>{sign} {inline(option['text'])}{code if option['code'] else ''}</li>"
            )
        return f"<ul class='pw-boxes'>{''.join(items)}</ul>"

    return room


def _line(shown: Face) -> str:
    unit = f" {html.escape(shown['unit'])}" if shown.get("unit") else ""
    return f"<span class='pw-line'></span>{unit}"


def _items(shown: Face) -> str:
    return (
        f"<ul class='pw-boxes'>{''.join(f'<li>__ {inline(i)}</li>' for i in shown['items'])}</ul>"
    )


def _sides(shown: Face) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rights = shown["rights"]
    names = [letters[i] if i < 26 else str(i + 1) for i in range(len(rights))]
    lefts = "".join(f"<li>__ {inline(left)}</li>" for left in shown["lefts"])
    listed = "".join(
        f"<li>{name}. {inline(right)}</li>" for name, right in zip(names, rights, strict=True)
    )
    return f"<ul class='pw-boxes'>{lefts}</ul><ul class='pw-boxes'>{listed}</ul>"


def _tokens(shown: Face) -> str:
    cells = "".join(f"<td><code>{html.escape(token)}</code></td>" for token in shown["tokens"])
    return f"<table><tr>{cells}</tr></table>"


def _grid(shown: Face) -> str:
    head = "".join(f"<th><code>{html.escape(name)}</code></th>" for name in shown["columns"])
    rows = [f"<tr><th></th>{head}</tr>"]
    for index, name in enumerate(shown["rows"]):
        values = shown["values"][index] if shown["values"] else [""] * len(shown["columns"])
        cells = "".join(f"<td>{html.escape(value)}</td>" for value in values)
        rows.append(f"<tr><th><code>{html.escape(name)}</code></th>{cells}</tr>")
    return f"<table>{''.join(rows)}</table>"


def _program(shown: Face) -> str:
    starter = f"<pre><code>{html.escape(shown['starter'])}</code></pre>" if shown["starter"] else ""
    return f"<p>Define <code>{html.escape(shown['function'])}</code> in a cell.</p>{starter}"


_ROOMS: dict[str, Callable[[dict[str, Any]], str]] = {
    "single": _boxes("○"),
    "multiple": _boxes("☐"),
    "numeric": _line,
    "text": _line,
    "shape": _line,
    "output": _line,
    "order": _items,
    "match": _sides,
    "token": _tokens,
    "cell": _grid,
    "code": _program,
}
