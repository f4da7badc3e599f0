"""Questions as plain data, their grading, their files, and where answers are kept; no Jupyter.

The kinds of question are in `kinds`, sets of them are a `Bank`; ``pw.Quiz`` asks them.
"""

from __future__ import annotations

from ..lazy import names_of_stub

__getattr__, __dir__, __all__ = names_of_stub(__name__, __file__)
