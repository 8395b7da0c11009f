/**
 * Items in the plane: one sort of mark for each modality, a line for each pair.
 */

import { Frame } from "./frame.js";
import { strokePairs } from "./pair-lines.js";

/** Radius of a mark in pixels, and of one that is pointed at. */
const RADIUS = 3.2;
const MARKED_RADIUS = 6.5;

/** Distance in pixels from which a pointer takes a mark: a fingertip is less exact than a mouse. */
const REACH = { mouse: 20, pen: 24, touch: 36 };

/** Opacity of what is not among the picked pairs. */
const FADED = 0.2;

/** Outlines of the modalities' marks about the origin, in the order of the modalities. */
const SHAPES = [circle, square, triangle, diamond];

/** Points and lines in a frame. */
export class Scatter {
  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.description id of the element that says how to use it
   * @param {import("./rows.js").Rows} options.rows
   * @param {import("./theme.js").Theme} options.theme
   * @param {import("./selection.js").Selection} options.selection
   * @param {{left: number, top: number, right: number, bottom: number}} [options.margins] of the frame
   */
  constructor({ name, description, rows, theme, selection, margins }) {
    this.selection = selection;
    this.setRows(rows);
    /** How lines are drawn: plain, by the similarity of the pair, or none. */
    this.lines = "plain";
    /** @type {Float64Array | null} (N, N) what lines by similarity go by */
    this.similarity = null;
    /** @type {Set<number> | null} pairs that stand out from the others */
    this.picked = null;
    /** @type {import("./thumbnails.js").Thumbnails | null} pictures in place of marks */
    this.thumbnails = null;
    /** @type {((canvas: import("./frame.js").Canvas, view: Scatter) => void)[]} drawn over the points */
    this.overlays = [];
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

  // -- what is shown ----------------------------------------------------------------------------

  /** Show other items from now on. */
  setRows(rows) {
    this.rows = rows;
    this.pairs = Array.from({ length: Math.max(...rows.counts) }, (_, pair) => pair);
    this.coordinates = new Float64Array(2 * rows.size);
    this.from = null;
  }

  /** Begin a transition from what is shown now, in pixels: the axes may change. */
  keep() {
    this.from = Float64Array.from(this.coordinates, (value, at) =>
      at % 2 === 0
        ? this.frame.x(value) / this.frame.width
        : this.frame.y(value) / this.frame.height,
    );
  }

  /**
   * Show a layout.
   *
   * @param {Float64Array} coordinates (N, 2)
   * @param {number} progress of the transition from what was kept: 1 shows the layout itself
   */
  show(coordinates, progress = 1) {
    this.coordinates.set(coordinates);
    if (progress < 1 && this.from) this.blend(progress);
    this.frame.drawNow();
  }

  blend(progress) {
    const { x, y } = this.frame.ranges;
    for (let at = 0; at < this.coordinates.length; at += 2) {
      const [startX, startY] = [
        x[0] + this.from[at] * (x[1] - x[0]),
        y[1] + this.from[at + 1] * (y[0] - y[1]),
      ];
      this.coordinates[at] = startX + progress * (this.coordinates[at] - startX);
      this.coordinates[at + 1] = startY + progress * (this.coordinates[at + 1] - startY);
    }
  }

  draw(canvas) {
    const { context, theme } = canvas;
    const place = (row) => [
      canvas.x(this.coordinates[2 * row]),
      canvas.y(this.coordinates[2 * row + 1]),
    ];
    if (this.picked === null) {
      this.drawPairs(canvas, this.pairs, place, 1);
    } else {
      const isPicked = (pair) => this.picked.has(pair);
      this.drawPairs(
        canvas,
        this.pairs.filter((pair) => !isPicked(pair)),
        place,
        FADED,
      );
      this.drawPairs(canvas, this.pairs.filter(isPicked), place, 1);
    }
    for (const overlay of this.overlays) overlay(canvas, this);
    const mark = this.selection.current;
    if (mark) this.drawMark(context, mark, place, theme);
  }

  /** Lines of some pairs, then their items, modality after modality. */
  drawPairs({ context, theme }, pairs, place, opacity) {
    context.strokeStyle = theme.inkSoft;
    strokePairs(context, this, pairs, place, opacity);
    context.globalAlpha = opacity;
    this.rows.blocks.forEach(({ start, end }, modality) => {
      const rows = pairs.map((pair) => start + pair).filter((row) => row < end);
      context.fillStyle = theme.modality(this.rows.modalities[modality]);
      if (this.thumbnails?.draw(context, this, modality, rows, place)) return;
      const marks = new Path2D();
      for (const row of rows) shapeOf(modality)(marks, ...place(row), RADIUS);
      context.fill(marks);
    });
    context.globalAlpha = 1;
  }

  /** A line through the members of each pair. */
  linesOf(pairs, place) {
    const lines = new Path2D();
    for (const pair of pairs) {
      this.rows.membersOf(pair).forEach((row, index) => {
        if (index === 0) lines.moveTo(...place(row));
        else lines.lineTo(...place(row));
      });
    }
    return lines;
  }

  /** Both items large and ringed, their pairs' lines strong; a dashed line between items of two pairs. */
  drawMark(context, mark, place, theme) {
    const asked = [mark.first, mark.second];
    const pairs = [...new Set(asked.map((row) => this.rows.pairOf(row)))];
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.75;
    context.stroke(this.linesOf(pairs, place));
    if (pairs.length > 1) this.drawComparison(context, ...asked.map(place));
    for (const row of pairs.flatMap((pair) => this.rows.membersOf(pair))) {
      const radius = asked.includes(row) ? MARKED_RADIUS : RADIUS + 1;
      this.drawMarked(context, row, place(row), radius, theme);
    }
    if (mark.item !== undefined) this.drawRing(context, place(mark.item));
  }

  drawComparison(context, start, end) {
    const line = new Path2D();
    line.moveTo(...start);
    line.lineTo(...end);
    context.setLineDash([4, 4]);
    context.stroke(line);
    context.setLineDash([]);
  }

  drawMarked(context, row, place, radius, theme) {
    const modality = this.rows.modalityOf(row);
    const shape = new Path2D();
    shapeOf(modality)(shape, ...place, radius);
    context.lineWidth = 4;
    context.strokeStyle = theme.paper;
    context.stroke(shape);
    context.fillStyle = theme.modality(this.rows.modalities[modality]);
    context.fill(shape);
    context.lineWidth = 1.5;
    context.strokeStyle = theme.ink;
    context.stroke(shape);
  }

  /** Around the one item of the pair that the pointer or the keys are at. */
  drawRing(context, place) {
    const ring = new Path2D();
    circle(ring, ...place, MARKED_RADIUS + 5);
    context.stroke(ring);
  }

  // -- pointer and keyboard ---------------------------------------------------------------------

  /** The mark of the item nearest to a place of the viewport, if one is within reach. */
  markAt(event) {
    const at = this.frame.pixelsAt(event);
    if (at === null) return null;
    const nearest = this.nearest((row) => {
      const [across, down] = this.placeOf(row);
      return Math.hypot(across - at[0], down - at[1]);
    });
    return nearest.cost <= (REACH[event.pointerType] ?? REACH.mouse)
      ? this.markOf(nearest.row)
      : null;
  }

  /** A point stands for its pair, whose members keep their order whichever is pointed at. */
  markOf(row) {
    const [first, second] = [row, this.rows.partnerOf(row)].sort((one, other) => one - other);
    return { first, second, item: row };
  }

  /** Pixels of an item in the plot area. */
  placeOf(row) {
    return [this.frame.x(this.coordinates[2 * row]), this.frame.y(this.coordinates[2 * row + 1])];
  }

  /** Pairs with an item at a place that is asked for, in pixels of the plot area. */
  pairsAt(isWithin) {
    return this.pairs.filter((pair) =>
      this.rows.membersOf(pair).some((row) => isWithin(...this.placeOf(row))),
    );
  }

  nearest(cost) {
    const best = { row: -1, cost: Number.POSITIVE_INFINITY };
    for (let row = 0; row < this.rows.size; row++) {
      const own = cost(row);
      if (own < best.cost) Object.assign(best, { row, cost: own });
    }
    return best;
  }

  moveByKey(event) {
    const row = this.rowAfter(event, this.selection.current);
    if (row === undefined || row < 0) return;
    event.preventDefault();
    this.selection.pin(this.markOf(row));
    this.frame.reveal(this.coordinates[2 * row], this.coordinates[2 * row + 1]);
  }

  rowAfter({ key }, mark) {
    const directions = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    if (key === "Home") return 0;
    if (key === "End") return this.rows.size - 1;
    if (key === "Enter") return mark ? this.rows.partnerOf(itemOf(mark)) : undefined;
    if (!(key in directions)) return undefined;
    return mark ? this.neighbour(itemOf(mark), directions[key]) : 0;
  }

  /** The nearest item in a direction, where going sideways counts twice; -1 where there is none. */
  neighbour(row, [towardsX, towardsY]) {
    const [fromX, fromY] = this.placeOf(row);
    return this.nearest((other) => {
      const [x, y] = this.placeOf(other);
      const ahead = (x - fromX) * towardsX + (y - fromY) * towardsY;
      const aside = Math.abs((x - fromX) * towardsY) + Math.abs((y - fromY) * towardsX);
      return other !== row && ahead > 0 && aside <= ahead
        ? ahead + 2 * aside
        : Number.POSITIVE_INFINITY;
    }).row;
  }
}

/** The item that keys go on from. */
function itemOf({ item, first }) {
  return item ?? first;
}

function shapeOf(modality) {
  return SHAPES[modality % SHAPES.length];
}

function circle(path, x, y, radius) {
  path.moveTo(x + radius, y);
  path.arc(x, y, radius, 0, 2 * Math.PI);
}

function square(path, x, y, radius) {
  const half = 0.875 * radius;
  path.rect(x - half, y - half, 2 * half, 2 * half);
}

function triangle(path, x, y, radius) {
  polygon(path, x, y, 1.25 * radius, 3);
}

function diamond(path, x, y, radius) {
  polygon(path, x, y, 1.25 * radius, 4);
}

/** A regular polygon that stands on its side, or on its point if it has four. */
function polygon(path, x, y, radius, corners) {
  for (let corner = 0; corner < corners; corner++) {
    const angle = -Math.PI / 2 + (2 * Math.PI * corner) / corners;
    const [across, down] = [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    if (corner === 0) path.moveTo(across, down);
    else path.lineTo(across, down);
  }
  path.closePath();
}
