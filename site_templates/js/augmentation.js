/**
 * The augmentation comparer: a picture changed step by step beside its text, as several models see it.
 */

import { AugmentationPanel } from "./augmentation-panel.js";
import { AugmentationParts } from "./augmentation-parts.js";
import { oncePerFrame } from "./motion.js";
import { fixed } from "./numbers.js";
import { Rows } from "./rows.js";
import { Selection } from "./selection.js";
import { showError, showLoading, showReady, showShortcoming } from "./status.js";
import { extentOf, pathOf } from "./step-path.js";
import { onThemeChange, readTheme } from "./theme.js";

/**
 * @typedef {object} StepMark
 * @property {number} first step
 * @property {number} second step that it is compared to, or the number of steps for the text
 */

/**
 * Make a figure live.
 *
 * @param {HTMLElement} figure
 * @param {object} config
 * @param {import("./page.js").Page} page
 * @param {import("./state.js").Store} store
 * @returns {Promise<{frames: import("./frame.js").Frame[]}>}
 */
export async function mount(figure, config, page, store) {
  let data = await load(config, page, store.state);
  // The reader may have asked for another picture meanwhile.
  while (data.dataset !== datasetOf(config, store.state)) {
    data = await load(config, page, store.state);
  }
  const live = new AugmentationFigure(figure, config, page, store, data);
  return { frames: live.frames };
}

function datasetOf({ datasets }, { kind, picture }) {
  return datasets[kind][picture];
}

/** A changed picture as every model sees it: one request a model, and one for the items. */
async function load(config, page, state) {
  const dataset = datasetOf(config, state);
  const [items, ...spaces] = await Promise.all([
    page.items(dataset),
    ...config.models.map(({ id }) => page.space(dataset, id)),
  ]);
  return { dataset, items, spaces };
}

class AugmentationFigure {
  constructor(figure, config, page, store, data) {
    Object.assign(this, { figure, config, page, store });
    this.body = figure.querySelector(".figure-body");
    this.selection = new Selection();
    this.requests = 0;
    this.mounted = false;
    this.parts = new AugmentationParts({
      id: figure.id,
      config,
      page,
      onChange: (changes) => store.set(changes),
      onStep: (step) => this.moveTo(step),
      onReset: () => this.reset(),
    });
    this.panels = config.models.map((model) => this.makePanel(model));
    this.parts.setPanels(this.panels);
    this.body.replaceChildren(...this.parts.elements());
    this.take(data);
    this.apply();
    this.listen();
    this.mounted = true;
  }

  makePanel(model) {
    return new AugmentationPanel({
      id: this.figure.id,
      model,
      selection: this.selection,
      helpId: (view) => this.parts.helpId(view),
      onFrame: (frame) => this.mounted && this.attach(frame),
      viewOptions: {
        theme: readTheme(this.body),
        colours: this.parts.colours,
        range: this.config.similarity_range,
        colourOf: (step) => this.colourOf(step),
        markOf: () => this.mark,
      },
    });
  }

  listen() {
    const showMark = oncePerFrame(() => this.showMark());
    this.store.subscribe((state, previous) => this.follow(state, previous));
    this.selection.subscribe(() => {
      this.followPin();
      showMark();
      this.sayMark();
    });
    onThemeChange(() => {
      const theme = readTheme(this.body);
      for (const frame of this.frames) frame.setTheme(theme);
    });
  }

  get frames() {
    return this.panels.flatMap((panel) => panel.frames);
  }

  /** The kind of change that is shown. */
  get kind() {
    return this.config.kinds.find(({ id }) => id === this.applied.kind);
  }

  get steps() {
    return this.kind.values.length;
  }

  /** What is pointed at; else the step of the slider, against the least changed picture. */
  get mark() {
    const { current } = this.selection;
    const last = this.steps - 1;
    return current ?? { first: Math.min(this.store.state.step, last), second: this.kind.start };
  }

  colourOf(step) {
    const { stepColours } = this.parts;
    const at = Math.round((step / (this.steps - 1)) * (stepColours.length - 1));
    return `rgb(${stepColours[at].join(" ")})`;
  }

  // -- from one state to the next ---------------------------------------------------------------

  follow(state, previous) {
    const others = ["kind", "picture", "view"];
    if (others.some((name) => state[name] !== previous[name])) this.bring();
    else this.showStep();
  }

  /** The slider was moved: what was put there to stay no longer holds. */
  moveTo(step) {
    if (this.selection.pinned) this.selection.clear();
    this.store.set({ step }, { live: true });
  }

  /** What is put somewhere to stay moves the slider there. */
  followPin() {
    const { hovered, pinned } = this.selection;
    if (hovered === null && pinned !== null) this.store.set({ step: pinned.first }, { live: true });
  }

  /** Load what the state needs, then show it; the newest wish wins, whatever the network does. */
  async bring() {
    const request = ++this.requests;
    const isLatest = () => request === this.requests;
    const { state } = this.store;
    try {
      if (datasetOf(this.config, state) !== this.data.dataset) {
        this.showControls();
        showLoading(this.figure);
        const data = await load(this.config, this.page, state);
        if (!isLatest()) return;
        this.take(data);
      }
      this.apply();
      showReady(this.figure);
    } catch (error) {
      if (isLatest()) showError(this.figure, error, () => this.bring());
    }
  }

  /** Keep the data of another picture. */
  take(data) {
    this.data = data;
    const [{ modalities, counts }] = data.spaces;
    const rows = new Rows(modalities, counts);
    this.selection.clear();
    this.parts.pane.forget();
    this.parts.pane.take(data.items, rows, (path) => this.page.file(data.dataset, path));
  }

  /** Show the state from now on; its data are at hand. */
  apply() {
    const { state } = this.store;
    this.applied = state;
    const extent = state.view === "path" ? this.commonExtent() : 0;
    this.panels.forEach((panel, at) => {
      panel.setView(state.view);
      if (state.view === "path") panel.current.setExtent(extent);
      panel.show(this.data.spaces[at], this.kind);
    });
    this.showStep();
    this.say();
  }

  commonExtent() {
    return extentOf(this.data.spaces.map((space) => pathOf(space, this.steps)));
  }

  showStep() {
    this.showControls();
    this.showMark();
  }

  /** Controls show what is asked for, also while it loads. */
  showControls() {
    const { state } = this.store;
    const kind = this.config.kinds.find(({ id }) => id === state.kind);
    const step = Math.min(state.step, kind.values.length - 1);
    this.parts.show({ ...state, step }, kind);
  }

  /** Give axes, zoom and tools to a view that is made after the figure has come to life. */
  async attach(frame) {
    try {
      await frame.attach(await this.page.plotly());
    } catch (error) {
      const text = "Axes and zoom could not be loaded; the figure works without them.";
      showShortcoming(this.figure, text, error, () => {
        showReady(this.figure);
        this.attach(frame);
      });
    }
  }

  reset() {
    this.selection.clear();
    this.store.set(this.store.initial, { live: true });
    for (const frame of this.frames) frame.showWhole();
  }

  // -- what is pointed at -----------------------------------------------------------------------

  showMark() {
    const { mark } = this;
    for (const panel of this.panels) panel.showMark(mark);
    const titles = [mark.first, mark.second].map((row) => this.nameOf(row));
    this.parts.pane.show(mark, {
      facts: this.caption,
      titles,
      columns: ["cosine"],
      rows: this.panels.map((panel) => ({
        title: panel.model.title,
        values: [panel.valueOf(mark)],
      })),
    });
  }

  get caption() {
    return this.config.pictures.find(({ id }) => id === this.applied.picture).caption;
  }

  /** A step, or the text, in words: "Rotation 36°". */
  nameOf(row) {
    return row < this.steps ? `${this.kind.title} ${this.kind.texts[row]}` : "text";
  }

  // -- in words ---------------------------------------------------------------------------------

  /** The first state needs no announcement. */
  say() {
    if (this.mounted)
      this.parts.announcer.say(`${this.kind.title}: ${this.caption}. ${this.values}`);
  }

  get values() {
    const { mark } = this;
    const cosines = this.panels.map(
      (panel) => `${panel.model.title} ${fixed(panel.valueOf(mark))}`,
    );
    return `${this.nameOf(mark.first)} and ${this.nameOf(mark.second)}: ${cosines.join(", ")}.`;
  }

  sayMark() {
    this.parts.announcer.say(this.values);
  }
}
