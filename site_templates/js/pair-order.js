/**
 * The orders of an explorer's pairs: as given, by stored clusters or by ones made here, by similarity to an
 * item.
 */

import {
  arrange,
  arrangeClusters,
  arrangeLike,
  LIKE,
  orderInWords,
  orderName,
} from "./arrangement.js";
import { blocksOf, PairClusters } from "./clustering.js";

/** Orders of the pairs that are shown, in one model after another. */
export class PairOrder {
  /**
   * @param {object} config of the figure: controls, stop_words, linkage, and clusters, how many at first
   * @param {import("./rows.js").Rows} rows
   * @param {import("./shown-pairs.js").ShownPairs} shown
   * @param {string[]} captions of the pairs shown
   */
  constructor(config, rows, { items, words }, captions) {
    Object.assign(this, { config, rows, items, captions });
    this.shared = new Set(words);
  }

  /** Order the pairs as another model sees them. */
  take(space) {
    if (space === this.space) return;
    this.space = space;
    this.clusters = new PairClusters({
      space,
      captions: this.captions,
      stopWords: new Set(this.config.stop_words),
      shared: this.shared,
      linkage: this.config.linkage,
    });
  }

  /**
   * @param {{order: string, clusters: number, like: string}} state
   * @returns {import("./arrangement.js").Arrangement}
   */
  arrange({ order, clusters, like }) {
    const { space, rows } = this;
    if (order === LIKE) {
      const row = this.rowOf(like);
      return row === undefined ? arrange(space, rows, "given") : arrangeLike(space, rows, row);
    }
    const isStored = space.clusterings.some(({ block }) => orderName(block) === order);
    if (order === "given" || (isStored && !this.config.controls.includes("clusters"))) {
      return arrange(space, rows, order);
    }
    const block = blocksOf(space.modalities).find((entry) => orderName(entry) === order);
    return arrangeClusters(rows, this.clusters.of(block, clusters));
  }

  // -- the item that others are ordered by ------------------------------------------------------

  /** A row as the state holds it, whatever pairs are shown: modality and id. */
  likeOf(row) {
    const [modality, item] = this.rows.nameOf(row);
    return `${this.rows.modalities[modality]}-${this.items.ids[item]}`;
  }

  /** Modality and index of the item that the state names; undefined where the data set has none such. */
  itemOf(like) {
    for (const [modality, name] of this.rows.modalities.entries()) {
      const item = like.startsWith(`${name}-`)
        ? this.items.ids.indexOf(like.slice(name.length + 1))
        : -1;
      if (item >= 0) return [modality, item];
    }
    return undefined;
  }

  rowOf(like) {
    const found = this.itemOf(like);
    return found && this.rows.rowOf(...found);
  }

  /** "image 12"; undefined where the item is none of this data set. */
  nameOfLike({ like }) {
    const found = this.itemOf(like);
    return found && `${this.rows.modalities[found[0]]} ${found[1] + 1}`;
  }

  /** As it follows "ordered". */
  likeInWords(state) {
    const name = this.nameOfLike(state);
    if (this.rowOf(state.like) !== undefined) return `by similarity to ${name}`;
    return `${orderInWords("given")}, because ${name ?? "the item to order by"} is not shown`;
  }
}
