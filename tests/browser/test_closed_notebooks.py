"""A notebook without its kernel shows pictures: in JupyterLab, and as nbconvert writes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.eventually import eventually
from tests.browser.lab import OpenNotebook
from tests.browser.server import JUPYTER_CONFIG, LabServer

CELLS = [
    "import pipeline_widgets as pw\nfrom pathlib import Path",
    "quiz = pw.Quiz(Path('quiz.md'), save=False)\nquiz",
    "view = pw.AttentionView(pw.load('roberta').trace('The cat sat.'))\nview",
    "explorer = pw.PipelineExplorer(text='A first sentence', models=['distilbert'])\nexplorer",
    "pw.TrainingView(pw.History.read({'loss': [0.5, 0.4], 'val_loss': [0.6, 0.5]}))",
    "import ipywidgets\nipywidgets.IntSlider(description='others')",
]
KEY = ("Trueish", "BecauseOfThis")
QUIZ = """# Short

## Which? {#w}

- (x) Trueish
    BecauseOfThis
- ( ) Wrongish

=> BecauseOfThis
"""


def change(lab: OpenNotebook) -> None:
    """Steer each view by hand, and one from a later cell."""
    lab.page.get_by_role("textbox", name="Sentence").fill("Typed at last, and saved.")
    eventually(lab, "explorer.text", "Typed at last, and saved.")
    lab.run_cell("view.layer, view.head = 2, 5")


KEPT = """
id => [...jupyterapp.shell.currentWidget.model.cells].flatMap(
  cell => cell.type === "code" ? cell.sharedModel.getOutputs() : []
).filter(({ data }) => data?.["application/vnd.jupyter.widget-view+json"]?.model_id === id)
 .map(({ data }) => data["text/html"])
"""


def expect_picture(lab: OpenNotebook, name: str) -> None:
    """A view's output holds, a moment later, what the view's static picture is now."""
    id = lab.value(f"{name}.model_id")
    kept = list[str]()
    for _ in range(100):
        kept = lab.page.evaluate(KEPT, id)
        if kept == [lab.value(f"{name}.static_html()")]:
            return
        lab.page.wait_for_timeout(100)
    assert kept == [lab.value(f"{name}.static_html()")]


def saved_as_seen(lab: OpenNotebook, names: list[str]) -> None:
    """Change the views, wait until their outputs have the pictures of now, and save."""
    page = lab.page
    change(lab)
    drawn = page.locator(".pw-explorer").element_handle()
    for name in names:
        expect_picture(lab, name)
    assert drawn is not None
    assert drawn.evaluate("node => node.isConnected")  # no view was drawn anew for it
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")


def test_a_notebook_reopened_without_its_kernel_shows_the_pictures(
    notebook: Callable[..., OpenNotebook], lab_server: LabServer
) -> None:
    (lab_server.root / "quiz.md").write_text(QUIZ)
    lab = notebook(CELLS, wait_for=".pw-attention", fresh=True)
    page = lab.page
    expect(page.locator(".pw-quiz")).to_be_visible()
    saved_as_seen(lab, ["view", "explorer"])
    name = page.evaluate("jupyterapp.shell.currentWidget.context.path")
    lab_server.end_kernels(name)
    page.reload()
    outputs = page.locator(".jp-OutputArea-output")
    expect(outputs.filter(has_text="Which?")).to_be_visible(timeout=60_000)
    expect(page.locator(".jp-OutputArea-output svg[role=img]").first).to_be_visible()
    ours = page.locator(".jp-OutputArea-child").filter(has_not_text="others")
    assert "Error displaying widget" not in "".join(ours.all_inner_texts()[:3])
    for shown in ("layer 2, head 5", "last"):
        expect(page.locator(".jp-OutputArea-output").filter(has_text=shown).first).to_be_visible()
    assert outputs.filter(has_text="A first sentence").count() == 0
    lab.screenshot("closed-notebook")
    saved = (lab_server.root / name).read_text()
    assert "BecauseOfThis" not in saved
    lab.console_errors.clear()  # the other widget's "model not found" is ipywidgets' own


@pytest.mark.parametrize("name", ["a"])
def test_nbconvert_writes_pictures_that_open_offline(
    tmp_path: Path, chromium: Browser, name: str
) -> None:
    (tmp_path / "quiz.md").write_text(QUIZ)
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS[:5]],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(book, tmp_path / f"{name}.ipynb")
    command = ["-m", "nbconvert", "--to", "html", "--execute", f"{name}.ipynb"]
    env = {**os.environ, "JUPYTER_CONFIG_PATH": str(JUPYTER_CONFIG)}
    subprocess.run([sys.executable, *command], cwd=tmp_path, env=env, check=True)
    text = (tmp_path / f"{name}.html").read_text("utf-8")
    for outside in ("unpkg", "jsdelivr", "widget-view+json", "widget-state+json", KEY[1]):
        assert outside not in text
    page = chromium.new_page()
    page.goto((tmp_path / f"{name}.html").as_uri(), wait_until="domcontentloaded")
    expect(page.get_by_text("Which?").first).to_be_visible()
    assert page.locator("svg[role=img]").count() >= 2
    page.close()


def test_other_packages_widgets_stay_as_they_are() -> None:
    from pipeline_widgets.closed_notebooks import STATE, TWIN, VIEW, StaticPictures

    ours, theirs = ({VIEW: {"model_id": name}} for name in ("ours", "theirs"))
    book = nbformat.v4.new_notebook()
    for data in (ours | {TWIN: "<svg></svg>"}, theirs):
        output = nbformat.v4.new_output("display_data", data)
        book.cells.append(nbformat.v4.new_code_cell("", outputs=[output]))
    state = {
        "ours": {"state": {"layout": "IPY_MODEL_layout"}}, "layout": {"state": {}},
        "theirs": {"state": {}},
    }  # fmt: skip
    book.metadata["widgets"] = {STATE: {"state": state}}
    book, _ = StaticPictures().preprocess(book, {})
    assert list(book.metadata["widgets"][STATE]["state"]) == ["theirs"]
    assert [VIEW in cell.outputs[0].data for cell in book.cells] == [False, True]
    assert json.dumps(book)
