/**
 * Pictures of items in place of their marks, from the files that hold a hundred each.
 */

/** Sides of a picture in pixels: in small plots, in others, and when the reader has zoomed in. */
const SIDES = { small: 17, large: 23, zoomed: 64 };

/** Plots narrower than this are small. */
const SMALL = 380;

/** More files than this are not loaded for one plot: each has some hundred kilobytes. */
const MOST_FILES = 12;

/** The pictures of a data set's items, drawn as soon as they are there. */
export class Thumbnails {
  /**
   * @param {object} options
   * @param {import("./contract.js").Items} options.items
   * @param {(path: string) => string} options.addressOf of a sprite file
   * @param {() => void} options.onLoad a file has come
   */
  constructor({ items, addressOf, onLoad }) {
    Object.assign(this, { items, addressOf, onLoad });
    /** @type {Map<string, HTMLImageElement>} */
    this.images = new Map();
  }

  /** How many files the pictures of these rows are in, if that is too many to load them. */
  tooMany(rows) {
    const files = new Set();
    this.items.modalities.forEach(({ sprites }, modality) => {
      if (!sprites) return;
      const { start, end } = rows.blocks[modality];
      for (let row = start; row < end; row++) files.add(fileOf(sprites, rows.itemOf(row)));
    });
    return files.size > MOST_FILES ? files.size : 0;
  }

  /**
   * Draw the pictures of some rows of a modality.
   *
   * @param {CanvasRenderingContext2D} context its fill is the colour of the modality
   * @param {import("./scatter.js").Scatter} view
   * @param {number} modality index
   * @param {number[]} rows
   * @param {(row: number) => [number, number]} place
   * @returns {boolean} whether this modality has pictures that are drawn
   */
  draw(context, view, modality, rows, place) {
    const { sprites } = this.items.modalities[modality];
    if (!sprites || this.tooMany(view.rows) > 0) return false;
    const side = sideIn(view.frame);
    for (const row of rows) {
      const [x, y] = place(row);
      const [left, top] = [x - side / 2, y - side / 2];
      context.fillRect(left - 1.5, top - 1.5, side + 3, side + 3);
      const item = view.rows.itemOf(row);
      const image = this.imageOf(fileOf(sprites, item));
      if (!image.complete || image.naturalWidth === 0) continue;
      const [cell, at] = [sprites.cell, item % sprites.perFile];
      const [across, down] = [at % sprites.columns, Math.floor(at / sprites.columns)];
      context.drawImage(image, across * cell, down * cell, cell, cell, left, top, side, side);
    }
    return true;
  }

  imageOf(file) {
    if (!this.images.has(file)) {
      const image = new Image();
      image.onload = this.onLoad;
      image.src = this.addressOf(file);
      this.images.set(file, image);
    }
    return this.images.get(file);
  }
}

function fileOf({ files, perFile }, item) {
  return files[Math.floor(item / perFile)];
}

/** Larger where the reader has zoomed in. */
function sideIn(frame) {
  const [whole, shown] = [frame.axes.x.range, frame.ranges.x].map(([low, high]) => high - low);
  const side = frame.width < SMALL ? SIDES.small : SIDES.large;
  return Math.min(side * Math.sqrt(Math.max(whole / shown, 1)), SIDES.zoomed);
}
