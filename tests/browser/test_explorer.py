"""The explorer in a real JupyterLab: typed into, switched, steered by keyboard, looked at."""

from __future__ import annotations

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.eventually import eventually

START = "import pipeline_widgets as pw"
# Of the map that lies over a head's button: in which column the darkest cell of each row is.
DARKEST_IN_ROWS = """
(sheet, [head, count]) => {
  const ratio = sheet.width / sheet.clientWidth, from = sheet.getBoundingClientRect();
  const place = sheet.parentElement.querySelectorAll("button i")[head].getBoundingClientRect();
  const context = sheet.getContext("2d"), side = place.width / count;
  const light = (row, column) => {
    const x = place.left - from.left + (column + 0.5) * side;
    const y = place.top - from.top + (row + 0.5) * side;
    const { data } = context.getImageData(Math.floor(ratio * x), Math.floor(ratio * y), 1, 1);
    return data[0] + data[1];
  };
  return Array.from({ length: count }, (_, row) => {
    const all = Array.from({ length: count }, (_, column) => light(row, column));
    return all.indexOf(Math.min(...all));
  });
}
"""
NOTE_FOCUS = """
root => {
  globalThis.focused = [];
  root.addEventListener("focusin", ({ target }) => focused.push(target.dataset.key ?? ""));
}
"""
SENTENCE = "The cat sat on the mat."


@pytest.fixture
def explorer(notebook):
    """Open a notebook with an explorer of the given arguments."""

    def show(arguments: str = "", **options):
        cells = [START, f"view = pw.PipelineExplorer({arguments})\nview"]
        return notebook(cells, wait_for=".pw-explorer[data-sequence]", **options)

    return show


def drawn(lab, sequence):
    lab.page.wait_for_selector(f".pw-explorer[data-sequence='{sequence}']")


def choose(lab, name):
    lab.page.get_by_role("radio", name=name, exact=True).click()


def chips(lab, panel=0):
    return lab.page.locator(f".pw-chip.pw-panel-{panel} .pw-piece").all_inner_texts()


def test_it_is_at_work_before_the_first_keystroke(explorer):
    lab = explorer()
    assert lab.page.get_by_role("textbox", name="Your sentence").input_value() == SENTENCE
    assert chips(lab)[:3] == ["<s>", "The", "cat"]
    lab.screenshot("explorer-light", ".pw-explorer")


def test_each_keystroke_changes_tokens_attention_and_label(explorer):
    lab = explorer()
    before = lab.page.locator(".pw-curves canvas").evaluate("node => node.toDataURL()")
    box = lab.page.get_by_role("textbox", name="Your sentence")
    box.fill("")
    drawn(lab, 1)
    expect(lab.page.locator(".pw-chip")).to_have_count(2)  # the special tokens alone
    text = "A warm and funny film"
    box.press_sequentially(text)
    drawn(lab, 1 + len(text))
    assert lab.page.locator(".pw-typed").all_inner_texts()[0] == "A"
    assert "".join(chips(lab)[1:-1]) == "Awarmandfunnyfilm"
    assert lab.value("view.text") == text
    assert lab.value("list(view.trace.tokens.shown)") == chips(lab)
    probability = lab.value("round(view.trace.prediction.confidence, 2)")
    expect(lab.page.locator(".pw-badge")).to_contain_text(f"{100 * probability:.0f} % sure")
    expect(lab.page.locator(".pw-badge-label")).to_have_text(
        lab.value("view.trace.prediction.label")
    )
    assert lab.page.locator(".pw-curves canvas").evaluate("node => node.toDataURL()") != before


def test_both_models_stand_under_the_same_characters(explorer):
    lab = explorer("'The untokenizable film, café 😀.'")
    choose(lab, "Side by side")
    lab.page.wait_for_selector(".pw-chip.pw-panel-1")
    panels = json.loads(
        lab.run_cell(
            "import json\n"
            "print(json.dumps([[list(span) for span in t.tokens.spans] for t in view.traces]))"
        )
    )
    edges = """nodes => nodes.map(node => [node.offsetLeft, node.offsetLeft + node.offsetWidth])"""
    one, two = (
        lab.page.locator(f".pw-chip.pw-panel-{panel}").evaluate_all(edges) for panel in (0, 1)
    )
    shared = [span for span in panels[0] if span in panels[1] and panels[0].count(span) == 1]
    assert len(shared) >= 3
    for span in shared:
        assert one[panels[0].index(span)] == two[panels[1].index(span)]
    lab.screenshot("explorer-both", ".pw-explorer")


def test_a_token_chosen_in_one_panel_is_marked_in_both(explorer):
    lab = explorer("'A café in Paris.', show='both'")
    piece = lab.page.locator(".pw-chip.pw-panel-1").filter(has_text="paris")
    other = lab.page.locator(".pw-chip.pw-panel-0").filter(has_text="Paris")
    target = piece if piece.count() else lab.page.locator(".pw-chip.pw-panel-1").nth(-3)
    target.click()
    expect(target).to_have_attribute("aria-pressed", "true")
    if other.count():
        expect(other.first).to_have_attribute("aria-pressed", "true")
    assert lab.value("view.panel") == 1


def test_the_model_is_switched(explorer):
    lab = explorer()
    choose(lab, "DistilBERT")
    expect(lab.page.locator(".pw-chip").first).to_contain_text("[CLS]")
    assert lab.value("view.trace.architecture") == "distilbert"
    expect(lab.page.get_by_role("radio", name="DistilBERT", exact=True)).to_be_checked()


def test_layer_head_and_token_are_chosen_with_the_keyboard_alone(explorer):
    lab = explorer()
    page = lab.page
    page.get_by_role("textbox", name="Your sentence").focus()
    page.locator(".pw-explorer").evaluate(NOTE_FOCUS)
    for _ in range(22):  # Tab walks every control once
        page.keyboard.press("Tab")
    names = set(page.evaluate("focused"))
    assert {"toggle-text", "chip-0-2", "layer-0-0", "head-roberta-2"} <= names
    page.locator("[data-key='layer-0-0']").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-key='layer-0-1']")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-key='layer-0-2']")).to_have_attribute("aria-checked", "true")
    page.locator("[data-key='head-roberta-0']").focus()
    for head in range(1, 4):
        page.keyboard.press("ArrowRight")
        expect(page.locator(f"[data-key='head-roberta-{head}']")).to_be_focused()
    page.locator("[data-key='chip-0-0']").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-key='chip-0-1']")).to_have_attribute("aria-pressed", "true")
    eventually(lab, "(view.layer, view.head, view.token)", (2, 3, 1))
    assert lab.value("view.selected.shape == (len(view.trace.tokens),)") is True


@pytest.mark.parametrize(("layer", "head"), [(0, 2), (1, 8), (5, 11)])
def test_each_small_map_is_its_own_heads_and_lies_over_its_button(explorer, layer, head):
    lab = explorer(f"{SENTENCE!r}, layer={layer}")
    darkest = lab.page.locator(".pw-thumb-sheet").evaluate(DARKEST_IN_ROWS, [head, 9])
    weights = np.array(lab.value(f"view.trace.layers.attention[{layer}, {head}].tolist()"))
    found = np.take_along_axis(weights, np.array(darkest)[:, None], axis=-1)[:, 0]
    assert found == pytest.approx(weights.max(-1), abs=weights.max() / 15)  # sent in 16 steps


def test_the_heatmap_says_each_cell_and_locks_a_row(explorer):
    lab = explorer("layer=0, head=0, token=0")
    lab.page.get_by_role("button", name="Heatmap").click()
    cell = lab.page.locator(".pw-heatmap")
    cell.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):  # the first key enters at (0, 0)
        lab.page.keyboard.press(key)
    weight = lab.value("format(float(view.trace.layers.attention[0, 0, 1, 1]), '.3f')")
    note = lab.page.locator(".pw-cellnote")
    expect(note).to_contain_text("The → The: " + weight)
    lab.page.keyboard.press("Enter")
    expect(lab.page.locator("[data-key='chip-0-1']")).to_have_attribute("aria-pressed", "true")
    assert lab.value("view.token") == 1
    lab.page.locator("[data-key='heatmap-0']").focus()
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("Escape")
    expect(note).to_contain_text("looks most at")


def test_every_stage_opens_in_place_with_words_numbers_and_code(explorer):
    lab = explorer("opened=()")
    for stage in ("text", "tokens", "embedding", "layers", "pooled", "prediction"):
        lab.page.locator(f"[data-key='toggle-{stage}']").click()
        lab.page.locator(f"[data-key='tab-{stage}-numbers']").click()
        expect(lab.page.locator(f"[data-key='tab-{stage}-numbers']")).to_have_attribute(
            "aria-selected", "true"
        )
        expect(lab.page.locator(".pw-tablebox table").last).to_be_visible()
        lab.page.locator(f"[data-key='tab-{stage}-code']").click()
        shown = lab.page.locator(".pw-codebox code").last.inner_text()
        assert shown == lab.value(f"view.code({stage!r})")
        lab.page.locator(f"[data-key='tab-{stage}-explain']").click()
    assert lab.value("len(view.opened)") == 6
    lab.screenshot("explorer-open", ".pw-explorer")


def test_a_slow_answer_is_never_drawn_over_a_newer_one(notebook):
    slow = """
import time
class Slow:
    name, architecture = "roberta", "roberta"
    model = pw.load("roberta")
    def trace(self, text):
        time.sleep(0.25)
        return self.model.trace(text)
    def predict_after_layers(self, trace):
        return self.model.predict_after_layers(trace)
view = pw.PipelineExplorer("start", models=(Slow(),))
view"""
    lab = notebook([START, slow], wait_for=".pw-explorer[data-sequence]")
    lab.page.evaluate("""() => {
      const root = document.querySelector('.pw-explorer');
      const box = root.querySelector('textarea');
      window.seen = [];
      new MutationObserver(() => {
        const text = [...root.querySelectorAll('.pw-typed')].map(node => node.textContent).join('');
        window.seen.push([Number(root.dataset.sequence), text.trim(), box.value]);
      }).observe(root, { attributes: true, attributeFilter: ['data-sequence'] });
    }""")
    box = lab.page.get_by_role("textbox", name="Your sentence")
    box.fill("")
    box.press_sequentially("abcdefgh", delay=60)
    drawn(lab, 9)
    seen = lab.page.evaluate("window.seen")
    assert [number for number, _, _ in seen] == sorted({number for number, _, _ in seen})
    assert all(text == typed for _, text, typed in seen), seen  # what is drawn is what is typed
    assert seen[-1][1] == "abcdefgh"


def test_an_error_is_said_in_the_widget_and_typing_goes_on(notebook):
    fragile = """
class Fragile:
    name, architecture = "roberta", "roberta"
    model = pw.load("roberta")
    def trace(self, text):
        if "boom" in text:
            raise pw.PipelineError("This text breaks the model; shorten it.")
        return self.model.trace(text)
    def predict_after_layers(self, trace):
        return self.model.predict_after_layers(trace)
view = pw.PipelineExplorer("fine", models=(Fragile(),))
view"""
    lab = notebook([START, fragile], wait_for=".pw-explorer[data-sequence]")
    box = lab.page.get_by_role("textbox", name="Your sentence")
    box.fill("boom")
    expect(lab.page.locator(".pw-note")).to_have_text("This text breaks the model; shorten it.")
    assert "".join(chips(lab)[1:-1]) == "fine"
    assert box.input_value() == "boom"
    box.fill("boom no more".replace("boom ", ""))
    drawn(lab, 2)
    assert "".join(chips(lab)[1:-1]) == "nomore"


def test_a_text_beyond_the_limit_says_what_was_left_out(explorer):
    lab = explorer("'word ' * 400")
    left_out = lab.value("view.trace.tokens.left_out")
    assert left_out > 100
    expect(lab.page.get_by_role("status").filter(has_text="left out")).to_contain_text(
        f"{left_out} tokens"
    )


def test_right_to_left_text_runs_from_the_right(explorer):
    lab = explorer("'שלום עולם'")
    left = lab.page.locator(".pw-chip").evaluate_all("nodes => nodes.map(node => node.offsetLeft)")
    assert left == sorted(left, reverse=True)
    lab.screenshot("explorer-rtl", ".pw-explorer")


def test_long_right_to_left_text_begins_in_view_beside_its_stages(explorer):
    lab = explorer("'שלום עולם ' * 6")

    def sides(selector: str) -> tuple[float, float]:
        box = lab.page.locator(selector).first.bounding_box()
        assert box is not None
        return box["x"], box["x"] + box["width"]

    view, first, stage = map(sides, (".pw-scroll", ".pw-chip", ".pw-gutter"))
    assert view[0] < first[0] < stage[0]
    assert stage[1] == pytest.approx(view[1], abs=2)
    lab.screenshot("explorer-rtl-long", ".pw-explorer")


@pytest.mark.parametrize(("theme", "width"), [("dark", 1200), ("dark", 600), ("light", 600)])
def test_it_reads_well_in_every_theme_and_width(explorer, theme, width):
    lab = explorer("'The film was not dull, but superb.', show='both'", theme=theme, width=width)
    root = lab.page.locator(".pw-explorer")
    expect(root).to_have_attribute("data-dark", str(theme == "dark").lower())
    assert root.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    lab.screenshot(f"explorer-{theme}-{width}", ".pw-explorer")


def test_the_theme_can_change_under_it(explorer):
    lab = explorer()
    lab.change_theme("dark")
    expect(lab.page.locator(".pw-explorer")).to_have_attribute("data-dark", "true")
    lab.screenshot("explorer-dark", ".pw-explorer")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation(explorer, axe_violations, theme):
    lab = explorer(
        "show='both', opened=('tokens', 'embedding', 'layers', 'prediction')", theme=theme
    )
    assert axe_violations(lab.page, ".pw-explorer") == []
