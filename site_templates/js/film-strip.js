/**
 * The frames of a film: the matrix of each, and its items in the plane, derived when they are asked for.
 */

import { frameSimilarity } from "./contract.js";
import { LeadingPair } from "./eigen.js";
import { principalComponents, rotateOnto } from "./geometry.js";

/** One film. */
export class FilmStrip {
  /** @param {import("./contract.js").Film} film */
  constructor(film) {
    this.film = film;
    this.last = film.steps.length - 1;
    this.matrices = new Map();
    /** @type {Float64Array[]} layouts of frames, the last one first */
    this.layouts = [];
    this.solver = new LeadingPair(2 * film.count);
  }

  /** The similarities (2n, 2n) of a frame. */
  similarity(frame) {
    if (!this.matrices.has(frame)) this.matrices.set(frame, frameSimilarity(this.film, frame));
    return this.matrices.get(frame);
  }

  /**
   * Principal components (2n, 2) of a frame, turned onto those of the frame after it: the last frame has
   * the components themselves, and each stands as its neighbours do, whichever way a reader comes.
   */
  coordinates(frame) {
    while (this.layouts.length <= this.last - frame) {
      const after = this.layouts.at(-1);
      const similarity = this.similarity(this.last - this.layouts.length);
      const own = principalComponents(similarity, { start: after, solver: this.solver });
      this.layouts.push(after ? rotateOnto(own, after) : own);
    }
    return this.layouts[this.last - frame];
  }
}
