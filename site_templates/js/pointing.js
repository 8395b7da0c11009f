/**
 * From what the reader does with a pointer to what is marked: hover and click, tap and scrub.
 */

/**
 * Let pointers mark things in a view.
 *
 * @param {{frame: import("./frame.js").Frame, markAt: (event: PointerEvent) => object | null}} view
 * @param {import("./selection.js").Selection} selection
 */
export function bindPointer(view, selection) {
  const target = view.frame.element;
  const markAt = (event) => (event.target.closest(".modebar") ? null : view.markAt(event));
  target.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") scrub(markAt(event), selection);
    else selection.hover(event.buttons === 0 ? markAt(event) : null);
  });
  target.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") selection.hover(null);
  });
  target.addEventListener("click", (event) => {
    if (event.target.closest(".modebar")) return;
    selection.toggle(markAt(event));
  });
  target.addEventListener("keydown", (event) => {
    if (event.key === "Escape") selection.clear();
  });
}

/** A finger that glides along keeps the last mark when it meets none, and when it is lifted. */
function scrub(mark, selection) {
  if (mark !== null) selection.pin(mark);
}
