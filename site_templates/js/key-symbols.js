/**
 * The key of a data set: which pairs something is true of, such as a planted fault, as rings of a shape for
 * each kind.
 */

import { element } from "./element.js";

/** Shapes of the kinds, as text and as outlines. */
const SHAPES = [
  { sign: "◯", trace: (path, x, y, r) => path.arc(x, y, r, 0, 2 * Math.PI) },
  { sign: "□", trace: (path, x, y, r) => path.rect(x - r, y - r, 2 * r, 2 * r) },
  { sign: "△", trace: (path, x, y, r) => polygon(path, x, y, 1.4 * r, 3) },
  { sign: "◇", trace: (path, x, y, r) => polygon(path, x, y, 1.4 * r, 4) },
];

/** Half the size of a ring in pixels: about a point, and about a cell. */
const RADIUS = { scatter: 8, heatmap: 5 };

/** Kinds of pairs of a data set, by the marks of its items. */
export class Key {
  /** @param {import("./contract.js").Items} items */
  constructor({ ids, marks }) {
    const places = new Map(ids.map((id, index) => [id, index]));
    this.kinds = [...marks].map(([name, marked], index) => ({
      name,
      shape: SHAPES[index % SHAPES.length],
      pairs: new Set(marked.map((id) => places.get(id))),
    }));
  }

  /** What the rings mean, and how many of each kind are shown. */
  legend(rows) {
    return this.kinds.map(({ name, shape, pairs }) => {
      const shown = shownPairs(rows).filter((pair) => pairs.has(rows.itemOf(pair))).length;
      return element("span", { class: "key-kind" }, `${shape.sign} ${name} (${shown})`);
    });
  }

  /** An overlay of a scatter: rings about all items of the pairs. */
  overScatter({ context, theme }, view) {
    const { rows } = view;
    for (const { shape, path } of this.traces()) {
      for (const pair of shownPairs(rows)) {
        if (!shape.pairs.has(rows.itemOf(pair))) continue;
        for (const row of rows.membersOf(pair)) {
          trace(path, shape.shape, ...view.placeOf(row), RADIUS.scatter);
        }
      }
      ring(context, path, theme.paper, theme.ink);
    }
  }

  /** An overlay of a matrix: rings about the cells at which the items of the pairs meet. */
  overHeatmap({ context, x, y }, { rows, arrangement: { places } }) {
    for (const { shape, path } of this.traces()) {
      for (const pair of shownPairs(rows)) {
        if (!shape.pairs.has(rows.itemOf(pair))) continue;
        const members = rows.membersOf(pair);
        for (const [row, column] of members.flatMap((one) =>
          members.map((other) => [one, other]),
        )) {
          if (row !== column)
            trace(path, shape.shape, x(places[column]), y(places[row]), RADIUS.heatmap);
        }
      }
      ring(context, path, "black", "white");
    }
  }

  traces() {
    return this.kinds.map((shape) => ({ shape, path: new Path2D() }));
  }
}

/** Pairs are the rows of the first modality. */
function shownPairs(rows) {
  return Array.from({ length: rows.counts[0] }, (_, pair) => pair);
}

function trace(path, shape, x, y, radius) {
  const outline = new Path2D();
  shape.trace(outline, x, y, radius);
  path.addPath(outline);
}

function ring(context, path, casing, colour) {
  context.lineWidth = 4;
  context.strokeStyle = casing;
  context.stroke(path);
  context.lineWidth = 2;
  context.strokeStyle = colour;
  context.stroke(path);
}

function polygon(path, x, y, radius, corners) {
  for (let corner = 0; corner < corners; corner++) {
    const angle = -Math.PI / 2 + (2 * Math.PI * corner) / corners;
    path.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  path.closePath();
}
