/**
 * Sketches: the picture stays; that of the closing of the gap has a slider that moves its points.
 */

import { Announcer } from "./announcer.js";
import { shareControl } from "./controls.js";
import { element } from "./element.js";
import { oncePerFrame } from "./motion.js";
import { fixed, shareInWords } from "./numbers.js";

/**
 * Make a figure live.
 *
 * @param {HTMLElement} figure
 * @param {object} config
 * @param {import("./page.js").Page} _page
 * @param {import("./state.js").Store} store
 * @returns {Promise<{frames: import("./frame.js").Frame[]}>}
 */
export async function mount(figure, config, _page, store) {
  if (config.controls.includes("share")) new Closing(figure, config, store);
  return { frames: [] };
}

class Closing {
  constructor(figure, config, store) {
    Object.assign(this, { config, store });
    this.announcer = new Announcer();
    this.control = shareControl((share, cause) => store.set({ share }, cause));
    const picture = figure.querySelector(".figure-static");
    picture.classList.add("sketch-stage");
    picture.before(element("div", { class: "figure-share" }, this.control.element));
    picture.after(this.announcer.element);
    const [, ...later] = figure.querySelectorAll(".panel-sketch svg");
    this.steps = later;
    const show = oncePerFrame(() => this.show());
    store.subscribe(() => {
      show();
      this.announcer.say(this.sentence());
    });
    this.show();
  }

  /** Both modalities moved half of a share of the gap towards each other, then brought to length 1. */
  stages(share) {
    const { images, texts } = this.config;
    const [first, second] = [images, texts].map(meanOf);
    const moved = (points, sign) =>
      points.map((point) => point.map((x, k) => x + (sign * share * (first[k] - second[k])) / 2));
    const between = [moved(images, -1), moved(texts, 1)];
    return [between, between.map((points) => points.map(toLengthOne))];
  }

  show() {
    const { share } = this.store.state;
    this.control.show(share);
    this.stages(share).forEach((points, step) => {
      this.draw(this.steps[step], points);
    });
  }

  draw(picture, [images, texts]) {
    const means = [images, texts].map(meanOf);
    const paths = {
      ".pairs": images.map((image, pair) => this.line(image, texts[pair])),
      ".points.image": images.map((point) => this.dot(point)),
      ".points.text": texts.map((point) => this.dot(point)),
      ".gap": [this.line(...means)],
      ".mean.image": [this.dot(means[0])],
      ".mean.text": [this.dot(means[1])],
    };
    for (const [name, parts] of Object.entries(paths)) {
      picture.querySelector(name).setAttribute("d", parts.join(""));
    }
  }

  place([x, y]) {
    const { low, length, side } = this.config.plane;
    const shares = [(x - low[0]) / length, 1 - (y - low[1]) / length];
    return shares.map((share) => Math.round(share * side)).join(" ");
  }

  dot(point) {
    return `M${this.place(point)}h0`;
  }

  line(start, end) {
    return `M${this.place(start)}L${this.place(end)}`;
  }

  sentence() {
    const { share } = this.store.state;
    const [moved, closed] = this.stages(share).map((points) => gapOf(points));
    return `${shareInWords(share)}: the means are ${fixed(moved)} apart when moved, ${fixed(closed)} at length 1.`;
  }
}

function meanOf(points) {
  return [0, 1].map((k) => points.reduce((sum, point) => sum + point[k], 0) / points.length);
}

function gapOf(modalities) {
  const [first, second] = modalities.map(meanOf);
  return Math.hypot(first[0] - second[0], first[1] - second[1]);
}

function toLengthOne([x, y]) {
  const length = Math.hypot(x, y);
  return [x / length, y / length];
}
