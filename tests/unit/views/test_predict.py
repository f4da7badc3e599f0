"""Predict without a browser: a guess comes first, is kept, and stands beside the result."""

from __future__ import annotations

import json

import pytest

import pipeline_widgets as pw
from pipeline_widgets.quizzes.collect import read_folder, rows
from pipeline_widgets.views.predict import view as predict

QUESTION = "Which of them, *good* or `bad`?"


@pytest.fixture
def shown(monkeypatch):
    """What a cell displays."""
    found: list[predict.Outcome] = []
    monkeypatch.setattr(predict, "display", found.append)
    return found


def test_the_result_reaches_the_browser_only_after_a_guess_and_then_stands_beside_it(
    shown, tmp_path, capsys
):
    guess = pw.Predict(QUESTION, folder=tmp_path)
    with guess:
        print("bad:", 41 + 1)
    (outcome,) = shown
    assert capsys.readouterr().out == ""
    assert (outcome.status, outcome.result) == ("open", "")
    assert "bad: 42" not in json.dumps(outcome.get_state(), default=str)
    guess._handle_custom_msg({"act": "guess", "guess": " good "}, [])
    assert (guess.status, outcome.guess, outcome.result) == ("given", "good", "bad: 42\n")
    assert repr(outcome) == "bad: 42"  # what a stored notebook is compared by
    assert "bad: 42" in outcome.static_html()
    guess.ask_again()
    assert outcome.result == "bad: 42\n"  # what was seen stays


def test_one_key_passes_it_over_and_the_result_shows(shown, tmp_path):
    guess = pw.Predict(QUESTION, ["good", "bad"], folder=tmp_path)
    guess._handle_custom_msg({"act": "guess", "guess": "neither"}, [])
    assert guess.status == "open"
    guess._handle_custom_msg({"act": "skip"}, [])
    with guess:
        print("bad")
    assert (shown[0].status, shown[0].guess, shown[0].result) == ("skipped", "", "bad\n")


def test_a_notebook_stores_the_same_before_a_guess_and_after_it(tmp_path):
    def stored(one: pw.Predict) -> tuple[str, str]:
        data, _metadata = one._repr_mimebundle_()
        return data["text/plain"], data["text/html"]

    guess = pw.Predict(QUESTION, ["good", "bad"], folder=tmp_path)
    before = stored(guess)
    guess.make("good")
    again = pw.Predict(QUESTION, ["good", "bad"], folder=tmp_path)
    assert again.guess == "good"
    assert stored(guess) == stored(again) == before


def test_a_guess_is_there_again_and_belongs_to_its_question_alone(tmp_path):
    pw.Predict(QUESTION, folder=tmp_path, learner="ada").make("good")
    assert pw.Predict(QUESTION, folder=tmp_path, learner="ada").guess == "good"
    assert pw.Predict(QUESTION, ["a", "b"], folder=tmp_path, learner="ada").guess == ""
    assert pw.Predict(QUESTION, folder=tmp_path, learner="bo").guess == ""
    assert pw.Predict(QUESTION, folder=tmp_path, learner="ada", save=False).guess == ""
    (file,) = tmp_path.iterdir()
    (line,) = [json.loads(line) for line in file.read_text().splitlines()]
    assert (line["response"], line["prompt"], line["maximum"]) == ("good", QUESTION, 0.0)
    assert [row.entry.response for row in rows(read_folder(tmp_path))] == ["good"]


def test_a_cell_that_fails_shows_what_it_printed_and_its_error(shown, capsys):
    def cell() -> None:
        with pw.Predict(QUESTION, save=False):
            print("so far")
            print(1 / 0)

    with pytest.raises(ZeroDivisionError):
        cell()
    assert shown == []
    assert capsys.readouterr().out == "so far\n"


def test_on_paper_it_is_a_question_with_room_for_the_answer_and_none_in_it(tmp_path):
    guess = pw.Predict(QUESTION, ["*good*", "bad"], folder=tmp_path)
    guess.make("good")
    assert guess.static_html().count("☐") == 2
    assert "<em>good</em>" in guess.static_html()
    assert "____" in pw.Predict(QUESTION, save=False).static_html()
    with pytest.raises(pw.BadInput, match="two or more options"):
        pw.Predict(QUESTION, ["only one"])


class _Shell:
    """What a cell displays, in the order in which it reaches the page."""

    def __init__(self) -> None:
        self.shown: list[object] = []

    def display(self, shown: pw.views.View) -> None:
        shown._repr_mimebundle_()
        self.shown.append(shown)


@pytest.fixture
def shell(monkeypatch):
    made = _Shell()
    monkeypatch.setattr(predict, "display", made.display)
    return made


@pytest.mark.parametrize("act", [{"act": "guess", "guess": "good"}, {"act": "skip"}])
def test_a_view_that_is_shown_inside_waits_too_below_what_was_printed(shell, act):
    guess, view = pw.Predict(QUESTION, save=False), pw.FillView("A good film.")
    before = set(view.keys)
    with guess:
        print("first")
        shell.display(view)
        print("second")
    shell.display(pw.FillView("Another film."))
    first, held, second, free = shell.shown
    assert (first.text, held, second.text) == ("first\n", view, "second\n")
    assert held.get_state()["_withheld"] is True
    assert set(view.keys) - before == {"_withheld"}
    assert "_withheld" not in free.keys
    guess._handle_custom_msg(act, [])
    assert held.get_state()["_withheld"] is False
    guess.ask_again()
    assert held.get_state()["_withheld"] is False  # what was seen stays


def test_a_view_alone_stands_below_the_guess_and_shows_at_once_where_one_was_made(shell):
    guess, view = pw.Predict(QUESTION, save=False), pw.FillView("A good film.")
    guess.make("good")
    with guess:
        shell.display(view)
    outcome, shown = shell.shown
    assert (outcome.guess, outcome.result, outcome.static_html()) == ("good", "", "")
    assert shown is view
    assert "_withheld" not in view.keys
    assert view._esm == pw.FillView("A good film.")._esm


def test_of_two_guesses_the_inner_one_holds_a_view(shell):
    outer, inner = (pw.Predict(f"{QUESTION} {n}", save=False) for n in (1, 2))
    view = pw.FillView("A good film.")
    with outer, inner:
        shell.display(view)
    outer.make("good")
    assert view.get_state()["_withheld"] is True
    inner.make("good")
    assert view.get_state()["_withheld"] is False


def test_a_page_of_a_withheld_view_is_a_whole_one(shell, tmp_path):
    view = pw.FillView("A good film.")
    with pw.Predict(QUESTION, save=False):
        shell.display(view)
    page = view.to_html(tmp_path / "page.html").read_text("utf-8")
    plain = pw.FillView("A good film.").to_html(tmp_path / "plain.html").read_text("utf-8")
    assert "_withheld" not in page
    assert len(page) == len(plain)
