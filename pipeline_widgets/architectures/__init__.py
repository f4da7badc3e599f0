"""The families that are read, one record each; no other module names one.

A family is added by one record: what config.json calls its sizes, what its tensors are called, and
the few places where it computes something else than its relatives.
"""

from __future__ import annotations

from .bert import BERT
from .distilbert import DISTILBERT
from .record import Architecture, MaskedNames, TensorNames
from .roberta import CAMEMBERT, ROBERTA, XLM_ROBERTA

__all__ = ["REGISTRY", "Architecture", "MaskedNames", "TensorNames", "title"]

REGISTRY: dict[str, Architecture] = {
    family.name: family for family in (ROBERTA, DISTILBERT, BERT, XLM_ROBERTA, CAMEMBERT)
}


def title(architecture: str, otherwise: str = "") -> str:
    """What people call the family of this ``model_type``; else ``otherwise``, or the name."""
    return REGISTRY[architecture].title if architecture in REGISTRY else otherwise or architecture
