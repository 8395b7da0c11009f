/**
 * Agglomerative clustering: a tree over distances, cut into clusters, its leaves in the best order.
 *
 * What `scipy.cluster.hierarchy` makes of the same distances by `linkage`, `fcluster` with the criterion
 * "maxclust", and `optimal_leaf_ordering` (Bar-Joseph et al. 2001), tested against it.
 */

/** Distance of a cluster to the union of two others, of `sizeA` and `sizeB` leaves. */
const LINKAGES = {
  complete: (a, b) => Math.max(a, b),
  single: (a, b) => Math.min(a, b),
  average: (a, b, sizeA, sizeB) => (sizeA * a + sizeB * b) / (sizeA + sizeB),
};

/**
 * @typedef {object} Tree of n leaves, which are nodes 0 to n - 1
 * @property {number} size n
 * @property {[number, number][]} children (n - 1,) both parts of node n + k
 * @property {Float64Array} heights (n - 1,) distance of the parts, rising
 */

/**
 * Merge the nearest clusters until one is left.
 *
 * @param {Float64Array} distances (n, n), symmetric
 * @param {number} size n
 * @param {string} [linkage] complete, single or average
 * @returns {Tree}
 */
export function growTree(distances, size, linkage = "complete") {
  const combine = LINKAGES[linkage];
  if (!combine) throw new RangeError(`unknown linkage "${linkage}"`);
  const merges = nearestNeighbourChain(distances.slice(), size, combine);
  merges.sort((one, other) => one.height - other.height);
  return numberNodes(merges, size);
}

/** Follow nearest neighbours until two are each other's, merge them, go on from before (Müllner 2011). */
function nearestNeighbourChain(distances, size, combine) {
  const sizes = new Float64Array(size).fill(1);
  const merges = [];
  const chain = [];
  while (merges.length < size - 1) {
    if (chain.length === 0) chain.push(sizes.findIndex((count) => count > 0));
    const [last, before] = [chain.at(-1), chain.at(-2)];
    const { nearest, height } = nearestTo(last, before, distances, sizes);
    if (nearest !== before) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    const [gone, kept] = last < before ? [last, before] : [before, last];
    merges.push({ parts: [gone, kept], height });
    join(gone, kept, distances, sizes, combine);
  }
  return merges;
}

/** The nearest cluster; of equally near ones that before it in the chain, which ends the chain. */
function nearestTo(cluster, before, distances, sizes) {
  const size = sizes.length;
  let nearest = before;
  let height = before === undefined ? Number.POSITIVE_INFINITY : distances[cluster * size + before];
  for (let other = 0; other < size; other++) {
    const distance = distances[cluster * size + other];
    if (other !== cluster && sizes[other] > 0 && distance < height) {
      nearest = other;
      height = distance;
    }
  }
  return { nearest, height };
}

function join(gone, kept, distances, sizes, combine) {
  const size = sizes.length;
  for (let other = 0; other < size; other++) {
    if (sizes[other] === 0 || other === gone || other === kept) continue;
    const [a, b] = [distances[gone * size + other], distances[kept * size + other]];
    const distance = combine(a, b, sizes[gone], sizes[kept]);
    distances[kept * size + other] = distance;
    distances[other * size + kept] = distance;
  }
  sizes[kept] += sizes[gone];
  sizes[gone] = 0;
}

/** Merges of leaves that stand for their clusters become nodes, in the order of their heights. */
function numberNodes(merges, size) {
  const parents = Int32Array.from({ length: 2 * size - 1 }, (_, node) => node);
  const rootOf = (leaf) => {
    let node = leaf;
    while (parents[node] !== node) node = parents[node];
    return node;
  };
  const children = merges.map(({ parts }, merge) => {
    const roots = parts.map(rootOf).sort((one, other) => one - other);
    for (const root of roots) parents[root] = size + merge;
    return roots;
  });
  return { size, children, heights: Float64Array.from(merges, ({ height }) => height) };
}

/**
 * A cut through a tree that leaves at most `count` clusters; fewer where merges are equally high.
 *
 * @param {Tree} tree
 * @param {number} count
 * @param {Int32Array} order (n,) leaves, along which clusters are numbered from 0
 * @returns {Int32Array} (n,) cluster of each leaf
 */
export function cutTree({ size, children, heights }, count, order) {
  const threshold = count < size ? heights[size - count - 1] : Number.NEGATIVE_INFINITY;
  const roots = Int32Array.from({ length: 2 * size - 1 }, (_, node) => node);
  for (let merge = size - 2; merge >= 0; merge--) {
    const within = heights[merge] <= threshold;
    for (const child of children[merge]) roots[child] = within ? roots[size + merge] : child;
  }
  const numbers = new Map();
  const labels = new Int32Array(size);
  for (const leaf of order) {
    if (!numbers.has(roots[leaf])) numbers.set(roots[leaf], numbers.size);
    labels[leaf] = numbers.get(roots[leaf]);
  }
  return labels;
}

/**
 * Whether the leaves of every subtree stand side by side in an order.
 *
 * @param {Tree} tree
 * @param {Int32Array} order (n,)
 */
export function keepsTogether({ size, children }, order) {
  const stretches = new Array(2 * size - 1);
  order.forEach((leaf, place) => {
    stretches[leaf] = { start: place, end: place + 1 };
  });
  return children.every(([one, other], merge) => {
    const parts = [stretches[one], stretches[other]].sort((a, b) => a.start - b.start);
    stretches[size + merge] = { start: parts[0].start, end: parts[1].end };
    return parts[0].end === parts[1].start;
  });
}

/**
 * Leaves in an order in which no subtree is broken and neighbours are as near as they can be.
 *
 * The smaller of the leaves at both ends comes first.
 *
 * @param {Tree} tree
 * @param {Float64Array} distances (n, n)
 * @returns {Int32Array} (n,)
 */
export function orderLeaves(tree, distances) {
  const { size, children } = tree;
  if (size === 1) return Int32Array.of(0);
  const ordering = new LeafOrdering(tree, distances);
  for (let merge = 0; merge < children.length; merge++) ordering.join(size + merge);
  const order = ordering.best();
  return order[0] <= order[size - 1] ? order : order.reverse();
}

/**
 * Shortest ways through all leaves of each subtree, by the leaves at both ends.
 *
 * Leaves are numbered as they stand in the tree as it is, so that each subtree is a stretch of numbers, and
 * any two leaves meet in one node only: one matrix holds the ways through all of them.
 */
class LeafOrdering {
  constructor({ size, children }, distances) {
    this.size = size;
    this.stretches = stretchesOf(size, children);
    this.leaves = new Int32Array(size);
    for (let leaf = 0; leaf < size; leaf++) this.leaves[this.stretches[leaf].start] = leaf;
    this.distances = new Float64Array(size * size);
    for (let row = 0, at = 0; row < size; row++) {
      const base = this.leaves[row] * size;
      for (const leaf of this.leaves) this.distances[at++] = distances[base + leaf];
    }
    this.lengths = new Float64Array(size * size);
    /** At (u, w): where the way from u to w leaves the part that u is in. */
    this.turns = new Int32Array(size * size);
    this.reach = { lengths: new Float64Array(size), turns: new Int32Array(size) };
  }

  /** Find the ways between the two parts of a node. */
  join(node) {
    const { start, middle } = this.stretches[node];
    for (let first = start; first < middle; first++) {
      this.reachFrom(first, node);
      this.endFrom(first, node);
    }
  }

  /** The shortest ways from a leaf through its own part into each leaf of the other. */
  reachFrom(first, node) {
    const { size, lengths, distances, reach, stretches } = this;
    const { middle, end, left } = stretches[node];
    reach.lengths.fill(Number.POSITIVE_INFINITY, middle, end);
    const [from, to] = opposite(stretches[left], first);
    for (let turn = from; turn < to; turn++) {
      const length = lengths[first * size + turn];
      for (let entered = middle; entered < end; entered++) {
        const way = length + distances[turn * size + entered];
        if (way >= reach.lengths[entered]) continue;
        reach.lengths[entered] = way;
        reach.turns[entered] = turn;
      }
    }
  }

  /** From there on through the other part to each of its ends. */
  endFrom(first, node) {
    const { size, lengths, turns, reach, stretches } = this;
    const { middle, end, right } = stretches[node];
    for (let last = middle; last < end; last++) {
      const [from, to] = opposite(stretches[right], last);
      let best = from;
      let least = Number.POSITIVE_INFINITY;
      for (let entered = from; entered < to; entered++) {
        const way = reach.lengths[entered] + lengths[last * size + entered];
        if (way >= least) continue;
        least = way;
        best = entered;
      }
      lengths[first * size + last] = least;
      lengths[last * size + first] = least;
      turns[first * size + last] = reach.turns[best];
      turns[last * size + first] = best;
    }
  }

  /** The shortest of all ways through the whole tree, as leaves. */
  best() {
    const { size, lengths, stretches, leaves } = this;
    const root = 2 * size - 2;
    const { middle } = stretches[root];
    let ends = [0, middle];
    for (let first = 0; first < middle; first++) {
      for (let last = middle; last < size; last++) {
        if (lengths[first * size + last] < lengths[ends[0] * size + ends[1]]) ends = [first, last];
      }
    }
    return Int32Array.from(this.way(root, ...ends), (position) => leaves[position]);
  }

  way(node, first, last) {
    const { size, turns, stretches } = this;
    const { middle, left, right } = stretches[node];
    if (left === undefined) return [first];
    const [one, other] = first < middle ? [left, right] : [right, left];
    return [
      ...this.way(one, first, turns[first * size + last]),
      ...this.way(other, turns[last * size + first], last),
    ];
  }
}

/** Of each node its parts, and where their leaves start, meet and end. */
function stretchesOf(size, children) {
  const stretches = new Array(2 * size - 1);
  const place = (node, start) => {
    if (node < size) {
      stretches[node] = { start, middle: start, end: start + 1 };
      return start + 1;
    }
    const [left, right] = children[node - size];
    const middle = place(left, start);
    const end = place(right, middle);
    stretches[node] = { start, middle, end, left, right };
    return end;
  };
  place(2 * size - 2, 0);
  return stretches;
}

/** From where to where a way through a subtree can end that begins at one of its leaves. */
function opposite({ start, middle, end }, leaf) {
  return leaf < middle ? [middle, end] : [start, middle === start ? end : middle];
}
