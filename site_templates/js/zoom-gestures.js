/**
 * Zoom where the reader points: by wheel, by two fingers on a touchpad, by two fingers on the screen.
 *
 * A wheel without a key zooms only in a view that has the focus: who scrolls down the page is not held up.
 */

import { afterRest } from "./motion.js";
import { sameRange, scaled } from "./ranges.js";

/** Logarithm of the zoom for each pixel of the wheel, and pixels of a wheel's line. */
const WHEEL_STEP = 0.002;
const LINE = 16;

/** Milliseconds without another step before plotly's axes follow, which takes longer than a frame may. */
const REST = 120;

/**
 * Let wheel and fingers zoom a frame whose axes are linear.
 *
 * @param {import("./frame.js").Frame} frame
 */
export function bindZoom(frame) {
  const settle = afterRest(() => frame.setRanges(frame.ranges), REST);
  const show = (ranges) => {
    const moved = ["x", "y"].some((name) => !sameRange(ranges[name], frame.ranges[name]));
    if (!moved) return false;
    frame.ranges = ranges;
    frame.redraw();
    settle();
    return true;
  };
  frame.element.addEventListener("wheel", (event) => zoomByWheel(frame, event, show));
  const pinch = new Pinch(frame, show);
  // Plotly would take two fingers for a double click, others for one that marks.
  const alone = { capture: true, passive: false };
  const on = (type, act) => frame.element.addEventListener(type, act, alone);
  on("touchstart", (event) => pinch.begin(event));
  on("touchend", (event) => pinch.begin(event));
  on("touchmove", (event) => pinch.move(event));
  on("pointermove", (event) => pinch.start && event.stopPropagation());
}

function zoomByWheel(frame, event, show) {
  const meant = event.ctrlKey || event.metaKey;
  if (!meant && document.activeElement !== frame.element) return;
  const values = frame.valuesAt(event);
  if (values === null) return;
  const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
  const factor = Math.exp(WHEEL_STEP * pixels * event.deltaY);
  const zoomed = (name) => scaled(frame.ranges[name], factor, frame.axes[name].range, values[name]);
  const moved = show({ x: zoomed("x"), y: zoomed("y") });
  if (moved || meant) event.preventDefault();
}

/** Two fingers: what was between them stays between them. */
class Pinch {
  constructor(frame, show) {
    Object.assign(this, { frame, show });
    this.start = null;
  }

  /** Fingers were put down or lifted. */
  begin(event) {
    const { touches } = event;
    if (this.start || touches.length === 2) event.stopPropagation();
    const middle = touches.length === 2 ? middleOf(touches) : null;
    const values = middle && this.frame.valuesAt(middle);
    this.start = values && { values, ranges: this.frame.ranges, spread: spreadOf(touches) };
  }

  move(event) {
    if (!this.start) return;
    event.preventDefault();
    const { values, ranges, spread } = this.start;
    const factor = spread / Math.max(spreadOf(event.touches), 1);
    const pixels = this.frame.pixelsAt(middleOf(event.touches));
    if (pixels === null) return;
    const shares = { x: pixels[0] / this.frame.width, y: 1 - pixels[1] / this.frame.height };
    const held = (name) => {
      const [low, high] = ranges[name];
      const length = factor * (high - low);
      const first = values[name] - shares[name] * length;
      // Not changed by itself, only moved and shortened into the bounds of the axis.
      return scaled([first, first + length], 1, this.frame.axes[name].range);
    };
    this.show({ x: held("x"), y: held("y") });
  }
}

function middleOf([one, other]) {
  return {
    clientX: (one.clientX + other.clientX) / 2,
    clientY: (one.clientY + other.clientY) / 2,
  };
}

function spreadOf([one, other]) {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
}
