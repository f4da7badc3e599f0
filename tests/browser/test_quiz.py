"""Quizzes in JupyterLab: no key in the browser, formulas offline, through the death of a kernel."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, WebSocket, expect

from tests.browser.lab import LabServer, OpenNotebook, open_notebook
from tests.browser.quiz_page import QUIZ, go, submit
from tests.unit.quiz_samples import POINTS, SAMPLES

KEYS = (
    "half of BERT-base", "It has 12", "Layers: 12", "768 / 12", "That is the width", "Count again",
    "Divide width", "DistilBERT's.", "1000 × 50 × 768", "double(2) == 4", "return 2 * x",
    "Distilled models are smaller", "Half of twelve", '"right": true', "6\\na",
)  # fmt: skip


def test_state_page_frames_and_saved_notebook_hold_no_key(
    chromium: Browser, lab_server: LabServer, quiz_file: Path
) -> None:
    frames: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: frames.append(_text(data)))
        socket.on("framesent", lambda data: frames.append(_text(data)))

    page = chromium.new_page(viewport={"width": 1000, "height": 900})
    page.on("websocket", listen)
    lab = OpenNotebook(page)
    open_notebook(lab, lab_server, [QUIZ], name="leak.ipynb", wait_for=".pw-quiz")
    for number in range(len(SAMPLES)):  # look at every question
        go(page, number)
        expect(page.locator(".pw-dot[aria-current]")).to_have_text(str(number + 1))
    page.evaluate(
        "jupyterapp.commands.execute('@jupyter-widgets/jupyterlab-manager:saveWidgetState')"
    )
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    saved = lab_server.root / "leak.ipynb"
    expect(page.locator(".pw-quiz")).to_be_visible()
    page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    notebook = json.loads(saved.read_text())
    go(page, 0)  # the question about DistilBERT
    assert "widgets" in notebook["metadata"], "the widget state was not saved"
    state = lab.value(
        "repr({k: v for k, v in quiz.get_state().items() if k not in ('_esm', '_css')})"
    )
    places = {
        "state": state,
        "page": page.content(),
        "frames": "\n".join(frames),
        "notebook": json.dumps(notebook, ensure_ascii=False),
    }
    assert "Which model has 6 layers?" in state
    for place, text in places.items():
        assert "DistilBERT" in text, f"{place} holds no question: nothing was checked"
        found = [key for key in KEYS if key in text]
        assert found == [], f"{place} holds {found}"
    go(page, 0)
    page.get_by_role("radio", name="DistilBERT").check()
    submit(page)
    expect(page.get_by_text("Yes: half of BERT-base.")).to_be_visible()
    assert any("half of BERT-base" in frame for frame in frames)  # now it is due
    page.close()
    lab_server.end_kernels("leak.ipynb")


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "replace")


def test_latex_is_drawn_as_mathml_without_a_request(
    notebook: Callable[..., OpenNotebook], quiz_file: Path
) -> None:
    lab = notebook([QUIZ], wait_for=".pw-quiz")
    go(lab.page, 2)
    box = lab.page.locator("legend math mfrac").bounding_box()
    assert box is not None
    assert box["height"] > 1.2 * 15  # numerator over denominator: really drawn
    top = lab.page.locator("legend math mn").nth(0).bounding_box()
    bottom = lab.page.locator("legend math mn").nth(1).bounding_box()
    assert top is not None
    assert bottom is not None
    assert top["y"] + top["height"] <= bottom["y"] + 2


# --- nothing answered is lost -------------------------------------------------------------------

KEPT = (
    "import pipeline_widgets as pw\n"
    "quiz = pw.Quiz('all.json', folder='answers', learner='ada')\nquiz"
)
DIE = """
() => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  kernel.requestExecute({ code: 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)' });
}
"""


def test_a_killed_kernel_and_a_reopened_notebook_lose_no_answer(
    notebook: Callable[..., OpenNotebook], lab_server: LabServer, quiz_file: Path
) -> None:
    lab = notebook([KEPT], wait_for=".pw-quiz", fresh=True)
    page = lab.page
    page.get_by_role("radio", name="DistilBERT").check()
    submit(page)
    expect(page.locator(".pw-score")).to_have_text(f"1 / {POINTS:g} points")
    go(page, 3)
    page.get_by_role("textbox", name="Your answer").fill("<s>")
    page.evaluate(DIE)
    page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status !== 'busy'"
    )
    dialog = page.locator(".jp-Dialog")
    dialog.locator("button").last.click()  # "the kernel has died"
    submit(page)
    expect(page.get_by_text("Python does not answer")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("textbox", name="Your answer")).to_have_value("<s>")
    page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
    )
    lab.run_all()
    expect(page.locator(".pw-score")).to_have_text(f"1 / {POINTS:g} points")
    expect(page.locator(".pw-dot").first).to_contain_text("✓")
    go(page, 3)
    page.get_by_role("textbox", name="Your answer").fill("<s>")
    page.keyboard.press("Enter")
    expect(page.locator(".pw-score")).to_have_text(f"2 / {POINTS:g} points")
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    lab_server.end_kernels(page.evaluate("jupyterapp.shell.currentWidget.context.path"))
    page.reload()
    page.wait_for_function(
        "() => globalThis.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
        " === 'idle'"
    )
    lab.run_all()
    expect(page.locator(".pw-score")).to_have_text(f"2 / {POINTS:g} points")
    assert lab.value("quiz.responses") == {"single": "DistilBERT", "text": "<s>"}
    lab.console_errors.clear()  # a dying kernel's closed socket
