/**
 * Where two modalities disagree: the similarities of one's items minus those of the other's.
 */

/**
 * One in-modal block minus the other: `in_modal_difference` of `article/geometry.py`.
 *
 * @param {Float64Array} similarity (N, N)
 * @param {number[]} counts n items of the first modality and of the second
 * @param {Float64Array} [out] (n, n)
 * @returns {Float64Array} `out`
 */
export function inModalDifference(similarity, counts, out = new Float64Array(counts[0] ** 2)) {
  const [count, second] = counts;
  if (count !== second) throw new Error(`modalities of ${count} and ${second} items form no pairs`);
  const size = counts.reduce((total, some) => total + some, 0);
  for (let row = 0, at = 0; row < count; row++) {
    for (let column = 0; column < count; column++, at++) {
      out[at] = similarity[row * size + column] - similarity[(count + row) * size + count + column];
    }
  }
  return out;
}

/** Mean magnitude of the differences of different pairs, from n x n of them. */
export function meanMagnitude(differences) {
  const count = Math.sqrt(differences.length);
  let total = 0;
  for (const difference of differences) total += Math.abs(difference);
  return count > 1 ? total / (count * (count - 1)) : 0;
}

/** Marks of items as marks of their pairs, for a view whose rows are pairs. */
export class PairSelection {
  /**
   * @param {import("./selection.js").Selection} selection of items
   * @param {import("./rows.js").Rows} rows of the items
   */
  constructor(selection, rows) {
    Object.assign(this, { selection, rows });
  }

  get current() {
    return this.pairsOf(this.selection.current);
  }

  get pinned() {
    return this.pairsOf(this.selection.pinned);
  }

  /** Items of the first modality stand for their pairs: its rows come first. */
  pairsOf(mark) {
    if (mark === null) return null;
    return { first: this.rows.pairOf(mark.first), second: this.rows.pairOf(mark.second) };
  }

  hover(mark) {
    this.selection.hover(mark);
  }

  pin(mark) {
    this.selection.pin(mark);
  }

  clear() {
    this.selection.clear();
  }
}
