"""What every widget of this package is: one anywidget with a stable name and a static twin."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
from __future__ import annotations

import html
import os
import textwrap
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, cast

import anywidget
import traitlets

from ... import pages
from ...deprecation import deprecated
from ...errors import BadInput
from . import last_pictures, sheets
from . import offline_page as _export
from .acting_links import read_link, write_link
from .choices import Choices, Each, check, check_keywords, check_words, nearest
from .linker import link_styled, style, withheld
from .strings import ENGLISH

held_by: ContextVar[Callable[[View], None] | None] = ContextVar("held_by", default=None)
"""Called with each view as it is shown: inside ``with guess:``, what holds it back."""

ECHO_FREE = {"sync": True, "echo_update": False}  # the browser knows what it has just sent


class Live(Protocol):
    """What a live page is made from (``live/page.py``)."""

    def page(self, title: str, *, fallback: str) -> str:
        """The page in one file; ``fallback`` is what it shows without scripts."""
        ...


class View(anywidget.AnyWidget):
    """One drawing: traits in, selection out, nothing computed but slices.

    A subclass names in ``_described`` the traits that its ``repr`` shows, writes ``summary()``
    (one sentence, also the accessible name) and ``static_html()`` (the same picture without a
    script, for GitHub, nbconvert, print and a closed notebook).
    """

    _css = style()
    _described: ClassVar[tuple[str, ...]] = ()
    _words: ClassVar[dict[str, str]] = ENGLISH  # the English words of this view's interface
    _in_links: ClassVar[tuple[str, ...]] = ()  # the traits that make up what is on screen
    _ahead: ClassVar[bool] = False  # whether a browser may choose in what Python hasn't read yet
    _unheld = ""  # the script of a view that was held back
    _hearing = False  # whether a browser's choices are being set

    _fetchable: ClassVar[dict[str, tuple[str, ...]]] = {"save": ("shared/saving.js",)}
    """What travels when it is asked for: under each name a script and its style sheets."""

    _scripts = traitlets.Dict(read_only=True).tag(sync=True)
    """The scripts that have been asked for, by name."""
    strings = traitlets.Dict(read_only=True).tag(sync=True)
    """Every word of the interface, by key, so that it can be translated."""
    _linkable = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    """The traits that a link in a lesson's prose may set."""

    def __new__(cls, *args: Any, **options: Any) -> Self:  # noqa: D102 (__init__ is shown)
        check_keywords(cls, options)  # an unknown one, before Python names "unexpected" ones
        return super().__new__(cls, *args, **options)

    def __init__(self, *, strings: dict[str, str] | None = None) -> None:
        check_words(type(self).__name__, strings or {}, self._words)
        # Before the channel opens: JupyterLab may read a state from beside a running cell.
        self.set_trait("strings", self._words | (strings or {}))
        self.set_trait("_linkable", list(self._in_links))
        super().__init__()
        self.on_msg(self._asked)
        last_pictures.offer(self)

    if not TYPE_CHECKING:  # a checker would take any name for one

        def __getattr__(self, name: str) -> Any:
            """What only the browser reads had plain names in version 0.1; they go in 0.3."""
            if name.startswith("_") or not self.has_trait(f"_{name}"):
                raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
            deprecated(f"{type(self).__name__}.{name}", f"_{name} (the browser's alone)", "0.2")
            return getattr(self, f"_{name}")

    def _choices(self) -> dict[str, Choices | Each]:
        """What a trait may be now, by its name; nothing for what isn't known yet."""
        return {}

    def _checked(self, proposal: Any) -> Any:
        """The work of a validator: a value that is no choice is refused, and the old one stays.

        A browser's choice may come late, for what was on screen before: it gets the nearest one.
        """
        name, value = proposal["trait"].name, proposal["value"]
        choices = self._choices().get(name)
        if choices is None or (self._hearing and self._ahead):
            return value
        if self._hearing:
            return nearest(value, choices)
        check(type(self).__name__, name, value, choices)
        return value

    def set_state(self, sync_data: Any) -> None:
        """Take what a browser has chosen; what is read-only here, no browser may write."""
        ours = {name for name, trait in self.traits().items() if trait.read_only}
        ours |= {"_esm", "_css"}
        self._hearing = True
        try:
            super().set_state({name: sync_data[name] for name in sync_data if name not in ours})
        finally:
            self._hearing = False

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._described)
        return f"{type(self).__name__}({shown})"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        hold = held_by.get()
        if hold is not None:
            hold(self)
        bundle: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle
        data["text/plain"] = repr(self)
        data["text/html"] = last_pictures.given(self, self.static_html())
        return data, metadata

    def withhold(self) -> Callable[[], None]:
        """Let browsers draw nothing from now on; what is returned lets them."""
        if not self.has_trait("_withheld"):
            self._unheld = self._esm
            self._esm = withheld(self._esm)
            self.add_traits(_withheld=traitlets.Bool(read_only=True).tag(sync=True))
        self.set_trait("_withheld", True)
        return lambda: self.set_trait("_withheld", False)

    def plain_state(self) -> dict[str, Any]:
        """The state for a page without Python, on which no view is held back."""
        state = self.get_state()
        if state.pop("_withheld", None) is not None:
            state["_esm"] = self._unheld
        return state

    def summary(self) -> str:
        """One sentence that says what the picture shows."""
        return repr(self)

    def link(self) -> str:
        """What is on screen as a short text; ``open_link()`` brings it back."""
        return write_link({name: self._linked(name) for name in self._in_links})

    def _linked(self, name: str) -> object:
        """The value of a trait as it is on screen: a shorter text leaves a choice behind."""
        return nearest(getattr(self, name), self._choices().get(name, ()))

    def open_link(self, link: str) -> Self:
        """Show what ``link()`` said, or a part of it: ``view.open_link("#show?layer=5&head=9")``.

        Raises:
            BadInput: the text is no such link, or names what this view does not have.
        """
        for name, value in read_link(link, type(self), self._in_links).items():
            try:
                setattr(self, name, value)
            except traitlets.TraitError as error:
                raise BadInput(f"{name}={value!r} in a link: {error}") from error
        return self

    def static_html(self) -> str:
        """The picture as HTML and SVG without a script."""
        return f"<p>{html.escape(self.summary())}</p>"

    def to_html(self, path: str | os.PathLike[str], *, live: bool = False) -> Path:
        """Write the view as one page that can still be steered, with no network and no Python.

        With ``live``, the models come along and compute in the browser: what is typed there is
        read anew. How large the file is, is said before it is written. Raises `BadInput` where the
        view or its models can't do that, or a model has more than 200 MB of numbers.
        """
        target = Path(path)
        if live:
            text = self.live_view().page(self.summary(), fallback=self.static_html())
            print(
                f"{target.name}: {len(text.encode()) / 1e6:.0f} MB, with the models' numbers in it"
            )
            target.write_text(text, "utf-8")
            return target
        state = self.plain_state() | {"_scripts": {}} | self._exported()
        title = textwrap.shorten(self.summary(), 150, placeholder=" …")
        text = _export.page(
            title, state, self._recorded(), fallback=self.static_html(), later=self._later()
        )
        target.write_text(text, "utf-8")
        return target

    def to_svg(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture as one SVG, for papers and slides."""
        target = Path(path)
        target.write_text(self._svg(), "utf-8")
        return target

    def _svg(self) -> str:
        return sheets.stack(self._pictures(), self.summary())

    def _asked(self, _view: object, content: object, _buffers: object) -> None:
        """What a browser asks for: one of the scripts that come later, or a picture to save."""
        asked = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
        if "save" in asked:
            self._save_picture(asked["save"])
        elif isinstance(asked.get("fetch"), str) and asked["fetch"] in self._fetchable:
            self._send_script(asked["fetch"])

    def _send_script(self, name: str) -> None:
        """Send a script that comes later, unless it is there."""
        if name not in self._scripts:
            self.set_trait("_scripts", self._scripts | {name: link_styled(*self._fetchable[name])})

    def _save_picture(self, kind: Any) -> None:
        """What *Save picture* asks for: the picture, or its numbers as CSV."""
        text = _export.csv_text(self._table_rows()) if kind == "csv" else self._svg()
        self.send({"saved": kind, "text": text, "name": type(self).__name__})

    def to_table(self) -> Any:
        """The numbers on screen as records: a pandas frame if pandas is there, else dicts."""
        return _export.table(self._table_rows())

    def live_view(self) -> Live:
        """What a page needs to compute what this view shows.

        Raises:
            BadInput: the view shows nothing that a page could compute, or its models are not there.
        """
        raise BadInput(
            f"{type(self).__name__} has nothing that a page could compute; to_html(path) without "
            "live=True keeps what is on screen. PipelineExplorer and AttentionView can be live."
        )

    def _later(self) -> dict[str, tuple[str, ...]]:
        """The scripts and styles that a page without Python runs when the view asks for them."""
        return {}

    def _exported(self) -> dict[str, Any]:
        """State that differs in a page without Python."""
        return {}

    def _recorded(self) -> list[_export.Recorded]:
        """What Python would answer in such a page."""
        return []

    def _pictures(self) -> list[str]:
        """The picture as SVGs, from top to bottom."""
        return []

    def _table_rows(self) -> list[dict[str, Any]]:
        """The numbers on screen, a dict for each row."""
        return [{"summary": self.summary()}]

    def to_static_html(self, path: str | os.PathLike[str]) -> Path:
        """Write ``static_html()`` as one page that opens anywhere, with no network."""
        page = pages.page(type(self).__name__, self.static_html())
        target = Path(path)
        target.write_text(page, "utf-8")
        return target
