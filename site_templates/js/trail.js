/**
 * The trail of a reader through the states of a figure: "back" leads to the state before.
 *
 * A choice is an entry of the browser's history, and so is a whole movement of a control, whatever it
 * passes on its way; what a figure corrects by itself while it loads is none.
 */

import { addressOf } from "./address.js";
import { afterRest } from "./motion.js";

/** Milliseconds that a state rests before it is written into the address: browsers limit how often. */
const REST = 250;

/** Writes the states of a figure into the address of the page. */
export class Trail {
  /**
   * @param {HTMLElement} figure
   * @param {Record<string, import("./state.js").Field>} fields
   * @param {import("./state.js").Store} store
   */
  constructor(figure, fields, store) {
    Object.assign(this, { figure, fields, store });
    /** Names of what was moved since the last entry; null for a choice, undefined for a correction. */
    this.moved = undefined;
    this.write = afterRest(() => this.writeNow(), REST);
    store.subscribe((state, previous, cause) => this.note(state, previous, cause));
  }

  note(state, previous, { live = false, restored = false }) {
    if (restored) return;
    if (this.figure.dataset.state === "ready") {
      const moved = live ? this.nameOf(state, previous) : null;
      this.moved = this.moved === undefined || this.moved === moved ? moved : null;
    }
    this.write();
  }

  /** What a movement is known by in the history: the figure, and what of its state changed. */
  nameOf(state, previous) {
    const changed = Object.keys(state).filter((name) => state[name] !== previous[name]);
    return [this.figure.id, ...changed].join(" ");
  }

  writeNow() {
    const { moved } = this;
    this.moved = undefined;
    if (moved === undefined || (moved !== null && moved === history.state?.moved)) this.replace();
    else this.push(moved);
  }

  /** A new entry of the history. */
  push(moved = null) {
    const address = addressOf(this.figure.id, this.fields, this.store);
    if (address !== location.href) history.pushState({ moved }, "", address);
  }

  replace() {
    const address = addressOf(this.figure.id, this.fields, this.store);
    if (address !== location.href) history.replaceState(history.state, "", address);
  }
}

/** Call back when the reader went back or forward; a movement after that is one of its own. */
export function onReturn(callback) {
  addEventListener("popstate", () => {
    if (history.state?.moved) history.replaceState(null, "");
    callback();
  });
}
