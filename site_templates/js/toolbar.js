/**
 * A tool bar by keyboard: one tab stop, arrow keys between its buttons.
 */

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Make one tab stop of the buttons of a tool bar.
 *
 * @param {HTMLElement} toolbar
 * @param {string} label
 */
export function groupButtons(toolbar, label) {
  const buttons = [...toolbar.querySelectorAll("button")];
  const stopAt = (stop) => {
    for (const button of buttons) button.tabIndex = button === stop ? 0 : -1;
  };
  stopAt(buttons[0]);
  toolbar.setAttribute("aria-label", label);
  toolbar.addEventListener("focusin", (event) => stopAt(event.target));
  toolbar.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement) + step;
    buttons[(at + buttons.length) % buttons.length].focus();
  });
}
