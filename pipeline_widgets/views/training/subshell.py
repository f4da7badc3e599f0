"""Buttons that work while a cell runs: a message is answered on the thread the browser asked for.

JupyterLab sends widget messages to a subshell, a thread beside the one that runs cells. ipykernel
(7.4) sends them instead to the thread that last used the widget's channel, which is the cells' own
as soon as a cell made the widget, and there they wait.
"""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownLambdaType=false
from __future__ import annotations

from typing import Any


def answer_where_asked(comm: Any) -> None:
    """Let messages on this channel go where the browser addressed them; elsewhere do nothing."""
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, asked: asked
