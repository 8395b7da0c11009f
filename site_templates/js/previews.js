/**
 * Shows in place what a citation, the call of a note or a reference to a formula leads to.
 *
 * The preview stands in the text right after its link, so that the tab key and screen readers come to it
 * next; it is drawn above everything as a popover. Pointing at a link or focusing it shows the preview, a
 * click or tap keeps it; Escape, a click elsewhere or leaving it closes it. Without this module the links
 * lead to the same places.
 */

import { element } from "./element.js";

const LINKS = "a.citation, .note-call a, a.reference";
const CONTENT_ID = "preview-content";

/** Milliseconds before a preview shows or goes: a pointer passes over links on its way. */
const PAUSE = 180;

/** Pixels between the preview and its link, and between it and the edges of the window. */
const DISTANCE = 6;
const EDGE = 12;

/** What the reader is told that a preview leads to. */
const DESTINATIONS = {
  citation: "In the list of references",
  note: "To the note",
  equation: "To the formula",
};

/** What is shown of a link: a preview, or its target itself where that is on the screen anyway. */
class Preview {
  constructor() {
    this.link = null;
    this.box = null;
    this.target = null;
    this.timer = 0;
    this.kept = false;
  }

  /** Show what a link leads to; once kept, it stays until it is closed. Whether there is something. */
  show(link, keep = false) {
    clearTimeout(this.timer);
    if (this.link !== link) {
      this.hide();
      this.open(link);
    }
    this.kept ||= keep;
    return this.link === link;
  }

  open(link) {
    const target = targetOf(link);
    if (!target) return;
    Object.assign(this, { link, target });
    if (inView(target)) target.classList.add("pointed-out");
    else this.openBox();
    link.setAttribute("aria-describedby", this.box?.firstChild.id ?? target.id);
  }

  openBox() {
    this.box = boxOf(this.target, this.link);
    (this.link.closest("sup") ?? this.link).after(this.box);
    this.box.showPopover();
    place(this.box, this.link);
  }

  hide() {
    clearTimeout(this.timer);
    this.target?.classList.remove("pointed-out");
    this.link?.removeAttribute("aria-describedby");
    this.box?.remove();
    Object.assign(this, { link: null, box: null, target: null, kept: false });
  }

  later(work) {
    clearTimeout(this.timer);
    this.timer = setTimeout(work, PAUSE);
  }

  holds(node) {
    return Boolean(this.box?.contains(node) || this.link?.contains(node));
  }
}

/** The place in the page that a link leads to, if it can be shown in a preview. */
function targetOf(link) {
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  return target?.matches(".references li, .note, .equation") ? target : null;
}

/** Whether a place is on the screen anyway. */
function inView(target) {
  const { top, bottom } = target.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}

/** A preview with a copy of a place, and a link to it. */
function boxOf(target, link) {
  const kind = target.matches(".note") ? "note" : target.matches("li") ? "citation" : "equation";
  const content = element("div", { class: "preview-content" });
  for (const node of target.childNodes) content.append(node.cloneNode(true));
  for (const part of content.querySelectorAll(".calls, .note-number, .equation-number"))
    part.remove();
  for (const part of content.querySelectorAll("[id]")) part.removeAttribute("id");
  content.id = CONTENT_ID;
  const go = element("a", { class: "preview-link", href: link.hash }, DESTINATIONS[kind]);
  const attributes = { class: `preview preview-${kind}`, popover: "manual", role: "group" };
  return element("div", { ...attributes, "aria-label": "Preview" }, content, go);
}

/** Put a preview below its link, or above it where there is more room, inside the window. */
function place(box, link) {
  const lines = [...link.getClientRects()];
  const { width, height } = box.getBoundingClientRect();
  const below = lines.at(-1).bottom + DISTANCE;
  const above = lines[0].top - DISTANCE - height;
  const top = below + height > innerHeight - EDGE && above >= EDGE ? above : below;
  const room = document.documentElement.clientWidth - EDGE - width;
  const left = Math.max(EDGE, Math.min(lines[0].left, room));
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${top + scrollY}px`;
}

function plain(event) {
  return event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
}

/** Follow pointer and keyboard all over the page. */
export function offerPreviews() {
  if (!HTMLElement.prototype.showPopover) return;
  const preview = new Preview();
  const linkOf = (event) => event.target.closest(`:not(.preview *):is(${LINKS})`);

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    if (preview.kept || preview.holds(event.target)) clearTimeout(preview.timer);
    else {
      const link = linkOf(event);
      preview.later(() => (link ? preview.show(link) : preview.hide()));
    }
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link?.matches(":focus-visible")) preview.show(link);
    else if (!preview.holds(event.target)) preview.hide();
  });
  document.addEventListener("click", (event) => {
    const link = linkOf(event);
    if (link && plain(event) && preview.show(link, true)) event.preventDefault();
    else if (!preview.holds(event.target) || event.target.closest("a[href^='#']")) preview.hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !preview.link) return;
    if (preview.box?.contains(document.activeElement)) preview.link.focus();
    preview.hide();
  });
  addEventListener("resize", () => preview.hide());
}
