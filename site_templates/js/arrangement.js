/**
 * The order in which a matrix shows its items, and the clusters that the order puts side by side.
 */

/** Clusters of more pairs than this are boxed and named. */
const LARGEST_UNNAMED = 5;

/**
 * @typedef {object} Cluster
 * @property {string} name
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
  return ["given", ...space.clusterings.map(orderName)];
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
 * Where each item of a space stands in an order.
 *
 * @param {import("./contract.js").Space} space
 * @param {import("./rows.js").Rows} rows
 * @param {string} order "given", or a block such as "image-text"
 * @returns {Arrangement}
 */
export function arrange(space, rows, order) {
  const clustering = space.clusterings.find((entry) => orderName(entry) === order);
  const items = Int32Array.from({ length: rows.size }, (_, row) => row);
  if (clustering) {
    for (const { start } of rows.blocks) {
      clustering.order.forEach((pair, place) => {
        items[start + place] = start + pair;
      });
    }
  }
  const places = new Int32Array(rows.size);
  items.forEach((row, place) => {
    places[row] = place;
  });
  return {
    items,
    places,
    clusters: clustering ? runs(clustering) : [],
    block: clustering ? clustering.block.map((name) => space.modalities.indexOf(name)) : null,
    labels: clustering?.labels ?? null,
    names: clustering?.names ?? [],
  };
}

function orderName({ block }) {
  return block.join("-");
}

/** Stretches of the order with one label, if they are long enough to be named. */
function runs({ order, labels, names }) {
  const found = [];
  for (let start = 0, end = 0; start < order.length; start = end) {
    const label = labels[order[start]];
    while (end < order.length && labels[order[end]] === label) end++;
    if (end - start > LARGEST_UNNAMED) found.push({ name: names[label], start, end });
  }
  return found;
}
