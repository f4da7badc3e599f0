"""A view's picture as it last was on screen, for a notebook that is read without its kernel.

The JupyterLab extension of this package opens a channel and names the views that it shows. It is
sent each one's static picture a moment after the view has changed, and keeps it in the notebook.
Where nobody asks, nothing is made.
"""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownLambdaType=false
from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from weakref import WeakKeyDictionary, WeakValueDictionary

import comm

TARGET = "pipeline-widgets:pictures"  # closed.js has the same name
QUIET = 1.0  # seconds without a change after which a picture is made


class Pictured(Protocol):
    """What is asked of a view."""

    model_id: Any

    def static_html(self) -> str:
        """Its picture."""
        ...

    def observe(self, handler: Any) -> None:
        """Call this when a trait changes."""
        ...

    def unobserve(self, handler: Any) -> None:
        """Don't any more."""
        ...


_views: WeakValueDictionary[str, Pictured] = WeakValueDictionary()
_given: WeakKeyDictionary[Pictured, str] = WeakKeyDictionary()


def offer(view: Pictured) -> None:
    """Let a front end ask for the view's pictures."""
    _views[str(view.model_id)] = view
    comm.get_comm_manager().register_target(TARGET, _opened)


def given(view: Pictured, picture: str) -> str:
    """The picture, which lies in an output from now on."""
    _given[view] = picture
    return picture


def _opened(channel: Any, _message: object) -> None:
    """Send the pictures of the views that are named on the channel."""
    watched = dict[str, _Watched]()

    def hear(message: Any) -> None:
        name = str(message["content"]["data"].get("watch"))
        view = _views.get(name)
        if view is not None and name not in watched:
            watched[name] = _Watched(view, channel)

    channel.on_msg(hear)
    channel.on_close(lambda _message: [one.forget() for one in watched.values()])
    channel.send({"ready": True})  # before, what is said might be heard on another thread first


class _Watched:
    """Sends one view's picture when it has changed and then stood still."""

    def __init__(self, view: Pictured, channel: Any) -> None:
        self._view, self._channel = view, channel
        self._sent = _given.get(view, "")
        self._waiting: Any = None
        view.observe(self._changed)
        self._changed(None)  # since it was shown

    def forget(self) -> None:
        """Send nothing any more."""
        self._view.unobserve(self._changed)

    def _changed(self, _change: object) -> None:
        _on_the_kernels_thread(self._wait)

    def _wait(self) -> None:
        loop = _loop()
        if self._waiting is not None:
            loop.remove_timeout(self._waiting)
        self._waiting = loop.call_later(QUIET, self._send)

    def _send(self) -> None:
        self._waiting = None
        with suppress(Exception):  # a view that is half changed has no picture yet
            picture = self._view.static_html()
            if picture != self._sent:
                self._channel.send({"view": str(self._view.model_id), "picture": picture})
                self._sent = picture


def _on_the_kernels_thread(act: Callable[[], None]) -> None:
    """Between two cells; traits change on any thread."""
    loop = _loop()
    if loop is not None:
        loop.add_callback(act)


def _loop() -> Any:
    kernel = getattr(_shell(), "kernel", None)
    return getattr(kernel, "io_loop", None)


def _shell() -> Any:
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return None
    return get_ipython()
