"""Problems against the clock, with attempts and a badge; the clock can be switched off."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import traitlets

from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes import bank as banks

from ..shared.linker import link, style
from .base import Asking, Source, bank_of, journal_of

GRACE = 2.0  # seconds that an answer may be on its way when the time is up


class Challenge(Asking):
    """Five problems or so: ``seconds`` for each, ``attempts`` each, hints, a badge for all right.

    The clock runs in Python, for the problem on the screen only. A problem whose time is up shows
    its answer and earns nothing more.
    """

    _esm = link("quiz/challenge.js")
    _css = style("quiz/quiz.css", "quiz/challenge.css")

    clock = traitlets.Bool(True, read_only=True).tag(sync=True)
    """Whether the clock runs."""
    begun = traitlets.Bool(False, read_only=True).tag(sync=True)
    time_left = traitlets.Float(None, allow_none=True, read_only=True).tag(sync=True)
    """Seconds left for the problem on the screen when this was sent; None without a clock."""
    badge = traitlets.Unicode("", read_only=True).tag(sync=True)
    """ "clock" or "no clock" once all problems are right."""

    def __init__(
        self,
        source: Source,
        *,
        title: str | None = None,
        seconds: float = 90.0,
        clock: bool = True,
        attempts: int | None = 2,
        hint_cost: float = 0.0,
        seed: int = 0,
        folder: str | Path | None = None,
        learner: str | None = None,
        save: bool = True,
        strings: dict[str, str] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if seconds <= 0:
            raise BadInput(f"seconds is the time for a problem, above 0; not {seconds}.")
        bank = bank_of(source, title)
        self._now = now
        self._spent: dict[str, float] = {}
        self._running: tuple[str, float] | None = None  # the problem on the screen, since when
        self._always_on = clock
        super().__init__(
            bank,
            attempts=attempts,
            hint_cost=hint_cost,
            reveal="each",
            seed=seed,
            journal=journal_of(bank, learner, folder) if save else None,
            strings=strings,
        )
        self.seconds = seconds
        self.set_trait("settings", {**self.settings, "seconds": seconds})
        self.set_trait("clock", clock)
        self.set_trait("begun", bool(self.responses))
        self._publish()

    @classmethod
    def from_markdown(cls, text: str, **settings: Any) -> Self:
        """A challenge from our Markdown; errors name the line."""
        return cls(banks.parse(text, suffix=".md"), **settings)

    @classmethod
    def lesson(cls, name: str = "06-challenge", **settings: Any) -> Self:
        """The challenge that comes with a lesson."""
        return cls(banks.lesson(name), **settings)

    def left(self, id: str) -> float:
        """The seconds left for problem ``id``."""
        spent = self._spent.get(id, 0.0)
        if self._running is not None and self._running[0] == id:
            spent += self._now() - self._running[1]
        return max(0.0, self.seconds - spent)

    def _turn_to(self, id: str) -> None:
        """Stop the clock of the problem that was on the screen and start that of ``id``."""
        if self._running is not None:
            old, since = self._running
            self._spent[old] = self._spent.get(old, 0.0) + self._now() - since
        open_ = id in self.session.questions and not self.session.is_due(id)
        self._running = (id, self._now()) if open_ and self.clock and self.begun else None

    def _act(self, content: dict[str, Any]) -> None:
        act, id = content.get("act"), str(content.get("id", ""))
        if act == "begin":
            self.set_trait("begun", True)
            self._turn_to(self.bank.questions[min(self.current, self.count - 1)].id)
        elif act == "at":
            self._turn_to(id)
        elif act == "clock":
            self._switch(bool(content.get("on")))
        elif act == "time":
            self._close_if_late(id, grace=0.5)  # the browser's clock may be a little ahead
        else:
            if act == "restart":
                self._spent, self._always_on = {}, self.clock
            super()._act(content)
            if act in ("submit", "show", "restart", "finish"):
                self._turn_to(self._on_screen if act != "finish" else "")

    @property
    def _on_screen(self) -> str:
        return self.bank.questions[min(max(0, self.current), self.count - 1)].id

    def _switch(self, on: bool) -> None:
        self._turn_to("")
        self.set_trait("clock", on)
        self._always_on = self._always_on and on
        self._turn_to(self._on_screen)

    def _submitted(self, id: str, response: Any) -> None:
        if self.clock and self.begun and self.left(id) == 0:
            self._close_if_late(id, grace=-GRACE)
        super()._submitted(id, response)

    def _close_if_late(self, id: str, *, grace: float) -> None:
        """Close the problem if its time is up by Python's clock, ``grace`` seconds early."""
        if id not in self.session.questions or not self.clock or self._running is None:
            return
        if self._running[0] != id:
            return
        over = self._now() - self._running[1] + self._spent.get(id, 0.0) - self.seconds
        if over + grace >= 0 and not self.session.is_due(id):
            self.session.show(id)
            self.set_trait("notice", "time_up")
            self._turn_to("")

    def _publish(self) -> None:
        super()._publish()
        running = self._running
        self.set_trait("time_left", round(self.left(running[0]), 2) if running else None)
        won = all(
            self.session.earned(id) > 0 and self.session.progress(id)["status"] == "right"
            for id in self.session.questions
        )
        self.set_trait("badge", ("clock" if self._always_on else "no clock") if won else "")
