/**
 * A plot of series: the static picture as it stands, with marks over it and values in its key.
 *
 * Places and texts of all points come with the page, made once with the picture.
 */

import { element, setText } from "./element.js";
import { clamp } from "./numbers.js";

/** Pixels from which a pointer takes a point. */
const REACH = 80;

/**
 * @typedef {object} Point
 * @property {string} x where on the axis, in words
 * @property {string} y its value in words
 * @property {number} left share of the plot's width
 * @property {number} top share of the plot's height
 *
 * @typedef {object} Series
 * @property {string} title
 * @property {string} sign
 * @property {string} colour name of a CSS variable
 * @property {Point[]} points
 *
 * @typedef {object} PlotConfig
 * @property {string} title
 * @property {string} y title of the vertical axis
 * @property {Series[]} series
 *
 * @typedef {object} PointMark
 * @property {number} first index of the series, counted through all plots of the figure
 * @property {number} second index of the point
 * @property {number} left share of the plot's width
 */

/** One plot, over its static picture. */
export class Plot {
  /**
   * @param {object} options
   * @param {HTMLElement} options.panel the panel of the static picture
   * @param {PlotConfig} options.config
   * @param {number} options.first index of the plot's first series in its figure
   * @param {string} options.description id of the element that says how to use it
   * @param {import("./selection.js").Selection} options.selection marks of all plots of the figure
   */
  constructor({ panel, config, first, description, selection }) {
    Object.assign(this, { config, first, selection });
    this.view = panel.querySelector(".view");
    this.area = panel.querySelector(".plot-area");
    this.values = [...panel.querySelectorAll(".chart-key dd")];
    this.rule = element("span", { class: "plot-rule", hidden: true });
    this.dots = config.series.map(({ colour }) =>
      element("span", { class: "plot-dot", style: `--series: var(--${colour})`, hidden: true }),
    );
    this.area.append(this.rule, ...this.dots);
    this.frame = { element: this.view };
    this.becomeControl(description);
  }

  /** What was a picture can be pointed at, and walked through by keys. */
  becomeControl(description) {
    const { title, y, series } = this.config;
    const names = series.map((one) => one.title).join(", ");
    for (const [name, value] of Object.entries({
      role: "application",
      tabindex: "0",
      "aria-roledescription": "chart",
      "aria-label": `${title === "" ? y : `${title}, ${y}`}: ${names}`,
      "aria-describedby": description,
    })) {
      this.view.setAttribute(name, value);
    }
    for (const part of this.view.children) part.setAttribute("aria-hidden", "true");
    this.view.addEventListener("keydown", (event) => this.moveByKey(event));
  }

  /** The points marked where `x` says so, and their values. */
  show(x) {
    const marked = this.config.series.map(({ points }) => points.filter((one) => one.x === x));
    const [first] = marked.flat();
    this.rule.hidden = first === undefined;
    if (first) this.rule.style.setProperty("--x", first.left);
    this.mark(marked);
  }

  /** The last point of each series up to a place on the axis. */
  showUpTo(left) {
    this.rule.hidden = true;
    this.mark(
      this.config.series.map(({ points }) => points.filter((one) => one.left <= left).slice(-1)),
    );
  }

  /** Mark some points of each series. */
  mark(marked) {
    marked.forEach((points, at) => {
      this.dots[at].hidden = points.length === 0;
      if (points.length > 0) {
        this.dots[at].style.setProperty("--x", points[0].left);
        this.dots[at].style.setProperty("--y", points[0].top);
      }
      setText(this.values[at], points.map(({ y }) => y).join("; "));
    });
  }

  /** Values at a place on the axis, in words. */
  sentence(x) {
    const told = this.config.series.flatMap(({ title, points }) =>
      points.filter((one) => one.x === x).map(({ y }) => `${title} ${y}`),
    );
    const { title, y } = this.config;
    return told.length === 0 ? "" : `${title === "" ? y : title}: ${told.join(", ")}.`;
  }

  /** Whether a mark is of this plot. */
  owns(mark) {
    return mark !== null && this.config.series[mark.first - this.first] !== undefined;
  }

  pointOf({ first, second }) {
    return this.config.series[first - this.first].points[second];
  }

  markOf(series, second) {
    const { left } = this.config.series[series].points[second];
    return { first: this.first + series, second, left };
  }

  // -- pointer and keyboard ---------------------------------------------------------------------

  /** The nearest point to a place of the viewport. */
  markAt({ clientX, clientY }) {
    const { left, top, width, height } = this.area.getBoundingClientRect();
    const best = { far: REACH, mark: null };
    this.config.series.forEach(({ points }, series) => {
      points.forEach((point, at) => {
        const across = left + point.left * width - clientX;
        const far = Math.hypot(across, top + point.top * height - clientY);
        if (far < best.far) Object.assign(best, { far, mark: this.markOf(series, at) });
      });
    });
    return best.mark;
  }

  moveByKey(event) {
    const moves = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      Home: [0, Number.NEGATIVE_INFINITY],
      End: [0, Number.POSITIVE_INFINITY],
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in moves)) return;
    event.preventDefault();
    const { current } = this.selection;
    const mark = this.owns(current)
      ? this.markAfter(current, moves[event.key])
      : this.markOf(0, current ? this.nearest(0, current.left) : 0);
    this.selection.pin(mark);
  }

  /** One point on, or the other series' point that is nearest on the axis. */
  markAfter(mark, [across, along]) {
    const series = clamp(mark.first - this.first + across, 0, this.config.series.length - 1);
    if (across !== 0) return this.markOf(series, this.nearest(series, mark.left));
    const last = this.config.series[series].points.length - 1;
    return this.markOf(series, clamp(mark.second + along, 0, last));
  }

  /** The point of a series that is nearest to a place on the axis. */
  nearest(series, left) {
    const far = this.config.series[series].points.map((point) => Math.abs(point.left - left));
    return far.indexOf(Math.min(...far));
  }
}

/**
 * The plots of a figure over their static pictures.
 *
 * @param {object} options
 * @param {Iterable<HTMLElement>} options.panels
 * @param {PlotConfig[]} options.configs as many
 * @param {string} options.description id of the element that says how to use them
 * @param {import("./selection.js").Selection} options.selection
 */
export function plotsOver({ panels, configs, description, selection }) {
  let first = 0;
  return [...panels].map((panel, at) => {
    const plot = new Plot({ panel, config: configs[at], first, description, selection });
    first += configs[at].series.length;
    return plot;
  });
}
