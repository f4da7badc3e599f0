"""The stages of one or two traces under one another, token by token: the base of several views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...deprecation import renamed
from ...errors import BadInput
from ...trace import STAGES, Trace
from ..shared import svg as _static
from ..shared.answer import answer_bars, answered
from ..shared.choices import Choices, Each, check
from ..shared.linker import link, style
from ..shared.offline_page import Recorded
from ..shared.strings import ENGLISH
from ..shared.titles import TITLES
from ..shared.view import View
from .code import CODE, code
from .panel import clamp, panel
from .static import head_rows, pictures, recorded
from .strings import STAGE_WORDS

PARTS = ("halves", "mixing")  # what opens inside a stage
HIDEABLE = (
    *STAGES,
    "models",
    "examples",
    "pin",
    "guide",
    "save",
    "ids",
    "probabilities",
    "times",
    "code",
)
"""What ``hide`` may name: a stage, a control, or a kind of number."""


class StagesView(View):
    """Traces drawn stage by stage; a token chosen in one place is marked in all."""

    _esm = link("stages/explorer.js")
    _css = style("stages/view.css")
    _words: ClassVar[dict[str, str]] = ENGLISH | STAGE_WORDS
    _ahead: ClassVar[bool] = True
    _fetchable: ClassVar[dict[str, tuple[str, ...]]] = View._fetchable | {
        "guide": ("stages/guide.js", "stages/guide.css"),
        "inside": ("stages/inside.js", "stages/inside.css"),
        "heat": ("stages/head_view.js",),
    }
    _drawable: ClassVar[tuple[str, ...]] = STAGES
    _summarised: ClassVar[str] = "summary"
    _in_links: ClassVar[tuple[str, ...]] = ("layer", "head", "token", "panel", "opened", "drawing")

    _typing = traitlets.Bool(False, read_only=True).tag(sync=True)
    _stages = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    """The stages that are drawn."""
    _hidden = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    """What is left out: names of ``HIDEABLE``."""
    opened = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """The stages whose details are open."""
    layer = traitlets.Int(0).tag(sync=True)
    """The chosen layer, counted from 0; beyond a shallower model's last it is its last."""
    head = traitlets.Int(0).tag(sync=True)
    """The chosen head, counted from 0."""
    token = traitlets.Int(0).tag(sync=True)
    """The chosen token, counted from 0 in panel ``panel``."""
    panel = traitlets.Int(0).tag(sync=True)
    """Which of the traces on screen ``token`` belongs to."""
    drawing = traitlets.Enum(("curves", "heatmap"), "curves").tag(sync=True)
    """How the chosen head is drawn."""
    lane = renamed("lane", "panel", "0.2")
    _codes = traitlets.Dict(read_only=True).tag(sync=True)
    _summary_key = traitlets.Unicode(read_only=True).tag(sync=True)
    _result = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        layer: int = 0,
        head: int = 0,
        token: int = 0,
        *,
        opened: Sequence[str] = (),
        hide: Sequence[str] = (),
        strings: dict[str, str] | None = None,
    ) -> None:
        if unknown := sorted({hide} if isinstance(hide, str) else set(hide) - set(HIDEABLE)):
            raise BadInput(f"can't hide {unknown[0]!r}; hide is a list of {', '.join(HIDEABLE)}")
        super().__init__(strings=strings)
        self.set_trait("_stages", [stage for stage in self._drawable if stage not in hide])
        self.set_trait("_hidden", sorted(hide))
        self.set_trait("_codes", CODE)
        self.set_trait("_summary_key", self._summarised)
        self._traces: list[Trace] = []
        self._after: list[NDArray[np.float32]] = []
        self.layer, self.head, self.token, self.opened = layer, head, token, list(opened)

    def _choices(self) -> dict[str, Choices | Each]:
        traces: list[Trace] = getattr(self, "_traces", [])
        known: dict[str, Choices | Each] = {"opened": (*self._drawable, *PARTS)}
        if not traces:
            return known
        shapes = [trace.layers.attention.shape for trace in traces]
        tokens = len(traces[clamp(self.panel, len(traces))].tokens)
        return known | {
            "layer": range(max(shape[0] for shape in shapes)),
            "head": range(max(shape[1] for shape in shapes)),
            "token": range(tokens),
            "panel": range(len(traces)),
        }

    @traitlets.validate("layer", "head", "token", "panel", "opened")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    @property
    def traces(self) -> tuple[Trace, ...]:
        """The traces on screen, one for each model shown."""
        return tuple(self._traces)

    @property
    def trace(self) -> Trace:
        """The trace of the first model shown."""
        return self._traces[0]

    @property
    def selected(self) -> NDArray[np.float32]:
        """The chosen head's attention from the chosen token: (T,), sums to 1."""
        trace, layer, head = self._chosen()
        return trace.layers.attention[layer, head, clamp(self.token, len(trace.tokens))]

    def code(self, stage: str) -> str:
        """The lines of Python that reproduce what ``stage`` shows of the chosen trace."""
        if stage not in CODE:
            raise BadInput(f"no stage {stage!r}; stages: {', '.join(STAGES)}")
        trace, layer, head = self._chosen()
        size = len(trace.tokens)
        blanks = {"layer": layer, "head": head, "shape": (size, size)}
        token = clamp(self.token, size)
        return code(stage, self._codes, model=trace.model, text=trace.text, token=token, **blanks)

    def _chosen(self) -> tuple[Trace, int, int]:
        trace = self._traces[clamp(self.panel, len(self._traces))]
        layers, heads = trace.layers.attention.shape[:2]
        return trace, clamp(self.layer, layers), clamp(self.head, heads)

    def _show(self, traces: list[Trace], after: list[NDArray[np.float32]]) -> None:
        first = not self._traces
        self._traces, self._after = traces, after
        if first:
            self._check_what_was_given()
        self._draw()

    def _check_what_was_given(self) -> None:
        """Refuse what the constructor was given and the first traces don't have."""
        try:
            for name, choices in self._choices().items():
                check(type(self).__name__, name, getattr(self, name), choices)
        except BadInput:
            self._traces = []
            raise

    @traitlets.observe("layer", "head", "opened")
    def _redraw(self, _change: object) -> None:
        if getattr(self, "_traces", None):
            self._draw()

    def _draw(self) -> None:
        opened = tuple(self.opened)
        self.set_trait("_result", self._answer_with(self._panels(opened)))

    def _panels(self, opened: tuple[str, ...]) -> list[dict[str, Any]]:
        return [
            panel(
                trace,
                after,
                layer=self.layer,
                head=self.head,
                open_stages=opened,
                drawn_stages=self._drawable,
            )
            for trace, after in zip(self._traces, self._after, strict=True)
        ]

    def _answer_with(self, panels: list[dict[str, Any]]) -> dict[str, Any]:
        return {"text": self._traces[0].tokens.text, "panels": panels}

    def summary(self) -> str:
        """What each model makes of the text, in one sentence."""
        return " ".join(
            self.strings[self._summarised].format(
                model=TITLES.get(trace.architecture, trace.model),
                count=len(trace.tokens),
                width=trace.layers.hidden.shape[2],
                pieces=" ".join(_visible(trace)[:12]),
                label=trace.prediction.label,
                confidence=answered(trace.prediction),
            )
            for trace in self._traces
        )

    def static_html(self) -> str:
        """Tokens, the chosen head and the prediction of each trace, without a script."""
        parts: list[str] = []
        for trace in self._traces:
            if "tokens" in self._drawable:
                parts.append(_static.token_table(trace))
            if "layers" in self._drawable and len(trace.tokens) <= 64:
                parts.append(self._static_head(trace))
            if "prediction" in self._drawable:
                prediction = trace.prediction
                color = _static.color_of(trace)
                parts.append(answer_bars(prediction, color=color))
        return _static.page(self.summary(), *parts)

    def _exported(self) -> dict[str, Any]:
        """Without Python nothing can be read anew; every stage that is drawn can be opened."""
        result = self._answer_with(self._panels(tuple(self._drawable)))
        return {"_typing": False, "_result": result}

    def _recorded(self) -> list[Recorded]:
        return recorded(self._traces, self.layer) if "layers" in self._drawable else []

    def _pictures(self) -> list[str]:
        heads = [self._static_head(trace) for trace in self._traces]
        return pictures(self._traces, self._drawable, heads)

    def _table_rows(self) -> list[dict[str, Any]]:
        return head_rows(self._traces, self.layer, self.head)

    def _static_head(self, trace: Trace) -> str:
        layers, heads = trace.layers.attention.shape[:2]
        layer, head = clamp(self.layer, layers), clamp(self.head, heads)
        title = _static.head_title(trace, layer, head)
        weights, color = trace.layers.attention[layer, head], _static.color_of(trace)
        return _static.heatmap(trace.tokens.shown, weights, title=title, above=color)


def _visible(trace: Trace) -> list[str]:
    """The pieces as the chips show them: a blank that covers no letter is "␣"."""
    pairs = zip(trace.tokens.shown, trace.tokens.spans, strict=True)
    return [shown.replace("Ġ", "␣") if start == end else shown for shown, (start, end) in pairs]
