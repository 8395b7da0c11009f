/**
 * Colours of the page as the figures draw them: read from the CSS variables, again when they change.
 */

import { onPrint } from "./print.js";

/**
 * @typedef {object} Theme
 * @property {string} paper
 * @property {string} ink
 * @property {string} inkSoft
 * @property {string} rule
 * @property {string} accent
 * @property {string} font of the interface
 * @property {(name: string) => string} modality colour of a modality, by its name
 * @property {(index: number) => string} model colour of a model, by its index
 */

/**
 * The colours that hold inside an element.
 *
 * @param {Element} place
 * @returns {Theme}
 */
export function readTheme(place) {
  const style = getComputedStyle(place);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    paper: read("--paper"),
    ink: read("--ink"),
    inkSoft: read("--ink-soft"),
    rule: read("--rule"),
    accent: read("--accent"),
    font: style.fontFamily,
    modality: (name) => read(`--${CSS.escape(name)}`) || read("--accent"),
    model: (index) => read(`--model-${index}`) || read("--accent"),
  };
}

/**
 * Call back when light turns to dark or back, by the system's preference or the page's switch, and before
 * and after the page is printed.
 *
 * @param {() => void} callback
 */
export function onThemeChange(callback) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
  onPrint(callback);
  const switched = new MutationObserver(callback);
  switched.observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
