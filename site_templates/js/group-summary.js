/**
 * What the picked pairs are: how many, what they look like, which words set them apart, how they compare.
 */

import { typicalWords } from "./captions.js";
import { element, setText } from "./element.js";
import { BATCHES, compareGroup } from "./group-measures.js";
import { fixed } from "./numbers.js";

/** Pictures and words that are shown at most. */
const MOST_EXAMPLES = 6;
const MOST_WORDS = 6;

const HINT =
  "No pairs are selected. Draw a box or a lasso around points, or press Space where a pair is marked.";

/** The summary of a selection, in a place that keeps its size. */
export class GroupSummary {
  /**
   * @param {object} options
   * @param {import("./inspector.js").Inspector} options.inspector draws items
   * @param {Set<string>} options.stopWords
   * @param {number} options.batchSize
   */
  constructor({ inspector, stopWords, batchSize }) {
    Object.assign(this, { inspector, stopWords, batchSize });
    this.title = element("p", { class: "summary-title" });
    this.examples = element("div", { class: "summary-examples" });
    this.words = element("ul", { class: "summary-words" });
    this.cells = {};
    this.conditions = element("p", { class: "summary-conditions" });
    this.body = element(
      "div",
      { class: "summary-body" },
      this.examples,
      element(
        "div",
        { class: "summary-part" },
        element("p", { class: "readout-title" }, "Words more frequent than in the rest"),
        this.words,
      ),
      element("div", { class: "summary-part" }, this.table(), this.conditions),
    );
    this.element = element(
      "div",
      { class: "summary", role: "group", "aria-label": "Selected pairs" },
      this.title,
      this.body,
    );
    this.show({ picked: new Set() });
  }

  table() {
    const row = (name, label) => {
      this.cells[name] = ["gap", "loss"].map((key) =>
        element("td", { "data-value": `${name}-${key}` }),
      );
      return element("tr", {}, element("th", { scope: "row" }, label), ...this.cells[name]);
    };
    const heading = (text) => element("th", { scope: "col" }, text);
    return element(
      "table",
      {},
      element(
        "thead",
        {},
        element("tr", {}, element("td"), heading("gap"), heading("loss in nats")),
      ),
      element("tbody", {}, row("group", "selection"), row("others", "the rest")),
    );
  }

  /**
   * Show a selection.
   *
   * @param {object} options
   * @param {Set<number>} options.picked pairs, by their place among those shown
   * @param {import("./rows.js").Rows} options.rows
   * @param {string[]} options.captions of the pairs shown
   * @param {Float64Array} options.similarity (N, N) of the state shown
   * @param {number} options.logitScale
   * @param {number} options.digits that the figures bear
   */
  show({ picked, rows, captions, similarity, logitScale, digits }) {
    this.body.hidden = picked.size === 0;
    setText(this.title, picked.size === 0 ? HINT : this.titleOf(picked, rows));
    if (picked.size === 0) {
      this.drawn = undefined;
      return;
    }
    this.showItems(picked, rows, captions);
    const { counts } = rows;
    const options = { similarity, counts, group: picked, logitScale, batchSize: this.batchSize };
    const compared = compareGroup(options);
    for (const [name, cells] of Object.entries(this.cells)) {
      const measures = compared?.[name];
      setText(cells[0], measures ? fixed(measures.gap, digits) : "–");
      setText(cells[1], measures ? fixed(measures.loss, digits) : "–");
    }
    setText(this.conditions, conditionsOf(compared, logitScale));
  }

  titleOf(picked, rows) {
    const items = rows.modalities.map((name) => `${picked.size} ${name}s`).join(", ");
    return `${picked.size} of ${rows.counts[0]} pairs selected: ${items}`;
  }

  /** Pictures and words stay while only the share of the gap changes. */
  showItems(picked, rows, captions) {
    const drawn = [rows, ...picked];
    if (drawn.length === this.drawn?.length && drawn.every((at, k) => at === this.drawn[k])) return;
    this.drawn = drawn;
    const examples = [...picked].slice(0, MOST_EXAMPLES);
    this.examples.replaceChildren(
      ...examples.map((pair) => element("div", { class: "card" }, this.inspector.bodyOf(pair))),
    );
    const words = typicalWords(captions, picked, this.stopWords, MOST_WORDS);
    const others = rows.counts[0] - picked.size;
    this.words.replaceChildren(
      ...words.map(({ word, within, beyond }) =>
        element(
          "li",
          {},
          element("b", {}, word),
          ` ${within} of ${picked.size}, ${beyond} of ${others} in the rest`,
        ),
      ),
    );
  }
}

function conditionsOf(compared, logitScale) {
  if (compared === null) return "Two pairs on either side are needed to compare.";
  const scale = Number(logitScale.toFixed(1));
  return `Means over seeded batches of ${compared.size} pairs each, up to ${BATCHES} from either side, s = ${scale}.`;
}
