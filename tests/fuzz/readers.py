"""Every reader of foreign files, and whole files that it reads, from which the damaged are made."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import numpy as np

import pipeline_widgets as pw
from pipeline_widgets.command.handout import read as read_notebook
from pipeline_widgets.command.handout.page import write as write_handout
from pipeline_widgets.errors import PipelineError
from pipeline_widgets.quizzes import bank, class_page, collect, hand_ins, markup
from pipeline_widgets.quizzes.formats import card_files, native
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import public_view
from pipeline_widgets.quizzes.store import Entry
from pipeline_widgets.training.history import History
from tests import small_checkpoint
from tests.unit.quiz_samples import SAMPLES

TEXT = "a good film"


@dataclass(frozen=True)
class Reader:
    """What is read, whole files to begin with, and reading; only `PipelineError` may come out."""

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]


class Late(Exception):
    """A checkpoint was loaded, and only its use showed what is wrong with it."""


@cache
def _place() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fuzz-")  # goes with the process


def _folder() -> Path:
    return Path(_place().name)


def _checkpoint(file: str, seeds: Sequence[bytes], more: dict[str, bytes] | None = None) -> Reader:
    """A reader of a whole checkpoint of which one file is damaged."""

    def read(data: bytes) -> object:
        folder = _folder() / file.replace(".", "-")
        if not folder.is_dir():
            small_checkpoint.write(folder)
            for name, content in (more or {}).items():
                (folder / name).write_bytes(content)
            if file.endswith("index.json"):
                (folder / "model.safetensors").rename(folder / "model-1.safetensors")
        (folder / file).write_bytes(data)
        pipeline = pw.load(folder)
        try:
            with np.errstate(all="ignore"):
                return pipeline.trace(TEXT)
        except PipelineError as error:
            # a token that the model has no vector for, and numbers that no computer can hold
            if "has the id" in str(error) or "is not a number" in str(error):
                return None
            raise Late(str(error)) from error

    return Reader(file, tuple(seeds), read)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _checkpoints() -> list[Reader]:
    files = small_checkpoint.files()
    index = _json({"weight_map": dict.fromkeys(small_checkpoint.tensors(), "model-1.safetensors")})
    added = {**small_checkpoint.SETTINGS, "additional_special_tokens": ["<x>", "<y>"]}
    added["added_tokens_decoder"] = {"12": {"content": "<x>", "lstrip": True, "special": True}}
    older = {"tokenizer_class": "DistilBertTokenizer", "do_lower_case": False}
    return [
        _checkpoint("model.safetensors", [files["model.safetensors"]]),
        _checkpoint("config.json", [files["config.json"]]),
        _checkpoint("tokenizer.json", [files["tokenizer.json"], _json(_bpe())]),
        _checkpoint("tokenizer_config.json", [_json(added), _json(older)]),
        _checkpoint("model.safetensors.index.json", [index]),
    ]


def _bpe() -> dict[str, object]:
    """A byte-level tokenizer over the small model's ids."""
    words = ("<pad>", "<unk>", "<s>", "</s>", "<mask>", "a", "Ġ", "g", "o", "Ġg", "oo", "Ġgoo")
    return {
        "model": {
            "type": "BPE", "vocab": {word: id for id, word in enumerate(words)},
            "merges": ["Ġ g", ["o", "o"], "Ġg oo"], "unk_token": "<unk>",
        },
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}},
                       {"SpecialToken": {"id": "</s>"}}],
            "special_tokens": {"<s>": {"ids": [2], "tokens": ["<s>"]},
                               "</s>": {"ids": [3], "tokens": ["</s>"]}},
        },
        "added_tokens": [{"id": 4, "content": "<mask>", "lstrip": True, "special": True}],
    }  # fmt: skip


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace")


def _quiz(suffix: str) -> Callable[[bytes], object]:
    """A quiz file read, shown, answered and printed."""

    def read(data: bytes) -> object:
        path = _folder() / f"quiz{suffix}"
        path.write_bytes(data)
        found = bank.read(path)
        for question in found.questions[:20]:
            shown = public_view(question)
            markup.to_html(markup.blocks(question.prompt))
            for response in (TEXT, 1, [TEXT], {"a": "b"}, None, question.right_response()):
                grade(question, response)
            assert isinstance(shown, dict)
        for form in (".md", ".gift", ".json"):
            bank.write(found, suffix=form)
        return found

    return read


def _quiz_seeds(suffix: str) -> list[bytes]:
    everything = bank.Bank("All kinds", tuple(SAMPLES))
    seeds = [bank.write(everything, suffix=suffix)[0].encode()]
    unit = Path(__file__).parents[1] / "unit"
    return seeds + [path.read_bytes() for path in sorted(unit.rglob(f"corpus/*{suffix}"))]


def _cards(data: bytes) -> object:
    for suffix in (".csv", ".json", ".txt"):
        path = _folder() / f"cards{suffix}"
        path.write_bytes(data)
        try:
            card_files.read(path)
        except PipelineError:
            continue
    return None


def _journal(data: bytes) -> object:
    folder = _folder() / "journals"
    folder.mkdir(exist_ok=True)
    (folder / "a.jsonl").write_bytes(data)
    found = collect.check_files(hand_ins.read_folder(folder))
    table = collect.rows(found, key=_key())
    collect.rows(found)
    collect.to_csv(table).encode()
    return class_page.page(table, found, _key()).encode()


@cache
def _key() -> bank.Bank:
    return bank.Bank("T", tuple(SAMPLES))


def _journal_seeds() -> list[bytes]:
    entries, previous = list[Entry](), ""
    for question in _key().questions[:6]:
        right = question.right_response()
        values = {"points": 1.0, "maximum": 1.0, "verdict": "right", "attempt": 1, "hints": 0}
        entry = Entry(quiz="T", learner="Mia", question=question.id, response=right, **values)
        entries.append(entry.sealed_off(previous))
        previous = entries[-1].digest
    lines = "\n".join(entry.line for entry in entries).encode()
    cell = io.StringIO()
    csv.writer(cell).writerow(["2026", "Mia", entries[0].line])
    mail = EmailMessage()
    mail["From"] = "Mia <m@b.se>"
    mail.set_content(f"Grüße\n{collect.pack(entries)}")
    mail.add_attachment(lines, "application", "octet-stream", filename="a.jsonl")
    return [lines, collect.pack(entries).encode(), cell.getvalue().encode(), mail.as_bytes()]


def _history(suffix: str) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        path = _folder() / f"run{suffix}"
        path.write_bytes(data)
        history = History.read(path)
        return (
            repr(history),
            history.best,
            history.points("validation_loss"),
            history.observations(),
        )

    return read


def _history_seeds() -> list[bytes]:
    rows = [
        {"loss": 0.6, "epoch": 0.5, "step": 5}, {"eval_loss": 0.55, "epoch": 1.0, "step": 10},
        {"eval_accuracy": 0.8, "eval_runtime": 1.0, "epoch": 2.0, "step": 20},
        {"train_runtime": 9.0, "epoch": 2.0, "step": 20},
    ]  # fmt: skip
    state = {"log_history": rows, "global_step": 20, "epoch": 2.0}
    keras = {"loss": [0.6, 0.5], "val_loss": [0.7, 0.65], "accuracy": [0.5, 0.6]}
    lines = "\n".join(map(json.dumps, rows)).encode()
    return [_json(state), _json(rows), _json(keras), lines]


_TABLES = (
    b"epoch,loss,val_loss\n0,.7,nan\n1,.6,.65\n2,.5,.7\n",
    b"Step;Training Loss;Validation Loss\n500;0,61;0,55\n1000;0,41;0,52\n",
    b"| Epoch | Training Loss | Validation Loss |\n|---|---|---|\n| 1 | 0.5 | 0.4 |\n",
    b"Wall time,Step,Value\n1.0,1,0.5\n2.0,2,0.4\n",
)
_XML = b"""<?xml version="1.0"?><quiz><question type="multichoice"><name><text>a</text></name>
<questiontext format="html">
<text><![CDATA[<p>Which <b>one</b>? \\(x\\)</p>]]></text></questiontext>
<answer fraction="100"><text>yes</text><feedback><text>f</text></feedback></answer>
<answer fraction="-50"><text>no</text></answer></question>
<question type="cloze"><name><text>b</text>
</name><questiontext><text>The {1:SA:=cat~%50%c*t#half} on {2:NM:=4:0.1} {1:MC:=a~b}</text>
</questiontext></question>
<question type="matching"><name><text>c</text></name><questiontext><text>m
</text></questiontext><subquestion><text>a</text><answer><text>b</text></answer></subquestion>
<subquestion><text>c</text><answer><text>d</text></answer></subquestion></question></quiz>"""
_CARDS = (
    b"#separator:tab\n#columns:Front\tBack\na\tb\nc\t<b>d</b>\n", b"front;back\na;b\n",
    b'[{"front": "a", "back": "b"}, {"question": "c", "answer": "d"}]', b"{{c1::a::b}} x,y\n",
)  # fmt: skip
_JUPYTERQUIZ = (
    {"question": "a", "type": "multiple_choice",
     "answers": [{"answer": "b", "correct": True, "feedback": "c"}, {"answer": "d"}]},
    {"question": "n", "type": "numeric", "precision": 2,
     "answers": [{"type": "range", "range": [1, 2], "correct": True}]},
    {"question": "s", "type": "string", "answers": [{"answer": "x", "correct": True,
                                                     "fuzzy_threshold": 0.8}]},
)  # fmt: skip


def _handout(data: bytes) -> object:
    path = _folder() / "book.ipynb"
    path.write_bytes(data)
    return write_handout(read_notebook(path), path)


def _book() -> bytes:
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<p>x</p>"}}
    source = "import pipeline_widgets as pw\nq = pw.Quiz.from_markdown('''# T\n## a\n= b''')\nq"
    code = {"cell_type": "code", "metadata": {}, "source": source, "outputs": [output]}
    words = {"cell_type": "markdown", "metadata": {}, "source": "# A\n\n| a |\n|---|\n\n$x$ `y`"}
    return _json({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [words, code]})


@cache
def readers() -> dict[str, Reader]:
    """All readers by name."""
    native_seed = native.dumps("All kinds", tuple(SAMPLES)).encode()
    found = [
        *_checkpoints(),
        Reader("quiz.md", tuple(_quiz_seeds(".md")), _quiz(".md")),
        Reader("quiz.gift", tuple(_quiz_seeds(".gift")), _quiz(".gift")),
        Reader("quiz.json", (_json(_JUPYTERQUIZ), native_seed), _quiz(".json")),
        Reader("quiz.xml", (_XML,), _quiz(".xml")),
        Reader("cards", _CARDS, _cards),
        Reader("journal", tuple(_journal_seeds()), _journal),
        Reader("history.json", tuple(_history_seeds()), _history(".json")),
        Reader("history.csv", _TABLES, _history(".csv")),
        Reader("history.jsonl", (*_history_seeds()[-1:], _own_history()), _history(".jsonl")),
        Reader("notebook", (_book(),), _handout),
    ]
    return {reader.name: reader for reader in found}


def _own_history() -> bytes:
    path = _folder() / "own.jsonl"
    History.read({"loss": [0.6, 0.5], "val_loss": [0.7, 0.6]}).save(path)
    return path.read_bytes()
