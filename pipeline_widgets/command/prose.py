"""A notebook's Markdown and code as HTML: nbconvert's renderer, with mathematics as MathML.

Import it only where nbconvert is installed.
"""

from __future__ import annotations

from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from ..quizzes.mathematics import mathml
from ..quizzes.prose import to_html

_STYLE = "default"


class _Renderer(IPythonRenderer):
    """MathML, which browsers draw themselves, where nbconvert leaves the LaTeX for MathJax."""

    def inline_math(self, body: str) -> str:
        return to_html(mathml(body))

    def block_math(self, body: str) -> str:
        return to_html(mathml(body, display=True))

    def latex_environment(self, name: str, body: str) -> str:
        return "".join(self.block_math(row.replace("&", "")) for row in body.split(r"\\"))


def markdown(text: str, attachments: dict[str, Any]) -> str:
    """A Markdown cell; ``attachments`` are the cell's pictures."""
    renderer = _Renderer(escape=False, exclude_anchor_links=True, attachments=attachments)
    return str(MarkdownWithMath(renderer=renderer).render(text))


def code(text: str) -> str:
    """A code cell, highlighted."""
    return highlight(text, PythonLexer(), HtmlFormatter(style=_STYLE, cssclass="code"))


def code_style() -> str:
    """The style sheet of `code`."""
    return str(HtmlFormatter(style=_STYLE).get_style_defs(".code"))
