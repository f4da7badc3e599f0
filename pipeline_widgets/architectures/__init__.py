"""The families that are read; no other module names one.

A family is added by one file with its record: what config.json calls its sizes, what its tensors
are called, and the few places where it computes something else than its relatives.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .record import Architecture, MaskedNames, TensorNames

__all__ = ["REGISTRY", "Architecture", "MaskedNames", "TensorNames", "title"]

REGISTRY: dict[str, Architecture] = {
    family.name: family
    for file in iter_modules(__path__, f"{__name__}.")
    for family in vars(import_module(file.name)).values()
    if isinstance(family, Architecture)
}


def title(architecture: str, otherwise: str = "") -> str:
    """What people call the family of this ``model_type``; else ``otherwise``, or the name."""
    return REGISTRY[architecture].title if architecture in REGISTRY else otherwise or architecture
