"""What other training loops call: transformers' ``Trainer`` and Keras' ``model.fit``."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownMemberType=false
from __future__ import annotations

import importlib
from contextlib import suppress
from typing import Any, Protocol

from ...errors import MissingExtra
from ...training.history import History
from ...training.log_history import RowReader


class Drawing(Protocol):
    """What a callback needs of a view."""

    @property
    def history(self) -> History:
        """Where the numbers go."""
        ...

    def refresh(self) -> None:
        """Draw what is new."""
        ...


def trainer_callback(view: Drawing) -> Any:
    """See ``TrainingView.trainer_callback``."""
    try:
        from transformers import TrainerCallback
    except ImportError as error:
        raise MissingExtra(
            'A TrainerCallback needs transformers: pip install "pipeline-widgets[torch]".'
        ) from error

    class DrawHistory(TrainerCallback):
        """Appends every log of a Trainer to the view's history."""

        def __init__(self) -> None:
            self.rows = RowReader()

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            _append(
                view, self.rows, {"step": state.global_step, "epoch": state.epoch, **(logs or {})}
            )

    return DrawHistory()


def keras_callback(view: Drawing) -> Any:
    """See ``TrainingView.keras_callback``; without Keras, an object with the same methods."""
    base: Any = object
    with suppress(ImportError):
        base = importlib.import_module("keras.callbacks").Callback

    class DrawHistory(base):
        """Appends every epoch to the view's history; Keras counts epochs from 0."""

        def __init__(self) -> None:
            super().__init__()
            self.rows = RowReader()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            _append(view, self.rows, {"epoch": epoch + 1, **(logs or {})})

    return DrawHistory()


def _append(view: Drawing, rows: RowReader, row: dict[str, Any]) -> None:
    if rows.read(row, view.history):
        view.refresh()
