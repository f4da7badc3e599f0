"""A page with no kernel: the engine in the browser against Python's, and the page from disk."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import hypothesis.strategies as st
import numpy as np
import pytest
import wasmtime
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

import pipeline_widgets as pw
from pipeline_widgets import pages
from pipeline_widgets.trace import STAGES
from pipeline_widgets.views.live import weights as exported
from pipeline_widgets.views.live.page import engine
from pipeline_widgets.views.live.shared_files import SharedFiles
from pipeline_widgets.views.shared import linker
from pipeline_widgets.views.stages.panel import panel

ENGINE = linker.VIEWS / "live/engine"
NAMES = ("roberta", "distilbert")
ODD = [
    "",
    "  two  spaces ",
    "A</s></s>B <mask> x",
    "a [SEP] b[CLS] [MASK]",
    "naïveté ẛ̣ Å q̣̇ İstanbul ΣΑΣ",
    "👩‍👩‍👧 中文 العربية",
    "x" * 3000,
    "word " * 400,
]
TRACED = [*ODD[:6], "The waiter was not friendly.", "Good film."]
_TOKENS = """async ({source, models, tables}) => {
  const blob = new Blob([source], { type: "text/javascript" });
  const { tokenizerOf } = await import(URL.createObjectURL(blob));
  window.encoders = models.map((one) => tokenizerOf(one.tokenizer, tables, one.limit));
}"""
_WORKER = """async ({source, start, files}) => {
  const blob = new Blob([source], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(blob));
  const waiting = [];
  worker.onmessage = ({ data }) => {
    if (data.answer) waiting.shift()?.(data.answer.traits);
    if (data.need !== undefined)
      for (const part of files[data.need])
        worker.postMessage({ part: { index: data.need, data: part } });
  };
  const list = (array) => {
    const { buffer, byteOffset, byteLength } = array.data;
    return Array.from(new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)));
  };
  window.ask = (ask) => new Promise((done) => {
    waiting.push(done);
    worker.postMessage({ ask });
  }).then((data) => JSON.stringify(data, (_, v) => v?.data instanceof DataView ? list(v) : v));
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  worker.postMessage({ start: { ...start, kernel: bytes(start.kernel) } });
}"""


@pytest.fixture(scope="module")
def pipelines() -> list[pw.Pipeline]:
    return [pw.load(name) for name in NAMES]


@pytest.fixture
def blank(chromium) -> Page:
    page = chromium.new_page()
    page.goto("about:blank")
    yield page
    page.close()


@pytest.fixture(scope="module")
def live_page(tmp_path_factory) -> Path:
    view = pw.PipelineExplorer("Good film.", models=("distilbert",))
    return view.to_html(tmp_path_factory.mktemp("live") / "explorer.html", live=True)


@pytest.fixture(scope="module")
def live_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("folder")
    here = SharedFiles(folder / "engine").page("engine/")
    body = here.element(pw.PipelineExplorer("Good film.", models=("distilbert",)))
    assert here.lives == [True]
    page = pages.page("A page", body, files=here.files, sheets=here.sheets, worker=True)
    (folder / "index.html").write_text(page, "utf-8")
    return folder


@pytest.fixture
def served() -> Iterator[Callable[[Path], str]]:
    """The address of a folder on a server of its own."""
    servers = dict[Path, ThreadingHTTPServer]()

    def serve(folder: Path) -> str:
        if folder not in servers:
            quiet = partial(Quiet, directory=str(folder))
            servers[folder] = ThreadingHTTPServer(("127.0.0.1", 0), quiet)
            Thread(target=servers[folder].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[folder].server_port}"

    yield serve
    for server in servers.values():
        server.shutdown()
        server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def test_the_kernel_is_what_its_source_says():
    source = (ENGINE / "kernel.wat").read_text("utf-8")
    assert (ENGINE / "kernel.wasm").read_bytes() == bytes(wasmtime.wat2wasm(source))


def test_both_tokenizers_read_any_text_as_python_does(blank, pipelines):
    models = [
        {"tokenizer": exported.tokenizer(one), "limit": one.config.max_length} for one in pipelines
    ]
    source = linker.link("live/engine/tokenizer.js")
    blank.evaluate(_TOKENS, {"source": source, "models": models, "tables": exported.tables()})

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.text(max_size=30), min_size=150, max_size=150))
    def alike(texts: list[str]) -> None:
        made = blank.evaluate(
            "(texts) => encoders.map((one) => texts.map((text) => one.encode(text)))",
            [*ODD, *texts],
        )
        for pipeline, rows in zip(pipelines, made, strict=True):
            for text, row in zip([*ODD, *texts], rows, strict=True):
                tokens = pipeline.tokenize(text)
                assert row == {
                    "text": tokens.text,
                    "pieces": list(tokens.pieces),
                    "ids": tokens.ids.tolist(),
                    "spans": [edge for span in tokens.spans for edge in span],
                    "words": [-1 if word is None else word for word in tokens.words],
                    "steps": [
                        [[s.left, s.right, s.rank, s.found] for s in w] for w in tokens.steps
                    ],
                    "left_out": tokens.left_out,
                }, text

    alike()


def test_a_panel_computed_in_the_page_is_the_one_that_python_sends(blank, pipelines):
    start_engine(blank, pipelines)
    opened = list(STAGES)
    for sequence, text in enumerate(TRACED):
        layer, head = sequence % 7, 3 * sequence % 13  # beyond the last one too
        asked = {"text": text, "_sequence": sequence, "layer": layer, "head": head}
        asked |= {"shown": [0, 1], "opened": opened, "_stages": opened}
        asked |= {"view": 0, "kind": "explorer", "models": [0, 1]}
        made = json.loads(blank.evaluate("(asked) => ask(asked)", asked))["_result"]
        assert made["sequence"] == sequence
        for pipeline, there in zip(pipelines, made["panels"], strict=True):
            trace = pipeline.trace(text)
            here = panel(
                trace,
                pipeline.predict_after_layers(trace),
                layer=layer,
                head=head,
                open_stages=tuple(opened),
            )
            assert set(here) == set(there)
            for key, value in here.items():
                assert_alike(key, value, there[key])


def test_the_page_reads_on_from_disk_and_asks_nobody(chromium, live_page):
    assert {url for url in read_on(chromium, live_page.as_uri()) if "blob:" not in url} == {
        live_page.as_uri()
    }


def test_pages_share_files_from_a_disk_and_from_a_server_and_keep_the_weights(
    chromium, live_folder, served
):
    read_on(chromium, (live_folder / "index.html").as_uri())
    context = chromium.new_context()
    first = read_on(context, f"{served(live_folder)}/index.html")
    again = read_on(context, f"{served(live_folder)}/index.html")
    weights = [url for url in first if "/distilbert-" in url]
    assert len(weights) == len(list(live_folder.glob("engine/distilbert-*/*.js")))
    assert not [url for url in again if "/distilbert-" in url]
    assert all(url.startswith((served(live_folder), "blob:")) for url in [*first, *again])
    context.close()


@pytest.mark.parametrize("harm", ["cut", "without a block", "altered", "cut at the end"])
def test_a_damaged_file_says_so_and_keeps_its_picture(chromium, live_page, tmp_path, harm):
    text = live_page.read_text("utf-8")
    middle = text.index("</script>", len(text) // 2)
    block = text.rindex("<script", 0, middle)
    other = "A" if text[middle - 9] != "A" else "B"
    (tmp_path / "damaged.html").write_text(
        {
            "cut": text[: middle - 999],
            "cut at the end": text[:-1000],
            "without a block": text[:block] + text[middle + len("</script>") :],
            "altered": text[: middle - 9] + other + text[middle - 8 :],
        }[harm],
        "utf-8",
    )
    says_what_is_wrong(chromium, (tmp_path / "damaged.html").as_uri(), harm)


@pytest.mark.parametrize("harm", ["cut", "missing", "altered", "another's"])
def test_a_damaged_folder_says_so_and_keeps_its_picture(
    chromium, live_folder, tmp_path, served, harm
):
    folder = tmp_path / "site"
    shutil.copytree(live_folder, folder)
    file = sorted(folder.glob("engine/distilbert-*/*.js"))[3]
    data = bytearray(file.read_bytes())
    data[999] ^= 1 if data[999] ^ 1 not in b'\n\r"\\' else 64
    if harm == "missing":
        file.unlink()
    else:
        half, other = data[: len(data) // 2], file.with_name("00.js").read_bytes()
        file.write_bytes({"cut": half, "altered": data, "another's": other}[harm])
    says_what_is_wrong(chromium, (folder / "index.html").as_uri(), harm)
    says_what_is_wrong(chromium, f"{served(folder)}/index.html", harm)


def test_a_view_that_cannot_compute_says_which_can(tmp_path, pipelines):
    view = pw.TokenView(pipelines[0].trace("a film"))
    with pytest.raises(pw.BadInput, match="PipelineExplorer"):
        view.to_html(tmp_path / "tokens.html", live=True)


def read_on(browser: Browser | BrowserContext, url: str) -> list[str]:
    """Type in a live page until it has read it, with nothing said aside; what it asked for."""
    page, asked, errors = browser.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.goto(url, wait_until="commit")
    expect(page.locator(".pw-chip", has_text="Good").first).to_be_visible()
    page.get_by_role("textbox").first.fill("What a waste of two hours!")
    expect(page.locator(".pw-chip", has_text="waste").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("negative").first).to_be_visible()
    page.close()
    assert errors == []
    return asked


def says_what_is_wrong(chromium: Browser, url: str, harm: str) -> None:
    page = chromium.new_page()
    page.goto(url)
    page.get_by_role("textbox").first.fill("What a waste of two hours!")
    alert = page.get_by_role("alert").filter(has_text="This page can't compute")
    expect(alert).to_be_visible(timeout=60_000)
    expect(alert).to_contain_text("opy or download" if harm != "missing" else "gain")
    expect(page.locator(".pw-chip", has_text="Good").first).to_be_visible()
    page.close()


def start_engine(page: Page, pipelines: list[pw.Pipeline]) -> None:
    """The worker, with all its weights, behind `ask` in the page."""
    models, files = [], []
    for pipeline in pipelines:
        model = exported.PageModel.of(pipeline)
        parts = list(model.parts(10_000_000))
        models.append(model.described([known for known, _ in parts]))
        files.append([base64.b64encode(part).decode() for _, part in parts])
    start = engine() | {"models": models}
    page.evaluate(_WORKER, {"source": start.pop("source"), "start": start, "files": files})


def assert_alike(key: str, here: object, there: object) -> None:
    """Words and whole numbers the same, the rest as float32 allows."""
    if key == "ms":
        assert isinstance(here, dict)
        assert isinstance(there, dict)
        assert set(here) == set(there)
    elif key == "embedding":
        assert isinstance(here, list)
        assert isinstance(there, list)
        for one, other in zip(here, there, strict=True):
            assert_alike("part", one, other)
    elif isinstance(here, dict):
        expected = unpacked(here)
        # A number on the border of two steps may be read as either.
        step = {"int16": 0.0101, "uint4": 1 / 15 + 1e-6}.get(here["dtype"], 2e-5)
        off = np.abs(np.ravel(there) - expected)
        assert off.max(initial=0) <= step, key
        assert (off > 2e-5).mean() < 0.01, key
    elif isinstance(here, list) and key in {"logits", "probabilities", "after"}:
        np.testing.assert_allclose(np.array(there), np.array(here), atol=1e-5, err_msg=key)
    else:
        assert here == there, key


def unpacked(array: dict) -> np.ndarray:
    raw = np.frombuffer(array["data"], np.uint8 if array["dtype"] == "uint4" else array["dtype"])
    if array["dtype"] == "uint4":
        count = int(np.prod(array["shape"]))
        raw = np.stack([raw >> 4, raw & 15], axis=1).ravel()[:count]
    return raw.astype(np.float64) * array["scale"]
