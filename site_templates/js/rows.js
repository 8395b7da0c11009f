/**
 * Which item a row of the similarity matrix is: modality after modality, pairs at the same index in each.
 */

import { blocks } from "./geometry.js";

/** The rows of a matrix of several modalities. */
export class Rows {
  /**
   * @param {string[]} modalities
   * @param {number[]} counts
   */
  constructor(modalities, counts) {
    this.modalities = modalities;
    this.counts = counts;
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
