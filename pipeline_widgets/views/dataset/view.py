"""A data set's way through one or two models, as six cards with the real shapes."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
import traitlets

from ...errors import BadInput
from ...jobs import Job
from ...rounding import fixed, scores
from ...trace import STAGES, Flow, FlowStage
from ..shared import sheets
from ..shared import svg as _static
from ..shared.linker import link, style
from ..shared.packing import pack_signed
from ..shared.plotly_extra import graph_objects
from ..shared.titles import TITLES
from ..shared.view import View
from ..stages.panel import STRIP, strip

TIMES = " × "
_LABELS = 8  # of which all are shown; of more, the commonest
_ROWS, _PIECES = 8, 9  # of the first sentence: tokens with a vector, tokens with their ids


class Runner(Protocol):
    """What a live flow needs of a model; a ``Pipeline`` is one."""

    name: str
    architecture: str

    def flow(self, sentences: Sequence[str], *, max_length: int, progress: Any) -> Flow:
        """All six stages of a data set."""
        ...


class FlowView(View):
    """``FlowView(flow)``, ``FlowView(flow, other)``, or ``FlowView.live(sentences)``.

    Each stage is a card: the shape that leaves it, values of the first sentence, its time.
    """

    _esm = link("dataset/view.js")
    _css = style("dataset/view.css")
    _described: ClassVar[tuple[str, ...]] = ("models", "sentences")

    _job: Job[dict[str, Any]] | None = None

    _panels = traitlets.List(read_only=True).tag(sync=True)
    """One dict for each model, as the browser draws it."""
    _progress = traitlets.Dict(read_only=True).tag(sync=True)
    """What is running now: {"panel", "stage", "done", "total"}; empty when nothing is."""
    _error = traitlets.Unicode("", read_only=True).tag(sync=True)

    def __init__(self, *flows: Flow, strings: dict[str, str] | None = None) -> None:
        if len(flows) > 2 or not all(isinstance(flow, Flow) for flow in flows):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadInput("FlowView takes one or two flows: FlowView(pipeline.flow(sentences))")
        super().__init__(strings=strings)
        self.flows: list[Flow] = list(flows)
        self.set_trait("_panels", [_panel(flow) for flow in flows])

    @classmethod
    def live(
        cls,
        sentences: Sequence[str],
        *,
        models: Sequence[str | Runner] = ("roberta", "distilbert"),
        max_length: int = 50,
        strings: dict[str, str] | None = None,
    ) -> FlowView:
        """Start the models on ``sentences`` in the background and draw while they run.

        ``view.wait()`` returns the finished flows.
        """
        if isinstance(sentences, str) or not sentences:
            raise BadInput('sentences is a list of texts, such as ["A fine day.", "Never again."]')
        view = cls(strings=strings)
        runners = [_load(model) for model in models[:2]]
        view.set_trait("_panels", [_waiting(runner, len(sentences)) for runner in runners])
        view._job = Job[dict[str, Any]](
            lambda job: view._work(job, runners, list(sentences), max_length),
            say=lambda news: view.set_trait("_progress", news),
            done=view._finished,
        )
        view._job.start()
        return view

    def wait(self, seconds: float | None = None) -> tuple[Flow, ...]:
        """The finished flows; waits for a live view at most ``seconds``."""
        if self._job is not None:
            self._job.wait(seconds)
        return tuple(self.flows)

    def close(self) -> None:
        """Stop, and leave the screen."""
        if self._job is not None:
            self._job.stop()
        super().close()

    def _work(
        self,
        job: Job[dict[str, Any]],
        runners: list[Runner],
        sentences: list[str],
        max_length: int,
    ) -> None:
        for index, runner in enumerate(runners):

            def report(stage: str, done: int, total: int, index: int = index) -> None:
                job.tell({"panel": index, "stage": stage, "done": done, "total": total})

            flow = runner.flow(sentences, max_length=max_length, progress=report)
            if job.stopped:
                return
            self.flows.append(flow)
            panels = list(self._panels)
            panels[index] = _panel(flow)
            self.set_trait("_panels", panels)

    def _finished(self, error: Exception | None) -> None:
        if error is not None:
            self.set_trait("_error", str(error) or repr(error))
        self.set_trait("_progress", {})

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models."""
        return tuple(panel["model"] for panel in self._panels)

    @property
    def sentences(self) -> int:
        """How many sentences flow."""
        return int(self._panels[0]["count"]) if self._panels else 0

    def summary(self) -> str:
        """The chain of shapes of each model, in one sentence."""
        return " ".join(f"{panel['title']}: {self._chain(panel)}." for panel in self._panels)

    def _chain(self, panel: dict[str, Any]) -> str:
        if not panel["counts"]:
            return self.strings["flow_waiting"].format(count=panel["count"])
        return " → ".join(stage["shape"] for stage in panel["stages"])

    def static_html(self) -> str:
        """The shapes and samples as a table, without a script."""
        parts: list[str] = []
        for panel in filter(lambda panel: panel["counts"], self._panels):
            rows = [
                (self.strings[stage["name"]], stage["shape"], stage["said"], stage["detail"])
                for stage in panel["stages"]
            ]
            header = (panel["title"], "shape", "first sentence", "")
            parts.append(_static.table(header, rows))
        return _static.page(self.summary(), *parts)

    def _pictures(self) -> list[str]:
        header = ("stage", "shape", "first sentence", "ms")
        return [
            sheets.table(
                (f"{panel['title']}: stage", *header[1:]),
                [
                    (self.strings[stage["name"]], stage["shape"], stage["said"][:60], stage["ms"])
                    for stage in panel["stages"]
                ],
            )
            for panel in self._panels
        ]

    def _table_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "model": flow.model,
                "stage": stage.name,
                "shape": stage.shape,
                "milliseconds": stage.milliseconds,
            }
            for flow in self.flows
            for stage in flow.stages
        ]

    def figure(self) -> Any:
        """The time of each stage as plotly bars, one group for each model."""
        go = graph_objects()

        bars = [
            go.Bar(
                name=TITLES.get(flow.architecture, flow.model),
                x=[self.strings[stage.name] for stage in flow.stages],
                y=[stage.milliseconds for stage in flow.stages],
                text=[TIMES.join(map(str, stage.shape)) for stage in flow.stages],
            )
            for flow in self.flows
        ]
        return go.Figure(bars, layout={"yaxis": {"title": "milliseconds"}})


def _load(model: str | Runner) -> Runner:
    if not isinstance(model, str):
        return model
    from ...engine import load

    return load(model)


def _head(model: str, architecture: str, count: int) -> dict[str, Any]:
    title = TITLES.get(architecture, model) if model in TITLES else model.rsplit("/", 1)[-1]
    return {"model": model, "title": title, "architecture": architecture, "count": count}


def _waiting(runner: Runner, count: int) -> dict[str, Any]:
    """A panel before its numbers: the stages' names, nothing else."""
    stages = [{"name": name, "shape": "", "said": "", "detail": "", "ms": None} for name in STAGES]
    stages[0]["shape"] = f"{count}"
    return _head(runner.name, runner.architecture, count) | {"stages": stages, "counts": []}


def _panel(flow: Flow) -> dict[str, Any]:
    count = len(flow.probabilities)
    finished = {
        "stages": [_stage(stage, flow) for stage in flow.stages],
        "counts": _counts(flow),
        "function": flow.function,
        "cut": flow.cut,
        "max_length": flow.max_length,
        "ms": flow.milliseconds,
    }
    return _head(flow.model, flow.architecture, count) | finished


def _counts(flow: Flow) -> list[list[Any]]:
    """How many sentences have each label, the commonest first if many; of raw scores, their mean.

    Where several labels may hold at once, a sentence counts for each that does; "" is for those
    with none.
    """
    if not len(flow.scores):
        return []
    if flow.function == "none" or len(flow.labels) == 1:
        means = zip(flow.labels, flow.scores.mean(axis=0), strict=True)
        return [[label, fixed(float(mean))] for label, mean in means]
    numbers = Counter(label for labels in flow.chosen for label in labels or ("",))
    order = [label for label in (*flow.labels, "") if numbers[label]]
    if len(order) > _LABELS:
        order = [label for label, _ in numbers.most_common(_LABELS)]
    return [[label, numbers[label]] for label in order]


def _stage(stage: FlowStage, flow: Flow) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "name": stage.name,
        "shape": TIMES.join(map(str, stage.shape)),
        "said": _said(stage, flow),
        "detail": stage.detail,
        "ms": stage.milliseconds,
    }
    if stage.ids:
        drawn["pieces"] = [list(pair) for pair in _pieces(stage)]
        drawn["count"] = len(stage.ids)
    if isinstance(stage.sample, np.ndarray) and stage.name != "prediction":
        width = stage.sample.shape[-1]
        vectors = strip(stage.sample.reshape(-1, width)[:_ROWS].astype(np.float32), STRIP)
        drawn["of"] = {"rows": len(vectors), "cells": vectors.shape[1], "width": width}
        drawn["strips"] = pack_signed(vectors)
    return drawn


def _pieces(stage: FlowStage) -> list[tuple[str, int]]:
    """The first sentence's first tokens, each with its id."""
    shown = (str(piece).replace(" ", "␣") for piece in stage.sample[:_PIECES])
    return list(zip(shown, stage.ids[:_PIECES], strict=True))


def _said(stage: FlowStage, flow: Flow) -> str:
    """Real values in a few words: a text, tokens with their ids, the first numbers of a vector."""
    sample = stage.sample
    if isinstance(sample, str):
        return sample
    if stage.name == "prediction":
        order = range(len(flow.labels))
        if len(order) > _LABELS:
            order = np.argsort(-sample, kind="stable")[:_LABELS].tolist()
        shown = scores(sample, flow.function)
        more = " …" if len(order) < len(shown) else ""
        return " · ".join(f"{flow.labels[i]} {shown[i]}" for i in order) + more
    if isinstance(sample, np.ndarray):
        first = sample.reshape(-1, sample.shape[-1])[0][:4]
        numbers = ", ".join(fixed(value) for value in first)
        return f"[{numbers}{' …' if sample.size > len(first) else ''}]"
    more = " …" if len(stage.ids) > _PIECES else ""
    return " · ".join(f"{piece} {id}" for piece, id in _pieces(stage)) + more
