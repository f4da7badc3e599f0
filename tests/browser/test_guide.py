"""Guide me, links in prose, Save picture, and what an explorer says to a newcomer."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

import pipeline_widgets as pw
from tests.browser.bridge import Bridge

TEXT = "The film was not good."


@pytest.fixture
def show(page):
    """Draw an explorer of these arguments; returns it and its root element."""
    bridge = Bridge(page)

    def draw(text=TEXT, **options):
        view = pw.PipelineExplorer(text, **options)
        root = bridge.show(view)
        bridge.settle()
        return view, root

    yield draw
    assert bridge.errors == []


def test_the_guide_is_walked_by_keyboard_alone_and_left_by_escape(show):
    view, root = show()
    page = root.page
    root.locator("[data-key=guide]").focus()
    page.keyboard.press("Enter")
    title = root.locator(".pw-guide-title")
    seen: list[str] = []
    for step in range(1, 9):
        expect(title).to_have_text(f"Step {step} of 8")
        expect(title).to_be_focused()
        seen.append(root.locator(".pw-lit .pw-name").inner_text())
        if step < 8:
            root.locator("[data-key='guide-next']").focus()
            page.keyboard.press("Enter")
    assert seen[:3] == ["Input text", "Tokenization", "Embedding"]
    assert seen[-1] == "Classifier"
    expect(root.locator(".pw-guide")).to_contain_text(
        f"RoBERTa feels negative, {view.trace.prediction.confidence:.0%} sure.".replace("%", " %")
    )
    root.locator("[data-key='guide-back']").focus()
    page.keyboard.press("Enter")
    expect(title).to_have_text("Step 7 of 8")
    page.keyboard.press("Escape")
    expect(title).to_have_count(0)
    expect(root.locator("[data-key=guide]")).to_be_focused()


def test_a_guess_is_judged_by_the_numbers_of_the_learners_own_sentence(show):
    view, root = show("An odd little play about bees.")
    root.locator("[data-key=guide]").click()
    for _ in range(3):
        root.locator("[data-key='guide-next']").click()
    looked = view.trace.tokens.shown[int(view.selected.argmax())]
    options = root.locator(".pw-guess button")
    expect(options).to_have_count(3)
    place = options.all_inner_texts().index(looked)
    options.nth((place + 1) % 3).click()
    expect(root.locator(".pw-guess-said")).to_contain_text(f"Here it is {looked}")
    options.nth(place).click()
    expect(root.locator(".pw-guess-said")).to_have_text(f"Right: {looked}.")
    for _ in range(2):
        root.locator("[data-key='guide-next']").click()
    best = int(view.trace.prediction.probabilities.argmax())
    after = pw.load("roberta").predict_after_layers(view.trace).argmax(axis=1)
    settled = max([row for row, label in enumerate(after) if label != best], default=0)
    options = root.locator(".pw-guess button")
    options.filter(has_text=re.compile(rf"layer {settled}$")).click()
    expect(root.locator(".pw-guess-said")).to_contain_text("Right")


def test_typing_goes_on_while_the_guide_is_open(show):
    view, root = show()
    root.locator("[data-key=guide]").click()
    root.locator("[data-key='guide-next']").click()
    root.locator(".pw-box").fill("Two words")
    expect(root.locator(".pw-guide")).to_contain_text(f"into {len(view.trace.tokens)} tokens")
    expect(root.locator(".pw-box")).to_be_focused()


def test_a_link_in_prose_acts_on_the_nearest_view_before_it(page):
    bridge = Bridge(page)
    one, two = (pw.PipelineExplorer(TEXT, models=("roberta",)) for _ in range(2))
    bridge.show(one, "one")
    page.evaluate(_PROSE, ["show head 5·9", "#show?layer=5&head=9"])
    bridge.show(two, "two")
    page.evaluate(_PROSE, ["Another film", "#show?text=Another%20film&token=1"])
    page.evaluate(_PROSE, ["elsewhere", "#show?threshold=0.5"])
    for link in page.get_by_role("link").all():
        link.click()
    bridge.settle()
    assert (one.layer, one.head, one.text) == (5, 9, TEXT)
    assert (two.text, two.token) == ("Another film", 1)
    assert (two.layer, two.head) != (5, 9)
    expect(page.locator(".one .pw-heads-name")).to_contain_text("5·9")
    assert page.locator(".two .pw-box").input_value() == "Another film"
    assert bridge.errors == []


_PROSE = """
([text, href]) => {
  const link = Object.assign(document.createElement("a"), { textContent: text, href });
  const prose = document.createElement("p");
  prose.append(link);
  document.body.append(prose);
}
"""


@pytest.mark.parametrize("kind", ["svg", "png", "csv"])
def test_the_picture_and_its_numbers_are_saved(show, kind):
    view, root = show()
    root.locator("[data-key=save]").click()
    with root.page.expect_download() as waiting:
        root.locator(f"[data-key=save-{kind}]").click()
    assert waiting.value.suggested_filename == f"PipelineExplorer.{kind}"
    data = waiting.value.path().read_bytes()
    if kind == "svg":
        assert data.startswith(b"<svg")
        assert b"negative" in data
    elif kind == "png":
        assert data.startswith(b"\x89PNG")
        assert int.from_bytes(data[16:20]) > 400  # the width in pixels
    else:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        weights = [float(row["weight"]) for row in rows if row["query"] == rows[0]["query"]]
        assert len(rows) == len(view.trace.tokens) ** 2
        assert sum(weights) == pytest.approx(1, abs=1e-4)


QUESTIONS = {
    "what do I do": r"type a sentence",
    "what is this model for": r"trained on reviews .* is the writer pleased",
    "what did it say": r"feels negative",
    "how sure": r"\d\d(\.\d)? % sure",
    "where do I look next": r"then choose a word .* guide me",
}


def test_five_first_questions_are_answered_without_scrolling(notebook):
    lab = notebook(
        ["import pipeline_widgets as pw", f"view = pw.PipelineExplorer({TEXT!r})\nview"],
        wait_for=".pw-explorer[data-sequence]",
        width=1280,
        height=900,
    )
    seen = " ".join(lab.page.evaluate(_VISIBLE_TEXT).split()).lower()
    for question, answered in QUESTIONS.items():
        assert re.search(answered, seen), f"{question}: {seen}"
    lab.screenshot("explorer-first-look")


# The text of the view that stands inside the window, in the order of the page.
_VISIBLE_TEXT = """
() => {
  const view = document.querySelector(".pw-explorer"), said = [];
  const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const range = document.createRange(), text = walker.currentNode;
    range.selectNode(text);
    const { top, bottom, left, width } = range.getBoundingClientRect();
    const inside = width && top >= 0 && bottom <= innerHeight;
    const over = document.elementFromPoint(left + 2, (top + bottom) / 2);
    if (inside && text.parentElement.contains(over)) said.push(text.data);
  }
  return said.join(" ");
}
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "special tokens are read, and spaces"),
        ("   ", "special tokens are read, and spaces"),
        ("这部电影很好。", "has learned from English alone"),
        ("الفيلم جيد جدا", "has learned from English alone"),
        ("🤖🤖🤖", "hardly any of these words"),
        ("The film was good.", None),
        ("un café déjà vu", None),
    ],
)
@pytest.mark.parametrize("model", ["roberta", "distilbert"])
def test_words_it_has_not_learned_are_remarked_on(show, model, text, said):
    _, root = show(text, models=(model,))
    note = root.locator(".pw-note")
    if said is None:
        expect(note).to_have_text("")
    else:
        expect(note).to_contain_text(said)


def test_no_chip_is_blank_whatever_is_typed(show):
    _, root = show("a\u200db \u00a0 \t c\u0301 \ufe0f", show="both")
    for text in root.locator(".pw-chip .pw-piece").all_inner_texts():
        assert re.search(r"[^\s\u200d\ufe0f]", text), repr(text)


def test_hidden_parts_are_not_on_the_page(show):
    hide = ("embedding", "models", "examples", "pin", "guide", "save", "ids")
    hide += ("probabilities", "code")
    _, root = show(hide=hide, opened=("layers", "tokens"))
    text = root.inner_text()
    for gone in ("Embedding", "Side by side", "Guide me", "Save picture", "% sure", "Code"):
        assert gone not in text
    assert root.locator(".pw-presets").count() == 0
    assert not root.locator(".pw-id").first.is_visible()
    assert "Tokenization" in text


def test_every_token_has_room_where_no_word_and_no_chip_is_shown(show):
    _, root = show("a, b.", hide=("text", "tokens"))
    columns = root.locator(".pw-measure").evaluate_all("nodes => nodes.map(n => n.offsetWidth)")
    assert len(columns) == 6
    assert min(columns) >= 30


def test_a_row_of_strips_shows_that_it_has_the_focus(show):
    _, root = show()
    rows = root.locator(".pw-canvas:has([role=slider])")
    quiet = rows.first.evaluate("row => getComputedStyle(row).outlineStyle")
    rows.first.locator("canvas").focus()
    root.page.keyboard.press("Tab")
    root.page.keyboard.press("Shift+Tab")
    assert quiet == "none"
    assert rows.first.evaluate("row => getComputedStyle(row).outlineStyle") == "solid"


# Numbers, and words as long as "negative", on more than one line.
BROKEN = """
root => [...root.querySelectorAll(".pw-after td, .pw-formula th, .pw-switch button, .pw-label")]
  .filter(node => node.textContent.length < 9 && node.offsetParent)
  .filter(node => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
  }).map(node => `${node.className} ${node.localName} ${node.textContent} ${node.clientWidth}`)
"""


class Renamed:
    """A model whose labels are of any length."""

    name, architecture = "m" * 40, "roberta"

    def __init__(self, model):
        self.model = model
        self.predict_after_layers = model.predict_after_layers

    def trace(self, text):
        trace = self.model.trace(text)
        labels = "the writer is not at all pleased with it", "LABEL_" + "0123456789" * 4
        return replace(trace, prediction=replace(trace.prediction, labels=labels))


def test_nothing_but_the_columns_is_wider_than_a_phone(show, page):
    stages = {"opened": ("layers", "prediction")}
    for options in ({"show": "both"}, {"models": [Renamed(pw.load("roberta"))]}):
        view, root = show(**options, **stages)
        for text, width in (("Bad.", 250), ("Good film.", 336), (TEXT, 700)):
            page.set_viewport_size({"width": width, "height": 900})
            root.locator(".pw-box").fill(text)
            expect(root).to_have_attribute("data-sequence", str(view._sequence))
            over = root.evaluate("root => root.scrollWidth - root.clientWidth")
            assert over <= 0, (options, text, width)
            assert root.evaluate(BROKEN) == [], (options, text, width)


def test_a_second_tab_follows_text_and_choices(page, chromium):
    view = pw.PipelineExplorer(TEXT)
    bridge = Bridge(page)
    root = bridge.show(view)
    bridge.settle()
    view.text, view.token, view.opened = "Typed elsewhere.", 3, ["tokens"]
    bridge.settle()
    assert root.locator(".pw-box").input_value() == "Typed elsewhere."
    expect(root.locator("[data-key='chip-0-3']")).to_have_attribute("aria-pressed", "true")
    root.locator(".pw-box").press("End")
    root.locator(".pw-box").press_sequentially("!")
    bridge.settle()
    assert view.text == "Typed elsewhere.!"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_guide_and_inside_a_layer(page, axe_violations, theme):
    bridge = Bridge(page)
    opened = ("tokens", "embedding", "layers", "halves", "mixing", "prediction")
    root = bridge.show(pw.PipelineExplorer(TEXT, show="both", opened=opened))
    bridge.change_theme(theme)
    bridge.settle()
    root.locator("[data-key=guide]").click()
    for _ in range(3):
        root.locator("[data-key='guide-next']").click()
    root.locator("[data-key='guess-0']").click()
    root.locator("[data-key=save]").click()
    assert axe_violations(page, ".pw-explorer") == []


def test_every_control_has_a_name_and_every_picture_says_its_point(show):
    _, root = show(opened=("layers", "halves", "mixing", "prediction"))
    names = root.locator("button, select, textarea, [role=img], [role=slider]").evaluate_all(
        "nodes => nodes.map(node => (node.ariaLabel ?? node.innerText).trim())"
    )
    assert all(names), names
    strip = root.locator("[role=slider]").first.get_attribute("aria-label")
    assert re.search(r"8 tokens; the largest number shown is −?\d\.\d\d, in \S+", strip)
    layers = root.locator("[role=slider]").last.get_attribute("aria-label")
    assert re.search(r"after each layer, negative: 0: 0\.\d\d, 1: 0\.\d\d", layers)
    assert (
        root.locator("[role=radiogroup] [role=radio]").count()
        == root.locator("[role=radio]").count()
    )


def test_a_link_in_jupyterlab_markdown_acts_without_code(notebook):
    cells = [
        "import pipeline_widgets as pw\nfrom IPython.display import Markdown",
        f"view = pw.PipelineExplorer({TEXT!r})\nview",
        "Markdown('Now ' + pw.acting_link('show head 5·9', layer=5, head=9) + '.')",
    ]
    lab = notebook(cells, wait_for=".pw-explorer[data-sequence]")
    lab.page.get_by_role("link", name="show head 5·9").click()
    expect(lab.page.locator(".pw-heads-name")).to_contain_text("5·9")
    assert lab.value("(view.layer, view.head)") == (5, 9)


def test_two_tabs_of_one_notebook_stay_in_step(notebook, chromium, lab_server):
    cells = ["import pipeline_widgets as pw", f"view = pw.PipelineExplorer({TEXT!r})\nview"]
    shown = ".pw-explorer[data-sequence]"
    lab = notebook(cells, wait_for=shown, fresh=True)
    lab.page.locator(".jp-Notebook").first.press("Control+s")
    other = chromium.new_page()
    other.goto(f"{lab.page.url.partition('?')[0]}?token={lab_server.token}")
    other.wait_for_selector(shown, timeout=60_000)
    tabs = [tab.locator(".pw-explorer").first for tab in (lab.page, other)]
    for here, there in (tabs, tabs[::-1]):
        here.locator(".pw-box").press("End")
        here.locator(".pw-box").press_sequentially(" again")
        expect(there.locator(".pw-box")).to_have_value(here.locator(".pw-box").input_value())
        here.locator("[data-key='chip-0-2']").click()
        expect(there.locator("[data-key='chip-0-2']")).to_have_attribute("aria-pressed", "true")
        here.locator("[data-key='chip-0-3']").click()
        expect(there.locator("[data-key='chip-0-3']")).to_have_attribute("aria-pressed", "true")
    assert lab.value("view.text") == f"{TEXT} again again"
    other.context.close()
