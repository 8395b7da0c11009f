/**
 * Says aloud, through a live region, what has changed, once it has come to rest.
 */

import { element, setText } from "./element.js";
import { afterRest } from "./motion.js";

/** Milliseconds without another change before something is said. */
const REST = 350;

/** A region that screen readers read when it changes. */
export class Announcer {
  constructor() {
    this.element = element("p", {
      class: "visually-hidden",
      role: "status",
      "aria-live": "polite",
    });
    this.say = afterRest((text) => setText(this.element, text), REST);
  }
}
