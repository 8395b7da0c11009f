/**
 * Whether a figure is loading, ready or broken: as an attribute for styles and tests, in words for readers.
 */

import { element } from "./element.js";

/** The figure waits for data. */
export function showLoading(figure) {
  figure.dataset.state = "loading";
  figure.setAttribute("aria-busy", "true");
  clearMessage(figure);
}

/** The figure shows its state. */
export function showReady(figure) {
  figure.dataset.state = "ready";
  figure.removeAttribute("aria-busy");
  clearMessage(figure);
}

/**
 * Say inside of the figure what went wrong, and offer to try again. The error is thrown on, too, so that it
 * is reported like any other.
 *
 * @param {HTMLElement} figure
 * @param {Error} error
 * @param {() => void} retry
 */
export function showError(figure, error, retry) {
  figure.dataset.state = "error";
  showMessage(figure, "This figure could not be loaded.", error, retry);
}

/** Say that a part is missing from a figure that works without it. */
export function showShortcoming(figure, text, error, retry) {
  showMessage(figure, text, error, retry);
}

function showMessage(figure, text, error, retry) {
  figure.removeAttribute("aria-busy");
  clearMessage(figure);
  const message = element(
    "div",
    { class: "figure-message", role: "alert" },
    element("p", {}, text),
    element("p", { class: "figure-message-detail" }, error.message),
    element("button", { type: "button", onclick: retry }, "Try again"),
  );
  figure.querySelector(".figure-body").append(message);
  reportError(error);
}

function clearMessage(figure) {
  figure.querySelector(".figure-message")?.remove();
}
