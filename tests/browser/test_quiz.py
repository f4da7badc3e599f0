"""Quizzes in JupyterLab: by keyboard, no key in the browser, through the death of a kernel."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from pipeline_widgets.quizzes.bank import Bank, write
from tests.browser.lab import LabServer, OpenNotebook, open_notebook
from tests.unit.quiz_samples import RIGHT, SAMPLES

BANK = Bank("All kinds of question", SAMPLES, id="all")
ROOT = str(Path(__file__).parents[2])
QUIZ = "import pipeline_widgets as pw\nquiz = pw.Quiz('all.json', save=False)\nquiz"
KEYS = (
    "half of BERT-base", "It has 12", "Layers: 12", "768 / 12", "That is the width", "Count again",
    "Divide width", "DistilBERT's.", "1000 × 50 × 768", "double(2) == 4", "return 2 * x",
    "Distilled models are smaller", "Half of twelve", '"right": true', "6\\na",
)  # fmt: skip


@pytest.fixture
def quiz_file(lab_server: LabServer) -> Path:
    """The quiz as a file beside the notebook: its source must not pass through the browser."""
    path = lab_server.root / "all.json"
    path.write_text(write(BANK, suffix=".json")[0], encoding="utf-8")
    return path


def _go(page: Page, number: int) -> None:
    page.locator(".pw-dot").nth(number).click()


def _submit(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(Submit|Check my function)$")).click()


# --- the key stays in Python --------------------------------------------------------------------


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
        _go(page, number)
        expect(page.locator(".pw-dot[aria-current]")).to_have_text(str(number + 1))
    page.evaluate(
        "jupyterapp.commands.execute('@jupyter-widgets/jupyterlab-manager:saveWidgetState')"
    )
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    saved = lab_server.root / "leak.ipynb"
    expect(page.locator(".pw-quiz")).to_be_visible()
    page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    notebook = json.loads(saved.read_text())
    assert "widgets" in notebook["metadata"], "the widget state was not saved"
    state = lab.value("repr({k: v for k, v in quiz.get_state().items() if k[0] != '_'})")
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
    _go(page, 0)
    page.get_by_role("radio", name="DistilBERT").check()
    _submit(page)
    expect(page.get_by_text("Yes: half of BERT-base.")).to_be_visible()
    assert any("half of BERT-base" in frame for frame in frames)  # now it is due
    page.close()
    lab_server.end_kernels("leak.ipynb")


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "replace")


# --- by keyboard alone --------------------------------------------------------------------------


def test_a_whole_quiz_by_keyboard_alone(
    notebook: Callable[..., OpenNotebook], quiz_file: Path
) -> None:
    lab = notebook(["def double(x):\n    return 2 * x", QUIZ], wait_for=".pw-quiz")
    page, key = lab.page, lab.page.keyboard
    page.locator(".pw-dot").last.focus()
    key.press("Tab")
    _choose_radio(page, "DistilBERT")
    key.press("Enter")
    _next(page, 2)
    _tick(page, {"byte-level BPE pieces", "'Ġworld'"})
    key.press("Enter")
    _next(page, 3)
    for number, typed in ((4, "64"), (5, "<s>")):
        key.type(typed)
        key.press("Enter")
        _next(page, number)
    for place, item in enumerate(RIGHT["order"]):
        _tab_to(page, f"Move {item} up")
        for _ in range(10):
            if page.locator(".pw-order-row").nth(place).inner_text().find(item) >= 0:
                break
            key.press("Enter")
    _tab_to(page, "Submit")
    key.press("Enter")
    _next(page, 6)
    for right in RIGHT["match"].values():
        for _ in range(9):
            if page.evaluate("document.activeElement.selectedOptions[0].text") == right:
                break
            key.press("ArrowDown")
        key.press("Tab")
    key.press("Enter")
    _next(page, 7)
    key.type("1000x50 x 768")
    key.press("Enter")
    _next(page, 8)
    _tick(page, {"<s>", "</s>"})
    key.press("Enter")
    _next(page, 9)
    key.press("ArrowRight")
    key.press("Space")
    _tab_to(page, "Submit")
    key.press("Enter")
    _next(page, 10)
    key.type("6")
    key.press("Enter")  # a new line, not a submit
    key.type("a")
    key.press("Control+Enter")
    _next(page, 11)
    _tab_to(page, "Check my function")
    key.press("Enter")
    expect(page.locator(".pw-result.pw-is-right")).to_be_visible()
    key.press("Enter")
    expect(page.get_by_role("heading", name="14 / 14 points")).to_be_focused()
    assert lab.value("quiz.score") == 14
    assert lab.value("quiz.finished") is True


def _next(page: Page, number: int) -> None:
    """The answer was right, the focus is on Next, Enter goes on."""
    expect(page.locator(".pw-result.pw-is-right")).to_be_visible()
    focused = page.locator("button.pw-primary:focus")
    if focused.count() == 0:
        _tab_to(page, "Next")
    page.keyboard.press("Enter")
    expect(page.locator(".pw-dot[aria-current]")).to_contain_text(str(number))


def _choose_radio(page: Page, label: str) -> None:
    page.keyboard.press("Space")
    for _ in range(6):
        if page.locator(".pw-option:has(:checked)").inner_text().strip() == label:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no radio button {label}")


def _tick(page: Page, labels: set[str]) -> None:
    for index in range(page.locator("fieldset input").count()):
        box = page.locator("fieldset label").nth(index)
        assert page.evaluate("document.activeElement.type") == "checkbox"
        if box.inner_text().strip() in labels:
            page.keyboard.press("Space")
        if index < page.locator("fieldset input").count() - 1:
            page.keyboard.press("Tab")


_NAME = "(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent)"


def _tab_to(page: Page, name: str) -> None:
    """Go by Tab, then back by Shift+Tab, until the control of this name has the focus."""
    for press in ["Tab"] * 40 + ["Shift+Tab"] * 60:
        if page.evaluate(_NAME) == name:
            return
        if page.evaluate("!document.activeElement.closest('.pw-quiz')"):
            page.keyboard.press("Shift+Tab" if press == "Tab" else "Tab")
            if press == "Tab":
                break
        page.keyboard.press(press)
    for _ in range(60):
        if page.evaluate(_NAME) == name:
            return
        page.keyboard.press("Shift+Tab")
    raise AssertionError(f"{name!r} can't be reached by Tab")


def test_the_notebooks_own_keys_do_nothing_while_one_types(
    notebook: Callable[..., OpenNotebook], quiz_file: Path
) -> None:
    lab = notebook(["1", QUIZ], wait_for=".pw-quiz")
    _go(lab.page, 3)
    field = lab.page.get_by_role("textbox", name="Your answer")
    field.click()
    lab.page.keyboard.type("ddaabbxx00")
    expect(field).to_have_value("ddaabbxx00")
    cells = lab.page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length")
    assert cells == 2


# --- accessible ---------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_before_while_and_after_answering(
    notebook: Callable[..., OpenNotebook],
    axe_violations: Callable[[Page, str], list[str]],
    quiz_file: Path,
    theme: str,
) -> None:
    lab = notebook([QUIZ], wait_for=".pw-quiz", theme=theme)
    page = lab.page
    for number, question in enumerate(SAMPLES):
        _go(page, number)
        assert axe_violations(page, ".pw-quiz") == [], question.id
        if question.hints:
            page.get_by_role("button", name="Hint").click()
            expect(page.locator(".pw-hint")).to_be_visible()
        lab.value(f"bool(quiz.submit({question.id!r}, 'nonsense'))")
        if number % 2:
            lab.value(f"(quiz.session.show({question.id!r}), quiz._publish())")
        expect(page.locator(".pw-feedback")).not_to_be_empty()
        assert axe_violations(page, ".pw-quiz") == [], question.id
    lab.value("bool(quiz.submit('single', 'DistilBERT'))")
    page.get_by_role("button", name="Finish and review").last.click()
    expect(page.locator(".pw-review")).to_be_visible()
    assert axe_violations(page, ".pw-quiz") == []
    lab.screenshot(f"quiz-review-{theme}", ".pw-quiz")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_challenges_and_cards(
    notebook: Callable[..., OpenNotebook],
    axe_violations: Callable[[Page, str], list[str]],
    theme: str,
) -> None:
    code = "import pipeline_widgets as pw\ncards = pw.Flashcards.lesson(save=False)\ncards"
    lab = notebook([code], wait_for=".pw-flashcards", theme=theme)
    assert axe_violations(lab.page, ".pw-flashcards") == []
    lab.page.get_by_role("button", name="Show the answer").click()
    expect(lab.page.get_by_role("button", name="I knew it")).to_be_visible()
    assert axe_violations(lab.page, ".pw-flashcards") == []
    lab.screenshot(f"flashcards-{theme}", ".pw-flashcards")
    lab.run_cell("problems = pw.Challenge.lesson(save=False)\nproblems")
    assert axe_violations(lab.page, ".pw-challenge") == []
    lab.page.get_by_role("button", name="Begin").click()
    expect(lab.page.get_by_role("timer")).to_contain_text("s left")
    assert axe_violations(lab.page, ".pw-challenge") == []
    lab.screenshot(f"challenge-{theme}", ".pw-challenge")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_sticks_out_in_a_narrow_window(
    notebook: Callable[..., OpenNotebook], quiz_file: Path, theme: str
) -> None:
    lab = notebook([QUIZ], wait_for=".pw-quiz", theme=theme, width=600)
    for number, question in enumerate(SAMPLES):
        _go(lab.page, number)
        wide = lab.page.locator(".pw-quiz").evaluate("e => e.scrollWidth - e.clientWidth")
        assert wide <= 0, question.id
    lab.screenshot(f"quiz-narrow-{theme}", ".pw-quiz")


def test_feedback_is_said_in_a_live_region_with_sign_and_word(
    notebook: Callable[..., OpenNotebook], quiz_file: Path
) -> None:
    lab = notebook([QUIZ], wait_for=".pw-quiz")
    page = lab.page
    page.get_by_role("radio", name="RoBERTa-base").check()
    _submit(page)
    status = page.locator(".pw-question [role=status]")
    expect(status).to_contain_text("Not right")
    expect(page.locator(".pw-dot").first).to_have_attribute(
        "aria-label", "Question 1 of 11: Not right"
    )
    expect(page.locator(".pw-option[data-verdict=wrong]")).to_contain_text("✗")
    _go(page, 4)
    page.get_by_role("button", name="Move Input text up").click()
    expect(page.locator(".pw-quiz > [aria-live]")).to_contain_text("Input text is now")


def test_print_shows_every_question_and_motion_can_be_off(
    notebook: Callable[..., OpenNotebook], quiz_file: Path
) -> None:
    lab = notebook([QUIZ], wait_for=".pw-quiz")
    page = lab.page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator(".pw-question")).to_have_count(len(SAMPLES))
    expect(page.locator(".pw-actions").first).to_be_hidden()
    page.emulate_media(media="screen", reduced_motion="reduce")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".pw-question")).to_have_count(1)
    lab.run_cell("cards = pw.Flashcards([('a', 'b')], save=False); cards")
    page.get_by_role("button", name="Show the answer").click()
    back = page.locator(".pw-back:not(:empty)")
    expect(back).to_be_visible()
    assert back.evaluate("e => getComputedStyle(e).animationName") == "none"


# --- mathematics, offline -----------------------------------------------------------------------


def test_latex_is_drawn_as_mathml_without_a_request(
    notebook: Callable[..., OpenNotebook], quiz_file: Path
) -> None:
    lab = notebook([QUIZ], wait_for=".pw-quiz")
    _go(lab.page, 2)
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
    lab = notebook([KEPT], wait_for=".pw-quiz")
    page = lab.page
    page.get_by_role("radio", name="DistilBERT").check()
    _submit(page)
    expect(page.locator(".pw-score")).to_have_text("1 / 14 points")
    _go(page, 3)
    page.get_by_role("textbox", name="Your answer").fill("<s>")
    page.evaluate(DIE)
    page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status !== 'busy'"
    )
    dialog = page.locator(".jp-Dialog")
    dialog.locator("button").last.click()  # "the kernel has died"
    _submit(page)
    expect(page.get_by_text("Python does not answer")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("textbox", name="Your answer")).to_have_value("<s>")
    page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
    )
    lab.run_all()
    expect(page.locator(".pw-score")).to_have_text("1 / 14 points")
    expect(page.locator(".pw-dot").first).to_contain_text("✓")
    _go(page, 3)
    page.get_by_role("textbox", name="Your answer").fill("<s>")
    page.keyboard.press("Enter")
    expect(page.locator(".pw-score")).to_have_text("2 / 14 points")
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    lab_server.end_kernels()
    page.reload()
    page.wait_for_function(
        "() => globalThis.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
        " === 'idle'"
    )
    lab.run_all()
    expect(page.locator(".pw-score")).to_have_text("2 / 14 points")
    assert lab.value("quiz.responses") == {"single": "DistilBERT", "text": "<s>"}
    lab.console_errors.clear()  # a dying kernel's closed socket


# --- live, retry, challenge, cards --------------------------------------------------------------


def test_a_live_question_is_about_the_sentence_typed_and_a_fresh_one_comes_on_request(
    notebook: Callable[..., OpenNotebook],
) -> None:
    code = (
        "import pipeline_widgets as pw\npipeline = pw.load('distilbert')\n"
        "quiz = pw.Quiz.live(pipeline, about=['token count'], count=1, save=False)\nquiz"
    )
    lab = notebook([code], wait_for=".pw-quiz")
    page = lab.page
    box = page.get_by_role("textbox", name="Your sentence")
    box.fill("Untokenizable things happen.")
    box.press("Enter")
    expect(page.locator("legend")).to_contain_text("Untokenizable things happen.")
    count = lab.value("len(pipeline.trace('Untokenizable things happen.').tokens)")
    page.get_by_role("textbox", name="Your number").fill(str(count))
    page.keyboard.press("Enter")
    expect(page.locator(".pw-result.pw-is-right")).to_contain_text("[CLS]")
    page.get_by_role("button", name="New question").click()
    expect(page.locator(".pw-result")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Your number")).to_have_value("")


def test_the_review_lets_one_try_the_wrong_ones_again(
    notebook: Callable[..., OpenNotebook], quiz_file: Path
) -> None:
    lab = notebook([QUIZ], wait_for=".pw-quiz")
    page = lab.page
    for name, response in RIGHT.items():
        if name not in ("single", "code"):
            lab.value(f"bool(quiz.submit({name!r}, {response!r}))")
    page.get_by_role("radio", name="RoBERTa-base").check()
    _submit(page)
    _go(page, len(SAMPLES) - 1)
    page.get_by_role("button", name="Finish and review").last.click()
    expect(page.get_by_role("heading", name="12 / 14 points")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy my answers").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == lab.value("quiz.copy_line()")
    page.get_by_role("button", name="Try the wrong ones again").click()
    expect(page.locator(".pw-dot[aria-current]")).to_contain_text("1")
    expect(page.locator(".pw-result")).to_have_count(0)
    page.get_by_role("radio", name="DistilBERT").check()
    _submit(page)
    expect(page.locator(".pw-result")).to_contain_text("Practice")
    expect(page.locator(".pw-score")).to_have_text("12 / 14 points")


def test_the_clock_runs_out_and_can_be_switched_off(notebook: Callable[..., OpenNotebook]) -> None:
    code = "import pipeline_widgets as pw\nc = pw.Challenge.lesson(seconds=3, save=False)\nc"
    lab = notebook([code], wait_for=".pw-challenge")
    page = lab.page
    page.get_by_role("button", name="Begin").click()
    expect(page.locator(".pw-notice")).to_have_text("Time is up")
    expect(page.locator(".pw-result")).to_contain_text("Right answer")
    page.get_by_role("button", name="Clock: on").click()
    expect(page.get_by_role("button", name="Clock: off")).to_be_visible()
    _go(page, 4)
    expect(page.get_by_role("timer")).to_have_text("")
    page.get_by_role("textbox", name="The shape").fill("32 x 768")
    page.keyboard.press("Enter")
    expect(page.locator(".pw-result.pw-is-right")).to_be_visible()


def test_cards_by_keyboard(notebook: Callable[..., OpenNotebook]) -> None:
    code = (
        "import pipeline_widgets as pw\n"
        "cards = pw.Flashcards([('one', 'eins'), ('two', 'zwei')], save=False)\ncards"
    )
    lab = notebook([code], wait_for=".pw-flashcards")
    page = lab.page
    page.get_by_role("button", name="Show the answer").focus()
    for _ in range(2):
        page.keyboard.press("Space")
        expect(page.locator(".pw-back")).not_to_be_empty()
        page.keyboard.press("2")
        expect(page.locator(".pw-back")).to_be_empty()
    expect(page.get_by_text("All cards for now are done.")).to_be_visible()
    assert lab.value("cards.boxes") == [0, 2, 0, 0, 0]
