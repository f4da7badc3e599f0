"""A page with no kernel: from disk and served, damaged, on a phone, and after many steps."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

import pipeline_widgets as pw
from pipeline_widgets import pages
from pipeline_widgets.engine.interventions import SwitchOffLayer
from pipeline_widgets.views.live import weights as exported
from pipeline_widgets.views.live.shared_files import SharedFiles
from pipeline_widgets.views.shared.acting_links import write_link
from pipeline_widgets.views.shared.offline_page import page_style
from tests.browser.fresh_view import SEED
from tests.browser.lab import ARTEFACTS
from tests.browser.server import Quiet
from tests.browser.test_any_eye import SMALL
from tests.browser.test_live_engine import TRACED

_FOLLOW = """(href) => {
  const link = Object.assign(document.createElement("a"), { href });
  document.body.prepend(link);
  link.click();
  link.remove();
}"""
# A browser that can't unpack: nor can a worker that is started in it.
_OLD = """(() => {
  const Whole = Blob;
  window.Blob = function (parts, options) {
    return new Whole(["delete self.DecompressionStream;", ...parts], options);
  };
})()"""
# What an explorer shows, but for times; nothing more is on its way.
_SETTLED = """(text) => {
  const root = document.querySelector(".pw-explorer"), unread = root.querySelector("[data-done]");
  const note = document.querySelector(".pw-page-note"), box = root.querySelector("textarea");
  return note.hidden && box.value === text && (!unread || unread.dataset.done === "all")
    && root.querySelector(".pw-badges").childElementCount > 0;
}"""
_SHOWN = """() => {
  const root = document.querySelector(".pw-explorer");
  const words = [...root.querySelectorAll("*")]
    .filter((one) => !one.closest("[aria-live], [role=status]") && !one.childElementCount)
    .map((one) => [one.getAttribute("aria-label"), one.getAttribute("aria-pressed"),
      one.getAttribute("aria-checked"), one.textContent, one.getAttribute("style")].join("|"));
  return words.filter((one) => !/\\d ms/.test(one));
}"""


@pytest.fixture(scope="module")
def live_page(tmp_path_factory) -> Path:
    view = pw.PipelineExplorer("Good film.", models=("distilbert",))
    return view.to_html(tmp_path_factory.mktemp("live") / "explorer.html", live=True)


@pytest.fixture(scope="module")
def live_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("folder")
    here = SharedFiles(folder / "engine").page("engine/")
    explorer = pw.PipelineExplorer("Good film.", models=("distilbert",), opened=["layers"])
    attention = pw.AttentionView(explorer.trace, opened=["what_if"])
    tokens = pw.TokenView(explorer.trace)
    body = "".join(map(here.element, (explorer, attention, tokens)))
    assert here.lives == [True, True, False]
    page = pages.page(
        "A page",
        body,
        style=page_style(""),
        files=here.files,
        sheets=here.sheets,
        worker=True,
    )
    (folder / "index.html").write_text(page, "utf-8")
    return folder


def test_the_page_reads_on_from_disk_and_asks_nobody(chromium, live_page):
    assert {url for url in read_on(chromium, live_page.as_uri()) if "blob:" not in url} == {
        live_page.as_uri()
    }


def test_pages_share_files_from_a_disk_and_from_a_server_and_keep_the_weights(
    chromium, live_folder, served
):
    read_on(chromium, (live_folder / "index.html").as_uri())
    context = chromium.new_context()
    Quiet.weights.clear()
    first = read_on(context, f"{served(live_folder)}/index.html")
    assert len(Quiet.weights) == len(list(live_folder.glob("engine/distilbert-*/*.js")))
    Quiet.weights.clear()
    again = read_on(context, f"{served(live_folder)}/index.html")
    assert Quiet.weights == []
    assert all(url.startswith((served(live_folder), "blob:")) for url in [*first, *again])
    context.close()


@pytest.mark.parametrize(
    "harm", ["cut", "without a block", "altered", "cut at the end", "old browser"]
)
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
            "old browser": text,
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


def test_tokens_are_live_before_the_weights_and_the_last_keystroke_is_answered(
    chromium, live_folder, served
):
    Quiet.opened.clear()
    page = chromium.new_page()
    try:
        page.goto(f"{served(live_folder)}/index.html")
        box = page.get_by_role("textbox").first
        expect(page.locator(".pw-badges").first).to_contain_text("DistilBERT")
        box.fill("What a waste")
        expect(page.locator(".pw-chip", has_text="waste").first).to_be_visible()
        expect(page.locator(".pw-badges").first).to_be_empty()  # nothing old beside the new text
        expect(page.locator(".pw-page-progress progress").first).to_be_visible()
        expect(page.locator(".pw-page-progress").first).to_contain_text("0 of 18 MB")
        box.press_sequentially(" of two hours")
        box.fill("A good film, truly")
    finally:
        Quiet.opened.set()
    expect(page.locator(".pw-badges").first).to_contain_text("positive", timeout=60_000)
    expect(page.locator(".pw-chip", has_text="truly").first).to_be_visible()
    expect(page.locator(".pw-page-progress").first).to_be_hidden()
    page.close()


def test_after_ten_steps_a_live_page_equals_a_new_one_of_the_same_state(
    chromium, live_folder, served
):
    random, url = Random(SEED), f"{served(live_folder)}/index.html"
    walked, anew = chromium.new_page(), chromium.new_page()
    state = {"text": "Good film.", "layer": 0, "head": 0, "pinned": "", "opened": ["layers"]}
    walked.goto(url)
    for _ in range(10):
        what = random.choice(["text", "layer", "head", "opened", "pinned"])
        if what == "text":
            state["text"] = random.choice([one for one in TRACED if one != state["text"]])
            walked.get_by_role("textbox").first.fill(state["text"])
        elif what == "opened":
            stage = random.choice(["tokens", "embedding", "pooled", "prediction"])
            state["opened"] = [*{*state["opened"]} ^ {stage}]
            walked.locator(f"[data-key=toggle-{stage}]").first.click()
        elif what == "pinned":
            state["pinned"] = "" if state["pinned"] else state["text"]
            walked.locator("[data-key=pin]").click()
        else:
            state[what] = random.randrange(3 if what == "layer" else 12)
            name = {"layer": "layer-0", "head": "head-distilbert"}[what]
            walked.locator(f".pw-stages [data-key={name}-{state[what]}]").click()
    anew.goto(url)
    state["token"] = 99  # beyond any: the last one, in both
    link = write_link(state)
    for page in (walked, anew):
        page.evaluate(_FOLLOW, link)
        page.wait_for_function(_SETTLED, arg=state["text"], timeout=60_000)
    until = time.monotonic() + 20  # the last answers may be on their way
    while walked.evaluate(_SHOWN) != anew.evaluate(_SHOWN) and time.monotonic() < until:
        walked.wait_for_timeout(200)
    assert walked.evaluate(_SHOWN) == anew.evaluate(_SHOWN)
    walked.close()
    anew.close()


def test_heads_are_switched_off_and_effects_measured_in_the_page(chromium, live_folder, served):
    page = chromium.new_page()
    page.goto(f"{served(live_folder)}/index.html")
    view = page.locator(".pw-attention")
    view.locator("[data-key=row-3]").click()
    expect(view.locator(".pw-title")).to_have_text("Layer 0 · Head 3", timeout=60_000)
    for layer in range(3):
        view.locator("[data-key=switch-layer]").click()
        expect(view.locator(f"[data-key=undo-layer-{layer}]")).to_be_visible()
        if layer < 2:
            view.locator("[data-key=layer-next]").click()
            expect(view.locator(".pw-title")).to_have_text(f"Layer {layer + 1} · Head 3")
    pipeline = pw.load("distilbert")
    off = [SwitchOffLayer(layer) for layer in range(3)]
    now = pipeline.trace("Good film.", without=off).prediction.confidence
    expect(view.locator(".pw-answer-now")).to_contain_text(f"{now:.2f}")
    view.locator(".pw-measure button").click()
    expect(view.locator(".pw-effects .pw-effect")).to_have_count(36, timeout=60_000)
    expect(view.locator(".pw-measure progress")).to_be_hidden(timeout=60_000)
    page.close()


def test_on_a_phone_it_fits_and_axe_finds_nothing(chromium, live_folder, served, axe_violations):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(f"{served(live_folder)}/index.html")
    page.get_by_role("textbox").first.fill("The waiter was not friendly, and the soup was cold.")
    expect(page.locator(".pw-chip", has_text="waiter").first).to_be_visible(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("body").evaluate(SMALL) == []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert axe_violations(page, ".pw-page-view") == []
        ARTEFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"live-phone-{theme}.png", full_page=True)
    context.close()


def test_a_model_of_ones_own_computes_in_a_page_whose_size_is_said(
    chromium, tmp_path, capsys, monkeypatch
):
    checkpoints = pytest.importorskip("tests.models.checkpoints")
    several = {"num_labels": 3, "problem_type": "multi_label_classification"}
    pipeline = pw.load(checkpoints.make(tmp_path / "own", "distilbert", **several))
    view = pw.PipelineExplorer("Good film.", models=[pipeline])
    path = view.to_html(tmp_path / "own.html", live=True)
    assert f"own.html: {path.stat().st_size / 1e6:.0f} MB" in capsys.readouterr().out
    page = chromium.new_page()
    page.goto(path.as_uri())
    page.get_by_role("textbox").first.fill("What a waste of two hours!")
    for score in pipeline.trace("What a waste of two hours!").prediction.scores:
        expect(page.locator(".pw-stages")).to_contain_text(f"{score:.2f}", timeout=60_000)
    page.close()
    monkeypatch.setattr(exported, "LARGEST", 1000)
    with pytest.raises(pw.BadInput, match="MB of weights"):
        view.to_html(tmp_path / "large.html", live=True)
    assert not (tmp_path / "large.html").exists()


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
    expect(page.locator(".pw-badges").first).to_contain_text("negative", timeout=60_000)
    page.close()
    assert errors == []
    return asked


def says_what_is_wrong(chromium: Browser, url: str, harm: str) -> None:
    page = chromium.new_page()
    if harm == "old browser":
        page.add_init_script(_OLD)
    page.goto(url)
    page.get_by_role("textbox").first.fill("What a waste of two hours!")
    alert = page.get_by_role("alert").filter(has_text="This page can't compute").first
    expect(alert).to_be_visible(timeout=60_000)
    cures = {"missing": "gain", "old browser": "a newer one"}
    expect(alert).to_contain_text(cures.get(harm, "opy or download"))
    expect(page.locator(".pw-chip", has_text="Good").first).to_be_visible()
    expect(page.get_by_role("textbox").first).to_have_value("What a waste of two hours!")
    page.close()
