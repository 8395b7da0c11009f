/**
 * Ranges of axes that begin and end at round numbers, as `article/pictures.py` makes them.
 */

/** Steps of an axis at most. */
const MOST_STEPS = 6;

const FACTORS = [1, 2, 5];

/** Rounding that is no step. */
const TINY = 1e-9;

/**
 * The smallest range of round steps about some values.
 *
 * @param {number[]} values
 * @returns {[number, number]}
 */
export function roundRange(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = atLeast(high > low ? (high - low) / MOST_STEPS : 1);
  const first = Math.floor(low / step + TINY);
  const last = Math.max(Math.ceil(high / step - TINY), first + 1);
  return [first * step, last * step];
}

/**
 * The same for a logarithmic axis, as exponents of ten: from and to 1, 2 or 5 times a power of ten.
 *
 * @param {number[]} values greater than zero
 * @returns {[number, number]}
 */
export function roundExponents(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [below, above] = [1 / atLeast(1 / low), atLeast(high)];
  return [Math.log10(below), Math.log10(above > below * (1 + TINY) ? above : 10 * below)];
}

/**
 * All of 1, 2 and 5 times powers of ten within a range.
 *
 * @param {[number, number]} exponents of ten
 * @returns {number[]}
 */
export function roundNumbers([first, last]) {
  const numbers = [];
  for (let power = Math.floor(first); power <= last; power++) {
    numbers.push(...FACTORS.map((factor) => Number(`${factor}e${power}`)));
  }
  const exponent = (number) => Math.log10(number);
  return numbers.filter((n) => exponent(n) >= first - TINY && exponent(n) <= last + TINY);
}

/** The smallest of 1, 2, 5 times a power of ten that is not below a number. */
function atLeast(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  return [...FACTORS, 10]
    .map((factor) => factor * power)
    .find((step) => step >= number * (1 - TINY));
}
