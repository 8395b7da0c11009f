/**
 * Controls of films: a slider over the moments that have a frame, steps, and playing through them.
 */

import { element, setText } from "./element.js";
import { mayMove } from "./motion.js";
import { clamp } from "./numbers.js";

/** Milliseconds that a moment is shown while the films play. */
const PACE = 650;

/** Buttons and a slider that set a moment. */
export class FilmControls {
  /**
   * @param {object} options
   * @param {number[]} options.moments pairs seen, rising
   * @param {(moment: number, cause: {live: boolean}) => void} options.onChange an index of `moments`
   */
  constructor({ moments, onChange }) {
    Object.assign(this, { moments, onChange });
    this.moment = 0;
    this.timer = null;
    const button = (text, onclick) => element("button", { type: "button", onclick }, text);
    this.playing = button("Play", () => (this.timer === null ? this.play() : this.pause()));
    this.playing.hidden = !mayMove();
    this.slider = element("input", {
      type: "range",
      min: 0,
      max: moments.length - 1,
      step: 1,
      "aria-label": "Moment of the trainings",
      oninput: () => this.choose(this.slider.valueAsNumber, { live: true }),
    });
    this.output = element("span", { class: "film-moment" });
    this.element = element(
      "div",
      { class: "figure-controls film-controls" },
      element(
        "span",
        { class: "segments" },
        button("Back", () => this.choose(this.moment - 1, { live: false })),
        this.playing,
        button("Next", () => this.choose(this.moment + 1, { live: false })),
      ),
      element("span", { class: "share-track" }, this.slider),
      this.output,
    );
  }

  /** Show a moment that the state names. */
  show(moment) {
    this.moment = moment;
    this.slider.valueAsNumber = moment;
    this.slider.style.setProperty("--at", moment / Math.max(this.moments.length - 1, 1));
    this.slider.setAttribute("aria-valuetext", inWords(this.moments[moment]));
    setText(this.output, inWords(this.moments[moment]));
  }

  /** The reader's own choice ends the playing. */
  choose(moment, cause) {
    this.pause();
    this.onChange(clamp(moment, 0, this.moments.length - 1), cause);
  }

  /** From the beginning, where the end is shown. */
  play() {
    setText(this.playing, "Pause");
    if (this.moment === this.moments.length - 1) this.onChange(0, { live: false });
    this.timer = setInterval(() => this.advance(), PACE);
  }

  advance() {
    this.onChange(this.moment + 1, { live: false });
    if (this.moment === this.moments.length - 1) this.pause();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    setText(this.playing, "Play");
  }
}

/** "after 12,800 pairs" */
function inWords(pairs) {
  return pairs === 0 ? "before training" : `after ${pairs.toLocaleString("en")} pairs`;
}
