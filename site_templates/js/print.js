/**
 * Paper: while the page is printed, figures have the width and the light colours of a sheet.
 *
 * What is drawn by scripts must be drawn before the browser lays out the sheets, at once: it waits for no
 * frame.
 */

const root = document.documentElement;
const listeners = new Set();

/** Whether the page is being printed. */
export function isPrinting() {
  return root.dataset.printing !== undefined;
}

/**
 * Call back before and after the page is printed, when colours and sizes have changed.
 *
 * @param {() => void} callback
 */
export function onPrint(callback) {
  listeners.add(callback);
}

function switchTo(printing) {
  if (printing) root.dataset.printing = "";
  else delete root.dataset.printing;
  for (const listener of listeners) listener();
}

addEventListener("beforeprint", () => switchTo(true));
addEventListener("afterprint", () => switchTo(false));
