/**
 * Gap and loss of a group of pairs against the others: both depend on how many pairs there are, so they
 * are means over batches of equal size, drawn from either side.
 */

import { contrastiveLosses, gapDistance } from "./geometry.js";
import { generator, sample } from "./random.js";

/** Batches that are drawn from each side. */
export const BATCHES = 20;

/** Fewer pairs than this on a side have no loss: nothing competes with the pair itself. */
const FEWEST = 2;

/**
 * @typedef {object} Measures means over the batches
 * @property {number} gap distance of the first two modalities' means
 * @property {number} loss mean of both directions in nats
 */

/**
 * Measures of a group of pairs and of all others.
 *
 * @param {object} options
 * @param {Float64Array} options.similarity (N, N)
 * @param {number[]} options.counts as many items of each modality
 * @param {Set<number>} options.group pairs
 * @param {number} options.logitScale
 * @param {number} options.batchSize largest size of a batch
 * @returns {{size: number, group: Measures, others: Measures} | null} size of each batch; null where one
 *   side has less than two pairs
 */
export function compareGroup({ similarity, counts, group, logitScale, batchSize }) {
  const pairs = Array.from({ length: counts[0] }, (_, pair) => pair);
  const others = pairs.filter((pair) => !group.has(pair));
  const size = Math.min(batchSize, group.size, others.length);
  if (size < FEWEST) return null;
  const measure = (side) => {
    const random = generator();
    // All of a side make one batch: drawing them again and again would change nothing.
    const count = side.length === size ? 1 : BATCHES;
    const means = { gap: 0, loss: 0 };
    for (let batch = 0; batch < count; batch++) {
      const { gap, loss } = measurePairs(
        sample(side, size, random),
        similarity,
        counts,
        logitScale,
      );
      means.gap += gap / count;
      means.loss += loss / count;
    }
    return means;
  };
  const inside = pairs.filter((pair) => group.has(pair));
  return { size, group: measure(inside), others: measure(others) };
}

/** Of the first two modalities. */
function measurePairs(pairs, similarity, counts, logitScale) {
  const width = counts.reduce((sum, count) => sum + count, 0);
  const rows = [...pairs, ...pairs.map((pair) => counts[0] + pair)];
  const part = new Float64Array(rows.length ** 2);
  rows.forEach((row, place) => {
    rows.forEach((column, at) => {
      part[place * rows.length + at] = similarity[row * width + column];
    });
  });
  const sizes = [pairs.length, pairs.length];
  return {
    gap: gapDistance(part, sizes),
    loss: contrastiveLosses(part, sizes, logitScale, pairs.length).mean,
  };
}
