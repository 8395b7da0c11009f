/**
 * The parts of a large scatter: controls, view, pane and readouts, and where they stand.
 */

import { Announcer } from "./announcer.js";
import { CloudReadouts } from "./cloud-readouts.js";
import { CloudView } from "./cloud-view.js";
import { choiceControl, resetControl, switchControl, textControl } from "./controls.js";
import { element } from "./element.js";
import { PairPane } from "./pair-pane.js";
import { bindPointer } from "./pointing.js";

const HELP =
  "Arrow keys go to the nearest point in their direction, further with Shift; Home and End to the first " +
  "and last, Enter to the other item of the pair. Plus and minus zoom, 0 shows the whole. Escape clears.";

const HINT =
  "Point at a dot, tap it, or use the arrow keys: its pair is shown here. Plus and minus, two fingers, or " +
  "the wheel once the plot has been clicked, zoom.";

const LINES = [
  { value: "plain", text: "all alike" },
  { value: "coloured", text: "coloured by cluster" },
  { value: "inside", text: "only inside a cluster" },
  { value: "between", text: "only between clusters" },
  { value: "none", text: "none" },
];

/** Everything that a large scatter shows and that a reader can touch. */
export class CloudParts {
  /**
   * @param {object} options
   * @param {string} options.id of the figure
   * @param {object} options.config
   * @param {import("./page.js").Page} options.page
   * @param {import("./contract.js").Layout} options.layout the first one
   * @param {import("./selection.js").Selection} options.selection
   * @param {import("./theme.js").Theme} options.theme
   * @param {(changes: object, cause?: {live?: boolean}) => void} options.onChange
   * @param {() => void} options.onReset
   */
  constructor(options) {
    const { id, config, page, layout, selection, theme } = options;
    Object.assign(this, { id, config });
    this.controls = makeControls(options);
    this.view = new CloudView({
      name: `${id}-cloud`,
      description: `${id}-help`,
      selection,
      theme,
    });
    bindPointer(this.view, selection);
    this.pane = new PairPane({
      modalities: layout.modalities,
      addressOf: (path) => page.file(config.dataset, path),
      hint: HINT,
    });
    this.readouts = new CloudReadouts();
    this.status = element("span", { class: "cloud-status" });
    this.legend = element("span", { class: "legend" });
    this.announcer = new Announcer();
  }

  /** Elements of the figure, in the order of reading. */
  elements() {
    return [
      element("div", { class: "figure-controls" }, ...this.chosen("model", "layout")),
      element(
        "div",
        { class: "figure-controls cloud-marks" },
        ...this.chosen("lines", "clusters", "words", "reset"),
      ),
      element(
        "div",
        { class: "views" },
        element(
          "div",
          { class: "panel panel-cloud" },
          element("div", { class: "panel-head" }, this.status),
          element("div", { class: "view view-cloud" }, this.view.frame.element),
          element("div", { class: "panel-foot" }, this.legend),
        ),
      ),
      element("div", { class: "cloud-side" }, this.pane.element, this.readouts.element),
      this.announcer.element,
      element("p", { class: "visually-hidden", id: `${this.id}-help` }, HELP),
    ];
  }

  chosen(...names) {
    const { controls } = this.config;
    return names
      .filter((name) => controls.includes(name))
      .map((name) => this.controls[name].element);
  }
}

function makeControls({ config, page, onChange, onReset }) {
  return {
    model: choiceControl({
      label: "Model",
      options: config.models.map((model) => ({ value: model, text: page.models[model].short })),
      onChoose: (model) => onChange({ model }),
      list: true,
    }),
    layout: choiceControl({
      label: "Layout",
      options: config.layouts.map(({ name, title }) => ({ value: name, text: title })),
      onChoose: (layout) => onChange({ layout }),
      list: true,
    }),
    lines: choiceControl({
      label: "Lines",
      options: LINES,
      onChoose: (lines) => onChange({ lines }),
    }),
    clusters: switchControl({
      label: "Outline clusters",
      values: ["none", "outlines"],
      onChoose: (clusters) => onChange({ clusters }),
    }),
    words: textControl({
      label: "Words in the caption",
      placeholder: "such as: dog",
      onChange: (words) => onChange({ words }, { live: true }),
    }),
    reset: resetControl(onReset),
  };
}
