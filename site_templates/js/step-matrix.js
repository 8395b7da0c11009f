/**
 * Similarities of the steps of a changing picture to each other, and in a strip below to its text.
 */

import { Frame } from "./frame.js";
import { clamp } from "./numbers.js";

/** Steps that arrow keys go with Shift. */
const PAGE = 10;

/** A matrix of steps over a strip. */
export class StepMatrix {
  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.description id of the element that says how to use it
   * @param {import("./theme.js").Theme} options.theme
   * @param {object} options.margins
   * @param {import("./colour.js").ColourScale} options.colours
   * @param {import("./selection.js").Selection} options.selection
   * @param {() => import("./augmentation.js").StepMark} options.markOf what is marked now
   */
  constructor({ name, description, theme, margins, colours, selection, markOf }) {
    Object.assign(this, { colours, selection, markOf });
    this.frame = new Frame({
      name,
      kind: "heatmap",
      description,
      theme,
      margins,
      draw: (canvas) => this.draw(canvas),
      onKey: (event) => this.moveByKey(event),
    });
  }

  /** Take another kind of change: its steps are the rows and columns. */
  setKind({ values, ticks, axis, strip: [gap, height] }) {
    this.steps = values.length;
    this.stripStart = this.steps + gap - 0.5;
    this.end = this.stripStart + height;
    const text = { at: (this.stripStart + this.end) / 2, text: "text", modality: "text" };
    this.frame.setAxes({
      x: { range: [-0.5, this.steps - 0.5], ticks, title: axis },
      y: { range: [this.end, -0.5], ticks: [...ticks, text], upright: true },
    });
  }

  /** @param {import("./contract.js").Space} space */
  show({ similarity, size }) {
    const { steps } = this;
    this.matrix = this.paint(steps, steps, (row, column) => similarity[row * size + column]);
    this.strip = this.paint(steps, 1, (_, column) => similarity[steps * size + column]);
    this.frame.drawNow();
  }

  paint(width, height, valueAt) {
    const image = new ImageData(width, height);
    const values = Float32Array.from({ length: width * height }, (_, at) =>
      valueAt(Math.floor(at / width), at % width),
    );
    this.colours.paint(values, image);
    const pixels = new OffscreenCanvas(width, height);
    pixels.getContext("2d").putImageData(image, 0, 0);
    return pixels;
  }

  draw({ context, width, height, x, y }) {
    if (!this.matrix) return;
    const [left, right] = [x(-0.5), x(this.steps - 0.5)];
    const drawBetween = (pixels, from, to) =>
      context.drawImage(pixels, left, y(from), right - left, y(to) - y(from));
    context.imageSmoothingEnabled = false;
    drawBetween(this.matrix, -0.5, this.steps - 0.5);
    drawBetween(this.strip, this.stripStart, this.end);
    this.drawMark(context, this.markOf(), { width, height, x, y });
  }

  /** A cross-hair that leaves the cell itself free. */
  drawMark(context, { first, second }, { width, height, x, y }) {
    const [across, down] = [x(first), y(this.heightOf(second))];
    const half = Math.max((x(1) - x(0)) / 2, 3) + 1;
    const lines = new Path2D();
    for (const [start, end] of [
      [0, across - half],
      [across + half, width],
    ]) {
      lines.moveTo(start, down);
      lines.lineTo(end, down);
    }
    for (const [start, end] of [
      [0, down - half],
      [down + half, height],
    ]) {
      lines.moveTo(across, start);
      lines.lineTo(across, end);
    }
    const cell = new Path2D();
    cell.rect(across - half, down - half, 2 * half, 2 * half);
    outline(context, lines, 1);
    outline(context, cell, 2);
  }

  /** Where a row stands on the vertical axis; the text's comes after the steps'. */
  heightOf(row) {
    return row < this.steps ? row : (this.stripStart + this.end) / 2;
  }

  // -- pointer and keyboard ---------------------------------------------------------------------

  /** The mark of the cell at a place of the viewport. */
  markAt(event) {
    const values = this.frame.valuesAt(event);
    if (values === null) return null;
    const last = this.steps - 1;
    const first = clamp(Math.round(values.x), 0, last);
    const isText = values.y > (this.steps - 0.5 + this.stripStart) / 2;
    return { first, second: isText ? this.steps : clamp(Math.round(values.y), 0, last) };
  }

  moveByKey(event) {
    const { first, second } = this.markOf();
    const step = event.shiftKey ? PAGE : 1;
    const last = this.steps - 1;
    const moves = {
      ArrowLeft: [first - step, second],
      ArrowRight: [first + step, second],
      ArrowUp: [first, second - step],
      ArrowDown: [first, second + step],
      Home: [0, second],
      End: [last, second],
      Enter: [first, this.steps],
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const [column, row] = moves[event.key];
    this.selection.pin({ first: clamp(column, 0, last), second: clamp(row, 0, this.steps) });
    const mark = this.markOf();
    this.frame.reveal(mark.first, this.heightOf(mark.second));
  }
}

/** White over black, so that it is seen on any colour. */
function outline(context, path, width) {
  context.lineWidth = width + 2;
  context.strokeStyle = "rgba(0,0,0,.6)";
  context.stroke(path);
  context.lineWidth = width;
  context.strokeStyle = "white";
  context.stroke(path);
}
