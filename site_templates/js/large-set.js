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
  const { dimensions, scales } = vectors;
  const count = rows.length;
  const chosen = stepsOf(vectors, rows);
  const matrix = new Float64Array(count * count);
  for (let row = 0; row < count; row++) {
    matrix[row * count + row] = 1;
    for (let column = row + 1; column < count; column++) {
      const whole = product(chosen, row, column, dimensions);
      const similarity = whole * (scales[rows[row]] * scales[rows[column]]);
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

/** The whole numbers (m, d) of chosen rows, which 32 bits hold exactly and multiply fast. */
function stepsOf({ steps, dimensions }, rows) {
  const chosen = new Float32Array(rows.length * dimensions);
  for (let row = 0; row < rows.length; row++) {
    const from = rows[row] * dimensions;
    chosen.set(steps.subarray(from, from + dimensions), row * dimensions);
  }
  return chosen;
}

/** Scalar product of two rows; four sums side by side, as one would wait for itself. */
function product(steps, one, other, dimensions) {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let a = one * dimensions;
  let b = other * dimensions;
  const end = a + dimensions;
  for (; a + 3 < end; a += 4, b += 4) {
    first += steps[a] * steps[b];
    second += steps[a + 1] * steps[b + 1];
    third += steps[a + 2] * steps[b + 2];
    fourth += steps[a + 3] * steps[b + 3];
  }
  for (; a < end; a++, b++) first += steps[a] * steps[b];
  return first + second + third + fourth;
}
