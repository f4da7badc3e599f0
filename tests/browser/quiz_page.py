"""What the tests of the quiz have in common: a quiz of every kind of question, and two clicks."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from pipeline_widgets.quizzes.bank import Bank
from tests.unit.quiz_samples import SAMPLES

BANK = Bank("All kinds of question", SAMPLES, id="all")
QUIZ = "import pipeline_widgets as pw\nquiz = pw.Quiz('all.json', save=False)\nquiz"


def go(page: Page, number: int) -> None:
    """Go to a question, counted from 0."""
    page.locator(".pw-dot").nth(number).click()


def submit(page: Page) -> None:
    """Hand in the answer of the question on screen."""
    page.get_by_role("button", name=re.compile("^(Submit|Check my function)$")).click()
