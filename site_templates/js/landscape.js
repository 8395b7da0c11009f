/**
 * The landscape: the loss of a data set while its modalities are shifted along the gap, for some models.
 */

import { Announcer } from "./announcer.js";
import { plain } from "./chart-layout.js";
import { choiceControl } from "./controls.js";
import { DIRECTIONS, pointsOf, trainedPoint } from "./curve.js";
import { element } from "./element.js";
import { Frame } from "./frame.js";
import { oncePerFrame } from "./motion.js";
import { clamp, fixed } from "./numbers.js";
import { PointValues } from "./point-values.js";
import { bindPointer } from "./pointing.js";
import { roundExponents, roundNumbers, roundRange } from "./round-range.js";
import { Selection } from "./selection.js";
import { onThemeChange, readTheme } from "./theme.js";

/** Distance of the plot area from the edges of the view; `figures.css` has the same. */
const MARGINS = { left: 56, top: 16, right: 24, bottom: 48 };

/** Room about a label and its height in pixels, and the distance from which two lines are named. */
const LABEL_SPACE = 5;
const LABEL_HEIGHT = 17;
const TOLD_APART = 10;

/** Models that are all named in full; `article/landscape.py` has the same. */
const MOST_NAMED_IN_FULL = 3;

/** Pixels from which a pointer takes a point of a curve. */
const REACH = 60;

const HELP =
  "Left and right arrow keys go along a curve, up and down to another model. Home and End go to the ends, " +
  "plus and minus zoom, 0 shows the whole. Escape clears.";

/**
 * Make a figure live. Its curves are plotly's, so it waits for it.
 *
 * @param {HTMLElement} figure
 * @param {object} config
 * @param {import("./page.js").Page} page
 * @param {import("./state.js").Store} store
 * @returns {Promise<{frames: Frame[]}>}
 */
export async function mount(figure, config, page, store) {
  const landscapes = await Promise.all(
    config.models.map((model) => page.landscape(config.dataset, model)),
  );
  const plotly = await page.plotly();
  const live = new LandscapeFigure(figure, config, page, store, landscapes);
  await live.frame.attach(plotly);
  return { frames: [live.frame] };
}

class LandscapeFigure {
  constructor(figure, config, page, store, landscapes) {
    Object.assign(this, { figure, config, store });
    this.body = figure.querySelector(".figure-body");
    this.theme = readTheme(this.body);
    this.curves = landscapes.map((landscape) => ({
      model: landscape.model,
      title: page.models[landscape.model].short,
      colour: page.models[landscape.model].colour,
      points: pointsOf(landscape),
    }));
    this.first = landscapes[0];
    this.selection = new Selection();
    this.announcer = new Announcer();
    this.build();
    this.listen();
    this.show();
  }

  // -- the parts of the figure ------------------------------------------------------------------

  build() {
    const help = `${this.figure.id}-help`;
    this.frame = new Frame({
      name: this.figure.id,
      kind: "line chart",
      description: help,
      theme: this.theme,
      margins: MARGINS,
      draw: (canvas) => this.draw(canvas),
      onKey: (event) => this.moveByKey(event),
      annotate: () => ({ annotations: this.names(), shapes: this.rules() }),
    });
    this.frame.setAxes(this.axes());
    this.controls = this.makeControls();
    this.values = new PointValues(this.first);
    const controls = Object.values(this.controls).map((control) => control.element);
    this.body.replaceChildren(
      element("div", { class: "figure-controls" }, ...controls),
      element(
        "div",
        { class: "views" },
        element("div", { class: "view view-landscape" }, this.frame.element),
      ),
      this.values.element,
      this.announcer.element,
      element("p", { class: "visually-hidden", id: help }, HELP),
    );
  }

  /** A control for each value of the state that has a choice. */
  makeControls() {
    const { config, curves, store } = this;
    const controls = {};
    if (config.models.length > 1) {
      controls.model = choiceControl({
        label: "Model",
        options: curves.map(({ model, title }) => ({ value: model, text: title })),
        onChoose: (model) => store.set({ model }),
      });
    }
    if (config.directions.length > 1) {
      controls.direction = choiceControl({
        label: "Loss",
        options: this.shownDirections().map((value) => ({ value, text: this.inWords(value) })),
        onChoose: (direction) => store.set({ direction }),
      });
    }
    return controls;
  }

  shownDirections() {
    return DIRECTIONS.filter((direction) => this.config.directions.includes(direction));
  }

  /** A direction in words: "image → text". */
  inWords(direction) {
    const [first, second] = this.first.modalities;
    return {
      mean: "mean",
      first_to_second: `${first} → ${second}`,
      second_to_first: `${second} → ${first}`,
    }[direction];
  }

  axes() {
    const points = this.curves.flatMap((curve) => curve.points);
    const losses = points
      .flatMap((point) => this.shownDirections().map((name) => point[name]))
      .filter((loss) => loss > 0);
    return {
      x: {
        range: roundRange(points.map(({ distance }) => distance)),
        title: "distance between the modalities",
        numbered: true,
      },
      y: this.config.scale === "log" ? logarithmicAxis(losses) : linearAxis(losses),
    };
  }

  listen() {
    const { selection, store } = this;
    bindPointer(this, selection);
    store.subscribe(() => this.show());
    const showMark = oncePerFrame(() => this.showMark());
    selection.subscribe(() => {
      showMark();
      this.announcer.say(this.sentence(this.marked()));
    });
    onThemeChange(() => {
      this.theme = readTheme(this.body);
      this.frame.setTheme(this.theme);
      this.show();
    });
  }

  // -- curves -----------------------------------------------------------------------------------

  show() {
    const { state } = this.store;
    for (const [name, control] of Object.entries(this.controls)) control.show(state[name]);
    this.frame.setTraces(this.curves.flatMap((curve) => this.tracesOf(curve)));
    const models = this.curves.map(({ title }) => title).join(", ");
    this.frame.setName(
      `Loss (${this.inWords(state.direction)}) against the signed distance between the modalities: ${models}`,
    );
    this.showMark();
  }

  /** The chosen direction thick, of the chosen model the others thin. */
  tracesOf(curve) {
    const { state } = this.store;
    const chosen = curve.model === state.model;
    const others = chosen ? this.shownDirections().filter((name) => name !== state.direction) : [];
    const trained = trainedPoint(curve.points);
    return [
      ...others.map((name) => this.lineOf(curve, name, { width: 1.25, dash: "dot" }, 0.9)),
      this.lineOf(curve, state.direction, { width: chosen ? 3 : 1.75 }, chosen ? 1 : 0.8),
      {
        x: [trained.distance],
        y: [trained[state.direction]],
        mode: "markers",
        type: "scatter",
        marker: { color: this.colourOf(curve), size: 8 },
      },
    ];
  }

  lineOf(curve, direction, line, opacity) {
    return {
      x: curve.points.map(({ distance }) => distance),
      y: curve.points.map((point) => point[direction]),
      mode: "lines",
      type: "scatter",
      line: { color: this.colourOf(curve), ...line },
      opacity,
    };
  }

  colourOf({ colour }) {
    return this.theme.model(colour);
  }

  /** Lines over the whole height where the gap is closed, and where training left each model. */
  rules() {
    const rule = (x, line) => ({ type: "line", layer: "below", x0: x, x1: x, y0: 0, y1: 1, line });
    return [
      rule(0, { width: 1, color: this.theme.inkSoft }),
      ...this.curves.map((curve) =>
        rule(distanceOf(curve), { width: 1, color: this.colourOf(curve), dash: "dash" }),
      ),
    ].map((shape) => ({ yref: "paper", ...shape }));
  }

  /** Names stand at what they name. */
  names() {
    const { model } = this.store.state;
    const chosen = this.curves.find((curve) => curve.model === model);
    return [...this.ruleNames(), ...this.directionNames(chosen)].map((name) => ({
      borderpad: 1,
      showarrow: false,
      ...name,
    }));
  }

  /** Names at the top of the rules: of the nearer models left, of the others right where there is room. */
  ruleNames() {
    const curves = this.curves.toSorted((one, other) => distanceOf(one) - distanceOf(other));
    const nearer = Math.floor(curves.length / 2);
    const models = curves.map((curve, at) => {
      const name = { text: this.nameOf(curve), x: distanceOf(curve) };
      const room = this.frame.width - this.frame.x(name.x) - LABEL_SPACE;
      const isLeft = at < nearer || this.frame.widthOf(name.text) > room;
      return { ...name, isLeft, font: { color: this.colourOf(curve) } };
    });
    return this.inRows([{ text: "closed", x: 0, isLeft: true }, ...models]);
  }

  /** Of many models the names alone stand there, but for the chosen one. */
  nameOf({ title, model }) {
    const isShort = this.curves.length > MOST_NAMED_IN_FULL && model !== this.store.state.model;
    return isShort ? title : `${title} as trained`;
  }

  /** Names one below the other where they would stand on each other. */
  inRows(names) {
    const taken = [];
    return names.map(({ text, isLeft, ...name }) => {
      const rule = this.frame.x(name.x);
      const far = rule + (isLeft ? -1 : 1) * (this.frame.widthOf(text) + 2 * LABEL_SPACE);
      const [start, end] = [Math.min(rule, far), Math.max(rule, far)];
      const rows = taken.filter((other) => other.start < end && start < other.end);
      const row = rows.length === 0 ? 0 : 1 + Math.max(...rows.map((other) => other.row));
      taken.push({ start, end, row });
      return {
        ...name,
        text: plain(text),
        xanchor: isLeft ? "right" : "left",
        xshift: isLeft ? -LABEL_SPACE : LABEL_SPACE,
        y: 1,
        yref: "paper",
        yanchor: "top",
        yshift: -LABEL_SPACE - LABEL_HEIGHT * row,
        bgcolor: this.theme.paper,
      };
    });
  }

  /** Names of the two directions where they differ most, if the lines can be told apart at all. */
  directionNames(curve) {
    const shown = this.shownDirections().filter((name) => name !== "mean");
    if (shown.length < 2) return [];
    const apart = (point) =>
      Math.abs(this.frame.y(point[shown[0]]) - this.frame.y(point[shown[1]]));
    const point = curve.points.reduce((best, other) => (apart(other) > apart(best) ? other : best));
    if (apart(point) < TOLD_APART) return [];
    const upper = Math.max(...shown.map((name) => point[name]));
    return shown.map((name) => ({
      font: { color: this.colourOf(curve) },
      text: plain(this.inWords(name)),
      x: point.distance,
      y: this.frame.onAxis("y", point[name]),
      yanchor: point[name] === upper ? "bottom" : "top",
      yshift: point[name] === upper ? LABEL_SPACE : -LABEL_SPACE,
    }));
  }

  // -- what is pointed at -----------------------------------------------------------------------

  /** The nearest point of any curve. */
  markAt(event) {
    const pixels = this.frame.pixelsAt(event);
    if (pixels === null) return null;
    const { direction } = this.store.state;
    const [x, y] = pixels;
    let best = { far: REACH, mark: null };
    this.curves.forEach(({ points }, first) => {
      points.forEach((point, second) => {
        const far = Math.hypot(
          this.frame.x(point.distance) - x,
          this.frame.y(point[direction]) - y,
        );
        if (far < best.far) best = { far, mark: { first, second } };
      });
    });
    return best.mark;
  }

  /** The point that is marked, or that of the chosen model as trained. */
  marked() {
    const mark = this.selection.current;
    if (mark) {
      const curve = this.curves[mark.first];
      return { curve, point: curve.points[mark.second] };
    }
    const curve = this.curves.find(({ model }) => model === this.store.state.model);
    return { curve, point: trainedPoint(curve.points) };
  }

  showMark() {
    this.values.show(this.marked());
    this.frame.drawNow();
  }

  draw({ context, x, y, height, theme }) {
    const { direction } = this.store.state;
    if (!this.selection.current) return;
    const { curve, point } = this.marked();
    context.strokeStyle = theme.inkSoft;
    context.lineWidth = 1;
    context.strokeRect(x(point.distance), 0, 0, height);
    context.beginPath();
    context.arc(x(point.distance), y(point[direction]), 6, 0, 2 * Math.PI);
    context.fillStyle = this.colourOf(curve);
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = theme.ink;
    context.stroke();
  }

  moveByKey(event) {
    const { current } = this.selection;
    const mark = current ?? this.landmark();
    const moves = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      Home: [0, Number.NEGATIVE_INFINITY],
      End: [0, Number.POSITIVE_INFINITY],
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const [curves, points] = current ? moves[event.key] : [0, 0];
    const first = clamp(mark.first + curves, 0, this.curves.length - 1);
    const second = clamp(mark.second + points, 0, this.curves[first].points.length - 1);
    this.selection.pin({ first, second });
    const { point } = this.marked();
    this.frame.reveal(point.distance, point[this.store.state.direction]);
  }

  /** The first key shows the chosen model as trained. */
  landmark() {
    const { curve, point } = this.marked();
    return { first: this.curves.indexOf(curve), second: curve.points.indexOf(point) };
  }

  sentence({ curve, point }) {
    const where = point.landmark ? `${curve.title}, ${point.landmark}` : curve.title;
    const losses = DIRECTIONS.map((name) => `${this.inWords(name)} ${fixed(point[name])}`);
    return `${where}: distance ${fixed(point.distance)}, loss ${losses.join(", ")} nats.`;
  }
}

function distanceOf({ points }) {
  return trainedPoint(points).distance;
}

function linearAxis(losses) {
  return { range: roundRange([0, ...losses]), title: "loss (nats)", numbered: true };
}

function logarithmicAxis(losses) {
  const range = roundExponents(losses);
  const ticks = roundNumbers(range).map((at) => ({ at, text: String(at) }));
  return { range, title: "loss (nats, logarithmic)", ticks, upright: true, logarithmic: true };
}
