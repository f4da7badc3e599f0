"""A guess before the result: asked, kept like an answer, then shown beside what came out."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
from __future__ import annotations

import contextlib
import html
import io
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import traitlets
from IPython.display import display

from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes import markup
from pipeline_widgets.quizzes.identity import digest
from pipeline_widgets.quizzes.store import Entry, Journal

from ..shared.linker import link, style
from ..shared.view import View, held_by
from .strings import PREDICT

QUIZ = "predictions"  # the set of questions under which guesses are kept
OPEN, GIVEN, SKIPPED = "open", "given", "skipped"


class Predict(View):
    """``guess = pw.Predict("How many of the 300?")`` in one cell, ``with guess:`` in the next.

    What is printed inside ``with guess:`` appears as soon as a guess was made, beside it; or at
    once, if the question was passed over. So does each view of this package that is shown there
    with ``display()``. ``options`` are choices in place of a text box. Texts may have
    ``*emphasis*`` and code spans. Guesses earn nothing; they are kept in ``folder`` under the name
    ``learner``, like answers, and are there again when the cell is run again.
    """

    _esm = link("predict/view.js")
    _css = style("predict/view.css")
    _words: ClassVar[dict[str, str]] = PREDICT
    _described = ("question",)  # not the guess: a notebook stores the same, whoever runs it

    _prompt = traitlets.List(read_only=True).tag(sync=True)
    """The question as a tree of elements."""
    _options = traitlets.List(read_only=True).tag(sync=True)
    """Choices, each with its plain words and its tree; empty for a text box."""
    guess = traitlets.Unicode("", read_only=True).tag(sync=True)
    """What was guessed; empty while it is asked, and if it was passed over."""
    status = traitlets.Enum((OPEN, GIVEN, SKIPPED), OPEN, read_only=True).tag(sync=True)
    """"open" while a guess is asked for, then "given" or "skipped"."""
    _trouble = traitlets.Unicode("", read_only=True).tag(sync=True)
    _ran = traitlets.Bool(False, read_only=True).tag(sync=True)
    """Whether the cell with the result has run, so that nobody is told to run it."""

    def __init__(
        self,
        question: str,
        options: Sequence[str] = (),
        *,
        folder: str | Path | None = None,
        learner: str | None = None,
        save: bool = True,
        strings: dict[str, str] | None = None,
    ) -> None:
        given = [question, *([] if isinstance(options, str) else options)]
        if (
            not all(isinstance(text, str) and text.strip() for text in given)
            or len(given) == 2  # a single option
            or isinstance(options, str)
            or len(set(options)) < len(options)
        ):
            raise BadInput(
                "A prediction is a question, with two or more options, each once, or with none; "
                f"got {question!r} and options={options!r}."
            )
        self.question = question
        self._printed = io.StringIO()
        self._said = False  # whether a view inside has the guess above it
        self._inside = contextlib.ExitStack()
        self._journal = Journal(QUIZ, learner=learner, folder=folder) if save else None
        self.set_trait("_prompt", markup.blocks(question))
        trees = [markup.inline(option) for option in options]
        self.set_trait("_options", [[markup.to_text(tree), tree] for tree in trees])
        self._restore()
        super().__init__(strings=strings)
        self.on_msg(self._hear)

    @property
    def id(self) -> str:
        """What the guess is kept under: another for every question."""
        words = "\n".join([self.question, *(words for words, _ in self._options)])
        return f"guess-{digest(words)}"

    def make(self, guess: str) -> None:
        """Guess, as the button in the browser does; nothing typed is no guess."""
        words = guess.strip()
        if not words or (self._options and words not in [option for option, _ in self._options]):
            raise BadInput("That is no guess: choose one of the options, or type something.")
        self._set(GIVEN, words)

    def skip(self) -> None:
        """Pass the question over."""
        self._set(SKIPPED, "")

    def ask_again(self) -> None:
        """Ask anew; what was guessed before stays in the file."""
        self.set_trait("guess", "")
        self.set_trait("status", OPEN)

    def __enter__(self) -> Self:
        """From here on, what is printed and shown belongs to the result."""
        self._printed, self._said = io.StringIO(), False
        self._inside.enter_context(contextlib.redirect_stdout(self._printed))
        token = held_by.set(self._hold)
        self._inside.callback(held_by.reset, token)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Show the result beside the guess; a cell that failed shows what it printed."""
        self._inside.close()
        self.set_trait("_ran", error is None)
        text = self._printed.getvalue()
        if error is not None:
            print(text, end="")
        elif text:
            display(Outcome(self, text))

    def _hold(self, view: View) -> None:
        """A view is about to be shown: below what was printed, and not before a guess."""
        if isinstance(view, (Predict, Outcome)):
            return
        text = self._printed.getvalue()
        if text or not self._said:
            self._said = True
            self._printed.seek(0)
            self._printed.truncate()
            display(Outcome(self, text))
        if self.status == OPEN:
            release = view.withhold()

            def made(_change: object) -> None:
                if self.status != OPEN:
                    self.unobserve(made, "status")
                    release()

            self.observe(made, "status")

    def summary(self) -> str:
        """The question, and the guess if there is one."""
        asked = markup.to_text(self._prompt)
        return f"{asked} {self.strings['given']}: {self.guess}" if self.guess else asked

    def static_html(self) -> str:
        """The question to be answered on paper: boxes to tick, or a line to write on."""
        body = markup.to_html(self._prompt)
        boxes = "".join(f"<li>☐ {markup.to_html(tree)}</li>" for _, tree in self._options)
        line = f"<p>{html.escape(self.strings['field'])}: {'_' * 40}</p>"
        ways = f'<ul style="list-style:none;padding:0">{boxes}</ul>' if boxes else line
        title = html.escape(self.strings["title"])
        frame = "border-left:3px solid #888;padding-left:12px"
        return f'<div style="{frame}"><p><b>{title}</b></p>{body}{ways}</div>'

    def _set(self, status: str, words: str) -> None:
        with self.hold_sync():
            self.set_trait("guess", words)
            self.set_trait("status", status)
        self._keep()

    def _keep(self) -> None:
        if self._journal is None:
            return
        entry = Entry(
            quiz=QUIZ,
            learner=self._journal.learner,
            question=self.id,
            response=self.guess if self.status == GIVEN else None,
            points=0.0,
            maximum=0.0,
            verdict="recorded",
            prompt=self.question,
        )
        try:
            self._journal.append(entry)
            self.set_trait("_trouble", "")
        except OSError as error:
            self.set_trait("_trouble", f"{self._journal.path}: {error.strerror or error}")

    def _restore(self) -> None:
        entries = [] if self._journal is None else self._journal.entries()
        last = next((one for one in reversed(entries) if one.question == self.id), None)
        if last is not None and isinstance(last.response, str):
            self.set_trait("guess", last.response)
            self.set_trait("status", GIVEN)

    def _hear(self, _view: object, content: Any, _buffers: object) -> None:
        act = content.get("act") if isinstance(content, dict) else None
        if act == "guess":
            with contextlib.suppress(BadInput):  # the browser has said so already
                self.make(str(content.get("guess", ""))[:2000])
        elif act == "skip" and self.status == OPEN:
            self.skip()
        elif act == "again":
            self.ask_again()


class Outcome(View):
    """What came out, beside the guess; until there is one, the browser doesn't get it."""

    _esm = link("predict/outcome.js")
    _css = style("predict/view.css")
    _words: ClassVar[dict[str, str]] = PREDICT

    _prompt = traitlets.List(read_only=True).tag(sync=True)
    guess = traitlets.Unicode("", read_only=True).tag(sync=True)
    status = traitlets.Unicode(OPEN, read_only=True).tag(sync=True)
    result = traitlets.Unicode("", read_only=True).tag(sync=True)

    def __init__(self, asked: Predict, text: str) -> None:
        self._predict, self.text = asked, text
        self.set_trait("_prompt", asked._prompt)  # pyright: ignore[reportPrivateUsage]
        self._show()
        super().__init__(strings=asked.strings)
        asked.observe(self._show, ["guess", "status"])
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        return self.text.rstrip("\n")

    def static_html(self) -> str:
        """The result as text, for a page that nobody is asked on."""
        return f"<pre>{html.escape(self.text)}</pre>" if self.text else ""

    def _show(self, _change: object = None) -> None:
        """Take over the guess; a result that was shown once stays, whatever is asked anew."""
        if self._predict.status == OPEN:
            return
        self.set_trait("guess", self._predict.guess)
        self.set_trait("result", self.text)
        self.set_trait("status", self._predict.status)

    def _hear(self, _view: object, content: Any, _buffers: object) -> None:
        if isinstance(content, dict) and content.get("act") == "skip":
            self._predict.skip()
