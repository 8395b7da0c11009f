/**
 * A table in the page, whose headings sort its rows.
 */

import { Announcer } from "./announcer.js";
import { element, setText } from "./element.js";

/** What the state calls the order of the data. */
const GIVEN = "given";

const SIGNS = { ascending: "▲", descending: "▼", none: "↕" };

const OPPOSITE = { ascending: "descending", descending: "ascending" };

/**
 * Make a figure live: its headings become buttons.
 *
 * @param {HTMLElement} figure
 * @param {{columns: {name: string, first: string}[], state: object}} config
 * @param {import("./page.js").Page} _page
 * @param {import("./state.js").Store} store
 * @returns {Promise<{frames: import("./frame.js").Frame[]}>}
 */
export async function mount(figure, config, _page, store) {
  new SortedTable(figure, config, store);
  return { frames: [] };
}

class SortedTable {
  constructor(figure, { columns }, store) {
    Object.assign(this, { columns, store });
    this.body = figure.querySelector("tbody");
    this.rows = [...this.body.rows];
    this.headings = [...figure.querySelectorAll("thead th")];
    this.announcer = new Announcer();
    figure.querySelector(".figure-body").append(this.announcer.element);
    this.headings.forEach((heading, at) => {
      this.becomeButton(heading, columns[at]);
    });
    store.subscribe(() => {
      this.show();
      this.announcer.say(this.sentence());
    });
    this.show();
  }

  becomeButton(heading, column) {
    const onclick = () => this.store.set(this.after(column));
    heading.append(
      element("button", { type: "button", class: "sort", onclick }, ...heading.childNodes),
    );
  }

  /** The state after a press: the column's first way, the other way, the order of the data. */
  after({ name, first }) {
    const { sort, order } = this.store.state;
    if (sort !== name) return { sort: name, order: first };
    return order === first
      ? { sort: name, order: OPPOSITE[first] }
      : { sort: GIVEN, order: this.store.initial.order };
  }

  show() {
    const { sort, order } = this.store.state;
    this.headings.forEach((heading, at) => {
      const isSorted = this.columns[at].name === sort;
      if (isSorted) heading.setAttribute("aria-sort", order);
      else heading.removeAttribute("aria-sort");
      setText(heading.querySelector(".sort-sign"), SIGNS[isSorted ? order : "none"]);
    });
    this.body.append(...this.sorted(sort, order));
  }

  sorted(sort, order) {
    const given = this.rows.toSorted((one, other) => one.dataset.row - other.dataset.row);
    const column = this.columns.findIndex(({ name }) => name === sort);
    if (column < 0) return given;
    const value = (row) => row.cells[column].dataset.value;
    const valued = given.filter((row) => value(row) !== undefined);
    const sign = order === "descending" ? -1 : 1;
    valued.sort((one, other) => sign * compare(value(one), value(other)));
    return [...valued, ...given.filter((row) => value(row) === undefined)];
  }

  sentence() {
    const { sort, order } = this.store.state;
    const at = this.columns.findIndex(({ name }) => name === sort);
    if (at < 0) return "Rows in the order of the data.";
    return `Sorted by ${this.headings[at].querySelector(".sort-title").textContent}, ${order}.`;
  }
}

/** Numbers by size and before texts, texts by their letters. */
function compare(one, other) {
  const [first, second] = [Number(one), Number(other)];
  const [isFirst, isSecond] = [!Number.isNaN(first), !Number.isNaN(second)];
  if (isFirst && isSecond) return first - second;
  if (isFirst !== isSecond) return isFirst ? -1 : 1;
  return one.toLowerCase() < other.toLowerCase()
    ? -1
    : Number(one.toLowerCase() > other.toLowerCase());
}
