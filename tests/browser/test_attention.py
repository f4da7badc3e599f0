"""AttentionView in a real JupyterLab: by keyboard alone, changed, measured, looked at."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.eventually import eventually

TEXT = "The film was not dull, it was truly untokenizable."
START = f"""
import pipeline_widgets as pw
roberta = pw.load("roberta")
trace = roberta.trace({TEXT!r})"""
PAINTED = ".pw-attention[data-painted]"


# Of a small map, a pixel for each weight: in which column the darkest pixel of each row is.
DARKEST_IN_ROWS = """
canvas => Array.from({ length: canvas.height }, (_, row) => {
  const { data } = canvas.getContext("2d").getImageData(0, row, canvas.width, 1);
  const light = Array.from({ length: canvas.width }, (_, k) => data[4 * k] + data[4 * k + 1]);
  return light.indexOf(Math.min(...light));
})
"""


@pytest.fixture
def attention(notebook):
    """Open a notebook with an attention view of the given arguments."""

    def show(arguments: str = "", **options):
        cells = [START, f"view = pw.AttentionView(trace, pipeline=roberta{arguments})\nview"]
        return notebook(cells, wait_for=PAINTED, **options)

    return show


def at(page, row, column):
    """Where a cell of the square is, in pixels of its canvas."""
    place = json.loads(page.locator("[data-key=square]").get_attribute("data-place"))
    return {
        "x": place["left"] + (column + 0.5) * place["side"],
        "y": place["top"] + (row + 0.5) * place["side"],
    }


def row_on_screen(page):
    cells = page.locator(".pw-row tbody tr").evaluate_all(
        "rows => rows.map(row => [row.children[0].innerText, Number(row.children[2].innerText)])"
    )
    return [tuple(cell) for cell in cells]


@pytest.mark.parametrize(("layer", "head"), [(0, 2), (1, 8), (5, 11)])
def test_each_map_is_its_own_heads_in_the_wall_and_in_the_row(attention, layer, head):
    lab = attention(f", layer={layer}, opened=['heads']")
    weights = np.array(lab.value(f"view.trace.layers.attention[{layer}, {head}].tolist()"))
    for key in (f"head-{layer}-{head}", f"row-{head}"):
        darkest = lab.page.locator(f"[data-key={key}] canvas").evaluate(DARKEST_IN_ROWS)
        found = np.take_along_axis(weights, np.array(darkest)[:, None], axis=-1)[:, 0]
        assert found == pytest.approx(weights.max(-1), abs=weights.max() / 15)  # sent in 16 steps


def test_it_opens_with_one_head_large_and_nothing_empty(attention):
    lab = attention(", layer=1, head=8")
    page = lab.page
    expect(page.locator(".pw-title")).to_have_text("Layer 1 · Head 8")
    expect(page.locator(".pw-kind")).to_contain_text(lab.value("view.describe(1, 8)"))
    expect(page.locator(".pw-heads [role=radio]")).to_have_count(12)
    expect(page.locator(".pw-wall, .pw-effect, .pw-word, .pw-tools")).to_have_count(0)
    square = page.locator("[data-key=square]").bounding_box()
    assert square["height"] > 300
    assert square["y"] + square["height"] < 1000  # on the screen without scrolling
    for name, part in (
        ("What if it were off?", ".pw-word"),
        ("All heads of all layers", ".pw-wall .pw-tile"),
        ("More ways to draw it", ".pw-mass"),
    ):
        page.get_by_role("button", name=name).click()
        expect(page.locator(part).first).to_be_visible()
    expect(page.locator(".pw-effect")).to_have_count(0)  # not measured: one button and one line
    expect(page.locator(".pw-measure button")).to_have_count(1)
    eventually(lab, "list(view.opened)", ["what_if", "heads", "options"])


def test_the_caption_names_the_strongest_look_at_another_word(attention):
    lab = attention(", layer=5, head=9")
    names, weights = lab.value(
        "(list(view.labels), [[round(float(w), 6) for w in row] for row in view.selected])"
    )
    weights = np.array(weights)
    np.fill_diagonal(weights, -1)
    weights[:, [0, -1]] = -1  # special tokens
    query, key = np.unravel_index(weights.argmax(), weights.shape)
    said = f"“{names[query]}” at “{names[key]}”, {weights.max():.2f}"
    expect(lab.page.locator(".pw-kind")).to_contain_text(said)
    expect(lab.page.locator("[data-key=square]")).to_have_attribute(
        "aria-label", re.compile(re.escape(said))
    )
    expect(lab.page.locator(".pw-rowname strong")).to_have_text(f"{names[query]} looks at")


def test_from_layer_to_layer_and_head_to_head_with_the_keyboard_alone(attention):
    lab = attention()
    page = lab.page
    page.locator("[data-key=layer-next]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pw-layer-place")).to_contain_text("Layer 1")
    page.keyboard.press("Tab")
    expect(page.locator("[data-key=row-0]")).to_be_focused()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator("[data-key=row-2]")).to_be_focused()
    eventually(lab, "(view.layer, view.head)", (0, 2))
    said = page.locator(".pw-said")
    expect(said).to_contain_text("Layer 0 · Head 2")
    expect(said).to_contain_text(lab.value("view.describe(0, 2)"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-key=square]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("looks most at")
    page.keyboard.press("Escape")
    expect(page.locator("[data-key=row-2]")).to_be_focused()


def test_from_the_wall_to_a_locked_row_and_back_with_the_keyboard_alone(attention):
    lab = attention(", opened=['heads']")
    page = lab.page
    page.locator("[data-key=order]").focus()
    page.keyboard.press("Tab")
    expect(page.locator("[data-key=head-0-0]")).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator("[data-key=head-1-3]")).to_be_focused()
    page.wait_for_selector(".pw-attention[data-shown='head 1 3']")
    eventually(lab, "(view.layer, view.head)", (1, 3))
    page.keyboard.press("Enter")
    square = page.locator("[data-key=square]")
    expect(square).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator(".pw-locked")).to_be_visible()
    expect(page.locator(".pw-derivation")).to_be_visible()
    eventually(lab, "(view.token, view.key)", (2, 1))
    weight = lab.value("float(view.selected[2, 1])")
    expect(page.locator(".pw-derived")).to_have_text(f"= {weight:.3f}")
    expect(page.locator(".pw-cellnote")).to_contain_text(f"{weight:.3f}")
    page.keyboard.press("Escape")
    expect(page.locator(".pw-locked")).to_have_count(0)
    eventually(lab, "view.token", -1)
    page.keyboard.press("Escape")
    expect(page.locator("[data-key=row-3]")).to_be_focused()


def test_a_row_on_screen_has_the_numbers_of_the_slice_in_python(attention):
    lab = attention(", layer=2, head=6")
    page = lab.page
    page.locator("[data-key=square]").hover(position=at(page, 4, 3))
    shown = row_on_screen(page)
    names, row = lab.value("(list(view.labels), [float(w) for w in view.selected[4]])")
    assert dict(enumerate(sorted((number for _, number in shown), reverse=True))) == pytest.approx(
        dict(enumerate(sorted(row, reverse=True))), abs=0.001
    )
    assert {name for name, _ in shown} == set(names)
    assert sum(number for _, number in shown) == pytest.approx(1, abs=0.01)


def test_hidden_specials_and_words_are_what_python_selects(attention):
    lab = attention(", layer=1, head=1, opened=['options']")
    page = lab.page
    page.get_by_role("button", name="Words", exact=True).click()
    page.get_by_role("button", name="hidden, rows back to 1").click()
    expect(page.locator(".pw-notes")).to_contain_text("summed over the pieces")
    page.locator("[data-key=square]").hover(position=at(page, 2, 2))
    eventually(lab, "(view.words, view.specials)", (True, "renormalised"))
    names, row = lab.value("(list(view.labels), [float(w) for w in view.selected[2]])")
    assert "<s>" not in names
    assert "untokenizable" in names
    expected = sorted(zip(names, row, strict=True), key=lambda cell: -cell[1])
    shown = row_on_screen(page)
    assert [number for _, number in shown] == pytest.approx([w for _, w in expected], abs=0.002)
    assert {name for name, _ in shown} == set(names)


def test_a_head_is_switched_off_and_the_probability_moves(attention):
    lab = attention(", layer=5, head=10, opened=['what_if']")
    page = lab.page
    before = page.locator(".pw-probability").all_inner_texts()
    page.get_by_role("button", name="Switch off head 5·10").click()
    expect(page.locator(".pw-tag")).to_have_text("head 5·10 off ×")
    expect(page.locator(".pw-moved").first).not_to_be_empty()
    engine = lab.value(
        "[round(float(p), 3) for p in roberta.trace(trace.text, without=["
        "__import__('pipeline_widgets.engine.interventions', fromlist=['x'])"
        ".SwitchOffHeads(5, 10)]).prediction.probabilities]"
    )
    after = [float(text) for text in page.locator(".pw-probability").all_inner_texts()]
    assert after == pytest.approx(engine, abs=0.0011)
    assert after != [float(text) for text in before]
    said = page.locator(".pw-said")
    expect(said).to_have_text(re.compile(r"head 5·10 off: “\w+” from 0\.\d{3} to 0\.\d{3}\."))
    page.get_by_role("button", name="Undo all").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pw-tag")).to_have_count(0)
    expect(page.locator("[data-key=row-10]")).to_be_focused()  # not lost with the button
    expect(page.locator(".pw-probability").first).to_have_text(before[0])
    expect(said).to_have_text("Nothing is changed.")


def test_effects_fill_the_wall_and_bars_stand_under_the_words(attention):
    lab = attention(", opened=['what_if', 'heads']")
    page = lab.page
    page.get_by_role("button", name="Measure effects").click()
    page.wait_for_selector(".pw-attention[data-effects='72']")
    expect(page.locator(".pw-effect.pw-known")).to_have_count(72)
    expect(page.locator(".pw-word-value")).not_to_have_count(0)
    effects = lab.value("view.word_effects.round(2).tolist()")
    shown = page.locator(".pw-word-value").all_inner_texts()
    assert [float(text.replace("−", "-")) for text in shown] == pytest.approx(effects, abs=0.0101)
    page.locator("[data-key=order]").select_option("effect")
    strongest = lab.value(
        "tuple(int(i) for i in __import__('numpy').unravel_index("
        "abs(view.head_effects).argmax(), view.head_effects.shape))"
    )
    first = page.locator(".pw-tile-name").filter(has_text="·").first
    expect(first).to_have_text(f"{strongest[0]}·{strongest[1]}")
    said = page.locator(".pw-said")
    expect(said).to_contain_text(f"Of all heads, {strongest[0]}·{strongest[1]} moves")
    word = lab.value("view._answer['words'][int(abs(view.word_effects).argmax())]")
    expect(said).to_contain_text(f"Of the words, “{word}”")


def test_a_word_left_out_and_a_word_masked_change_the_tokens(attention):
    lab = attention(", opened=['what_if']")
    page = lab.page
    page.locator("[data-key=word-3]").click()
    expect(page.locator(".pw-tag")).to_have_text("without “not” ×")
    page.locator("[data-key=mode-mask]").click()
    page.locator("[data-key=word-4]").click()
    expect(page.locator(".pw-tag")).to_have_count(2)
    expect(page.locator(".pw-tag").nth(1)).to_have_text("“dull” masked ×")
    eventually(lab, "view.trace.interventions", ("without “not”", "token 5 (dull) masked"))
    eventually(lab, "'<mask>' in view.labels and 'not' not in view.labels", True)


@pytest.mark.parametrize("text", ["הסרט היה ארוך ויפה", "这部电影很好看。"])
def test_labels_stand_right_in_any_script(notebook, text):
    cells = [
        f"import pipeline_widgets as pw\ntrace = pw.load('roberta').trace({text!r})",
        "view = pw.AttentionView(trace)\nview.words = True\nview",
    ]
    lab = notebook(cells, wait_for=PAINTED)
    lab.page.locator("[data-key=square]").hover(position=at(lab.page, 1, 1))
    assert {name for name, _ in row_on_screen(lab.page)} == set(lab.value("list(view.labels)"))
    expect(lab.page.locator(".pw-rowname strong")).to_contain_text(lab.value("view.labels[1]"))


@pytest.mark.parametrize(("width", "theme"), [(1200, "light"), (600, "dark")])
def test_it_is_accessible_and_looked_at(attention, axe_violations, width, theme):
    lab = attention(
        ", layer=1, head=8, opened=['what_if', 'heads', 'options']",
        width=width,
        height=2400,
        theme=theme,
    )
    page = lab.page
    expect(page.locator(".pw-attention")).to_have_attribute(
        "aria-label", lab.value("view.summary()")
    )
    page.get_by_role("button", name="Measure effects").click()
    page.wait_for_selector(".pw-attention[data-effects='72']")
    page.locator("[data-key=square]").click(position=at(page, 5, 6))
    expect(page.locator(".pw-derivation")).to_be_visible()
    assert axe_violations(page, ".pw") == []
    lab.screenshot(f"attention-{theme}-{width}", ".pw-attention")
    other = "dark" if theme == "light" else "light"
    lab.change_theme(other)
    expect(page.locator(".pw-attention")).to_have_attribute(
        "data-dark", str(other == "dark").lower()
    )
    page.get_by_role("button", name="Curves").click()
    assert axe_violations(page, ".pw") == []
    lab.screenshot(f"attention-{other}-{width}-curves", ".pw-attention")


def test_a_view_follows_an_explorer_while_effects_are_measured(notebook):
    cells = [
        START,
        "import ipywidgets\n"
        "explorer = pw.PipelineExplorer(trace.text, models=(roberta,), opened=())\n"
        "view = pw.AttentionView.follow(explorer, opened=['what_if'])\n"
        "ipywidgets.VBox([explorer, view])",
    ]
    lab = notebook(cells, wait_for=PAINTED)
    page = lab.page
    page.get_by_role("button", name="Measure effects").click()
    box = page.get_by_role("textbox", name="Your sentence")
    box.fill("")
    box.press_sequentially("Truly dull")
    page.wait_for_selector(".pw-explorer[data-sequence='11']")
    assert lab.value("view.text") == "Truly dull"
    expect(page.locator(".pw-word-text")).to_have_text(["Truly", "dull"])
