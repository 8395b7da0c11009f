/**
 * States of figures in the address of the page: `?fig-explorer=model:clip-cnn,share:1`.
 *
 * Only what differs from a figure's initial state is written.
 */

import { parseState } from "./state.js";

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
  return parseState(entries, fields);
}

/**
 * Write the state of a figure into the address, beside those of the others.
 *
 * @param {string} id
 * @param {Record<string, import("./state.js").Field>} fields
 * @param {import("./state.js").Store} store
 */
export function writeAddress(id, fields, store) {
  const address = addressOf(id, fields, store);
  if (address !== location.href) history.replaceState(history.state, "", address);
}

/** The same as a new entry of the history, so that "back" undoes a jump. */
export function pushAddress(id, fields, store) {
  const address = addressOf(id, fields, store);
  if (address !== location.href) history.pushState(history.state, "", address);
}

function addressOf(id, fields, { state, initial }) {
  const entries = Object.entries(fields)
    .filter(([name]) => state[name] !== initial[name])
    .map(([name, field]) => `${name}:${encodeURIComponent(field.format(state[name]))}`);
  const others = location.search
    .slice(1)
    .split("&")
    .filter((part) => part !== "" && splitOnce(part, "=")[0] !== id);
  if (entries.length > 0) others.push(`${id}=${entries.join(",")}`);
  const query = others.length > 0 ? `?${others.join("&")}` : "";
  return new URL(location.pathname + query + location.hash, location.href).href;
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
