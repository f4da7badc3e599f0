"""Live questions, another try, the clock, and cards, in JupyterLab."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.lab import OpenNotebook
from tests.browser.quiz_page import QUIZ, go, submit
from tests.unit.quiz_samples import POINTS, RIGHT, SAMPLES


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
    submit(page)
    go(page, len(SAMPLES) - 1)
    page.get_by_role("button", name="Finish and review").last.click()
    expect(page.get_by_role("heading", name=f"{POINTS - 2:g} / {POINTS:g} points")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy my answers").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == lab.value("quiz.copy_line()")
    page.get_by_role("button", name="Try the wrong ones again").click()
    expect(page.locator(".pw-dot[aria-current]")).to_contain_text("1")
    expect(page.locator(".pw-result")).to_have_count(0)
    page.get_by_role("radio", name="DistilBERT").check()
    submit(page)
    expect(page.locator(".pw-result")).to_contain_text("Practice")
    expect(page.locator(".pw-score")).to_have_text(f"{POINTS - 2:g} / {POINTS:g} points")


def test_the_clock_runs_out_and_can_be_switched_off(notebook: Callable[..., OpenNotebook]) -> None:
    code = "import pipeline_widgets as pw\nc = pw.Challenge.lesson(seconds=3, save=False)\nc"
    lab = notebook([code], wait_for=".pw-challenge")
    page = lab.page
    page.get_by_role("button", name="Begin").click()
    expect(page.locator(".pw-notice")).to_have_text("Time is up")
    expect(page.locator(".pw-result")).to_contain_text("Right answer")
    page.get_by_role("button", name="Clock: on").click()
    expect(page.get_by_role("button", name="Clock: off")).to_be_visible()
    go(page, 4)
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
