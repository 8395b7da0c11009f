/**
 * What the reader points at: two items, in every view of a figure at once.
 */

/**
 * @typedef {object} Mark rows of the similarity matrix
 * @property {number} first
 * @property {number} second
 * @property {number} [item] the one of both that was pointed at, where a single one was
 */

/** A mark under the pointer, over one that was put there to stay. */
export class Selection {
  constructor() {
    /** @type {Mark | null} */
    this.hovered = null;
    /** @type {Mark | null} */
    this.pinned = null;
    this.listeners = new Set();
  }

  /** @returns {Mark | null} */
  get current() {
    return this.hovered ?? this.pinned;
  }

  /** Mark for as long as the pointer is there; null ends it. */
  hover(mark) {
    if (sameMark(mark, this.hovered)) return;
    this.hovered = mark;
    this.tell();
  }

  /** Mark to stay, until something else is marked or it is cleared. */
  pin(mark) {
    this.hovered = null;
    this.pinned = mark;
    this.tell();
  }

  clear() {
    this.pin(null);
  }

  /**
   * Keep what is marked while rows become others.
   *
   * @param {(row: number) => number | undefined} rowAfter undefined where a row is gone
   */
  move(rowAfter) {
    this.hovered = null;
    if (this.pinned === null) return;
    const { item } = this.pinned;
    const [first, second] = [this.pinned.first, this.pinned.second].map(rowAfter);
    const isThere = first !== undefined && second !== undefined;
    this.pinned = isThere
      ? { first, second, ...(item === undefined ? {} : { item: rowAfter(item) }) }
      : null;
  }

  /** @param {(mark: Mark | null) => void} listener */
  subscribe(listener) {
    this.listeners.add(listener);
  }

  tell() {
    for (const listener of this.listeners) listener(this.current);
  }
}

/** Whether two marks are of the same items. */
export function sameMark(one, other) {
  if (one === null || other === null) return one === other;
  return one.first === other.first && one.second === other.second && one.item === other.item;
}
