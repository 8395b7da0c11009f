/**
 * The pane that shows the pair pointed at, among thousands: its picture and its text, loaded when asked for.
 */

import { element, setText } from "./element.js";
import { modalitySign } from "./inspector.js";
import { once } from "./loader.js";
import { afterRest } from "./motion.js";

/** Milliseconds that a pointer rests on a pair before its picture is loaded. */
const REST = 80;

/** Both items of a pair and what is known of its line. Its size never changes. */
export class PairPane {
  /**
   * @param {object} options
   * @param {string[]} options.modalities
   * @param {(path: string) => string} options.addressOf of a sprite file
   * @param {string} options.hint what to do while nothing is pointed at
   */
  constructor({ modalities, addressOf, hint }) {
    Object.assign(this, { addressOf, hint });
    this.pair = null;
    this.items = null;
    this.cards = modalities.map((name, index) => makeCard(name, modalitySign(index)));
    this.facts = element("p", { class: "pair-facts" }, hint);
    this.element = element(
      "div",
      { class: "pair-pane pair-pane-empty", role: "group", "aria-label": "Marked pair" },
      ...this.cards.map((card) => card.element),
      this.facts,
    );
    this.fetchPictures = afterRest(() => this.showPictures(), REST);
  }

  /** Captions and addresses of pictures have come. */
  setItems(items) {
    this.items = items;
    this.fill();
  }

  /**
   * Show a pair, or nothing.
   *
   * @param {number | null} pair
   * @param {string} facts about its line
   */
  show(pair, facts) {
    setText(this.facts, pair === null ? this.hint : facts);
    this.element.classList.toggle("pair-pane-empty", pair === null);
    if (pair === this.pair) return;
    this.pair = pair;
    this.fill();
  }

  fill() {
    this.cards.forEach((card, modality) => {
      const number = this.pair === null ? "" : ` ${this.pair + 1}`;
      setText(card.title, `${card.name}${number}`);
      const text = this.pair === null ? "" : (this.textOf(modality) ?? "");
      card.body.replaceChildren(
        ...(text ? [element("p", { class: "card-text", dir: "auto" }, text)] : []),
      );
    });
    if (this.pair !== null && this.items !== null) this.fetchPictures();
  }

  textOf(modality) {
    return this.items?.modalities[modality].texts?.[this.pair];
  }

  /** Load the pictures of the pair that the pointer has come to rest on. */
  showPictures() {
    if (this.pair === null) return;
    this.items.modalities.forEach(({ sprites }, modality) => {
      if (sprites) this.showPicture(this.cards[modality], sprites, this.pair);
    });
  }

  /** Show a picture, unless the pointer has gone on to another pair while it came. */
  async showPicture(card, { files, columns, perFile }, pair) {
    const address = this.addressOf(files[Math.floor(pair / perFile)]);
    const shown = await loadPicture(address).then(
      (source) => pictureOf(source, columns, pair % perFile, this.labelOf(pair)),
      (error) => element("p", { class: "card-text" }, error.message),
    );
    if (pair === this.pair) card.body.replaceChildren(shown);
  }

  /** A pair in words: its texts. */
  labelOf(pair) {
    const texts =
      this.items?.modalities.flatMap(({ texts: all }) => (all ? [all[pair]] : [])) ?? [];
    return texts.length > 0 ? `“${texts.join("”, “")}”` : `pair ${pair + 1}`;
  }
}

function makeCard(name, sign) {
  const title = element("p", { class: `card-title ${CSS.escape(name)}` });
  const body = element("div", { class: "card-body" });
  return {
    element: element("div", { class: "card" }, body, title),
    title,
    body,
    name: `${sign} ${name}`,
  };
}

function pictureOf(source, columns, cell, label) {
  const picture = element("div", { class: "card-picture", role: "img", "aria-label": label });
  picture.style.backgroundImage = `url(${JSON.stringify(source)})`;
  picture.style.setProperty("--columns", columns);
  picture.style.setProperty("--column", cell % columns);
  picture.style.setProperty("--row", Math.floor(cell / columns));
  return picture;
}

/** The address of a picture, once the browser has it. */
function loadPicture(address) {
  const source = new URL(address, document.baseURI).href;
  return once(`picture ${source}`, () => {
    const { promise, resolve, reject } = Promise.withResolvers();
    const picture = new Image();
    picture.onload = () => resolve(source);
    picture.onerror = () => reject(new Error("The picture could not be loaded."));
    picture.src = source;
    return promise;
  });
}
