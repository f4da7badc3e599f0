"""Views in a real browser with no Jupyter between: the page asks the Python objects directly.

For what is asked hundreds of times. The view's own module and style are run; a change in the page
goes through ``Widget.set_state``, and what the widget says through its comm goes to the page::

    bridge = Bridge(chromium.new_page())
    root = bridge.show(view)  # Playwright's locator of the element the view stands in
    view.layer = 3
    bridge.settle()  # what Python changed is drawn
"""

from __future__ import annotations

import base64
import json
from typing import Any

from ipywidgets.widgets.widget import _put_buffers  # pyright: ignore[reportPrivateUsage]
from playwright.sync_api import Locator, Page

from pipeline_widgets.views.shared.offline_page import JUPYTERS_OWN
from pipeline_widgets.views.shared.view import View


class Bridge:
    """A page on which views stand under one another, each in an element of its name's class."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []  # console.error and thrown errors
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._note)
        page.set_content("<!doctype html><html lang='en'><title>views</title><body></body></html>")
        page.expose_function("askPython", self._ask)
        page.evaluate(_HOST)
        self._views: dict[str, View] = {}
        self._messages: dict[str, list[dict[str, Any]]] = {}
        self.change_theme("light")

    def show(self, view: View, name: str = "view") -> Locator:
        """Draw ``view`` in place of what ``name`` showed before, or below."""
        self._views[name], self._messages[name] = view, []
        view.comm.publish_msg = self._recorder(name)  # pyright: ignore
        state = {key: value for key, value in view.get_state().items() if _is_ours(key)}
        sheet, module = str(view._css), str(view._esm)  # pyright: ignore
        self.page.evaluate("all => show(...all)", [name, _spoken(state), module, sheet])
        return self.page.locator(f".{name} > *").first

    def settle(self) -> None:
        """Give the page what Python has said, until it has nothing left to ask."""
        while True:
            for name in self._views:
                self.page.evaluate("all => tell(...all)", [name, self._said(name)])
            self.page.evaluate("rest()")
            if not any(self._messages.values()):
                return

    def change_theme(self, theme: str) -> None:
        """Light or dark, as JupyterLab says it."""
        self.page.evaluate("setTheme", theme == "dark")
        self.page.evaluate("rest()")

    def _ask(self, name: str, text: str) -> str:
        asked, view = json.loads(text), self._views[name]
        if "state" in asked:
            view.set_state(asked["state"])
        else:
            view._handle_custom_msg(asked["message"], [])  # pyright: ignore
        return self._said(name)

    def _said(self, name: str) -> str:
        messages, self._messages[name] = self._messages[name], []
        return _spoken(messages)

    def _recorder(self, name: str) -> Any:
        def record(msg_type: str, data: Any = None, buffers: Any = None, **_: Any) -> None:
            if msg_type != "comm_msg":
                return
            if data["method"] == "custom":
                self._messages[name].append({"custom": data["content"]})
                return
            state = data["state"]
            _put_buffers(state, data["buffer_paths"], buffers or [])
            self._messages[name].append({"state": state})

        return record

    def _note(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)


def _is_ours(key: str) -> bool:
    return key not in JUPYTERS_OWN


def _spoken(value: Any) -> str:
    return json.dumps(value, default=lambda data: {"$bytes": base64.b64encode(data).decode()})


_HOST = """
() => {
  const shown = {}, sheets = new Set();
  let open = 0;
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const revive = (text) => JSON.parse(text, (_, value) =>
    typeof value?.$bytes === "string" ? new DataView(bytes(value.$bytes).buffer) : value);
  const spoken = (value) => JSON.stringify(value, (_, part) =>
    part instanceof DataView ? Math.random() : part); // bytes are never the same
  const same = (a, b) => a === b || spoken(a) === spoken(b);
  const frame = () => new Promise(requestAnimationFrame);
  const frames = async () => { await frame(); await frame(); };

  function model(name, state) {
    const heard = {};
    let changed = {};
    const emit = (event, ...all) => { for (const hear of heard[event] ?? []) hear(...all); };
    const put = (key, value) => {
      if (same(state[key], value)) return false;
      state[key] = value;
      return true;
    };
    async function ask(what) {
      open += 1;
      tell(name, await askPython(name, JSON.stringify(what)));
      open -= 1;
    }
    return {
      get: (key) => state[key],
      set(key, value) {
        if (!put(key, value)) return;
        changed[key] = value;
        emit(`change:${key}`);
      },
      save_changes() {
        const news = changed;
        changed = {};
        ask({ state: news });
      },
      send: (message) => ask({ message }),
      on(events, hear) { for (const event of events.split(" ")) (heard[event] ??= []).push(hear); },
      off: (event, hear) => { heard[event] = (heard[event] ?? []).filter((one) => one !== hear); },
      hear({ state: news, custom }) {
        if (custom) emit("msg:custom", custom, []);
        const keys = Object.keys(news ?? {}).filter((key) => put(key, news[key]));
        keys.forEach((key) => emit(`change:${key}`));
      },
    };
  }

  globalThis.show = async (name, text, module, sheet) => {
    if (!sheets.has(sheet)) {
      sheets.add(sheet);
      document.head.append(Object.assign(document.createElement("style"), { textContent: sheet }));
    }
    const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    const widget = (await import(url)).default, before = shown[name];
    const end = new AbortController(), el = document.createElement("div");
    el.className = name;
    if (before) { before.end.abort(); before.el.replaceWith(el); } else document.body.append(el);
    shown[name] = { model: model(name, revive(text)), end, el };
    await widget.initialize?.({ model: shown[name].model, signal: end.signal });
    await widget.render({ model: shown[name].model, el, signal: end.signal });
    await frames();
  };
  globalThis.tell = (name, text) => {
    for (const message of revive(text)) shown[name].model.hear(message);
  };
  globalThis.rest = async () => { do await frames(); while (open); };
  globalThis.setTheme = (dark) => {
    document.body.dataset.jpThemeLight = String(!dark);
    const style = document.documentElement.style;
    style.setProperty("--jp-layout-color0", dark ? "#111111" : "#ffffff");
    style.setProperty("--jp-ui-font-color0", dark ? "#ffffff" : "#1b1d26");
    style.setProperty("color-scheme", dark ? "dark" : "light");
    style.setProperty("background", "var(--jp-layout-color0)");
  };
}
"""
