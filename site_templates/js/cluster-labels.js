/**
 * Names of clusters in a scatter, each at the middle of its points, none upon another.
 */

import { FONT_SIZE } from "./chart-layout.js";

/** Height of a line of text, and room around a label, in pixels. */
const LINE = 15;
const ROOM = 3;

/** In plots narrower than this, numbers stand for names. */
const NARROW = 380;

/** How far from the middle of its cluster a label may stand, in pixels, and in how many directions. */
const DISTANCES = [0, 8, 14, 20, 26, 32];
const DIRECTIONS = 8;

/**
 * @typedef {object} Label
 * @property {string[]} lines
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 */

/**
 * An overlay of a scatter that names the clusters of an arrangement.
 *
 * @param {() => import("./arrangement.js").Arrangement | null} arrangement null shows no names
 * @returns {(canvas: import("./frame.js").Canvas, view: import("./scatter.js").Scatter) => void}
 */
export function clusterLabels(arrangement) {
  return ({ context, width, height, theme }, view) => {
    const arranged = arrangement();
    if (arranged === null) return;
    context.font = `600 ${FONT_SIZE}px ${theme.font}`;
    const wanted = arranged.clusters.map((cluster) => {
      const lines = width < NARROW ? [`${cluster.number}`] : linesOf(cluster);
      const widths = lines.map((line) => context.measureText(line).width);
      return { lines, width: Math.max(...widths), ...middleOf(cluster, arranged, view) };
    });
    drawLabels({ context, width, height, theme }, wanted);
  };
}

/**
 * Draw labels in the canvas's font where they find a place.
 *
 * @param {import("./frame.js").Canvas} canvas
 * @param {{lines: string[], width: number, x: number, y: number, size: number}[]} wanted
 */
export function drawLabels({ context, width, height, theme }, wanted) {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = theme.paper;
  context.fillStyle = theme.ink;
  for (const label of placeLabels(wanted, { width, height })) drawLabel(context, label);
}

/** "3 red apple," and "hot dog": a name of two parts stands in two lines. */
export function linesOf({ number, name }) {
  const parts = name.split(/(?<=,) /u);
  return [`${number} ${parts[0]}`, ...parts.slice(1)];
}

/** The middle of the items that were clustered: of the first modality of the block. */
function middleOf({ start, end }, { items, block }, view) {
  const first = view.rows.blocks[block[0]].start;
  let [x, y] = [0, 0];
  for (let place = first + start; place < first + end; place++) {
    const [across, down] = view.placeOf(items[place]);
    x += across / (end - start);
    y += down / (end - start);
  }
  return { x, y, size: end - start };
}

/**
 * Places for labels: the largest cluster first, each as near to its middle as those before allow; one that
 * has no place is left out.
 *
 * @param {{lines: string[], width: number, x: number, y: number, size: number}[]} wanted
 * @param {{width: number, height: number}} area
 * @returns {Label[]}
 */
export function placeLabels(wanted, area) {
  const placed = [];
  for (const label of wanted.toSorted((one, other) => other.size - one.size)) {
    const boxes = placesAround(label).flatMap((place) => boxOf(label, place, area) ?? []);
    const free = boxes.find((box) => placed.every((other) => !overlap(box, other)));
    if (free) placed.push({ ...free, lines: label.lines });
  }
  return placed;
}

/** Places about the middle of a cluster, the nearest first. */
function placesAround({ x, y }) {
  return DISTANCES.flatMap((distance) =>
    Array.from({ length: distance === 0 ? 1 : DIRECTIONS }, (_, direction) => {
      const angle = (2 * Math.PI * direction) / DIRECTIONS;
      return { x: x + distance * Math.cos(angle), y: y + distance * Math.sin(angle) };
    }),
  );
}

/** A box about a place, moved sideways into the area; null where it leaves it upwards or downwards. */
function boxOf({ lines, width }, { x, y }, area) {
  const height = lines.length * LINE;
  const left = Math.min(Math.max(x - width / 2, ROOM), area.width - width - ROOM);
  const top = y - height / 2;
  const isInside = top >= ROOM && top + height <= area.height - ROOM && left >= 0;
  return isInside ? { left, top, width, height } : null;
}

function overlap(one, other) {
  return (
    one.left < other.left + other.width + ROOM &&
    other.left < one.left + one.width + ROOM &&
    one.top < other.top + other.height + ROOM &&
    other.top < one.top + one.height + ROOM
  );
}

function drawLabel(context, { lines, left, top, width }) {
  lines.forEach((line, index) => {
    const at = [left + width / 2, top + (index + 0.5) * LINE];
    context.strokeText(line, ...at);
    context.fillText(line, ...at);
  });
}
