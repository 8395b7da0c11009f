/**
 * A view: plotly's axes, zoom and tool bar, and under them a canvas that draws the data.
 *
 * plotly.js takes 30 to 50 ms to redraw a matrix or a few hundred points; the canvas takes less than one.
 * So plotly draws what stands still, the canvas what moves, in the ranges that plotly's axes have. Until
 * plotly is there, the frame labels its axes itself, in the same places, and nothing waits.
 */

import { chartConfig, chartLayout, FONT_SIZE } from "./chart-layout.js";
import { element } from "./element.js";
import { oncePerFrame } from "./motion.js";
import { isPrinting, onPrint } from "./print.js";
import { including, sameRange, scaled } from "./ranges.js";
import { groupButtons } from "./toolbar.js";

/** Distance of the plot area from the edges of its view, in pixels; `article/pictures.py` keeps to it. */
export const SQUARE_MARGINS = { left: 44, top: 12, right: 12, bottom: 44 };

/** Factor of one step of zoom by keyboard. */
const ZOOM_STEP = 0.6;

/** Pixels of a PNG for each pixel of the page. */
const EXPORT_SCALE = 2;

/**
 * @typedef {object} Axis
 * @property {[number, number]} range at the left or bottom, at the right or top
 * @property {string} [title]
 * @property {{at: number, text: string, modality?: string}[]} [ticks]
 * @property {boolean} [logarithmic] whether it spans orders of magnitude; values are positive then
 * @property {boolean} [upright] whether ticks of a vertical axis stand upright, in a margin made for it
 * @property {boolean} [numbered] whether plotly chooses the ticks, others when the reader zooms in
 */

/**
 * @typedef {object} Canvas what a view draws with, in pixels of the page
 * @property {CanvasRenderingContext2D} context
 * @property {number} width
 * @property {number} height
 * @property {(value: number) => number} x
 * @property {(value: number) => number} y
 * @property {import("./theme.js").Theme} theme
 */

/** Plotly's axes over a canvas. */
export class Frame {
  /**
   * @param {object} options
   * @param {string} options.name of the view, for its file as PNG
   * @param {string} options.kind in a word or two, for screen readers: "heatmap"
   * @param {string} options.description id of the element that says how to use it
   * @param {(canvas: Canvas) => void} options.draw
   * @param {(event: KeyboardEvent) => void} options.onKey a key is pressed on the view itself
   * @param {() => {annotations: object[], shapes?: object[], overhang?: number}} [options.annotate] plotly's
   *   annotations and shapes, and how far they hang over the right edge of the view, in pixels
   * @param {import("./theme.js").Theme} options.theme
   * @param {{left: number, top: number, right: number, bottom: number}} [options.margins]
   * @param {boolean} [options.equal] whether a unit is as long on both axes
   */
  constructor({
    name,
    kind,
    description,
    draw,
    onKey,
    theme,
    annotate = () => ({ annotations: [] }),
    margins = SQUARE_MARGINS,
    equal = false,
  }) {
    Object.assign(this, { name, draw, annotate, theme, margins, equal });
    this.axes = { x: { range: [0, 1] }, y: { range: [0, 1] } };
    this.ranges = { x: [0, 1], y: [0, 1] };
    this.traces = [];
    this.plotly = null;
    this.size = { width: 0, height: 0 };
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.context = this.canvas.getContext("2d");
    this.labels = element("div", { class: "frame-labels", "aria-hidden": "true" });
    this.chart = element("div", { class: "frame-chart" });
    this.element = element(
      "div",
      {
        class: "frame",
        tabindex: "0",
        role: "application",
        "aria-roledescription": kind,
        "aria-describedby": description,
        onkeydown: (event) => {
          if (event.target !== this.element) return;
          onKey(event);
          this.zoomByKey(event);
        },
      },
      this.canvas,
      this.labels,
      this.chart,
    );
    this.redraw = oncePerFrame(() => this.drawNow());
    this.place = oncePerFrame(() => this.fit());
    new ResizeObserver(() => this.place()).observe(this.element);
    onPrint(() => this.fit());
  }

  /** Say what the view shows now: its name for screen readers. */
  setName(text) {
    this.element.setAttribute("aria-label", text);
  }

  /** Width of the plot area in pixels. */
  get width() {
    return Math.max(this.size.width - this.margins.left - this.margins.right, 1);
  }

  get height() {
    return Math.max(this.size.height - this.margins.top - this.margins.bottom, 1);
  }

  /** Width of a text of the labels in pixels. */
  widthOf(text) {
    this.context.font = `${FONT_SIZE}px ${this.theme.font}`;
    return this.context.measureText(text).width;
  }

  /** Pixel of a value on an axis, from the left or top of the plot area. */
  x(value) {
    const [left, right] = this.ranges.x;
    return ((this.onAxis("x", value) - left) / (right - left)) * this.width;
  }

  y(value) {
    const [bottom, top] = this.ranges.y;
    return ((this.onAxis("y", value) - top) / (bottom - top)) * this.height;
  }

  /** A value in the unit of an axis' ranges, which for plotly's logarithmic axes are exponents of ten. */
  onAxis(name, value) {
    return this.axes[name].logarithmic ? Math.log10(value) : value;
  }

  /** Pixels of a place of the viewport from the left and top of the plot area; null outside of it. */
  pixelsAt({ clientX, clientY }) {
    const bounds = this.canvas.getBoundingClientRect();
    const across = (clientX - bounds.left) / bounds.width;
    const down = (clientY - bounds.top) / bounds.height;
    if (!(across >= 0 && across <= 1 && down >= 0 && down <= 1)) return null;
    return [across * this.width, down * this.height];
  }

  /** Values at a place of the viewport, on axes that are not logarithmic; null outside of the plot area. */
  valuesAt(place) {
    const pixels = this.pixelsAt(place);
    if (pixels === null) return null;
    const [left, right] = this.ranges.x;
    const [bottom, top] = this.ranges.y;
    return {
      x: left + (pixels[0] / this.width) * (right - left),
      y: top + (pixels[1] / this.height) * (bottom - top),
    };
  }

  /**
   * Set the axes; what was zoomed into is left where a range changes.
   *
   * @param {{x: Axis, y: Axis}} axes
   */
  setAxes(axes) {
    const moved = ["x", "y"].some((name) => !sameRange(axes[name].range, this.axes[name].range));
    this.axes = axes;
    if (moved) this.ranges = { x: [...axes.x.range], y: [...axes.y.range] };
    this.label();
    this.relayout();
  }

  /** Take the colours of the page again. */
  setTheme(theme) {
    this.theme = theme;
    this.relayout();
    this.drawNow();
  }

  /** Show a part of the plane. */
  setRanges(ranges) {
    this.ranges = ranges;
    this.label();
    this.relayout();
    this.redraw();
  }

  /** Undo every zoom: plotly remembers the first axes only, these are the present ones. */
  showWhole() {
    this.setRanges({ x: [...this.axes.x.range], y: [...this.axes.y.range] });
  }

  /** Move what is shown so that a value is seen, where the reader has zoomed in. */
  reveal(x, y) {
    this.kept = { x: this.onAxis("x", x), y: this.onAxis("y", y) };
    const shown = (name) => including(this.ranges[name], this.kept[name], this.axes[name].range);
    const ranges = { x: shown("x"), y: shown("y") };
    const moved = ["x", "y"].some((name) => !sameRange(ranges[name], this.ranges[name]));
    if (moved) this.setRanges(ranges);
  }

  /** Make room: the size of the view, or of a pixel, has changed. */
  fit() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0) return;
    const ratio = globalThis.devicePixelRatio;
    const changed = width !== this.size.width || height !== this.size.height;
    this.size = { width, height };
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.drawNow();
    if (changed) this.relayout();
  }

  drawNow() {
    if (this.size.width > 0) this.drawOn(this.context, this.canvas);
  }

  drawOn(context, { width, height }) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(width / this.width, 0, 0, height / this.height, 0, 0);
    this.draw({
      context,
      width: this.width,
      height: this.height,
      x: (value) => this.x(value),
      y: (value) => this.y(value),
      theme: this.theme,
    });
  }

  // -- labels until plotly writes them ----------------------------------------------------------

  label() {
    if (this.plotly) return;
    this.labels.replaceChildren(...this.labelsOf("x"), ...this.labelsOf("y"));
  }

  labelsOf(name) {
    const { title, ticks = [] } = this.axes[name];
    const [start, end] = this.ranges[name];
    const made = ticks.map(({ at, text, modality }) => {
      const share = (at - start) / (end - start);
      const place = name === "x" ? share : 1 - share;
      const attributes = { class: `tick tick-${name} ${modality ?? ""}`, style: `--at: ${place}` };
      return element("span", attributes, text);
    });
    if (title) made.push(element("span", { class: `axis-title axis-title-${name}` }, title));
    return made;
  }

  // -- plotly -----------------------------------------------------------------------------------

  /**
   * Let plotly draw axes and traces, and let the reader zoom.
   *
   * @param {object} plotly
   */
  async attach(plotly) {
    this.fit();
    await plotly.newPlot(this.chart, this.data(), this.layout(), chartConfig(plotly, this));
    this.plotly = plotly;
    this.labels.replaceChildren();
    this.chart.on("plotly_relayouting", (event) => this.follow(event));
    this.chart.on("plotly_relayout", (event) => this.follow(event));
    this.chart.on("plotly_doubleclick", () => this.showWhole());
    groupButtons(this.chart.querySelector(".modebar"), "Zoom and download");
    // What was asked for while plotly drew is drawn before the axes count as there.
    this.relayoutNow();
    this.element.dataset.axes = "plotly";
  }

  /** Plotly draws nothing on axes without a trace. */
  data() {
    return this.traces.length > 0 ? this.traces : [{ x: [null], y: [null], type: "scatter" }];
  }

  /** Set the traces that plotly draws itself. */
  setTraces(traces) {
    this.traces = traces;
    this.relayout();
  }

  relayout() {
    if (!this.plotly) return;
    this.pending ??= oncePerFrame(() => this.relayoutNow());
    if (isPrinting()) this.relayoutNow();
    else this.pending();
  }

  relayoutNow() {
    if (this.size.width > 0) this.plotly.react(this.chart, this.data(), this.layout());
  }

  /** The reader zooms or pans: the canvas goes with it. An axis that stays is not in the event. */
  follow(event) {
    for (const name of ["x", "y"]) {
      const range = event[`${name}axis.range`] ?? this.ranges[name];
      this.ranges[name] = [0, 1].map((end) => event[`${name}axis.range[${end}]`] ?? range[end]);
    }
    this.drawNow();
  }

  zoomByKey(event) {
    const factor = { "+": ZOOM_STEP, "=": ZOOM_STEP, "-": 1 / ZOOM_STEP }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "0") this.showWhole();
    else if (factor === undefined) return;
    else this.zoom(factor);
    event.preventDefault();
  }

  /** Make the ranges shorter or longer by a factor, about what the keys went to last. */
  zoom(factor) {
    const zoomed = (name) =>
      scaled(this.ranges[name], factor, this.axes[name].range, this.kept?.[name]);
    this.setRanges({ x: zoomed("x"), y: zoomed("y") });
  }

  layout() {
    const { annotations, shapes, overhang = 0 } = this.annotate();
    this.chart.style.setProperty("--overhang", `${overhang}px`);
    return chartLayout({ frame: this, annotations, shapes, overhang });
  }

  // -- as a file --------------------------------------------------------------------------------

  /** The view as a PNG, canvas included: `data:` address. */
  async toImage() {
    const canvas = element("canvas");
    canvas.width = this.width * EXPORT_SCALE;
    canvas.height = this.height * EXPORT_SCALE;
    this.drawOn(canvas.getContext("2d"), canvas);
    const layout = {
      ...this.layout(),
      paper_bgcolor: this.theme.paper,
      images: [{ source: canvas.toDataURL(), ...WHOLE_PLOT_AREA }],
    };
    const size = { width: layout.width, height: layout.height, scale: EXPORT_SCALE };
    return this.plotly.toImage({ data: this.data(), layout }, { format: "png", ...size });
  }

  async download() {
    const link = element("a", { href: await this.toImage(), download: `${this.name}.png` });
    link.click();
  }
}

const WHOLE_PLOT_AREA = {
  xref: "paper",
  yref: "paper",
  x: 0,
  y: 1,
  sizex: 1,
  sizey: 1,
  sizing: "stretch",
  layer: "below",
};
