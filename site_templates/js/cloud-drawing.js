/**
 * Draws a cloud of thousands of points and lines into a canvas.
 *
 * Marks go into paths of fifty: one path of all takes a browser ten times as long, and lines of one path do
 * not add up where they cross, so that density would not show. Modalities take turns, or the last would hide
 * the others.
 */

/** Marks in a path. */
const BATCH = 50;

/** Radius of a point in pixels: of the whole cloud, and the largest when zoomed in. */
const RADIUS = 1.5;
const LARGEST_RADIUS = 3.2;

/** Opacity of a line of the whole cloud, and the most when zoomed in. */
const LINE_OPACITY = { plain: 0.07, between: 0.06, inside: 0.14 };
const MOST_OPACITY = 0.5;

const POINT_OPACITY = 0.85;

/** What is left of the opacity of what does not stand out, and by how much more the rest is seen. */
const FADED = { lines: 0.25, points: 0.14 };
const RAISED = { lines: 5, radius: 1.5 };

/**
 * @typedef {object} Scene what is drawn
 * @property {import("./cloud-points.js").CloudPoints} points
 * @property {ArrayLike<number>} coordinates (M, 2) where they are shown
 * @property {"plain" | "coloured" | "inside" | "between" | "none"} lines
 * @property {boolean} outlines whether clusters are outlined
 * @property {Uint8Array | null} matches for each pair whether it stands out; null where all are alike
 * @property {number} zoom how many times longer the whole axis is than what is shown of it
 */

/**
 * Draw a scene.
 *
 * @param {import("./frame.js").Canvas} canvas
 * @param {Scene} scene
 */
export function drawCloud(canvas, scene) {
  const places = placesOf(canvas, scene);
  if (scene.points.hasLines) {
    for (const group of lineGroups(scene, canvas.theme)) drawLines(canvas, scene, places, group);
  }
  if (scene.matches) drawPoints(canvas, scene, places, 0, POINT_OPACITY * FADED.points);
  drawPoints(canvas, scene, places, 1, POINT_OPACITY);
  canvas.context.globalAlpha = 1;
  if (scene.outlines) drawOutlines(canvas, scene, places);
}

/** Radius of points in pixels. */
export function radiusOf(zoom) {
  return Math.min(RADIUS * Math.sqrt(zoom), LARGEST_RADIUS);
}

/** Pixels (M, 2) of all points. */
function placesOf({ x, y }, { coordinates }) {
  const places = new Float32Array(coordinates.length);
  const [left, top] = [x(0), y(0)];
  const [across, down] = [x(1) - left, y(1) - top];
  for (let at = 0; at < places.length; at += 2) {
    places[at] = left + across * coordinates[at];
    places[at + 1] = top + down * coordinates[at + 1];
  }
  return places;
}

// -- lines --------------------------------------------------------------------------------------

/** Which lines are drawn how, the lowest first. */
function lineGroups({ lines, matches, zoom }, theme) {
  const kinds = { plain: ["plain"], coloured: ["between", "inside"], none: [] }[lines] ?? [lines];
  const steps = matches ? [0, 1] : [1];
  return steps.flatMap((matched) =>
    kinds.map((kind) => {
      const factor = !matches ? 1 : matched ? RAISED.lines : FADED.lines;
      return {
        kind,
        matched,
        colour: kind === "inside" ? theme.accent : theme.inkSoft,
        opacity: Math.min(LINE_OPACITY[kind] * factor * zoom, MOST_OPACITY),
        width: kind === "inside" ? 1 : 0.75,
      };
    }),
  );
}

function drawLines(canvas, { points, matches }, places, { kind, matched, ...style }) {
  const { context } = canvas;
  context.strokeStyle = style.colour;
  context.globalAlpha = style.opacity;
  context.lineWidth = style.width;
  const path = new Batch(
    () => context.beginPath(),
    () => context.stroke(),
  );
  for (let pair = 0; pair < points.pairs; pair++) {
    if (kind !== "plain" && points.insides[pair] !== Number(kind === "inside")) continue;
    if (matches && matches[pair] !== matched) continue;
    drawLine(canvas, points.rows.blocks, pair, places, path);
  }
  path.end();
}

/** A line through the items of a pair, unless all of it lies beyond one edge. */
function drawLine({ context, width, height }, blocks, pair, places, path) {
  for (let index = 1; index < blocks.length; index++) {
    const [from, to] = [2 * (blocks[index - 1].start + pair), 2 * (blocks[index].start + pair)];
    if (beyond(places[from], places[to], width)) continue;
    if (beyond(places[from + 1], places[to + 1], height)) continue;
    path.next();
    context.moveTo(places[from], places[from + 1]);
    context.lineTo(places[to], places[to + 1]);
  }
}

function beyond(one, other, end) {
  return (one < 0 && other < 0) || (one > end && other > end);
}

// -- points -------------------------------------------------------------------------------------

/** Points of the pairs that match, or of those that do not: discs, and squares for later modalities. */
function drawPoints({ context, width, height, theme }, scene, places, matched, opacity) {
  const { points, matches, zoom } = scene;
  const radius = radiusOf(zoom) + (matches && matched ? RAISED.radius : 0);
  const { blocks, modalities } = points.rows;
  const colours = modalities.map((name) => theme.modality(name));
  context.globalAlpha = opacity;
  context.lineWidth = 2 * radius;
  context.lineCap = "round";
  for (let from = 0; from < points.pairs; from += BATCH) {
    blocks.forEach(({ start, end }, modality) => {
      const shape = modality === 0 ? disc : square;
      const last = Math.min(start + from + BATCH, end);
      context.beginPath();
      for (let point = start + from; point < last; point++) {
        if (matches && matches[point - start] !== matched) continue;
        const [x, y] = [places[2 * point], places[2 * point + 1]];
        if (x > -radius && x < width + radius && y > -radius && y < height + radius) {
          shape(context, x, y, radius);
        }
      }
      fillShapes(context, modality, colours[modality]);
    });
  }
  context.lineCap = "butt";
}

/** A stroke of almost no length: its round ends make a disc faster than an arc does. */
function disc(context, x, y) {
  context.moveTo(x, y);
  context.lineTo(x + 0.01, y);
}

function square(context, x, y, radius) {
  context.rect(x - 0.875 * radius, y - 0.875 * radius, 1.75 * radius, 1.75 * radius);
}

function fillShapes(context, modality, colour) {
  if (modality === 0) {
    context.strokeStyle = colour;
    context.stroke();
  } else {
    context.fillStyle = colour;
    context.fill();
  }
}

// -- clusters -----------------------------------------------------------------------------------

/** Hulls over all points, on an edge of paper. */
function drawOutlines({ context, theme }, { points }, places) {
  for (const corners of points.hulls) {
    context.beginPath();
    for (const corner of corners) context.lineTo(places[2 * corner], places[2 * corner + 1]);
    context.closePath();
    context.strokeStyle = theme.paper;
    context.lineWidth = 3.5;
    context.stroke();
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.25;
    context.stroke();
  }
}

/** Ends a path and begins another whenever it is full. */
class Batch {
  constructor(begin, end) {
    Object.assign(this, { begin, finish: end, count: 0 });
    begin();
  }

  next() {
    if (++this.count % BATCH !== 0) return;
    this.finish();
    this.begin();
  }

  end() {
    this.finish();
  }
}
