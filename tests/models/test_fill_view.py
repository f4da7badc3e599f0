"""FillView without a browser: numbers, sentences, pages, on heads with random weights."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

import pipeline_widgets as pw
from pipeline_widgets.rounding import fixed
from tests.models.checkpoints import make

TEXT = "The <mask> was not </script> <b>bad</b> & [MASK]."


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[pw.Pipeline, pw.Pipeline]:
    place = tmp_path_factory.mktemp("masked")
    kinds = ("roberta", "distilbert")
    one, two = (pw.load(make(place / kind, kind, task="ForMaskedLM")) for kind in kinds)
    return one, two


def shown(view: pw.FillView) -> Any:
    return view._result["panels"]


def test_it_shows_what_fill_returns(models: tuple[pw.Pipeline, pw.Pipeline]) -> None:
    view = pw.FillView(TEXT, models=models, k=4)
    for panel, model, given in zip(shown(view), models, view.fills, strict=True):
        found = model.fill(TEXT, 4)
        assert given is not None
        assert given.candidates == found.candidates
        assert len(panel["blanks"]) == 2
        for blank, candidates in zip(panel["blanks"], found.candidates, strict=True):
            assert blank["candidates"] == [[one.text, one.probability] for one in candidates]
            assert len(blank["after"]) == model.config.layers + 1
        assert fixed(found.candidates[0][0].probability, 3) in view.summary()
    view.blank = 1
    assert fixed(view.fills[1].candidates[1][0].probability, 3) in view.summary()  # type: ignore[union-attr]
    assert repr(view).startswith("FillView(text='The <mask>")
    with pytest.raises(pw.BadInput, match="blank is one of 0, 1; got 2"):
        view.blank = 2


def test_a_hidden_word_has_its_place_among_all_pieces(
    models: tuple[pw.Pipeline, pw.Pipeline],
) -> None:
    view = pw.FillView("The <mask> was good.", models=models)
    for word in ("film", "Xylographs"):
        view.hidden = [word]
        for panel, model, found in zip(shown(view), models, view.fills, strict=True):
            said = panel["blanks"][0]["hidden"]
            pieces = model.tokenize(f"The {word}").pieces[2:-1]
            assert found is not None
            if len(pieces) > 1:
                assert len(said["pieces"]) == len(pieces)
                continue
            order = sorted(found.probabilities[0], reverse=True)
            assert said["probability"] == order[said["rank"] - 1]
            assert said["count"] == model.config.vocabulary_size
    view.text = "It was <mask>."  # by a cell, which knows of no hidden word
    assert view.hidden == [""]
    assert shown(view)[0]["blanks"][0]["hidden"] is None


def test_where_nothing_can_be_filled_a_sentence_says_so(
    models: tuple[pw.Pipeline, pw.Pipeline], tmp_path: Any
) -> None:
    classifier = pw.load(make(tmp_path))
    view = pw.FillView("A <mask>.", models=(classifier, models[1]))
    assert "has no masked-LM head" in shown(view)[0]["trouble"]
    assert shown(view)[1]["blanks"]
    assert view.fills[0] is None
    assert "has no masked-LM head" in view.summary()
    assert "<svg" in view.static_html()
    assert "has no masked-LM head" in pw.FillView("A <mask>.", models=(classifier,)).static_html()
    view.text = "Nothing."
    assert shown(view) == []
    assert "nothing is hidden" in view.summary()
    assert "nothing is hidden" in view.static_html()
    view.text = "film " * 200 + "<mask>"
    assert "Shorten the text" in shown(view)[1]["trouble"]
    view.text = "A <mask>."
    assert shown(view)[1]["trouble"] == ""
    for k in (0, 51, 2.5):
        with pytest.raises(pw.BadInput, match="k is how many pieces to list, 1 to 50"):
            pw.FillView(k=k, models=models)  # type: ignore[arg-type]
    for wrong in ("roberta", (), models * 2):
        with pytest.raises(pw.BadInput, match="models is a list of one or two"):
            pw.FillView(models=wrong)  # type: ignore[arg-type]


def test_it_leaves_the_notebook_as_page_picture_and_table(
    models: tuple[pw.Pipeline, pw.Pipeline], tmp_path: Any
) -> None:
    view = pw.FillView(TEXT, models=models, k=3)
    view.blank = 1
    page = view.to_html(tmp_path / "page.html").read_text("utf-8")
    assert page.count("</script>") == 2
    picture = view.to_svg(tmp_path / "picture.svg").read_text("utf-8")
    words = "".join(ElementTree.fromstring(picture).itertext())
    for one in view.fills:
        assert one is not None
        for candidate in one.candidates[1]:
            assert fixed(candidate.probability, 3) in words
            assert fixed(candidate.probability, 3) in view.static_html()
    assert "<b>bad" not in view.static_html()
    table = view.to_table()
    assert len(table) == 2 * 2 * 3 * 3  # models, blanks, rows of the reading, pieces
    last = table[(table["after"] == 2) & (table["blank"] == 1) & (table["place"] == 1)]
    assert last["probability"].tolist() == [one.candidates[1][0].probability for one in view.fills]  # type: ignore[union-attr]
    again = pw.FillView("x", models=models, k=3).open_link(view.link())
    assert (again.text, again.blank) == (TEXT, 1)
    assert again.summary() == view.summary()
