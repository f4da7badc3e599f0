"""JupyterLab binds the arrow keys; inside a view each stays with the control it is meant for."""

from __future__ import annotations

import pytest

SETUP = """
import pipeline_widgets as pw
models = [pw.load("roberta"), pw.load("distilbert")]
one, two = (model.trace("The film was not good.") for model in models)
log = [{"loss": 0.6, "epoch": 1, "step": 5}, {"eval_loss": 0.5, "epoch": 1, "step": 5}]
made = pw.History.read(log)
"""
VIEWS = {
    "explorer": "pw.PipelineExplorer('Good film.', opened=('layers', 'tokens'))",
    "tokens": "pw.TokenView(one, two, opened=('tokens',))",
    "embedding": "pw.EmbeddingView(one)",
    "prediction": "pw.PredictionView(one)",
    "attention": "pw.AttentionView(one, opened=('what_if', 'heads', 'options'))",
    "compare": "pw.CompareView(one, two)",
    "metrics": "pw.MetricsView(models[0], sentences=pw.sentences('held-out')[:12])",
    "training": "pw.TrainingView(made)",
    "flow": "pw.FlowView(models[0].flow(['A day.', 'Never again.']))",
    "cost": "pw.CostView(sentences=pw.sentences('held-out')[:2])",
    "fill": "pw.FillView('The <mask> was <mask>.')",
    "cards": "pw.Flashcards([('one', 'eins')], save=False)",
    "difference": "pw.DifferenceView(one, models[0].trace('The film was good.'), "
    "pipeline=models[0], opened=('answers', 'attention', 'paths', 'parts'))",
    "predict": "pw.Predict('How many?', ['few', 'many'], save=False)",
    "challenge": "pw.Challenge.lesson(save=False)",
    "quiz": "pw.Quiz.lesson('01-why', save=False)",
}
NOTE_CHANGES = """
node => {
  globalThis.changes = [];
  node.addEventListener("input", () => changes.push(node.value));
}
"""
ARROWS = ("ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft")
CONTROLS = "select, input, textarea, button, [tabindex='0']"

# The control that has the focus, inside the view or not, and its value.
HERE = """
root => {
  const node = document.activeElement;
  const group = node.closest("[role=radiogroup], [role=tablist]") ?? node;
  const chosen = group.querySelector?.("[aria-checked=true], [aria-selected=true]");
  return { inside: root.contains(node), value: node.value, chosen: chosen?.textContent };
}
"""


@pytest.mark.parametrize("name", VIEWS)
def test_arrow_keys_stay_inside_the_view(notebook, name):
    lab = notebook([SETUP, f"view = {VIEWS[name]}\nview"], wait_for=".pw")
    root = lab.page.locator(".pw").first
    lab.page.wait_for_timeout(300)
    count = root.locator(CONTROLS).filter(visible=True).count()
    assert count
    for place in range(min(count, 40)):
        control = root.locator(CONTROLS).filter(visible=True).nth(place)
        if not control.is_enabled():
            continue
        for key in ARROWS:
            if not control.count():
                break  # the key drew the view anew
            control.focus()
            before = root.evaluate(HERE)
            lab.page.keyboard.press(key)
            after = root.evaluate(HERE)
            assert after["inside"], f"{key} left the view: {before}"


@pytest.mark.parametrize(
    ("name", "selector", "key", "value"),
    [
        ("explorer", ".pw-presets", "ArrowDown", None),
        ("attention", "input[type=range]", "ArrowLeft", "95"),
        ("attention", "select", "ArrowDown", None),
        ("compare", "select", "ArrowDown", None),
    ],
)
def test_an_arrow_changes_the_value_of_a_select_or_a_slider(notebook, name, selector, key, value):
    lab = notebook([SETUP, f"view = {VIEWS[name]}\nview"], wait_for=".pw")
    control = lab.page.locator(f".pw {selector}").first
    before = control.input_value()
    control.evaluate(NOTE_CHANGES)
    control.focus()
    lab.page.keyboard.press(key)
    lab.page.wait_for_function("changes.length > 0")
    after = lab.page.evaluate("changes[0]")
    assert after != before
    assert value is None or after == value
