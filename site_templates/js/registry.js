/**
 * Types of figures: how each writes its state in an address, and how it becomes live.
 */

import { explorerFields, mountExplorer } from "./explorer.js";
import { landscapeFields, mountLandscape } from "./landscape.js";

/**
 * @typedef {object} FigureType
 * @property {(config: object) => Record<string, import("./state.js").Field>} fields
 * @property {(figure: HTMLElement, config: object, page: import("./page.js").Page,
 *   store: import("./state.js").Store) => Promise<{frames: import("./frame.js").Frame[]}>} mount
 */

/** @type {Map<string, FigureType>} */
const TYPES = new Map([
  ["explorer", { fields: explorerFields, mount: mountExplorer }],
  ["landscape", { fields: landscapeFields, mount: mountLandscape }],
]);

/** The type of a figure, by the name that the page gives. */
export function figureType(name) {
  const type = TYPES.get(name);
  if (!type)
    throw new Error(`unknown type of figure "${name}"; known: ${[...TYPES.keys()].join(", ")}`);
  return type;
}
