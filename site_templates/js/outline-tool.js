/**
 * Picking by drawing: a box or a lasso around what is wanted, with mouse, pen or finger.
 */

/** Pixels that a pointer must go before it draws: less is a click. */
const STILL = 8;

/** Events by which plotly.js would begin to zoom. */
const PLOTLY_EVENTS = ["mousedown", "touchstart"];

/** What the reader draws in one view. */
export class OutlineTool {
  /**
   * @param {object} view with `frame`, `overlays` and `pairsAt`
   * @param {(pairs: number[], how: "replace" | "add" | "remove") => void} onPick
   */
  constructor(view, onPick) {
    Object.assign(this, { view, onPick });
    /** @type {"point" | "box" | "lasso"} a pointer that points draws nothing */
    this.tool = "point";
    /** @type {[number, number][] | null} in pixels of the plot area */
    this.outline = null;
    const { element } = view.frame;
    view.overlays.push((canvas) => this.draw(canvas));
    for (const name of PLOTLY_EVENTS) {
      element.addEventListener(name, (event) => this.keepFromPlotly(event), { capture: true });
    }
    element.addEventListener("pointerdown", (event) => this.begin(event));
  }

  /** Change what a drag does. */
  use(tool) {
    this.tool = tool;
    this.view.frame.element.dataset.tool = tool;
  }

  isOurs(event) {
    return this.tool !== "point" && event.target.closest(".modebar") === null;
  }

  keepFromPlotly(event) {
    if (this.isOurs(event)) event.stopPropagation();
  }

  begin(event) {
    if (!this.isOurs(event) || !event.isPrimary || event.button !== 0) return;
    const start = this.view.frame.pixelsAt(event);
    if (start === null) return;
    const ending = new AbortController();
    const options = { capture: true, signal: ending.signal };
    const listen = (name, act) => {
      addEventListener(name, (other) => other.pointerId === event.pointerId && act(other), options);
    };
    const drawn = [start];
    const finish = () => {
      ending.abort();
      this.outline = null;
      this.view.frame.redraw();
    };
    listen("pointermove", (move) => this.extend(drawn, move));
    listen("pointercancel", finish);
    listen("pointerup", (up) => {
      const wasDrawn = this.outline !== null;
      const pairs = wasDrawn ? this.pairsWithin(this.outline) : [];
      finish();
      if (wasDrawn) this.onPick(pairs, howOf(up));
    });
  }

  extend(drawn, event) {
    // A finger that draws marks nothing on its way.
    event.stopPropagation();
    const place = this.placeOf(event);
    const gone = Math.hypot(place[0] - drawn[0][0], place[1] - drawn[0][1]);
    if (this.outline === null && gone <= STILL) return;
    drawn.push(place);
    this.outline = this.tool === "box" ? boxOf(drawn[0], place) : drawn;
    this.view.frame.redraw();
  }

  /** Pixels of a place of the viewport, drawn to the edge where it is outside of the plot area. */
  placeOf({ clientX, clientY }) {
    const { frame } = this.view;
    const bounds = frame.canvas.getBoundingClientRect();
    const within = (at, length) => Math.min(Math.max(at, 0), length);
    return [within(clientX - bounds.left, frame.width), within(clientY - bounds.top, frame.height)];
  }

  /** Views with rows in place of points are asked for a height only. */
  pairsWithin(outline) {
    const heights = outline.map(([, y]) => y);
    const [top, bottom] = [Math.min(...heights), Math.max(...heights)];
    return this.view.pairsAt((x, y) =>
      x === null ? y >= top && y <= bottom : isWithin([x, y], outline),
    );
  }

  draw({ context, theme }) {
    if (this.outline === null) return;
    const path = new Path2D();
    for (const place of this.outline) path.lineTo(...place);
    path.closePath();
    context.globalAlpha = 0.12;
    context.fillStyle = theme.accent;
    context.fill(path);
    context.globalAlpha = 1;
    context.lineWidth = 3;
    context.strokeStyle = theme.paper;
    context.stroke(path);
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.strokeStyle = theme.accent;
    context.stroke(path);
    context.setLineDash([]);
  }
}

function howOf({ shiftKey, altKey }) {
  if (shiftKey) return "add";
  return altKey ? "remove" : "replace";
}

function boxOf([left, top], [right, bottom]) {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

/**
 * Whether a point lies inside of a closed outline: a ray from it crosses the outline an odd number of times.
 *
 * @param {[number, number]} point
 * @param {[number, number][]} outline
 */
export function isWithin([x, y], outline) {
  let inside = false;
  outline.forEach(([endX, endY], index) => {
    const [startX, startY] = outline.at(index - 1);
    const crosses = startY > y !== endY > y;
    if (crosses && x < startX + ((y - startY) / (endY - startY)) * (endX - startX)) {
      inside = !inside;
    }
  });
  return inside;
}
