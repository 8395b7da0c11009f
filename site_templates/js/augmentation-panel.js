/**
 * One model in an augmentation comparer: its view of the steps, and the cosines of the step shown.
 */

import { element, setText } from "./element.js";
import { fixed } from "./numbers.js";
import { bindPointer } from "./pointing.js";
import { StepCurves } from "./step-curves.js";
import { StepMatrix } from "./step-matrix.js";
import { StepPath } from "./step-path.js";

/** Distances of the plot areas from the edges of their views; `figures/augmentation.css` has the same. */
const MARGINS = { left: 46, top: 6, right: 6, bottom: 40 };

const VIEWS = { heatmap: StepMatrix, curve: StepCurves, path: StepPath };

/** Names of the views as static pictures have them, for styles. */
const KINDS = { heatmap: "steps", curve: "curve", path: "path" };

const NAMES = {
  heatmap: "Similarities of the steps to each other, below to the text",
  curve: "Similarities of each step to the least changed picture and to the text",
  path: "The steps on the principal components of the pictures",
};

/** A model side by side with others. */
export class AugmentationPanel {
  /**
   * @param {object} options
   * @param {string} options.id of the figure
   * @param {{id: string, title: string}} options.model
   * @param {object} options.viewOptions what every view takes: theme, colours, range, colourOf, markOf
   * @param {import("./selection.js").Selection} options.selection
   * @param {(view: string) => string} options.helpId
   * @param {(frame: import("./frame.js").Frame) => void} options.onFrame a view was made
   */
  constructor(options) {
    Object.assign(this, options);
    this.views = new Map();
    this.place = element("div", { class: "panel-views" });
    this.values = [element("dd", {}), element("dd", {})];
    this.element = element(
      "div",
      { class: "panel", role: "group", "aria-label": this.model.title },
      element(
        "div",
        { class: "panel-head" },
        element("span", { class: "panel-title" }, this.model.title),
      ),
      this.place,
      element(
        "dl",
        { class: "panel-foot" },
        element("div", {}, element("dt", { class: "image" }, "to start"), this.values[0]),
        element("div", {}, element("dt", { class: "text" }, "to text"), this.values[1]),
      ),
    );
  }

  /** Show one of the views; each is made when it is first asked for. */
  setView(name) {
    this.view = name;
    if (!this.views.has(name)) this.makeView(name);
    for (const [other, { element: place }] of this.views) place.hidden = other !== name;
  }

  makeView(name) {
    const { id, model, selection, viewOptions } = this;
    const view = new VIEWS[name]({
      ...viewOptions,
      name: `${id}-${model.id}-${name}`,
      description: this.helpId(name),
      margins: MARGINS,
      selection,
    });
    bindPointer(view, selection);
    const place = element("div", { class: `view view-${KINDS[name]}` }, view.frame.element);
    this.views.set(name, { view, element: place });
    this.place.append(place);
    this.onFrame(view.frame);
  }

  get current() {
    return this.views.get(this.view).view;
  }

  get frames() {
    return [...this.views.values()].map(({ view }) => view.frame);
  }

  /**
   * Show a picture under a kind of change.
   *
   * @param {import("./contract.js").Space} space
   * @param {object} kind of the configuration
   */
  show(space, kind) {
    Object.assign(this, { space, kind });
    this.current.setKind(kind);
    this.current.show(space);
    this.current.frame.setName(`${NAMES[this.view]}: ${this.model.title}, ${kind.title}`);
  }

  /** The cosine of a step and another, or the text. */
  valueOf({ first, second }) {
    return this.space.similarity[first * this.space.size + second];
  }

  /** Draw the mark, and write the cosines of its step. */
  showMark({ first }) {
    this.current.frame.drawNow();
    const steps = this.kind.values.length;
    [this.kind.start, steps].forEach((second, at) => {
      setText(this.values[at], fixed(this.valueOf({ first, second })));
    });
  }
}
