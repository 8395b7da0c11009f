/**
 * Numbers as the reader sees them, the same in every figure.
 */

/** Largest share of the gap that a figure closes: the modalities have passed each other. */
export const LARGEST_SHARE = 1.5;

/** Most clusters that a reader can ask for. */
export const MOST_CLUSTERS = 20;

/** A number with a fixed count of decimals and a true minus sign. */
export function fixed(value, decimals = 2) {
  const text = value.toFixed(decimals);
  return Number(text) < 0 ? text.replace("-", "−") : text.replace("-", "");
}

/** A share as a percentage: .62 is "62 %". */
export function percent(share) {
  return `${fixed(100 * share, 0)} %`;
}

/** The share of the gap closed, in words. */
export function shareInWords(share) {
  if (share === 0) return "as trained";
  return share === 1 ? "gap closed" : `${percent(share)} of the gap closed`;
}

export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
