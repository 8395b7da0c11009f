/**
 * Pictures of items in place of their marks, from the files that hold a hundred each.
 */

/** Sides of a picture in pixels: in small plots, in others, and when the reader has zoomed in. */
const SIDES = { small: 17, large: 23, zoomed: 64 };

/** Plots narrower than this are small. */
const SMALL = 380;

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

  /** How many files were asked for. */
  get asked() {
    return this.images.size;
  }

  /** How many of them have come. */
  get loaded() {
    return [...this.images.values()].filter(isThere).length;
  }

  /**
   * Draw the pictures of some rows of a modality.
   *
   * @param {CanvasRenderingContext2D} context its fill is the colour of the modality
   * @param {import("./scatter.js").Scatter} view
   * @param {number} modality index
   * @param {number[]} rows
   * @param {(row: number) => [number, number]} place
   * @returns {boolean} whether this modality has pictures
   */
  draw(context, view, modality, rows, place) {
    const { sprites } = this.items.modalities[modality];
    if (!sprites) return false;
    const side = sideIn(view.frame);
    context.lineWidth = 1.5;
    context.strokeStyle = context.fillStyle;
    for (const row of rows) {
      const [x, y] = place(row);
      const [left, top] = [x - side / 2, y - side / 2];
      context.strokeRect(left - 0.75, top - 0.75, side + 1.5, side + 1.5);
      const item = view.rows.itemOf(row);
      const image = this.imageOf(fileOf(sprites, item));
      if (!isThere(image)) continue;
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

function isThere(image) {
  return image.complete && image.naturalWidth > 0;
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
