"""An attention view outside a browser: its square in numbers, words, print and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...engine.attention_analysis import HeadKinds, hide, merge, word_groups
from ...engine.plain_attention import Attention
from ...rounding import fixed, share
from ...trace import Tokens, Trace
from ..shared import svg as _static
from ..shared.answer import answer_bars, answered
from ..shared.choices import Choices, Each
from ..shared.titles import TITLES
from . import data
from .traits import AttentionTraits

_MOST = 64  # tokens of a static square


class AttentionPictures(AttentionTraits):
    """What is on screen of ``_attended``; the answer beside it where something ``_ran``."""

    _attended: Attention
    _ran: Trace | None = None
    _kinds: HeadKinds

    def _choices(self) -> dict[str, Choices | Each]:
        if not hasattr(self, "_attended"):
            return {}
        layers, heads, rows, columns = self._attended.weights.shape
        return {
            "layer": range(layers),
            "head": range(heads),
            "token": range(-1, rows),
            "key": range(-1, columns),
            "source": data.sources(self._attended),
        }

    @traitlets.validate("layer", "head", "token", "key", "source")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    @property
    def selected(self) -> NDArray[np.float32]:
        """The square on screen, rows look: (T, T), or (words, words); each row sums to 1."""
        attention = self._attended
        square = data.weights(attention, self.source, self.layer, self.head)
        if self.words:
            groups = word_groups(attention.tokens)
            square = merge(square, groups, word_groups(attention.keys))
        if self.specials == "shown":
            return square
        rows, columns = self._specials(attention.tokens), self._specials(attention.keys)
        return hide(square, rows, columns, renormalise=self.specials == "renormalised")

    @property
    def labels(self) -> tuple[str, ...]:
        """What the rows of ``selected`` are called."""
        return self._names(self._attended.tokens)

    @property
    def key_labels(self) -> tuple[str, ...]:
        """What the columns of ``selected`` are called, as the rows where a text reads itself."""
        return self._names(self._attended.keys)

    def _specials(self, tokens: Tokens) -> list[bool]:
        """Which rows of the square are special tokens."""
        if not self.words:
            return list(tokens.special)
        return [tokens.special[group[0]] for group in word_groups(tokens)]

    def _names(self, tokens: Tokens) -> tuple[str, ...]:
        names: Sequence[str] = data.word_labels(tokens) if self.words else data.labels(tokens)
        pairs = zip(names, self._specials(tokens), strict=True)
        return tuple(name for name, special in pairs if self.specials == "shown" or not special)

    def describe(self, layer: int, head: int) -> str:
        """One line on what a head does in this text, computed from its weights."""
        name, value = self._kinds.kind(layer, head)
        names = data.labels(self._attended.keys)
        return cast("dict[str, str]", self.strings)[f"kind_{name}"].format(
            value=share(value) if name == "broad" else fixed(value),
            first=names[0],
            last=names[-1],
            favourite=names[int(self._kinds.favourite[layer, head])],
        )

    def summary(self) -> str:
        """The chosen head, and the answer where there is one, in one sentence."""
        attention, run = self._attended, self._ran
        answer = (
            {"label": run.prediction.label, "confidence": answered(run.prediction)} if run else {}
        )
        return self.strings["summary_attention" if run else "summary_arrays"].format(
            model=TITLES.get(attention.architecture, attention.model),
            count=len(attention.tokens),
            layer=self.layer,
            head=self.head,
            kind=self.describe(self.layer, self.head),
            **answer,
        )

    def static_html(self) -> str:
        """The chosen head as a heatmap, and the answer, if there is one, as bars: no script."""
        attention, parts = self._attended, list[str]()
        if max(len(attention.tokens), len(attention.keys)) <= _MOST:
            title = _static.head_title(attention, self.layer, self.head)
            rows, columns = data.labels(attention.tokens), data.labels(attention.keys)
            square = attention.weights[self.layer, self.head]
            color = _static.color_of(attention)
            parts.append(_static.heatmap(rows, square, keys=columns, title=title, above=color))
        return _static.page(self.summary(), *parts, *self._answer_bars())

    def _pictures(self) -> list[str]:
        square = _static.heatmap(
            self.labels,
            self.selected,
            keys=self.key_labels,
            title=self.summary(),
            above=_static.color_of(self._attended),
        )
        return [square, *self._answer_bars()]

    def _answer_bars(self) -> list[str]:
        if self._ran is None:
            return []
        return [answer_bars(self._ran.prediction, color=_static.color_of(self._attended))]

    def _table_rows(self) -> list[dict[str, Any]]:
        return data.square_rows(self.labels, self.key_labels, weight=self.selected)

    def figure(self) -> Any:
        """The square on screen, and the answer, as a ``plotly.graph_objects.Figure``."""
        from ..shared.figures import attention_figure

        names = self.labels, self.key_labels
        prediction = self._ran.prediction if self._ran else None
        return attention_figure(names, self.selected, prediction, self.summary())
