/**
 * Buttons that copy a link or a citation, and say so.
 */

import { element, setText } from "./element.js";

/** Milliseconds that a confirmation stays; it goes so that it is said again the next time. */
const STAY = 4000;

/**
 * Bring the buttons of the page to life.
 *
 * @param {(figure: HTMLElement) => string} linkOf the address of a figure as it stands
 */
export function offerCopies(linkOf) {
  for (const place of document.querySelectorAll(".copying")) {
    const text =
      place.dataset.copies === "link"
        ? () => linkOf(place.closest("figure"))
        : () => place.previousElementSibling.textContent;
    place.querySelector("button").addEventListener("click", () => copyFrom(place, text()));
    place.hidden = false;
  }
}

async function copyFrom(place, text) {
  place.querySelector(".copied-text")?.remove();
  if (await copy(text)) confirm(place.querySelector("[role=status]"));
  else offerByHand(place, text);
}

function confirm(status) {
  setText(status, "Copied");
  setTimeout(() => setText(status, ""), STAY);
}

/** Where nothing may be written to the clipboard, the text stands there, selected. */
function offerByHand(place, text) {
  const status = place.querySelector("[role=status]");
  const close = () => {
    field.remove();
    setText(status, "");
  };
  const field = element("textarea", {
    class: "copied-text",
    rows: "3",
    readonly: true,
    "aria-label": "Copy this text",
    onblur: close,
  });
  field.value = text;
  place.append(field);
  field.select();
  setText(status, "Select and copy:");
}

/** Whether a text could be put into the clipboard; pages without a secure address have the old way only. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text) {
  const focused = document.activeElement;
  const field = element("textarea", { class: "unseen", readonly: true, "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  focused.focus({ preventScroll: true });
  return copied;
}
