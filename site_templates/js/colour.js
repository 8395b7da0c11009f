/**
 * Colours of similarities: a table of 256, over a range that stays fixed while the reader compares.
 */

import { clamp } from "./numbers.js";

/** Similarities to colours. */
export class ColourScale {
  /**
   * @param {[number, number, number][]} colours evenly spaced, from low to high
   * @param {[number, number]} range
   */
  constructor(colours, [low, high]) {
    this.colours = colours;
    this.low = low;
    this.high = high;
    // As ImageData holds them: red in the lowest byte, opaque.
    this.words = Uint32Array.from(
      colours,
      ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0,
    );
  }

  /** Paint values into the pixels of an ImageData of as many. */
  paint(values, image) {
    const pixels = new Uint32Array(image.data.buffer);
    const last = this.words.length - 1;
    const steps = last / (this.high - this.low);
    for (let at = 0; at < values.length; at++) {
      const step = (values[at] - this.low) * steps + 0.5;
      pixels[at] = this.words[step < 0 ? 0 : step > last ? last : step | 0];
    }
  }

  /** The colour of one value, for CSS. */
  css(value) {
    const last = this.colours.length - 1;
    const step = Math.round(clamp((value - this.low) / (this.high - this.low), 0, 1) * last);
    return `rgb(${this.colours[step].join(" ")})`;
  }

  /** The scale from left to right, as a CSS image. */
  gradient(stops = 24) {
    const colours = Array.from({ length: stops }, (_, stop) =>
      this.css(this.low + (stop / (stops - 1)) * (this.high - this.low)),
    );
    return `linear-gradient(to right, ${colours.join(", ")})`;
  }
}
