"""No test sees what whoever runs it has answered in lessons, nor leaves answers of its own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

OWN = ("PIPELINE_WIDGETS_DATA", "IPYTHONDIR")  # answers; a kernel's history and start-up files


def pytest_configure(config: pytest.Config) -> None:
    """Give this process, and all that it starts (nbval's kernels too), empty folders."""
    folder = tempfile.TemporaryDirectory(prefix="tests-", ignore_cleanup_errors=True)
    before = {name: os.environ.get(name) for name in OWN}
    os.environ.update({name: str(Path(folder.name) / name.lower()) for name in OWN})

    def put_back() -> None:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        folder.cleanup()

    config.add_cleanup(put_back)
