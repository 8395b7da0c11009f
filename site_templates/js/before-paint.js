/**
 * What must be right before the first paint, or where modules do not run: a classic script.
 *
 * Sets the colours that the reader chose, opens the contents where they stand beside the text, and says
 * so when the page was opened as a file (browsers run neither modules nor requests there).
 */
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const wide = matchMedia("(min-width: 64rem)");
  const KEY = "theme";

  /** What the reader chose, or null; storage may be closed to a page. */
  function chosenTheme() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function keepTheme(theme) {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // It holds for this visit.
    }
  }

  function isDark() {
    const theme = root.dataset.theme;
    return theme ? theme === "dark" : dark.matches;
  }

  function offerThemes() {
    const button = document.querySelector(".theme-switch");
    const show = () => button.setAttribute("aria-pressed", String(isDark()));
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      keepTheme(root.dataset.theme);
      show();
    });
    dark.addEventListener("change", show);
    show();
  }

  function openContents() {
    const contents = document.querySelector(".contents details");
    const follow = () => {
      contents.open = wide.matches;
    };
    wide.addEventListener("change", follow);
    contents.addEventListener("click", (event) => {
      if (event.target.closest("a")) follow();
    });
    document.addEventListener("click", (event) => {
      if (!contents.contains(event.target)) follow();
    });
    contents.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || wide.matches) return;
      contents.open = false;
      contents.querySelector("summary").focus();
    });
    follow();
  }

  const theme = chosenTheme();
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  if (location.protocol === "file:") root.dataset.opened = "file";
  document.addEventListener("DOMContentLoaded", () => {
    offerThemes();
    openContents();
    document.getElementById("opened-as-file").hidden = root.dataset.opened !== "file";
  });
})();
