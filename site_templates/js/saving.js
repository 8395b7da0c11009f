/**
 * Buttons that save a figure as it stands, as SVG or PNG.
 */

import { element, setText } from "./element.js";

/** Pixels of a PNG for each pixel of the page. */
const SCALE = 2;

const DRAWN = "canvas, svg, img";

/** Bring the buttons to life of every figure that has something drawn. */
export function offerSaving() {
  for (const place of document.querySelectorAll(".saving")) {
    const figure = place.closest("figure");
    if (!figure.querySelector(".figure-body").querySelector(DRAWN)) continue;
    place.addEventListener("click", ({ target }) => saveAs(target.closest("button")?.value, place));
    place.hidden = false;
  }
}

/** Save in a format, or say why it cannot be. */
async function saveAs(format, place) {
  if (!format) return;
  const status = place.querySelector("[role=status]");
  setText(status, "");
  try {
    await save(place.closest("figure"), format);
  } catch (error) {
    setText(status, `It could not be saved. ${error.message}`);
    reportError(error);
  }
}

async function save(figure, format) {
  const { pictureOf } = await import("./picture.js");
  const { text, width, height } = pictureOf(figure);
  const svg = new Blob([text], { type: "image/svg+xml" });
  const blob = format === "svg" ? svg : await rasterOf(svg, width, height);
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: `${figure.id}.${format}` }).click();
  URL.revokeObjectURL(address);
}

async function rasterOf(svg, width, height) {
  const address = URL.createObjectURL(svg);
  const picture = element("img", { src: address });
  await picture.decode();
  const canvas = element("canvas");
  Object.assign(canvas, { width: SCALE * width, height: SCALE * height });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
