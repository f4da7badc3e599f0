"""The smallest widget that listens: what is typed comes back from Python. A notebook cell."""

from __future__ import annotations

ECHO = '''
import anywidget
import traitlets


class Echo(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ model, el }) {
        const said = document.createElement("input");
        said.ariaLabel = "Say";
        const heard = document.createElement("output");
        said.addEventListener("input", () => {
          model.set("said", said.value);
          model.save_changes();
        });
        model.on("change:heard", () => { heard.textContent = model.get("heard"); });
        el.className = "echo";
        el.append(said, heard);
      },
    };
    """
    _css = ".echo { background: var(--jp-layout-color0); }"
    said = traitlets.Unicode().tag(sync=True)
    heard = traitlets.Unicode().tag(sync=True)

    @traitlets.observe("said")
    def _echo(self, change):
        self.heard = f"Python heard {change['new']}"


echo = Echo()
echo
'''
