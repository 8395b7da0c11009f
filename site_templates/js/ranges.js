/**
 * Ranges of axes: `[at the left or bottom, at the right or top]`, which may fall.
 */

/** What is shown around a value that a range is moved to, as a share of the range. */
const EDGE = 0.05;

/** Whether two ranges have the same ends. */
export function sameRange(one, other) {
  return one[0] === other[0] && one[1] === other[1];
}

/** A range moved as little as needed to show a value with something around it, within its bounds. */
export function including([start, end], value, bounds) {
  const [low, high] = ordered([start, end]);
  const edge = EDGE * (high - low);
  const shift = Math.min(value - edge - low, 0) || Math.max(value + edge - high, 0);
  return value >= low && value <= high
    ? [start, end]
    : within([start + shift, end + shift], bounds);
}

/** A range made shorter or longer about a value of it, which keeps its place, within its bounds. */
export function scaled([start, end], factor, bounds, value) {
  const [low, high] = ordered([start, end]);
  const fixed = value >= low && value <= high ? value : (low + high) / 2;
  return within([fixed + factor * (start - fixed), fixed + factor * (end - fixed)], bounds);
}

/** A range moved, and if need be shortened, into its bounds. */
function within([start, end], bounds) {
  const [first, last] = ordered(bounds);
  const [low, high] = ordered([start, end]);
  if (high - low >= last - first) return [...bounds];
  const shift = Math.max(first - low, 0) || Math.min(last - high, 0);
  return [start + shift, end + shift];
}

/** The lower and the upper end. */
export function ordered([start, end]) {
  return start < end ? [start, end] : [end, start];
}
