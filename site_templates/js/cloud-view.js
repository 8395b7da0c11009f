/**
 * Thousands of points and lines in a frame, which a reader can zoom into and point at.
 *
 * The cloud is drawn once for each part of the plane and kept; what is pointed at is drawn over it.
 */

import { drawCloud, radiusOf } from "./cloud-drawing.js";
import { ClusterNames } from "./cluster-names.js";
import { element } from "./element.js";
import { Frame } from "./frame.js";
import { afterRest } from "./motion.js";
import { sameRange } from "./ranges.js";
import { bindZoom } from "./zoom-gestures.js";

/** Distance in pixels from which a pointer takes a point: a fingertip is less exact than a mouse. */
const REACH = { mouse: 12, pen: 16, touch: 30 };

/** Milliseconds after a zoom before the cloud is drawn sharp, and how far it is stretched until then. */
const REST = 100;
const STRETCH = 1.6;

/** How far keys go with Shift, as a share of the width. */
const LEAP = 0.1;

const MARKED_RADIUS = 6;

const DIRECTIONS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A cloud in a frame. */
export class CloudView {
  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.description id of the element that says how to use it
   * @param {import("./theme.js").Theme} options.theme
   * @param {import("./selection.js").Selection} options.selection
   */
  constructor({ name, description, theme, selection }) {
    this.selection = selection;
    this.points = null;
    this.coordinates = new Float32Array();
    this.from = null;
    this.style = { lines: "plain", outlines: false, matches: null };
    this.names = new ClusterNames();
    this.kept = { canvas: element("canvas"), key: "", ranges: { x: [0, 1], y: [0, 1] } };
    this.sharpen = afterRest(() => this.redraw(), REST);
    this.version = 0;
    this.frame = new Frame({
      name,
      kind: "scatter plot",
      description,
      theme,
      equal: true,
      draw: (canvas) => this.draw(canvas),
      onKey: (event) => this.moveByKey(event),
    });
    bindZoom(this.frame);
    // Plotly keeps the browser from giving the focus to what is clicked.
    this.frame.element.addEventListener("pointerdown", () =>
      this.frame.element.focus({ preventScroll: true }),
    );
  }

  // -- what is shown ----------------------------------------------------------------------------

  /** Begin a transition from what is shown now, in shares of the plot area: the axes may change. */
  keep() {
    const { frame } = this;
    this.from = this.coordinates.map((value, at) =>
      at % 2 === 0 ? frame.x(value) / frame.width : frame.y(value) / frame.height,
    );
  }

  /**
   * Show a layout.
   *
   * @param {import("./cloud-points.js").CloudPoints} points
   * @param {number} progress of the transition from what was kept: 1 shows the layout itself
   */
  show(points, progress = 1) {
    this.points = points;
    const { coordinates } = points.layout;
    const blends = progress < 1 && this.from?.length === coordinates.length;
    this.coordinates = blends ? this.blended(coordinates, progress) : coordinates;
    this.version++;
    this.frame.drawNow();
  }

  blended(coordinates, progress) {
    const { x, y } = this.frame.ranges;
    return coordinates.map((end, at) => {
      const [low, high] = at % 2 === 0 ? x : [y[1], y[0]];
      const start = low + this.from[at] * (high - low);
      return start + progress * (end - start);
    });
  }

  /**
   * Change how the cloud is drawn.
   *
   * @param {{lines: string, outlines: boolean, matches: Uint8Array | null}} style
   */
  setStyle(style) {
    this.style = style;
    this.redraw();
  }

  /** Name the clusters that are outlined, as far as there is room. */
  setNames(names) {
    this.names.set(names);
    this.redraw();
  }

  setTheme(theme) {
    this.version++;
    this.frame.setTheme(theme);
  }

  /** Draw the cloud anew in the next frame. */
  redraw() {
    this.version++;
    this.frame.redraw();
  }

  /** How many times longer the whole axis is than what is shown of it. */
  get zoom() {
    const length = ([start, end]) => end - start;
    return length(this.frame.axes.x.range) / length(this.frame.ranges.x);
  }

  draw(canvas) {
    if (this.points === null) return;
    this.copyKept(canvas);
    const mark = this.selection.current;
    if (mark) this.drawMark(canvas, mark);
  }

  /** The cloud without what is pointed at: drawn anew where the last drawing is of something else. */
  copyKept(canvas) {
    const { context } = canvas;
    const { width, height } = context.canvas;
    const { ranges } = this.frame;
    const key = [this.version, width, height].join(" ");
    if (key !== this.kept.key || this.isFar(ranges)) this.drawKept(canvas, key);
    else if (!areSame(ranges, this.kept.ranges)) this.sharpen();
    // While a reader zooms, the last drawing is stretched; a sharp one follows.
    const { x, y } = this.kept.ranges;
    const [left, right] = [this.frame.x(x[0]), this.frame.x(x[1])];
    const [bottom, top] = [this.frame.y(y[0]), this.frame.y(y[1])];
    context.drawImage(this.kept.canvas, left, top, right - left, bottom - top);
  }

  /** Whether stretching the last drawing would show too much or too little of it. */
  isFar({ x }) {
    const length = ([start, end]) => end - start;
    const ratio = length(x) / length(this.kept.ranges.x);
    return ratio > STRETCH || ratio < 1 / STRETCH;
  }

  drawKept(canvas, key) {
    const { width, height } = canvas.context.canvas;
    Object.assign(this.kept.canvas, { width, height });
    const { x, y } = this.frame.ranges;
    Object.assign(this.kept, { key, ranges: { x: [...x], y: [...y] } });
    const context = this.kept.canvas.getContext("2d");
    context.setTransform(canvas.context.getTransform());
    const scene = { ...this.style, points: this.points, coordinates: this.coordinates };
    drawCloud({ ...canvas, context }, { ...scene, zoom: this.zoom });
    if (this.style.outlines) this.names.draw({ ...canvas, context }, this.points);
  }

  // -- what is pointed at -----------------------------------------------------------------------

  /** The items of a pair large, the line between them strong, a ring around the one pointed at. */
  drawMark(canvas, mark) {
    const { context, theme } = canvas;
    const { rows } = this.points;
    const members = rows.membersOf(this.points.pairOf(mark));
    const places = members.map((point) => this.placeOf(point));
    context.lineWidth = 2;
    context.strokeStyle = theme.ink;
    context.beginPath();
    for (const place of places) context.lineTo(...place);
    context.stroke();
    members.forEach((point, index) => {
      drawMarked(context, theme, places[index], rows.modalityOf(point), rows.modalities);
    });
    context.beginPath();
    context.arc(...this.placeOf(this.points.pointOf(mark)), MARKED_RADIUS + 5, 0, 2 * Math.PI);
    context.stroke();
  }

  /** Pixels of a point in the plot area. */
  placeOf(point) {
    return [
      this.frame.x(this.coordinates[2 * point]),
      this.frame.y(this.coordinates[2 * point + 1]),
    ];
  }

  /** The mark of the point nearest to a place of the viewport, if one is within reach. */
  markAt(event) {
    const values = this.frame.valuesAt(event);
    if (values === null || this.points === null) return null;
    const pixel = Math.abs(this.frame.x(1) - this.frame.x(0));
    const reach = (REACH[event.pointerType] ?? REACH.mouse) + radiusOf(this.zoom);
    const nearest = this.points.cheapest(
      (x, y) => (x - values.x) ** 2 + (y - values.y) ** 2,
      this.coordinates,
    );
    return Math.sqrt(nearest.cost) * pixel <= reach ? this.points.markOf(nearest.point) : null;
  }

  // -- keyboard ---------------------------------------------------------------------------------

  moveByKey(event) {
    const point = this.pointAfter(event, this.selection.current);
    if (point === undefined || point < 0) return;
    event.preventDefault();
    this.selection.pin(this.points.markOf(point));
    this.frame.reveal(this.coordinates[2 * point], this.coordinates[2 * point + 1]);
  }

  pointAfter({ key, shiftKey }, mark) {
    const { points } = this;
    if (key === "Home") return 0;
    if (key === "End") return points.layout.size - 1;
    if (key === "Enter") return mark ? points.rows.partnerOf(points.pointOf(mark)) : undefined;
    if (!(key in DIRECTIONS)) return undefined;
    return mark
      ? this.neighbour(points.pointOf(mark), DIRECTIONS[key], shiftKey)
      : this.middlemost();
  }

  /** The point nearest to the middle of what is shown. */
  middlemost() {
    const [x, y] = ["x", "y"].map(
      (name) => (this.frame.ranges[name][0] + this.frame.ranges[name][1]) / 2,
    );
    return this.points.cheapest((a, b) => (a - x) ** 2 + (b - y) ** 2).point;
  }

  /** The nearest point in a direction, where going sideways counts twice; -1 where there is none. */
  neighbour(from, [towardsX, towardsY], leaps) {
    const [fromX, fromY] = this.coordinates.slice(2 * from, 2 * from + 2);
    const [low, high] = this.frame.ranges.x;
    const least = leaps ? LEAP * Math.abs(high - low) : 0;
    return this.points.cheapest((x, y, point) => {
      // Values grow upwards, pixels and keys downwards.
      const ahead = (x - fromX) * towardsX - (y - fromY) * towardsY;
      const aside = Math.abs((x - fromX) * towardsY) + Math.abs((y - fromY) * towardsX);
      return point !== from && ahead > least && aside <= ahead
        ? ahead + 2 * aside
        : Number.POSITIVE_INFINITY;
    }).point;
  }
}

function areSame(one, other) {
  return ["x", "y"].every((name) => sameRange(one[name], other[name]));
}

function drawMarked(context, theme, [x, y], modality, modalities) {
  context.beginPath();
  if (modality === 0) context.arc(x, y, MARKED_RADIUS, 0, 2 * Math.PI);
  else context.rect(x - MARKED_RADIUS, y - MARKED_RADIUS, 2 * MARKED_RADIUS, 2 * MARKED_RADIUS);
  context.lineWidth = 4;
  context.strokeStyle = theme.paper;
  context.stroke();
  context.fillStyle = theme.modality(modalities[modality]);
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = theme.ink;
  context.stroke();
}
