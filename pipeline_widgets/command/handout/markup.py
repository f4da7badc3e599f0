"""A notebook's Markdown and code as HTML: nbconvert's renderer, with mathematics as MathML.

Import it only where nbconvert is installed.
"""

from __future__ import annotations

import re
from typing import Any, cast

from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from ...quizzes.markup import to_html
from ...quizzes.mathml import mathml

ON_PAPER = {  # what a lesson's folded text is called where nothing is run, answered or opened
    "Run the cell above, then open this": "What it shows",
    "Answer above, then open this": "When you have answered",
    "Try it, then open this": "When you have tried it",
}


_ON_SCREEN = re.compile(r"<p>▶ Click the cell below.*?</p>\s*", re.DOTALL)  # paper has no keys


class _Renderer(IPythonRenderer):
    """MathML, which browsers draw themselves, where nbconvert leaves the LaTeX for MathJax."""

    def inline_math(self, body: str) -> str:
        return to_html(mathml(body))

    def block_math(self, body: str) -> str:
        return to_html(mathml(body, display=True))

    def latex_environment(self, name: str, body: str) -> str:
        return "".join(self.block_math(row.replace("&", "")) for row in body.split(r"\\"))


def markdown(text: str, attachments: dict[str, Any], *, unfolded: bool = True) -> str:
    """A Markdown cell; ``attachments`` are its pictures, folds open as paper needs them."""
    renderer = _Renderer(escape=False, exclude_anchor_links=True, attachments=attachments)
    page = str(MarkdownWithMath(renderer=renderer).render(text))
    if unfolded:
        page = page.replace("<details>", "<details open>")
    page = _ON_SCREEN.sub("", page)
    for folded, said in ON_PAPER.items():
        page = page.replace(f"<summary>{folded}</summary>", f"<summary>{said}</summary>")
    return page


def code(text: str) -> str:
    """A code cell, highlighted."""
    return cast("str", Highlight2HTML()(text))


def code_style(style: str = "default", where: str = ".highlight") -> str:
    """The style sheet of `code` in one of pygments' styles, for what a selector finds."""
    formatter = cast("Any", HtmlFormatter(style=style))
    return str(formatter.get_style_defs(where))
