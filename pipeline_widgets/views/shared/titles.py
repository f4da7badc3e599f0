"""What models are called on screen."""

from __future__ import annotations

from ...architectures import REGISTRY

TITLES = {family.name: family.title for family in REGISTRY.values()}


def title_of(model: str) -> str:
    """What a model is called: a bundled one by its family's title, a path by its last part."""
    return TITLES.get(model, model.rsplit("/", 1)[-1])
