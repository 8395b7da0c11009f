/**
 * The points of a landscape: distance and losses, with what is special about some.
 */

/** Losses of a point, as states and addresses name them. */
export const DIRECTIONS = ["mean", "first_to_second", "second_to_first"];

const TRAINED = "as trained";

/**
 * @typedef {object} Point of a curve
 * @property {number} distance
 * @property {number} mean losses in nats
 * @property {number} first_to_second
 * @property {number} second_to_first
 * @property {string} [landmark] what is special about it
 */

/**
 * The points of a landscape by distance, landmarks among them.
 *
 * @param {import("./contract.js").Landscape} landscape
 * @returns {Point[]}
 */
export function pointsOf(landscape) {
  const point = (distance, forward, backward, landmark) => ({
    distance,
    mean: (forward + backward) / 2,
    first_to_second: forward,
    second_to_first: backward,
    landmark,
  });
  const { distance, firstToSecond, secondToFirst, trained, closed } = landscape;
  const marked = Object.entries({ [TRAINED]: trained, closed }).map(([name, at]) =>
    point(at.distance, at.firstToSecond, at.secondToFirst, name),
  );
  const taken = new Set(marked.map((entry) => Math.fround(entry.distance)));
  return Array.from(distance, (value, at) => point(value, firstToSecond[at], secondToFirst[at]))
    .filter((entry) => !taken.has(Math.fround(entry.distance)))
    .concat(marked)
    .sort((one, other) => one.distance - other.distance);
}

/** The point at which training left the model. */
export function trainedPoint(points) {
  return points.find(({ landmark }) => landmark === TRAINED);
}
