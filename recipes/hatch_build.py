"""Where the package is at home: said by the service that builds it, and by nobody else."""

from __future__ import annotations

import os
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Addresses(MetadataHookInterface):
    """Adds ``[project.urls]`` in GitHub's workflows, which know their repository's address.

    A copy or a fork thus never names another's home, and a build at one's desk names none.
    """

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the addresses, if there is a repository."""
        name = os.environ.get("GITHUB_REPOSITORY")
        if not name:
            metadata["urls"] = {}
            return
        home = f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}"
        metadata["urls"] = {
            "Homepage": home,
            "Changes": f"{home}/blob/main/CHANGELOG.md",
            "Issues": f"{home}/issues",
        }
