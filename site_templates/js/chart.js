/**
 * A chart: plots of one table, a cross-hair through all of them, and the values that it meets.
 */

import { Announcer } from "./announcer.js";
import { element, setText } from "./element.js";
import { oncePerFrame } from "./motion.js";
import { plotsOver } from "./plot.js";
import { bindPointer } from "./pointing.js";
import { Selection } from "./selection.js";

const HELP =
  "Left and right arrow keys go from point to point, up and down to another series. " +
  "Home and End go to the ends. Escape clears.";

const HINT = "Point at a plot, tap it, or go through it with the arrow keys.";

/**
 * Make a figure live: its picture stays, and can be pointed at.
 *
 * @param {HTMLElement} figure
 * @param {object} config
 * @returns {Promise<{frames: import("./frame.js").Frame[]}>}
 */
export async function mount(figure, config) {
  new Chart(figure, config);
  return { frames: [] };
}

class Chart {
  constructor(figure, config) {
    Object.assign(this, { config });
    this.selection = new Selection();
    this.announcer = new Announcer();
    this.place = figure.querySelector(".chart-place");
    setText(this.place, HINT);
    const description = `${figure.id}-help`;
    figure
      .querySelector(".figure-body")
      .append(
        this.announcer.element,
        element("p", { class: "visually-hidden", id: description }, HELP),
      );
    this.plots = plotsOver({
      panels: figure.querySelectorAll(".panel-chart"),
      configs: config.panels,
      description,
      selection: this.selection,
    });
    this.listen();
  }

  listen() {
    for (const plot of this.plots) bindPointer(plot, this.selection);
    const show = oncePerFrame(() => this.show());
    this.selection.subscribe(() => {
      show();
      this.announcer.say(this.sentence());
    });
  }

  /** Where on the axis the mark stands, in words. */
  get marked() {
    const mark = this.selection.current;
    return mark && this.plots.find((plot) => plot.owns(mark)).pointOf(mark).x;
  }

  show() {
    for (const plot of this.plots) plot.show(this.marked);
    setText(this.place, this.marked === null ? HINT : `${this.config.x}: ${this.marked}`);
  }

  sentence() {
    if (this.marked === null) return "Nothing is marked.";
    const values = this.plots.map((plot) => plot.sentence(this.marked)).join(" ");
    return `${this.config.x} ${this.marked}. ${values}`;
  }
}
