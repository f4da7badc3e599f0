"""Type a sentence in Jupyter and watch RoBERTa and DistilBERT read it.

>>> import pipeline_widgets as pw
>>> pw.load("roberta").trace("The cat sat on the mat.")  # doctest: +SKIP
"""

from __future__ import annotations

from .lazy import names_of_stub

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = names_of_stub(__name__, __file__)
