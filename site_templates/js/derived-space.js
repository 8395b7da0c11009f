/**
 * The state that a figure shows: a data set in a model, its gap closed by a share, in a projection.
 */

import { LeadingPair } from "./eigen.js";
import {
  blockMeans,
  closeGap,
  contrastiveLosses,
  GeometryError,
  gapDistance,
  interpolate,
  principalComponents,
  rotateOnto,
} from "./geometry.js";

/**
 * @typedef {object} State valid until the next call of `derive`, which reuses its arrays
 * @property {number} share of the gap closed
 * @property {string | null} projection
 * @property {Float64Array} similarity (N, N)
 * @property {Float64Array | null} coordinates (N, 2), row after row
 * @property {boolean} interpolated whether the coordinates lie between computed layouts, or beyond them
 * @property {number} gap distance of the first two modalities' means
 * @property {{firstToSecond: number, secondToFirst: number, mean: number} | null} losses null without pairs
 */

/** All states of one space, derived in place: one for each figure that shows it. */
export class DerivedSpace {
  /**
   * @param {import("./contract.js").Space} space
   * @param {number} batchSize pairs in a batch of the losses
   */
  constructor(space, batchSize) {
    this.space = space;
    this.batchSize = batchSize;
    this.means = blockMeans(space.similarity, space.counts);
    this.similarity = new Float64Array(space.similarity.length);
    this.coordinates = new Float64Array(2 * space.size);
    this.solver = new LeadingPair(space.size);
    this.components = undefined;
    this.previous = undefined;
  }

  /** Projections that every share of the gap has: PCA, and those stored at both ends. */
  get projections() {
    const stored = this.space.projections.map(({ method }) => method);
    const both = stored.filter(
      (method) => method !== "pca" && this.end(method, 0) && this.end(method, 1),
    );
    return ["pca", ...new Set(both)];
  }

  /**
   * Everything a figure draws, at one share of the gap.
   *
   * @param {object} [state]
   * @param {number} [state.share] 0 as trained, 1 closed
   * @param {string | null} [state.projection] null where only the matrix is shown: then no coordinates
   * @param {boolean} [state.follow] turn the axes of PCA onto those of the call before, while dragging
   * @returns {State}
   */
  derive({ share = 0, projection = "pca", follow = false } = {}) {
    const { similarity, counts, logitScale } = this.space;
    closeGap(similarity, counts, share, this.similarity, this.means);
    const paired = counts.length > 1 && counts[0] === counts[1];
    return {
      share,
      projection,
      similarity: this.similarity,
      coordinates: projection === null ? null : this.project(share, projection, follow),
      interpolated: projection !== "pca" && share !== 0 && share !== 1,
      gap: gapDistance(this.similarity, counts),
      losses: paired
        ? contrastiveLosses(this.similarity, counts, logitScale, this.batchSize)
        : null,
    };
  }

  project(share, projection, follow) {
    if (projection === "pca") return this.projectOntoComponents(follow);
    const [first, second] = [this.end(projection, 0), this.end(projection, 1)];
    if (!first || !second) {
      const { dataset, model } = this.space;
      throw new GeometryError(`${dataset}/${model} has no ${projection} at both ends of the gap`);
    }
    return interpolate(first.coordinates, second.coordinates, share, this.coordinates);
  }

  projectOntoComponents(follow) {
    const { solver, components: start } = this;
    this.components = principalComponents(this.similarity, { start, solver });
    if (follow && this.previous) rotateOnto(this.components, this.previous, this.coordinates);
    else this.coordinates.set(this.components);
    this.previous = this.coordinates.slice();
    return this.coordinates;
  }

  end(method, share) {
    return this.space.projections.find((entry) => entry.method === method && entry.share === share);
  }
}
