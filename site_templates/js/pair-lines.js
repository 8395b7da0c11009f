/**
 * Lines that join the items of pairs: all alike, or the stronger the more similar the items are.
 */

/** Opacity and width in pixels of plain lines. */
const PLAIN = { opacity: 0.7, width: 0.75 };

/** Steps of strength, from a cosine of 0 and less to one of 1. */
const STEPS = 8;

/**
 * Opacity and width of a line by similarity.
 *
 * @param {number} similarity of the items that it joins
 */
export function lineStyle(similarity) {
  return styleOf(stepOf(similarity));
}

function stepOf(similarity) {
  return Math.min(Math.max(Math.floor(similarity * STEPS), 0), STEPS - 1);
}

function styleOf(step) {
  const strength = step / (STEPS - 1);
  return { opacity: 0.08 + 0.92 * strength ** 1.5, width: 0.5 + 2 * strength };
}

/**
 * Stroke the lines of some pairs as a scatter is told to.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("./scatter.js").Scatter} scatter
 * @param {number[]} pairs
 * @param {(row: number) => [number, number]} place of a row, in pixels
 * @param {number} opacity of everything drawn
 */
export function strokePairs(context, scatter, pairs, place, opacity) {
  if (scatter.lines === "none") return;
  if (scatter.lines === "plain" || scatter.similarity === null) {
    stroke(context, scatter.linesOf(pairs, place), PLAIN, opacity);
    return;
  }
  linesBySimilarity(scatter, pairs, place).forEach((lines, step) => {
    stroke(context, lines, styleOf(step), opacity);
  });
}

/** The lines of each step of strength, the faintest first. */
function linesBySimilarity({ rows, similarity }, pairs, place) {
  const paths = Array.from({ length: STEPS }, () => new Path2D());
  for (const pair of pairs) {
    const members = rows.membersOf(pair);
    for (let index = 1; index < members.length; index++) {
      const [one, other] = [members[index - 1], members[index]];
      const lines = paths[stepOf(similarity[one * rows.size + other])];
      lines.moveTo(...place(one));
      lines.lineTo(...place(other));
    }
  }
  return paths;
}

function stroke(context, lines, { opacity, width }, shared) {
  context.globalAlpha = opacity * shared;
  context.lineWidth = width;
  context.stroke(lines);
  context.globalAlpha = 1;
}
