/**
 * One model of a film figure: its matrix and its cloud, in place of their static pictures.
 */

import { arrange } from "./arrangement.js";
import { ColourBar } from "./colour-bar.js";
import { setText } from "./element.js";
import { FilmStrip } from "./film-strip.js";
import { Heatmap } from "./heatmap.js";
import { Transition } from "./motion.js";
import { bindPointer } from "./pointing.js";
import { Scatter } from "./scatter.js";

/** As `figures/film.css` has them. */
const MARGINS = { left: 24, top: 4, right: 4, bottom: 24 };

/** Matrix and cloud of the frames of one film. */
export class FilmPanel {
  /**
   * @param {object} options
   * @param {string} options.id of the figure
   * @param {string} options.title of the model
   * @param {import("./contract.js").Film} options.film
   * @param {number} options.extent half the side of the plane
   * @param {{matrix: HTMLElement, cloud: HTMLElement}} options.places panels of the static picture
   * @param {{matrix: string, cloud: string}} options.help ids of the elements that say how to use them
   * @param {import("./colour.js").ColourScale} options.colours
   * @param {import("./rows.js").Rows} options.rows
   * @param {import("./selection.js").Selection} options.selection
   * @param {import("./theme.js").Theme} options.theme
   */
  constructor({ id, title, film, extent, places, help, colours, rows, selection, theme }) {
    Object.assign(this, { title, rows });
    this.strip = new FilmStrip(film);
    this.motion = new Transition();
    this.heading = places.matrix.querySelector(".panel-title");
    const common = { rows, colours, selection, theme, margins: MARGINS };
    this.heatmap = new Heatmap({
      ...common,
      name: `${id}-${film.model}-matrix`,
      description: help.matrix,
    });
    this.scatter = new Scatter({
      ...common,
      name: `${id}-${film.model}-cloud`,
      description: help.cloud,
    });
    this.heatmap.arrange(arrange({ clusterings: [] }, rows, "given"));
    const range = [-extent, extent];
    this.scatter.frame.setAxes({
      x: { range, title: "principal components" },
      y: { range },
    });
    this.colourBar = new ColourBar(colours);
    places.matrix.querySelector(".colour-bar").replaceWith(this.colourBar.element);
    for (const [place, view] of [
      [places.matrix, this.heatmap],
      [places.cloud, this.scatter],
    ]) {
      bindPointer(view, selection);
      const stage = place.querySelector(".view");
      stage.removeAttribute("role");
      stage.removeAttribute("aria-label");
      stage.replaceChildren(view.frame.element);
      view.frame.fit();
      view.frame.element.dataset.axes = "own"; // small as it is, it never gets plotly's
    }
  }

  get frames() {
    return [this.heatmap.frame, this.scatter.frame];
  }

  /** The similarities of the frame shown. */
  get similarity() {
    return this.strip.similarity(this.frame);
  }

  /** Go to a frame: at once under a reader's hand, else on the way there. */
  turnTo(frame, live) {
    if (frame === this.frame) return;
    if (this.frame === undefined || live) this.motion.stop();
    else {
      this.heatmap.keep();
      this.scatter.keep();
      this.motion.start();
    }
    this.frame = frame;
    const words = `${this.title}, ${this.pairs.toLocaleString("en")} pairs`;
    setText(this.heading, words);
    const items = `${this.rows.size} items, ${this.rows.modalities.map((n) => `${n}s`).join(", then ")}`;
    this.heatmap.frame.setName(`Cosine similarities of ${items}: ${words}`);
    this.scatter.frame.setName(`Principal components of ${items}: ${words}`);
  }

  /** Pairs seen before the frame shown. */
  get pairs() {
    return this.strip.film.pairs[this.frame];
  }

  /** Draw; whether there is more to come. */
  render(now) {
    const progress = this.motion.progress(now);
    this.heatmap.show(this.similarity, progress);
    this.scatter.show(this.strip.coordinates(this.frame), progress);
    return progress < 1;
  }

  /** Show what is marked. */
  showMark(mark) {
    this.colourBar.point(mark ? this.valueOf(mark) : null);
    for (const frame of this.frames) frame.drawNow();
  }

  valueOf({ first, second }) {
    return this.similarity[first * this.rows.size + second];
  }
}
