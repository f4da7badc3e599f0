"""The engine of a page with no kernel, in a browser, against Python's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import product
from random import Random

import hypothesis.strategies as st
import numpy as np
import pytest
import wasmtime
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Page

import pipeline_widgets as pw
from pipeline_widgets.engine.examples import sentences
from pipeline_widgets.trace import STAGES
from pipeline_widgets.views.live import weights as exported
from pipeline_widgets.views.live.page import whole_engine
from pipeline_widgets.views.live.shared_files import SharedFiles
from pipeline_widgets.views.live.tables import tables
from pipeline_widgets.views.shared import linker
from tests.browser.fresh_view import SEED

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
EXPLORED = (
    *("text", "_sequence", "shown", "layer", "head", "token", "panel", "opened", "_stages"),
    *("pinned", "cells", "compared"),
)
PINNED = [
    ("The film was good.", "The film was bad."),
    (" untokenisable FILM,  it is naïve", "Untokenizable film, it wasn't dull!"),
    ("while a dog slept the cat sat 👧 中文", "the cat sat up 👩‍👧 while dogs slept"),
]
WHAT_IF = ["The waiter was not friendly.", " Wow!  A [MASK] naïveté <mask> 👩‍👧 — it's 中文"]
TRACED = [*ODD[:6], "The waiter was not friendly.", "Good film."]
_TOKENS = """async ({source, models, tables}) => {
  const blob = new Blob([source], { type: "text/javascript" });
  const { tokenizerOf } = await import(URL.createObjectURL(blob));
  window.encoders = models.map((one) => tokenizerOf(one.tokenizer, tables, one.limit));
}"""
# The engine's own modules, as they stand, beside the weights; what is farthest from Python's runs.
_FARTHEST = """async ({described, tables, expected, texts}) => {
  const get = async (file) => (await fetch(file)).arrayBuffer();
  const { Reader } = await import("./engine/reader.js");
  engineRest("word_piece", ((all) => () => all)(await import("./engine/word_piece.js")));
  const { Model, roomFor } = await import("./engine/model.js");
  const { fastKernel } = await import("./engine/kernel.js");
  const { plainKernel } = await import("./engine/plain_kernel.js");
  const { tensorsOf } = await import("./engine/safetensors.js");
  const reader = new Reader(0, described, tables), weights = await get("weights.bin");
  const room = { size: weights.byteLength, ...roomFor(reader.config, weights.byteLength) };
  const bytes = new Uint8Array(await get("engine/kernel.wasm")), { pages } = room;
  const kernel = await WebAssembly.compile(bytes);
  const kernels = { fast: await fastKernel(kernel, pages), plain: plainKernel(pages) };
  const all = await get(expected), farthest = {};
  for (const [name, kernel] of Object.entries(kernels)) {
    new Uint8Array(kernel.buffer).set(new Uint8Array(weights), room.file);
    const tensors = tensorsOf(kernel.buffer, room.file, room.size);
    reader.model = new Model(reader.config, tensors, room, kernel);
    let at = 0;
    for (const text of name === "fast" ? texts : texts.slice(0, 2)) {
      const { trace } = reader.run(reader.tokenizer.encode(text));
      const found = { ...trace, probabilities: trace.after.flat() };
      for (const what of ["hidden", "attention", "logits", "probabilities"]) {
        const there = new Float32Array(all, at, found[what].length);
        at += there.byteLength;
        const key = `${name} ${what}`;
        there.forEach((value, i) => {
          farthest[key] = Math.max(farthest[key] ?? 0, Math.abs(value - found[what][i]));
        });
      }
    }
  }
  return farthest;
}"""
_WORKER = """async ({source, start}) => {
  const blob = new Blob([source], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(blob));
  const waiting = new Map(); // by view: what is done with its next answer
  const list = (array) => {
    const { buffer, byteOffset, byteLength } = array.data;
    const kinds = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
    const stored = new kinds[array.dtype](buffer.slice(byteOffset, byteOffset + byteLength));
    return Array.from(stored, (number) => number * array.scale);
  };
  worker.onmessage = ({ data }) => {
    if (data.trouble) for (const { fail } of waiting.values()) fail(new Error(data.trouble.why));
    if (!data.answer || data.answer.early) return;
    const { view, traits, last } = data.answer, wanted = waiting.get(view);
    if (!wanted || (wanted.last && !last)) return;
    waiting.delete(view);
    wanted.done(JSON.stringify(traits, (_, v) => (v?.data instanceof DataView ? list(v) : v)));
  };
  const asking = (last) => (ask) => new Promise((done, fail) => {
    waiting.set(ask.view, { done, fail, last });
    worker.onerror = (event) => fail(new Error(event.message));
    setTimeout(() => fail(new Error("no answer")), 120_000);
    worker.postMessage({ ask });
  });
  window.ask = asking(false); // the answer at once
  window.askWork = asking(true); // and when all work is done
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  worker.postMessage({ start: { ...start, kernel: bytes(start.kernel) } });
}"""


@pytest.fixture
def blank(chromium) -> Page:
    page = chromium.new_page()
    page.goto("about:blank")
    yield page
    page.close()


@pytest.fixture(scope="module")
def engine_page(chromium, pipelines, served, tmp_path_factory) -> Iterator[Page]:
    """A page with the engine and both models behind `ask`."""
    folder = tmp_path_factory.mktemp("models")
    shared = SharedFiles(folder)
    described = [(folder / shared.model(pipeline)[1]).read_text("utf-8") for pipeline in pipelines]
    models = [json.loads(text[text.index("(") + 1 : text.rindex(")")]) for text in described]
    for part in (part for model in models for part in model["parts"]):
        part["url"] = f"{served(folder)}/{part['file']}"
    (folder / "index.html").write_text("<!doctype html>", "utf-8")
    page = chromium.new_page()
    page.goto(f"{served(folder)}/index.html")
    start = whole_engine() | {"models": models}
    page.evaluate(_WORKER, {"source": start.pop("source"), "start": start})
    yield page
    page.close()


def test_the_kernel_is_what_its_source_says():
    source = (ENGINE / "kernel.wat").read_text("utf-8")
    assert (ENGINE / "kernel.wasm").read_bytes() == bytes(wasmtime.wat2wasm(source))


def test_both_tokenizers_read_any_text_as_python_does(blank, pipelines):
    models = [
        {"tokenizer": exported.tokenizer(one), "limit": one.config.max_length} for one in pipelines
    ]
    base = "live/engine/tokenizer.js"
    word_piece = linker.rest("live/engine/word_piece.js", base)
    source = f'{linker.link(base)}\nengineRest("word_piece", {word_piece});'
    blank.evaluate(_TOKENS, {"source": source, "models": models, "tables": tables()})

    def read_alike(texts: list[str]) -> None:
        made = blank.evaluate(
            "(texts) => encoders.map((one) => texts.map((text) => one.encode(text)))",
            texts,
        )
        for pipeline, rows in zip(pipelines, made, strict=True):
            for text, row in zip(texts, rows, strict=True):
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

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.text(max_size=30), min_size=150, max_size=150))
    def alike(texts: list[str]) -> None:
        read_alike(texts)

    read_alike(ODD)
    alike()


@pytest.mark.parametrize("name", NAMES)
def test_states_attention_and_answers_are_within_a_hundred_thousandth_of_python(
    chromium, served, tmp_path, name
):
    pipeline = pw.load(name)
    shutil.copytree(ENGINE, tmp_path / "engine")
    model = exported.PageModel.of(pipeline)
    (tmp_path / "weights.bin").write_bytes(model.weights)
    (tmp_path / "index.html").write_text("<!doctype html>", "utf-8")
    held_out = [row.text for row in sentences("held-out")]
    texts = [*ODD[:6], *Random(SEED).sample(held_out, 12)]
    with (tmp_path / "expected.bin").open("wb") as file:
        for trace in map(pipeline.trace, texts):
            after = pipeline.predict_after_layers(trace)
            for array in (
                trace.layers.hidden,
                trace.layers.attention,
                trace.prediction.logits,
                after,
            ):
                file.write(np.ascontiguousarray(array).tobytes())
    page = chromium.new_page()
    page.goto(f"{served(tmp_path)}/index.html")
    data = {"described": model.described([]), "tables": tables(), "texts": texts}
    farthest = page.evaluate(_FARTHEST, data | {"expected": "expected.bin"})
    assert set(farthest) > {"fast hidden", "plain attention"}
    assert {what: off for what, off in farthest.items() if off > 1e-5} == {}
    page.close()


def test_a_panel_computed_in_the_page_is_the_one_that_python_sends(engine_page, pipelines):
    opened = [*STAGES, "halves", "mixing"]
    view = pw.PipelineExplorer("", models=pipelines, show="both", opened=opened)
    for sequence, text in enumerate(TRACED):
        layer, head = sequence % 7, 3 * sequence % 13  # beyond the last one too
        view.set_state({"text": text, "layer": layer, "head": head, "token": sequence})
        view.set_state({"_sequence": sequence, "panel": sequence % 2})
        asked = {name: getattr(view, name) for name in EXPLORED}
        asked |= {"view": 0, "kind": "explorer", "models": [0, 1]}
        made = json.loads(engine_page.evaluate("(asked) => ask(asked)", asked))["_result"]
        assert made["sequence"] == sequence
        assert made["text"] == view._result["text"]
        for here, there in zip(view._result["panels"], made["panels"], strict=True):
            assert set(here) == set(there)
            for key, value in here.items():
                assert_alike(key, value, there[key])


def test_what_differs_from_a_pinned_sentence_and_what_carries_it_are_those_of_python(
    engine_page, pipelines
):
    view = pw.PipelineExplorer("", models=pipelines, show="both")
    words = view.live_view().state["pin_words"]
    view.compared = ["parts"]
    for number, (pinned, text) in enumerate(PINNED):
        view.pinned, view.text, view.cells = pinned, text, [[6 - number, 0, -1, -1], [2, 0, -1, -1]]
        view._patcher.wait()
        asked = {name: getattr(view, name) for name in EXPLORED} | {"pin_words": words}
        told = {"view": 70 + number, "kind": "explorer", "models": [0, 1]}
        acts = json.loads(engine_page.evaluate("(asked) => askWork(asked)", asked | told))["_acts"]
        assert_alike("acts", view._acts["panels"], acts["panels"], 1e-4)  # shares of small changes
        again = json.dumps(asked | told | {"view": 80 + number})
        made = json.loads(engine_page.evaluate(f"ask({again})"))["_result"]["differences"]
        assert_alike("difference", view._result["differences"], made, 2e-5)


def test_attention_and_what_if_in_the_page_are_those_of_python(engine_page, pipelines):
    random, words = Random(SEED), ("layer", "head", "token", "source", "off", "measuring")
    for number, (text, pipeline) in enumerate(product(WHAT_IF, pipelines)):
        view = pw.AttentionView(pipeline.trace(text), pipeline=pipeline)
        live = view.live_view()
        told = {"view": 1 + number, "kind": live.kind, "models": [pipelines.index(pipeline)]}
        for _ in range(6):
            sent = dict(view.get_state())
            view.set_state(random_choice(view, random))
            asked = {name: getattr(view, name) for name in words} | told
            asked |= {"text": live.state["text"], "wall_shown": True}
            there = json.loads(engine_page.evaluate("(asked) => ask(asked)", asked))
            for key, value in view.get_state().items():
                if key in there:
                    assert_alike(key, value, there[key])
                elif key in {"_panels", "_answer", "_shown", "_wall", "_vectors"}:
                    assert value == sent[key], key


def test_effects_measured_in_the_page_are_those_of_python(engine_page, pipelines):
    for number, pipeline in enumerate(pipelines):
        trace = pipeline.trace("The waiter was not friendly.")
        view = pw.AttentionView(trace, pipeline=pipeline)
        view.measure()
        asked = {"view": 90 + number, "kind": "attention", "models": [number], "measuring": True}
        asked |= {"layer": 0, "head": 0, "token": -1, "source": "head", "off": []}
        asked |= {"text": trace.text, "wall_shown": False}
        made = engine_page.evaluate("(asked) => askWork(asked)", asked)
        for key, value in json.loads(made)["_effects"].items():
            assert_alike(key, view._effects[key], value)


def random_choice(view: pw.AttentionView, random: Random) -> dict[str, object]:
    """Something that a learner may do with an attention view."""
    layers, heads, count, _ = view.trace.layers.attention.shape
    words = len(view._answer["words"])
    entries: list[list[object]] = [
        ["head", random.randrange(layers), random.randrange(heads)],
        ["layer", random.randrange(layers)],
        *([[random.choice(["word", "mask"]), random.randrange(words)]] if words else []),
    ]
    places = {entry[1] for entry in view.off if entry[0] in ("word", "mask")}
    new = [one for one in entries if not (one[0] in ("word", "mask") and one[1] in places)]
    return random.choice(
        [
            {"layer": random.randrange(layers), "head": random.randrange(heads)},
            {"source": random.choice(["head", "heads", "layers", "rollout"])},
            {"token": random.randrange(-1, count), "source": "head"},
            {"off": [*view.off, random.choice(new)]},
            {"off": [*view.off, random.choice(new)]},
            {"off": view.off[:-1]},
        ]
    )


def assert_alike(key: str, here: object, there: object, off_by: float = 1e-5) -> None:
    """Words and whole numbers the same, the rest as float32 allows."""
    if key == "ms":
        assert isinstance(here, dict)
        assert isinstance(there, dict)
        assert set(here) == set(there)
    elif isinstance(here, dict) and "dtype" in here:
        expected = unpacked(here)
        # A number on the border of two steps may be read as either.
        near, byte = max(2e-5, off_by), here["scale"] + 1e-6 if here["scale"] < 1 else 0
        steps = {"int16": 0.0101, "uint4": 1 / 15 + 1e-6, "uint8": byte}
        found = np.array(np.ravel(there), np.float64)  # NaN is null in JSON
        assert np.array_equal(np.isnan(found), np.isnan(expected)), key
        off = np.abs(found - expected)[~np.isnan(expected)]
        assert off.max(initial=0) <= steps.get(here["dtype"], near), key
        assert (off > near).sum() <= 0.02 * off.size, key
    elif isinstance(here, dict):
        assert isinstance(there, dict)
        assert set(here) - {"run"} <= set(there), key
        for name, value in here.items():
            if name != "run":
                assert_alike(f"{key}.{name}", value, there[name], off_by)
    elif isinstance(here, (list, tuple)):
        assert isinstance(there, list)
        assert len(here) == len(there), key
        for one, other in zip(here, there, strict=True):
            assert_alike(key, one, other, off_by)
    elif isinstance(here, float):
        assert isinstance(there, (int, float))
        assert abs(here - there) <= off_by, key
    else:
        assert here == there, key


def unpacked(array: dict) -> np.ndarray:
    raw = np.frombuffer(array["data"], np.uint8 if array["dtype"] == "uint4" else array["dtype"])
    if array["dtype"] == "uint4":
        count = int(np.prod(array["shape"]))
        raw = np.stack([raw >> 4, raw & 15], axis=1).ravel()[:count]
    return raw.astype(np.float64) * array["scale"]
