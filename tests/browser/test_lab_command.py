"""`pipeline-widgets lab`, as a learner meets it: the start lesson, nothing in front of it.

And `pipeline-widgets check`, beside a JupyterLab that runs.
"""

from __future__ import annotations

from importlib.metadata import version

from pipeline_widgets.command import check
from pipeline_widgets.command.check.line import Line
from tests.browser.lab import OpenNotebook
from tests.browser.server import LabServer


def running_servers() -> Line:
    return next(line for line in check.lines() if line.what == "running servers")


def test_it_opens_the_start_lesson_which_runs_without_a_prompt_or_a_request(
    chromium, tmp_path, monkeypatch
):
    root = tmp_path / "notebooks"
    with LabServer(tmp_path, ["-m", "pipeline_widgets.cli", "lab", str(root)]) as server:
        lab = OpenNotebook(chromium.new_page())
        lab.open(f"{server.url}/?token={server.token}")
        assert lab.page.url.endswith("/lab/tree/00-start.ipynb")
        lab.run_all()
        assert lab.value("'torch' in __import__('sys').modules") is False
        assert lab.page.locator(".Toastify__toast, .jp-Dialog").count() == 0
        lab.page.context.close()

        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
        well = running_servers()
        assert (well.status, server.url in well.found) == ("ok", True)
        # The front end is installed while the server runs, as by %pip install in a notebook.
        installed = tmp_path / "new" / "labextensions" / "anywidget"
        installed.mkdir(parents=True)
        (installed / "package.json").write_text(f'{{"version": "{version("anywidget")}"}}')
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "new"))
        late = running_servers()
        assert late.status == "problem"
        assert f"{server.url}/ started before the front end was installed" in late.found
        assert late.cure.startswith("Restart the server, not only the kernel")
    assert running_servers().found == "none"
    assert lab.outside_requests == []
    assert lab.console_errors == []
