/**
 * Which item a row of the similarity matrix is: modality after modality, pairs at the same index in each.
 */

import { blocks } from "./geometry.js";

/** The rows of a matrix of several modalities. */
export class Rows {
  /**
   * @param {string[]} modalities
   * @param {number[]} counts
   * @param {ArrayLike<number> | null} [pairs] which pairs of the data set these are, if not all of them
   */
  constructor(modalities, counts, pairs = null) {
    this.modalities = modalities;
    this.counts = counts;
    this.pairs = pairs;
    this.blocks = blocks(counts);
    this.size = this.blocks.at(-1).end;
  }

  /** Index of the modality that a row belongs to. */
  modalityOf(row) {
    return this.blocks.findIndex(({ end }) => row < end);
  }

  /** Index of a row within its modality, which is that of its pair. */
  pairOf(row) {
    return row - this.blocks[this.modalityOf(row)].start;
  }

  /** Index of a row's item in the data set, among those of its modality. */
  itemOf(row) {
    const pair = this.pairOf(row);
    return this.pairs === null ? pair : this.pairs[pair];
  }

  /** Index of a row's modality, and of its item in the data set: the same whatever pairs are shown. */
  nameOf(row) {
    return [this.modalityOf(row), this.itemOf(row)];
  }

  /** The row of an item; undefined where it is not shown. */
  rowOf(modality, item) {
    const pair = this.pairs === null ? item : this.pairs.indexOf(item);
    const { start, end } = this.blocks[modality];
    return pair >= 0 && start + pair < end ? start + pair : undefined;
  }

  /** Rows of a pair, one for each modality that has it. */
  membersOf(pair) {
    return this.blocks.flatMap(({ start, end }) => (start + pair < end ? [start + pair] : []));
  }

  /** The next member of the pair that a row belongs to; the row itself where it is alone. */
  partnerOf(row) {
    const members = this.membersOf(this.pairOf(row));
    return members[(members.indexOf(row) + 1) % members.length];
  }

  /** Whether two rows belong to the same pair, in different modalities. */
  arePaired(first, second) {
    return first !== second && this.pairOf(first) === this.pairOf(second);
  }

  /** How many items of the modality of `second` are at least as similar to `first` as it is. */
  rankOf(first, second, similarity) {
    const { start, end } = this.blocks[this.modalityOf(second)];
    const own = similarity[first * this.size + second];
    let rank = 0;
    for (let row = start; row < end; row++) {
      if (row !== first && similarity[first * this.size + row] >= own) rank++;
    }
    return rank;
  }
}
