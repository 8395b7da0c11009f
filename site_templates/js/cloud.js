/**
 * The large scatter: thousands of pairs in the plane, their lines, and what stands out among them.
 */

import { captionsWith, nameClusters } from "./captions.js";
import { CloudParts } from "./cloud-parts.js";
import { CloudPoints } from "./cloud-points.js";
import { matchesInWords, readoutsInWords, showLegend } from "./cloud-readouts.js";
import { setText } from "./element.js";
import { modalitySign } from "./inspector.js";
import { afterRest, oncePerFrame, Transition } from "./motion.js";
import { Selection } from "./selection.js";
import { showError, showLoading, showReady, showShortcoming } from "./status.js";
import { onThemeChange, readTheme } from "./theme.js";

/** Milliseconds without a frame before the state is said aloud. */
const REST = 200;

/** The largest share of all points that a cluster with a name has. */
const MOST_NAMED = 0.4;

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
  const load = () => page.artifact("layout", config.dataset, store.state.model, store.state.layout);
  let layout = await load();
  // The reader may have followed a link to another layout meanwhile.
  while (!isOf(layout, store.state)) layout = await load();
  const cloud = new Cloud(figure, config, page, store, layout);
  return { frames: [cloud.parts.view.frame] };
}

function isOf(layout, state) {
  return layout.model === state.model && layout.name === state.layout;
}

class Cloud {
  constructor(figure, config, page, store, layout) {
    Object.assign(this, { figure, config, page, store });
    this.body = figure.querySelector(".figure-body");
    this.selection = new Selection();
    this.motion = new Transition();
    this.requests = 0;
    this.items = null;
    this.render = oncePerFrame((now) => this.renderNow(now));
    this.settle = afterRest(() => this.sayState(), REST);
    this.parts = this.makeParts(layout);
    this.body.replaceChildren(...this.parts.elements());
    this.take(layout);
    this.renderNow();
    this.listen();
  }

  makeParts(layout) {
    return new CloudParts({
      id: this.figure.id,
      config: this.config,
      page: this.page,
      layout,
      selection: this.selection,
      theme: readTheme(this.body),
      onChange: (changes, cause) => this.store.set(changes, cause),
      onReset: () => this.reset(),
    });
  }

  listen() {
    const showMark = oncePerFrame(() => this.showMark());
    this.store.subscribe((state, previous) => this.follow(state, previous));
    this.selection.subscribe(() => {
      showMark();
      if (this.selection.current) this.needItems();
      this.parts.announcer.say(this.markInWords());
    });
    onThemeChange(() => this.parts.view.setTheme(readTheme(this.body)));
  }

  // -- from one state to the next ---------------------------------------------------------------

  follow(state, previous) {
    this.showControls();
    if (state.model !== previous.model || state.layout !== previous.layout) this.changeLayout();
    this.restyle();
    this.settle();
  }

  showControls() {
    for (const [name, value] of Object.entries(this.store.state)) {
      this.parts.controls[name].show(value);
    }
  }

  /** Return to the first state. */
  reset() {
    this.store.set(this.store.initial);
    this.parts.view.frame.showWhole();
    this.selection.clear();
  }

  /** Load another layout; the newest request wins, whatever the network does. */
  async changeLayout() {
    const request = ++this.requests;
    const isLatest = () => request === this.requests;
    const { model, layout: name } = this.store.state;
    showLoading(this.figure);
    try {
      const layout = await this.page.artifact("layout", this.config.dataset, model, name);
      if (!isLatest()) return;
      this.parts.view.keep();
      this.motion.start();
      this.take(layout);
      this.renderNow();
      showReady(this.figure);
    } catch (error) {
      if (isLatest()) showError(this.figure, error, () => this.changeLayout());
    }
  }

  /** Show a layout from now on. */
  take(layout) {
    this.points = new CloudPoints(layout);
    this.names = null;
    this.parts.view.frame.setAxes(this.axes());
    this.parts.view.frame.setName(
      `${this.nameInWords()}: ${layout.size.toLocaleString("en")} points`,
    );
    this.parts.readouts.show(this.points);
    this.showControls();
    this.restyle();
  }

  axes() {
    const { model, name } = this.points.layout;
    const ranges = this.config.frames[`${model}/${name}`];
    const { titles, ticks } = this.config.axes[name];
    const made = ticks.map((at) => ({ at, text: String(at).replace("-", "−") }));
    return {
      x: { range: ranges.x, title: titles[0], ticks: made },
      y: { range: ranges.y, title: titles[1], ticks: made },
    };
  }

  // -- captions ---------------------------------------------------------------------------------

  /** Captions are fetched once, when something first needs them. */
  async needItems() {
    if (this.items) return;
    try {
      const items = await this.page.items(this.config.dataset);
      if (this.items) return;
      this.items = items;
      this.captions = items.modalities.find(({ texts }) => texts)?.texts ?? [];
      this.parts.pane.setItems(items);
      this.restyle();
      this.sayMark();
    } catch (error) {
      const text = "The captions could not be loaded.";
      showShortcoming(this.figure, text, error, () => {
        showReady(this.figure);
        this.needItems();
      });
    }
  }

  /** The words that a caption must hold to stand out. */
  get words() {
    return this.store.state.words.trim();
  }

  /** For each pair whether its caption holds the words; null where none are asked for, or not known yet. */
  matches() {
    const words = this.words;
    if (words === "" || this.items === null) return null;
    const matches = new Uint8Array(this.points.pairs);
    for (const pair of captionsWith(this.captions, words, "all")) matches[pair] = 1;
    return matches;
  }

  /** Names of the clusters that are seen: what most captions of their pairs hold. */
  clusterNames() {
    if (this.items === null) return [];
    this.names ??= this.nameClusters();
    return this.names;
  }

  /** A cluster of very many is about everything, and has no name. */
  nameClusters() {
    const { layout, rows, sizes } = this.points;
    const captions = rows.blocks.flatMap(() => this.captions);
    const names = nameClusters(captions, layout.clusters, new Set(this.config.stop_words));
    return names.map((name, cluster) => (sizes[cluster] > MOST_NAMED * layout.size ? "" : name));
  }

  // -- what is seen -----------------------------------------------------------------------------

  /** Lines, outlines and what stands out, as the state says. */
  restyle() {
    const { words } = this;
    const { lines, clusters } = this.store.state;
    const outlines = clusters === "outlines";
    if (outlines || words !== "") this.needItems();
    const matches = this.matches();
    const { view, status, legend } = this.parts;
    view.setStyle({ lines, outlines, matches });
    view.setNames(outlines ? this.clusterNames() : []);
    setText(status, matches ? matchesInWords(this.points, matches) : this.points.layout.title);
    showLegend(legend, this.points, lines, modalitySign);
    this.showPair();
  }

  renderNow(now = performance.now()) {
    const progress = this.motion.progress(now);
    this.parts.view.show(this.points, progress);
    if (progress < 1) this.render();
    else this.settle();
  }

  showMark() {
    this.parts.view.frame.drawNow();
    this.showPair();
  }

  /** The pair that is marked, in the pane. */
  showPair() {
    const mark = this.selection.current;
    const pair = mark && this.points.pairOf(mark);
    this.parts.pane.show(pair, mark ? this.lineInWords(mark) : "");
  }

  // -- in words ---------------------------------------------------------------------------------

  lineInWords(mark) {
    const { points } = this;
    const { clusters } = points.layout;
    if (!points.hasLines)
      return `One point for the pair, ${this.clusterInWords(clusters[mark.first])}.`;
    const [first, second] = points.rows.membersOf(mark.first).map((row) => clusters[row]);
    if (points.insides[mark.first]) return `The line stays ${this.clusterInWords(first)}.`;
    if (first < 0 && second < 0) return "Neither end of the line lies in a cluster.";
    return `The line goes from ${this.endInWords(first)} to ${this.endInWords(second)}.`;
  }

  clusterInWords(cluster) {
    return cluster < 0 ? "in no cluster" : `inside ${this.endInWords(cluster)}`;
  }

  endInWords(cluster) {
    if (cluster < 0) return "no cluster";
    const name = this.names?.[cluster];
    const size = `${this.points.sizes[cluster].toLocaleString("en")} points`;
    return name ? `cluster “${name}” (${size})` : `a cluster of ${size}`;
  }

  sayMark() {
    if (this.selection.current) this.parts.announcer.say(this.markInWords());
  }

  markInWords() {
    const mark = this.selection.current;
    if (mark === null) return "Nothing is marked.";
    const { rows } = this.points;
    const point = this.points.pointOf(mark);
    const name = `${rows.modalities[rows.modalityOf(point)]} ${rows.pairOf(point) + 1}`;
    const label = this.items ? `, ${this.parts.pane.labelOf(mark.first)}` : "";
    return `${name}${label}. ${this.lineInWords(mark)}`;
  }

  nameInWords() {
    const { model, title } = this.points.layout;
    return `${this.page.models[model].title}, ${title}`;
  }

  /** The first state needs no announcement, and none is repeated. */
  sayState() {
    const state = this.nameInWords();
    const matches = this.matches();
    const found = matches ? ` “${this.words}”: ${matchesInWords(this.points, matches)}.` : "";
    const text = `${state}. ${readoutsInWords(this.points)}${found}`;
    if (this.said !== undefined && this.said !== text) this.parts.announcer.say(text);
    this.said = text;
  }
}
