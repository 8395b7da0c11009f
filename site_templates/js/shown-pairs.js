/**
 * Which pairs a figure shows: a prepared set, those of it or of a pool of thousands whose captions hold
 * some words, or only those that the reader chose.
 */

import { captionsWith, wordsIn } from "./captions.js";
import { readPairs } from "./pair-lists.js";
import { partOfSpace, partOfVectors } from "./partial-space.js";
import { sample } from "./random.js";

/** Pairs that are shown at most: of more, a sample. */
const MOST = 200;

/** A figure compares at least two pairs. */
export const FEWEST = 2;

/**
 * @typedef {object} ShownPairs
 * @property {string} dataset
 * @property {import("./contract.js").Items} items of the whole data set
 * @property {number[] | null} pairs indices in the data set, rising; null for all of them
 * @property {number} matching how many pairs were asked for, before a sample was drawn
 * @property {string[]} words that their captions were chosen by
 * @property {string} key the same for the same pairs
 */

/** Finds pairs and spaces for the states of one figure. */
export class PairFinder {
  /**
   * @param {object} config of the figure: dataset, and pool with its models and layouts, where it has one
   * @param {import("./page.js").Page} page
   */
  constructor(config, page) {
    Object.assign(this, { config, page });
    /** @type {Map<string, Promise<import("./contract.js").Space>>} of the pairs shown last */
    this.spaces = new Map();
  }

  /** The data set that a state is about: words are looked for in the pool, where the model has seen it. */
  datasetOf({ words, model }) {
    const { dataset, pool } = this.config;
    return pool && words.trim() !== "" && pool.models.includes(model) ? pool.dataset : dataset;
  }

  /**
   * The pairs that a state asks for.
   *
   * @param {{words: string, match: "any" | "all", only: string, model: string}} state
   * @returns {Promise<ShownPairs>}
   */
  async find(state) {
    const dataset = this.datasetOf(state);
    const items = await this.page.items(dataset);
    const chosen = readPairs(state.only, dataset, items.ids.length);
    const words = state.words.trim();
    if (words === "" && chosen.length === 0) {
      const matching = items.ids.length;
      return { dataset, items, pairs: null, matching, words: [], key: dataset };
    }
    const kept = new Set(chosen);
    const found = captionsWith(captionsOf(items), words, state.match).filter(
      (pair) => kept.size === 0 || kept.has(pair),
    );
    const pairs = found.length > MOST ? sample(found, MOST) : found;
    const key = `${dataset}!${pairs} ${words}`;
    return { dataset, items, pairs, matching: found.length, words: wordsIn(words), key };
  }

  /**
   * Pairs as a model sees them.
   *
   * @param {ShownPairs} shown
   * @param {{model: string, projection: string}} state
   * @returns {Promise<import("./contract.js").Space>}
   */
  space(shown, { model, projection }) {
    const layouts = shown.dataset === this.config.dataset ? "" : projection;
    const key = `${shown.key} ${model} ${layouts}`;
    if (this.lastKey !== shown.key) this.spaces.clear();
    this.lastKey = shown.key;
    if (!this.spaces.has(key)) {
      const space = this.load(shown, model, projection);
      this.spaces.set(key, space);
      space.catch(() => this.spaces.delete(key));
    }
    return this.spaces.get(key);
  }

  async load({ dataset, pairs }, model, projection) {
    if (dataset === this.config.dataset) {
      const space = await this.page.space(dataset, model);
      return pairs === null ? space : partOfSpace(space, pairs);
    }
    const names = this.config.pool.layouts[projection] ?? [];
    const [vectors, ...layouts] = await Promise.all([
      this.page.artifact("vectors", dataset, model),
      ...names.map((name) => this.page.artifact("layout", dataset, model, name)),
    ]);
    return partOfVectors(vectors, pairs, layouts);
  }

  /** Whether pairs are of the pool. */
  isPool({ dataset }) {
    return dataset !== this.config.dataset;
  }

  /**
   * Everything to show a state with; where too few pairs match, all prepared ones stand in for them.
   *
   * @param {object} state
   * @returns {Promise<{asked: ShownPairs, shown: ShownPairs, space: import("./contract.js").Space}>}
   */
  async obtain(state) {
    const asked = await this.find(state);
    const isTooFew = asked.matching < FEWEST;
    const shown = isTooFew ? await this.find({ ...state, words: "", only: "" }) : asked;
    return { asked, shown, space: await this.space(shown, state) };
  }

  /** What is awaited, in words. */
  expectationOf(state) {
    const dataset = this.datasetOf(state);
    const count = this.page.datasets[dataset].count.toLocaleString("en");
    return dataset === this.config.dataset ? "" : `Loading ${count} pairs …`;
  }
}

/**
 * What was found, for readers.
 *
 * @param {ShownPairs} asked
 * @param {{words: string, match: "any" | "all", model: string}} state
 * @param {Record<string, {count: number}>} datasets of the page
 * @param {object} config of the figure
 */
export function foundInWords({ dataset, pairs, matching }, state, datasets, { pool }) {
  const count = (number) => number.toLocaleString("en");
  const total = count(datasets[dataset].count);
  const words = state.words.trim();
  if (pairs === null) {
    return pool ? `Type to look among ${count(datasets[pool.dataset].count)} captions.` : "";
  }
  const held = words === "" ? "chosen" : `with ${quoted(words, state.match)}`;
  const among = words === "" ? "pairs" : "captions";
  const sampled = matching > MOST ? ` A seeded sample of ${MOST} is shown.` : "";
  const isMissing = pool && words !== "" && dataset !== pool.dataset;
  const missing = isMissing ? " There are no vectors of the larger set in this model." : "";
  const found = matching === 0 ? `None of ${total}` : `${count(matching)} of ${total}`;
  return `${found} ${among} ${held}.${sampled}${missing}`;
}

function quoted(words, match) {
  const parts = wordsIn(words).map((word) => `“${word}”`);
  return parts.join(match === "any" ? " or " : " and ");
}

/** The texts of the first modality that has some; without one, a text of nothing for each pair. */
export function captionsOf({ ids, modalities }) {
  const texts = modalities.find((modality) => modality.texts?.length === ids.length)?.texts;
  return texts ?? ids.map(() => "");
}
