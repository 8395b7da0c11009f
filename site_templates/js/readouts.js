/**
 * Figures of the state that a figure shows: distance of the modalities, losses in both directions.
 */

import { element, setText } from "./element.js";
import { fixed } from "./numbers.js";

/** Gap distance and losses, in cells that keep their width while the numbers run. */
export class Readouts {
  /**
   * @param {string[]} modalities
   * @param {number} batchSize pairs in a batch of the losses
   */
  constructor([first, second], batchSize) {
    this.batchSize = batchSize;
    this.values = {};
    this.conditions = element("span", { class: "readout-conditions" });
    const loss = element(
      "div",
      { class: "readout-losses", role: "group", "aria-label": "Contrastive loss in nats" },
      element("span", { class: "readout-title" }, "Loss in nats, ", this.conditions),
      element(
        "dl",
        {},
        ...this.entry("firstToSecond", `${first} → ${second}`),
        ...this.entry("secondToFirst", `${second} → ${first}`),
        ...this.entry("mean", "mean"),
      ),
    );
    const gap = element(
      "div",
      { class: "readout-gap" },
      element("span", { class: "readout-title" }, "Gap"),
      element("dl", {}, ...this.entry("gap", "distance")),
    );
    this.element = element("div", { class: "readouts" }, gap, loss);
  }

  entry(key, label) {
    this.values[key] = element("dd", { "data-value": key });
    return [element("div", {}, element("dt", {}, label), this.values[key])];
  }

  /**
   * @param {import("./derived-space.js").State} derived
   * @param {number} logitScale
   * @param {object} [options]
   * @param {number} [options.pairs] how many are shown
   * @param {number} [options.digits] that the figures bear
   */
  show({ gap, losses }, logitScale, { pairs = this.batchSize, digits = 3 } = {}) {
    setText(this.values.gap, fixed(gap, digits));
    for (const key of ["firstToSecond", "secondToFirst", "mean"]) {
      setText(this.values[key], losses ? fixed(losses[key], digits) : "–");
    }
    const batches =
      pairs < this.batchSize ? `${pairs} pairs, one batch` : `batches of ${this.batchSize}`;
    setText(this.conditions, `${batches}, s = ${Number(logitScale.toFixed(1))}`);
  }
}
