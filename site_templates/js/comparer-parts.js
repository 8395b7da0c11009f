/**
 * The parts of a comparer that all panels share: controls, legends, pane, and where they stand.
 */

import { Announcer } from "./announcer.js";
import { orderInWords } from "./arrangement.js";
import { ColourScale } from "./colour.js";
import { ColourBar } from "./colour-bar.js";
import { ComparisonPane } from "./comparison-pane.js";
import { choiceControl, resetControl, shareControl } from "./controls.js";
import { element, setText } from "./element.js";
import { modalitySign } from "./inspector.js";
import { projectionTitle } from "./layout.js";

const VIEWS = { heatmap: "matrices", scatter: "points", difference: "differences" };

const MATRIX_KEYS =
  "Arrow keys go from cell to cell, ten at a time with Shift. Home and End go to the ends of a row, " +
  "Enter to the cell of the pair. Plus and minus zoom, 0 shows the whole. Escape clears. " +
  "What is marked is marked in all panels.";

const HELP = {
  heatmap: MATRIX_KEYS,
  difference: `Rows and columns are pairs. ${MATRIX_KEYS}`,
  scatter:
    "Arrow keys go to the nearest point in their direction, Home and End to the first and last item, " +
    "Enter to the other item of the pair. Plus and minus zoom, 0 shows the whole. Escape clears. " +
    "What is marked is marked in all panels.",
};

/** So few panels of points stand one below the other on narrow screens. */
const MOST_WIDE = 2;

const HINT = "Point at any panel, tap it, or go there with the arrow keys: all panels follow.";

/** What stands about the panels. */
export class ComparerParts {
  /**
   * @param {object} options
   * @param {string} options.id of the figure
   * @param {object} options.config
   * @param {import("./page.js").Page} options.page
   * @param {string[]} options.modalities
   * @param {string[]} options.orders
   * @param {string[]} options.projections
   * @param {(changes: object, cause?: {live?: boolean}) => void} options.onChange
   * @param {() => void} options.onReset
   */
  constructor(options) {
    const { id, config, page, modalities } = options;
    Object.assign(this, { id, config });
    this.colours = {
      heatmap: new ColourScale(page.similarityColours, config.similarity_range),
    };
    if (config.difference_range) {
      this.colours.difference = new ColourScale(config.difference_colours, config.difference_range);
    }
    this.controls = makeControls(options);
    this.legends = this.makeLegends(modalities);
    this.note = element("span", { class: "layout-note" });
    this.conditions = element("span", { class: "readout-conditions" });
    this.clusters = element("span", { class: "comparer-clusters" });
    this.foot = this.makeFoot();
    this.views = element("div", { class: "views" });
    this.pane = new ComparisonPane(HINT);
    this.announcer = new Announcer();
  }

  makeLegends(modalities) {
    const [first, second] = modalities;
    const legends = { scatter: legendOf(modalities) };
    for (const [view, colours] of Object.entries(this.colours)) {
      const title = view === "difference" ? `${first} minus ${second}` : undefined;
      legends[view] = new ColourBar(colours, title).element;
    }
    return legends;
  }

  /** What holds of all panels stands below them, where pictures of the figure include it. */
  makeFoot() {
    return element(
      "div",
      { class: "comparer-foot" },
      ...Object.values(this.legends),
      this.conditions,
      this.note,
      ...(this.has("reset") ? [this.controls.reset.element] : []),
      this.clusters,
    );
  }

  /** Show these panels, and what holds of all of them. */
  setPanels(panels) {
    this.views.replaceChildren(...panels.map((panel) => panel.element), this.foot);
  }

  /** Elements of the figure, in the order of reading. */
  elements() {
    return [
      element("div", { class: "comparer-controls" }, ...this.cells()),
      this.views,
      this.pane.element,
      this.announcer.element,
      ...this.config.views.map((view) =>
        element("p", { class: "visually-hidden", id: this.helpId(view) }, HELP[view]),
      ),
    ];
  }

  /** A place for each control; order and projection share one, as no view has both. */
  cells() {
    const { controls } = this;
    const single = ["share", "dataset", "view", "shown"]
      .filter((name) => this.has(name))
      .map((name) => controls[name].element);
    const matrix = this.has("order") ? [controls.order.element, controls.by.element] : [];
    const points = this.has("projection") ? [controls.projection.element] : [];
    const arranging = element("div", { class: "comparer-arranging" }, ...matrix, ...points);
    return matrix.length + points.length > 0 ? [...single, arranging] : single;
  }

  helpId(view) {
    return `${this.id}-${view}-help`;
  }

  has(control) {
    return this.config.controls.includes(control);
  }

  /** Show the values of the state, and what belongs to its view. */
  show(state) {
    for (const name of Object.keys(state)) this.controls[name]?.show(state[name]);
    const isScatter = state.view === "scatter";
    this.controls.order.element.hidden = isScatter;
    this.controls.by.element.hidden = isScatter || state.order === "given";
    this.controls.projection.element.hidden = !isScatter;
    this.note.hidden = !isScatter;
    for (const [view, legend] of Object.entries(this.legends)) legend.hidden = view !== state.view;
  }

  /** As many panels in a row as there is room for; on narrow screens two, of points only many. */
  setColumns(panels, view) {
    const columns = Math.min(this.config.columns, panels);
    const narrow = view === "scatter" && panels <= MOST_WIDE ? 1 : Math.min(columns, 2);
    this.views.style.setProperty("--columns", columns);
    this.views.style.setProperty("--narrow-columns", narrow);
    this.views.classList.toggle("alone", panels === 1);
  }

  setNote(text) {
    setText(this.note, text);
  }

  /** Name the clusters whose numbers are in the boxes. */
  setClusters(clusters) {
    this.clusters.hidden = clusters.length === 0;
    setText(this.clusters, clustersInWords(clusters));
  }

  /**
   * Say what losses and recalls are taken over.
   *
   * @param {number} batchSize
   * @param {number} count of pairs
   * @param {Map<string, number>} scales logit scale of each model, by its short title
   */
  setConditions(batchSize, count, scales) {
    const written = [...scales].map(([title, scale]) => [title, String(Number(scale.toFixed(1)))]);
    const isOne = new Set(written.map(([, scale]) => scale)).size === 1;
    const each = written.map(([title, scale]) => `${scale} (${title})`).join(", ");
    const shown = isOne ? written[0][1] : each;
    setText(
      this.conditions,
      `Loss in nats: mean of both directions, batches of ${batchSize}, s = ${shown}. R@1: mean of both, among ${count}.`,
    );
  }
}

/** Names of clusters with their numbers, and how many pairs each has. */
export function clustersInWords(clusters) {
  const names = clusters.map(
    ({ number, name, start, end }) => `${number} ${name} (${end - start})`,
  );
  return names.length > 0 ? `Clusters: ${names.join("; ")}.` : "";
}

function makeControls({ config, page, orders, projections, onChange, onReset }) {
  const { panels } = config;
  const models = [...new Set(panels.map(({ model }) => model))];
  const choice = (name, label, options, list = false) =>
    choiceControl({ label, options, onChoose: (value) => onChange({ [name]: value }), list });
  return {
    dataset: choice(
      "dataset",
      "Data",
      config.datasets.map((id) => ({ value: id, text: page.datasets[id].title })),
      true,
    ),
    view: choice(
      "view",
      "Show",
      config.views.map((value) => ({ value, text: VIEWS[value] })),
    ),
    shown: choice(
      "shown",
      "Panels",
      [
        { value: "all", text: `all ${panels.length}` },
        ...panels.map(({ id, title }) => ({ value: id, text: title })),
      ],
      true,
    ),
    share: shareControl((share, cause) => onChange({ share }, cause)),
    order: choice(
      "order",
      "Order",
      orders.map((value) => ({ value, text: orderInWords(value) })),
      true,
    ),
    by: choice(
      "by",
      "in model",
      models.map((id) => ({ value: id, text: page.models[id].short })),
      true,
    ),
    projection: choice(
      "projection",
      "Projection",
      projections.map((value) => ({ value, text: projectionTitle(value) })),
    ),
    reset: resetControl(onReset),
  };
}

function legendOf(modalities) {
  const entries = modalities.map((name, index) =>
    element("span", { class: CSS.escape(name) }, `${modalitySign(index)} ${name}`),
  );
  return element("span", { class: "legend" }, ...entries, element("span", {}, "— pair"));
}
