/**
 * The explorer: a data set in a model as matrix and scatter, linked, while its gap is closed.
 */

import { LIKE, orderedInWords } from "./arrangement.js";
import { clusterLabels } from "./cluster-labels.js";
import { DerivedSpace } from "./derived-space.js";
import { setText } from "./element.js";
import { ExplorerParts } from "./explorer-parts.js";
import { Key } from "./key-symbols.js";
import { fixedRanges, Layout, layoutAxes, layoutNote, projectionTitle } from "./layout.js";
import { afterRest, oncePerFrame, Transition } from "./motion.js";
import { fixed, shareInWords } from "./numbers.js";
import { PairOrder } from "./pair-order.js";
import { Picking } from "./picking.js";
import { Rows } from "./rows.js";
import { Selection } from "./selection.js";
import { captionsOf, FEWEST, foundInWords, PairFinder } from "./shown-pairs.js";
import { showError, showLoading, showReady } from "./status.js";
import { onThemeChange, readTheme } from "./theme.js";
import { Thumbnails } from "./thumbnails.js";

/** Milliseconds without a frame before titles are set and the state is said aloud. */
const REST = 200;

/** Values of the state that say which pairs are shown as which model sees them. */
const DATA = ["model", "words", "match", "only"];

/** Digits of figures from similarities in 16 bits, and from vectors in 8. */
const DIGITS = { exact: 3, coarse: 2 };

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
  const finder = new PairFinder(config, page);
  let state;
  let data;
  // The reader may have followed a link to another state meanwhile.
  while (state !== store.state) {
    state = store.state;
    data = await finder.obtain(state);
  }
  const explorer = new Explorer(figure, config, page, store, finder, data);
  return { frames: explorer.parts.frames };
}

class Explorer {
  constructor(figure, config, page, store, finder, data) {
    Object.assign(this, { figure, config, page, store, finder });
    this.body = figure.querySelector(".figure-body");
    this.selection = new Selection();
    this.layout = new Layout();
    this.requests = 0;
    this.shownShare = store.state.share;
    this.motions = { share: new Transition(), matrix: new Transition(), points: new Transition() };
    this.render = oncePerFrame((now) => this.renderNow(now));
    this.settle = afterRest(() => this.settleNow(), REST);
    this.takePairs(data);
    this.parts = this.makeParts(data);
    this.picking = new Picking(this);
    this.body.replaceChildren(...this.parts.elements());
    this.drawOver();
    this.take(data);
    this.renderNow();
    this.picking.summarise();
    this.listen();
  }

  makeParts({ shown, space }) {
    return new ExplorerParts({
      id: this.figure.id,
      config: this.config,
      page: this.page,
      dataset: shown.dataset,
      items: shown.items,
      space,
      rows: this.rows,
      selection: this.selection,
      theme: readTheme(this.body),
      onChange: (changes, cause) => this.store.set(changes, cause),
      onReset: () => this.reset(),
      onLike: () => this.orderLikeMark(),
      onShowAll: () => this.store.set({ words: "", only: "" }),
      onPick: (pairs, how) => this.picking.take(pairs, how),
      acts: {
        toggle: () => this.picking.toggle(),
        cluster: () => this.picking.takeCluster(),
        only: () => this.picking.showOnly(),
        all: () => this.store.set({ only: "" }),
        clear: () => this.store.set({ picked: "" }),
      },
    });
  }

  /** Names of clusters, and the key of the data set, over what the views draw. */
  drawOver() {
    const { heatmap, scatter } = this.parts;
    const isShown = () => this.store.state.key === "shown";
    heatmap?.overlays.push((...view) => isShown() && this.key.overHeatmap(...view));
    scatter?.overlays.push((...view) => isShown() && this.key.overScatter(...view));
    const isNamed = () => this.store.state.names === "on" && this.arrangement.clusters.length > 0;
    scatter?.overlays.push(clusterLabels(() => (isNamed() ? this.arrangement : null)));
  }

  listen() {
    const showMark = oncePerFrame(() => this.showMark());
    this.store.subscribe((state, previous, cause) => this.follow(state, previous, cause));
    this.selection.subscribe(() => {
      showMark();
      this.sayMark();
    });
    for (const { element } of this.parts.frames) {
      element.addEventListener("keydown", (event) => this.actOnKey(event));
    }
    onThemeChange(() => {
      const theme = readTheme(this.body);
      for (const frame of this.parts.frames) frame.setTheme(theme);
    });
  }

  /** Keys beyond those of the views themselves. */
  actOnKey(event) {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === " " && this.parts.has("select")) this.picking.toggle();
    else if (event.key.toLowerCase() === "s" && this.parts.has("like")) this.orderLikeMark();
    else return;
    event.preventDefault();
  }

  // -- from one state to the next ---------------------------------------------------------------

  /** The state was replaced: load what it needs, move from what is shown to what it says. */
  follow(state, previous, { live = false }) {
    const isOther = (...names) => names.some((name) => state[name] !== previous[name]);
    this.showControls();
    if (isOther("share")) this.moveShare(live);
    if (isOther("order", "clusters", "like")) this.rearrange();
    if (isOther("projection")) this.project();
    if (isOther("distance")) this.measure();
    if (isOther("picked")) this.picking.show();
    if (isOther(...DATA) || (isOther("projection") && this.finder.isPool(this.shownPairs))) {
      this.load();
    }
    this.dress();
    this.render();
  }

  showControls() {
    const { state } = this.store;
    for (const [name, value] of Object.entries(state)) this.parts.controls[name]?.show(value);
    this.parts.nameLike(this.order.nameOfLike(state));
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
    this.arrange();
  }

  moveViews() {
    this.rearrange();
    this.project();
  }

  arrange() {
    this.arrangement = this.order.arrange(this.store.state);
    this.parts.heatmap?.arrange(this.arrangement);
    this.parts.listClusters(this.arrangement.clusters);
  }

  project() {
    this.parts.scatter?.keep();
    this.motions.points.start();
    this.continues = false;
  }

  measure() {
    this.parts.setMeasure(this.store.state.distance);
  }

  /** How points, lines and names look. */
  dress() {
    const { lines, points, names, key } = this.store.state;
    const { heatmap, scatter, keyLegend } = this.parts;
    this.parts.showLines(lines);
    if (scatter) scatter.thumbnails = points === "pictures" ? this.thumbnails : null;
    if (heatmap && heatmap.named !== (names === "on")) {
      heatmap.named = names === "on";
      heatmap.frame.relayout();
    }
    keyLegend.replaceChildren(...(key === "shown" ? this.key.legend(this.rows) : []));
  }

  /** Return to the first state, on the straight way. */
  reset() {
    this.moveViews();
    this.store.set(this.store.initial, { live: true });
    for (const frame of this.parts.frames) frame.showWhole();
    this.selection.clear();
    this.parts.putToolAway();
    this.render();
  }

  /** Load other pairs or another model; the newest request wins, whatever the network does. */
  async load() {
    const request = ++this.requests;
    const isLatest = () => request === this.requests;
    showLoading(this.figure);
    const expected = this.finder.expectationOf(this.store.state);
    setText(this.parts.found, expected);
    if (expected !== "") this.parts.announcer.say(expected);
    try {
      const data = await this.finder.obtain(this.store.state);
      if (!isLatest()) return;
      const isOther = data.shown.key !== this.shownPairs.key;
      this.take(data);
      // Nothing runs from one set of pairs to another.
      if (isOther) this.motions.points.stop();
      else this.moveViews();
      // What says "ready" shows what was asked for, not the one of the last frame.
      this.renderNow();
      showReady(this.figure);
    } catch (error) {
      if (isLatest()) showError(this.figure, error, () => this.load());
    }
  }

  /** Show a space from now on. */
  take({ asked, shown, space }) {
    if (shown.key !== this.shownPairs.key) this.changePairs({ shown, space });
    this.space = space;
    this.derived = this.derivedSpaceOf(space);
    this.order.take(space);
    this.arrange();
    this.continues = false;
    this.showFound(asked);
    this.showControls();
    this.measure();
    this.dress();
    this.picking.show();
  }

  /** Other pairs: what is marked stays marked if it is among them. */
  changePairs(data) {
    const { rows, shownPairs } = this;
    this.takePairs(data);
    this.parts.setRows(this.rows, data.shown.items, data.shown.dataset, this.page);
    this.layout.forget(rows.counts[0]);
    const isSame = shownPairs.dataset === data.shown.dataset;
    this.selection.move((row) => (isSame ? this.rows.rowOf(...rows.nameOf(row)) : undefined));
  }

  takePairs({ shown, space }) {
    this.shownPairs = shown;
    this.rows = new Rows(space.modalities, space.counts, shown.pairs);
    this.captions = captionsOf(shown.items);
    if (shown.pairs) this.captions = shown.pairs.map((pair) => this.captions[pair]);
    this.derivedSpaces = new Map();
    this.order = new PairOrder(this.config, this.rows, shown, this.captions);
    this.key = new Key(shown.items);
    this.thumbnails = new Thumbnails({
      items: shown.items,
      addressOf: (path) => this.page.file(shown.dataset, path),
      onLoad: () => {
        this.parts.scatter.frame.redraw();
        setText(this.parts.note, this.noteOfLayout());
      },
    });
  }

  /** What the words found; where that is too little to compare, nothing else. */
  showFound(asked) {
    const isEmpty = asked.matching < FEWEST;
    this.figure.toggleAttribute("data-empty", isEmpty);
    this.found = foundInWords(asked, this.store.state, this.page.datasets, this.config);
    setText(this.parts.found, this.found);
    this.parts.empty.show(isEmpty ? `${this.found} It takes two pairs to compare.` : "");
  }

  derivedSpaceOf(space) {
    if (!this.derivedSpaces.has(space)) {
      this.derivedSpaces.set(space, new DerivedSpace(space, this.page.batchSize));
    }
    return this.derivedSpaces.get(space);
  }

  /** Chosen pairs have no layouts but those that were stored for all of them. */
  get projection() {
    const { projection } = this.store.state;
    return this.derived.projections.includes(projection) ? projection : "pca";
  }

  get digits() {
    return this.finder.isPool(this.shownPairs) ? DIGITS.coarse : DIGITS.exact;
  }

  // -- a frame ----------------------------------------------------------------------------------

  /** Derive the state, and show it everywhere. */
  renderNow(now = performance.now()) {
    const { share, matrix, points } = this.motions;
    this.shownShare = this.shareAt(share.progress(now));
    this.shown = this.derived.derive({ share: this.shownShare, projection: this.projection });
    this.parts.heatmap?.show(this.shown.similarity, matrix.progress(now));
    if (this.parts.scatter) this.showLayout(points.progress(now));
    const options = { pairs: this.rows.counts[0], digits: this.digits };
    this.parts.readouts.show(this.shown, this.space.logitScale, options);
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
    this.parts.scatter.similarity = this.shown.similarity;
    this.parts.scatter.show(this.placed, progress);
    setText(this.parts.note, this.noteOfLayout());
  }

  /** What the reader should know of the points. */
  noteOfLayout() {
    const { projection, points } = this.store.state;
    const notes = [layoutNote(this.shown)];
    if (this.projection !== projection) {
      notes.unshift(`no ${projectionTitle(projection)} of these pairs, so PCA`);
    } else if (this.shownPairs.pairs && projection !== "pca") {
      notes.unshift("cut out of the layout of all pairs");
    }
    const { asked, loaded } = this.thumbnails;
    if (points === "pictures" && loaded < asked) {
      notes.push(`${loaded} of ${asked} files of pictures loaded`);
    }
    return notes.join("; ");
  }

  setAxes() {
    const ranges = fixedRanges(this.space, this.shown.projection);
    this.parts.scatter.frame.setAxes(layoutAxes(this.shown, this.placed, ranges));
  }

  showMark() {
    for (const frame of this.parts.frames) frame.drawNow();
    this.showInspector();
    this.picking.allow();
  }

  showInspector() {
    const mark = this.selection.current;
    const { similarity } = this.shown;
    this.parts.inspector.show(mark ?? this.example(), similarity, mark === null);
    const { of } = this.parts.measures[this.store.state.distance];
    const at = mark && similarity[mark.first * this.rows.size + mark.second];
    this.parts.colourBar.point(mark ? of(at) : null);
  }

  /** The first pair as it is ordered, while nothing is marked. */
  example() {
    const [first] = this.arrangement.items;
    return { first, second: this.rows.partnerOf(first) };
  }

  /** Order all pairs by similarity to the item that is marked, or to that of the example. */
  orderLikeMark() {
    const { item, first } = this.selection.current ?? this.example();
    this.store.set({ order: LIKE, like: this.order.likeOf(item ?? first) });
    this.showControls();
  }

  // -- in words, when it has come to rest -------------------------------------------------------

  settleNow() {
    if (this.parts.scatter) this.setAxes();
    this.picking.summarise();
    const model = this.page.models[this.space.model].title;
    const state = `${model}, ${shareInWords(this.shownShare)}`;
    this.nameViews(state);
    const { gap, losses } = this.shown;
    const loss = losses ? `, mean loss ${fixed(losses.mean)} nats` : "";
    const words = `${state}. Gap distance ${fixed(gap)}${loss}. ${this.viewsInWords()}`;
    this.sayState([words, ...this.chosenInWords()].join(" "));
  }

  nameViews(state) {
    const items = `${this.rows.size} items`;
    const modalities = this.rows.modalities.map((name) => `${name}s`).join(", then ");
    const { title } = this.parts.measures[this.store.state.distance];
    const plural = title.replace(/y$/u, "ie");
    const capital = plural[0].toUpperCase() + plural.slice(1);
    this.parts.heatmap?.frame.setName(
      `${capital}s of ${items}, ${modalities}: ${state}, ordered ${this.orderInWords()}`,
    );
    this.parts.scatter?.frame.setName(
      `${projectionTitle(this.projection)} of ${items}, pairs joined by lines: ${state}`,
    );
  }

  orderInWords() {
    const { state } = this.store;
    return state.order === LIKE ? this.order.likeInWords(state) : orderedInWords(state.order);
  }

  viewsInWords() {
    const clusters = this.arrangement.clusters
      .map(({ name, start, end }) => `${name} (${end - start})`)
      .join("; ");
    const named = clusters === "" ? "" : `, clusters: ${clusters}`;
    const matrix = this.parts.heatmap ? [`Ordered ${this.orderInWords()}${named}.`] : [];
    const scatter = this.parts.scatter
      ? [`${projectionTitle(this.projection)}, ${this.noteOfLayout()}.`]
      : [];
    return [...matrix, ...scatter].join(" ");
  }

  /** What words found, and what is selected. */
  chosenInWords() {
    const found = this.parts.has("words") && this.found !== "" ? [this.found] : [];
    return [...found, ...this.picking.inWords()];
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
