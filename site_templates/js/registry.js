/**
 * Types of figures: how each writes its state in an address, and the module that makes it live.
 *
 * The fields are at hand from the start, because links and addresses name them; a module is loaded when
 * a figure of its type comes near.
 */

import { LARGEST_SHARE, MOST_CLUSTERS } from "./numbers.js";
import { choice, quantity, text, whole, word } from "./state.js";

/**
 * @typedef {object} FigureType
 * @property {(config: object) => Record<string, import("./state.js").Field>} fields
 * @property {boolean} [plotly] false where no view has plotly's axes
 * @property {() => Promise<{mount: (figure: HTMLElement, config: object, page: import("./page.js").Page,
 *   store: import("./state.js").Store) => Promise<{frames: import("./frame.js").Frame[]}>}>} load
 */

/** Characters that a list of pairs or some words may have. */
const LONGEST = { words: 100, list: 1500 };

/** What the controls of an explorer beyond the basic ones set. */
function toolFields(controls) {
  const fields = {
    clusters: { clusters: whole(2, MOST_CLUSTERS) },
    like: { like: text(LONGEST.words) },
    distance: { distance: choice(["cosine", "euclidean"]) },
    names: { names: choice(["on", "off"]) },
    lines: { lines: choice(["plain", "similarity", "none"]) },
    points: { points: choice(["shapes", "pictures"]) },
    key: { key: choice(["hidden", "shown"]) },
    words: { words: text(LONGEST.words), match: choice(["all", "any"]) },
    select: { only: text(LONGEST.list), picked: text(LONGEST.list) },
  };
  return Object.assign({}, ...controls.map((name) => fields[name]));
}

/** @type {Map<string, FigureType>} */
const TYPES = new Map([
  [
    "explorer",
    {
      fields: (config) => ({
        model: choice(config.models),
        share: quantity(0, LARGEST_SHARE),
        projection: choice(config.projections),
        order: choice(config.orders),
        ...toolFields(config.controls),
      }),
      load: () => import("./explorer.js"),
    },
  ],
  [
    "augmentation",
    {
      fields: ({ kinds, pictures, views }) => ({
        kind: choice(kinds.map(({ id }) => id)),
        picture: choice(pictures.map(({ id }) => id)),
        view: choice(views),
        step: whole(0, Math.max(...kinds.map(({ values }) => values.length)) - 1),
      }),
      load: () => import("./augmentation.js"),
    },
  ],
  [
    "comparer",
    {
      fields: (config) => ({
        dataset: choice(config.datasets),
        view: choice(config.views),
        shown: choice(["all", ...config.panels.map(({ id }) => id)]),
        share: quantity(0, LARGEST_SHARE),
        order: word(),
        by: choice(config.panels.map(({ model }) => model)),
        projection: word(),
      }),
      load: () => import("./comparer.js"),
    },
  ],
  [
    "landscape",
    {
      fields: (config) => ({
        model: choice(config.models),
        direction: choice(config.directions),
      }),
      load: () => import("./landscape.js"),
    },
  ],
  [
    "table",
    {
      plotly: false,
      fields: ({ columns }) => ({
        sort: choice(["given", ...columns.map(({ name }) => name)]),
        order: choice(["ascending", "descending"]),
      }),
      load: () => import("./table.js"),
    },
  ],
  [
    "film",
    {
      plotly: false,
      fields: ({ moments }) => ({ pairs: quantity(0, moments.at(-1)) }),
      load: () => import("./film.js"),
    },
  ],
  [
    "sketch",
    {
      plotly: false,
      fields: ({ controls }) =>
        controls.includes("share") ? { share: quantity(0, LARGEST_SHARE) } : {},
      load: () => import("./sketch.js"),
    },
  ],
  ["chart", { plotly: false, fields: () => ({}), load: () => import("./chart.js") }],
  [
    "cloud",
    {
      fields: (config) => ({
        model: choice(config.models),
        layout: choice(config.layouts.map(({ name }) => name)),
        lines: choice(["plain", "coloured", "inside", "between", "none"]),
        clusters: choice(["none", "outlines"]),
        words: text(LONGEST.words),
      }),
      load: () => import("./cloud.js"),
    },
  ],
]);

/** The type of a figure, by the name that the page gives. */
export function figureType(name) {
  const type = TYPES.get(name);
  if (!type)
    throw new Error(`unknown type of figure "${name}"; known: ${[...TYPES.keys()].join(", ")}`);
  return type;
}
