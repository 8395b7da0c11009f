/**
 * Clusters of pairs by any block of a similarity matrix, made where the reader is: any number of them, of
 * any pairs.
 *
 * Rules are those of `precompute/clusters.py`: within a modality items are compared by angle; between two
 * a pair is described by the similarities of its first item to all second ones, and these rows are compared
 * as vectors. Groups of captions are named alike.
 */

import { nameClusters } from "./captions.js";
import { cutTree, growTree, keepsTogether, orderLeaves } from "./dendrogram.js";
import { blocks } from "./geometry.js";

/** Trees over the pairs of a space: grown once for a block, cut as often as the number changes. */
export class PairClusters {
  /**
   * @param {object} options
   * @param {import("./contract.js").Space} options.space as many items of each modality
   * @param {string[]} options.captions (n,)
   * @param {Set<string>} options.stopWords
   * @param {Set<string>} [options.shared] words that the captions were chosen by
   * @param {string} options.linkage
   */
  constructor({ space, captions, stopWords, shared, linkage }) {
    Object.assign(this, { space, captions, stopWords, shared, linkage });
    this.trees = new Map();
  }

  /**
   * At most so many clusters by one block.
   *
   * @param {[string, string]} block names of modalities
   * @param {number} count
   * @returns {import("./contract.js").Clustering}
   */
  of(block, count) {
    const { tree, order } = this.treeOf(block);
    const labels = cutTree(tree, count, order);
    return {
      block,
      rule: ruleOf(block),
      linkage: this.linkage,
      order,
      labels,
      names: nameClusters(this.captions, labels, this.stopWords, this.shared),
    };
  }

  treeOf(block) {
    const name = block.join("-");
    if (!this.trees.has(name)) {
      const distances = pairDistances(this.space, block);
      const tree = growTree(distances, this.space.counts[0], this.linkage);
      const order = this.storedOrder(name, tree) ?? orderLeaves(tree, distances);
      this.trees.set(name, { tree, order });
    }
    return this.trees.get(name);
  }

  /** The order that the space brings along, so that a matrix looks alike wherever it is shown. */
  storedOrder(name, tree) {
    const stored = this.space.clusterings.find(({ block }) => block.join("-") === name);
    return stored && keepsTogether(tree, stored.order) ? stored.order : undefined;
  }
}

function ruleOf([first, second]) {
  return first === second ? "angular distance of items" : "Euclidean distance of rows";
}

/**
 * Distances of pairs by a block of their similarities.
 *
 * @param {import("./contract.js").Space} space
 * @param {[string, string]} block
 * @returns {Float64Array} (n, n)
 */
function pairDistances({ similarity, counts, modalities, size }, block) {
  const rows = blocks(counts);
  const [first, second] = block.map((name) => rows[modalities.indexOf(name)].start);
  const count = counts[0];
  const distances = new Float64Array(count * count);
  const between = block[0] === block[1] ? angle : rowDistance;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const distance = between(similarity, {
        one: (first + i) * size + second,
        other: (first + j) * size + second,
        column: j,
        count,
      });
      distances[i * count + j] = distance;
      distances[j * count + i] = distance;
    }
  }
  return distances;
}

/** Angle in radians between two items of a modality. */
function angle(similarity, { one, column }) {
  return Math.acos(Math.min(Math.max(similarity[one + column], -1), 1));
}

/** Euclidean distance of two rows of a block. */
function rowDistance(similarity, { one, other, count }) {
  let squares = 0;
  for (let column = 0; column < count; column++) {
    const difference = similarity[one + column] - similarity[other + column];
    squares += difference * difference;
  }
  return Math.sqrt(squares);
}

/**
 * Blocks that pairs can be clustered by: each modality, then each two of them.
 *
 * @param {string[]} modalities
 * @returns {[string, string][]}
 */
export function blocksOf(modalities) {
  const within = modalities.map((name) => [name, name]);
  const between = modalities.flatMap((first, index) =>
    modalities.slice(index + 1).map((second) => [first, second]),
  );
  return [...within, ...between];
}
