/**
 * Movement: work once a frame, and short transitions that respect a wish for less of it.
 */

/** Length of every transition, in milliseconds. */
export const TRANSITION = 280;

const reduced = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether changes may be shown as movement. */
export function mayMove() {
  return !reduced.matches;
}

/**
 * Call back in the next frame, once, however often it is asked for.
 *
 * @param {(now: number) => void} callback
 * @returns {() => void}
 */
export function oncePerFrame(callback) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame((now) => {
      asked = false;
      callback(now);
    });
  };
}

/** Call back when nothing was asked for during `delay` milliseconds. */
export function afterRest(callback, delay) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(callback, delay, ...values);
  };
}

/** Progress of a transition: 0 when it starts, 1 when it is over, slow at both ends. */
export class Transition {
  constructor() {
    this.started = Number.NEGATIVE_INFINITY;
  }

  start() {
    this.started = mayMove() ? performance.now() : Number.NEGATIVE_INFINITY;
  }

  stop() {
    this.started = Number.NEGATIVE_INFINITY;
  }

  progress(now = performance.now()) {
    const part = Math.min(Math.max((now - this.started) / TRANSITION, 0), 1);
    return part * part * (3 - 2 * part);
  }
}
