"""Quizzes for every reader: axe, narrow windows, live regions, print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import OpenNotebook
from tests.browser.quiz_page import QUIZ, go, submit
from tests.unit.quiz_samples import SAMPLES


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
        go(page, number)
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
        go(lab.page, number)
        wide = lab.page.locator(".pw-quiz").evaluate("e => e.scrollWidth - e.clientWidth")
        assert wide <= 0, question.id
    lab.screenshot(f"quiz-narrow-{theme}", ".pw-quiz")


def test_feedback_is_said_in_a_live_region_with_sign_and_word(
    notebook: Callable[..., OpenNotebook], quiz_file: Path
) -> None:
    lab = notebook([QUIZ], wait_for=".pw-quiz")
    page = lab.page
    page.get_by_role("radio", name="RoBERTa-base").check()
    submit(page)
    status = page.locator(".pw-question [role=status]")
    expect(status).to_contain_text("Not right")
    expect(page.locator(".pw-dot").first).to_have_attribute(
        "aria-label", "Question 1 of 11: Not right"
    )
    expect(page.locator(".pw-option[data-verdict=wrong]")).to_contain_text("✗")
    go(page, 4)
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
