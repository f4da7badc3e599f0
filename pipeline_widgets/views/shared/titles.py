"""What models are called on screen."""

from __future__ import annotations

from ...architectures import REGISTRY

TITLES = {family.name: family.title for family in REGISTRY.values()}
