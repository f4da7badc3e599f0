"""Fill in the blank: hide a word, and read at every keystroke what each model would put there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

import traitlets

from ...cores import one_core_spared
from ...engine.filling import Fill
from ...engine.pipeline import Pipeline
from ...errors import BadInput
from ...rounding import fixed
from ..shared import sheets
from ..shared import svg as _static
from ..shared.choices import Choices, Each
from ..shared.linker import link, style
from ..shared.titles import TITLES
from ..shared.view import ECHO_FREE, View
from .reading import count_blanks, panel, read
from .static import DIGITS, after_rows, candidate_bars, full_bar, written
from .strings import FILL

MOST = 50  # pieces in a list
EXAMPLE = "The film was <mask> and I loved it."


class FillView(View):
    """Hide a word by pressing it, or type ``<mask>``, and read what the models put in its place.

    ``models`` are one or two names for ``load()`` or loaded pipelines; ``k`` is how many pieces are
    listed. A checkpoint without a masked-LM head says so in its place. Under the list stands what
    the same head makes of the blank's vector after each layer.

    ``text``, ``hidden`` and ``blank`` can be set, observed and linked; ``fills`` hands what is on
    screen to the next cell.
    """

    _esm = link("fill/view.js")
    _css = style("fill/view.css")
    _words: ClassVar[dict[str, str]] = FILL
    _described: ClassVar[tuple[str, ...]] = ("text", "models")
    _in_links: ClassVar[tuple[str, ...]] = ("text", "blank")
    _ahead: ClassVar[bool] = True

    _typing = traitlets.Bool(True, read_only=True).tag(sync=True)
    """Whether there is a text box."""
    text = traitlets.Unicode("").tag(**ECHO_FREE)
    """The sentence, each blank as ``<mask>`` or ``[MASK]``."""
    hidden = traitlets.List(traitlets.Unicode()).tag(**ECHO_FREE)
    """The word that was hidden in each blank; "" where none is known."""
    blank = traitlets.Int(0).tag(**ECHO_FREE)
    """The blank whose pieces are listed, counted from 0."""
    _sequence = traitlets.Int(0).tag(**ECHO_FREE)
    """Counts what is typed, so that a late answer is not drawn over a newer one."""
    _names = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    _result = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        text: str = EXAMPLE,
        *,
        models: Sequence[str | Pipeline] = ("roberta", "distilbert"),
        k: int = 8,
        strings: dict[str, str] | None = None,
    ) -> None:
        if isinstance(models, str) or not 1 <= len(models) <= 2:
            raise BadInput('models is a list of one or two names or pipelines: ("roberta",)')
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadInput(f"A text is a str, not {type(text).__name__}: {text!r}.")
        if not isinstance(k, int) or not 1 <= k <= MOST:  # pyright: ignore
            raise BadInput(f"k is how many pieces to list, 1 to {MOST}; got {k!r}.")
        super().__init__(strings=strings)
        self._k = k
        self._readers = [_loaded(model) for model in models]
        self._found: list[Fill | str] = []
        self._read_last: tuple[str, list[str], int] | None = None
        self.set_trait("_names", [TITLES.get(one.architecture, one.name) for one in self._readers])
        self.text = text
        self._read()

    def _choices(self) -> dict[str, Choices | Each]:
        return {"blank": range(max(1, count_blanks(self.text)))}

    @traitlets.validate("blank")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models."""
        return tuple(one.name for one in self._readers)

    @property
    def fills(self) -> tuple[Fill | None, ...]:
        """What each model puts into the blanks; None where there is none, or no head for it."""
        return tuple(one if isinstance(one, Fill) else None for one in self._found)

    @traitlets.observe("text", "hidden", "_sequence")
    def _typed(self, change: Any) -> None:
        if not hasattr(self, "_found"):
            return
        if change["name"] == "text" and not self._hearing:  # a browser says what it hid
            self.hidden = []
        self._read()

    def _read(self) -> None:
        """Let every model read the text, once for each that came."""
        count = count_blanks(self.text)
        if len(self.hidden) != count:
            self.hidden = ["" for _ in range(count)]
        last = self.text, list(self.hidden), self._sequence
        if last == self._read_last:
            return
        if self._read_last is None or self._read_last[0] != self.text:
            with one_core_spared():  # for the browser
                self._found = [read(one, self.text, self._k) for one in self._readers if count]
        self._read_last = last
        if self.blank >= max(1, count):
            self.blank = max(1, count) - 1
        self.set_trait("_result", self._answer())

    def _answer(self) -> dict[str, Any]:
        parts = zip(self._names, self._readers, self._found, strict=False)
        panels = [panel(*part, hidden=list(self.hidden)) for part in parts]
        return {"text": self.text, "sequence": self._sequence, "panels": panels}

    @property
    def _panels(self) -> list[dict[str, Any]]:
        """The panels that have something in the chosen blank."""
        return [one for one in self._all if self.blank < len(one["blanks"])]

    @property
    def _all(self) -> list[dict[str, Any]]:
        return cast("list[dict[str, Any]]", self._result["panels"])

    def summary(self) -> str:
        """What each model puts into the chosen blank, its three likeliest pieces."""
        words = self.strings
        if not self._found:
            return words["summary_none"].format(text=self.text)
        said = [one["trouble"] for one in self._all if one["trouble"]]
        for one in self._panels:
            best = written(one, self.blank, words)[:3]
            pieces = ", ".join(
                words["row"].format(piece=name, probability=fixed(p, DIGITS)) for name, p in best
            )
            said.append(
                words["summary_fill"].format(model=one["title"], text=self.text, pieces=pieces)
            )
        return " ".join(said)

    def _titles_and_bars(self) -> list[tuple[dict[str, Any], str, str]]:
        """Each panel with its title and its bars."""
        most = full_bar(self._panels, self.blank)
        found: list[tuple[dict[str, Any], str, str]] = []
        for one, color in zip(self._all, _colors(self._all), strict=False):
            if one not in self._panels:
                continue
            title = self.strings["likeliest"].format(model=one["title"])
            candidates = written(one, self.blank, self.strings)
            bars = candidate_bars(candidates, title=title, most=most, color=color)
            found.append((one, title, bars))
        return found

    def static_html(self) -> str:
        """The pieces with their bars and the reading after each layer, without a script."""
        parts: list[str] = []
        words = self.strings
        for one, title, bars in self._titles_and_bars():
            rows = after_rows(one, self.blank, words)
            header = (words["after"], words["reading"])
            parts += [f"<p>{_static.escape(title)}</p>", bars, _static.table(header, rows)]
        return _static.page(self.summary(), *parts)

    def _pictures(self) -> list[str]:
        found: list[str] = []
        for one, _, bars in self._titles_and_bars():
            header = (f"{one['title']}: {self.strings['after']}", self.strings["reading"])
            found += [bars, sheets.table(header, after_rows(one, self.blank, self.strings))]
        return found

    def _table_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "model": fill.model,
                "blank": blank,
                "after": layer,
                "place": place,
                "piece": one.piece,
                "probability": one.probability,
            }
            for fill in self.fills
            if fill is not None
            for layer, blanks in enumerate(fill.after_layers)
            for blank, candidates in enumerate(blanks)
            for place, one in enumerate(candidates, start=1)
        ] or super()._table_rows()

    def _exported(self) -> dict[str, Any]:
        return {"_typing": False}


def _loaded(model: str | Pipeline) -> Pipeline:
    if isinstance(model, Pipeline):
        return model
    from ...engine import load

    return load(model)


def _colors(panels: Sequence[dict[str, Any]]) -> list[str]:
    """The models' colours; of one family, the second takes the other."""
    first = "distilbert" if panels and panels[0]["architecture"] == "distilbert" else "roberta"
    names = [first, *(name for name in _static.COLORS if name != first)]
    return [_static.COLORS[name] for name in names]
