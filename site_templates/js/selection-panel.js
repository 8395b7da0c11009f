/**
 * What can be done with a selection of pairs: draw it, add to it, show nothing else; and its summary.
 */

import { actionButton, choiceControl } from "./controls.js";
import { element } from "./element.js";

/**
 * @typedef {object} Acts what the buttons do
 * @property {() => void} toggle the marked pair
 * @property {() => void} cluster select that of the marked pair
 * @property {() => void} clear
 * @property {() => void} only show the selected pairs alone
 * @property {() => void} all show all pairs again
 */

/** Buttons and summary; the tools stand nearer to the views. */
export class SelectionPanel {
  /**
   * @param {object} options
   * @param {(tool: string) => void} options.onTool
   * @param {Acts} options.acts
   * @param {import("./group-summary.js").GroupSummary} options.summary
   */
  constructor({ onTool, acts, summary }) {
    this.summary = summary;
    this.tools = choiceControl({
      label: "Dragging",
      options: [
        { value: "point", text: "zooms" },
        { value: "box", text: "draws a box" },
        { value: "lasso", text: "a lasso" },
      ],
      onChoose: (tool) => {
        this.tools.show(tool);
        if (tool !== "point") this.open();
        onTool(tool);
      },
    });
    this.tools.show("point");
    this.buttons = {
      toggle: actionButton("Select marked pair", acts.toggle),
      cluster: actionButton("Select its cluster", acts.cluster),
      only: actionButton("Show only these", acts.only),
      all: actionButton("Show all", acts.all),
      clear: actionButton("Clear selection", acts.clear),
    };
    const buttons = Object.values(this.buttons).map((button) => button.element);
    this.element = element(
      "div",
      { class: "figure-selection" },
      element("div", { class: "selection-tools" }, ...buttons),
      summary.element,
    );
  }

  /** Make room for the summary, for good: selecting must not move what is below. */
  open() {
    this.element.toggleAttribute("data-open", true);
  }

  /** @param {Record<string, boolean>} allowed whether each button does something now */
  allow(allowed) {
    for (const [name, button] of Object.entries(this.buttons)) button.allow(allowed[name]);
  }
}
