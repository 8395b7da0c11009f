/**
 * The points of a layout of thousands: which pair each belongs to, which lines stay inside a cluster.
 */

import { convexHull } from "./convex-hull.js";
import { Rows } from "./rows.js";

/** A layout with what its lines and clusters are. */
export class CloudPoints {
  /** @param {import("./contract.js").Layout} layout */
  constructor(layout) {
    const { modalities, counts, points } = layout;
    const ofPairs = points === "pairs";
    this.layout = layout;
    this.rows = ofPairs ? new Rows(["pair"], [layout.size]) : new Rows(modalities, counts);
    this.pairs = Math.max(...this.rows.counts);
    this.hasLines = !ofPairs;
    this.insides = Uint8Array.from({ length: this.pairs }, (_, pair) => this.staysInside(pair));
    this.sizes = sizesOf(layout);
  }

  staysInside(pair) {
    const { clusters } = this.layout;
    const [first, ...others] = this.rows.membersOf(pair);
    return clusters[first] >= 0 && others.every((row) => clusters[row] === clusters[first]);
  }

  /** Corners of the hull of each cluster: indices of points, computed when first asked for. */
  get hulls() {
    this.foundHulls ??= membersOf(this.layout, this.sizes).map((members) =>
      convexHull(members, this.layout.coordinates),
    );
    return this.foundHulls;
  }

  /**
   * A point as a mark: rows of both items of its pair as they are counted in the whole data set, so that a
   * mark outlives a change of layout.
   */
  markOf(point) {
    const pair = this.rows.pairOf(point);
    const [first] = this.layout.counts;
    return { first: pair, second: first + pair, item: this.hasLines ? point : undefined };
  }

  /** The point that a mark is at. */
  pointOf({ item, first }) {
    return this.hasLines ? (item ?? first) : first;
  }

  /** The pair that a mark is of. */
  pairOf({ first }) {
    return first;
  }

  /**
   * The point nearest to a place by a cost, -1 where none costs less than infinity. All ten thousand are
   * looked at: that takes a hundredth of a millisecond, less than keeping a grid of them would.
   *
   * @param {(x: number, y: number, point: number) => number} cost
   */
  cheapest(cost, coordinates = this.layout.coordinates) {
    const best = { point: -1, cost: Number.POSITIVE_INFINITY };
    for (let point = 0; point < this.layout.size; point++) {
      const own = cost(coordinates[2 * point], coordinates[2 * point + 1], point);
      if (own < best.cost) {
        best.point = point;
        best.cost = own;
      }
    }
    return best;
  }
}

function sizesOf({ clusters, clusterCount }) {
  const sizes = new Int32Array(clusterCount);
  for (const cluster of clusters) if (cluster >= 0) sizes[cluster]++;
  return sizes;
}

function membersOf({ clusters }, sizes) {
  const members = Array.from(sizes, () => []);
  clusters.forEach((cluster, point) => {
    if (cluster >= 0) members[cluster].push(point);
  });
  return members;
}
