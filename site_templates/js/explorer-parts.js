/**
 * The parts of an explorer: controls, views, readouts and inspector, and where they stand.
 */

import { Announcer } from "./announcer.js";
import { LIKE } from "./arrangement.js";
import { ColourScale } from "./colour.js";
import { ColourBar } from "./colour-bar.js";
import { element, setText } from "./element.js";
import { explorerControls, SETTINGS } from "./explorer-controls.js";
import { euclideanDistance } from "./geometry.js";
import { GroupSummary } from "./group-summary.js";
import { Heatmap } from "./heatmap.js";
import { Inspector, modalitySign } from "./inspector.js";
import { projectionTitle } from "./layout.js";
import { OutlineTool } from "./outline-tool.js";
import { lineStyle } from "./pair-lines.js";
import { bindPointer } from "./pointing.js";
import { Readouts } from "./readouts.js";
import { Scatter } from "./scatter.js";
import { SelectionPanel } from "./selection-panel.js";

const HELP = {
  heatmap:
    "Arrow keys go from cell to cell, ten at a time with Shift. Home and End go to the ends of a row, " +
    "Enter to the cell of the pair. Plus and minus zoom, 0 shows the whole. Escape clears.",
  select: "Space adds the marked pair to the selection or takes it away.",
  like: "S orders all pairs by similarity to the marked item.",
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
   * @param {string} options.dataset that the items are of
   * @param {import("./contract.js").Items} options.items
   * @param {import("./contract.js").Space} options.space
   * @param {import("./rows.js").Rows} options.rows
   * @param {import("./selection.js").Selection} options.selection
   * @param {import("./theme.js").Theme} options.theme
   * @param {(changes: object, cause?: {live?: boolean}) => void} options.onChange
   * @param {() => void} options.onReset
   * @param {() => void} options.onLike order by similarity to what is marked
   * @param {() => void} options.onShowAll undo what leaves too few pairs to show
   * @param {(pairs: number[], how: string) => void} options.onPick an outline was drawn
   * @param {import("./selection-panel.js").Acts} options.acts
   */
  constructor(options) {
    const { id, config, page, dataset, items, space, rows } = options;
    Object.assign(this, { id, config, rows });
    this.measures = makeMeasures(page, config);
    const { colours } = this.measures.cosine;
    this.colourBar = new ColourBar(colours);
    this.controls = explorerControls(options);
    this.readouts = new Readouts(space.modalities, page.batchSize);
    this.announcer = new Announcer();
    this.note = element("span", { class: "layout-note" });
    this.heatmap = this.makeView(Heatmap, "heatmap", { ...options, colours });
    this.scatter = this.makeView(Scatter, "scatter", options);
    this.inspector = new Inspector({
      items,
      rows,
      addressOf: (path) => page.file(dataset, path),
      hint: hint(config.views),
    });
    this.empty = new EmptyMessage(options.onShowAll);
    this.found = element("p", { class: "filter-found" });
    this.clusterList = element("ol", { class: "cluster-list" });
    this.lineLegend = lineLegend();
    this.keyLegend = element("span", { class: "key-legend" });
    this.selectionPanel = this.has("select") ? this.makeSelectionPanel(options) : null;
  }

  makeSelectionPanel({ acts, onPick, page, config }) {
    const summary = new GroupSummary({
      inspector: this.inspector,
      stopWords: new Set(config.stop_words),
      batchSize: page.batchSize,
    });
    const tools = this.views.map((view) => new OutlineTool(view, onPick));
    const onTool = (tool) => {
      for (const each of tools) each.use(tool);
    };
    this.onTool = onTool;
    return new SelectionPanel({ onTool, acts, summary });
  }

  /** Return to pointing. */
  putToolAway() {
    this.selectionPanel?.tools.show("point");
    this.onTool?.("point");
  }

  /** Show other items from now on. */
  setRows(rows, items, dataset, page) {
    this.rows = rows;
    for (const view of this.views) view.setRows(rows);
    this.inspector.setItems(items, rows, (path) => page.file(dataset, path));
  }

  /** Show cells by a measure, cosine or Euclidean distance. */
  setMeasure(name) {
    const { of, colours, title } = this.measures[name];
    this.heatmap?.setMeasure(of, colours);
    this.colourBar.setScale(colours, title);
    this.inspector.setMeasure(name);
  }

  /** List the clusters that are boxed, where their names have no room beside the matrix. */
  listClusters(clusters) {
    this.clusterList.replaceChildren(...clusters.map(({ name }) => element("li", {}, name)));
  }

  /** Say which item the order by similarity goes by. */
  nameLike(name) {
    const option = this.controls.order.element.querySelector(`option[value="${LIKE}"]`);
    if (option) setText(option, `by similarity to ${name ?? "the marked item"}`);
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

  /** @returns {(Heatmap | Scatter)[]} */
  get views() {
    return [this.heatmap, this.scatter].filter((view) => view !== null);
  }

  /** @returns {import("./frame.js").Frame[]} */
  get frames() {
    return this.views.map((view) => view.frame);
  }

  /** Elements of the figure, in the order of reading. */
  elements() {
    const rows = [
      element("div", { class: "figure-controls" }, ...this.chosen("model")),
      element("div", { class: "figure-share" }, ...this.chosen("share"), ...this.chosenReadouts()),
    ];
    const panels = [
      this.heatmap &&
        panel("heatmap", this.head("order"), this.heatmap, [
          this.colourBar.element,
          ...(this.has("order") ? [this.clusterList] : []),
        ]),
      this.scatter &&
        panel("scatter", this.head("projection"), this.scatter, [
          this.legend(),
          this.keyLegend,
          this.note,
        ]),
    ].filter(Boolean);
    const [filter] = this.filter();
    const head = this.has("model") ? rows[0] : (filter ?? panels[0].firstChild);
    head.append(...this.chosen("reset"));
    return [
      rows[0],
      ...(filter ? [filter] : []),
      rows[1],
      ...this.settings(),
      element("div", { class: "views" }, ...panels, this.empty.element),
      this.inspector.element,
      ...(this.selectionPanel ? [this.selectionPanel.element] : []),
      this.announcer.element,
      ...this.config.views.map((view) =>
        element("p", { class: "visually-hidden", id: this.helpId(view) }, this.helpOf(view)),
      ),
    ];
  }

  helpOf(view) {
    const more = ["select", "like"].filter((control) => this.has(control));
    return [view, ...more].map((name) => HELP[name]).join(" ");
  }

  /** The field for words, and what was found. */
  filter() {
    if (!this.has("words")) return [];
    const { words, match } = this.controls;
    return [element("div", { class: "figure-filter" }, words.element, match.element, this.found)];
  }

  /** Controls that a narrow screen shows when asked to. */
  settings() {
    const rows = Object.entries(SETTINGS).flatMap(([name, controls]) => {
      const chosen = controls.flatMap((control) => this.chosen(control));
      if (name === "switches" && this.selectionPanel)
        chosen.push(this.selectionPanel.tools.element);
      return chosen.length > 0 ? [element("div", { class: `settings-${name}` }, ...chosen)] : [];
    });
    if (rows.length === 0) return [];
    const group = element("div", { class: "settings-group", id: `${this.id}-settings` }, ...rows);
    const more = element(
      "button",
      {
        type: "button",
        class: "settings-more",
        "aria-expanded": "false",
        "aria-controls": group.id,
        onclick: () => {
          const isOpen = more.getAttribute("aria-expanded") === "true";
          more.setAttribute("aria-expanded", String(!isOpen));
        },
      },
      "More controls",
    );
    return [element("div", { class: "figure-settings" }, more, group)];
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
    this.plainLegend = element("span", {}, "— pair");
    return element(
      "span",
      { class: "legend" },
      ...entries,
      this.plainLegend,
      ...(this.has("lines") ? [this.lineLegend] : []),
    );
  }

  /** Say how lines are drawn. */
  showLines(lines) {
    if (this.scatter) this.scatter.lines = lines;
    if (this.plainLegend) this.plainLegend.hidden = lines !== "plain";
    this.lineLegend.hidden = lines !== "similarity";
  }
}

/** In place of the views, when there are too few pairs for them. */
class EmptyMessage {
  constructor(onShowAll) {
    this.text = element("p", {});
    this.element = element(
      "div",
      { class: "views-empty", hidden: true },
      this.text,
      element("button", { type: "button", onclick: onShowAll }, "Show the prepared pairs again"),
    );
  }

  /** @param {string} text nothing where there are enough pairs */
  show(text) {
    this.element.hidden = text === "";
    setText(this.text, text);
  }
}

/** Both ways in which cells show how alike two items are; alike is bright in either. */
function makeMeasures(page, { similarity_range: [low, high] }) {
  const furthest = Math.ceil(10 * euclideanDistance(low) - 1e-9) / 10;
  return {
    cosine: {
      of: (similarity) => similarity,
      colours: new ColourScale(page.similarityColours, [low, high]),
      title: "cosine similarity",
    },
    euclidean: {
      of: euclideanDistance,
      colours: new ColourScale(page.similarityColours.toReversed(), [0, furthest]),
      title: "Euclidean distance",
    },
  };
}

/** Lines from the faintest to the strongest. */
function lineLegend() {
  const lines = [0, 0.25, 0.5, 0.75, 1].map((similarity) => {
    const { opacity, width } = lineStyle(similarity);
    return element("span", {
      class: "line-sample",
      style: `--opacity: ${opacity}; --width: ${width}px`,
    });
  });
  return element(
    "span",
    { class: "line-legend", hidden: true },
    "cosine of a pair 0 ",
    ...lines,
    " 1",
  );
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
