/**
 * What is measured of a cloud: its clusters, and which share of pair lines stays inside one.
 */

import { element, setText } from "./element.js";
import { fixed, percent } from "./numbers.js";

/** Names of the ways of clustering, by the rule that the data name. */
const RULES = { hdbscan: "seen here", kmeans: "by k-means" };

const ROWS = [
  { value: "clusters", text: "clusters", write: String },
  { value: "outside", text: "points in none", write: share },
  { value: "kept", text: "lines inside one", write: share },
  { value: "expected", text: "lines inside one by chance", write: share },
];

/** A share as a percentage, with a decimal where it is small: what chance keeps often is. */
function share(value) {
  return value > 0 && value < 0.1 ? `${fixed(100 * value, 1)} %` : percent(value);
}

/** A table with a column for each way of clustering. */
export class CloudReadouts {
  constructor() {
    this.heads = element("tr", {});
    this.rows = ROWS.map(() => element("tr", {}));
    this.element = element(
      "table",
      { class: "cloud-readouts" },
      element("caption", { class: "visually-hidden" }, "Clusters, and lines that stay inside one"),
      element("thead", {}, this.heads),
      element("tbody", {}, ...this.rows),
    );
  }

  /** @param {import("./cloud-points.js").CloudPoints} points */
  show(points) {
    const columns = points.hasLines ? points.layout.pairLines : [withoutLines(points)];
    const head = (text) => element("th", { scope: "col" }, text);
    this.heads.replaceChildren(
      element("td", {}, "Clusters"),
      ...columns.map(({ rule }) => head(RULES[rule] ?? rule)),
    );
    ROWS.forEach(({ value, text, write }, index) => {
      const cells = columns.map((column) => {
        const shown = column[value] === undefined ? "–" : write(column[value]);
        return element("td", { "data-value": `${value}-${column.rule}` }, shown);
      });
      this.rows[index].replaceChildren(element("th", { scope: "row" }, text), ...cells);
    });
  }
}

/** One point a pair: there are clusters, but no lines. */
function withoutLines({ layout }) {
  const outside = layout.clusters.filter((cluster) => cluster < 0).length / layout.size;
  return { rule: "hdbscan", clusters: layout.clusterCount, outside };
}

/** The same in words; lines by the clusters that are seen. */
export function readoutsInWords({ layout, hasLines }) {
  const [seen] = layout.pairLines;
  if (!hasLines) return `${layout.clusterCount} clusters; one point a pair, no lines.`;
  return seen
    ? `${seen.clusters} clusters; ${share(seen.kept)} of the lines stay inside one, ${share(seen.expected)} would by chance.`
    : "";
}

/** Which pairs stand out, in words, and how many of their lines stay inside a cluster. */
export function matchesInWords(points, matches) {
  const found = matches.reduce((sum, match) => sum + match, 0);
  const all = points.pairs.toLocaleString("en");
  const captions = `${found.toLocaleString("en")} of ${all} captions`;
  if (!points.hasLines || found === 0) return captions;
  const inside = matches.reduce((sum, match, pair) => sum + (match & points.insides[pair]), 0);
  return `${captions}; ${percent(inside / found)} of their lines inside a cluster`;
}

/** Set the text of a legend: the marks of the modalities, and the lines that are drawn. */
export function showLegend(target, points, lines, signOf) {
  const { modalities } = points.rows;
  const marks = modalities.map((name, index) =>
    element("span", { class: CSS.escape(name) }, `${signOf(index)} ${name}`),
  );
  const entries = points.hasLines ? LEGEND[lines] : [];
  const strokes = entries.map(({ kind, text }) => {
    const entry = element("span", { class: `line-${kind}` });
    setText(entry, `— ${text}`);
    return entry;
  });
  target.replaceChildren(...marks, ...strokes);
}

const INSIDE = { kind: "inside", text: "pair inside a cluster" };
const BETWEEN = { kind: "between", text: "between" };
const LEGEND = {
  plain: [{ kind: "between", text: "pair" }],
  coloured: [INSIDE, BETWEEN],
  inside: [INSIDE],
  between: [{ kind: "between", text: "pair between clusters" }],
  none: [],
};
