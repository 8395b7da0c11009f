/**
 * The state of a figure: one small object that is replaced, never changed, and that every view derives from.
 */

import { clamp } from "./numbers.js";

/**
 * @typedef {object} Field how a value of the state is written in an address
 * @property {(text: string) => unknown} parse undefined where the text is no value
 * @property {(value: unknown) => string} format
 */

/** Holds the state of a figure, and tells who listens when it is replaced. */
export class Store {
  /** @param {Record<string, unknown>} initial the state that "reset" returns to */
  constructor(initial) {
    this.initial = Object.freeze({ ...initial });
    this.state = this.initial;
    this.listeners = new Set();
  }

  /**
   * Replace some values; the others stay as they are.
   *
   * @param {Record<string, unknown>} changes
   * @param {{live?: boolean, restored?: boolean}} [cause] live: the reader is moving a control, so nothing may
   *   lag behind it; restored: the address of the page says so already
   */
  set(changes, cause = {}) {
    const previous = this.state;
    const changed = Object.entries(changes).filter(([name, value]) => previous[name] !== value);
    if (changed.length === 0) return;
    this.state = Object.freeze({ ...previous, ...Object.fromEntries(changed) });
    for (const listener of this.listeners) listener(this.state, previous, cause);
  }

  /** @param {(state: object, previous: object, cause: {live?: boolean, restored?: boolean}) => void} listener */
  subscribe(listener) {
    this.listeners.add(listener);
  }
}

/** A field with one of some values. */
export function choice(values) {
  return { parse: (text) => values.find((value) => value === text), format: String };
}

/** A field with a number between two bounds, written with three decimals at most. */
export function quantity(low, high) {
  return {
    parse: (text) =>
      text.trim() === "" || Number.isNaN(Number(text)) ? undefined : clamp(Number(text), low, high),
    format: (value) => String(Number(value.toFixed(3))),
  };
}

/**
 * The values among some texts that the fields know; an old or foreign address never breaks a figure.
 *
 * @param {Iterable<[string, string]>} entries
 * @param {Record<string, Field>} fields
 * @returns {Record<string, unknown>}
 */
export function parseState(entries, fields) {
  const known = [...entries].filter(([name]) => Object.hasOwn(fields, name));
  const parsed = known.map(([name, text]) => [name, fields[name].parse(text)]);
  return Object.fromEntries(parsed.filter(([, value]) => value !== undefined));
}

/** A field with a name of something that only the data know. */
export function word() {
  return { parse: (text) => (/^[\w-]+$/.test(text) ? text : undefined), format: String };
}

/** A field with a whole number between two bounds. */
export function whole(low, high) {
  return {
    parse: (text) => (/^\d+$/.test(text) ? clamp(Number(text), low, high) : undefined),
    format: String,
  };
}

/** What divides the parts of an address is written in another way within a text. */
const DIVIDING = /[%,]/g;

/** A field with any text, cut where it is longer than an address should bear. */
export function text(longest) {
  return {
    parse: (written) => written.replace(/%(25|2C)/gi, decodeURIComponent).slice(0, longest),
    format: (value) => value.replace(DIVIDING, encodeURIComponent),
  };
}
