/**
 * One panel of a comparer: a model in a state, in one of several views, with the figures of its state.
 */

import { DerivedSpace } from "./derived-space.js";
import { inModalDifference, meanMagnitude, PairSelection } from "./difference.js";
import { element, setText } from "./element.js";
import { Heatmap } from "./heatmap.js";
import {
  areComponents,
  fixedRanges,
  Layout,
  layoutAxes,
  layoutNote,
  projectionTitle,
  varianceShare,
} from "./layout.js";
import { fixed, percent, shareInWords } from "./numbers.js";
import { bindPointer } from "./pointing.js";
import { recallAtOne } from "./retrieval.js";
import { Rows } from "./rows.js";
import { Scatter } from "./scatter.js";

/** Distances of the plot areas from the edges of their views; `figures/comparer.css` has the same. */
const MARGINS = { left: 24, top: 4, right: 4, bottom: 24 };
const SCATTER_MARGINS = { left: 40, top: 4, right: 4, bottom: 40 };

/** Titles of the axes of the plane of components, `article/comparer.py` has the same; and of a turned one. */
const COMPONENTS = { x: { title: "component 1" }, y: { title: "component 2" } };
const TURNED = { x: { title: "components, turned" }, y: { title: "components, turned" } };

/** What is written beside the figures of a state. */
const READOUTS = {
  gap: "gap",
  loss: "loss",
  recall: "R@1",
  difference: "mean |difference|",
  variance: "variance in plane",
};

/** A model side by side with others. */
export class ComparerPanel {
  /**
   * @param {object} options
   * @param {string} options.id of the figure
   * @param {{id: string, model: string, share: number | null, title: string}} options.panel
   * @param {number} options.batchSize pairs in a batch of the losses
   * @param {Rows} options.rows
   * @param {import("./selection.js").Selection} options.selection
   * @param {import("./theme.js").Theme} options.theme
   * @param {Record<string, import("./colour.js").ColourScale>} options.colours by view
   * @param {(view: string) => string} options.helpId id of the element that says how to use a view
   * @param {(frame: import("./frame.js").Frame) => void} options.onFrame a view was made
   */
  constructor(options) {
    Object.assign(this, options);
    this.views = new Map();
    this.figures = Object.fromEntries(
      Object.keys(READOUTS).map((key) => [key, element("dd", { "data-value": key })]),
    );
    this.readouts = Object.fromEntries(
      Object.entries(READOUTS).map(([key, label]) => [
        key,
        element("div", {}, element("dt", {}, label), this.figures[key]),
      ]),
    );
    this.place = element("div", { class: "panel-views" });
    this.element = element(
      "div",
      { class: "panel", role: "group", "aria-label": this.panel.title },
      element(
        "div",
        { class: "panel-head" },
        element("span", { class: "panel-title" }, this.panel.title),
      ),
      this.place,
      element("dl", { class: "panel-foot" }, ...Object.values(this.readouts)),
    );
  }

  // -- views ------------------------------------------------------------------------------------

  /** Show one of the views; each is made when it is first asked for. */
  setView(name) {
    this.view = name;
    if (!this.views.has(name)) this.makeView(name);
    for (const [other, { element: place }] of this.views) place.hidden = other !== name;
    this.readouts.difference.hidden = name !== "difference";
  }

  makeView(name) {
    const make = {
      heatmap: () => this.makeHeatmap(),
      scatter: () => this.makeScatter(),
      difference: () => this.makeDifference(),
    };
    const { view, selection } = make[name]();
    bindPointer(view, selection);
    const place = element("div", { class: `view view-${name}` }, view.frame.element);
    this.views.set(name, { view, element: place });
    this.place.append(place);
    if (this.arrangement) this.arrangeView(name, view);
    this.onFrame(view.frame);
  }

  optionsOf(name) {
    return {
      name: `${this.id}-${this.panel.id}-${name}`,
      description: this.helpId(name),
      colours: this.colours[name],
      theme: this.theme,
      margins: MARGINS,
    };
  }

  makeHeatmap() {
    const { rows, selection } = this;
    return { view: new Heatmap({ ...this.optionsOf("heatmap"), rows, selection }), selection };
  }

  makeScatter() {
    const { rows, selection } = this;
    const options = { ...this.optionsOf("scatter"), rows, selection, margins: SCATTER_MARGINS };
    return { view: new Scatter(options), selection };
  }

  /** A matrix of pairs instead of items. */
  makeDifference() {
    const rows = new Rows(["pair"], [this.rows.counts[0]]);
    const selection = new PairSelection(this.selection, this.rows);
    const view = new Heatmap({ ...this.optionsOf("difference"), rows, selection });
    const { x, y } = view.frame.axes;
    view.frame.setAxes({
      x: { range: x.range, title: "pairs" },
      y: { range: y.range, title: "pairs" },
    });
    return { view, selection };
  }

  get current() {
    return this.views.get(this.view).view;
  }

  get frames() {
    return [...this.views.values()].map(({ view }) => view.frame);
  }

  // -- from one state to the next ---------------------------------------------------------------

  /**
   * Show a space from now on.
   *
   * @param {import("./contract.js").Space} space
   */
  take(space) {
    if (this.space === space) return;
    this.space = space;
    this.derived = new DerivedSpace(space, this.batchSize);
    this.layout = new Layout();
    this.continues = false;
    this.shown = null;
  }

  /** Put the rows of all matrices into an order. */
  arrange(arrangement) {
    this.arrangement = arrangement;
    for (const [name, { view }] of this.views) this.arrangeView(name, view);
  }

  arrangeView(name, view) {
    if (name === "scatter") return;
    view.arrange(
      name === "difference" ? arrangementOfPairs(this.arrangement, view.rows) : this.arrangement,
    );
  }

  /** Begin a transition from what is shown now. */
  keep() {
    this.current.keep();
  }

  /** The plane of another projection, whose axes are set anew. */
  project() {
    this.continues = false;
  }

  /** The share of the gap that is closed here, while the figure's is another. */
  shareOf(share) {
    return this.panel.share ?? share;
  }

  /**
   * Derive the state, and show it.
   *
   * @param {object} state
   * @param {number} state.share
   * @param {string} state.projection
   * @param {number} state.progress of the transition from what was kept
   * @param {number} [state.extent] half the side of the plane of components, the same in all panels
   */
  show({ share, projection, progress, extent }) {
    this.derive(this.shareOf(share), this.view === "scatter" ? projection : null);
    if (this.view === "scatter") this.showLayout(progress, extent);
    else if (this.view === "difference") this.showDifferences(progress);
    else this.current.show(this.shown.similarity, progress);
  }

  /** A state is derived once, however often it is drawn. */
  derive(share, projection) {
    const { shown } = this;
    if (shown && shown.share === share && shown.projection === projection) return;
    this.shown = this.derived.derive({ share, projection });
    this.showFigures();
  }

  showDifferences(progress) {
    this.differences = inModalDifference(
      this.shown.similarity,
      this.space.counts,
      this.differences,
    );
    this.current.show(this.differences, progress);
    setText(this.figures.difference, fixed(meanMagnitude(this.differences)));
  }

  showLayout(progress, extent) {
    const placed = this.layout.place(this.space, this.shown, this.continues);
    if (!this.continues) this.setAxes(placed, extent);
    this.continues = true;
    this.placed = placed;
    this.current.show(placed, progress);
  }

  /** Planes of components have one scale in all panels, and short titles for narrow ones. */
  setAxes(placed, extent) {
    const { projection, coordinates } = this.shown;
    const isPca = projection === "pca";
    const whole = [-extent, extent];
    const ranges = isPca ? { x: whole, y: whole } : fixedRanges(this.space, projection);
    const axes = layoutAxes(this.shown, placed, ranges);
    const titles = areComponents(placed, coordinates) ? COMPONENTS : TURNED;
    if (isPca)
      Object.assign(axes, { x: { ...axes.x, ...titles.x }, y: { ...axes.y, ...titles.y } });
    this.current.frame.setAxes(axes);
  }

  /** At rest the axes say what they have become. */
  rest(extent) {
    if (this.view === "scatter") this.setAxes(this.placed, extent);
  }

  showFigures() {
    const { gap, losses, similarity, projection } = this.shown;
    const isPlane = this.view === "scatter" && projection === "pca";
    this.readouts.variance.hidden = !isPlane;
    if (isPlane) setText(this.figures.variance, percent(varianceShare(this.shown)));
    setText(this.figures.gap, fixed(gap));
    setText(this.figures.loss, losses ? fixed(losses.mean, 3) : "–");
    setText(
      this.figures.recall,
      losses ? percent(recallAtOne(similarity, this.space.counts)) : "–",
    );
  }

  /** The value of a mark, as this panel shows it. */
  valueOf({ first, second }) {
    return this.shown.similarity[first * this.rows.size + second];
  }

  /** The values of two pairs: of their items in the first modality, in the second, and the difference. */
  valuesOfPairs(first, second) {
    const count = this.rows.counts[0];
    const one = this.valueOf({ first, second });
    const other = this.valueOf({ first: count + first, second: count + second });
    return [one, other, one - other];
  }

  // -- in words ---------------------------------------------------------------------------------

  /** Name of the view for screen readers. */
  nameView(ordered) {
    const state = `${this.panel.title}, ${shareInWords(this.shown.share)}`;
    const [first, second] = this.space.modalities;
    const names = {
      heatmap: `Cosine similarities: ${state}, ordered ${ordered}`,
      difference: `Similarities of ${first}s minus those of ${second}s: ${state}, ordered ${ordered}`,
      scatter: `${projectionTitle(this.shown.projection)}, pairs joined by lines: ${state}`,
    };
    this.current.frame.setName(names[this.view]);
  }

  /** The figures of the state as one sentence. */
  get sentence() {
    const { gap, losses } = this.shown;
    const loss = losses ? `, mean loss ${fixed(losses.mean, 3)}` : "";
    return `${this.panel.title}, ${shareInWords(this.shown.share)}: gap ${fixed(gap)}${loss}.`;
  }

  /** What a reader should know of the layout. */
  get note() {
    return layoutNote(this.shown);
  }
}

/** The order of items as an order of pairs. */
function arrangementOfPairs({ items, clusters, labels, names, block }, rows) {
  const pairs = items.slice(0, rows.size);
  const places = new Int32Array(rows.size);
  pairs.forEach((pair, place) => {
    places[pair] = place;
  });
  return { items: pairs, places, clusters, labels, names, block: block && [0, 0] };
}
