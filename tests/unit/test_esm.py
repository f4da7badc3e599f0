"""The linker that makes one ES module out of several."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

import pipeline_widgets as pw
from pipeline_widgets.views.shared import linker as _esm


@pytest.fixture
def static(tmp_path, monkeypatch):
    monkeypatch.setattr(_esm, "VIEWS", tmp_path)
    (tmp_path / "lib").mkdir()
    return tmp_path


def test_two_modules_may_use_the_same_private_name(static, tmp_path):
    (static / "lib" / "a.js").write_text("const secret = 1;\nexport const a = () => secret;\n")
    (static / "lib" / "b.js").write_text(
        'import { a as first } from "./a.js";\nconst secret = 2;\n'
        "export function b() { return first() + secret; }\n"
    )
    (static / "main.js").write_text(
        'import { a } from "./lib/a.js";\nimport { b } from "./lib/b.js";\n'
        "console.log(a(), b());\nexport default {};\n"
    )
    linked = _esm.link("main.js")
    assert "import" not in linked
    assert linked.count("const secret=1") == 1
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    module = tmp_path / "linked.mjs"
    module.write_text(linked)
    assert subprocess.check_output([node, module], text=True) == "1 3\n"


def test_modules_that_import_each_other_are_refused(static):
    (static / "lib" / "a.js").write_text('import { b } from "./b.js";\nexport const a = 1;\n')
    (static / "lib" / "b.js").write_text('import { a } from "./a.js";\nexport const b = 1;\n')
    (static / "main.js").write_text('import { a } from "./lib/a.js";\nexport default {};\n')
    with pytest.raises(ImportError, match="imports itself"):
        _esm.link("main.js")


def test_the_explorer_travels_light():
    explorer = pw.PipelineExplorer("Good film.")
    sent = f"{explorer._esm}{explorer._css}".encode()
    assert len(sent) <= 100 * 1024
    assert b"/**" not in sent
    assert explorer._scripts == {}


@pytest.mark.parametrize(
    ("name", "exported"),
    [
        ("guide", "guide"),
        ("inside", "parts"),
        ("pin", "pin"),
        ("save", "saving"),
        ("heat", "headView"),
    ],
)
def test_what_few_need_travels_when_it_is_asked_for(name, exported):
    explorer = pw.PipelineExplorer("Good film.")
    for asked in ({"fetch": "view"}, {"fetch": ["guide"]}, {"fetch": name}):
        explorer._handle_custom_msg(asked, [])
    assert list(explorer._scripts) == [name]
    assert re.search(rf"export (function|const) {exported}\b", explorer._scripts[name])
    assert "export const style=" in explorer._scripts[name]


def test_what_unfolds_inside_a_layer_comes_with_its_numbers():
    explorer = pw.PipelineExplorer("Good film.")
    explorer.opened = ["layers", "halves"]
    assert list(explorer._scripts) == ["inside"]


@pytest.mark.parametrize("line", ['import * as a from "./a.js";', 'import a from "./a.js";'])
def test_an_import_that_cannot_be_joined_and_a_missing_file_are_named(static, line):
    (static / "a.js").write_text("export const a = 1;\n")
    (static / "main.js").write_text(f"{line}\nexport default {{}};\n")
    with pytest.raises(ImportError, match=r"main\.js: an import is written import \{ a \} from"):
        _esm.link("main.js")
    (static / "main.js").write_text('import { b } from "./b.js";\nexport default {};\n')
    with pytest.raises(ImportError, match=r"main\.js wants .*b\.js: no such file"):
        _esm.link("main.js")
