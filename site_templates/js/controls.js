/**
 * Controls of a figure: each sets one value of the state, and shows the one that is set.
 */

import { element, setText } from "./element.js";
import { clamp, LARGEST_SHARE, shareInWords } from "./numbers.js";

/** More options than this are a list instead of buttons. */
const MOST_BUTTONS = 4;

/** What arrow keys and Page Up and Down change the share by. */
const STEP = 0.05;
const PAGE = 0.25;

/** Within this distance of a mark the slider takes the mark, which a mouse could hardly hit. */
const SNAP = 0.012;

/**
 * A control bound to a value of the state.
 *
 * @typedef {object} Control
 * @property {HTMLElement} element
 * @property {(value: unknown) => void} show
 */

/**
 * A choice among a few options by buttons, among more by a list.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {{value: string, text: string}[]} options.options
 * @param {(value: string) => void} options.onChoose
 * @param {(value: string) => void} [options.onApproach] the reader is about to choose
 * @param {boolean} [options.list] a list, however few the options are
 * @returns {Control}
 */
export function choiceControl({ label, options, onChoose, onApproach = () => {}, list = false }) {
  return list || options.length > MOST_BUTTONS
    ? listControl(label, options, onChoose)
    : buttonsControl(label, options, onChoose, onApproach);
}

function buttonsControl(label, options, onChoose, onApproach) {
  const buttons = options.map(({ value, text }) =>
    element(
      "button",
      {
        type: "button",
        value,
        onclick: () => onChoose(value),
        onpointerenter: () => onApproach(value),
        onfocus: () => onApproach(value),
      },
      text,
    ),
  );
  const group = element("span", { class: "segments" }, ...buttons);
  return {
    element: element(
      "div",
      { class: "control", role: "group", "aria-label": label },
      element("span", { class: "control-label", "aria-hidden": "true" }, label),
      group,
    ),
    show: (value) => {
      for (const button of buttons) button.setAttribute("aria-pressed", button.value === value);
    },
  };
}

function listControl(label, options, onChoose) {
  const list = element(
    "select",
    { onchange: () => onChoose(list.value) },
    ...options.map(({ value, text }) => element("option", { value }, text)),
  );
  return {
    element: element(
      "label",
      { class: "control" },
      element("span", { class: "control-label" }, label),
      list,
    ),
    show: (value) => {
      list.value = value;
    },
  };
}

/**
 * The share of the gap that is closed, continuous, with buttons at the two states that have names.
 *
 * @param {(share: number, cause: {live: boolean}) => void} onChange live while it is dragged
 * @returns {Control}
 */
export function shareControl(onChange) {
  const slider = element("input", {
    type: "range",
    min: "0",
    max: String(LARGEST_SHARE),
    step: "any",
    "aria-label": "Share of the gap closed",
    oninput: () => onChange(snapped(slider.valueAsNumber), { live: true }),
    onkeydown: (event) => {
      const share = shareAfterKey(event.key, slider.valueAsNumber);
      if (share === undefined) return;
      event.preventDefault();
      onChange(share, { live: true });
    },
  });
  const output = element("span", { class: "share-value" });
  const mark = (share, text) =>
    element(
      "button",
      {
        type: "button",
        class: "share-mark",
        style: `--at: ${share / LARGEST_SHARE}`,
        onclick: () => onChange(share, { live: false }),
      },
      text,
    );
  return {
    element: element(
      "div",
      { class: "control share" },
      element("span", { class: "control-label", "aria-hidden": "true" }, "Share of the gap closed"),
      output,
      element("div", { class: "share-track" }, slider, mark(0, "as trained"), mark(1, "closed")),
    ),
    show: (share) => {
      slider.valueAsNumber = share;
      slider.setAttribute("aria-valuetext", shareInWords(share));
      slider.style.setProperty("--at", share / LARGEST_SHARE);
      setText(output, shareInWords(share));
    },
  };
}

function snapped(share) {
  return [0, 1].find((mark) => Math.abs(share - mark) < SNAP) ?? share;
}

/** Shares step along multiples of the step, so that keys reach both marks exactly. */
function shareAfterKey(key, share) {
  const step = { ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP }[key];
  const page = { PageUp: PAGE, PageDown: -PAGE }[key];
  if (key === "Home") return 0;
  if (key === "End") return LARGEST_SHARE;
  if (step === undefined && page === undefined) return undefined;
  const moved = Math.round((share + (step ?? page)) / STEP) * STEP;
  return clamp(Number(moved.toFixed(4)), 0, LARGEST_SHARE);
}

/** The button that returns a figure to its first state. */
export function resetControl(onReset) {
  const button = element("button", { type: "button", class: "reset", onclick: onReset }, "Reset");
  return { element: button, show: () => {} };
}

/**
 * A whole number between two bounds.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {number} options.low
 * @param {number} options.high
 * @param {(value: number) => void} options.onChoose
 * @returns {Control}
 */
export function countControl({ label, low, high, onChoose }) {
  const output = element("output", { class: "count-value" });
  const slider = element("input", {
    type: "range",
    min: low,
    max: high,
    step: 1,
    oninput: () => onChoose(slider.valueAsNumber),
  });
  return {
    element: element(
      "label",
      { class: "control count" },
      element("span", { class: "control-label" }, label),
      slider,
      output,
    ),
    show: (value) => {
      slider.valueAsNumber = value;
      setText(output, String(value));
    },
  };
}

/**
 * Something that is shown or not.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {[string, string]} options.values of the state, off and on
 * @param {(value: string) => void} options.onChoose
 * @returns {Control}
 */
export function switchControl({ label, values: [off, on], onChoose }) {
  const box = element("input", {
    type: "checkbox",
    onchange: () => onChoose(box.checked ? on : off),
  });
  return {
    element: element("label", { class: "control switch" }, box, label),
    show: (value) => {
      box.checked = value === on;
    },
  };
}

/**
 * A text that takes effect while it is typed.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {string} options.placeholder
 * @param {(value: string) => void} options.onChange
 * @returns {Control}
 */
export function textControl({ label, placeholder, onChange }) {
  const field = element("input", {
    type: "search",
    placeholder,
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 100,
    oninput: () => onChange(field.value),
  });
  return {
    element: element(
      "label",
      { class: "control search" },
      element("span", { class: "control-label" }, label),
      field,
    ),
    show: (value) => {
      // What is being typed stays as it is, cursor included.
      if (field.value !== value) field.value = value;
    },
  };
}

/**
 * A button that can be out of use, and keeps the focus then.
 *
 * @param {string} text
 * @param {() => void} onPress
 * @returns {{element: HTMLButtonElement, allow: (allowed: boolean) => void}}
 */
export function actionButton(text, onPress) {
  let isAllowed = true;
  const button = element("button", { type: "button", onclick: () => isAllowed && onPress() }, text);
  return {
    element: button,
    allow: (allowed) => {
      isAllowed = allowed;
      button.setAttribute("aria-disabled", String(!allowed));
    },
  };
}
