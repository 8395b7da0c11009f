/**
 * The parts of an explorer: controls, views, readouts and inspector, and where they stand.
 */

import { Announcer } from "./announcer.js";
import { orderInWords, ordersOf } from "./arrangement.js";
import { ColourScale } from "./colour.js";
import { ColourBar } from "./colour-bar.js";
import { choiceControl, resetControl, shareControl } from "./controls.js";
import { element } from "./element.js";
import { Heatmap } from "./heatmap.js";
import { Inspector, modalitySign } from "./inspector.js";
import { projectionTitle } from "./layout.js";
import { bindPointer } from "./pointing.js";
import { Readouts } from "./readouts.js";
import { Scatter } from "./scatter.js";

const HELP = {
  heatmap:
    "Arrow keys go from cell to cell, ten at a time with Shift. Home and End go to the ends of a row, " +
    "Enter to the cell of the pair. Plus and minus zoom, 0 shows the whole. Escape clears.",
  scatter:
    "Arrow keys go to the nearest point in their direction, Home and End to the first and last item, " +
    "Enter to the other item of the pair. Plus and minus zoom, 0 shows the whole. Escape clears.",
};

/** Everything that an explorer shows and that a reader can touch. */
export class ExplorerParts {
  /**
   * @param {object} options
   * @param {string} options.id of the figure
   * @param {object} options.config
   * @param {import("./page.js").Page} options.page
   * @param {import("./contract.js").Items} options.items
   * @param {import("./contract.js").Space} options.space
   * @param {string[]} options.projections
   * @param {import("./rows.js").Rows} options.rows
   * @param {import("./selection.js").Selection} options.selection
   * @param {import("./theme.js").Theme} options.theme
   * @param {(changes: object, cause?: {live?: boolean}) => void} options.onChange
   * @param {() => void} options.onReset
   */
  constructor(options) {
    const { id, config, page, items, space, rows } = options;
    Object.assign(this, { id, config, rows });
    const colours = new ColourScale(page.similarityColours, config.similarity_range);
    this.colourBar = new ColourBar(colours);
    this.controls = makeControls(options);
    this.readouts = new Readouts(space.modalities, page.batchSize);
    this.announcer = new Announcer();
    this.note = element("span", { class: "layout-note" });
    this.heatmap = this.makeView(Heatmap, "heatmap", { ...options, colours });
    this.scatter = this.makeView(Scatter, "scatter", options);
    this.inspector = new Inspector({
      items,
      rows,
      addressOf: (path) => page.file(config.dataset, path),
      hint: hint(config.views),
    });
  }

  makeView(View, name, { rows, colours, selection, theme }) {
    if (!this.config.views.includes(name)) return null;
    const view = new View({
      name: `${this.id}-${name}`,
      description: this.helpId(name),
      rows,
      colours,
      selection,
      theme,
    });
    bindPointer(view, selection);
    return view;
  }

  helpId(view) {
    return `${this.id}-${view}-help`;
  }

  /** @returns {import("./frame.js").Frame[]} */
  get frames() {
    return [this.heatmap, this.scatter].flatMap((view) => (view ? [view.frame] : []));
  }

  /** Elements of the figure, in the order of reading. */
  elements() {
    const rows = [
      element("div", { class: "figure-controls" }, ...this.chosen("model")),
      element("div", { class: "figure-share" }, ...this.chosen("share"), ...this.chosenReadouts()),
    ];
    const panels = [
      this.heatmap && panel("heatmap", this.head("order"), this.heatmap, [this.colourBar.element]),
      this.scatter &&
        panel("scatter", this.head("projection"), this.scatter, [this.legend(), this.note]),
    ].filter(Boolean);
    const [head] = this.has("model") ? rows : [panels[0].firstChild];
    head.append(...this.chosen("reset"));
    return [
      ...rows,
      element("div", { class: "views" }, ...panels),
      this.inspector.element,
      this.announcer.element,
      ...this.config.views.map((view) =>
        element("p", { class: "visually-hidden", id: this.helpId(view) }, HELP[view]),
      ),
    ];
  }

  has(control) {
    return this.config.controls.includes(control);
  }

  chosen(control) {
    return this.has(control) ? [this.controls[control].element] : [];
  }

  /** Figures of the state stand where a control changes them. */
  chosenReadouts() {
    return this.has("model") || this.has("share") ? [this.readouts.element] : [];
  }

  /** What stands over a view: its control, or what it would say. */
  head(control) {
    if (this.has(control)) return this.chosen(control);
    const title =
      control === "order" ? "Similarities" : projectionTitle(this.config.state.projection);
    return [element("span", { class: "control-label" }, title)];
  }

  legend() {
    const entries = this.rows.modalities.map((name, index) =>
      element("span", { class: CSS.escape(name) }, `${modalitySign(index)} ${name}`),
    );
    return element("span", { class: "legend" }, ...entries, element("span", {}, "— pair"));
  }
}

function makeControls({ config, page, space, projections, onChange, onReset }) {
  return {
    model: choiceControl({
      label: "Model",
      options: config.models.map((id) => ({ value: id, text: page.models[id].short })),
      onChoose: (model) => onChange({ model }),
      onApproach: (model) => page.space(config.dataset, model).catch(() => {}),
    }),
    share: shareControl((share, cause) => onChange({ share }, cause)),
    projection: choiceControl({
      label: "Projection",
      options: projections.map((value) => ({ value, text: projectionTitle(value) })),
      onChoose: (projection) => onChange({ projection }),
    }),
    order: choiceControl({
      label: "Order",
      options: ordersOf(space).map((value) => ({ value, text: orderInWords(value) })),
      onChoose: (order) => onChange({ order }),
      list: true,
    }),
    reset: resetControl(onReset),
  };
}

function hint(views) {
  const marks = views.map((view) => (view === "heatmap" ? "a cell" : "a point"));
  return `Point at ${marks.join(" or ")}, tap it, or go there with the arrow keys.`;
}

function panel(name, head, view, foot) {
  return element(
    "div",
    { class: `panel panel-${name}` },
    element("div", { class: "panel-head" }, ...head),
    element("div", { class: `view view-${name}` }, view.frame.element),
    element("div", { class: "panel-foot" }, ...foot),
  );
}
