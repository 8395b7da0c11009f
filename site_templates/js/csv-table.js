/**
 * The data of a figure as a table in the page, for those who read rather than look.
 */

import { element } from "./element.js";
import { loadText } from "./loader.js";

/** Bring the buttons to life that show a file as a table. */
export function offerTables() {
  for (const button of document.querySelectorAll(".as-table")) {
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => toggle(button));
    button.hidden = false;
  }
}

async function toggle(button) {
  const entry = button.closest("li");
  const shown = entry.querySelector(".table, .failed");
  shown?.remove();
  if (!shown) entry.append(await contentOf(entry.querySelector("a[download]")));
  button.setAttribute("aria-expanded", String(entry.querySelector(".table") !== null));
}

/** The table of a file, or why there is none. */
async function contentOf(link) {
  try {
    return tableOf(readRows(await loadText(link.getAttribute("href"))), link.textContent);
  } catch (error) {
    return element("p", { class: "failed", role: "alert" }, error.message);
  }
}

function tableOf([columns, ...rows], label) {
  const head = element("tr", {}, ...columns.map((text) => element("th", { scope: "col" }, text)));
  const body = rows.map((row) => element("tr", {}, ...row.map((text) => element("td", {}, text))));
  return element(
    "div",
    { class: "table", tabindex: "0", role: "group", "aria-label": label },
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...body)),
  );
}

/**
 * Rows of cells of a CSV file (RFC 4180).
 *
 * @param {string} text
 * @returns {string[][]}
 */
export function readRows(text) {
  const rows = [[]];
  for (const [, quoted, bare, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g,
  )) {
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === "") break;
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.length > 1 || row[0] !== "");
}
