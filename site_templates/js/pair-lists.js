/**
 * Lists of pairs as a state holds and an address writes them: `study!3.7-12`, counted from 1.
 */

/** One pair, or several side by side. */
const STRETCH = /^\d+(-\d+)?$/;

/**
 * @param {string} dataset
 * @param {Iterable<number>} pairs indices, from 0
 * @returns {string} nothing for no pairs
 */
export function writePairs(dataset, pairs) {
  const sorted = [...new Set(pairs)].sort((one, other) => one - other);
  const stretches = [];
  for (const pair of sorted) {
    const last = stretches.at(-1);
    if (last && pair === last.end + 1) last.end = pair;
    else stretches.push({ start: pair, end: pair });
  }
  const written = stretches.map(({ start, end }) =>
    start === end ? `${start + 1}` : `${start + 1}-${end + 1}`,
  );
  return written.length === 0 ? "" : `${dataset}!${written.join(".")}`;
}

/**
 * The pairs of a data set that a list names; what it says of another one counts for nothing here.
 *
 * @param {string} text
 * @param {string} dataset
 * @param {number} count pairs of the data set
 * @returns {number[]} indices from 0, rising
 */
export function readPairs(text, dataset, count) {
  const prefix = `${dataset}!`;
  if (!text.startsWith(prefix)) return [];
  const found = new Set();
  const parts = text.slice(prefix.length).split(".");
  for (const part of parts.filter((each) => STRETCH.test(each))) {
    const [start, end = start] = part.split("-").map(Number);
    for (let number = start; number <= Math.min(end, count); number++) found.add(number - 1);
  }
  found.delete(-1);
  return [...found].sort((one, other) => one - other);
}
