/**
 * Figures come to life when the reader comes near them, each on its own.
 */

import { pushAddress, readAddress, writeAddress } from "./address.js";
import { whenNear } from "./loader.js";
import { afterRest, mayMove } from "./motion.js";
import { Page } from "./page.js";
import { offerPreviews } from "./previews.js";
import { figureType } from "./registry.js";
import { parseState, Store } from "./state.js";
import { showError, showLoading, showReady, showShortcoming } from "./status.js";

/** Milliseconds that a state rests before it is written into the address: browsers limit how often. */
const REST = 250;

/** A figure of the page, with its state, before and after it is live. */
class LiveFigure {
  /**
   * @param {HTMLElement} figure
   * @param {Page} page
   */
  constructor(figure, page) {
    Object.assign(this, { figure, page });
    this.type = figureType(figure.dataset.figure);
    this.config = JSON.parse(figure.querySelector(".figure-config").textContent);
    this.fields = this.type.fields(this.config);
    this.store = new Store(this.config.state);
    this.readAddress();
    this.store.subscribe(afterRest(() => writeAddress(figure.id, this.fields, this.store), REST));
  }

  readAddress() {
    this.store.set({ ...this.store.initial, ...readAddress(this.figure.id, this.fields) });
  }

  /** Load, and replace the static picture. */
  async bring() {
    showLoading(this.figure);
    if (this.type.plotly !== false) this.page.expectPlotly();
    try {
      const { mount } = await this.type.load();
      const live = await mount(this.figure, this.config, this.page, this.store);
      showReady(this.figure);
      this.attachPlotly(live.frames);
    } catch (error) {
      showError(this.figure, error, () => this.bring());
    }
  }

  /** Give axes, zoom and tools to frames that are live without them. */
  async attachPlotly(frames) {
    if (frames.length === 0) return;
    try {
      const plotly = await this.page.plotly();
      for (const frame of frames) if (!frame.plotly) await frame.attach(plotly);
    } catch (error) {
      const text = "Axes and zoom could not be loaded; the figure works without them.";
      showShortcoming(this.figure, text, error, () => {
        showReady(this.figure);
        this.attachPlotly(frames);
      });
    }
  }

  /** Set a part of the state from a link in the text, and show the figure. */
  set(query) {
    this.store.set(parseState(new URLSearchParams(query), this.fields));
    pushAddress(this.figure.id, this.fields, this.store);
    const behavior = mayMove() ? "smooth" : "instant";
    this.figure.scrollIntoView({ block: "nearest", behavior });
  }
}

/** All figures of the page, by id; one that is broken says so, and the others work. */
function prepareFigures(page) {
  const figures = new Map();
  for (const figure of document.querySelectorAll("figure[data-figure]")) {
    try {
      const live = new LiveFigure(figure, page);
      figures.set(figure.id, live);
      whenNear(figure).then(() => live.bring());
    } catch (error) {
      showError(figure, error, () => location.reload());
    }
  }
  return figures;
}

function followLinks(figures) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.try");
    const live = link && figures.get(link.dataset.figure);
    if (!live || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    live.set(link.dataset.set);
  });
  addEventListener("popstate", () => {
    for (const live of figures.values()) live.readAddress();
  });
}

offerPreviews();
followLinks(prepareFigures(Page.read()));
