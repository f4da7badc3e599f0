"""Training in front of a class: curves, table, controls, and the learner's sentence by epoch."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
from __future__ import annotations

from typing import Any, ClassVar, Literal

import traitlets

from ...errors import BadInput
from ...training.history import History
from ...training.records import Record
from ...training.replay import one_clock
from ..shared.choices import Choices, Each
from ..shared.linker import link, style
from ..shared.view import ECHO_FREE
from . import static as drawn
from .curves import Look
from .epoch_reader import Readings
from .messages import LETTERS
from .strings import TRAINING
from .subshell import answer_where_asked
from .under_way import RunsUnderWay

EXAMPLE = "The plot was thin, but I loved every minute of it."


class TrainingView(RunsUnderWay):
    """``TrainingView(history)``, ``TrainingView(run)``, ``TrainingView(one, other)``.

    A run, such as ``fine_tune(...)`` or ``Replay(history)``, gets buttons: it is trained in a
    background thread, and the kernel stays usable. A history may be anything that
    ``History.read`` takes. ``view.log(epoch=1, loss=0.6)`` adds numbers from any loop.

    ``text`` is the learner's sentence and ``epoch`` the epoch on screen (−1: the last): ``trace``
    is what that epoch's model makes of it. ``histories`` has the numbers.
    """

    _esm = link("training/view.js")
    _css = style("training/view.css")
    _words: ClassVar[dict[str, str]] = TRAINING
    _described: ClassVar[tuple[str, ...]] = ("names", "epochs")

    axis = traitlets.Enum(("epochs", "seconds"), "epochs").tag(**ECHO_FREE)
    """Equal epochs or equal seconds of computing under one another."""
    scale = traitlets.Enum(("linear", "log"), "linear").tag(**ECHO_FREE)
    """How the losses are drawn: "linear" or "log"."""
    smoothing = traitlets.Float(0.85, min=0.0, max=0.99).tag(**ECHO_FREE)
    """How much of the smoothed value is kept at each step: 0 draws the steps as they are."""

    def __init__(
        self,
        *runs: object,
        text: str = EXAMPLE,
        epoch: int = -1,
        axis: Literal["epochs", "seconds"] = "epochs",
        scale: Literal["linear", "log"] = "linear",
        smoothing: float = 0.85,
        pace: float = 1.0,
        strings: dict[str, str] | None = None,
    ) -> None:
        if len(runs) > len(LETTERS):
            raise BadInput(f"TrainingView shows up to {len(LETTERS)} runs; got {len(runs)}.")
        self._begin()
        self._readings = Readings(self._show_readings)
        self.axis, self.scale, self.smoothing = axis, scale, smoothing
        given = runs or (History("run"),)
        self.text, self.epoch, self.run = text, epoch, 0
        for run in given:
            self._add(run)
        one_clock([replay for _, replay in self._replays])
        self.pace = pace
        super().__init__(strings=strings)  # the channel opens with all of this
        self.on_msg(self._heard)
        answer_where_asked(self.comm)
        self._read()

    def _choices(self) -> dict[str, Choices | Each]:
        runs = len(getattr(self, "histories", ()))
        return {"run": range(runs)} if runs else {}

    @traitlets.validate("run")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    @property
    def names(self) -> list[str]:
        """The runs' names."""
        return [history.name for history in self.histories]

    @property
    def epochs(self) -> list[int]:
        """How many epochs each run has finished."""
        return [history.epochs_done for history in self.histories]

    @property
    def training(self) -> Any:
        """The chosen run itself, such as what ``fine_tune`` made; None if there is only a record.

        Its ``pipeline()`` is the classifier as it is now.
        """
        runner = self._runners[self.run]
        return None if runner is None else runner.run

    @property
    def state(self) -> str:
        """ready, running, paused, stopped, finished or failed; recorded if nothing can run."""
        runner = self._runners[self.run]
        return "recorded" if runner is None else runner.state

    def start(self) -> TrainingView:
        """Train, or go on, in the background; other runs of this view pause."""
        self._do("start")
        return self

    def pause(self) -> None:
        """Rest after the step under way."""
        self._do("pause")

    def step(self) -> None:
        """Go on to the end of this epoch."""
        self._do("step")

    def stop(self) -> None:
        """End the run; what it learned stays."""
        self._do("stop")

    def rewind(self) -> None:
        """Back to before the first step: the same weights, the same seed."""
        self._do("rewind")

    def beside(self, *, of: int | None = None, **changes: Any) -> TrainingView:
        """A new run, from the weights and settings of the first one, with some settings changed.

        ``of`` takes another run (0 is A) in its place. The new name lists all that differs from
        the first run, so that one sees what is compared.
        """
        able = [at for at, runner in enumerate(self._runners) if runner is not None]
        first = self._runners[able[0]] if able else None
        chosen = first if of is None else self._runners[of] if of in able else None
        if first is None or chosen is None or len(self.histories) == len(LETTERS):
            raise BadInput(f"A run can be put beside a run, up to {len(LETTERS)} in all.")
        self._do("pause")
        base: Any = chosen.run
        options: dict[str, Any] = {}
        if hasattr(base, "settings"):
            options["name"] = self._named(first.run, base.settings.but(**changes))
        self._add(base.again(**options, **changes))
        self.run = len(self.histories) - 1
        self.send_state("_whole")
        return self

    def _named(self, first: Any, settings: Any) -> str:
        """A run's name: how its settings differ from the first run's."""
        before = first.settings.plain() if hasattr(first, "settings") else {}
        said = [
            f"{self._word(name)} {value:g}" if isinstance(value, (int, float)) else self._word(name)
            for name, value in settings.plain().items()
            if before.get(name) != value
        ]
        return ", ".join(said).capitalize() or self.strings["as_before"]

    def wait(self, seconds: float | None = None) -> str:
        """Wait until the chosen run rests; its state then. Raises what a failed run raised."""
        runner = self._runners[self.run]
        for other in self._together(runner):
            other.wait(seconds)
        state = "recorded" if runner is None else runner.wait(seconds)
        self._read()
        self._readings.wait(seconds)
        self._throttle.flush()
        return state

    def log(
        self,
        *,
        step: int | None = None,
        epoch: float | None = None,
        seconds: float | None = None,
        **values: float,
    ) -> Record:
        """Add numbers from any loop; see ``History.log``."""
        record = self.history.log(step=step, epoch=epoch, seconds=seconds, **values)
        self._grown()
        return record

    def trainer_callback(self) -> Any:
        """A ``transformers.TrainerCallback`` that draws a ``Trainer``'s log here."""
        from .callbacks import trainer_callback

        return trainer_callback(self)

    def keras_callback(self) -> Any:
        """A Keras callback that draws ``model.fit`` here."""
        from .callbacks import keras_callback

        return keras_callback(self)

    def refresh(self) -> None:
        """Draw what was appended to the histories from outside."""
        self._grown()

    def summary(self) -> str:
        """Each run's best epoch in one sentence."""
        return " ".join(drawn.summary(history, self.strings) for history in self.histories)

    def static_html(self) -> str:
        """Curves and epoch tables, without a script."""
        return drawn.page(self.summary(), self.histories, self._look)

    def figure(self) -> Any:
        """The curves as a ``plotly.graph_objects.Figure``."""
        return drawn.figure(self.histories, self._look)

    def _pictures(self) -> list[str]:
        return drawn.pictures(self.histories, self._look)

    def _table_rows(self) -> list[dict[str, Any]]:
        return drawn.table_rows(self.histories)

    @property
    def _look(self) -> Look:
        return Look(self.strings, self.axis, self.scale, self.smoothing)

    def _word(self, setting: str) -> str:
        return self.strings.get(setting, setting).lower()

    def _heard(self, _view: object, content: dict[str, Any], _buffers: object) -> None:
        """A button, a knob, or a browser that has missed something."""
        action = content.get("do")
        if action in ("start", "pause", "step", "stop", "rewind"):
            self._do(action)
        elif action == "beside":
            self.beside(**content["changes"]).start()
        elif action == "whole" and content.get("have") != self._have():
            self.send_state("_whole")
