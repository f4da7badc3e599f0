"""Twenty shapes of text that have made some reader slow somewhere, and every reader of ours."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pipeline_widgets as pw
from pipeline_widgets.command.handout.offline import offline
from pipeline_widgets.errors import PipelineError
from pipeline_widgets.quizzes import bank, markup, store
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import ShortText, TextAnswer
from tests.fuzz.readers import readers

SHAPES = (
    "`", "``a`", "**a ", "*a", "```a\n", "<b>", "$a ", "$$a", r"\hat", r"\sqrt[", "[a](https://b",
    "[", "{", "&lt", "- (x) a\n", "= 1\n", "a\n\n## b\n= 1\n", "::a::b{=c ~d}\n\n", " ", "| a ",
)  # fmt: skip

# And those that some readers look for.
MORE: dict[str, tuple[str, ...]] = {
    "cards": ("{{c1::a::b", "[sound:"),
    "quiz Markdown": ("<table><tr><td>",),
    "answers as handed in": (
        "pw1:abcd ", "pw1:eJyr", "pw1:a<", "pw1:a&b", "pw1:a\n", '{"learner": "x", ',
        '{"learner": "', '{"a":[', '{"\\"', '""{"', '> {"learner"\n',
    ),
}  # fmt: skip


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


def _file(name: str, around: str) -> Callable[[str], object]:
    """A damaged file read by its reader in `tests.fuzz`, the text in the midst of it."""
    before, after = around.split("TEXT")

    def read(text: str) -> object:
        inside = json.dumps(text)[1:-1] if around.startswith("{") else text
        try:
            return readers()[name].read(f"{before}{inside}{after}".encode("utf-8", "replace"))
        except PipelineError:
            return None

    return read


def _header(text: str) -> object:
    inside = json.dumps({text: {"dtype": "F16", "shape": [0], "data_offsets": [0, 0]}}).encode()
    return _raw("model.safetensors", struct.pack("<Q", len(inside)) + inside)


def _raw(name: str, data: bytes) -> object:
    try:
        return readers()[name].read(data)
    except PipelineError:
        return None


def _pasted(text: str) -> object:
    """What a kernel does with a text typed or pasted into the explorer."""
    pipeline = _pipeline("distilbert")
    return pipeline.trace(text)


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
    "config.json": _file("config.json", '{"model_type": "TEXT"}'),
    "labels": _file("config.json", '{"model_type": "distilbert", "id2label": {"0": "TEXT"}}'),
    "tokenizer.json": _file("tokenizer.json", '{"model": {"vocab": {"TEXT": 0, "[UNK]": 1}}}'),
    "index": _file(
        "model.safetensors.index.json",
        '{"weight_map": {"TEXT": "TEXT"}}'.replace('"TEXT"}}', '"a"}}'),
    ),
    "safetensors header": _header,
    "cards": _file("cards", "front;back\nTEXT"),
    "answers as handed in": _file("journal", "TEXT"),
    "glued answers": _file("journal", '{"attempt":TEXT'),
    "history table": _file("history.csv", "epoch,loss\n1,0.5\nTEXT"),
    "history head": _file("history.csv", "epoch,loss,TEXT\n1,0.5\n"),
    "history JSON": _file("history.json", '{"loss": [0.5, 0.4], "note": "TEXT"}'),
    "history lines": _file("history.jsonl", '{"epoch": 1, "loss": 0.5}\nTEXT'),
    "text into the explorer": _pasted,
    "byte-level BPE": lambda text: _pipeline("roberta").tokenizer.encode(text),
    "WordPiece": lambda text: _pipeline("distilbert").tokenizer.encode(text),
}
