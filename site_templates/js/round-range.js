/**
 * Ranges of axes that begin and end at round numbers, as `article/pictures.py` makes them.
 */

/** Steps of an axis at most. */
const MOST_STEPS = 6;

/** The smallest range of round steps about some values, and the steps. */
export function roundRange(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = roundStep(high > low ? (high - low) / MOST_STEPS : 1);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, at) =>
    Number(((first + at) * step).toFixed(10)),
  );
  return { range: [ticks[0], ticks.at(-1)], ticks };
}

/** The smallest of 1, 2, 5 times a power of ten that is at least `smallest`. */
function roundStep(smallest) {
  const power = 10 ** Math.floor(Math.log10(smallest));
  return [1, 2, 5, 10]
    .map((factor) => factor * power)
    .find((step) => step >= smallest * (1 - 1e-9));
}
