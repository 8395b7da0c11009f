/**
 * How often the partner of an item is the nearest: `recall` of `article/geometry.py` at the first place.
 */

/**
 * R@1 of the first two modalities, the mean of both directions. An item is ranked behind every other of
 * equal similarity.
 *
 * @param {Float64Array} similarity (N, N)
 * @param {number[]} counts as many items of the first modality as of the second
 * @returns {number} share of items, 0 to 1
 */
export function recallAtOne(similarity, counts) {
  const [count, second] = counts;
  const size = counts.reduce((total, some) => total + some, 0);
  if (count !== second) throw new Error(`modalities of ${count} and ${second} items form no pairs`);
  let found = 0;
  for (let pair = 0; pair < count; pair++) {
    const own = similarity[pair * size + count + pair];
    let [forward, backward] = [0, 0];
    for (let other = 0; other < count; other++) {
      if (!(similarity[pair * size + count + other] < own)) forward++;
      if (!(similarity[other * size + count + pair] < own)) backward++;
    }
    found += (forward <= 1 ? 1 : 0) + (backward <= 1 ? 1 : 0);
  }
  return found / (2 * count);
}
