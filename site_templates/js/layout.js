/**
 * Where the items of a figure stand in the plane, and what its axes are.
 */

import { rotateOnto } from "./geometry.js";
import { percent } from "./numbers.js";

/** Room beyond the outermost item, as a share of the half range; `article/pictures.py` keeps to it. */
const PADDING = 1.06;

/** Cosine of the angle up to which an axis still counts as the component itself. */
const ALIGNED = 0.999;

const TITLES = { pca: "PCA", tsne: "t-SNE", umap: "UMAP" };

/** Name of a projection for readers. */
export function projectionTitle(projection) {
  return TITLES[projection] ?? projection;
}

/**
 * Ranges that hold a projection of a space at both ends of the gap, and so between them: fixed while the
 * gap is closed.
 *
 * @param {import("./contract.js").Space} space
 * @param {string} projection
 * @returns {{x: [number, number], y: [number, number]}}
 */
export function fixedRanges(space, projection) {
  const ends = space.projections.filter(({ method }) => method === projection);
  const [x, y] = [0, 1].map((axis) =>
    ends.flatMap(({ coordinates }) => [...coordinates.filter((_, at) => at % 2 === axis)]),
  );
  if (projection === "pca") {
    // About the centre and by the distance from it, which no turn of the plane changes.
    const half = PADDING * Math.max(...x.map((value, at) => Math.hypot(value, y[at])));
    return { x: [-half, half], y: [-half, half] };
  }
  const [middleX, middleY] = [x, y].map(
    (values) => (Math.min(...values) + Math.max(...values)) / 2,
  );
  const extents = [x, y].map((values) => Math.max(...values) - Math.min(...values));
  const half = (PADDING * Math.max(...extents)) / 2;
  return { x: [middleX - half, middleX + half], y: [middleY - half, middleY + half] };
}

/** Principal components keep their place on the screen while a state changes. */
export class Layout {
  constructor() {
    /** @type {Float64Array | null} coordinates shown last */
    this.previous = null;
    /** @type {string | undefined} */
    this.projection = undefined;
    /** Side, -1 or 1, on which the first modality stood while other pairs were shown. */
    this.side = undefined;
  }

  /** Begin anew with other pairs; the modalities stay on their sides. */
  forget(count) {
    if (this.previous && this.projection === "pca") this.side = sideOf(this.previous, count);
    this.previous = null;
    this.projection = undefined;
  }

  /**
   * Coordinates to show for a derived state: those of PCA turned onto the ones shown before, or, where a
   * model or projection begins, onto the stored ones of the nearer end of the gap.
   *
   * @param {import("./contract.js").Space} space
   * @param {import("./derived-space.js").State} derived with the axes of PCA as they come
   * @param {boolean} continues whether only the share of the gap has changed
   * @returns {Float64Array} (N, 2)
   */
  place(space, derived, continues) {
    const { coordinates, projection, share } = derived;
    let placed = coordinates;
    if (projection === "pca") {
      const reference = continues ? this.previous : this.beginning(space, share);
      placed = reference ? rotateOnto(coordinates, reference) : coordinates;
    }
    this.previous = placed.slice();
    this.projection = projection;
    return placed;
  }

  /** Stored components, each pointing the way it did in the model shown before. */
  beginning(space, share) {
    const end = share < 0.5 ? 0 : 1;
    const stored = space.projections.find((entry) => entry.method === "pca" && entry.share === end);
    if (!stored || !this.previous || this.projection !== "pca") {
      return stored && this.onItsSide(stored.coordinates, space.counts[0]);
    }
    const products = axisProducts(stored.coordinates, this.previous);
    const signs = [products[0][0] < 0 ? -1 : 1, products[1][1] < 0 ? -1 : 1];
    return stored.coordinates.map((value, at) => signs[at % 2] * value);
  }

  /** Coordinates mirrored, if need be, so that the first modality keeps its side. */
  onItsSide(coordinates, count) {
    const isOther = this.side !== undefined && this.side !== sideOf(coordinates, count);
    return isOther ? coordinates.map((value, at) => (at % 2 === 0 ? -value : value)) : coordinates;
  }
}

/** Whether the first `count` items stand left (-1) or right (1) of the middle, on average. */
function sideOf(coordinates, count) {
  let total = 0;
  for (let item = 0; item < count; item++) total += coordinates[2 * item];
  return total < 0 ? -1 : 1;
}

/**
 * The axes of a layout.
 *
 * @param {import("./derived-space.js").State} derived
 * @param {Float64Array} placed the coordinates shown
 * @param {{x: [number, number], y: [number, number]}} ranges
 */
export function layoutAxes(derived, placed, ranges) {
  if (derived.projection !== "pca") {
    const title = projectionTitle(derived.projection);
    return {
      x: { range: ranges.x, title: `${title} 1` },
      y: { range: ranges.y, title: `${title} 2` },
    };
  }
  const [first, second] = areComponents(placed, derived.coordinates)
    ? ["first principal component", "second principal component"]
    : ["plane of the first two principal components", "turned to follow the slider"];
  return {
    x: { range: ranges.x, title: first, ticks: ticksOf(ranges.x) },
    y: { range: ranges.y, title: second, ticks: ticksOf(ranges.y) },
  };
}

/** Whether the axes shown are the components themselves, apart from their signs. */
export function areComponents(placed, components) {
  const products = axisProducts(placed, components);
  const lengths = (coordinates) => axisProducts(coordinates, coordinates);
  return [0, 1].every((axis) => {
    const length = Math.sqrt(lengths(placed)[axis][axis] * lengths(components)[axis][axis]);
    return Math.abs(products[axis][axis]) >= ALIGNED * length;
  });
}

function axisProducts(one, other) {
  const products = [
    [0, 0],
    [0, 0],
  ];
  for (let at = 0; at < one.length; at++) {
    for (let axis = 0; axis < 2; axis++) {
      products[at % 2][axis] += one[at] * other[at - (at % 2) + axis];
    }
  }
  return products;
}

function ticksOf([, half]) {
  const step = half < 0.5 ? 0.25 : 0.5;
  return [-step, 0, step].map((at) => ({ at, text: String(at).replace("-", "−") }));
}

/**
 * What the reader should know of a layout.
 *
 * @param {import("./derived-space.js").State} derived
 */
export function layoutNote(derived) {
  if (derived.projection === "pca") {
    return `${percent(varianceShare(derived))} of the variance in this plane`;
  }
  if (!derived.interpolated) return "computed for this state";
  if (derived.share > 1) return "the layout of the closed gap; none is computed beyond";
  return `between the two computed layouts, ${percent(derived.share)} of the way`;
}

/** Share of the variance in the plane: the coordinates' against the trace of the centred matrix. */
export function varianceShare({ coordinates, similarity }) {
  const size = coordinates.length / 2;
  let total = 0;
  for (const value of similarity) total += value;
  const variance = size - total / size;
  let inPlane = 0;
  for (const value of coordinates) inPlane += value * value;
  return variance > 0 ? inPlane / variance : 1;
}
