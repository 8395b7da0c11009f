/**
 * Figures come to life when the reader comes near them, each on its own.
 */

import { linkTo, readAddress } from "./address.js";
import { offerCopies } from "./copying.js";
import { offerTables } from "./csv-table.js";
import { whenNear } from "./loader.js";
import { mayMove } from "./motion.js";
import { Page } from "./page.js";
import { offerPreviews } from "./previews.js";
import { figureType } from "./registry.js";
import { offerSaving } from "./saving.js";
import { parseState, Store } from "./state.js";
import { showError, showLoading, showReady, showShortcoming } from "./status.js";
import { onReturn, Trail } from "./trail.js";

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
    this.restore();
    this.trail = new Trail(figure, this.fields, this.store);
  }

  /** Take the state that the address says. */
  restore() {
    const state = { ...this.store.initial, ...readAddress(this.figure.id, this.fields) };
    this.store.set(state, { restored: true });
  }

  /** The address that leads to the figure as it stands. */
  get link() {
    return linkTo(this.figure.id, this.fields, this.store);
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
    this.store.set(parseState(new URLSearchParams(query), this.fields), { restored: true });
    this.trail.push();
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
  onReturn(() => {
    for (const live of figures.values()) live.restore();
  });
}

const figures = prepareFigures(Page.read());
followLinks(figures);
offerPreviews();
offerTables();
offerSaving();
offerCopies(({ id }) => figures.get(id)?.link ?? new URL(`#${id}`, location.href).href);
