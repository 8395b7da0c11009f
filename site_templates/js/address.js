/**
 * States of figures in the address of the page: `?fig-explorer=model:clip-cnn,share:1`.
 *
 * Only what differs from a figure's initial state is written.
 */

import { parseState } from "./state.js";

/** What divides the values of a figure, and what stands for it within one. */
const DIVIDERS = /[%,]/g;
const STAND_INS = /%(25|2C)/gi;

/**
 * What the address says of a figure.
 *
 * @param {string} id of the figure
 * @param {Record<string, import("./state.js").Field>} fields
 * @param {string} [search] query of the address
 */
export function readAddress(id, fields, search = location.search) {
  const text = new URLSearchParams(search).get(id) ?? "";
  const entries = text.split(",").map((entry) => splitOnce(entry, ":"));
  const values = entries.map(([name, value]) => [
    name,
    value.replace(STAND_INS, decodeURIComponent),
  ]);
  return parseState(values, fields);
}

/**
 * The address of the page with the state of a figure, beside those of the others.
 *
 * @param {string} id
 * @param {Record<string, import("./state.js").Field>} fields
 * @param {import("./state.js").Store} store
 */
export function addressOf(id, fields, store) {
  const others = location.search
    .slice(1)
    .split("&")
    .filter((part) => part !== "" && splitOnce(part, "=")[0] !== id);
  return addressWith([...others, ...stateOf(id, fields, store)], location.hash);
}

/** The address that leads to a figure in its state, whatever others show. */
export function linkTo(id, fields, store) {
  return addressWith(stateOf(id, fields, store), `#${id}`);
}

/** The part of the query that says the state of a figure, if it is not the initial one. */
function stateOf(id, fields, { state, initial }) {
  const entries = Object.entries(fields)
    .filter(([name]) => state[name] !== initial[name])
    .map(([name, field]) => `${name}:${written(field.format(state[name]))}`);
  return entries.length > 0 ? [`${id}=${entries.join(",")}`] : [];
}

function written(text) {
  return encodeURIComponent(text.replace(DIVIDERS, encodeURIComponent));
}

function addressWith(parts, hash) {
  const query = parts.length > 0 ? `?${parts.join("&")}` : "";
  return new URL(location.pathname + query + hash, location.href).href;
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
