"""The views without a browser: what they hold, say and hand on."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import traitlets

import pipeline_widgets as pw
from pipeline_widgets.trace import STAGES
from pipeline_widgets.views.shared import linker as _esm
from pipeline_widgets.views.shared.packing import pack_array, pack_signed, pack_weights
from pipeline_widgets.views.shared.strings import ENGLISH
from pipeline_widgets.views.stages.strings import STAGE_WORDS

TEXT = "The café was not dull, 😀 truly superb."


@pytest.fixture(scope="module")
def roberta():
    return pw.load("roberta")


@pytest.fixture(scope="module")
def distilbert():
    return pw.load("distilbert")


@pytest.fixture
def explorer(roberta, distilbert):
    return pw.PipelineExplorer(TEXT, models=(roberta, distilbert), layer=1, head=2, token=3)


def decoded(sent):
    if sent["dtype"] == "uint4":
        packed = np.frombuffer(sent["data"], np.uint8)
        numbers = np.stack([packed >> 4, packed & 15], axis=1).ravel()[: np.prod(sent["shape"])]
        return numbers.reshape(sent["shape"]) * sent["scale"]
    values = np.frombuffer(sent["data"], sent["dtype"]).astype(np.float32) * sent["scale"]
    return values.reshape(sent["shape"])


def all_views(roberta, distilbert):
    traces = roberta.trace(TEXT), distilbert.trace(TEXT)
    flow = roberta.flow([TEXT, "Never again."])
    return [
        pw.PipelineExplorer(TEXT, models=(roberta, distilbert)),
        pw.TokenView(*traces),
        pw.EmbeddingView(traces[0]),
        pw.PredictionView(traces[1]),
        pw.FlowView(flow),
    ]


def test_two_equal_views_have_equal_reprs_and_equal_static_html(roberta, distilbert):
    for one, two in zip(
        all_views(roberta, distilbert), all_views(roberta, distilbert), strict=True
    ):
        assert repr(one) == repr(two)
        assert one.static_html() == two.static_html()
        assert "object at 0x" not in repr(one)


def test_the_notebook_keeps_a_picture_without_a_script_beside_the_widget(roberta, distilbert):
    for view in all_views(roberta, distilbert):
        data, _ = view._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in data
        assert data["text/plain"] == repr(view)
        assert "<table" in data["text/html"] or "<svg" in data["text/html"]
        assert "<script" not in data["text/html"]


def test_what_is_typed_in_html_stays_text_in_the_static_picture(roberta):
    view = pw.PipelineExplorer("<script>alert(1)</script>", models=(roberta,))
    assert "<script" not in view.static_html()


def test_typing_sends_the_result_of_that_text_with_its_number(explorer):
    explorer.set_state({"text": "Never again.", "_sequence": 7})
    assert explorer._result["text"] == "Never again."
    assert explorer._result["sequence"] == 7
    assert explorer.trace.text == "Never again."


@pytest.mark.parametrize("names", [("text", "_sequence"), ("_sequence", "text")])
def test_no_answer_has_the_text_before_and_the_number_after(explorer, names):
    answers: list[tuple[int, str]] = []
    explorer.observe(lambda change: answers.append(_said(change["new"])), "_result")
    for number, text in enumerate(("One", "One ", "One m", "One ", "One "), start=1):
        state = {"text": text, "_sequence": number}
        explorer.set_state({name: state[name] for name in names})
        assert answers == [(number, text)]
        answers.clear()


def _said(result) -> tuple[int, str]:
    return result["sequence"], result["text"]


def test_the_attention_sent_is_the_chosen_head_of_the_trace(explorer):
    panel = explorer._result["panels"][0]
    attention = explorer.trace.layers.attention
    assert (panel["layer"], panel["head"]) == (1, 2)
    np.testing.assert_allclose(decoded(panel["attention"]), attention[1, 2], atol=5e-4)
    largest = attention[1].max(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(decoded(panel["thumbs"]), attention[1] / largest, atol=1 / 30 + 1e-6)
    explorer.layer, explorer.head = 0, 5
    sent = decoded(explorer._result["panels"][0]["attention"])
    np.testing.assert_allclose(sent, attention[0, 5], atol=5e-4)


def test_only_open_stages_send_their_numbers(explorer):
    assert "embedding" not in explorer._result["panels"][0]
    explorer.opened = ["embedding"]
    panel = explorer._result["panels"][0]
    assert "attention" not in panel
    token = explorer.trace.embedding.token
    np.testing.assert_array_equal(decoded(panel["embedding"][0]), token[:, :: token.shape[1] // 32])


def test_selected_is_the_chosen_row_and_sums_to_one(explorer):
    np.testing.assert_array_equal(explorer.selected, explorer.trace.layers.attention[1, 2, 3])
    assert explorer.selected.sum() == pytest.approx(1, abs=1e-5)
    explorer.set_state({"token": 10_000})  # a browser may be ahead of Python
    np.testing.assert_array_equal(explorer.selected, explorer.trace.layers.attention[1, 2, -1])


def test_a_layer_beyond_the_shallower_models_last_is_its_last(roberta, distilbert):
    view = pw.PipelineExplorer(TEXT, models=(roberta, distilbert), show="both", layer=5)
    assert [panel["layer"] for panel in view._result["panels"]] == [5, 2]


def test_the_code_of_each_stage_gives_the_numbers_on_screen(explorer):
    space: dict[str, object] = {}
    *_, chosen = explorer._result["panels"]
    trace = explorer.trace
    expected = {
        "tokens": list(
            zip(trace.tokens.pieces, trace.tokens.ids.tolist(), trace.tokens.spans, strict=True)
        ),
        "embedding": tuple(
            getattr(trace.embedding, part)[3] for part in ("token", "position", "normalised")
        ),
        "layers": trace.layers.attention[1, 2].round(3),
        "pooled": (trace.pooled.first, trace.pooled.dense, trace.pooled.activated),
        "prediction": (
            trace.prediction.logits,
            trace.prediction.probabilities,
            trace.prediction.label,
        ),
    }
    assert chosen["model"] == "roberta"
    for stage in STAGES:
        *lines, last = explorer.code(stage).split("\n")
        exec("\n".join(lines), space)
        if stage == "text":
            exec(last, space)
            continue
        _same(eval(last, space), expected[stage])


def _same(value, expected):
    if isinstance(expected, np.ndarray):
        np.testing.assert_allclose(value, expected, atol=1e-5)
    elif isinstance(expected, tuple):
        for one, two in zip(value, expected, strict=True):
            _same(one, two)
    else:
        assert value == expected


def test_an_error_is_said_and_the_last_picture_stays(roberta):
    class Fragile:
        name, architecture = "roberta", "roberta"
        predict_after_layers = staticmethod(roberta.predict_after_layers)

        @staticmethod
        def trace(text):
            if "boom" in text:
                raise pw.PipelineError("This text breaks the model; shorten it.")
            return roberta.trace(text)

    view = pw.PipelineExplorer("fine", models=(Fragile(),))
    before = view._result["panels"]
    view.text = "boom"
    assert view._result["error"] == "This text breaks the model; shorten it."
    assert view._result["panels"] == before
    view.text = "fine again"
    assert view._result["error"] == ""


def test_bad_arguments_are_refused_with_the_way_out(roberta):
    with pytest.raises(pw.BadInput, match="'roberta', 'both'"):
        pw.PipelineExplorer(TEXT, models=(roberta,), show="bert")
    with pytest.raises(pw.BadInput, match=r'\("roberta",\)'):
        pw.PipelineExplorer(TEXT, models="roberta")
    with pytest.raises(pw.BadInput, match="one of 'text', 'tokens'"):
        pw.PipelineExplorer(TEXT, models=(roberta,), opened=["attention"])
    with pytest.raises(pw.BadInput, match="one or two traces"):
        pw.TokenView("text")
    with pytest.raises(pw.BadInput, match="texts differ"):
        pw.TokenView(roberta.trace("a"), roberta.trace("b"))
    with pytest.raises(pw.BadInput, match="one or two flows"):
        pw.FlowView(roberta)
    with pytest.raises(pw.BadInput, match="list of texts"):
        pw.FlowView.live("one text")
    with pytest.raises(TypeError, match="lyer"):
        pw.PipelineExplorer(TEXT, models=(roberta,), lyer=3)
    with pytest.raises(pw.UnknownModel):
        pw.PipelineExplorer(TEXT, models=("robrta",))


def test_views_can_be_linked_and_observed(roberta, distilbert):
    one, two = pw.TokenView(roberta.trace(TEXT)), pw.EmbeddingView(roberta.trace(TEXT))
    traitlets.link((one, "token"), (two, "token"))
    seen = []
    two.observe(lambda change: seen.append(change["new"]), "token")
    one.token = 4
    assert seen == [4]
    np.testing.assert_array_equal(two.selected, two.trace.embedding.normalised[4])


def test_figures_show_the_same_numbers(explorer, roberta):
    pytest.importorskip("plotly")
    heat = explorer.figure().data[0]
    np.testing.assert_allclose(heat.z, explorer.trace.layers.attention[1, 2], atol=1e-4)
    trace = roberta.trace(TEXT)
    after = roberta.predict_after_layers(trace)
    figure = pw.PredictionView(trace, after_layers=after).figure()
    np.testing.assert_allclose(figure.data[0].y, trace.prediction.probabilities, atol=1e-4)
    np.testing.assert_allclose(figure.data[2].y, after[:, 1], atol=1e-4)
    strips = pw.EmbeddingView(trace).figure().data[2]
    np.testing.assert_allclose(strips.z, trace.embedding.normalised, atol=1e-3)
    assert pw.TokenView(trace).figure().data[0].cells.values[2] == trace.tokens.ids.tolist()


def test_a_finished_flow_shows_the_shapes_of_the_data_set(roberta):
    flow = roberta.flow([TEXT, "Never again.", "Fine"], max_length=8)
    view = pw.FlowView(flow)
    shapes = [stage["shape"] for stage in view._panels[0]["stages"]]
    assert shapes == ["3", "3 × 8", "3 × 8 × 384", "3 × 8 × 384", "3 × 384", "3 × 2"]
    assert sum(count for _, count in view._panels[0]["counts"]) == 3
    assert repr(view) == "FlowView(models=('roberta',), sentences=3)"


def test_a_live_flow_ends_with_the_same_result_as_a_plain_one(roberta, distilbert):
    texts = [TEXT, "Never again.", "Fine"]
    view = pw.FlowView.live(texts, models=(roberta, distilbert))
    flows = view.wait(60)
    assert view._progress == {}
    for flow, pipeline in zip(flows, (roberta, distilbert), strict=True):
        plain = pipeline.flow(texts).probabilities
        np.testing.assert_allclose(flow.probabilities, plain, atol=1e-6)


def test_bytes_are_within_the_error_they_promise():
    numbers = np.random.default_rng(0).uniform(0, 1, (40, 40)).astype(np.float32)
    assert np.abs(decoded(pack_weights(numbers)) - numbers).max() <= 1 / 510 + 1e-6
    signed = numbers * 6 - 3
    assert np.abs(decoded(pack_signed(signed)) - signed).max() <= np.abs(signed).max() / 254 + 1e-6
    np.testing.assert_array_equal(decoded(pack_array(signed)), signed)
    assert decoded(pack_signed(np.zeros((0, 4), np.float32))).shape == (0, 4)


def test_every_word_the_browser_asks_for_is_in_the_strings():
    for module, words in (("stages/embedding.js", STAGE_WORDS), ("dataset/view.js", {})):
        asked = set(re.findall(r"strings\.(\w+)", _esm.link(module)))
        assert asked <= {*ENGLISH, *words}, asked - {*ENGLISH, *words}
    for stage in STAGES:
        assert stage in ENGLISH


def test_words_can_be_translated(roberta):
    view = pw.TokenView(roberta.trace("Hallo"), strings={"tokens": "Zerlegung"})
    assert view.strings["tokens"] == "Zerlegung"
    assert view.strings["prediction"] == ENGLISH["prediction"]


def test_no_widget_file_names_another_host():
    scripts = [path for path in _esm.VIEWS.rglob("*.*") if path.suffix in {".js", ".css"}]
    assert len(scripts) > 60
    for path in scripts:
        text = path.read_text("utf-8").replace("http://www.w3.org/", "")
        assert not re.search(r"https?://|//cdn|@import|url\(", text), path.name


def test_every_style_rule_stays_inside_our_widgets():
    for path in _esm.VIEWS.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        text = re.sub(r"@keyframes pw-[\w-]+\s*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", text)
        text = re.sub(r"@(media|container)[^{]*\{", "", text)
        while text != (flat := re.sub(r"(\{[^{}]*?)[^{};]+\{[^{}]*\}", r"\1", text)):
            text = flat  # a rule in a rule of ours stays inside
        for selectors in re.findall(r"([^{}]+)\{", text):
            for selector in re.split(r",(?![^(]*\))", selectors):
                either = re.match(r"\s*:is\(([^)]*)\)", selector)
                for one in either[1].split(",") if either else [selector]:
                    assert one.strip().startswith(".pw"), (path.name, selector.strip())


def test_the_state_of_a_view_is_json_and_bytes_only(explorer):
    state = explorer.get_state()
    json.dumps(state, default=lambda value: len(value) if isinstance(value, bytes) else 1 / 0)


def test_a_closed_embedding_still_has_a_strip_to_show(roberta):
    view = pw.EmbeddingView(roberta.trace(TEXT), opened=())
    panel = view._result["panels"][0]
    assert "embedding" not in panel
    assert panel["hidden"]["shape"] == [7, len(view.trace.tokens), 8]
