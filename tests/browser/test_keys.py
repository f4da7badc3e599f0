"""JupyterLab binds the arrow keys; inside a view each stays with the control it is meant for."""

from __future__ import annotations

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
# What the arrow keys drive the focus out of: of each kind of control the first, the second and the
# last. JupyterLab's bindings ask for a key's code and for no finger behind it, and move
# the focus a moment later; what the view draws anew has a frame's time.
LEFT = """
async (root, arrows) => {
  const left = [];
  const moment = () => new Promise(done => setTimeout(done));
  const frame = () => new Promise(requestAnimationFrame);
  const kindOf = node => (node.dataset.key ?? node.className).replaceAll(/\\d+/g, "#");
  const controls = () => [...root.querySelectorAll(
    "select, input, textarea, button, [tabindex='0']")]
    .filter(node => node.getClientRects().length && !node.disabled);
  const counts = {};
  for (const node of controls()) counts[kindOf(node)] = (counts[kindOf(node)] ?? 0) + 1;
  for (const [kind, count] of Object.entries(counts)) {
    for (const place of new Set([0, 1, count - 1])) {
      for (const [key, keyCode] of arrows) {
        const node = controls().filter(one => kindOf(one) === kind)[place];
        if (!node) break; // the key drew the view anew
        node.focus();
        const options = { key, code: key, keyCode, bubbles: true, cancelable: true };
        node.dispatchEvent(new KeyboardEvent("keydown", options));
        await moment();
        if (!root.contains(document.activeElement)) left.push(`${key} on ${kind}`);
      }
      await frame();
      if (!root.contains(document.activeElement)) left.push(`one of the arrows on ${kind}`);
    }
  }
  return left;
}
"""
ARROWS = [("ArrowDown", 40), ("ArrowUp", 38), ("ArrowRight", 39), ("ArrowLeft", 37)]


def test_arrow_keys_stay_inside_every_view(notebook):
    views = [f"view = {made}\nview" for made in VIEWS.values()]
    unguarded = "from IPython.display import HTML\nHTML('<div id=bare><button>x</button></div>')"
    lab = notebook([SETUP, unguarded, *views], wait_for=f".pw >> nth={len(VIEWS) - 1}")
    assert lab.page.locator("#bare").evaluate(LEFT, ARROWS)  # JupyterLab takes them where it may
    left = {
        name: lab.page.locator(".jp-OutputArea:has(.pw)").nth(place).evaluate(LEFT, ARROWS)
        for place, name in enumerate(VIEWS)
    }
    assert {name: keys for name, keys in left.items() if keys} == {}


def test_an_arrow_changes_the_value_of_a_select_or_a_slider(notebook):
    asked = [
        ("explorer", ".pw-presets", "ArrowDown", None),
        ("attention", "input[type=range]", "ArrowLeft", "95"),
        ("attention", "select", "ArrowDown", None),
        ("compare", "select", "ArrowDown", None),
    ]
    names = list(dict.fromkeys(name for name, *_ in asked))
    cells = [f"view = {VIEWS[name]}\nview" for name in names]
    lab = notebook([SETUP, *cells], wait_for=f".pw >> nth={len(names) - 1}")
    for name, selector, key, value in asked:
        control = lab.page.locator(".pw").nth(names.index(name)).locator(selector).first
        before = control.input_value()
        control.evaluate(NOTE_CHANGES)
        control.focus()
        lab.page.keyboard.press(key)
        lab.page.wait_for_function("changes.length > 0")
        after = lab.page.evaluate("changes[0]")
        assert after != before
        assert value is None or after == value
