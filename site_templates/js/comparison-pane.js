/**
 * The pane of a comparer: both items that are marked, and how similar they are in every panel.
 */

import { element, setText } from "./element.js";
import { Inspector } from "./inspector.js";
import { fixed } from "./numbers.js";

/** Two items beside a table with a row for each panel. Its size never changes. */
export class ComparisonPane {
  /** @param {string} hint what to do while nothing is marked */
  constructor(hint) {
    this.hint = hint;
    this.inspector = null;
    this.facts = element("p", { class: "inspector-facts" }, hint);
    this.head = element("tr", {});
    this.body = element("tbody", {});
    this.table = element("table", {}, element("thead", {}, this.head), this.body);
    this.middle = element("div", { class: "inspector-middle" }, this.facts, this.table);
    this.element = element(
      "div",
      { class: "inspector comparison", role: "group", "aria-label": "Marked items" },
      this.middle,
    );
    this.clear();
  }

  /**
   * Take the items of a data set.
   *
   * @param {import("./contract.js").Items} items
   * @param {import("./rows.js").Rows} rows
   * @param {(path: string) => string} addressOf of a sprite file
   */
  take(items, rows, addressOf) {
    this.inspector = new Inspector({ items, rows, addressOf, hint: "" });
    const [first, second] = this.inspector.cards;
    this.element.replaceChildren(first.element, this.middle, second.element);
  }

  /** Forget the items; those of another data set may follow. */
  forget() {
    this.inspector = null;
    this.element.replaceChildren(this.middle);
    this.clear();
  }

  clear() {
    setText(this.facts, this.hint);
    this.table.hidden = true;
    for (const { element: card } of this.inspector?.cards ?? []) card.hidden = true;
  }

  /**
   * Show a mark.
   *
   * @param {import("./selection.js").Mark} mark
   * @param {object} values
   * @param {string} values.facts what they are
   * @param {string[]} [values.titles] of both items, instead of their numbers
   * @param {string[]} values.columns
   * @param {{title: string, values: number[]}[]} values.rows of the panels
   */
  show(mark, { facts, titles, columns, rows }) {
    setText(this.facts, facts);
    this.table.hidden = false;
    fillRow(this.head, ["", ...columns], "col");
    while (this.body.children.length > rows.length) this.body.lastChild.remove();
    while (this.body.children.length < rows.length) this.body.append(element("tr", {}));
    rows.forEach(({ title, values }, at) => {
      fillRow(this.body.children[at], [title, ...values.map((value) => fixed(value))], "row");
    });
    if (this.inspector) this.fillCards(mark, titles);
  }

  fillCards({ first, second }, titles) {
    [first, second].forEach((row, at) => {
      const card = this.inspector.cards[at];
      card.element.hidden = false;
      this.inspector.fillCard(card, row);
      if (titles) setText(card.title, titles[at]);
    });
  }

  /** An item in words, once its data set is at hand. */
  labelOf(row) {
    return this.inspector?.labelOf(row) ?? "";
  }
}

/** Write texts into the cells of a row, which is made anew where it has another number of them. */
function fillRow(row, texts, scope) {
  if (row.children.length !== texts.length) row.replaceChildren(...texts.map(cellFor(scope)));
  texts.forEach((text, at) => {
    setText(row.children[at], text);
  });
}

/** Headings stand in the first column, and in the whole of the first row but its corner. */
function cellFor(scope) {
  return (text, at) => {
    const isHeading = scope === "col" ? text !== "" : at === 0;
    return isHeading ? element("th", { scope }) : element("td", {});
  };
}
