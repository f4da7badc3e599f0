// Keys pressed inside a widget are the widget's. JupyterLab's command mode binds the arrow keys to
// whatever has the focus in a notebook, so the mark has to be on the focused element itself.

export function ownKeys(root) {
  root.addEventListener("focusin", (event) =>
    event.target.setAttribute("data-lm-suppress-shortcuts", "true"),
  );
}
