"""No test sees what whoever runs it has answered in lessons, nor leaves answers of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

OWN = ("PIPELINE_WIDGETS_DATA", "IPYTHONDIR")  # answers; a kernel's history and start-up files


def pytest_configure(config: pytest.Config) -> None:
    """Give this process, and all that it starts (nbval's kernels too), empty folders."""
    folder = tempfile.TemporaryDirectory(prefix="tests-", ignore_cleanup_errors=True)
    patch = pytest.MonkeyPatch()
    for name in OWN:
        patch.setenv(name, str(Path(folder.name) / name.lower()))
    config.add_cleanup(folder.cleanup)
    config.add_cleanup(patch.undo)
