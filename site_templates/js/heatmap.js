/**
 * The similarity matrix: one pixel a cell, with the quadrants of the modalities, clusters and a cross-hair.
 */

import { FONT_SIZE, plain } from "./chart-layout.js";
import { linesOf } from "./cluster-labels.js";
import { Frame } from "./frame.js";
import { clamp } from "./numbers.js";

/** Pixels between the plot and a cluster's name. */
const NAME_PADDING = 12;

/** Right of the plot, whatever part of the matrix is shown. */
const BESIDE = { x: 1, xref: "paper", xanchor: "left", ax: NAME_PADDING };

/** Height of a line of a cluster's name in pixels. */
const NAME_HEIGHT = 14.5;

/** Length of the lines at the edges that stand for picked pairs, in pixels. */
const PICK = 5;

/** Cells that Page Up and Page Down go. */
const PAGE = 10;

/** A matrix in a frame. */
export class Heatmap {
  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.description id of the element that says how to use it
   * @param {import("./rows.js").Rows} options.rows
   * @param {import("./colour.js").ColourScale} options.colours
   * @param {import("./theme.js").Theme} options.theme
   * @param {import("./selection.js").Selection} options.selection
   * @param {{left: number, top: number, right: number, bottom: number}} [options.margins] of the frame
   */
  constructor({ name, description, rows, colours, theme, selection, margins }) {
    Object.assign(this, { colours, selection });
    this.setRows(rows);
    /** What a cell shows of a similarity. */
    this.measure = (similarity) => similarity;
    /** Whether clusters are named. */
    this.named = true;
    /** @type {Set<number> | null} pairs that are marked at the edges */
    this.picked = null;
    /** @type {((canvas: import("./frame.js").Canvas, view: Heatmap) => void)[]} drawn over the cells */
    this.overlays = [];
    this.arrangement = null;
    this.frame = new Frame({
      name,
      kind: "heatmap",
      description,
      theme,
      margins,
      draw: (canvas) => this.draw(canvas),
      onKey: (event) => this.moveByKey(event),
      annotate: () => this.annotate(),
    });
    this.setAxes();
  }

  /** Show other items from now on; `arrange` says in which order. */
  setRows(rows) {
    this.rows = rows;
    this.values = new Float32Array(rows.size * rows.size);
    this.from = null;
    this.image = new ImageData(rows.size, rows.size);
    this.pixels = new OffscreenCanvas(rows.size, rows.size);
    if (this.frame) this.setAxes();
  }

  setAxes() {
    this.frame.setAxes({ x: this.axis(false), y: this.axis(true) });
  }

  /** Cells count from the top left, so the vertical axis runs downwards. */
  axis(downwards) {
    const ends = [-0.5, this.rows.size - 0.5];
    const ticks = this.rows.blocks.map(({ start, end }, modality) => {
      const name = this.rows.modalities[modality];
      return { at: (start + end - 1) / 2, text: name, modality: name };
    });
    return { range: downwards ? ends.reverse() : ends, ticks };
  }

  // -- what is shown ----------------------------------------------------------------------------

  /** Show items in another order, and box its clusters. */
  arrange(arrangement) {
    this.arrangement = arrangement;
    this.frame.relayout();
  }

  /** Show another measure of how alike two items are, in its own colours. */
  setMeasure(measure, colours) {
    Object.assign(this, { measure, colours, from: null });
  }

  /** Begin a transition from what is shown now. */
  keep() {
    this.from = this.values.slice();
  }

  /**
   * Show a matrix.
   *
   * @param {Float64Array} similarity (N, N)
   * @param {number} progress of the transition from what was kept: 1 shows the matrix itself
   */
  show(similarity, progress = 1) {
    const { items } = this.arrangement;
    const size = this.rows.size;
    for (let row = 0, at = 0; row < size; row++) {
      const base = items[row] * size;
      for (let column = 0; column < size; column++, at++) {
        this.values[at] = this.measure(similarity[base + items[column]]);
      }
    }
    if (progress < 1 && this.from) this.blend(progress);
    this.colours.paint(this.values, this.image);
    this.pixels.getContext("2d").putImageData(this.image, 0, 0);
    this.frame.drawNow();
  }

  blend(progress) {
    for (let at = 0; at < this.values.length; at++) {
      this.values[at] = this.from[at] + progress * (this.values[at] - this.from[at]);
    }
  }

  draw({ context, width, height, x, y, theme }) {
    if (!this.arrangement) return;
    const [left, top] = [x(-0.5), y(-0.5)];
    const end = this.rows.size - 0.5;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.pixels, left, top, x(end) - left, y(end) - top);
    const quadrants = new Path2D();
    for (const { start } of this.rows.blocks.slice(1)) {
      line(quadrants, x(start - 0.5), 0, x(start - 0.5), height);
      line(quadrants, 0, y(start - 0.5), width, y(start - 0.5));
    }
    outline(context, quadrants, theme.paper, "transparent", 2);
    this.drawClusters(context, { width, height, x, y });
    this.drawPicked(context, { width, height, x, y, theme });
    for (const overlay of this.overlays) overlay({ context, width, height, x, y, theme }, this);
    const mark = this.selection.current;
    if (mark) this.drawMark(context, mark, { width, height, x, y });
  }

  /** Boxes on the diagonals of all quadrants; thick in the one that was clustered by. */
  drawClusters(context, { width, height, x, y }) {
    const { clusters, block } = this.arrangement;
    this.rows.blocks.forEach((down, row) => {
      this.rows.blocks.forEach((across, column) => {
        const boxes = new Path2D();
        for (const { start, end } of clusters) {
          const [left, top] = [x(across.start + start - 0.5), y(down.start + start - 0.5)];
          const [right, bottom] = [x(across.start + end - 0.5), y(down.start + end - 0.5)];
          boxes.rect(left, top, right - left, bottom - top);
        }
        const chosen = block?.[0] === row && block?.[1] === column;
        outline(context, boxes, "white", "rgba(0,0,0,.55)", chosen ? 2 : 1);
      });
    });
    if (block && this.named) this.drawNumbers(context, { width, height, x, y });
  }

  /** Numbers in the corners of the boxes that were clustered by. */
  drawNumbers(context, { width, height, x, y }) {
    const { clusters, block } = this.arrangement;
    const [down, across] = block.map((modality) => this.rows.blocks[modality].start);
    context.font = `700 ${FONT_SIZE}px ${this.frame.theme.font}`;
    context.textAlign = "left";
    context.textBaseline = "top";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = "rgba(0,0,0,.75)";
    context.fillStyle = "white";
    for (const { start, number } of clusters) {
      // The last box may be smaller than its number.
      const at = [
        Math.min(x(across + start - 0.5) + 4, width - context.measureText(number).width - 2),
        Math.min(y(down + start - 0.5) + 3, height - FONT_SIZE),
      ];
      context.strokeText(number, ...at);
      context.fillText(number, ...at);
    }
  }

  /** Lines at the left and upper edges, beside the rows and columns of picked pairs. */
  drawPicked(context, { width, height, x, y, theme }) {
    if (this.picked === null) return;
    const { places } = this.arrangement;
    const lines = new Path2D();
    for (const pair of this.picked) {
      for (const row of this.rows.membersOf(pair)) {
        line(lines, 0, y(places[row]), PICK, y(places[row]));
        line(lines, width - PICK, y(places[row]), width, y(places[row]));
        line(lines, x(places[row]), 0, x(places[row]), PICK);
        line(lines, x(places[row]), height - PICK, x(places[row]), height);
      }
    }
    outline(context, lines, theme.ink, theme.paper, Math.max(width / this.rows.size, 2));
  }

  /** A cross-hair that leaves the cell itself free. */
  drawMark(context, { first, second }, { width, height, x, y }) {
    const { places } = this.arrangement;
    const [left, right] = [x(places[second] - 0.5), x(places[second] + 0.5)];
    const [top, bottom] = [y(places[first] - 0.5), y(places[first] + 0.5)];
    const [across, down] = [(left + right) / 2, (top + bottom) / 2];
    const half = Math.max((right - left) / 2, 3) + 1;
    const lines = new Path2D();
    line(lines, 0, down, across - half, down);
    line(lines, across + half, down, width, down);
    line(lines, across, 0, across, down - half);
    line(lines, across, down + half, across, height);
    outline(context, lines, "white", "rgba(0,0,0,.6)", 1);
    const cell = new Path2D();
    cell.rect(across - half, down - half, 2 * half, 2 * half);
    outline(context, cell, "white", "black", 2);
  }

  // -- names of clusters ------------------------------------------------------------------------

  /**
   * Names stand right of the rows that they name, moved apart where they would overlap; where there is no
   * room, the numbers in the boxes are all.
   */
  annotate() {
    const { clusters, block } = this.arrangement;
    const room = this.nameRoom();
    if (clusters.length === 0 || room === 0 || !this.named) return { annotations: [] };
    const first = this.rows.blocks[block[0]].start;
    const middleOf = ({ start, end }) => first + (start + end - 1) / 2;
    const shown = clusters.filter((cluster) => this.isInHeight(middleOf(cluster)));
    const isTight = 2 * shown.length * NAME_HEIGHT > this.frame.height;
    const names = shown.map((cluster) => {
      const texts = isTight ? [linesOf(cluster).join(" ")] : linesOf(cluster);
      const lines = texts.map((text) => this.shorten(text, room));
      return { lines, middle: middleOf(cluster), height: lines.length * NAME_HEIGHT };
    });
    const shifts = spread(
      names.map(({ middle, height }) => ({ at: this.frame.y(middle), height })),
      this.frame.height,
    );
    const annotations = names.map(({ lines, middle }, index) => ({
      ...BESIDE,
      text: lines.map(plain).join("<br>"),
      align: "left",
      y: middle,
      ay: shifts[index],
      yanchor: "middle",
      showarrow: true,
      arrowhead: 0,
      arrowwidth: 1,
      arrowcolor: this.frame.theme.inkSoft,
      font: { color: this.frame.theme.ink },
    }));
    return { annotations, overhang: room };
  }

  isInHeight(place) {
    const y = this.frame.y(place);
    return y >= 0 && y <= this.frame.height;
  }

  /** Pixels for names right of the view, which the page gives where it is wide enough. */
  nameRoom() {
    const style = getComputedStyle(this.frame.element);
    return Number.parseFloat(style.getPropertyValue("--name-room")) || 0;
  }

  shorten(name, width) {
    const fits = (text) => this.frame.widthOf(text) <= width - NAME_PADDING;
    if (fits(name)) return name;
    let end = name.length;
    while (end > 1 && !fits(`${name.slice(0, end)}…`)) end--;
    return `${name.slice(0, end)}…`;
  }

  /** Pairs of the rows within the height of a place that is asked for, in pixels of the plot area. */
  pairsAt(isWithin) {
    const { items } = this.arrangement;
    const rows = [...items].filter((_, place) => isWithin(null, this.frame.y(place)));
    return [...new Set(rows.map((row) => this.rows.pairOf(row)))];
  }

  // -- pointer and keyboard ---------------------------------------------------------------------

  /** The mark of the cell at a place of the viewport. */
  markAt(event) {
    const values = this.frame.valuesAt(event);
    if (values === null) return null;
    const last = this.rows.size - 1;
    const [column, row] = [values.x, values.y].map((value) => clamp(Math.round(value), 0, last));
    return this.markOf(row, column);
  }

  markOf(row, column) {
    const { items } = this.arrangement;
    return { first: items[row], second: items[column] };
  }

  moveByKey(event) {
    const { places } = this.arrangement;
    const mark = this.selection.current;
    const place = mark ? [places[mark.first], places[mark.second]] : null;
    const moved = place ? this.placeAfter(event, place, mark) : this.firstPlace(event);
    if (!moved) return;
    event.preventDefault();
    this.selection.pin(this.markOf(...moved));
    this.frame.reveal(moved[1], moved[0]);
  }

  /** The first key shows the first pair. */
  firstPlace(event) {
    const { places } = this.arrangement;
    const first = this.arrangement.items[0];
    return /^(Arrow|Page|Home|End)/.test(event.key)
      ? [places[first], places[this.rows.partnerOf(first)]]
      : null;
  }

  placeAfter(event, [row, column], mark) {
    const last = this.rows.size - 1;
    const step = event.shiftKey ? PAGE : 1;
    const within = (place) => clamp(place, 0, last);
    const moves = {
      ArrowUp: [within(row - step), column],
      ArrowDown: [within(row + step), column],
      ArrowLeft: [row, within(column - step)],
      ArrowRight: [row, within(column + step)],
      PageUp: [within(row - PAGE), column],
      PageDown: [within(row + PAGE), column],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? last : row, last],
      Enter: [row, this.arrangement.places[this.rows.partnerOf(mark.first)]],
    };
    return moves[event.key];
  }
}

/**
 * How far labels must move so that none stands upon another: those that touch share the room about their
 * middle.
 *
 * @param {{at: number, height: number}[]} labels from top to bottom
 * @param {number} length from 0 to where the last label ends at the latest
 * @returns {number[]}
 */
function spread(labels, length) {
  const groups = [];
  const within = (group) => {
    group.wanted = Math.max(Math.min(group.wanted, length - group.height), 0);
    return group;
  };
  labels.forEach(({ at, height }, index) => {
    groups.push(within({ members: [index], wanted: at - height / 2, height }));
    while (
      groups.length > 1 &&
      groups.at(-2).wanted + groups.at(-2).height > groups.at(-1).wanted
    ) {
      const [above, below] = groups.splice(-2);
      const counts = [above.members.length, below.members.length];
      const wanted =
        (counts[0] * above.wanted + counts[1] * (below.wanted - above.height)) /
        (counts[0] + counts[1]);
      const members = [...above.members, ...below.members];
      groups.push(within({ members, wanted, height: above.height + below.height }));
    }
  });
  const shifts = [];
  for (const { members, wanted } of groups) {
    let top = wanted;
    for (const index of members) {
      shifts[index] = top + labels[index].height / 2 - labels[index].at;
      top += labels[index].height;
    }
  }
  return shifts;
}

function line(path, startX, startY, endX, endY) {
  path.moveTo(startX, startY);
  path.lineTo(endX, endY);
}

/** Stroke a path in one colour over a wider stroke in another, so that it is seen on any colour. */
function outline(context, path, colour, casing, width) {
  context.lineWidth = width + 2;
  context.strokeStyle = casing;
  context.stroke(path);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke(path);
}
