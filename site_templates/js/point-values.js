/**
 * Distance and losses of one point of a landscape, in words and numbers.
 */

import { element, setText } from "./element.js";
import { fixed } from "./numbers.js";

/** Distance and losses of one point, in cells that keep their places. */
export class PointValues {
  constructor({ modalities: [first, second], count, batchSize, logitScale }) {
    this.title = element("span", { class: "readout-title" });
    this.cells = {};
    const conditions = `means over ${count.toLocaleString("en")} pairs in batches of ${batchSize}, s = ${Number(logitScale.toFixed(1))}`;
    this.element = element(
      "div",
      { class: "readouts point-values" },
      element("div", {}, this.title, this.list({ distance: "distance" })),
      element(
        "div",
        {},
        element("span", { class: "readout-title" }, `Loss in nats, ${conditions}`),
        this.list({
          first_to_second: `${first} → ${second}`,
          second_to_first: `${second} → ${first}`,
          mean: "mean",
        }),
      ),
    );
  }

  list(labels) {
    const entries = Object.entries(labels).map(([key, label]) => {
      this.cells[key] = element("dd", { "data-value": key });
      return element("div", {}, element("dt", {}, label), this.cells[key]);
    });
    return element("dl", {}, ...entries);
  }

  show({ curve, point }) {
    setText(this.title, point.landmark ? `${curve.title}, ${point.landmark}` : curve.title);
    for (const [key, cell] of Object.entries(this.cells)) setText(cell, fixed(point[key], 3));
  }
}
