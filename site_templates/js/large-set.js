/**
 * Chosen pairs of a data set of thousands: the matrix of their similarities, from their vectors.
 *
 * Vectors are stored in 8 bits a component, so that similarities are off by up to `vectors.error`.
 */

/**
 * Cosine similarities of chosen items.
 *
 * @param {import("./contract.js").Vectors} vectors of N items
 * @param {ArrayLike<number>} rows m of the items, 0 to N - 1, in any order
 * @returns {Float64Array} (m, m), row after row
 */
export function similarityOfRows(vectors, rows) {
  const count = rows.length;
  const units = unitRows(vectors, rows);
  const matrix = new Float64Array(count * count);
  for (let row = 0; row < count; row++) {
    matrix[row * count + row] = 1;
    for (let column = row + 1; column < count; column++) {
      const similarity = product(units, row, column, vectors.dimensions);
      matrix[row * count + column] = similarity;
      matrix[column * count + row] = similarity;
    }
  }
  return matrix;
}

/**
 * Chosen pairs as a space of their own, from which every state follows as from a stored one.
 *
 * @param {import("./contract.js").Vectors} vectors of pairs: as many items of each modality
 * @param {number[]} pairs n of them, in any order
 * @returns {import("./contract.js").Space} without stored projections and clusterings
 */
export function spaceOfPairs(vectors, pairs) {
  const { dataset, model, modalities, logitScale } = vectors;
  let first = 0;
  const rows = vectors.counts.flatMap((count) => {
    const start = first;
    first += count;
    return pairs.map((pair) => start + pair);
  });
  return {
    kind: "space",
    dataset,
    model,
    modalities,
    counts: modalities.map(() => pairs.length),
    size: rows.length,
    logitScale,
    similarity: similarityOfRows(vectors, rows),
    projections: [],
    clusterings: [],
  };
}

/** The vectors (m, d) of chosen rows, of length 1. */
function unitRows({ steps, scales, dimensions }, rows) {
  const units = new Float64Array(rows.length * dimensions);
  for (let row = 0, at = 0; row < rows.length; row++) {
    const from = rows[row] * dimensions;
    for (let k = 0; k < dimensions; k++, at++) units[at] = steps[from + k] * scales[rows[row]];
  }
  return units;
}

/** Scalar product of two rows; four sums side by side, as one would wait for itself. */
function product(units, one, other, dimensions) {
  let [a, b] = [one * dimensions, other * dimensions];
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const end = a + dimensions;
  for (; a + 3 < end; a += 4, b += 4) {
    first += units[a] * units[b];
    second += units[a + 1] * units[b + 1];
    third += units[a + 2] * units[b + 2];
    fourth += units[a + 3] * units[b + 3];
  }
  for (; a < end; a++, b++) first += units[a] * units[b];
  return first + second + third + fourth;
}
