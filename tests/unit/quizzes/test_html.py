"""HTML and TeX of other programs' questions: shown, cleaned, or as typed; never run."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_widgets.quizzes import markup
from pipeline_widgets.quizzes.mathml import mathml

PNG = "data:image/png;base64,iVBORw0KGgo="


def shown(text: str) -> str:
    return markup.to_html(markup.blocks(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ('<p dir="ltr">Hi <span style="color:red">you</span></p>', "<p>Hi you</p>"),
        ("<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        (
            '<table class="x"><tr><th>a</th><td colspan="2">b</td></tr></table>',
            '<table><tbody><tr><th>a</th><td colspan="2">b</td></tr></tbody></table>',
        ),
        ('<a href="https://x.org" onclick="y()">x</a>', '<p><a href="https://x.org">x</a></p>'),
        ('<a href="javascript:y()">x</a>', "<p><a>x</a></p>"),
        (f'<img src="{PNG}" alt="a dot">', f'<p><img src="{PNG}" alt="a dot"></p>'),
        ('<img src="https://x.org/a.png" alt="a dot">', "<p>[a dot]</p>"),
        ('<img src="data:image/svg+xml;base64,AAAA">', "<p>[picture]</p>"),
        ("<pre>a < b\n  c</pre>", "<pre>a &lt; b\n  c</pre>"),
        ("<div>one</div><div>two</div>", "<p>one</p><p>two</p>"),
        ("<h2>Title</h2>text", "<h4>Title</h4><p>text</p>"),
        ("if a < b and c > d", "<p>if a &lt; b and c &gt; d</p>"),
        ("Code is `<p class=x>`", "<p>Code is <code>&lt;p class=x&gt;</code></p>"),
        ("Write <s> or <pad>", "<p>Write &lt;s&gt; or &lt;pad&gt;</p>"),
    ],
)
def test_html_is_shown_and_cleaned(text: str, html: str) -> None:
    assert shown(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<p><script>alert(1)</script>x</p>",
        '<img src=x onerror="alert(1)"><p>x',
        '<p><svg onload="alert(1)"></svg></p>',
        '<a href="data:text/html,<script>1</script>">x</a>',
        '<p style="background:url(javascript:1)">x</p>',
        "<iframe src='https://x.org'></iframe><p>x</p>",
        "<p><math><mtext></p><img src=x onerror=alert(1)></mtext></math>",
    ],
)
def test_nothing_in_html_runs_or_is_fetched(text: str) -> None:
    html = shown(text)
    assert not re.search(r"<(script|svg|iframe|style|img)|<[^>]*(on\w+|style)=|href=.java", html)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from(list("<>/\"'= abp&;#$\\()[]{}^_\n")), max_size=80))
def test_any_text_becomes_a_tree_of_known_tags(text: str) -> None:
    for prefix in ("", "<p class='x'>"):
        tree = markup.blocks(prefix + text)
        json.dumps(tree)
        tags = set(re.findall(r"<([a-z0-9]+)", markup.to_html(tree)))
        assert not tags & {"script", "style", "iframe", "svg", "object", "form", "input"}


@pytest.mark.parametrize(
    "text", [r"\(x^2\)", r"\[\frac{1}{2}\]", r"$\mathbb{R}$", r"$\binom{n}{k}$", r"$\emptyset$",
             r"$\mathcal{L}$",
             r"$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$", r"$\mbox{if } x$"],
)  # fmt: skip
def test_tex_in_any_delimiters_is_drawn(text: str) -> None:
    html = shown(text)
    assert "<math" in html
    assert "\\" not in html


def test_tex_that_cannot_be_drawn_is_shown_as_typed() -> None:
    assert shown(r"Is $\strange{x}$ so?") == r"<p>Is <code>$\strange{x}$</code> so?</p>"
    assert (
        shown(r"\(\begin{odd} x \end{odd}\)") == r"<p><code>\(\begin{odd} x \end{odd}\)</code></p>"
    )
    assert mathml(r"\mathbb{R}")[2] == ["mi", {}, "ℝ"]


def test_tex_inside_html_is_drawn_too() -> None:
    assert "<msup>" in shown('<p dir="ltr">\\(x^2\\)</p>')


@pytest.mark.parametrize("tags", ["<table><tr><td>", "<ul><li>", "<div>", "<b class=x><i>"])
def test_tags_in_one_another_without_end_keep_their_words(tags):
    seen = shown(f"{tags * 3000}deep")
    assert "deep" in seen
    assert seen.count("<") < 300
    assert markup.to_text(markup.blocks(f"{tags * 3000}deep")) == "deep"
