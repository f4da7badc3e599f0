"""A text beyond a model's limit, window by window: each one's answer, and the answer of all."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from ...engine.windows import Windows
from ...errors import BadInput
from ..shared import sheets
from ..shared import svg as _static
from ..shared.answer import answer_bars
from ..shared.choices import Choices, Each
from ..shared.linker import link, style
from ..shared.titles import title_of
from ..shared.view import View
from .strings import WINDOWS


class WindowsView(View):
    """``pw.WindowsView(pipeline.windows(text))``: a long text in windows that overlap.

    A bar for each window shows where it lies in the text, and what the model answers to it alone;
    above stands what they answer together, how that was combined, and the answer to the text cut
    at the limit, which is what ``trace`` gives. ``window`` is the one whose text is shown.
    """

    _esm = link("windows/view.js")
    _css = style("windows/view.css")
    _words: ClassVar[dict[str, str]] = WINDOWS
    _described: ClassVar[tuple[str, ...]] = ("window",)
    _in_links: ClassVar[tuple[str, ...]] = ("window",)

    window = traitlets.Int(0).tag(sync=True)
    """The window whose text is shown, counted from 0."""
    _data = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self, windows: Windows, *, window: int = 0, strings: dict[str, str] | None = None
    ) -> None:
        if not isinstance(windows, Windows):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadInput(
                "WindowsView shows what pipeline.windows(text) gave; got "
                f"{type(windows).__name__}: {windows!r:.80}."
            )
        super().__init__(strings=strings)
        self.windows = windows
        self.set_trait("_data", self._packed())
        self.window = window

    def _choices(self) -> dict[str, Choices | Each]:
        known = getattr(self, "windows", None)
        return {"window": range(len(known.traces))} if known else {}

    @traitlets.validate("window")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    def _packed(self) -> dict[str, Any]:
        found = self.windows
        first, answer = found.traces[0], found.prediction
        return {
            "title": title_of(first.model),
            "architecture": first.architecture,
            "text": found.text,
            "limit": len(first.tokens),
            "overlap": found.overlap,
            "how": self._how(),
            "spans": [list(span) for span in found.spans],
            "scores": found.scores.tolist(),
            "combined": answer.scores.tolist(),
            "labels": list(answer.labels),
            "function": answer.function,
            "threshold": answer.threshold,
        }

    def _how(self) -> str:
        """The word for the way in which the windows' answers were combined."""
        answer = self.windows.prediction
        each = answer.function == "sigmoid" and not answer.one_score
        return "surest_each" if self.windows.combine == "surest" and each else self.windows.combine

    def summary(self) -> str:
        """How many windows there are, and what they answer together."""
        found = self.windows
        key = "summary" if len(found.traces) > 1 else "summary_whole"
        return self.strings[key].format(
            model=self._data["title"],
            characters=len(found.text),
            count=len(found.traces),
            said=found.prediction.said,
            how=self.strings[self._how()],
        )

    def static_html(self) -> str:
        """The combined answer as bars, and a table of the windows."""
        rows = _static.table(self._header(), self._rows())
        return _static.page(self.summary(), self._bars(), rows)

    def _pictures(self) -> list[str]:
        return [self._bars(), sheets.table(self._header(), self._rows())]

    def _bars(self) -> str:
        found = self.windows
        return answer_bars(found.prediction, color=_static.color_of(found.traces[0]))

    def _header(self) -> tuple[str, str, str]:
        words = self.strings
        return words["window"].format(number="").strip(), "", words["answer"]

    def _rows(self) -> list[tuple[str, str, str]]:
        return [
            (
                str(number),
                self.strings["place"].format(start=start, end=end),
                trace.prediction.said,
            )
            for number, (trace, (start, end)) in enumerate(
                zip(self.windows.traces, self.windows.spans, strict=True), start=1
            )
        ]

    def _table_rows(self) -> list[dict[str, Any]]:
        found = self.windows
        return [
            {"window": number, "start": start, "end": end, "label": label, "score": float(score)}
            for number, ((start, end), scores) in enumerate(
                zip(found.spans, found.scores, strict=True), start=1
            )
            for label, score in zip(found.prediction.labels, scores, strict=True)
        ]
