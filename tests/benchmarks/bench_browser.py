"""From key to pixels in a real JupyterLab, and what a keystroke sends over the wire."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from statistics import median

import torch
from bertviz import head_view
from playwright.sync_api import expect

import pipeline_widgets as pw
from tests.benchmarks.page import notebook_page
from tests.benchmarks.row import Row
from tests.browser.echo import ECHO
from tests.browser.lab import OpenNotebook

START = "The cat sat on the mat"
TYPED = " and looked at the old grey dog"  # 31 keys, still fewer than 20 tokens
LENGTHS = (12, 50, 128)
EXPLORER = f"""
import pipeline_widgets as pw
view = pw.PipelineExplorer(text={START!r}, models=["roberta"], opened=["layers"])
view
"""
BOX, PICTURE = ".pw-explorer textarea", ".pw-explorer"
STAGES = ".pw-explorer .pw-scroll"  # without what is said of the last choice, a moment later
ECHO_BOX, ECHO_PICTURE = ".echo input", ".echo output"

# Ends one task after the frame that shows the change: then its pixels are on their way.
WATCH_ONE_KEY = """
([box, picture, watched]) => {
  const typed = document.querySelector(box);
  typed.focus();
  if (typed.value) typed.selectionStart = typed.selectionEnd = typed.value.length;
  let pressed;
  typed.addEventListener("keydown", (event) => { pressed = event.timeStamp; }, { once: true });
  globalThis.fromKeyToPixels = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      observer.disconnect();
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - pressed);
        port2.postMessage(null);
      });
    });
    observer.observe(document.querySelector(picture), watched);
  });
}
"""
DRAWN = {"attributeFilter": ["data-sequence"]}
CHANGED = {"childList": True, "characterData": True, "subtree": True}
KERNEL_RESTS = "jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"


def rows() -> list[Row]:
    """Both browser rows of the table, measured in one page."""
    with page_with_explorer_and_echo() as lab:
        return [*keystroke_rows(lab), *bytes_rows(lab), *head_rows(lab)]


@contextmanager
def page_with_explorer_and_echo() -> Generator[OpenNotebook]:
    """A JupyterLab page that shows the explorer, open at attention, and the echo widget."""
    with notebook_page([EXPLORER, ECHO], wait_for=PICTURE) as lab:
        lab.page.wait_for_selector(ECHO_BOX)
        yield lab


def milliseconds(lab: OpenNotebook, key: str, box: str, picture: str, watched: object) -> float:
    """From the keydown of ``key`` in ``box`` until ``picture`` has been painted anew."""
    lab.page.evaluate(WATCH_ONE_KEY, [box, picture, watched])
    lab.page.keyboard.press(key)
    took = lab.page.evaluate("fromKeyToPixels")
    lab.page.wait_for_function(KERNEL_RESTS)
    return took


def keystroke_rows(lab: OpenNotebook) -> list[Row]:
    """Thirty keys in each widget by turns, the first one for warming up."""
    explorer: list[float] = []
    echo: list[float] = []
    trace: list[float] = []
    for key in TYPED:
        explorer.append(milliseconds(lab, key, BOX, PICTURE, DRAWN))
        echo.append(milliseconds(lab, key, ECHO_BOX, ECHO_PICTURE, CHANGED))
        trace.append(lab.value("float(sum(view.trace.milliseconds.values()))"))
    shown, floor = median(explorer[1:]), median(echo[1:])
    share = f"the trace takes {median(trace[1:]):.0f} ms of it"
    tokens = lab.value("len(view.trace.tokens)")
    detail = f"{shown:.0f} − {floor:.0f}, medians of {len(TYPED) - 1}, up to {tokens} tokens"
    return [
        Row("keystroke → pixels, explorer − echo", 40, shown - floor, "ms", detail),
        Row("keystroke → pixels, explorer ÷ echo", 1.6, shown / floor, "", share),
    ]


def head_rows(lab: OpenNotebook) -> list[Row]:
    """Another head at 128 tokens and a key in the echo widget, by turns."""
    lab.page.locator(BOX).fill(text_before_the_last_key(pw.load("roberta"), 128) + "a")
    lab.page.wait_for_function(KERNEL_RESTS)
    heads: list[float] = []
    echo: list[float] = []
    for count in range(22):
        head = lab.page.locator(".pw-thumb[aria-checked=true]")
        head.focus()
        key = "ArrowLeft" if count % 2 else "ArrowRight"
        chosen = ".pw-explorer .pw-thumb[aria-checked=true]"
        heads.append(milliseconds(lab, key, chosen, STAGES, CHANGED))
        echo.append(milliseconds(lab, "a", ECHO_BOX, ECHO_PICTURE, CHANGED))
    shown, floor = median(heads[1:]), median(echo[1:])
    detail = f"{shown:.0f} ÷ {floor:.0f} ms, medians of {len(heads) - 1}"
    return [Row("another head at 128 tokens ÷ echo", 1.5, shown / floor, "", detail)]


def bytes_rows(lab: OpenNotebook) -> list[Row]:
    """What one keystroke sends from kernel to browser, beside BertViz's page for that trace."""
    found: list[Row] = []
    pipeline = pw.load("roberta")
    for tokens in LENGTHS:
        text = text_before_the_last_key(pipeline, tokens)
        picture = lab.page.locator(PICTURE)
        drawn = int(picture.get_attribute("data-sequence") or 0)
        lab.page.locator(BOX).fill(text)
        expect(picture).to_have_attribute("data-sequence", str(drawn + 1))
        lab.page.wait_for_function(KERNEL_RESTS)
        lab.kernel_frames.clear()
        milliseconds(lab, "a", BOX, PICTURE, DRAWN)
        sent = sum(lab.kernel_frames)
        assert lab.value("len(view.trace.tokens)") == tokens
        page = len(bertviz_page(pipeline.trace(f"{text}a")))
        detail = f"{sent:,} of {page:,} bytes"
        found.append(
            Row(f"bytes a keystroke ÷ BertViz, {tokens} tokens", 1 / 50, sent / page, "", detail)
        )
    return found


def text_before_the_last_key(pipeline: pw.Pipeline, tokens: int) -> str:
    """A text that has ``tokens`` tokens once one more ``a`` is typed."""
    words = (START + TYPED).split()
    text = words[0]
    while len(pipeline.tokenize(f"{text} {words[1]} a").ids) <= tokens:
        words = [*words[1:], words[0]]
        text += f" {words[0]}"
    while len(pipeline.tokenize(f"{text} a").ids) < tokens:
        text += " a"
    return f"{text} "


def bertviz_page(trace: pw.Trace) -> bytes:
    """BertViz's HTML for every layer and head of the same attention."""
    attention = [torch.from_numpy(layer)[None] for layer in trace.layers.attention]
    page = head_view(attention, list(trace.tokens.pieces), html_action="return")
    return str(page.data).encode()
