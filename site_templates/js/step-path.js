/**
 * The way of a changing picture through the plane of its own principal components.
 */

import { Frame } from "./frame.js";
import { principalComponents } from "./geometry.js";
import { clamp } from "./numbers.js";

const PAGE = 10;
const RADIUS = 3;
const MARKED_RADIUS = 6;

/** Room about the outermost step, as a share of the half range; `article/augmentation.py` keeps to it. */
const PADDING = 1.06;

/** Distance in pixels from which a pointer takes a step. */
const REACH = 36;

/** Steps as points on a line. */
export class StepPath {
  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.description id of the element that says how to use it
   * @param {import("./theme.js").Theme} options.theme
   * @param {object} options.margins
   * @param {(step: number) => string} options.colourOf a step, for CSS
   * @param {import("./selection.js").Selection} options.selection
   * @param {() => import("./augmentation.js").StepMark} options.markOf what is marked now
   */
  constructor({ name, description, theme, margins, colourOf, selection, markOf }) {
    Object.assign(this, { colourOf, selection, markOf });
    this.frame = new Frame({
      name,
      kind: "scatter plot",
      description,
      theme,
      margins,
      equal: true,
      draw: (canvas) => this.draw(canvas),
      onKey: (event) => this.moveByKey(event),
    });
  }

  setKind({ values, start }) {
    Object.assign(this, { steps: values.length, start });
  }

  /** @param {import("./contract.js").Space} space */
  show(space) {
    this.path = pathOf(space, this.steps);
    this.frame.drawNow();
  }

  /** Set the half side of the plane, the same in all panels. */
  setExtent(half) {
    const range = [-half, half];
    this.frame.setAxes({
      x: { range, title: "component 1" },
      y: { range, title: "component 2" },
    });
  }

  placeOf(step) {
    return [this.frame.x(this.path[2 * step]), this.frame.y(this.path[2 * step + 1])];
  }

  draw({ context, theme }) {
    if (!this.path) return;
    const line = new Path2D();
    for (let step = 0; step < this.steps; step++) line.lineTo(...this.placeOf(step));
    context.lineWidth = 1.25;
    context.strokeStyle = theme.inkSoft;
    context.stroke(line);
    for (let step = 0; step < this.steps; step++) {
      this.drawStep(context, step, RADIUS, this.colourOf(step), 0.75, theme);
    }
    this.drawStart(context, theme);
    const { first, second } = this.markOf();
    if (second < this.steps && second !== this.start) {
      this.drawStep(context, second, MARKED_RADIUS, theme.paper, 2, theme);
    }
    this.drawStep(context, first, MARKED_RADIUS, this.colourOf(first), 2, theme);
  }

  drawStep(context, step, radius, colour, width, theme) {
    context.beginPath();
    context.arc(...this.placeOf(step), radius, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    context.lineWidth = width;
    context.strokeStyle = theme.ink;
    context.stroke();
  }

  /** A diamond and a word at the least changed picture. */
  drawStart(context, theme) {
    const [x, y] = this.placeOf(this.start);
    const diamond = new Path2D();
    for (const [across, down] of [
      [0, -8],
      [8, 0],
      [0, 8],
      [-8, 0],
    ]) {
      diamond.lineTo(x + across, y + down);
    }
    diamond.closePath();
    context.lineWidth = 2;
    context.strokeStyle = theme.ink;
    context.stroke(diamond);
    context.font = `12px ${theme.font}`;
    context.textAlign = x > this.frame.width / 2 ? "right" : "left";
    context.textBaseline = "middle";
    context.lineWidth = 3;
    context.strokeStyle = theme.paper;
    context.fillStyle = theme.ink;
    const at = x + (x > this.frame.width / 2 ? -12 : 12);
    context.strokeText("start", at, y);
    context.fillText("start", at, y);
  }

  /** The nearest step, against the least changed one. */
  markAt(event) {
    const pixels = this.frame.pixelsAt(event);
    if (pixels === null) return null;
    let best = { far: REACH, step: -1 };
    for (let step = 0; step < this.steps; step++) {
      const [x, y] = this.placeOf(step);
      const far = Math.hypot(x - pixels[0], y - pixels[1]);
      if (far < best.far) best = { far, step };
    }
    return best.step < 0 ? null : { first: best.step, second: this.start };
  }

  /** Keys go along the way. */
  moveByKey(event) {
    const { first } = this.markOf();
    const step = event.shiftKey ? PAGE : 1;
    const last = this.steps - 1;
    const moves = {
      ArrowLeft: first - step,
      ArrowDown: first - step,
      ArrowRight: first + step,
      ArrowUp: first + step,
      Home: 0,
      End: last,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    this.selection.pin({ first: clamp(moves[event.key], 0, last), second: this.start });
  }
}

/**
 * The pictures of a space on their own principal components.
 *
 * @param {import("./contract.js").Space} space
 * @param {number} steps pictures, the first rows
 * @returns {Float64Array} (steps, 2)
 */
export function pathOf({ similarity, size }, steps) {
  const pictures = new Float64Array(steps * steps);
  for (let row = 0; row < steps; row++) {
    pictures.set(similarity.subarray(row * size, row * size + steps), row * steps);
  }
  return principalComponents(pictures);
}

/** Half the side of a plane that holds some paths. */
export function extentOf(paths) {
  let largest = 0;
  for (const path of paths) {
    for (let at = 0; at < path.length; at += 2) {
      largest = Math.max(largest, Math.hypot(path[at], path[at + 1]));
    }
  }
  return PADDING * largest;
}
