// Light or dark: the system's choice until the reader makes one, which is kept where it can be
// and holds on all pages, those that are open too.

const KEY = "pipeline_widgets theme"; // as in build.py; files from disk share one store

/** The reader's choice, from this page or another one; null before there is one. */
function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a browser may forbid it
  }
}

/** Let `button` change the theme; on paper it is light. */
export function chooseTheme(button) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = kept();
  const wanted = () => chosen ?? (system.matches ? "dark" : "light");
  const show = (theme) => {
    root.dataset.theme = theme;
    button.textContent = theme === "dark" ? "Light" : "Dark";
  };
  button.hidden = false;
  button.onclick = () => {
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    show(chosen);
    try {
      localStorage.setItem(KEY, chosen);
    } catch {} // then it is this page's
  };
  system.addEventListener("change", () => show(wanted()));
  addEventListener("storage", () => {
    chosen = kept() ?? chosen;
    show(wanted());
  });
  addEventListener("beforeprint", () => {
    // What was drawn for a dark screen stays there.
    root.classList.toggle("pictures", root.dataset.theme === "dark");
    show("light");
  });
  addEventListener("afterprint", () => {
    root.classList.remove("pictures");
    show(wanted());
  });
  show(wanted());
}
