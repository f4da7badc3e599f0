"""What two models cost and give, measured here, beside what the papers say and of what."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import traitlets

from ...engine.examples import Sentence
from ...engine.pipeline import Pipeline
from ...jobs import Job
from ...rounding import fixed
from ..metrics.strings import COST
from ..shared.linker import link, style
from ..shared.plotly_extra import graph_objects
from ..shared.titles import TITLES
from ..shared.view import View
from . import measuring as _measuring
from . import static as drawn
from .measuring import QUANTITIES

TIMED = 25  # sentences


class CostView(View):
    """``CostView("roberta", "distilbert")``: the second model beside the first.

    Parameters, file size, memory, time for a sentence and held-out accuracy are measured when the
    view is made, in the background; ``wait()`` gives them as a dict. The third column is what the
    papers say, and of which models. Accuracy is left out where a model gives no label: a score, or
    several labels at once.
    """

    _esm = link("cost/view.js")
    _css = style("cost/view.css")
    _words: ClassVar[dict[str, str]] = COST
    _described: ClassVar[tuple[str, ...]] = ("names",)

    _job: Job[None] | None = None

    names = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    """What the two models are called."""
    rows = traitlets.List(read_only=True).tag(sync=True)
    """One dict for each quantity: its words, both figures as texts and numbers, the ratio."""
    _claims = traitlets.List(read_only=True).tag(sync=True)
    _error = traitlets.Unicode("", read_only=True).tag(sync=True)

    def __init__(
        self,
        first: str | Pipeline = "roberta",
        second: str | Pipeline = "distilbert",
        *,
        sentences: Iterable[Sentence] | None = None,
        strings: dict[str, str] | None = None,
    ) -> None:
        self.models: list[Pipeline] = [_load(first), _load(second)]
        self.sentences: list[Any] = list(_held_out() if sentences is None else sentences)
        comparable = _measuring.comparable(self.models, self.sentences)
        self.quantities = tuple(q for q in QUANTITIES if comparable or q != "accuracy")
        self.figures: dict[str, list[float]] = {}
        self.set_trait("names", [TITLES.get(model.name, model.name) for model in self.models])
        super().__init__(strings=strings)  # the channel opens with all of this
        self._job = Job[None](self._work, say=lambda _: self._draw(), done=self._finished)
        self._job.start()

    def wait(self, seconds: float | None = None) -> dict[str, list[float]]:
        """Each quantity's two figures, measured to the end."""
        if self._job is not None:
            self._job.wait(seconds)
        return dict(self.figures)

    def close(self) -> None:
        """Stop measuring, and leave the screen."""
        if self._job is not None:
            self._job.stop()
        super().close()

    @property
    def smaller(self) -> float:
        """By what share the second model has fewer parameters than the first."""
        return 1 - self._ratio("parameters")

    @property
    def faster(self) -> float:
        """By what share the second model reads more sentences in the same time."""
        return 1 / self._ratio("milliseconds") - 1

    @property
    def kept(self) -> float:
        """The share of the first model's accuracy that the second has."""
        return self._ratio("accuracy")

    def _ratio(self, quantity: str) -> float:
        first, second = self.figures.get(quantity, (math.nan, math.nan))
        return second / first if first else math.nan

    def _work(self, job: Job[None]) -> None:
        texts = [one.text for one in self.sentences[:TIMED]]
        measures: dict[str, Callable[[], list[float]]] = {
            "parameters": lambda: [m.parameters / 1e6 for m in self.models],
            "layers": lambda: [float(m.config.layers) for m in self.models],
            "megabytes": lambda: [_measuring.megabytes(m) for m in self.models],
            "milliseconds": lambda: _measuring.milliseconds(self.models, texts),
            "accuracy": lambda: [_measuring.accuracy(m, self.sentences) for m in self.models],
            "memory": lambda: [_measuring.memory(m) for m in self.models],
        }
        for quantity, measure in measures.items():
            if job.stopped:
                return
            if quantity in self.quantities:
                self.figures[quantity] = measure()
                job.tell(None)

    def _finished(self, error: Exception | None) -> None:
        if error is not None:
            self.set_trait("_error", str(error) or repr(error))

    @traitlets.default("rows")
    def _rows(self) -> list[dict[str, Any]]:
        return [self._row(quantity) for quantity in self.quantities]

    @traitlets.default("_claims")
    def _claims_now(self) -> list[list[str]]:
        """The three claims, each with what was found here; empty until it is measured."""
        words = self.strings
        found: list[list[str]] = []
        for claim, share, signs in (
            ("smaller", self.smaller, ("smaller", "larger")),
            ("faster", self.faster, ("faster", "slower")),
        ):
            direction = words[signs[0] if share >= 0 else signs[1]]
            said = words[f"here_{claim}"].format(percent=_percent(share), direction=direction)
            found.append([words[f"claim_{claim}"], said if math.isfinite(share) else ""])
        if "accuracy" in self.quantities:
            kept = words["here_quality"].format(percent=fixed(100 * self.kept, 1))
            found.append([words["claim_quality"], kept if math.isfinite(self.kept) else ""])
        return found

    def _draw(self) -> None:
        self.set_trait("rows", self._rows())
        self.set_trait("_claims", self._claims_now())

    def _row(self, quantity: str) -> dict[str, Any]:
        words = self.strings
        figures = self.figures.get(quantity)
        digits = {"parameters": 1, "megabytes": 1, "memory": 0, "milliseconds": 1, "accuracy": 1}
        places, unit = digits.get(quantity, 0), words[f"unit_{quantity}"]
        known = [value for value in figures or () if math.isfinite(value)]
        ratio = self._ratio(quantity)
        return {
            "quantity": quantity,
            "name": words[quantity].format(count=len(self.sentences)),
            "unit": unit,
            "said": [f"{fixed(value, places)} {unit}".strip() for value in known],
            "values": [float(value) for value in known],
            "ratio": fixed(ratio) if math.isfinite(ratio) else "",
            "paper": words[f"paper_{quantity}"],
            "source": words[f"source_{quantity}"],
        }

    @property
    def caveat(self) -> str:
        """Why another number here is no contradiction."""
        return self.strings["caveat"].format(a=self.names[0], b=self.names[1])

    def summary(self) -> str:
        """The three claims as found here, in one sentence."""
        names = {"a": self.names[0], "b": self.names[1]}
        said = [found for _, found in self._claims_now()]
        if not all(said):
            return self.strings["summary_waiting"].format(**names)
        parts = dict(zip(("smaller", "faster", "quality"), said, strict=False))
        key = "summary" if "accuracy" in self.quantities else "summary_size"
        return self.strings[key].format(**names, **parts)

    def static_html(self) -> str:
        """Claims, bars and the papers' words, without a script."""
        claims, words = self._claims_now(), self.strings
        return drawn.page(self.summary(), self._rows(), claims, self.names, words, self.caveat)

    def _pictures(self) -> list[str]:
        claims, words = self._claims_now(), self.strings
        return drawn.pictures(self._rows(), claims, self.names, words, self.caveat)

    def _table_rows(self) -> list[dict[str, Any]]:
        return drawn.table_rows(self._rows(), self.figures, self.names)

    def figure(self) -> Any:
        """Each quantity of the second model as a share of the first, as plotly bars."""
        go = graph_objects()

        known = [row for row in self.rows if row["ratio"]]
        bars = go.Bar(
            x=[row["name"] for row in known],
            y=[float(row["ratio"]) for row in known],
            text=[row["ratio"] for row in known],
        )
        title = self.strings["ratio"].format(a=self.names[0], b=self.names[1])
        return go.Figure(bars, layout={"yaxis": {"title": title}})


def _load(model: str | Pipeline) -> Pipeline:
    if isinstance(model, Pipeline):
        return model
    from ...engine import load

    return load(model)


def _held_out() -> Iterable[Any]:
    from ...engine.examples import sentences

    return sentences("held-out")


def _percent(share: float) -> str:
    return fixed(100 * abs(share), 0) if math.isfinite(share) else ""
