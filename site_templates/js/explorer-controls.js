/**
 * The controls of an explorer, each bound to one value of its state.
 */

import { LIKE, orderInWords } from "./arrangement.js";
import {
  choiceControl,
  countControl,
  resetControl,
  shareControl,
  switchControl,
  textControl,
} from "./controls.js";
import { projectionTitle } from "./layout.js";
import { MOST_CLUSTERS } from "./numbers.js";

/** Further controls, as they stand together in rows. */
export const SETTINGS = {
  choices: ["clusters", "distance", "lines"],
  switches: ["points", "names", "key"],
};

/**
 * @param {object} options
 * @param {object} options.config of the figure
 * @param {import("./page.js").Page} options.page
 * @param {(changes: object, cause?: {live?: boolean}) => void} options.onChange
 * @param {() => void} options.onLike order by similarity to what is marked
 * @param {() => void} options.onReset
 * @returns {Record<string, import("./controls.js").Control>} by the names of the state's values
 */
export function explorerControls(options) {
  return { ...basicControls(options), ...settings(options), ...filter(options) };
}

function basicControls({ config, page, onChange, onLike, onReset }) {
  return {
    model: choiceControl({
      label: "Model",
      options: config.models.map((id) => ({ value: id, text: page.models[id].short })),
      onChoose: (model) => onChange({ model }),
      onApproach: (model) => page.space(config.dataset, model).catch(() => {}),
    }),
    share: shareControl((share, cause) => onChange({ share }, cause)),
    projection: choiceControl({
      label: "Projection",
      options: config.projections.map((value) => ({ value, text: projectionTitle(value) })),
      onChoose: (projection) => onChange({ projection }),
    }),
    order: choiceControl({
      label: "Order",
      options: config.orders.map((value) => ({
        value,
        text: value === LIKE ? "by similarity to the marked item" : orderInWords(value),
      })),
      onChoose: (order) => (order === LIKE ? onLike() : onChange({ order })),
      list: true,
    }),
    reset: resetControl(onReset),
  };
}

function settings({ onChange }) {
  return {
    clusters: countControl({
      label: "Clusters",
      low: 2,
      high: MOST_CLUSTERS,
      onChoose: (clusters) => onChange({ clusters }, { live: true }),
    }),
    distance: choiceControl({
      label: "Cells show",
      options: [
        { value: "cosine", text: "cosine" },
        { value: "euclidean", text: "distance" },
      ],
      onChoose: (distance) => onChange({ distance }),
    }),
    lines: choiceControl({
      label: "Lines",
      options: [
        { value: "plain", text: "alike" },
        { value: "similarity", text: "by similarity" },
        { value: "none", text: "none" },
      ],
      onChoose: (lines) => onChange({ lines }),
      list: true,
    }),
    points: switchControl({
      label: "Pictures as points",
      values: ["shapes", "pictures"],
      onChoose: (points) => onChange({ points }),
    }),
    names: switchControl({
      label: "Names of clusters",
      values: ["off", "on"],
      onChoose: (names) => onChange({ names }),
    }),
    key: switchControl({
      label: "Show the key",
      values: ["hidden", "shown"],
      onChoose: (key) => onChange({ key }),
    }),
  };
}

function filter({ onChange }) {
  return {
    words: textControl({
      label: "Captions with",
      placeholder: "dog",
      onChange: (words) => onChange({ words }, { live: true }),
    }),
    match: choiceControl({
      label: "Match",
      options: [
        { value: "all", text: "all words" },
        { value: "any", text: "any word" },
      ],
      onChoose: (match) => onChange({ match }),
    }),
  };
}
