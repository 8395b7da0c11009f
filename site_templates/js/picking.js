/**
 * Several pairs at once: picked by outlines, keys and buttons, held in the state, shown in every view.
 */

import { readPairs, writePairs } from "./pair-lists.js";

/** The picked pairs of an explorer. */
export class Picking {
  /** @param {object} explorer whose state holds them */
  constructor(explorer) {
    this.explorer = explorer;
    /** @type {Set<number>} places among the pairs shown */
    this.picked = new Set();
  }

  get panel() {
    return this.explorer.parts.selectionPanel;
  }

  /** Show what the state says. */
  show() {
    if (!this.panel) return;
    const { rows, parts, store } = this.explorer;
    const { dataset, items, pairs } = this.explorer.shownPairs;
    const named = new Set(readPairs(store.state.picked, dataset, items.ids.length));
    const places = Array.from({ length: rows.counts[0] }, (_, place) => place);
    this.picked = new Set(places.filter((place) => named.has(pairs ? pairs[place] : place)));
    for (const view of parts.views) view.picked = this.picked.size > 0 ? this.picked : null;
    if (this.picked.size > 0) this.panel.open();
    this.allow();
  }

  /** Which buttons do something now. */
  allow() {
    if (!this.panel) return;
    const { selection, arrangement, store, rows } = this.explorer;
    const isMarked = selection.pinned !== null;
    this.panel.allow({
      toggle: isMarked,
      cluster: isMarked && arrangement.labels !== null,
      only: this.picked.size > 1 && this.picked.size < rows.counts[0],
      all: store.state.only !== "",
      clear: this.picked.size > 0,
    });
  }

  /** @param {Iterable<number>} places among the pairs shown */
  set(places) {
    const { store, shownPairs } = this.explorer;
    const { dataset, pairs } = shownPairs;
    const named = [...places].map((place) => (pairs ? pairs[place] : place));
    store.set({ picked: writePairs(dataset, named) });
  }

  /** An outline was drawn about some pairs. */
  take(places, how) {
    if (how === "replace") this.set(places);
    else if (how === "add") this.set([...this.picked, ...places]);
    else this.set([...this.picked].filter((place) => !places.includes(place)));
  }

  /** Add the marked pair, or take it away. */
  toggle() {
    const mark = this.explorer.selection.current;
    if (mark === null) return;
    const place = this.explorer.rows.pairOf(mark.item ?? mark.first);
    this.take([place], this.picked.has(place) ? "remove" : "add");
  }

  /** Pick the cluster of the marked pair. */
  takeCluster() {
    const { selection, arrangement, rows } = this.explorer;
    const mark = selection.current;
    const { labels } = arrangement;
    if (mark === null || labels === null) return;
    const own = labels[rows.pairOf(mark.item ?? mark.first)];
    this.set([...labels.keys()].filter((place) => labels[place] === own));
  }

  /** Show nothing but the picked pairs. */
  showOnly() {
    const { store } = this.explorer;
    store.set({ only: store.state.picked, picked: "" });
  }

  /** How many pairs are picked, if any. */
  inWords() {
    const { size } = this.picked;
    return size > 0 ? [`${size} of ${this.explorer.rows.counts[0]} pairs selected.`] : [];
  }

  /** Say what the picked pairs are. */
  summarise() {
    if (!this.panel) return;
    const { rows, captions, shown, space, digits } = this.explorer;
    this.panel.summary.show({
      picked: this.picked,
      rows,
      captions,
      similarity: shown.similarity,
      logitScale: space.logitScale,
      digits,
    });
  }
}
