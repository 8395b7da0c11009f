/**
 * The order in which a matrix shows its items, and the clusters that the order puts side by side.
 */

/** Clusters of more pairs than this are boxed and named. */
const LARGEST_UNNAMED = 5;

/** The order by similarity to one item, which the state names beside it. */
export const LIKE = "like";

/**
 * @typedef {object} Cluster
 * @property {string} name
 * @property {number} number from 1, as they are boxed
 * @property {number} start first place within a modality
 * @property {number} end place after the last
 */

/**
 * @typedef {object} Arrangement
 * @property {Int32Array} items (N,) row of the matrix at each place
 * @property {Int32Array} places (N,) place of each row
 * @property {Cluster[]} clusters those that are boxed
 * @property {[number, number] | null} block indices of the modalities that were clustered by
 * @property {Int32Array | null} labels (n,) cluster of each pair
 * @property {string[]} names of all clusters
 */

/** Names of the orders that a space has, as a state holds them. */
export function ordersOf(space) {
  return ["given", ...space.clusterings.map(({ block }) => orderName(block))];
}

/** The order by a block of modalities, as a state holds it. */
export function orderName(block) {
  return block.join("-");
}

/** An order in words: "clusters of images". */
export function orderInWords(order) {
  if (order === "given") return "as given";
  const [first, second] = order.split("-");
  return first === second ? `clusters of ${first}s` : `clusters of ${first}–${second} similarities`;
}

/** The same as it follows "ordered". */
export function orderedInWords(order) {
  return order === "given" ? orderInWords(order) : `by ${orderInWords(order)}`;
}

/**
 * Where each item of a space stands in an order that the space brings along.
 *
 * @param {import("./contract.js").Space} space
 * @param {import("./rows.js").Rows} rows
 * @param {string} order "given", or a block such as "image-text"
 * @returns {Arrangement}
 */
export function arrange(space, rows, order) {
  const clustering = space.clusterings.find(({ block }) => orderName(block) === order);
  return clustering ? arrangeClusters(rows, clustering) : arrangePairs(rows, null);
}

/**
 * Where each item stands when pairs are clustered.
 *
 * @param {import("./rows.js").Rows} rows
 * @param {import("./contract.js").Clustering} clustering
 * @returns {Arrangement}
 */
export function arrangeClusters(rows, clustering) {
  return {
    ...arrangePairs(rows, clustering.order),
    clusters: runs(clustering),
    block: clustering.block.map((name) => rows.modalities.indexOf(name)),
    labels: clustering.labels,
    names: clustering.names,
  };
}

/**
 * Where each item stands when pairs are shown by their similarity to one item, the most similar first.
 *
 * @param {import("./contract.js").Space} space
 * @param {import("./rows.js").Rows} rows
 * @param {number} row of the item, to whose modality the others are compared
 * @returns {Arrangement}
 */
export function arrangeLike(space, rows, row) {
  const { start } = rows.blocks[rows.modalityOf(row)];
  const similarityOf = (pair) => space.similarity[row * rows.size + start + pair];
  const pairs = Int32Array.from({ length: rows.counts[0] }, (_, pair) => pair);
  pairs.sort((one, other) => similarityOf(other) - similarityOf(one) || one - other);
  // A copy of the item is as similar; the item itself comes first.
  const own = rows.pairOf(row);
  return arrangePairs(rows, Int32Array.of(own, ...pairs.filter((pair) => pair !== own)));
}

/** Every modality in the same order of pairs; null is the order given. */
function arrangePairs(rows, order) {
  const items = Int32Array.from({ length: rows.size }, (_, row) => row);
  if (order) {
    for (const { start } of rows.blocks) {
      order.forEach((pair, place) => {
        items[start + place] = start + pair;
      });
    }
  }
  const places = new Int32Array(rows.size);
  items.forEach((row, place) => {
    places[row] = place;
  });
  return { items, places, clusters: [], block: null, labels: null, names: [] };
}

/** Stretches of the order with one label, if they are long enough to be named. */
function runs({ order, labels, names }) {
  const found = [];
  for (let start = 0, end = 0; start < order.length; start = end) {
    const label = labels[order[start]];
    while (end < order.length && labels[order[end]] === label) end++;
    if (end - start > LARGEST_UNNAMED) {
      found.push({ name: names[label], number: found.length + 1, start, end });
    }
  }
  return found;
}
