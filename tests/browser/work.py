"""What a page does for something, counted by Chromium's own tracing: layouts, styles, paint."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

_SCRIPT = {
    "FunctionCall",
    "EvaluateScript",
    "v8.compileModule",
    "v8.evaluateModule",
    "EventDispatch",
    "FireAnimationFrame",
    "TimerFire",
    "RunMicrotasks",
    "HandlePostMessage",
}
_STYLE, _LAYOUT = {"UpdateLayoutTree", "RecalculateStyles"}, {"Layout"}
_PAINT = {"PrePaint", "Paint", "Layerize", "Commit", "UpdateLayer", "CompositeLayers"}


@dataclass(frozen=True)
class Work:
    """Of a page's main thread: how often, how long (ms), and of how many nodes."""

    layouts: int
    styles: int
    paints: int
    styled: int
    laid_out: int
    script_ms: float
    style_ms: float
    layout_ms: float
    paint_ms: float


def work(page: Page, act: Callable[[], object]) -> Work:
    """What the page's main thread does while ``act()`` runs and in the frames after it."""
    browser = page.context.browser
    assert browser is not None
    categories = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink", "cc"]
    browser.start_tracing(page=page, categories=categories)
    act()
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    return summed([event for event in events if event.get("ph") in {"X", "B", "E"}])


def summed(events: list[dict[str, Any]]) -> Work:
    """The events of the busiest renderer's main thread, without what is nested in its like."""
    main = Counter((event["pid"], event["tid"]) for event in events if event["name"] == "Layout")
    if not main:
        return Work(0, 0, 0, 0, 0, 0, 0, 0, 0)
    thread = main.most_common(1)[0][0]
    own = sorted(
        (event for event in events if (event["pid"], event["tid"]) == thread and "dur" in event),
        key=lambda event: (event["ts"], -event["dur"]),
    )

    def some(names: set[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        end = 0
        for event in own:
            if event["name"] in names and event["ts"] >= end:
                found.append(event)
                end = event["ts"] + event["dur"]
        return found

    def took(events: list[dict[str, Any]]) -> float:
        return sum(event["dur"] for event in events) / 1000

    styles, layouts, paints = some(_STYLE), some(_LAYOUT), some(_PAINT)
    inside = took(
        [
            e
            for e in [*styles, *layouts]
            if any(s["ts"] <= e["ts"] < s["ts"] + s["dur"] for s in some(_SCRIPT))
        ]
    )
    return Work(
        layouts=len(layouts),
        styles=len(styles),
        paints=sum(event["name"] == "Paint" for event in own),
        styled=sum(event["args"].get("elementCount", 0) for event in styles),
        laid_out=sum(
            event["args"].get("beginData", {}).get("dirtyObjects", 0) for event in layouts
        ),
        script_ms=round(took(some(_SCRIPT)) - inside, 2),
        style_ms=round(took(styles), 2),
        layout_ms=round(took(layouts), 2),
        paint_ms=round(took(paints), 2),
    )
