/**
 * The bar that says which colour is which similarity, and points at that of the marked cell.
 */

import { element, setText } from "./element.js";
import { clamp } from "./numbers.js";

/** The legend of a colour scale. */
export class ColourBar {
  /**
   * @param {import("./colour.js").ColourScale} colours
   * @param {string} [title] what the colours stand for
   */
  constructor(colours, title = "cosine similarity") {
    this.pointer = element("span", { class: "colour-bar-pointer", hidden: true });
    this.scale = element("span", { class: "colour-bar-scale" }, this.pointer);
    this.title = element("span", { class: "colour-bar-title" });
    this.ends = [element("span", {}), element("span", {})];
    this.element = element(
      "div",
      { class: "colour-bar" },
      this.title,
      this.ends[0],
      this.scale,
      this.ends[1],
    );
    this.setScale(colours, title);
  }

  /** Be the legend of another scale from now on. */
  setScale(colours, title) {
    this.colours = colours;
    this.scale.style.backgroundImage = colours.gradient();
    setText(this.title, title);
    setText(this.ends[0], written(colours.low));
    setText(this.ends[1], written(colours.high));
  }

  /** Point at a value of the scale; null points nowhere. */
  point(value) {
    this.pointer.hidden = value === null;
    if (value === null) return;
    const { low, high } = this.colours;
    const share = clamp((value - low) / (high - low), 0, 1);
    this.pointer.style.insetInlineStart = `${100 * share}%`;
  }
}

function written(value) {
  return String(Number(value.toFixed(2))).replace("-", "−");
}
