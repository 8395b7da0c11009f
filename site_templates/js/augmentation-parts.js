/**
 * The parts of an augmentation comparer about its panels: kind, picture, view, steps, legends, pane.
 */

import { Announcer } from "./announcer.js";
import { ColourScale } from "./colour.js";
import { ColourBar } from "./colour-bar.js";
import { ComparisonPane } from "./comparison-pane.js";
import { choiceControl, resetControl } from "./controls.js";
import { element, setText } from "./element.js";

const VIEWS = { heatmap: "matrices", curve: "curves", path: "paths" };

const HELP = {
  heatmap:
    "Left and right arrow keys go from step to step, up and down to the step or, at the foot, the text that it " +
    "is compared to; ten at a time with Shift. Enter compares with the text. Escape clears.",
  curve:
    "Left and right arrow keys go from step to step, ten at a time with Shift; up and down to the other curve. " +
    "Escape clears.",
  path: "Arrow keys go along the path, ten steps at a time with Shift. Escape clears.",
};

const HINT = "Drag the slider, or point at any panel: all panels follow.";

/** What stands about the panels. */
export class AugmentationParts {
  /**
   * @param {object} options
   * @param {string} options.id of the figure
   * @param {object} options.config
   * @param {import("./page.js").Page} options.page
   * @param {(changes: object, cause?: {live?: boolean}) => void} options.onChange
   * @param {(step: number) => void} options.onStep
   * @param {() => void} options.onReset
   */
  constructor(options) {
    const { id, config, page } = options;
    Object.assign(this, { id, config });
    this.colours = new ColourScale(page.similarityColours, config.similarity_range);
    this.stepColours = page.similarityColours;
    this.controls = makeControls(options);
    this.colourBar = new ColourBar(this.colours);
    this.legend = legendOfCurves();
    this.views = element("div", { class: "views" });
    this.views.style.setProperty("--columns", config.columns);
    this.pane = new ComparisonPane(HINT);
    this.announcer = new Announcer();
  }

  /** Show these panels, and below them their legend, where pictures of the figure include it. */
  setPanels(panels) {
    const foot = element(
      "div",
      { class: "comparer-foot" },
      this.colourBar.element,
      this.legend,
      ...this.listed("reset"),
    );
    this.views.replaceChildren(...panels.map((panel) => panel.element), foot);
  }

  listed(name) {
    return this.has(name) ? [this.controls[name].element] : [];
  }

  /** Elements of the figure, in the order of reading. */
  elements() {
    const rows = [["kind", "view"], ["picture"], ["step"]]
      .map((names) => names.flatMap((name) => this.listed(name)))
      .filter((elements) => elements.length > 0)
      .map((elements) => element("div", { class: "augmentation-row" }, ...elements));
    return [
      element("div", { class: "augmentation-controls" }, ...rows),
      this.views,
      this.pane.element,
      this.announcer.element,
      ...this.config.views.map((view) =>
        element("p", { class: "visually-hidden", id: this.helpId(view) }, HELP[view]),
      ),
    ];
  }

  helpId(view) {
    return `${this.id}-${view}-help`;
  }

  has(control) {
    return this.config.controls.includes(control);
  }

  /** Show what the state says, in the words of its kind of change. */
  show(state, kind) {
    this.controls.kind.show(state.kind);
    this.controls.view.show(state.view);
    this.controls.picture.show(state.picture);
    this.controls.step.show(state.step, kind);
    this.colourBar.element.hidden = state.view === "curve";
    this.legend.hidden = state.view !== "curve";
    if (state.view === "path") {
      const { values, axis } = kind;
      this.colourBar.setScale(new ColourScale(this.stepColours, [values[0], values.at(-1)]), axis);
    } else {
      this.colourBar.setScale(this.colours, "cosine similarity");
    }
  }
}

function makeControls({ id, config, onChange, onStep, onReset }) {
  return {
    kind: choiceControl({
      label: "Change",
      options: config.kinds.map((kind) => ({ value: kind.id, text: kind.title })),
      onChoose: (kind) => onChange({ kind }),
      list: true,
    }),
    view: choiceControl({
      label: "Show",
      options: config.views.map((value) => ({ value, text: VIEWS[value] })),
      onChoose: (view) => onChange({ view }),
    }),
    picture: pictureControl(id, config.pictures, (picture) => onChange({ picture })),
    step: stepControl(onStep),
    reset: resetControl(onReset),
  };
}

/** One of a few pictures, by what they show. */
function pictureControl(id, pictures, onChoose) {
  const choices = pictures.map((picture) => {
    const input = element("input", {
      type: "radio",
      name: `${id}-picture`,
      value: picture.id,
      onchange: () => onChoose(picture.id),
    });
    const image = element("img", { src: picture.thumbnail, alt: "", width: 48, height: 48 });
    const caption = element("span", { class: "visually-hidden" }, picture.caption);
    return {
      input,
      label: element("label", { title: picture.caption }, input, image, caption),
    };
  });
  return {
    element: element(
      "fieldset",
      { class: "picture-choice" },
      element("legend", { class: "visually-hidden" }, "Picture"),
      ...choices.map(({ label }) => label),
    ),
    show: (chosen) => {
      for (const { input } of choices) input.checked = input.value === chosen;
    },
  };
}

/** How far the picture is changed. */
function stepControl(onStep) {
  const name = element("span", { class: "control-label" });
  const output = element("span", { class: "share-value" });
  const slider = element("input", {
    type: "range",
    min: "0",
    step: "1",
    oninput: () => onStep(slider.valueAsNumber),
  });
  return {
    element: element("label", { class: "control step" }, name, output, slider),
    show: (step, { title, texts }) => {
      slider.max = String(texts.length - 1);
      slider.valueAsNumber = step;
      slider.setAttribute("aria-valuetext", texts[step]);
      slider.style.setProperty("--at", step / (texts.length - 1));
      setText(name, title);
      setText(output, texts[step]);
    },
  };
}

function legendOfCurves() {
  return element(
    "span",
    { class: "legend" },
    element("span", { class: "image" }, "— to the start"),
    element("span", { class: "text" }, "- - to the text"),
  );
}
