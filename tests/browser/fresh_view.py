"""The fresh-view rule: a view after any edits equals a new view of the same state.

`Pair` shows a view and, beside it, one made anew from the same state, and says where the two
differ: elements, attributes, text, values, places and sizes, and the pixels of canvases. `walk`
takes seeded random steps and asks after each::

    def anew(view):
        return pw.AttentionView(trace, layer=view.layer, head=view.head)


    def test_after_any_steps_it_equals_a_new_one(page):  # a fixture of conftest.py
        pair = Pair(page, pw.AttentionView(trace), anew)
        walk(pair, [press_anything(), set_traits(layer=range(6), head=range(12)), resize(900, 500)])

A step is a function of the pair and a `random.Random`; it returns what it did, in words, or None
where there is nothing for it to do. On a difference the seed and all steps so far are told.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from playwright.sync_api import Page

from pipeline_widgets.errors import PipelineError
from tests.browser.bridge import Bridge

Step = Callable[["Pair", random.Random], str | None]

STEPS = int(os.environ.get("WALK_STEPS", "40"))
"""Steps of a walk; ``WALK_STEPS=500`` takes a long one."""
SEED = int(os.environ.get("WALK_SEED", "323928"))
"""The same walk in every run; ``WALK_SEED`` takes another one."""


def fewer(count: int) -> int:
    """Steps of a view in which there is less to do; a long walk is long there too."""
    return STEPS if "WALK_STEPS" in os.environ else count


CONTROLS = "button:enabled, select:enabled, input[type=range]:enabled"


class Pair:
    """``view`` on ``page``, and for each comparison ``anew(view)``, another of the same state.

    ``mirrored`` are selectors of chosen controls whose choice lives in the browser alone (a tab):
    the new view's control of the same ``data-key`` is pressed too. ``unlike`` are selectors of what
    may differ, such as live regions, which tell of changes.
    """

    def __init__(
        self,
        page: Page,
        view: Any,
        anew: Callable[[Any], Any],
        *,
        mirrored: Sequence[str] = (),
        unlike: Sequence[str] = ("[aria-live]",),
    ) -> None:
        self.page, self.view, self._anew = page, view, anew
        page.emulate_media(reduced_motion="reduce")  # what passes by is gone at once
        self.bridge = Bridge(page)
        self.root = self.bridge.show(view, "walked")
        self._names = {"mirrored": list(mirrored), "unlike": list(unlike)}

    def differences(self) -> list[str]:
        """Where the view differs from a new one of the same state; at most eight places."""
        self.bridge.settle()
        self.bridge.show(self._anew(self.view), "anew")
        found = self.page.evaluate(COMPARED, self._names)
        return [*found, *self.bridge.errors]

    def pictures(self) -> tuple[bytes, bytes]:
        """The view and a new one, as PNGs; nothing is pointed at, nothing has the focus."""
        found = self.differences()
        assert found == [], found
        self.page.mouse.move(0, 0)
        self.page.evaluate("document.activeElement?.blur()")
        shots: list[bytes] = []
        for name in ("walked", "anew"):  # each in the same place
            self.page.evaluate(_ALONE, name)
            self.bridge.settle()
            shots.append(self.page.locator(f".{name}").screenshot())
        self.page.evaluate(_ALONE, "")
        return shots[0], shots[1]


def walk(pair: Pair, steps: Sequence[Step], *, seed: int = SEED, count: int = STEPS) -> list[str]:
    """Take ``count`` random steps, compare after each; returns them in words."""
    chance = random.Random(seed)
    taken: list[str] = []
    print(f"a walk of {count} steps, WALK_SEED={seed}")
    while len(taken) < count:
        said = chance.choice(steps)(pair, chance)
        if said is None:
            continue
        taken.append(said)
        found = pair.differences()
        if found:
            way = "\n  ".join(f"{number}. {step}" for number, step in enumerate(taken, 1))
            where = "\n  ".join(found)
            raise AssertionError(f"WALK_SEED={seed}, after\n  {way}\nit differs:\n  {where}")
    return taken


def press_anything(*, but: str = "") -> Step:
    """Press a button, choose an option, move a slider: any control that can be seen."""

    def step(pair: Pair, chance: random.Random) -> str | None:
        shown = pair.root.locator(CONTROLS).filter(visible=True)
        names = shown.evaluate_all(_NAMES, but)
        places = [place for place, name in enumerate(names) if name]
        if not places:
            return None
        place = chance.choice(places)
        control, name = shown.nth(place), names[place]
        kind = control.evaluate("node => node.type")
        if kind == "range":
            key = chance.choice(["Home", "End", "ArrowLeft", "ArrowRight"])
            control.press(key)
            return f"{key} on {name}"
        if kind == "select-one":
            control.select_option(index=chance.randrange(control.locator("option").count()))
            return f"an option of {name}"
        control.evaluate("node => node.click()")
        return f"pressed {name}"

    return step


def set_traits(**values: Iterable[Any]) -> Step:
    """Give one of these traits one of these values, as a cell does."""
    choices = {name: list(some) for name, some in values.items()}

    def step(pair: Pair, chance: random.Random) -> str:
        name = chance.choice(list(choices))
        value = chance.choice(choices[name])
        try:
            setattr(pair.view, name, value)
        except PipelineError:
            return f"view.{name} = {value!r}, refused"
        return f"view.{name} = {value!r}"

    return step


def resize(*widths: int, height: int = 1000) -> Step:
    """Another window width."""

    def step(pair: Pair, chance: random.Random) -> str:
        width = chance.choice(widths)
        pair.page.set_viewport_size({"width": width, "height": height})
        return f"a window {width} wide"

    return step


def change_theme(pair: Pair, chance: random.Random) -> str:
    """Light or dark, as JupyterLab says it."""
    theme = chance.choice(["light", "dark"])
    pair.bridge.change_theme(theme)
    return f"the {theme} theme"


_ALONE = """
alone => {
  for (const name of ["walked", "anew"]) {
    document.querySelector(`.${name}`).hidden = Boolean(alone) && alone !== name;
  }
}
"""
_NAMES = """
(nodes, but) => nodes.map(node => but && node.matches(but) ? ""
  : node.dataset.key ?? node.ariaLabel ?? node.textContent.slice(0, 30))
"""

# Each element as a line and its box; they are equal within three seconds, or never.
COMPARED = r"""
async ({ mirrored, unlike }) => {
  const frame = () => new Promise(requestAnimationFrame);
  const roots = () =>
    [".walked", ".anew"].map((name) => document.querySelector(`${name} > *`));
  const passing = new Set(["data-sequence", "data-painted", "id", "data-lm-suppress-shortcuts"]);
  const apart = (node) => unlike.some((name) => node.matches(name));
  function said(node) {
    const own = [...node.attributes].filter(
      ({ name, value }) => !passing.has(name) && (name !== "style" || value));
    const words = own.map(({ name, value }) => `${name}="${value}"`).sort();
    if (node.matches("textarea, input, select")) words.push(`value=${node.value}`);
    if (node.localName === "canvas") {
      words.push(`${node.width} x ${node.height}`, node.toDataURL());
    }
    const texts = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
    const text = apart(node) ? "" : texts.map((child) => child.data).join("|");
    return `<${node.localName} ${words.join(" ")}> ${text}`;
  }
  function tell(node, origin, lines = []) {
    const shown = node.getClientRects().length > 0 && !apart(node);
    const { x, y, width, height } = node.getBoundingClientRect();
    const box = shown ? [x - origin.x, y - origin.y, width, height] : [0, 0, 0, 0];
    lines.push({ line: said(node), box: box.map(Math.round) });
    if (!apart(node)) for (const child of node.children) tell(child, origin, lines);
    return lines;
  }
  const part = (line, at) => (line ?? "nothing").slice(Math.max(0, at - 80), at + 60);
  function difference(here, anew) {
    if (here?.line !== anew?.line) {
      const letters = [...(here?.line ?? "")];
      const at = Math.max(0, letters.findIndex((letter, k) => letter !== anew?.line[k]));
      return `${part(here?.line, at)}\n    anew ${part(anew?.line, at)}`;
    }
    const moved = here.box.some((edge, k) => Math.abs(edge - anew.box[k]) > 1);
    return moved ? `${part(here.line, 60)} stands at ${here.box}, anew at ${anew.box}` : null;
  }
  function compared() {
    const [one, two] = roots();
    if (!one || !two) return [`${one ? "the new view" : "the view"} is not there`];
    const [here, anew] = [one, two].map((node) => tell(node, node.getBoundingClientRect()));
    const count = Math.max(here.length, anew.length);
    const pairs = Array.from({ length: count }, (_, k) => difference(here[k], anew[k]));
    return pairs.filter(Boolean).slice(0, 8);
  }
  for (let k = 0; k < 300 && !roots()[1]; k++) await frame();
  for (const name of mirrored) {
    for (const node of roots()[0].querySelectorAll(name)) {
      const other = roots()[1]?.querySelector(`[data-key="${node.dataset.key}"]`);
      if (!other || other.matches(name)) continue;
      other.click();
      await frame();
      await frame();
    }
  }
  const end = performance.now() + 3000;
  let found = compared();
  while (found.length && performance.now() < end) {
    await frame();
    found = compared();
  }
  return found;
}
"""
