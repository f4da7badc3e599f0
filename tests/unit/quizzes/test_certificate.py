"""The certificate says what the answers in the learner's folder earned, and nothing else."""

from __future__ import annotations

import pipeline_widgets as pw
from pipeline_widgets.quizzes.bank import lesson
from pipeline_widgets.quizzes.certificate import done

TOUR = lesson("02-learn")
ONE, TWO = [q for q in TOUR.questions if q.kind == "single" and q.points == 1][:2]
WRONG = next(option.label for option in TWO.options if not option.right)


def test_points_on_the_page_are_those_that_the_quizzes_gave(tmp_path):
    kept = {"folder": tmp_path, "learner": "ada"}
    quiz = pw.Quiz.lesson("02-learn", **kept)
    assert quiz.submit(ONE.id, ONE.right_response()).right
    assert not quiz.submit(TWO.id, WRONG).right
    again = pw.Quiz.lesson("02-learn", only=[TWO.id], **kept)
    assert again.submit(TWO.id, TWO.right_response()).right
    exercise = pw.Quiz.lesson("exercises/02-learn", only=["count-pieces"], **kept)

    def count_pieces(text):
        return len(text.split())

    worth = exercise.submit("count-pieces", count_pieces).points
    assert 0 < worth < 1  # words are not pieces: two of three checks
    tour, exercises = sorted(done(**kept), key=lambda row: row.maximum, reverse=True)
    assert (tour.points, tour.answered) == (2, 2)
    assert (exercises.points, exercises.answered) == (worth, 1)
    page = pw.certificate("Ada <i>", path=tmp_path / "page.html", **kept).read_text("utf-8")
    assert "Ada &lt;i&gt;" in page
    assert f"<td>2 of {len(TOUR.questions)}</td><td>2 of {TOUR.points:.4g}</td>" in page
    assert "http" not in page


def test_answers_of_others_and_an_empty_folder_earn_nothing(tmp_path):
    ada = pw.Quiz.lesson("02-learn", folder=tmp_path, learner="ada")
    ada.submit(ONE.id, ONE.right_response())
    assert done(folder=tmp_path, learner="bob") == []
    path = pw.certificate("Bob", path=tmp_path / "page.html", folder=tmp_path, learner="bob")
    assert "No question was answered yet" in path.read_text("utf-8")


def test_finishing_one_quiz_of_a_lesson_leaves_the_others_open(tmp_path):
    kept = {"folder": tmp_path, "learner": "ada"}
    pw.Quiz.lesson("02-learn", only=[TWO.id], **kept).session.finish()
    assert pw.Quiz.lesson("02-learn", only=[TWO.id], **kept).finished
    assert not pw.Quiz.lesson("02-learn", only=["stages"], **kept).finished
