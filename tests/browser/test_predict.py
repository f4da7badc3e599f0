"""Predict in a real JupyterLab: the result waits for the guess, by mouse and by keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.eventually import eventually

ASK = (
    "import pipeline_widgets as pw\n"
    'guess = pw.Predict("Which is *larger*?", ["`2 ** 10`", "1000"], save=False)\nguess'
)
SHOW = "with guess:\n    print('the larger is', max(2 ** 10, 1000))"
TYPED = (
    "import pipeline_widgets as pw\ntyped = pw.Predict('How many of the 300?', save=False)\ntyped"
)
SHOW_TYPED = "with typed:\n    print(231, 'of 300')"


def test_the_result_waits_for_the_guess_and_then_stands_beside_it(notebook):
    lab = notebook([ASK, SHOW, TYPED, SHOW_TYPED], wait_for=".pw-outcome")
    outcomes = lab.page.locator(".pw-outcome")
    expect(outcomes.first).to_contain_text("Your guess first")
    expect(lab.page.get_by_text("the larger is 1024")).to_have_count(0)
    lab.screenshot("predict-asked")
    lab.page.get_by_role("button", name="That is my guess").first.click()
    expect(lab.page.get_by_text("Please choose or type something")).to_be_visible()
    lab.page.get_by_role("radio", name="1000").check()
    lab.page.get_by_role("button", name="That is my guess").first.click()
    expect(outcomes.first).to_contain_text("the larger is 1024")
    expect(outcomes.first).to_contain_text("1000")
    expect(lab.page.get_by_text("Now run the next cell")).to_have_count(0)  # it has run
    eventually(lab, "(guess.status, guess.guess)", ("given", "1000"))

    box = lab.page.get_by_role("textbox", name="Your guess")
    box.fill("about 200")
    box.press("Enter")
    expect(outcomes.last).to_contain_text("about 200")
    expect(outcomes.last).to_contain_text("231 of 300")
    lab.screenshot("predict-answered")
    lab.change_theme("dark")
    lab.screenshot("predict-dark")


def test_one_key_passes_it_over(notebook):
    lab = notebook([TYPED, SHOW_TYPED], wait_for=".pw-outcome")
    lab.page.get_by_role("textbox", name="Your guess").press("Escape")
    expect(lab.page.locator(".pw-outcome")).to_contain_text("231 of 300")
    eventually(lab, "typed.status", "skipped")


def test_what_is_to_be_done_next_is_said_until_it_is_done(notebook):
    lab = notebook([TYPED], wait_for=".pw-guess")
    lab.page.get_by_role("textbox", name="Your guess").fill("200")
    lab.page.get_by_role("button", name="That is my guess").click()
    expect(lab.page.get_by_text("Now run the next cell")).to_be_visible()
    lab.run_cell(SHOW_TYPED)
    expect(lab.page.locator(".pw-outcome")).to_contain_text("231 of 300")
    expect(lab.page.get_by_text("Now run the next cell")).to_have_count(0)


VIEWS = (
    "with guess:\n    print('a table and a picture')\n"
    "    display(pw.TokenView(pw.load('roberta').trace('A good film.')))\n"
    "    display(pw.FillView('The film was <mask>.'))"
)


def test_views_shown_inside_are_drawn_when_the_guess_is_made_and_act(notebook):
    lab = notebook([ASK, VIEWS], wait_for=".pw-outcome")
    view = lab.page.locator(".pw-filling, .pw-explorer, .pw-tokens, .pw-chip")
    expect(lab.page.locator(".pw-outcome")).to_contain_text("Your guess first")
    lab.page.wait_for_timeout(1000)  # what would be drawn gets the time to
    expect(view).to_have_count(0)
    lab.screenshot("predict-withheld")
    lab.page.get_by_role("radio", name="1000").check()
    lab.page.get_by_role("button", name="That is my guess").click()
    expect(lab.page.locator(".pw-chip", has_text="film").first).to_be_visible()
    filling = lab.page.locator(".pw-filling")
    filling.get_by_role("button", name="Hide “film”").click()
    expect(filling.get_by_role("textbox")).to_have_value("The <mask> was <mask>.")
    lab.screenshot("predict-released")
    lab.page.get_by_role("button", name="Guess anew").click()
    expect(filling).to_be_visible()
