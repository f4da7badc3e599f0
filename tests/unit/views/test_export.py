"""Every view outside a notebook: page, SVG, table, figure."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest

import pipeline_widgets as pw
from pipeline_widgets.views.shared import sheets

TEXT = "The café </script> was <b>not</b> dull & “superb”."


@pytest.fixture(scope="module")
def pipelines():
    return pw.load("roberta"), pw.load("distilbert")


@pytest.fixture(scope="module")
def views(pipelines):
    roberta, distilbert = pipelines
    one, two = roberta.trace(TEXT), distilbert.trace(TEXT)
    return {
        "attention": pw.AttentionView(one, pipeline=roberta, layer=1, head=2),
        "compare": pw.CompareView(one, two, pipelines=pipelines),
        "embedding": pw.EmbeddingView(one),
        "explorer": pw.PipelineExplorer(TEXT, models=pipelines, show="both"),
        "flow": pw.FlowView(roberta.flow([TEXT, "Never again."])),
        "prediction": pw.PredictionView(one, after_layers=roberta.predict_after_layers(one)),
        "tokens": pw.TokenView(one, two),
    }


NAMES = ["attention", "compare", "embedding", "explorer", "flow", "prediction", "tokens"]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_one_file_that_asks_for_nothing(views, name, tmp_path):
    text = views[name].to_html(tmp_path / "view.html").read_text("utf-8")
    addresses = set(re.findall(r"https?://[^\"'\s<>)]+", text))
    assert {address for address in addresses if not address.startswith("http://www.w3.org/")} == (
        set()
    )
    assert text.count("</script>") == 2
    assert "import " not in re.sub(r"//.*", "", text.split('type="module">')[1]).split("\n")[0]


def test_ten_open_pages_have_ten_titles(views, tmp_path):
    pages = [views[name].to_html(tmp_path / f"{name}.html").read_text("utf-8") for name in NAMES]
    titles = [re.search("<title>(.*?)</title>", page)[1] for page in pages]
    assert len(set(titles)) == len(NAMES)
    assert all(" " in title and len(title) <= 300 for title in titles)
    assert "RoBERTa" in titles[0]


@pytest.mark.parametrize("name", NAMES)
def test_an_svg_is_well_formed_and_says_the_summary(views, name, tmp_path):
    path = views[name].to_svg(tmp_path / "view.svg")
    root = ElementTree.parse(path).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find("{http://www.w3.org/2000/svg}title").text == views[name].summary()
    assert len(list(root.iter())) > 10


@pytest.mark.parametrize("name", NAMES)
def test_every_view_has_a_figure_and_a_table(views, name):
    assert type(views[name].figure()).__name__ == "Figure"
    table = views[name].to_table()
    assert isinstance(table, pd.DataFrame)
    assert len(table) > 1


def test_without_pandas_a_table_is_a_list_of_dicts(views, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    rows = views["attention"].to_table()
    assert rows[0] == {"query": "<s>", "key": "<s>", "weight": rows[0]["weight"]}
    assert rows[0]["weight"] == pytest.approx(views["attention"].selected[0, 0], abs=1e-5)


def test_the_attention_table_is_the_square_on_screen(views):
    table = views["attention"].to_table()
    weights = table["weight"].to_numpy().reshape(views["attention"].selected.shape)
    np.testing.assert_allclose(weights, views["attention"].selected, atol=1e-6)


def test_the_comparison_table_has_the_difference(views):
    table = views["compare"].to_table()
    difference = table["distilbert"] - table["roberta"]
    np.testing.assert_allclose(table["difference"], difference, atol=2e-6)


def test_every_head_is_recorded_for_the_page(views):
    squares, vectors = views["attention"]._recorded()
    assert set(squares.answers) >= {
        f"head|{layer}|{head}" for layer in range(6) for head in range(12)
    }
    number = squares.answers["head|3|7"][0]
    assert squares.changes[number]["_shown"]["head"] == 7
    assert len(vectors.answers) == 72


def test_only_the_chosen_layer_of_a_long_text_is_recorded(pipelines):
    trace = pipelines[0].trace("so very good and " * 60)
    assert len(trace.tokens) > 200
    view = pw.AttentionView(trace, layer=2)
    (squares,) = view._recorded()
    few = 2 * 72 * len(trace.tokens) ** 2 <= 12e6
    layers = {answer.split("|")[1] for answer in squares.answers}
    assert layers == ({str(layer) for layer in range(6)} if few else {"2"})


def test_pictures_are_stacked_with_their_captions():
    picture = '<svg xmlns="x" viewBox="0 0 10 20" width="10"><title>One</title><rect/></svg>'
    stacked = sheets.stack([picture, picture], "Two pictures")
    assert stacked.count("<rect/>") == 2
    assert ">One</text>" in stacked


def test_without_plotly_a_figure_says_how_to_get_it_and_what_does_without(monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly", None)
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    monkeypatch.setitem(sys.modules, "plotly.subplots", None)
    trace = pw.load("roberta").trace("A fine day.")
    for view in (pw.AttentionView(trace), pw.TokenView(trace), pw.PredictionView(trace)):
        with pytest.raises(pw.MissingExtra, match=r"pipeline-widgets\[plotly\].*to_svg"):
            view.figure()
