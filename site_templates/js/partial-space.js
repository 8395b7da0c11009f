/**
 * Spaces of chosen pairs: a part of a stored space, or of the vectors of a data set of thousands.
 */

import { LeadingPair } from "./eigen.js";
import { closeGap, principalComponents } from "./geometry.js";
import { spaceOfPairs } from "./large-set.js";

/** Both ends of the gap, at which layouts are stored. */
const ENDS = [0, 1];

/**
 * A stored space with chosen pairs only; its layouts are those of all pairs, its clusterings are left out.
 *
 * @param {import("./contract.js").Space} space as many items of each modality
 * @param {number[]} pairs n of them
 * @returns {import("./contract.js").Space}
 */
export function partOfSpace(space, pairs) {
  const rows = rowsOf(space.counts, pairs);
  const similarity = new Float64Array(rows.length ** 2);
  rows.forEach((row, place) => {
    rows.forEach((column, at) => {
      similarity[place * rows.length + at] = space.similarity[row * space.size + column];
    });
  });
  return withComponents({
    ...space,
    counts: space.counts.map(() => pairs.length),
    size: rows.length,
    similarity,
    projections: space.projections
      .filter(({ method }) => method !== "pca")
      .map((projection) => partOfLayout(projection, rows)),
    clusterings: [],
  });
}

/**
 * Chosen pairs of a large data set as a space.
 *
 * @param {import("./contract.js").Vectors} vectors
 * @param {number[]} pairs n of them
 * @param {import("./contract.js").Layout[]} layouts of all items, at both ends of the gap
 * @returns {import("./contract.js").Space}
 */
export function partOfVectors(vectors, pairs, layouts) {
  const rows = rowsOf(vectors.counts, pairs);
  const space = spaceOfPairs(vectors, pairs);
  return withComponents({
    ...space,
    projections: layouts.map((layout) => partOfLayout(layout, rows)),
  });
}

function rowsOf(counts, pairs) {
  let start = 0;
  return counts.flatMap((count) => {
    const rows = pairs.map((pair) => start + pair);
    start += count;
    return rows;
  });
}

function partOfLayout({ method, share, coordinates, parameters }, rows) {
  const part = Float64Array.from({ length: 2 * rows.length }, (_, at) => {
    return coordinates[2 * rows[at >> 1] + (at % 2)];
  });
  return { method, share, coordinates: part, parameters };
}

/** The principal components of both ends belong to a space: axes and signs follow them. */
function withComponents(space) {
  const solver = new LeadingPair(space.size);
  const components = ENDS.map((share) => ({
    method: "pca",
    share,
    coordinates: principalComponents(closeGap(space.similarity, space.counts, share), { solver }),
    parameters: {},
  }));
  return { ...space, projections: [...components, ...space.projections] };
}
