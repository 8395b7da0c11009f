/**
 * A figure as it stands, as one SVG: what is drawn with its axes, titles and legends, without controls.
 *
 * Shapes stay shapes and texts stay texts; canvases and pictures are embedded as they are, pixel by pixel.
 */

import { readTheme } from "./theme.js";

const SVG = "http://www.w3.org/2000/svg";

/** Pixels around the picture. */
const MARGIN = 8;

/** Parts that are worked with rather than looked at, and what is only for screen readers. */
const LEFT_OUT =
  ".modebar, .control, button, select, input, textarea, script, .visually-hidden, .unseen, [role=status]";

/** What style sheets say of shapes, which a file must say itself. */
const PROPERTIES = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"],
  ...["stroke-linecap", "stroke-linejoin", "vector-effect", "opacity", "visibility", "display"],
  ...["font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline", "clip-path"],
];

/**
 * @param {HTMLElement} figure
 * @returns {{text: string, width: number, height: number}} the SVG, and its size in pixels
 */
export function pictureOf(figure) {
  const body = figure.querySelector(".figure-body");
  const shown = body.querySelector(".views") ?? body;
  const box = shown.getBoundingClientRect();
  const [width, height] = [box.width, box.height].map((size) => Math.ceil(size) + 2 * MARGIN);
  const root = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  const add = (made) => root.append(made);
  add(worded("title", figure.querySelector("figcaption strong").textContent));
  add(worded("desc", namesOf(shown)));
  add(shape("rect", { width, height, fill: readTheme(body).paper }));
  draw(shown, { x: box.x - MARGIN, y: box.y - MARGIN }, add);
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

/** The names of the views, which say the state in words. */
function namesOf(shown) {
  const named = shown.querySelectorAll("[aria-roledescription][aria-label]");
  return [...named].map((view) => view.getAttribute("aria-label")).join(". ");
}

/** Draw an element and what is in it; `origin` is the corner of the picture in the window. */
function draw(part, origin, add) {
  if (part.matches(LEFT_OUT) || !part.checkVisibility({ visibilityProperty: true })) return;
  const place = placeOf(part.getBoundingClientRect(), origin);
  for (const box of boxesOf(part, place)) add(box);
  if (part.localName === "svg") add(drawingOf(part, place));
  else if (part.localName === "canvas") add(embedded(part.toDataURL(), part, place));
  else if (part.localName === "img") add(embedded(pixelsOf(part), part, place));
  else for (const child of part.childNodes) drawChild(child, part, origin, add);
}

function drawChild(child, parent, origin, add) {
  if (child.nodeType === Node.ELEMENT_NODE) draw(child, origin, add);
  else if (child.nodeType === Node.TEXT_NODE && child.data.trim() !== "")
    for (const line of linesOf(child)) add(textOf(line, getComputedStyle(parent), origin));
}

function placeOf({ x, y, width, height }, origin) {
  return { x: x - origin.x, y: y - origin.y, width, height };
}

// -- boxes ---------------------------------------------------------------------------------------

/** Background and frame of an element, where it has any. */
function boxesOf(part, place) {
  const style = getComputedStyle(part);
  const boxes = [];
  const gradient = style.backgroundImage.startsWith("linear-gradient");
  if (gradient) boxes.push(...gradientBox(style.backgroundImage, place));
  else if (!isClear(style.backgroundColor))
    boxes.push(shape("rect", { ...place, fill: style.backgroundColor }));
  const frame = ["outline", "border"].find((name) => isDrawn(style, name));
  if (frame) boxes.push(shape("rect", { ...place, fill: "none", ...strokeOf(style, frame) }));
  return boxes;
}

function isClear(colour) {
  return colour === "transparent" || /[,/]\s*0\)$/.test(colour);
}

/** Whether a line goes all around. */
function isDrawn(style, name) {
  const sides = name === "outline" ? ["outline"] : ["borderTop", "borderLeft", "borderBottom"];
  return sides.every(
    (side) => style[`${side}Style`] !== "none" && Number.parseFloat(style[`${side}Width`]) > 0,
  );
}

function strokeOf(style, name) {
  const side = name === "outline" ? "outline" : "borderTop";
  return { stroke: style[`${side}Color`], "stroke-width": style[`${side}Width`] };
}

/** A box of colours from left to right, evenly spaced, as the scales of figures are. */
function gradientBox(background, place) {
  const colours = background.match(/rgba?\([^)]*\)/g) ?? [];
  const id = `scale-${Math.round(place.x)}-${Math.round(place.y)}`;
  const gradient = shape("linearGradient", { id });
  colours.forEach((colour, at) => {
    gradient.append(shape("stop", { offset: at / (colours.length - 1), "stop-color": colour }));
  });
  return [gradient, shape("rect", { ...place, fill: `url(#${id})` })];
}

// -- what is drawn -------------------------------------------------------------------------------

/** A copy of a drawing that says its style itself. */
function drawingOf(drawing, place) {
  const copy = drawing.cloneNode(true);
  const copies = [copy, ...copy.querySelectorAll("*")];
  const originals = [drawing, ...drawing.querySelectorAll("*")];
  originals.forEach((original, at) => {
    const style = getComputedStyle(original);
    const said = PROPERTIES.map((name) => `${name}:${style.getPropertyValue(name)}`);
    copies[at].setAttribute("style", said.join(";"));
    copies[at].removeAttribute("class");
  });
  for (const [name, value] of Object.entries(place)) copy.setAttribute(name, value);
  return copy;
}

function embedded(address, part, place) {
  const rendering = getComputedStyle(part).imageRendering;
  const attributes = { href: address, preserveAspectRatio: "none", ...place };
  return shape("image", { ...attributes, style: `image-rendering:${rendering}` });
}

function pixelsOf(picture) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: picture.naturalWidth, height: picture.naturalHeight });
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return canvas.toDataURL();
}

// -- text ----------------------------------------------------------------------------------------

/** The lines of a text as they are broken, and where each stands in the window. */
function linesOf(node) {
  const lines = [];
  for (const { index, 0: word } of node.data.matchAll(/\S+/g)) {
    const range = new Range();
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const box = range.getBoundingClientRect();
    const line = lines.at(-1);
    if (line && isBeside(line.box, box)) lines[lines.length - 1] = extended(line, word, box);
    else lines.push({ text: word, box });
  }
  return lines;
}

/** Whether a word goes on where another ended: on the same line, upright or turned. */
function isBeside(one, other) {
  return Math.abs(one.y - other.y) < 1 || Math.abs(one.x - other.x) < 1;
}

function extended({ text, box }, word, other) {
  const [x, y] = [Math.min(box.x, other.x), Math.min(box.y, other.y)];
  const [right, bottom] = [Math.max(box.right, other.right), Math.max(box.bottom, other.bottom)];
  return { text: `${text} ${word}`, box: new DOMRect(x, y, right - x, bottom - y) };
}

/** A line about its middle, so that another font of another width stands at the same place. */
function textOf({ text, box }, style, origin) {
  const { x, y, width, height } = placeOf(box, origin);
  const isTurned = style.writingMode.startsWith("vertical");
  const angle = isTurned ? (style.rotate === "180deg" ? -90 : 90) : 0;
  const made = shape("text", {
    transform: `translate(${x + width / 2} ${y + height / 2}) rotate(${angle})`,
    "text-anchor": "middle",
    "dominant-baseline": "central",
    fill: style.color,
    "font-family": style.fontFamily,
    "font-size": style.fontSize,
    "font-weight": style.fontWeight,
  });
  made.textContent = text;
  return made;
}

function worded(name, text) {
  const made = shape(name, {});
  made.textContent = text;
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
