"""`pipeline-widgets lab`, as a learner meets it: the start lesson, nothing in front of it."""

from __future__ import annotations

from tests.browser.lab import OpenNotebook
from tests.browser.server import LabServer


def test_it_opens_the_start_lesson_which_runs_without_a_prompt_or_a_request(chromium, tmp_path):
    root = tmp_path / "notebooks"
    with LabServer(tmp_path, ["-m", "pipeline_widgets.cli", "lab", str(root)]) as server:
        lab = OpenNotebook(chromium.new_page())
        lab.open(f"{server.url}/?token={server.token}")
        assert lab.page.url.endswith("/lab/tree/00-start.ipynb")
        lab.run_all()
        assert lab.value("'torch' in __import__('sys').modules") is False
        assert lab.page.locator(".Toastify__toast, .jp-Dialog").count() == 0
        lab.page.context.close()
    assert lab.outside_requests == []
    assert lab.console_errors == []
