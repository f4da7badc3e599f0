"""Hostile texts in a real browser: nothing runs, nothing is fetched, each page is there."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import pipeline_widgets as pw
from pipeline_widgets.command.handout.offline import offline
from pipeline_widgets.command.handout.page import write
from pipeline_widgets.quizzes import worksheet
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.certificate import certificate
from pipeline_widgets.quizzes.kinds import Option, SingleChoice
from tests import hostile
from tests.browser.lab import ARTEFACTS, OpenNotebook


def assert_dead(lab: OpenNotebook, asked: list[str]) -> None:
    """Nothing ran in any frame and nothing was asked for."""
    lab.page.wait_for_timeout(500)  # what would run or fetch gets the time to
    assert [frame.url for frame in lab.page.frames if frame.evaluate("'pwned' in window")] == []
    assert [url for url in asked if "pwned" in url] == []


@pytest.fixture
def checkpoint(lab_server: Any) -> str:
    folder = lab_server.root / "hostile"
    return str(folder if folder.exists() else hostile.checkpoint(folder))


def test_a_checkpoints_words_run_in_none_of_bertvizs_pages(notebook, checkpoint):
    lab = notebook(["0"])
    asked: list[str] = []
    lab.page.on("request", lambda request: asked.append(request.url))
    lab.run_cell(
        "import pipeline_widgets as pw\nfrom pipeline_widgets import bertviz as bv\n"
        f"pipeline = pw.load({checkpoint!r})\ntrace = pipeline.trace('a good film')"
    )
    for made in ("head_view(trace)", "model_view(trace)", "neuron_view(trace, pipeline=pipeline)"):
        lab.run_cell(f"bv.{made}")
        frame = lab.page.locator("iframe").last.content_frame
        frame.locator("svg text").first.wait_for(state="attached")
        shown = [text.strip() for text in frame.locator("svg text").all_text_contents()]
        if "model" not in made:  # whose tokens stand in a head's detail only
            assert {hostile.TEXTS[0], hostile.TEXTS[1]} <= set(shown)
    assert_dead(lab, asked)
    assert lab.page.locator("iframe").last.get_attribute("sandbox") == "allow-scripts"


VIEWS = (
    "pw.TokenView(trace)",
    "pw.EmbeddingView(trace)",
    "pw.AttentionView(trace, pipeline=pipeline)",
    "pw.PredictionView(trace)",
    "pw.CompareView(trace, pw.load('roberta').trace(text))",
    "pw.PipelineExplorer(text=text, models=[pipeline])",
    "pw.FlowView(pipeline.flow(['a good film', text]))",
    "pw.DifferenceView(pipeline.trace('a good film'), pipeline.trace('a film'), pipeline=pipeline)",
    "pw.Predict(text, options=[text, 'other'], save=False)",
    "pw.FillView(f'<mask> {text} <mask>', models=[pipeline, 'roberta'])",
    "pw.WindowsView(pipeline.windows(text * 3, overlap=1))",
    "pw.TrainingView(pw.History.read({text: [.5, .4], 'loss': [.5, .4]}, name=text))",
)


def test_a_checkpoints_words_and_what_is_typed_run_in_none_of_the_views(notebook, checkpoint):
    lab = notebook(["0"])
    asked: list[str] = []
    lab.page.on("request", lambda request: asked.append(request.url))
    lab.run_cell(
        f"import pipeline_widgets as pw\ntext = {hostile.EVERYTHING!r}\n"
        f"pipeline = pw.load({checkpoint!r})\ntrace = pipeline.trace(text)"
    )
    for made in VIEWS:
        lab.run_cell(made)
        drawn = lab.page.locator(".jp-Notebook-cell").nth(-1).locator("[class*='pw-']").first
        drawn.wait_for()
    assert_dead(lab, asked)


# --- pages from disk ----------------------------------------------------------------------------

LOOK = """
texts => texts.map(text => {
  const page = new DOMParser().parseFromString(
    `<body><main><figure>${text}</figure></main><p id="end">x`, "text/html");
  const bad = [...page.querySelectorAll(
    "script,meta,base,link,iframe,object,embed,form,button,input,animate,set,textarea,select")]
    .filter(node => node.closest("head") === null || node.nodeName === "META");
  for (const node of page.querySelectorAll("*")) for (const { name, value } of node.attributes)
    if (name.startsWith("on") || ["srcdoc", "formaction", "ping", "target"].includes(name)
        || /^\\s*(javascript|vbscript):/i.test(value)
        || (["src", "href", "xlink:href"].includes(name) && node.nodeName.toLowerCase() !== "a"
            && !/^(#|data:image)/.test(value)))
      bad.push(node);
  const end = page.getElementById("end");
  const lost = end?.textContent !== "x" || end.parentElement !== page.body;
  return [bad.map(node => node.outerHTML.slice(0, 200)), lost];
})
"""


def test_what_the_cleaner_lets_through_no_browser_takes_for_more(chromium, tmp_path):
    chance = random.Random(15)
    texts = [
        *hostile.PIECES,
        *("".join(chance.choices(hostile.PIECES, k=chance.randint(2, 6))) for _ in range(3000)),
    ]
    page = chromium.new_page()
    assert sum(bool(bad) or lost for bad, lost in page.evaluate(LOOK, texts)) > 2000  # it looks
    found = page.evaluate(LOOK, [offline(text, tmp_path) for text in texts])
    page.close()
    wrong = [
        (text, bad, lost) for text, (bad, lost) in zip(texts, found, strict=True) if bad or lost
    ]
    assert wrong[:3] == []


OWN = """
texts => texts.map(text => {
  document.body.innerHTML = "<main><p id=own class=quiz>What is asked?</p><figure></figure>"
    + "<p class=quiz>The page ends here.</p></main>";
  const own = [...document.querySelectorAll("p")];
  const seen = node => {
    const { x, y, width, height } = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    return [style.color, style.fontSize, style.filter, style.position, width, height].join()
      + (document.elementFromPoint(x + 9, y + height / 2) === node);
  };
  const before = own.map(seen);
  document.querySelector("figure").innerHTML = text;
  return before.some((was, index) => {
    if (index) own[index].scrollIntoView({ block: "end" });
    return seen(own[index]) !== was;
  });
})
"""


def styled(chance: random.Random) -> str:
    """Some elements of a foreign output with style sheets and styles, each in one of its ways."""
    sheets = chance.sample([one for line in hostile.SHEETS for one in (line, *line.split())], k=2)
    ways = ("<style>{}</style>", "<svg><style>{}</style></svg>", "<style/>{}</style>",
            "<math><style>{}</style></math>", "<p><style media=all>{}")  # fmt: skip
    parts = [chance.choice(ways).format(sheet) for sheet in sheets]
    inline = f'style="{chance.choice(hostile.STYLES)}"'
    parts.append(chance.choice((f"<p {inline}>x</p>", f"<svg {inline}><path d='M0 0'/></svg>", "")))
    parts.append(
        "<svg overflow=visible><rect x=-999 y=-999 width=9999 height=9999 fill=#fff /></svg>"
    )
    return "".join(chance.sample(parts, k=len(parts)))


def test_a_foreign_style_stays_in_its_part_of_a_handout(chromium, tmp_path):
    chance = random.Random(4)
    texts = [*(f"<style>{one}</style><p>x" for one in hostile.SHEETS),
             *(f'<p style="{one}">x' for one in hostile.STYLES),
             *(styled(chance) for _ in range(150))]  # fmt: skip
    page = chromium.new_page()
    assert sum(page.evaluate(OWN, texts)) > 100  # it looks
    reached = page.evaluate(OWN, [offline(text, tmp_path) for text in texts])
    page.close()
    assert [text for text, out in zip(texts, reached, strict=True) if out][:3] == []


OFFLINE = ("file:", "data:", "blob:")


def dead_pages(chromium: Any, pages: dict[str, Path]) -> dict[str, str]:
    """Each page's text, after it was opened from disk and nothing of it ran, asked or went off."""
    context = chromium.new_context(viewport={"width": 900, "height": 900})
    opened, asked, said = dict[str, Any](), dict[str, list[str]](), dict[str, str]()
    for name, path in pages.items():
        page, asked[name] = context.new_page(), list[str]()
        page.on("request", lambda request, urls=asked[name]: urls.append(request.url))
        page.goto(path.as_uri())
        opened[name] = page
    page.wait_for_timeout(500)  # what would run, fetch or go off gets the time to
    for name, page in opened.items():
        assert [url for url in asked[name] if not url.startswith(OFFLINE)] == [], name
        assert page.url == pages[name].as_uri(), name
        assert not page.evaluate("'pwned' in window"), name
        assert page.locator("script[src], meta[http-equiv=refresh], iframe, object").count() == 0
        said[name] = page.locator("body").inner_text()
    context.close()
    return said


def handouts(folder: Path) -> dict[str, Path]:
    """A handout for each way into one, each with the hostile text and a last sentence."""
    text = hostile.EVERYTHING
    kinds = ("text/html", "image/svg+xml", "text/markdown", "text/latex", "text/plain", "image/png")
    outputs: dict[str, dict[str, Any]] = {
        kind: {"output_type": "display_data", "metadata": {}, "data": {kind: text}}
        for kind in kinds
    }
    outputs["stream"] = {"output_type": "stream", "name": "stdout", "text": text}
    outputs["error"] = {"output_type": "error", "ename": "E", "evalue": "", "traceback": [text]}
    outputs["quiz"] = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/html": f"<div class='pw-sheet'>{text}"},
    }
    cells: dict[str, dict[str, Any]] = {
        name: {"cell_type": "code", "metadata": {}, "source": "x", "outputs": [output]}
        for name, output in outputs.items()
    }
    for kind in ("markdown", "raw"):
        cells[kind] = {"cell_type": kind, "metadata": {}, "source": f"# {text}\n\n{text}"}
    code = {"cell_type": "code", "metadata": {}, "source": f"'''{text}'''", "outputs": []}
    end = {"cell_type": "markdown", "metadata": {}, "source": "The page ends here."}
    made = dict[str, Path]()
    for name, cell in {**cells, "code": code}.items():
        book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell, end]}
        path = folder / f"{name.replace('/', '-')}.html"
        path.write_text(write(book, folder / "x.ipynb").html, "utf-8")
        made[name] = path
    return made


def test_a_handout_of_hostile_cells_is_a_dead_page_to_its_end(chromium, tmp_path):
    for name, text in dead_pages(chromium, handouts(tmp_path)).items():
        assert "The page ends here." in text, name


def exported(folder: Path) -> dict[str, Path]:
    """Every page that views and quizzes write, with the hostile text wherever a text may stand."""
    text = hostile.EVERYTHING
    roberta, distilbert = (pw.load(name) for name in ("roberta", "distilbert"))
    own = pw.load(hostile.checkpoint(folder / "model"))
    trace = own.trace(text)
    options = (Option(text, right=True, feedback=text, code=text), Option("other"))
    question = SingleChoice(text, options=options, hints=(text,), explanation=text, code=text)
    words = {"folder": folder, "learner": text}
    views = {
        "tokens": pw.TokenView(trace),
        "embedding": pw.EmbeddingView(trace),
        "prediction": pw.PredictionView(trace),
        "attention": pw.AttentionView(own.trace(hostile.TEXTS[1])),
        "compare": pw.CompareView(*(one.trace(hostile.TEXTS[1]) for one in (roberta, distilbert))),
        "explorer": pw.PipelineExplorer(text=text, models=[own]),
        "flow": pw.FlowView(own.flow([text, "good"])),
        "quiz": pw.Quiz([question], title=text, **words),
        "challenge": pw.Challenge([question], title=text, **words),
        "cards": pw.Flashcards([(text, text)], title=text, **words),
    }
    made = dict[str, Path]()
    for name, view in views.items():
        made[name] = view.to_html(folder / f"{name}.html")
        made[f"{name}, still"] = view.to_static_html(folder / f"{name}-still.html")
    made["worksheet"] = folder / "sheet.html"
    made["worksheet"].write_text(worksheet.page(Bank(text, (question,)), key=True), "utf-8")
    made["certificate"] = certificate(text, path=folder / "certificate.html")
    return made


def test_what_views_and_quizzes_write_is_whole_and_dead(chromium, tmp_path):
    for name, text in dead_pages(chromium, exported(tmp_path)).items():
        assert len(text) > 100, name


def test_a_page_that_computes_reads_hostile_words_and_runs_none(chromium, tmp_path):
    """From a checkpoint whose words they are, as typed, and after a press of every button."""
    own = pw.load(hostile.checkpoint(tmp_path / "model"))
    text = f"a {hostile.EVERYTHING}"
    views = (
        pw.PipelineExplorer(text=text, models=[own]),
        pw.AttentionView(own.trace(text), pipeline=own, opened=["what_if"]),
    )
    for view in views:
        name = type(view).__name__
        path = view.to_html(tmp_path / f"{name}.html", live=True)
        page, asked, thrown = chromium.new_page(), list[str](), list[str]()
        page.on("request", lambda request, urls=asked: urls.append(request.url))
        page.on("pageerror", lambda error, errors=thrown: errors.append(str(error)))
        page.goto(path.as_uri(), wait_until="commit")
        expect(page.locator("body")).to_contain_text(hostile.TEXTS[1][:20])
        expect(page.locator(".pw-page-note").first).to_be_hidden(timeout=60_000)
        if page.locator("textarea").count():
            page.locator("textarea").first.fill(f"{hostile.TEXTS[1]} waste")
            expect(page.locator(".pw-chip", has_text="waste").first).to_be_visible()
        pressed = page.evaluate(
            "() => [...document.querySelectorAll('button')].map(one => one.click()).length"
        )
        assert pressed > 5
        page.wait_for_timeout(500)  # what would run or fetch gets the time to
        assert [url for url in asked if not url.startswith(OFFLINE)] == []
        assert not page.evaluate("'pwned' in window")
        assert (page.url, thrown) == (path.as_uri(), [])
        page.screenshot(path=ARTEFACTS / f"hostile-{name}.png")
        page.close()


WORDS = ("constructor", "toString", "valueOf", "hasOwnProperty", "__proto__", "__defineGetter__")


def test_words_that_every_object_has_are_words_in_jupyterlab_too(notebook):
    """As options, ids, pairs, items, gaps, labels, texts and cards; each is seen, none is code."""
    lab = notebook(["import pipeline_widgets as pw"])
    lab.run_cell(f"words = {WORDS!r}\n{EVERYWHERE}")
    page, shown = lab.page, 0
    for made in ("quiz", "challenge", "cards", "metrics", "training", "explorer"):
        lab.run_cell(made)
        root = page.locator(".jp-Notebook-cell").nth(-1).locator("[class*='pw-']").first
        root.wait_for()
        shown += any(word in root.inner_text() for word in WORDS)
    assert shown >= 5
    quiz = page.locator(".pw-quiz").first
    for turn in range(5):
        words = quiz.evaluate(
            "node => node.innerText + [...node.querySelectorAll('option')]"
            ".map(option => option.textContent).join(' ')"
        )
        assert [word for word in WORDS if word not in words] == [], turn
        if turn < 4:
            quiz.locator("button:visible", has_text="Next").first.click()
    assert "native code" not in page.locator(".jp-Notebook").inner_text()


EVERYWHERE = """
from pipeline_widgets.quizzes.kinds import *
options = [Option(word, right=not index) for index, word in enumerate(words)]
questions = [
    SingleChoice("which?", id="constructor", options=tuple(options)),
    MultipleChoice("which?", id="__proto__", options=tuple(options)),
    Match("which?", id="toString", pairs=tuple((word, word + " too") for word in words)),
    Order("which?", id="valueOf", items=words),
    Gaps(" ".join(f"[[{n}]]" for n in range(1, 7)), id="hasOwnProperty",
         gaps=tuple(Gap((GapAnswer(word), GapAnswer(word + " too", share=0)), kind="choice")
                    for word in words)),
]
quiz = pw.Quiz(questions, title="constructor", save=False)
for question in questions:
    quiz.submit(question.id, question.right_response())
challenge = pw.Challenge(questions[:1], title="__proto__", save=False)
cards = pw.Flashcards([(word, word) for word in words], title="toString", save=False)
pipeline = pw.load("distilbert", labels=["constructor", "__proto__"])
metrics = pw.MetricsView(pipeline, sentences=[("a good film", 1), ("a bad film", 0)])
training = pw.TrainingView(pw.History.read({"constructor": [.5, .4], "__proto__": [.1, .2],
                                            "loss": [.5, .4]}, name="toString"))
explorer = pw.PipelineExplorer(text="constructor __proto__ toString", models=[pipeline])
"""


def test_words_that_every_object_has_are_words_like_others(chromium, tmp_path):
    answers = "".join(f"- ( ) {word}\n" for word in WORDS)
    pairs = "".join(f"- {word} -> {word} too\n" for word in WORDS)
    parts = [f"## which? {{#{word}}}\n- (x) `{word}`\n{answers}" for word in WORDS]
    parts.append(f"## which belong? {{#match}}\n{pairs}")
    quiz = pw.Quiz.from_markdown("# T\n\n" + "\n".join(parts), save=False)
    for word in WORDS:
        quiz.submit(word, word)
    quiz.submit("match", {word: f"{word} too" for word in WORDS})
    path = quiz.to_html(tmp_path / "words.html")
    page = chromium.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.goto(path.as_uri())
    page.locator(".pw-quiz").wait_for()
    for turn in range(len(WORDS) + 1):
        shown = page.locator(".pw-quiz").inner_text()
        assert [word for word in WORDS if word not in shown] == [], turn
        page.locator("button:visible", has_text="Next").or_(
            page.locator("button:visible", has_text="Finish")
        ).first.click()
    assert "native code" not in page.locator("body").inner_text()
    assert thrown == []
    page.close()
