/**
 * The comparer: models or states of a data set side by side, with one order, one scale, one cross-hair.
 */

import { arrange, orderedInWords, ordersOf } from "./arrangement.js";
import { ComparerPanel } from "./comparer-panel.js";
import { ComparerParts, clustersInWords } from "./comparer-parts.js";
import { afterRest, oncePerFrame, Transition } from "./motion.js";
import { fixed } from "./numbers.js";
import { Rows } from "./rows.js";
import { Selection } from "./selection.js";
import { showError, showLoading, showReady, showShortcoming } from "./status.js";
import { onThemeChange, readTheme } from "./theme.js";

/** Milliseconds without a frame before views are named and the state is said aloud. */
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
  const spaces = new Spaces(config, page);
  // The reader may have asked for something else meanwhile.
  while (!spaces.have(store.state)) await spaces.load(store.state);
  const comparer = new Comparer(figure, config, page, store, spaces);
  return { frames: comparer.frames };
}

/** The spaces that have been loaded, by data set and model. */
class Spaces {
  constructor(config, page) {
    Object.assign(this, { config, page });
    this.loaded = new Map();
  }

  /** The models that a state needs: those it shows, and the one that orders them. */
  modelsOf({ shown, order, by }) {
    const models = shownPanels(this.config, shown).map(({ model }) => model);
    return [...new Set(order === "given" ? models : [...models, by])];
  }

  have(state) {
    return this.modelsOf(state).every((model) => this.find(state.dataset, model));
  }

  async load(state) {
    const { dataset } = state;
    const loads = this.modelsOf(state).map((model) => this.page.space(dataset, model));
    for (const space of await Promise.all(loads)) {
      this.loaded.set(`${dataset}/${space.model}`, space);
    }
  }

  /** @returns {import("./contract.js").Space | undefined} */
  find(dataset, model) {
    return this.loaded.get(`${dataset}/${model}`);
  }
}

function shownPanels({ panels }, shown) {
  return panels.filter(({ id }) => shown === "all" || id === shown);
}

class Comparer {
  constructor(figure, config, page, store, spaces) {
    Object.assign(this, { figure, config, page, store, spaces });
    this.body = figure.querySelector(".figure-body");
    this.selection = new Selection();
    this.requests = 0;
    this.mounted = false;
    this.shownShare = store.state.share;
    this.motions = { share: new Transition(), views: new Transition() };
    this.render = oncePerFrame((now) => this.renderNow(now));
    this.settle = afterRest(() => this.settleNow(), REST);
    this.parts = this.makeParts();
    this.body.replaceChildren(...this.parts.elements());
    this.allow();
    this.apply();
    this.listen();
    this.mounted = true;
  }

  makeParts() {
    const [space] = this.shownSpaces(this.store.state);
    return new ComparerParts({
      id: this.figure.id,
      config: this.config,
      page: this.page,
      modalities: space.modalities,
      orders: ordersOf(space),
      projections: projectionsOf(space),
      onChange: (changes, cause) => this.store.set(changes, cause),
      onReset: () => this.reset(),
    });
  }

  shownSpaces({ dataset, shown }) {
    return shownPanels(this.config, shown).map(({ model }) => this.spaces.find(dataset, model));
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
      for (const frame of this.frames) frame.setTheme(theme);
    });
  }

  /** Of all views that were made, shown or not. */
  get frames() {
    return this.panels.flatMap((panel) => panel.frames);
  }

  get shownPanels() {
    return this.panels.filter(({ element }) => !element.hidden);
  }

  // -- from one state to the next ---------------------------------------------------------------

  follow(state, previous, { live = false }) {
    this.parts.show(state);
    if (state.share !== previous.share) this.moveShare(live);
    const others = Object.keys(state).filter((name) => name !== "share");
    if (others.some((name) => state[name] !== previous[name])) this.bring();
    this.render();
  }

  /** Under a reader's hand the share is shown at once; otherwise it runs there. */
  moveShare(live) {
    this.shareBefore = this.shownShare;
    if (live) this.motions.share.stop();
    else this.motions.share.start();
  }

  /** Load what the state needs, then show it; the newest wish wins, whatever the network does. */
  async bring() {
    const request = ++this.requests;
    const isLatest = () => request === this.requests;
    try {
      if (!this.spaces.have(this.store.state)) {
        showLoading(this.figure);
        await this.spaces.load(this.store.state);
        if (!isLatest()) return;
      }
      this.allow();
      if (!isLatest()) return;
      this.apply();
      showReady(this.figure);
    } catch (error) {
      if (isLatest()) showError(this.figure, error, () => this.bring());
    }
  }

  /** An address may name an order or a projection that these data do not have. */
  allow() {
    const { state, initial } = this.store;
    const orderable = this.spaces.find(state.dataset, state.by);
    const spaces = this.shownSpaces(state);
    const known = (projection) => spaces.every((one) => projectionsOf(one).includes(projection));
    this.store.set({
      order: orderable && !ordersOf(orderable).includes(state.order) ? initial.order : state.order,
      projection: known(state.projection) ? state.projection : initial.projection,
    });
  }

  /** Show the state from now on; its spaces are at hand. */
  apply() {
    const { state } = this.store;
    const before = this.applied ?? {};
    this.applied = state;
    if (state.dataset !== before.dataset) this.takeDataset(state);
    if (this.canMove(before)) this.startMoving();
    this.parts.setColumns(shownPanels(this.config, state.shown).length, state.view);
    for (const panel of this.panels) {
      const shown = state.shown === "all" || state.shown === panel.panel.id;
      panel.element.hidden = !shown;
      if (!shown) continue;
      panel.setView(state.view);
      panel.take(this.spaces.find(state.dataset, panel.panel.model));
      if (state.projection !== before.projection) panel.project();
    }
    this.arrange(state);
    this.sayConditions(state);
    this.parts.show(state);
    this.renderNow();
    this.nameViews();
  }

  /** Only the same views of the same data move from one order or projection to another. */
  canMove({ dataset, view, shown, order, by, projection }) {
    const { applied: now } = this;
    const same = dataset === now.dataset && view === now.view && shown === now.shown;
    return same && (order !== now.order || by !== now.by || projection !== now.projection);
  }

  startMoving() {
    for (const panel of this.shownPanels) panel.keep();
    this.motions.views.start();
  }

  /** Other data may have other items: then panels are made anew. */
  takeDataset(state) {
    const [space] = this.shownSpaces(state);
    const fits = this.rows && String(this.rows.counts) === String(space.counts);
    this.items = null;
    this.parts.pane.forget();
    if (!fits) {
      this.rows = new Rows(space.modalities, space.counts);
      this.panels = this.makePanels();
      this.parts.setPanels(this.panels);
    }
    this.selection.clear();
  }

  sayConditions(state) {
    const spaces = this.shownSpaces(state);
    const scales = spaces.map(({ model, logitScale }) => [
      this.page.models[model].short,
      logitScale,
    ]);
    this.parts.setConditions(this.page.batchSize, this.rows.counts[0], new Map(scales));
  }

  makePanels() {
    return this.config.panels.map(
      (panel) =>
        new ComparerPanel({
          id: this.figure.id,
          panel,
          batchSize: this.page.batchSize,
          rows: this.rows,
          selection: this.selection,
          theme: readTheme(this.body),
          colours: this.parts.colours,
          helpId: (view) => this.parts.helpId(view),
          onFrame: (frame) => this.mounted && this.attach(frame),
        }),
    );
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

  /** One order for all panels, that of a chosen model's clusters. */
  arrange({ dataset, order, by }) {
    const space = this.spaces.find(dataset, by) ?? this.shownSpaces(this.applied)[0];
    this.arrangement = arrange(space, this.rows, order);
    for (const panel of this.shownPanels) panel.arrange(this.arrangement);
    this.parts.setClusters(this.applied.view === "scatter" ? [] : this.arrangement.clusters);
  }

  /** Return to the first state, on the straight way. */
  reset() {
    this.store.set(this.store.initial, { live: true });
    for (const frame of this.frames) frame.showWhole();
    this.selection.clear();
    this.render();
  }

  // -- a frame ----------------------------------------------------------------------------------

  renderNow(now = performance.now()) {
    const { share, views } = this.motions;
    this.shownShare = this.shareAt(share.progress(now));
    const { dataset, projection } = this.applied;
    const state = {
      share: this.shownShare,
      projection,
      progress: views.progress(now),
      extent: this.config.component_extents[dataset],
    };
    for (const panel of this.shownPanels) panel.show(state);
    this.showPane();
    if ([share, views].some((motion) => motion.progress(now) < 1)) this.render();
    this.settle();
  }

  shareAt(progress) {
    const { share } = this.store.state;
    return progress < 1 ? this.shareBefore + progress * (share - this.shareBefore) : share;
  }

  showMark() {
    for (const panel of this.shownPanels) panel.current.frame.drawNow();
    this.showPane();
  }

  showPane() {
    const mark = this.selection.current;
    if (mark === null) this.parts.pane.clear();
    else this.parts.pane.show(this.markShown(mark), this.valuesOf(mark));
    if (mark !== null) this.bringItems();
  }

  /** In a view of pairs, items of the first modality stand for their pairs. */
  markShown(mark) {
    if (this.applied.view !== "difference") return mark;
    return { first: this.rows.pairOf(mark.first), second: this.rows.pairOf(mark.second) };
  }

  valuesOf(mark) {
    const { modalities } = this.rows;
    const isDifference = this.applied.view === "difference";
    const { first, second } = this.markShown(mark);
    const rows = this.shownPanels.map((panel) => ({
      title: panel.panel.title,
      values: isDifference ? panel.valuesOfPairs(first, second) : [panel.valueOf(mark)],
    }));
    return isDifference
      ? {
          facts: this.pairsInWords(first, second),
          columns: [...modalities.slice(0, 2), "difference"],
          rows,
        }
      : { facts: this.itemsInWords(mark), columns: ["cosine"], rows };
  }

  itemsInWords({ first, second }) {
    if (first === second) return "an item with itself";
    return this.rows.arePaired(first, second) ? "items of a pair" : "items of two pairs";
  }

  pairsInWords(first, second) {
    return first === second
      ? `pair ${first + 1} with itself`
      : `pairs ${first + 1} and ${second + 1}`;
  }

  /** Items and pictures are loaded when a reader points at something. */
  async bringItems() {
    if (this.items !== null) return;
    const { dataset } = this.applied;
    const isPresent = () => dataset === this.applied.dataset;
    this.items = dataset;
    try {
      const items = await this.page.items(dataset);
      if (!isPresent()) return;
      this.parts.pane.take(items, this.rows, (path) => this.page.file(dataset, path));
      this.showPane();
      this.sayMark();
    } catch (error) {
      if (!isPresent()) return;
      const text = "What is marked cannot be shown; the panels work without it.";
      showShortcoming(this.figure, text, error, () => {
        showReady(this.figure);
        this.items = null;
        this.showPane();
      });
    }
  }

  // -- in words, when it has come to rest -------------------------------------------------------

  settleNow() {
    const { view, dataset } = this.applied;
    const ordered = this.orderInWords();
    this.nameViews();
    for (const panel of this.shownPanels) panel.rest(this.config.component_extents[dataset]);
    if (view === "scatter") this.showNote();
    const state = this.shownPanels.map((panel) => panel.sentence).join(" ");
    const clusters = clustersInWords(this.arrangement.clusters);
    this.sayState(view === "scatter" ? state : `${state} Ordered ${ordered}. ${clusters}`);
  }

  nameViews() {
    const ordered = this.orderInWords();
    for (const panel of this.shownPanels) panel.nameView(ordered);
  }

  orderInWords() {
    const { order, by } = this.applied;
    const words = orderedInWords(order);
    return order === "given" ? words : `${words} of ${this.page.models[by].short}`;
  }

  /** What a reader should know of layouts that were computed before; planes say it in each panel. */
  showNote() {
    const notes = this.shownPanels.map((panel) => `${panel.panel.title}: ${panel.note}`);
    const [first] = this.shownPanels;
    const same = this.shownPanels.every((panel) => panel.note === first.note);
    const isPlane = this.applied.projection === "pca";
    this.parts.setNote(isPlane ? "" : same ? first.note : notes.join("; "));
  }

  /** The first state needs no announcement, and none is repeated. */
  sayState(text) {
    if (this.said !== undefined && this.said !== text) this.parts.announcer.say(text);
    this.said = text;
  }

  sayMark() {
    const mark = this.selection.current;
    this.parts.announcer.say(mark ? this.sentenceOf(mark) : "Nothing is marked.");
  }

  sentenceOf(mark) {
    const { first, second } = this.markShown(mark);
    const { facts, rows } = this.valuesOf(mark);
    const labels = [first, second].map((row) => this.parts.pane.labelOf(row)).filter(Boolean);
    const values = rows.map(({ title, values }) => `${title} ${fixed(values.at(-1))}`);
    return `${labels.join(" and ")}; ${facts}: ${values.join(", ")}.`;
  }
}

/** Projections that a space has at both ends of the gap. */
function projectionsOf(space) {
  const stored = (method, share) =>
    space.projections.some((entry) => entry.method === method && entry.share === share);
  const methods = new Set(space.projections.map(({ method }) => method));
  methods.delete("pca");
  return ["pca", ...[...methods].filter((method) => stored(method, 0) && stored(method, 1))];
}
