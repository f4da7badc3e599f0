"""Twenty shapes of text that have made some reader slow somewhere, and every reader of ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pipeline_widgets as pw
from pipeline_widgets.command.handout.offline import offline
from pipeline_widgets.errors import PipelineError
from pipeline_widgets.quizzes import bank, markup, store
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import ShortText, TextAnswer

SHAPES = (
    "`", "``a`", "**a ", "*a", "```a\n", "<b>", "$a ", "$$a", r"\hat", r"\sqrt[", "[a](https://b",
    "[", "{", "&lt", "- (x) a\n", "= 1\n", "a\n\n## b\n= 1\n", "::a::b{=c ~d}\n\n", " ", "| a ",
)  # fmt: skip


def grown(shape: str, size: int) -> str:
    """``shape`` again and again; for a single backtick, runs of every length."""
    if shape == "`":
        return "a".join("`" * length for length in range(1, int((2 * size) ** 0.5)))
    return (shape * (size // len(shape) + 1))[:size]


def _quiz(head: str, suffix: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        try:
            return bank.parse(f"{head}{text}", suffix=suffix)
        except PipelineError:
            return None

    return read


@cache
def _pipeline(name: str) -> pw.Pipeline:
    return pw.load(name)


def _alike(text: str) -> object:
    return grade(ShortText("?", answers=(TextAnswer(text[::-1], similarity=0.1),)), text)


READERS: dict[str, Callable[[str], object]] = {
    "Markdown to HTML": lambda text: markup.to_html(markup.blocks(text)),
    "LaTeX": lambda text: markup.to_html(markup.blocks(f"$${text.replace('$', 'x')}$$")),
    "quiz Markdown": _quiz("# T\n\n## ", ".md"),
    "GIFT": _quiz("", ".gift"),
    "Moodle XML": _quiz("<quiz><question type='x'><name>", ".xml"),
    "jupyterquiz": _quiz("", ".json"),
    "journal": lambda text: list(store.entries_in(text)),
    "cleaner": lambda text: offline(text, Path(__file__).parent),
    "similar spelling": _alike,
    "byte-level BPE": lambda text: _pipeline("roberta").tokenizer.encode(text),
    "WordPiece": lambda text: _pipeline("distilbert").tokenizer.encode(text),
}
