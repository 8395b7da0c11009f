/**
 * The bar that says which colour is which similarity, and points at that of the marked cell.
 */

import { element } from "./element.js";
import { clamp } from "./numbers.js";

/** The legend of a colour scale. */
export class ColourBar {
  /**
   * @param {import("./colour.js").ColourScale} colours
   * @param {string} [title] what the colours stand for
   */
  constructor(colours, title = "cosine similarity") {
    this.colours = colours;
    this.pointer = element("span", { class: "colour-bar-pointer", hidden: true });
    const scale = element("span", { class: "colour-bar-scale" }, this.pointer);
    scale.style.backgroundImage = colours.gradient();
    this.element = element(
      "div",
      { class: "colour-bar" },
      element("span", { class: "colour-bar-title" }, title),
      element("span", {}, written(colours.low)),
      scale,
      element("span", {}, written(colours.high)),
    );
  }

  /** Point at a similarity; null points nowhere. */
  point(similarity) {
    this.pointer.hidden = similarity === null;
    if (similarity === null) return;
    const { low, high } = this.colours;
    const share = clamp((similarity - low) / (high - low), 0, 1);
    this.pointer.style.insetInlineStart = `${100 * share}%`;
  }
}

function written(value) {
  return String(Number(value.toFixed(2))).replace("-", "−");
}
