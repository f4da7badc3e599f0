// Light or dark: the system's choice until the reader makes one, which is kept where it can be.

/** Let `button` change the theme; on paper it is light. */
export function chooseTheme(button) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const is = () => root.dataset.theme === "dark";
  const show = (dark) => {
    root.dataset.theme = dark ? "dark" : "light";
    button.textContent = dark ? "Light" : "Dark";
  };
  button.hidden = false;
  button.onclick = () => {
    show(!is());
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {} // a browser may forbid it: then it is this page's
  };
  system.addEventListener("change", () => show(system.matches));
  let dark = is();
  addEventListener("beforeprint", () => {
    dark = is();
    root.classList.toggle("pictures", dark); // what was drawn for a dark screen stays there
    show(false);
  });
  addEventListener("afterprint", () => {
    root.classList.remove("pictures");
    show(dark);
  });
  show(dark);
}
