// Light or dark is the host's choice: JupyterLab, VS Code, marimo, Colab, or the system; where the
// system forces its colours, the system's alone.

const DARK = "(prefers-color-scheme: dark)",
  FORCED = "(forced-colors: active)";

function luminance(color) {
  const [r, g, b] = (color.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

/** What the host says of itself; where it says nothing, whether the text around `node` is light. */
export function isDark(node) {
  if (matchMedia(FORCED).matches) return matchMedia(DARK).matches;
  const { jpThemeLight, vscodeThemeKind, theme } = document.body.dataset;
  if (jpThemeLight) return jpThemeLight === "false";
  if (vscodeThemeKind) return /dark|high-contrast$/.test(vscodeThemeKind);
  if (theme ?? document.documentElement.dataset.theme) {
    return (theme ?? document.documentElement.dataset.theme) === "dark";
  }
  return luminance(getComputedStyle(node).color) > 0.5;
}

/** Mark `node` with data-dark and call `redraw` whenever the host or the system changes its colours. */
export function followTheme(node, redraw, signal) {
  const look = (/** @type {any} */ event) => {
    const dark = isDark(node.parentElement ?? document.body);
    if (node.dataset.dark === String(dark) && !event.media) return;
    node.dataset.dark = String(dark);
    redraw();
  };
  const observer = new MutationObserver(() => requestAnimationFrame(look));
  const watched = {
    attributes: true,
    attributeFilter: ["class", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"],
  };
  observer.observe(document.body, watched);
  observer.observe(document.documentElement, watched);
  for (const system of [DARK, FORCED])
    matchMedia(system).addEventListener("change", look, { signal });
  signal?.addEventListener("abort", () => observer.disconnect());
  requestAnimationFrame(look);
}
