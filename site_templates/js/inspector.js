/**
 * The pane that shows what is marked: both items, and how similar they are. Its size never changes.
 */

import { element, setText } from "./element.js";
import { euclideanDistance } from "./geometry.js";
import { fixed } from "./numbers.js";

/** How alike two items are, from their cosine. */
const MEASURES = {
  cosine: { title: "cosine similarity", of: (similarity) => similarity },
  euclidean: { title: "Euclidean distance", of: euclideanDistance },
};

/** Signs of the modalities in text, in the order of the scatter's shapes. */
const SIGNS = ["●", "■", "▲", "◆"];

/** Sign of a modality in text, so that it is known without its colour. */
export function modalitySign(index) {
  return SIGNS[index % SIGNS.length];
}

/** Pictures and texts of two items, their similarity, and their ranks. */
export class Inspector {
  /**
   * @param {object} options
   * @param {import("./contract.js").Items} options.items
   * @param {import("./rows.js").Rows} options.rows
   * @param {(path: string) => string} options.addressOf of a sprite file
   * @param {string} options.hint what to do while nothing is marked
   */
  constructor({ items, rows, addressOf, hint }) {
    Object.assign(this, { items, rows, addressOf });
    this.setMeasure("cosine");
    this.cards = [this.makeCard(), this.makeCard()];
    this.value = element("p", { class: "inspector-value" });
    this.facts = element("p", { class: "inspector-facts" });
    this.hintLine = element("p", { class: "inspector-hint" }, hint);
    const middle = element(
      "div",
      { class: "inspector-middle" },
      this.value,
      this.facts,
      this.hintLine,
    );
    this.element = element(
      "div",
      { class: "inspector", role: "group", "aria-label": "Marked items" },
      this.cards[0].element,
      middle,
      this.cards[1].element,
    );
  }

  /** Show items of another data set, or other pairs of it, from now on. */
  setItems(items, rows, addressOf) {
    Object.assign(this, { items, rows, addressOf });
    for (const card of this.cards) card.row = undefined;
  }

  /** Say how alike items are as a cosine, or as a distance. */
  setMeasure(name) {
    this.measure = MEASURES[name];
  }

  makeCard() {
    const title = element("p", { class: "card-title" });
    const body = element("div", { class: "card-body" });
    return { element: element("div", { class: "card" }, body, title), title, body, row: undefined };
  }

  /**
   * Show a mark.
   *
   * @param {import("./selection.js").Mark} mark
   * @param {Float64Array} similarity (N, N) of the state shown
   * @param {boolean} [isExample] nothing is marked: this is what a mark would show
   */
  show(mark, similarity, isExample = false) {
    this.element.classList.toggle("inspector-example", isExample);
    this.fillCard(this.cards[0], mark.first);
    this.fillCard(this.cards[1], mark.second);
    setText(this.value, this.valueOf(mark, similarity));
    const first = `${this.measure.title} of the first pair`;
    setText(this.facts, isExample ? first : this.factsOf(mark, similarity));
    this.hintLine.hidden = !isExample;
  }

  fillCard(card, row) {
    if (card.row === row) return;
    card.row = row;
    const modality = this.rows.modalityOf(row);
    const { name } = this.items.modalities[modality];
    card.title.className = `card-title ${CSS.escape(name)}`;
    setText(card.title, `${modalitySign(modality)} ${this.nameOf(row)}`);
    card.body.replaceChildren(this.bodyOf(row));
  }

  /** What an item looks like: its picture or its text. */
  bodyOf(row) {
    const { sprites, sounds } = this.items.modalities[this.rows.modalityOf(row)];
    if (sounds) return this.soundOf(sounds[this.rows.itemOf(row)], this.labelOf(row));
    if (sprites) return this.pictureOf(sprites, this.rows.itemOf(row), this.labelOf(row));
    return element("p", { class: "card-text", dir: "auto" }, this.textOf(row) ?? this.nameOf(row));
  }

  pictureOf({ files, columns, perFile }, pair, label) {
    const cell = pair % perFile;
    const picture = element("div", { class: "card-picture", role: "img", "aria-label": label });
    const address = this.addressOf(files[Math.floor(pair / perFile)]);
    picture.style.backgroundImage = `url(${JSON.stringify(new URL(address, document.baseURI).href)})`;
    picture.style.setProperty("--columns", columns);
    picture.style.setProperty("--column", cell % columns);
    picture.style.setProperty("--row", Math.floor(cell / columns));
    return picture;
  }

  /** A sound is fetched when it is played. */
  soundOf(path, label) {
    const src = this.addressOf(path);
    return element("audio", { src, controls: true, preload: "none", "aria-label": label });
  }

  // -- in words ---------------------------------------------------------------------------------

  /** "image 12": items count from 1. */
  nameOf(row) {
    return `${this.rows.modalities[this.rows.modalityOf(row)]} ${this.rows.itemOf(row) + 1}`;
  }

  textOf(row) {
    return this.items.modalities[this.rows.modalityOf(row)].texts?.[this.rows.itemOf(row)];
  }

  /** An item in words: its text, or its name and the text of its pair. */
  labelOf(row) {
    const own = this.textOf(row);
    if (own) return `${this.nameOf(row)}, “${own}”`;
    const told = this.rows.membersOf(this.rows.pairOf(row)).map((member) => this.textOf(member));
    const text = told.find((entry) => entry !== undefined);
    return text ? `${this.nameOf(row)}, of “${text}”` : this.nameOf(row);
  }

  valueOf({ first, second }, similarity) {
    return fixed(this.measure.of(similarity[first * this.rows.size + second]));
  }

  factsOf({ first, second }, similarity) {
    const { title } = this.measure;
    if (first === second) return `${title} of an item with itself`;
    const kind = this.rows.arePaired(first, second) ? `${title} of a pair` : title;
    const ranks = this.ranksOf(first, second, similarity);
    return ranks === "" ? kind : `${kind}; ${ranks}`;
  }

  /** Ranks among the items of the other's modality, in both directions. */
  ranksOf(first, second, similarity) {
    const [one, other] = [first, second].map((row) => this.rows.modalityOf(row));
    if (one === other) return "";
    const rank = (from, to) => {
      const count = this.rows.counts[this.rows.modalityOf(to)];
      const [fromName, toName] = [from, to].map(
        (row) => this.rows.modalities[this.rows.modalityOf(row)],
      );
      const place = this.rows.rankOf(from, to, similarity);
      return `this ${toName} is no. ${place} of ${count} for this ${fromName}`;
    };
    return `${rank(first, second)}, ${rank(second, first)}`;
  }

  /** A mark as one sentence, to be read aloud. */
  sentenceOf(mark, similarity) {
    const [first, second] = [this.labelOf(mark.first), this.labelOf(mark.second)];
    const value = this.valueOf(mark, similarity);
    return `${first} and ${second}: ${value}, ${this.factsOf(mark, similarity)}.`;
  }
}
