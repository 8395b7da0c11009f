/**
 * Numbers drawn at random that are the same every time: figures of a sample can be made again.
 */

/** The seed of every sample that the page draws. */
export const SEED = 0;

/**
 * A generator of numbers from 0 up to 1: mulberry32, by Tommy Ettinger, in the public domain.
 *
 * @param {number} [seed]
 * @returns {() => number}
 */
export function generator(seed = SEED) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Some of many entries, each as likely as the others, in their order.
 *
 * @template T
 * @param {T[]} entries
 * @param {number} count
 * @param {() => number} [random]
 * @returns {T[]}
 */
export function sample(entries, count, random = generator()) {
  const places = entries.map((_, index) => index);
  for (let at = 0; at < count; at++) {
    const drawn = at + Math.floor(random() * (places.length - at));
    [places[at], places[drawn]] = [places[drawn], places[at]];
  }
  return places
    .slice(0, count)
    .sort((one, other) => one - other)
    .map((place) => entries[place]);
}
