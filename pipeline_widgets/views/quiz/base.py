"""What quizzes and challenges share: a `Session` behind one anywidget, and the dress of its words.

The browser gets public views and progress only (see `quizzes.kinds` and `quizzes.standing`), with
their Markdown made into trees of elements here, so that nothing has to be parsed over there.
"""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import traitlets

from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes import bank as banks
from pipeline_widgets.quizzes import collect, worksheet
from pipeline_widgets.quizzes import markup as prose
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.grading import Grade
from pipeline_widgets.quizzes.kinds import KINDS, Question
from pipeline_widgets.quizzes.rules import Reveal, points_by
from pipeline_widgets.quizzes.session import Session
from pipeline_widgets.quizzes.store import Entry, Journal

from ..shared.choices import Choices, Each
from ..shared.view import View
from .strings import ENGLISH

Source = Bank | str | Path | Sequence[Question]


def bank_of(source: Source, title: str | None = None) -> Bank:
    """A bank from a bank, a file's path, or questions."""
    if isinstance(source, Bank):
        return source if title is None else Bank(title, source.questions, lesson=source.lesson)
    if isinstance(source, (str, Path)):
        if isinstance(source, str) and "\n" in source:
            raise BadInput("This is a quiz's text, not a file's name: use Quiz.from_markdown.")
        return bank_of(banks.read(source), title)
    questions = tuple(source)
    return Bank(title, questions) if title else Bank.untitled(questions)


def journal_of(bank: Bank, learner: str | None, folder: str | Path | None) -> Journal:
    """Where ``learner``'s answers to the questions of ``bank`` are kept."""
    return Journal(bank.id, learner=learner, folder=folder, former=bank.former)


def dressed(face: dict[str, Any]) -> dict[str, Any]:
    """A face with ``prompt_tree`` and the trees and plain words of its shorter texts."""
    shorts = KINDS[face["kind"]].short_texts(face)
    trees = {text: prose.inline(text) for text in shorts if not prose.is_plain(text)}
    words = {text: prose.to_text(tree) for text, tree in trees.items()}
    return {**face, "prompt_tree": prose.blocks(face["prompt"]), "trees": trees, "words": words}


def dressed_progress(state: dict[str, Any]) -> dict[str, Any]:
    """Progress with its feedback, hints and explanation as trees."""
    made = dict(state)
    made["remarks"] = [[part, prose.blocks(text)] for part, text in state["remarks"]]
    made["hints"] = [prose.blocks(text) for text in state["hints"]]
    for name in ("words", "explanation"):
        if name in state:
            made[name] = prose.blocks(state[name])
    return made


class Asking(View):
    """Questions on the screen, their grading in Python, answers kept in a file."""

    _words: ClassVar[dict[str, str]] = ENGLISH
    _described = ("title", "count")

    title = traitlets.Unicode(read_only=True).tag(sync=True)
    """What the set of questions is called."""
    _faces = traitlets.List(read_only=True).tag(sync=True)
    """What the browser may know of each question; never a key."""
    _progress = traitlets.Dict(read_only=True).tag(sync=True)
    """How each question stands that was touched, by id; a key only once it is due."""
    responses = traitlets.Dict(read_only=True).tag(sync=True)
    """The last response to each question, by id."""
    score = traitlets.Float(0.0, read_only=True).tag(sync=True)
    """The points of the questions whose answer is due; `points` has all."""
    maximum = traitlets.Float(0.0, read_only=True).tag(sync=True)
    """The points there are."""
    finished = traitlets.Bool(False, read_only=True).tag(sync=True)
    """Whether every question was answered."""
    current = traitlets.Int(0).tag(sync=True)
    """Which question is on the screen, from 0."""
    _settings = traitlets.Dict(read_only=True).tag(sync=True)
    _trouble = traitlets.Unicode("", read_only=True).tag(sync=True)
    _elsewhere = traitlets.Unicode("", read_only=True).tag(sync=True)
    """Where answers are kept if not where they were wished to be."""
    _notice = traitlets.Unicode("", read_only=True).tag(sync=True)
    _heard = traitlets.Int(0, read_only=True).tag(sync=True)
    """How many requests of the browser were answered."""

    def __init__(
        self,
        bank: Bank,
        *,
        attempts: int | None,
        hint_cost: float,
        reveal: Reveal,
        seed: int,
        journal: Journal | None,
        strings: dict[str, str] | None,
        restart: bool = True,
        seconds: float | None = None,
    ) -> None:
        super().__init__(strings=strings)
        self.session = Session(
            bank,
            attempts=attempts,
            hint_cost=hint_cost,
            reveal=reveal,
            seed=seed,
            seconds=seconds,
            restartable=restart,
            journal=journal,
            find_function=_in_notebook,
        )
        self.set_trait("title", bank.title)
        self.set_trait("_settings", {"hint_cost": hint_cost, "reveal": reveal, "restart": restart})
        self._show_faces()
        self._publish()
        self.set_trait("_notice", self._opening(bank))
        self.on_msg(self._hear)

    def _opening(self, bank: Bank) -> str:
        """What has to be said when the view opens: a key of the strings, or a sentence."""
        if bank.left_out:
            remarks = "; ".join(map(str, bank.left_out[:3]))
            words = {"count": len(bank.left_out), "remarks": remarks}
            return self.strings["left_out"].format(**words)
        return "changed" if self.session.outdated else ""

    def _choices(self) -> dict[str, Choices | Each]:
        return {"current": range(self.count)} if hasattr(self, "session") else {}

    @traitlets.validate("current")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    # --- for Python -------------------------------------------------------------------------

    @property
    def bank(self) -> Bank:
        """The questions, keys included."""
        return self.session.bank

    @property
    def count(self) -> int:
        """How many questions there are."""
        return len(self.bank.questions)

    @property
    def points(self) -> float:
        """All points earned so far, whether they may be shown or not; `rules` says what counts."""
        return self.session.points

    def submit(self, id: str, response: Any) -> Grade:
        """Answer a question from Python, as Submit does in the browser."""
        result = self.session.submit(id, response)
        self._publish()
        return result

    def assert_passed(self, *, share: float = 1.0) -> None:
        """Raise AssertionError unless at least ``share`` of the points was earned."""
        needed = share * self.session.maximum
        short = [
            f"{id} ({self.session.progress(id)['status']})"
            for id, question in self.session.questions.items()
            if self.session.earned(id) < question.points
        ]
        assert self.points >= needed - 1e-9, (
            f"{self.title}: {self.points:g} of {self.session.maximum:g} points, {needed:g} needed; "
            f"not (fully) right: {', '.join(short)}"
        )

    def assert_valid(self) -> None:
        """Raise AssertionError unless each key earns full points and an empty answer none."""
        fresh = Session(self.bank)
        for id, question in fresh.questions.items():
            right = question.right_response()
            if right is not None:
                assert fresh.submit(id, right).right, f"{id}: its own key {right!r} is not right"
        for id, question in Session(self.bank).questions.items():
            worth = Session(self.bank).submit(id, None).points
            assert worth == 0, f"{id}: no answer earns {worth} of {question.points} points"

    def reset(self) -> None:
        """Begin again; what was answered, earned and shown stays in the file.

        Raises `BadInput` where the quiz was made with ``restart=False``.
        """
        self.session.restart()
        self.current = 0
        self._publish()

    def worksheet(self, *, key: bool = False) -> str:
        """The questions as HTML to print, with or without the answers."""
        return worksheet.sheet(self.bank, seed=self.session.seed, key=key)

    def static_html(self) -> str:
        """The worksheet without answers: the same before and after anything was answered."""
        return self.worksheet()

    def _table_rows(self) -> list[dict[str, Any]]:
        """A record for each question with what was answered; points once the answer is due."""
        session = self.session
        states = {id: session.progress(id) for id in session.questions}
        return [
            {
                "question": id,
                "kind": question.kind,
                "prompt": prose.to_text(prose.blocks(question.prompt)),
                "answer": session.responses.get(id),
                "attempts": states[id]["attempts"],
                "status": states[id]["status"],
                "points": states[id].get("points"),
                "maximum": question.points,
            }
            for id, question in session.questions.items()
        ]

    def summary(self) -> str:
        """How many questions and points there are."""
        return f"{self.title}: {self.count} questions, {self.session.maximum:g} points."

    # --- answers, out and in ----------------------------------------------------------------

    @property
    def entries(self) -> list[Entry]:
        """All that was done so far, as it is kept in the file."""
        journal = self.session.journal
        return journal.entries() if journal else self.session.entries

    def copy_line(self) -> str:
        """All answers as one line, to paste into a form; ``quiz collect`` reads it."""
        return collect.pack(self.entries)

    def export(self, path: str | Path) -> Path:
        """Write the answers as .json (every submit) or .csv (the best of each question)."""
        path = Path(path)
        if path.suffix == ".json":
            entries = [entry.plain() for entry in self.entries]
            plain = {"quiz": self.bank.id, "count": len(entries), "entries": entries}
            path.write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")
        elif path.suffix == ".csv":
            found = collect.check_chain(self.entries, "")
            path.write_text(collect.to_csv(collect.rows(found)), encoding="utf-8")
        else:
            raise BadInput(f"Answers are exported as .json or .csv, not {path.suffix!r}.")
        return path

    def regrade(self, key: Source) -> float:
        """The points that the kept answers earn by ``key``, the teacher's copy of the quiz.

        The best of each question counts, by the same rules as in ``quiz collect``.
        """
        questions = {question.id: question for question in bank_of(key).questions}
        return points_by(questions, [entry for entry in self.entries if self.session.asks(entry)])

    # --- for the browser --------------------------------------------------------------------

    def _show_faces(self) -> None:
        self.set_trait("_faces", [dressed(face) for face in self.session.faces])

    def _publish(self) -> None:
        """Send what has changed, all in one message."""
        session = self.session
        states = {id: session.progress(id) for id in session.questions}
        touched = {
            id: dressed_progress(state)
            for id, state in states.items()
            if state["status"] != "open" or state["hints"] or state["due"]
        }
        with self.hold_sync():
            self.set_trait("_progress", touched)
            self.set_trait("responses", session.responses)
            self.set_trait("score", session.score)
            self.set_trait("maximum", session.maximum)
            self.set_trait("finished", session.finished)
            self.set_trait("_trouble", session.trouble)
            self.set_trait("_elsewhere", session.elsewhere)

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        """Do what the browser asks and say that it was done."""
        with self.hold_sync():
            self.set_trait("_notice", "")
            self._act(content if isinstance(content, dict) else {})
            self._publish()
            self.set_trait("_heard", self._heard + 1)

    def _act(self, content: dict[str, Any]) -> None:
        """Act on a request; one that makes no sense is passed over."""
        act, id = content.get("act"), str(content.get("id", ""))
        if act == "finish":
            self.session.finish()
        elif act == "restart":
            if self.session.restartable:
                self.session.restart()
        elif act == "copy":
            self.set_trait("_settings", {**self._settings, "line": self.copy_line()})
        elif id not in self.session.questions:
            return
        elif act == "submit":
            self._submitted(id, content.get("response"))
        elif act == "hint":
            self.session.hint(id)
        elif act == "show":
            self.session.show(id)

    def _submitted(self, id: str, response: Any) -> None:
        asked = self.session.questions[id].asks_for()
        if asked:
            function = _in_notebook(asked)
            response = None if function is None else _source(function)
        self.session.submit(id, response, took=self._took(id))

    def _took(self, id: str) -> float:
        """The seconds that a question was on the screen, where a clock runs."""
        return 0.0


def _in_notebook(name: str) -> object:
    """What ``name`` is in the notebook, or None."""
    import __main__

    return vars(__main__).get(name)


def _source(function: object) -> str:
    """A function's source, for the file of answers."""
    try:
        return inspect.getsource(function)  # type: ignore[arg-type]
    except (OSError, TypeError):
        return getattr(function, "__name__", "function")
