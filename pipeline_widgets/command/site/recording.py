"""Inside the kernel that runs a notebook for its page: what each view is, written to files.

A page has no Python. It gets a view's state when the notebook is done, the answers that Python
would have given (`View._recorded`), and of a run that was trained or played the messages that it
sent, to be played again.
"""

# ipywidgets is only partly typed
# pyright: reportPrivateUsage=false, reportMissingTypeStubs=false
from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ipywidgets.widgets.widget import _instances

from ...training.history import History
from ...training.records import EpochRecord
from ...training.replay import SECONDS, Replay
from ...training.runner import Runner
from ...views.cost.view import CostView
from ...views.dataset.view import FlowView
from ...views.live.shared_files import SharedFiles
from ...views.predict.view import Outcome, Predict
from ...views.quiz.base import Asking
from ...views.quiz.flashcards import Flashcards
from ...views.shared.view import View
from ...views.training.messages import new_of_run, whole_run
from ...views.training.view import TrainingView

MESSAGES = 100  # that a played run sends, about


def begin(*, torch: bool) -> None:
    """Before the first cell; without ``torch``, a notebook finds none and trains nothing."""
    if not torch:
        for name in ("torch", "transformers"):
            sys.modules[name] = cast("Any", None)


def write(folder: str, shared: str) -> None:
    """After the last cell: a file in ``folder`` for each view, named after its model.

    Scripts, styles and models go into ``shared``, see `SharedFiles`.
    """
    files = SharedFiles(Path(shared))
    for identity, widget in list(_instances.items()):
        if isinstance(widget, View) and not isinstance(widget, (Asking, Flashcards)):
            made = json.dumps(_described(widget, files), ensure_ascii=False)
            (Path(folder) / f"{identity}.json").write_text(made, "utf-8", "backslashreplace")


def _described(view: View, files: SharedFiles) -> dict[str, Any]:
    """A view's HTML, the files that it needs, and in which way it acts."""
    if isinstance(view, (FlowView, CostView)):
        view.wait()
    way, more, traits = "recorded", dict[str, Any](), dict[str, Any]()
    if isinstance(view, (Predict, Outcome)):
        way, more = "here", {"act": "guessing", "name": view.model_id}
        traits = {"status": "open", "guess": "", "_trouble": ""}
        if isinstance(view, Outcome):
            more |= {"asked": view._predict.model_id}
            traits |= {"result": view.text}
    elif isinstance(view, TrainingView):
        traits["_whole"], tracks = _played(view)
        if any(tracks):
            way, more = "replay", {"act": "playing", "tracks": tracks}
    page = files.page("")
    html = page.element(view, picture=False, more=more | {"traits": traits})
    way = "live" if page.lives[0] else way
    return {
        "html": html,
        "files": page.files,
        "sheets": page.sheets,
        "way": way,
        "spoiler": isinstance(view, Outcome),
        "withheld": view.has_trait("_withheld"),
    }


# --- a run, to be played again ----------------------------------------------------------------


@dataclass
class _Playing:
    """What the messages ask of a `Runner`, for a run that no thread drives."""

    run: Replay
    state: str = "ready"
    error: Exception | None = None


def _played(view: TrainingView) -> tuple[dict[str, Any], list[list[dict[str, Any]]]]:
    """All runs before the first step, and the messages of each in milliseconds from its start."""
    runs, tracks = list[dict[str, Any]](), list[list[dict[str, Any]]]()
    lasts = max((_seconds(_whole(one)) for one in view._runners if one), default=0.0)
    for index, (history, runner) in enumerate(zip(view.histories, view._runners, strict=True)):
        whole = None if runner is None else _whole(runner)
        if whole is None or not len(whole):
            runs.append(whole_run(history, None, index, view.strings))
            tracks.append([])
            continue
        playing = _Playing(Replay(whole, speed=None))
        runner = cast("Runner", playing)
        runs.append(whole_run(playing.run.history, runner, index, view.strings) | {"knobs": []})
        tracks.append(_track(playing, lasts, view.strings))
    return {"runs": runs, "summary": view.summary(), "serial": 0}, tracks


def _whole(runner: Runner) -> History:
    """The history that a run has in the end, or has got to."""
    run: Any = runner.run
    return run.recorded if isinstance(run, Replay) else run.history


def _seconds(history: History) -> float:
    return Replay(history).lasts


def _track(playing: _Playing, lasts: float, words: dict[str, str]) -> list[dict[str, Any]]:
    """The messages of a run, in order, each with its time."""
    replay, frames, sent = playing.run, list[dict[str, Any]](), (0, 0)
    playing.state = "running"
    every = max(1, replay.total_steps // MESSAGES)
    for record in replay:
        fresh = len(replay.history) - sent[0]
        if replay.done:
            playing.state = "finished"
        if not (replay.done or isinstance(record, EpochRecord) or fresh >= every):
            continue
        news = new_of_run(replay.history, cast("Runner", playing), sent, words)
        sent = news.pop("sent")[:2]
        seconds: float = getattr(record, "seconds", 0.0)
        at = 1000 * SECONDS * seconds / lasts if lasts > 0 else 0.0
        frames.append({"at": round(at) if math.isfinite(at) else 0, "news": news})
    return frames
