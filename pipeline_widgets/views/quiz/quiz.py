"""A quiz in a notebook: graded in Python, kept in a file, about what is on the screen too."""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self, cast

import traitlets

from pipeline_widgets.errors import BadInput, PipelineError
from pipeline_widgets.quizzes import bank as banks
from pipeline_widgets.quizzes import live
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.formats import jupyterquiz
from pipeline_widgets.quizzes.kinds import Question
from pipeline_widgets.quizzes.rules import Reveal
from pipeline_widgets.trace import Trace

from ..shared.linker import link, style
from .base import Asking, Source, bank_of, journal_of


class Quiz(Asking):
    """Questions one after the other, with feedback, hints, a score and a review.

    ``source`` is a quiz file (see `quizzes.bank.read`), a `Bank` or questions. ``reveal`` says when
    feedback comes: after "each" submit, at the "end", or "never". ``attempts`` None means no limit.
    Answers go to ``folder`` (default: the user's own data folder) under the name ``learner`` and
    are there again when the cell is run again; ``save=False`` keeps nothing. With
    ``restart=False`` nobody can begin again; with it or without, an answer earns nothing once it
    could be read. ``bare`` leaves out the task itself, where it stands in the text above.
    """

    _esm = link("quiz/quiz.js")
    _css = style("quiz/quiz.css")

    text = traitlets.Unicode("").tag(sync=True)
    """The sentence that live questions are about."""

    def __init__(
        self,
        source: Source,
        *,
        title: str | None = None,
        attempts: int | None = None,
        hint_cost: float = 0.0,
        reveal: Reveal = "each",
        seed: int = 0,
        shuffle: bool = False,
        count: int | None = None,
        restart: bool = True,
        language: str = "",
        bare: bool = False,
        folder: str | Path | None = None,
        learner: str | None = None,
        save: bool = True,
        strings: dict[str, str] | None = None,
    ) -> None:
        bank = _drawn(bank_of(source, title).in_language(language), seed, shuffle, count)
        journal = journal_of(bank, learner, folder) if save else None
        super().__init__(
            bank,
            attempts=attempts,
            hint_cost=hint_cost,
            reveal=reveal,
            seed=seed,
            journal=journal,
            strings=strings,
            restart=restart,
        )
        self.set_trait("_settings", {**self._settings, "bare": bare})
        self._source: Callable[[str], Trace] | None = None
        self._kinds: tuple[str, ...] = ()
        self._next_seed = seed

    @classmethod
    def from_markdown(cls, text: str, **settings: Any) -> Self:
        """A quiz from our Markdown; errors name the line."""
        return cls(banks.parse(text, suffix=".md"), **settings)

    @classmethod
    def from_jupyterquiz(cls, data: Any, **settings: Any) -> Self:
        """A quiz from jupyterquiz's list, file, JSON text or its base64 form."""
        title, questions = settings.pop("title", None), jupyterquiz.load(data)
        return cls(Bank(title, questions) if title else Bank.untitled(questions), **settings)

    @classmethod
    def lesson(cls, name: str, *, only: Sequence[str] = (), **settings: Any) -> Self:
        """The quiz of a lesson, such as "02-learn", or "page" for the page's three questions.

        ``only`` names the questions to ask now, by their ids; they are a quiz of their own.
        """
        bank = banks.lesson(name)
        return cls(bank.only(*only) if only else bank, **settings)

    @classmethod
    def live(
        cls,
        source: Any,
        *,
        text: str = "The cat sat on the mat.",
        about: Sequence[str] | None = None,
        count: int = 3,
        seed: int = 0,
        **settings: Any,
    ) -> Self:
        """Questions computed from the present trace; the learner may type another sentence.

        ``source`` is a pipeline, a trace, or anything with a ``trace`` attribute, such as an
        explorer. ``about`` names kinds of questions (`pipeline_widgets.quizzes.live.KINDS`).
        """
        tracer = _tracer(source)
        trace = tracer(text)
        kinds = tuple(about or ())
        questions = [_live_question(trace, kinds, seed + turn) for turn in range(count)]
        title = settings.pop("title", "Live questions")
        quiz = cls(Bank(title, tuple(questions)), seed=seed, **settings)
        typed = not isinstance(source, Trace) and callable(getattr(source, "trace", None))
        quiz.set_trait("_settings", {**quiz._settings, "live": True, "typed": typed})
        quiz.text = trace.text
        quiz._source, quiz._kinds, quiz._next_seed = tracer, kinds, seed + count
        return quiz

    def static_html(self) -> str:
        """The worksheet; of a task whose text stands above, one line."""
        if not self._settings["bare"]:
            return super().static_html()
        return f"<p>☐ {html.escape(self.strings['check_above'])}</p>"

    # --- live questions ---------------------------------------------------------------------

    def fresh(self, id: str | None = None) -> None:
        """Put a new live question in the place of ``id`` (default: the one on the screen)."""
        if self._source is None:
            raise BadInput("Only a quiz made by Quiz.live can ask a fresh question.")
        old = id or self.bank.questions[self.current].id
        self._put_fresh([old], self._source(self.text))

    def _put_fresh(self, ids: list[str], trace: Trace) -> None:
        """Put new questions about ``trace`` in the places of ``ids``, none twice."""
        for id in ids:
            asked = {question.prompt for question in self.bank.questions}
            question = _live_question(trace, self._kinds, self._next_seed)
            for _ in range(20):
                if question.prompt not in asked:
                    break
                self._next_seed += 1
                question = _live_question(trace, self._kinds, self._next_seed)
            self._next_seed += 1
            self.session.replace_question(id, question)
        self._show_faces()

    def _act(self, content: dict[str, Any]) -> None:
        act = content.get("act")
        if act == "text" and self._source is not None:
            self.text = str(content.get("text", ""))
        elif act == "fresh" and self._source is not None:
            self.fresh()
        else:
            super()._act(content)

    def _submitted(self, id: str, response: Any) -> None:
        if self._source is not None and self._is_stale():
            self.text = self._source(self.text).text
            self.set_trait("_notice", "stale")
            return
        super()._submitted(id, response)

    def _is_stale(self) -> bool:
        """Whether the view that the questions are about has gone on to another sentence."""
        assert self._source is not None
        return not self._settings["typed"] and self._source(self.text).text != self.text

    @traitlets.observe("text")
    def _about_another_sentence(self, _change: object) -> None:
        """Ask all questions whose answer is not due anew, about ``text``."""
        if self._source is None:
            return
        try:
            ids = [q.id for q in self.bank.questions if not self.session.is_due(q.id)]
            self._put_fresh(ids, self._source(self.text))
        except PipelineError as error:
            self.set_trait("_notice", str(error))


def _drawn(bank: Bank, seed: int, shuffle: bool, count: int | None) -> Bank:
    """The bank's questions, shuffled and cut to ``count`` if so wished."""
    if not shuffle and count is None:
        return bank
    questions = list(bank.questions)
    chosen = questions if count is None else questions[:count]
    if shuffle:
        number = len(questions) if count is None else min(count, len(questions))
        chosen = random.Random(f"questions {seed}").sample(questions, number)
    return replace(bank, questions=tuple(chosen))


def _tracer(source: Any) -> Callable[[str], Trace]:
    """A function from a sentence to its trace, from whatever has one."""
    if isinstance(source, Trace):
        return lambda text: source
    trace = getattr(source, "trace", None)
    if isinstance(trace, Trace):
        return lambda text: source.trace
    if callable(trace):
        return cast("Callable[[str], Trace]", trace)
    if callable(source):
        return lambda text: cast("Trace", source())
    raise BadInput(f"A {type(source).__name__} has no trace; give a pipeline, a trace or a view.")


def _live_question(trace: Trace, kinds: tuple[str, ...], seed: int) -> Question:
    """A question of one of the kinds (in turn), named after its seed."""
    for turn in range(len(kinds)):
        try:
            question = live.ask(trace, about=kinds[(seed + turn) % len(kinds)], seed=seed)
        except BadInput:
            continue
        return replace(question, id=f"live-{seed}")
    if kinds:
        raise BadInput(f"{trace.text!r} can't carry a question about {', '.join(kinds)}.")
    return replace(live.ask(trace, seed=seed), id=f"live-{seed}")
