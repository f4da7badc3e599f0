"""One ES module out of several: our own relative imports, inlined when the class is defined.

anywidget imports ``_esm`` from a ``blob:`` URL, where relative imports cannot resolve. Each script
under ``views/`` therefore becomes one function scope in the linked text, so that two files may
use the same private names, and what it exports is handed to those that import it.
"""

# what it is made with is only partly typed
# pyright: reportMissingTypeStubs=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from rcssmin import cssmin
from rjsmin import jsmin

VIEWS = Path(__file__).parents[1]

_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"(\.[^"]+)";[ \t]*(?://.*)?$', re.MULTILINE)
_EXPORT = re.compile(
    r"^export\s+(?=(?:async\s+)?(?:function\*?|const|class)\s+([\w$]+))", re.MULTILINE
)

# ".a :is(b)", whose blank the squeezer would take inside braces; it leaves ".a *:is(b)" alone.
_INSIDE = re.compile(r"(?<=[^\s,{}>+~]) :(?=[a-z])")


def link(entry: str) -> str:
    """The module ``views/entry`` with everything it imports, as one ES module's text.

    It travels with every view, so it goes without comments and indentation.
    """
    order, names = _ordered(entry)
    scopes = [_scope(path, names) for path in order[:-1]]
    return _squeezed(jsmin, "\n".join([*scopes, _bound_imports(order[-1], names)]))


def expression(module: str) -> str:
    """A linked module as an expression for a plain script: what it exports by default."""
    return f"(() => {{'use strict';\n{module.replace('export default', 'return ')}}})()"


def withheld(module: str) -> str:
    """A linked module whose view draws nothing while its trait ``_withheld`` is true."""
    own = module.replace("export default", "const $view =")
    return f"{own}\nexport default {exports('shared/withheld.js')}.withheld($view);"


def exports(entry: str, *sheets: str) -> str:
    """All that the module ``views/entry`` exports, and its sheets, as an expression likewise."""
    order, names = _ordered(entry)
    scopes = "\n".join(_scope(path, names) for path in order)
    style = json.dumps(_sheet(*sheets))
    given = f"return {{ ...{names[order[-1]]}, style: {style} }};"
    return _squeezed(jsmin, f"(() => {{'use strict';\n{scopes}\n{given}\n}})()")


def rest(entry: str, base: str) -> str:
    """A function that gives what ``views/entry`` exports, where ``link(base)`` has run before."""
    there, names = _ordered(base)
    order = [path for path in _ordered(entry)[0] if path not in names]
    names |= {path: f"${number}" for number, path in enumerate(order, len(there))}
    scopes = "\n".join(_scope(path, names) for path in order)
    return _squeezed(jsmin, f"() => {{\n{scopes}\nreturn {names[order[-1]]};\n}}")


@cache
def style(*names: str) -> str:
    """The shared style sheet followed by ``views/name`` for each name."""
    return _sheet("shared/base.css", *names)


def link_styled(entry: str, *sheets: str) -> str:
    """The module ``views/entry``, which exports its own style sheets too, as ``style``."""
    return f"{link(entry)}\nexport const style={json.dumps(_sheet(*sheets))};"


def _sheet(*names: str) -> str:
    texts = ((VIEWS / name).read_text("utf-8") for name in names)
    return _squeezed(cssmin, _INSIDE.sub(" *:", "\n".join(texts)))


def _squeezed(squeeze: Callable[[str], object], text: str) -> str:
    return str(squeeze(text))


def _ordered(entry: str) -> tuple[list[Path], dict[Path, str]]:
    """The file ``views/entry`` after all that it needs, and the name of each one's scope."""
    order: list[Path] = []
    _visit(VIEWS / entry, order, ())
    return order, {path: f"${number}" for number, path in enumerate(order)}


def _visit(path: Path, order: list[Path], above: tuple[Path, ...]) -> None:
    """Append ``path`` after everything it imports."""
    path = path.resolve()
    if path in above:
        raise ImportError(f"{path.name} imports itself through {above[-1].name}")
    if path not in order:
        if not path.is_file():
            raise ImportError(f"{above[-1].name if above else 'A view'} wants {path}: no such file")
        text = path.read_text("utf-8")
        sources = [source for _, source in _IMPORT.findall(text)]
        if len(sources) < len(re.findall("^import\\b", text, re.MULTILINE)):
            raise ImportError(f'{path}: an import is written import {{ a }} from "./file.js";')
        for source in sources:
            _visit(path.parent / source, order, (*above, path))
        order.append(path)


def _bound_imports(path: Path, scopes: dict[Path, str]) -> str:
    """The file's text with each import turned into a reading of the other file's scope."""

    def bind(match: re.Match[str]) -> str:
        names = ", ".join(
            re.sub(r"\s+as\s+", ": ", name.strip()) for name in match[1].split(",") if name.strip()
        )
        return f"const {{ {names} }} = {scopes[(path.parent / match[2]).resolve()]};"

    return _IMPORT.sub(bind, path.read_text("utf-8"))


def _scope(path: Path, scopes: dict[Path, str]) -> str:
    text = _bound_imports(path, scopes)
    exported = ", ".join(_EXPORT.findall(text))
    body = _EXPORT.sub("", text)
    return f"const {scopes[path]} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"
