/**
 * Elements of the page, made without markup: what comes from data only ever becomes text or an attribute.
 */

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] a function listens (`onclick`), a boolean switches the
 *   attribute, undefined leaves it out, everything else is set as text
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  made.append(...children);
  return made;
}

function setAttribute(target, name, value) {
  if (typeof value === "function") target.addEventListener(name.slice("on".length), value);
  else if (typeof value === "boolean") target.toggleAttribute(name, value);
  else if (value !== undefined) target.setAttribute(name, value);
}

/** Set the text of an element, and touch the page only where it differs. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}
