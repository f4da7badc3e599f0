"""Problems against the clock, with attempts and a badge; the clock can be switched off."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import traitlets

from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes import bank as banks
from pipeline_widgets.quizzes.rules import CLOCK, GRACE
from pipeline_widgets.quizzes.store import Entry

from ..shared.linker import link, style
from .base import Asking, Source, bank_of, journal_of


class Challenge(Asking):
    """Five problems or so: ``seconds`` for each, ``attempts`` each, hints, a badge for all right.

    The clock runs in Python, for the problem on the screen only, and goes on when the cell is run
    again. A problem whose time is up shows its answer and earns nothing more; nor does an answer
    from before the clock was started or switched off.
    """

    _esm = link("quiz/challenge.js")
    _css = style("quiz/quiz.css", "quiz/challenge.css")

    clock = traitlets.Bool(True, read_only=True).tag(sync=True)
    """Whether the clock runs."""
    begun = traitlets.Bool(False, read_only=True).tag(sync=True)
    """Whether the first problem was asked for."""
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
        restart: bool = True,
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
            restart=restart,
            seconds=seconds if clock else None,
        )
        self.seconds = seconds
        self._spent = self._spent_before()
        self.set_trait("_settings", {**self._settings, "seconds": seconds})
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
        return max(0.0, self.seconds - self._took(id))

    def _took(self, id: str) -> float:
        spent = self._spent.get(id, 0.0)
        if self._running is not None and self._running[0] == id:
            spent += self._now() - self._running[1]
        return spent

    def _spent_before(self) -> dict[str, float]:
        """The seconds that the kept answers took; a problem that was on the screen goes on."""
        spent, opened = dict[str, float](), ""
        last: Entry | None = None
        for entry in self.session.entries:
            if entry.question and self.session.asks(entry) and entry.took >= 0:
                known = entry.verdict in CLOCK or entry.took
                spent |= {entry.question: entry.took} if known else {}
                opened = entry.question if entry.verdict != "left" else ""
                last = entry
        if last is not None and opened and not self.session.is_due(opened):
            spent[opened] = spent.get(opened, 0.0) + _since(last.time)
        return spent

    def _turn_to(self, id: str) -> None:
        """Stop the clock of the problem that was on the screen and start that of ``id``."""
        old = self._running[0] if self._running else ""
        if self._running is not None:
            self._spent[old] = self._spent.get(old, 0.0) + self._now() - self._running[1]
        runs = id in self.session.questions and not self.session.is_due(id)
        runs = runs and self.clock and self.begun
        self._running = (id, self._now()) if runs else None
        if old and old != id:
            self.session.time(old, "left", self._spent[old])
        if runs and old != id:
            self.session.time(id, "opened", self._spent.get(id, 0.0))

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
            if act == "restart" and self.session.restartable:
                self._turn_to("")
                kept = [id for id in self._spent if not self.session.is_spent(id)]
                self._spent = {id: self._spent[id] for id in kept}
                self._always_on = self.clock
            super()._act(content)
            if act in ("submit", "show", "restart", "finish"):
                shown = id if act in ("submit", "show") else self._on_screen
                self._turn_to("" if act == "finish" else shown)

    @property
    def _on_screen(self) -> str:
        return self.bank.questions[min(max(0, self.current), self.count - 1)].id

    def _switch(self, on: bool) -> None:
        self._turn_to("")
        self.set_trait("clock", on)
        self.session.seconds = self.seconds if on else None
        self._always_on = self._always_on and on
        self._turn_to(self._on_screen)

    def _submitted(self, id: str, response: Any) -> None:
        if self.clock and not self.begun:
            self.set_trait("_notice", "begin_first")
            return
        if self.clock and not self.session.is_due(id):
            self._turn_to(id)  # whatever the browser says is on its screen
            if self.left(id) == 0:
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
            self.set_trait("_notice", "time_up")
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


def _since(time: str) -> float:
    """The seconds since a line was written, by the wall clock."""
    try:
        then = datetime.fromisoformat(time)
    except ValueError:
        return 0.0
    return max(0.0, (datetime.now(UTC) - then).total_seconds()) if then.tzinfo else 0.0
