"""Training in front of a class: histories and metrics without torch, fine-tuning with it.

``History``, ``Replay`` and the metrics need no torch; ``fine_tune`` and ``distill`` import it when
they are first used.
"""

from __future__ import annotations

from ..lazy import names_of_stub

__getattr__, __dir__, __all__ = names_of_stub(__name__, __file__)
