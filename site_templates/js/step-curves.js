/**
 * How similar each step of a changing picture is to the least changed one, and to its text.
 */

import { Frame } from "./frame.js";
import { clamp } from "./numbers.js";

const PAGE = 10;

/** Lengths of dashes: the text's curve is known without its colour. */
const DASHES = { image: [], text: [6, 4] };

/** Two curves over the steps. */
export class StepCurves {
  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.description id of the element that says how to use it
   * @param {import("./theme.js").Theme} options.theme
   * @param {object} options.margins
   * @param {[number, number]} options.range of similarities, the same in all panels
   * @param {import("./selection.js").Selection} options.selection
   * @param {() => import("./augmentation.js").StepMark} options.markOf what is marked now
   */
  constructor({ name, description, theme, margins, range, selection, markOf }) {
    Object.assign(this, { range, selection, markOf });
    this.frame = new Frame({
      name,
      kind: "line chart",
      description,
      theme,
      margins,
      draw: (canvas) => this.draw(canvas),
      onKey: (event) => this.moveByKey(event),
    });
  }

  setKind({ values, ticks, axis, start }) {
    Object.assign(this, { steps: values.length, start });
    const cosines = [-0.5, 0, 0.5, 1].filter((at) => at >= this.range[0]);
    this.frame.setAxes({
      x: { range: [-0.5, this.steps - 0.5], ticks, title: axis },
      y: {
        range: this.range,
        ticks: cosines.map((at) => ({ at, text: String(at).replace("-", "−") })),
        title: "cosine similarity",
        upright: true,
      },
    });
  }

  /** @param {import("./contract.js").Space} space */
  show({ similarity, size }) {
    const row = (of) => similarity.slice(of * size, of * size + this.steps);
    this.curves = { image: row(this.start), text: row(this.steps) };
    this.frame.drawNow();
  }

  draw({ context, height, x, y, theme }) {
    if (!this.curves) return;
    const { first } = this.markOf();
    context.lineWidth = 1;
    context.strokeStyle = theme.inkSoft;
    context.strokeRect(x(first), 0, 0, height);
    for (const [modality, curve] of Object.entries(this.curves)) {
      const line = new Path2D();
      curve.forEach((cosine, step) => {
        line.lineTo(x(step), y(cosine));
      });
      context.lineWidth = 2;
      context.strokeStyle = theme.modality(modality);
      context.setLineDash(DASHES[modality]);
      context.stroke(line);
      context.setLineDash([]);
      this.drawPoint(context, x(first), y(curve[first]), theme, theme.modality(modality));
    }
  }

  drawPoint(context, across, down, theme, colour) {
    context.beginPath();
    context.arc(across, down, 4.5, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = theme.ink;
    context.stroke();
  }

  /** The step at a place of the viewport, against the item of the nearer curve. */
  markAt(event) {
    const values = this.frame.valuesAt(event);
    if (values === null) return null;
    const first = clamp(Math.round(values.x), 0, this.steps - 1);
    const far = (curve) => Math.abs(curve[first] - values.y);
    const isText = far(this.curves.text) < far(this.curves.image);
    return { first, second: isText ? this.steps : this.start };
  }

  moveByKey(event) {
    const { first, second } = this.markOf();
    const step = event.shiftKey ? PAGE : 1;
    const last = this.steps - 1;
    const moves = {
      ArrowLeft: [first - step, second],
      ArrowRight: [first + step, second],
      ArrowUp: [first, this.start],
      ArrowDown: [first, this.steps],
      Home: [0, second],
      End: [last, second],
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const [to, item] = moves[event.key];
    this.selection.pin({ first: clamp(to, 0, last), second: item });
  }
}
