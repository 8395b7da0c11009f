/**
 * Films of trainings side by side: one slider for all, one mark in all, curves with the moment in them.
 *
 * The picture stays until a reader touches the figure: only then are the films fetched.
 */

import { Announcer } from "./announcer.js";
import { ColourScale } from "./colour.js";
import { element, setText } from "./element.js";
import { FilmControls } from "./film-controls.js";
import { FilmPanel } from "./film-panel.js";
import { Inspector } from "./inspector.js";
import { whenIdle } from "./loader.js";
import { afterRest, oncePerFrame } from "./motion.js";
import { clamp, fixed } from "./numbers.js";
import { plotsOver } from "./plot.js";
import { bindPointer } from "./pointing.js";
import { Rows } from "./rows.js";
import { Selection } from "./selection.js";
import { showError, showLoading, showReady } from "./status.js";
import { onThemeChange, readTheme } from "./theme.js";

/** Milliseconds without a frame before the state is said aloud. */
const REST = 300;

const HELP = {
  matrix:
    "Arrow keys go from cell to cell, ten at a time with Shift. Home and End go to the ends of a row, " +
    "Enter to the cell of the pair. Plus and minus zoom, 0 shows the whole. Escape clears.",
  cloud:
    "Arrow keys go to the nearest point in their direction, Home and End to the first and last item, " +
    "Enter to the other item of the pair. Plus and minus zoom, 0 shows the whole. Escape clears.",
  curves:
    "Left and right arrow keys go from moment to moment, up and down to another curve, and a click " +
    "or Enter shows the films at that moment. Escape clears.",
};

const HINT = "Point at a cell or a point, tap it, or go there with the arrow keys.";

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
  const films = new Films(figure, config, page, store);
  if (store.state !== store.initial) await films.load();
  return { frames: [] };
}

class Films {
  constructor(figure, config, page, store) {
    Object.assign(this, { figure, config, page, store });
    this.body = figure.querySelector(".figure-body");
    this.rows = new Rows(config.modalities, [config.count, config.count]);
    this.selection = new Selection();
    this.pointed = new Selection();
    this.announcer = new Announcer();
    this.panels = [];
    this.render = oncePerFrame((now) => this.renderNow(now));
    this.settle = afterRest(() => this.say(), REST);
    this.build();
    this.listen();
    this.showMoment();
  }

  // -- the parts of the figure ------------------------------------------------------------------

  build() {
    const { moments } = this.config;
    this.controls = new FilmControls({
      moments,
      onChange: (moment, cause) => this.store.set({ pairs: moments[moment] }, cause),
    });
    this.pane = this.body.querySelector(".film-pane");
    const picture = this.body.querySelector(".figure-static");
    picture.classList.add("film-stage");
    picture.removeAttribute("aria-label");
    picture.before(this.controls.element);
    picture.after(
      this.announcer.element,
      ...Object.entries(HELP).map(([name, text]) =>
        element("p", { class: "visually-hidden", id: this.helpId(name) }, text),
      ),
    );
    this.plots = plotsOver({
      panels: this.body.querySelectorAll(".panel-chart"),
      configs: this.config.plots,
      description: this.helpId("curves"),
      selection: this.pointed,
    });
    this.rules = this.plots.map(({ area }) => {
      const rule = element("span", { class: "plot-rule film-rule" });
      area.append(rule);
      return rule;
    });
    this.place = this.body.querySelector(".chart-place");
  }

  helpId(name) {
    return `${this.figure.id}-${name}-help`;
  }

  listen() {
    this.store.subscribe((_state, _previous, { live = false }) => this.follow(live));
    this.pointed.subscribe(oncePerFrame(() => this.showPointed()));
    this.selection.subscribe(() => this.showMark());
    for (const plot of this.plots) {
      bindPointer(plot, this.pointed);
      plot.view.addEventListener("click", () => this.goToPointed());
      plot.view.addEventListener("keydown", ({ key }) => key === "Enter" && this.goToPointed());
    }
    const touch = () => this.load();
    this.body.addEventListener("focusin", touch, { once: true });
    // Movement, not entering: a figure that is scrolled under a pointer at rest is not touched.
    for (const panel of this.body.querySelectorAll(".panel-heatmap, .panel-scatter")) {
      panel.addEventListener("pointermove", touch, { once: true });
      panel.addEventListener("pointerdown", touch, { once: true });
    }
    onThemeChange(() => {
      const theme = readTheme(this.body);
      for (const frame of this.panels.flatMap(({ frames }) => frames)) frame.setTheme(theme);
    });
  }

  // -- loading ----------------------------------------------------------------------------------

  /** Fetch films and items, once; the pictures turn into views when all are there. */
  load() {
    this.loading ??= this.loadNow();
    return this.loading;
  }

  async loadNow() {
    const { dataset, models } = this.config;
    showLoading(this.figure);
    try {
      const [items, ...films] = await Promise.all([
        this.page.items(dataset),
        ...models.map((model) => this.page.artifact("film", dataset, model)),
      ]);
      this.become(items, films);
      showReady(this.figure);
    } catch (error) {
      showError(this.figure, error, () => {
        this.loading = undefined;
        this.load();
      });
    }
  }

  become(items, films) {
    const { config, page, rows, selection } = this;
    this.inspector = new Inspector({
      items,
      rows,
      addressOf: (path) => page.file(config.dataset, path),
      hint: HINT,
    });
    this.pane.replaceChildren(this.inspector.element);
    const colours = new ColourScale(page.similarityColours, config.similarity_range);
    const [matrices, clouds] = ["heatmap", "scatter"].map((kind) =>
      this.body.querySelectorAll(`.panel-${kind}`),
    );
    this.panels = films.map(
      (film, at) =>
        new FilmPanel({
          id: this.figure.id,
          title: page.models[film.model].short,
          film,
          extent: config.extent,
          places: { matrix: matrices[at], cloud: clouds[at] },
          help: { matrix: this.helpId("matrix"), cloud: this.helpId("cloud") },
          colours,
          rows,
          selection,
          theme: readTheme(this.body),
        }),
    );
    this.follow(true);
    this.renderNow();
    this.showMark();
    this.prepare();
  }

  /** Derive every frame's cloud while nothing else is to be done, so that no step has to wait for it. */
  async prepare() {
    for (const { strip } of this.panels) {
      for (let frame = strip.last; frame >= 0; frame--) {
        await whenIdle();
        strip.coordinates(frame);
      }
    }
  }

  // -- moments ----------------------------------------------------------------------------------

  /** Index of the last moment that is not later than the state's. */
  get moment() {
    const { moments } = this.config;
    const later = moments.findIndex((pairs) => pairs > this.store.state.pairs);
    return clamp((later < 0 ? moments.length : later) - 1, 0, moments.length - 1);
  }

  /** The state was replaced: show its moment, and the films if they are there or else fetch them. */
  follow(live) {
    this.showMoment();
    if (this.panels.length === 0) {
      this.load();
      return;
    }
    this.panels.forEach((panel, at) => {
      panel.turnTo(this.config.frames[at][this.moment], live);
    });
    this.render();
  }

  showMoment() {
    this.controls.show(this.moment);
    for (const rule of this.rules) {
      rule.style.setProperty("--x", this.config.places[this.moment]);
    }
    this.showPointed();
  }

  renderNow(now = performance.now()) {
    const isMoving = this.panels.map((panel) => panel.render(now)).includes(true);
    this.showInspector();
    if (isMoving) this.render();
    this.settle();
  }

  // -- curves -----------------------------------------------------------------------------------

  /** Pairs seen where the curves are pointed at, or at the moment that is shown. */
  showPointed() {
    const mark = this.pointed.current;
    const owner = mark && this.plots.find((plot) => plot.owns(mark));
    const shown = owner
      ? owner.pointOf(mark).x
      : this.config.moments[this.moment].toLocaleString("en");
    for (const plot of this.plots) {
      if (owner) plot.show(shown);
      else plot.showUpTo(this.config.places[this.moment]);
    }
    setText(this.place, `Values ${owner ? "at" : "up to"} ${shown} pairs`);
    if (owner) this.announcer.say(this.plots.map((plot) => plot.sentence(shown)).join(" "));
  }

  goToPointed() {
    const mark = this.pointed.current;
    if (!mark) return;
    const point = this.plots.find((plot) => plot.owns(mark)).pointOf(mark);
    this.controls.pause();
    this.store.set({ pairs: Number(point.x.replaceAll(",", "")) });
  }

  // -- marks ------------------------------------------------------------------------------------

  showMark() {
    if (this.panels.length === 0) return;
    const mark = this.selection.current;
    for (const panel of this.panels) panel.showMark(mark);
    this.showInspector();
    this.announcer.say(mark ? this.markInWords(mark) : "Nothing is marked.");
  }

  showInspector() {
    const mark = this.selection.current;
    const example = { first: 0, second: this.rows.partnerOf(0) };
    this.inspector.show(mark ?? example, this.panels[0].similarity, mark === null);
    setText(this.inspector.value, this.valuesInWords(mark ?? example));
    setText(this.inspector.facts, `cosine similarity${mark ? "" : " of the first pair"}`);
  }

  /** The value of a mark in every film. */
  valuesInWords(mark) {
    return this.panels.map((panel) => `${panel.title} ${fixed(panel.valueOf(mark))}`).join(", ");
  }

  markInWords(mark) {
    const [first, second] = [mark.first, mark.second].map((row) => this.inspector.labelOf(row));
    return `${first} and ${second}: ${this.valuesInWords(mark)}.`;
  }

  /** The first state needs no announcement, and none is repeated. */
  say() {
    const frames = this.panels.map(({ title, pairs }) => `${title} ${pairs.toLocaleString("en")}`);
    const text = `Frames after so many pairs: ${frames.join(", ")}.`;
    if (this.said !== undefined && this.said !== text) this.announcer.say(text);
    this.said = text;
  }
}
