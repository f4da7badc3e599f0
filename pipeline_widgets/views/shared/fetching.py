"""Scripts that a view needs only sometimes: each travels when it is asked for first."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import traitlets

from .linker import link_styled
from .view import View


class Fetching(View):
    """A view of which some parts come later; `fetched.js` asks for them."""

    _fetchable: ClassVar[dict[str, tuple[str, ...]]] = {}
    """What may be asked for: under each name a script and its style sheets, in ``views/``."""

    scripts = traitlets.Dict(read_only=True).tag(sync=True)
    """The scripts that have been asked for, by name."""

    def __init__(self, *, strings: dict[str, str] | None = None) -> None:
        super().__init__(strings=strings)
        self.on_msg(self._fetch)

    def _fetch(self, _view: object, content: object, _buffers: object) -> None:
        if isinstance(content, dict):
            name = cast("dict[str, Any]", content).get("fetch")
            if isinstance(name, str) and name in self._fetchable:
                self._send_script(name)

    def _send_script(self, name: str) -> None:
        """Send a script, unless it is there."""
        if name not in self.scripts:
            self.set_trait("scripts", self.scripts | {name: link_styled(*self._fetchable[name])})
