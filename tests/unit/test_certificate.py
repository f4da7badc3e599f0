"""The certificate says what the answers in the learner's folder earned, and nothing else."""

from __future__ import annotations

import pipeline_widgets as pw
from pipeline_widgets.quizzes.certificate import done


def test_points_on_the_page_are_those_that_the_quizzes_gave(tmp_path):
    kept = {"folder": tmp_path, "learner": "ada"}
    quiz = pw.Quiz.lesson("02-learn", **kept)
    assert quiz.submit("first-token", "<s>").right
    assert not quiz.submit("case", 2).right
    assert pw.Quiz.lesson("02-learn", only=["case"], **kept).submit("case", 1).right
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
    assert "<td>2 of 7</td><td>2 of 8</td>" in page
    assert "http" not in page


def test_answers_of_others_and_an_empty_folder_earn_nothing(tmp_path):
    pw.Quiz.lesson("02-learn", folder=tmp_path, learner="ada").submit("case", 1)
    assert done(folder=tmp_path, learner="bob") == []
    path = pw.certificate("Bob", path=tmp_path / "page.html", folder=tmp_path, learner="bob")
    assert "No question was answered yet" in path.read_text("utf-8")


def test_finishing_one_quiz_of_a_lesson_leaves_the_others_open(tmp_path):
    kept = {"folder": tmp_path, "learner": "ada"}
    pw.Quiz.lesson("02-learn", only=["case"], **kept).session.finish()
    assert pw.Quiz.lesson("02-learn", only=["case"], **kept).finished
    assert not pw.Quiz.lesson("02-learn", only=["stages"], **kept).finished
