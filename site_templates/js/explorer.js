/**
 * The explorer: a data set in a model as matrix and scatter, linked, while its gap is closed.
 */

import { arrange, orderedInWords, ordersOf } from "./arrangement.js";
import { DerivedSpace } from "./derived-space.js";
import { setText } from "./element.js";
import { ExplorerParts } from "./explorer-parts.js";
import { fixedRanges, Layout, layoutAxes, layoutNote, projectionTitle } from "./layout.js";
import { afterRest, oncePerFrame, Transition } from "./motion.js";
import { fixed, shareInWords } from "./numbers.js";
import { Rows } from "./rows.js";
import { Selection } from "./selection.js";
import { showError, showLoading, showReady } from "./status.js";
import { onThemeChange, readTheme } from "./theme.js";

/** Milliseconds without a frame before titles are set and the state is said aloud. */
const REST = 200;

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
  const items = await page.items(config.dataset);
  let space = await page.space(config.dataset, store.state.model);
  // The reader may have followed a link to another model meanwhile.
  while (space.model !== store.state.model) {
    space = await page.space(config.dataset, store.state.model);
  }
  const explorer = new Explorer(figure, config, page, store, items, space);
  return { frames: explorer.parts.frames };
}

class Explorer {
  constructor(figure, config, page, store, items, space) {
    Object.assign(this, { figure, config, page, store });
    this.body = figure.querySelector(".figure-body");
    this.rows = new Rows(space.modalities, space.counts);
    this.selection = new Selection();
    this.layout = new Layout();
    this.derivedSpaces = new Map();
    this.requests = 0;
    this.shownShare = store.state.share;
    this.motions = { share: new Transition(), matrix: new Transition(), points: new Transition() };
    this.render = oncePerFrame((now) => this.renderNow(now));
    this.settle = afterRest(() => this.settleNow(), REST);
    this.allow(space);
    this.parts = this.makeParts(items, space);
    this.body.replaceChildren(...this.parts.elements());
    this.take(space);
    this.renderNow();
    this.listen();
  }

  /** An address may name an order or a projection that these data do not have. */
  allow(space) {
    const { state, initial } = this.store;
    const { projections } = this.derivedSpaceOf(space);
    this.store.set({
      projection: projections.includes(state.projection) ? state.projection : initial.projection,
      order: ordersOf(space).includes(state.order) ? state.order : initial.order,
    });
  }

  makeParts(items, space) {
    return new ExplorerParts({
      id: this.figure.id,
      config: this.config,
      page: this.page,
      items,
      space,
      projections: this.derivedSpaceOf(space).projections,
      rows: this.rows,
      selection: this.selection,
      theme: readTheme(this.body),
      onChange: (changes, cause) => this.store.set(changes, cause),
      onReset: () => this.reset(),
    });
  }

  listen() {
    const showMark = oncePerFrame(() => this.showMark());
    this.store.subscribe((state, previous, cause) => this.follow(state, previous, cause));
    this.selection.subscribe(() => {
      showMark();
      this.sayMark();
    });
    onThemeChange(() => {
      const theme = readTheme(this.body);
      for (const frame of this.parts.frames) frame.setTheme(theme);
    });
  }

  // -- from one state to the next ---------------------------------------------------------------

  /** The state was replaced: load what it needs, move from what is shown to what it says. */
  follow(state, previous, { live = false }) {
    this.showControls();
    if (state.share !== previous.share) this.moveShare(live);
    if (state.order !== previous.order) this.rearrange();
    if (state.projection !== previous.projection) this.project();
    if (state.model !== previous.model) this.changeModel();
    this.render();
  }

  showControls() {
    const { state } = this.store;
    for (const name of Object.keys(state)) this.parts.controls[name].show(state[name]);
  }

  /** Under a reader's hand the share is shown at once; otherwise it runs there. */
  moveShare(live) {
    this.shareBefore = this.shownShare;
    if (live) this.motions.share.stop();
    else this.motions.share.start();
  }

  rearrange() {
    this.parts.heatmap?.keep();
    this.motions.matrix.start();
    this.arrangement = arrange(this.space, this.rows, this.store.state.order);
    this.parts.heatmap?.arrange(this.arrangement);
  }

  project() {
    this.parts.scatter?.keep();
    this.motions.points.start();
    this.continues = false;
  }

  /** Return to the first state, on the straight way. */
  reset() {
    this.rearrange();
    this.project();
    this.store.set(this.store.initial, { live: true });
    for (const frame of this.parts.frames) frame.showWhole();
    this.selection.clear();
    this.render();
  }

  /** Load another model; the newest request wins, whatever the network does. */
  async changeModel() {
    const request = ++this.requests;
    const isLatest = () => request === this.requests;
    showLoading(this.figure);
    try {
      const space = await this.page.space(this.config.dataset, this.store.state.model);
      if (!isLatest()) return;
      this.take(space);
      this.rearrange();
      this.project();
      // What says "ready" shows the model that was asked for, not the one of the last frame.
      this.renderNow();
      showReady(this.figure);
    } catch (error) {
      if (isLatest()) showError(this.figure, error, () => this.changeModel());
    }
  }

  /** Show a space from now on. */
  take(space) {
    this.space = space;
    this.derived = this.derivedSpaceOf(space);
    this.arrangement = arrange(space, this.rows, this.store.state.order);
    this.parts.heatmap?.arrange(this.arrangement);
    this.continues = false;
    this.showControls();
  }

  derivedSpaceOf(space) {
    if (!this.derivedSpaces.has(space.model)) {
      this.derivedSpaces.set(space.model, new DerivedSpace(space, this.page.batchSize));
    }
    return this.derivedSpaces.get(space.model);
  }

  // -- a frame ----------------------------------------------------------------------------------

  /** Derive the state, and show it everywhere. */
  renderNow(now = performance.now()) {
    const { share, matrix, points } = this.motions;
    this.shownShare = this.shareAt(share.progress(now));
    const { projection } = this.store.state;
    this.shown = this.derived.derive({ share: this.shownShare, projection });
    this.parts.heatmap?.show(this.shown.similarity, matrix.progress(now));
    if (this.parts.scatter) this.showLayout(points.progress(now));
    this.parts.readouts.show(this.shown, this.space.logitScale);
    this.showInspector();
    if ([share, matrix, points].some((motion) => motion.progress(now) < 1)) this.render();
    this.settle();
  }

  shareAt(progress) {
    const { share } = this.store.state;
    return progress < 1 ? this.shareBefore + progress * (share - this.shareBefore) : share;
  }

  showLayout(progress) {
    this.placed = this.layout.place(this.space, this.shown, this.continues);
    if (!this.continues) this.setAxes();
    this.continues = true;
    this.parts.scatter.show(this.placed, progress);
    setText(this.parts.note, layoutNote(this.shown));
  }

  setAxes() {
    const ranges = fixedRanges(this.space, this.shown.projection);
    this.parts.scatter.frame.setAxes(layoutAxes(this.shown, this.placed, ranges));
  }

  showMark() {
    for (const frame of this.parts.frames) frame.drawNow();
    this.showInspector();
  }

  showInspector() {
    const mark = this.selection.current;
    const { similarity } = this.shown;
    this.parts.inspector.show(mark ?? this.example(), similarity, mark === null);
    this.parts.colourBar.point(mark ? similarity[mark.first * this.rows.size + mark.second] : null);
  }

  /** The first pair as it is ordered, while nothing is marked. */
  example() {
    const [first] = this.arrangement.items;
    return { first, second: this.rows.partnerOf(first) };
  }

  // -- in words, when it has come to rest -------------------------------------------------------

  settleNow() {
    if (this.parts.scatter) this.setAxes();
    const model = this.page.models[this.space.model].title;
    const state = `${model}, ${shareInWords(this.shownShare)}`;
    this.nameViews(state);
    const { gap, losses } = this.shown;
    const loss = losses ? `, mean loss ${fixed(losses.mean)} nats` : "";
    this.sayState(`${state}. Gap distance ${fixed(gap)}${loss}. ${this.viewsInWords()}`);
  }

  nameViews(state) {
    const { order, projection } = this.store.state;
    const items = `${this.rows.size} items`;
    const modalities = this.rows.modalities.map((name) => `${name}s`).join(", then ");
    this.parts.heatmap?.frame.setName(
      `Cosine similarities of ${items}, ${modalities}: ${state}, ordered ${orderedInWords(order)}`,
    );
    this.parts.scatter?.frame.setName(
      `${projectionTitle(projection)} of ${items}, pairs joined by lines: ${state}`,
    );
  }

  viewsInWords() {
    const { order, projection } = this.store.state;
    const clusters = this.arrangement.clusters
      .map(({ name, start, end }) => `${name} (${end - start})`)
      .join("; ");
    const named = clusters === "" ? "" : `, clusters: ${clusters}`;
    const matrix = this.parts.heatmap ? [`Ordered ${orderedInWords(order)}${named}.`] : [];
    const scatter = this.parts.scatter
      ? [`${projectionTitle(projection)}, ${layoutNote(this.shown)}.`]
      : [];
    return [...matrix, ...scatter].join(" ");
  }

  /** The first state needs no announcement, and none is repeated. */
  sayState(text) {
    if (this.said !== undefined && this.said !== text) this.parts.announcer.say(text);
    this.said = text;
  }

  sayMark() {
    const mark = this.selection.current;
    this.parts.announcer.say(
      mark ? this.parts.inspector.sentenceOf(mark, this.shown.similarity) : "Nothing is marked.",
    );
  }
}
