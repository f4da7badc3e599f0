"""Runs that are under way: what a button moves, and how the browser hears of each of their steps.

A run calls from its own thread; see the threads in CONTRIBUTING.md.
"""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownLambdaType=false
from __future__ import annotations

import threading
from itertools import count
from typing import Any

import traitlets

from ...jobs import Throttle
from ...training.history import History
from ...training.replay import Replay
from ...training.runner import Runner
from ..shared.view import ECHO_FREE
from .messages import new_of_run, status, whole_run
from .sentence import EpochReader

MESSAGES = 100  # about as many messages as a whole run sends


class RunsUnderWay(EpochReader):
    """The histories, what runs behind each, and what was told of it."""

    _whole = traitlets.Any(0).tag(sync=True, to_json=lambda _, view: view._everything())
    """All that is drawn; made when a browser asks for it, not sent when it grows."""
    _news = traitlets.Dict(read_only=True).tag(sync=True)
    """What is new since the last message, of one run."""
    pace = traitlets.Float(1.0, min=0.1, max=100.0).tag(**ECHO_FREE)
    """How fast recordings play; at 1 the longest of them takes about 15 seconds."""

    def _begin(self) -> None:
        """Before the first run is added."""
        self.histories: list[History] = []
        self._runners: list[Runner | None] = []
        self._sent: list[tuple[int, int, str]] = []  # points, epochs, state: what was told
        self._dirty: set[int] = set()
        self._serials = count(1)
        self._speaking = threading.RLock()  # a message that is made later knows no less
        self._throttle = Throttle(self._tell)

    def _add(self, given: Any) -> None:
        runnable = hasattr(given, "__next__") and isinstance(
            getattr(given, "history", None), History
        )
        self.histories.append(given.history if runnable else History.read(given))
        index = len(self._runners)
        self._runners.append(Runner(given, lambda: self._changed(index)) if runnable else None)
        self._sent.append((0, 0, ""))

    def _do(self, what: str) -> None:
        runner = self._runners[self.run]
        if runner is None:
            return
        together = self._together(runner)
        if what in ("start", "step"):
            for other in self._runners:
                if other is not None and other not in together:
                    other.pause()
        for one in together:
            getattr(one, what)()

    @property
    def _replays(self) -> list[tuple[Runner, Replay]]:
        """The runs that are recordings being played."""
        running = [one for one in self._runners if one is not None]
        return [(one, one.run) for one in running if isinstance(one.run, Replay)]

    def _together(self, runner: Runner | None) -> list[Runner]:
        """What one button moves: all recordings, which share a clock, or the one live run."""
        if runner is None:
            return []
        replays = [one for one, _ in self._replays]
        return replays if runner in replays else [runner]

    @traitlets.observe("pace")
    def _paced(self, _change: object) -> None:
        for _, replay in self._replays:
            replay.pace = self.pace

    def _changed(self, index: int) -> None:
        """A record came, or a state changed; called from the run's thread or a button."""
        runner = self._runners[index]
        if runner is None:
            return
        if runner.run.history is not self.histories[index]:  # rewound
            self.histories[index] = runner.run.history
            self._sent[index] = (0, 0, "")
            self.send_state("_whole")
            self._read()
        self._grown(index)

    def _grown(self, index: int | None = None) -> None:
        """Say so soon if it is an epoch, a state or enough steps, else with the next of these."""
        index = self.run if index is None else index
        history, runner = self.histories[index], self._runners[index]
        self._dirty.add(index)
        points_sent, epochs_sent, state_sent = self._sent[index]
        total = len(history) if runner is None else runner.run.total_steps
        measured = len(history.epochs) > epochs_sent
        steps = len(history) - points_sent
        changed = runner is not None and runner.state != state_sent
        self._throttle.ask(pressing=measured or changed or steps >= max(1, total // MESSAGES))
        if measured and runner is not None and index == self.run:
            self._read()

    def _tell(self) -> None:
        """Send what is new of each run that has news."""
        while self._dirty:
            index = self._dirty.pop()
            history, runner = self.histories[index], self._runners[index]
            start, epoch, state_sent = self._sent[index]
            if start > len(history):  # neighbours were averaged
                self.send_state("_whole")
                start = len(history)
            with self._speaking:
                news = new_of_run(history, runner, (start, epoch), self.strings)
                news |= {"run": index, "serial": next(self._serials), "summary": self.summary()}
            self._sent[index] = sent = news.pop("sent")
            self.set_trait("_news", news)
            if sent[2] != state_sent and sent[2] in ("finished", "stopped", "failed"):
                self.send_state("_whole")  # what a saved notebook keeps

    def _everything(self) -> dict[str, Any]:
        """All runs, whole: what a browser gets when it first shows the view.

        ``serial`` grows with each message: a browser passes over one that comes too late, as does
        a state that JupyterLab read beside a running cell.
        """
        with self._speaking:
            pairs = enumerate(zip(self.histories, self._runners, strict=True))
            runs = [whole_run(one, runner, index, self.strings) for index, (one, runner) in pairs]
            return {"runs": runs, "summary": self.summary(), "serial": next(self._serials)}

    def _have(self) -> list[list[Any]]:
        """Points, epochs and state of each run, as a browser that has everything says them."""
        return [
            [len(history), len(history.epochs), status(history, runner)["state"]]
            for history, runner in zip(self.histories, self._runners, strict=True)
        ]
