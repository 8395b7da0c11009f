/**
 * From what the reader does with a pointer to what is marked: hover and click, tap and scrub.
 */

import { sameMark } from "./selection.js";

/** Pixels that a pointer may move between down and up and still count as a click or a tap. */
const STILL = 8;

/**
 * Let pointers mark things in a view.
 *
 * Clicks are told by pointers going down and up: plotly.js makes up to two click events more of its own.
 *
 * @param {{frame: import("./frame.js").Frame, markAt: (event: PointerEvent) => object | null}} view
 * @param {import("./selection.js").Selection} selection
 */
export function bindPointer(view, selection) {
  const target = view.frame.element;
  const isTool = (event) => event.target.closest(".modebar") !== null;
  target.addEventListener("pointermove", (event) => {
    const mark = isTool(event) ? null : view.markAt(event);
    if (event.pointerType !== "touch") selection.hover(event.buttons === 0 ? mark : null);
    else if (mark !== null) selection.pin(mark);
  });
  target.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") selection.hover(null);
  });
  target.addEventListener("pointerdown", (event) => {
    if (isTool(event) || !event.isPrimary || event.button !== 0) return;
    const before = selection.pinned;
    afterStill(event, (up) => {
      const mark = view.markAt(up);
      selection.pin(sameMark(mark, before) ? null : mark);
    });
  });
  target.addEventListener("keydown", (event) => {
    if (event.key === "Escape") selection.clear();
  });
}

/** Call back when the pointer that went down goes up at the same place; not when it drags or scrolls. */
function afterStill(down, callback) {
  const ending = new AbortController();
  const options = { capture: true, signal: ending.signal };
  const isSame = (event) => event.pointerId === down.pointerId;
  addEventListener("pointercancel", (event) => isSame(event) && ending.abort(), options);
  addEventListener(
    "pointerup",
    (event) => {
      if (!isSame(event)) return;
      ending.abort();
      const moved = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY);
      if (moved <= STILL) callback(event);
    },
    options,
  );
}
