"""The sub-words of a text over the text itself, for one tokenizer or two, aligned by characters."""

from __future__ import annotations

from typing import Any, ClassVar

from ..shared.figures import token_figure
from .single import Single
from .static import token_rows


class TokenView(Single):
    """Sub-words, ids and the steps that cut them; two traces of one text are aligned."""

    _drawable: ClassVar[tuple[str, ...]] = ("text", "tokens")
    _summarised: ClassVar[str] = "summary_tokens"

    def _table_rows(self) -> list[dict[str, Any]]:
        return [row for trace in self.traces for row in token_rows(trace)]

    def figure(self) -> Any:
        """The tokens as a plotly table."""
        return token_figure(self.trace)
