/**
 * What plotly.js is told to draw in a frame: axes over a transparent plot area, and tools.
 */

import { ordered } from "./ranges.js";

/** Size of labels in pixels. */
export const FONT_SIZE = 12;

/** Nothing of its own is seen of plotly's background. */
const CLEAR = "rgba(0,0,0,0)";

const coarse = matchMedia("(pointer: coarse)");

/** Text that plotly shows as it is: it reads a little HTML. */
export function plain(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * Plotly's layout of a frame. A finger scrolls the page, so it drags nothing here.
 *
 * @param {object} options
 * @param {import("./frame.js").Frame} options.frame
 * @param {object[]} options.annotations
 * @param {object[]} [options.shapes]
 * @param {number} options.overhang of annotations over the right edge, in pixels
 */
export function chartLayout({ frame, annotations, shapes = [], overhang }) {
  const { theme, size } = frame;
  const { left, top, right, bottom } = frame.margins;
  return {
    width: size.width + overhang,
    height: size.height,
    margin: { l: left, t: top, r: right + overhang, b: bottom, pad: 0 },
    paper_bgcolor: CLEAR,
    plot_bgcolor: CLEAR,
    font: { family: theme.font, size: FONT_SIZE, color: theme.inkSoft },
    hovermode: false,
    dragmode: coarse.matches ? false : "zoom",
    showlegend: false,
    annotations,
    shapes,
    modebar: { bgcolor: CLEAR, color: theme.inkSoft, activecolor: theme.accent },
    xaxis: axisLayout(frame.axes.x, frame.ranges.x, theme),
    yaxis: {
      ...axisLayout(frame.axes.y, frame.ranges.y, theme),
      tickangle: frame.axes.y.ticks && !frame.axes.y.upright ? -90 : 0,
      ...(frame.equal ? { scaleanchor: "x" } : {}),
    },
  };
}

/** The reader can zoom in, and move within the range that the axis has at first. */
function axisLayout(axis, shown, theme) {
  const { title = "", ticks, upright = false, numbered = false, logarithmic = false } = axis;
  const [low, high] = ordered(axis.range);
  return {
    type: logarithmic ? "log" : "linear",
    range: [...shown],
    minallowed: low,
    maxallowed: high,
    title: { text: plain(title), standoff: 6, font: { size: FONT_SIZE } },
    showticklabels: ticks !== undefined || numbered,
    ticks: numbered || upright ? "outside" : "",
    ticklen: 4,
    tickcolor: theme.rule,
    tickangle: 0,
    nticks: 6,
    ...(ticks ? tickLayout(ticks, theme) : {}),
    showgrid: false,
    zeroline: false,
    automargin: false,
  };
}

function tickLayout(ticks, theme) {
  const coloured = ({ text, modality }) =>
    modality
      ? `<span style="color:${theme.modality(modality)}">${plain(text)}</span>`
      : plain(text);
  return {
    tickmode: "array",
    tickvals: ticks.map(({ at }) => at),
    ticktext: ticks.map(coloured),
  };
}

/**
 * Plotly's tools of a frame: "reset" and "download" are ours, because plotly remembers the first axes only,
 * and cannot see the canvas.
 *
 * @param {object} plotly
 * @param {import("./frame.js").Frame} frame
 */
export function chartConfig(plotly, frame) {
  const whole = {
    name: "whole",
    title: "Show the whole again",
    icon: plotly.Icons.home,
    click: () => frame.showWhole(),
  };
  const download = {
    name: "download",
    title: "Download as PNG",
    icon: plotly.Icons.camera,
    click: () => frame.download(),
  };
  const drag = coarse.matches ? [] : ["zoom2d", "pan2d"];
  return {
    displayModeBar: true,
    displaylogo: false,
    showTips: false,
    doubleClick: false,
    modeBarButtons: [[...drag, "zoomIn2d", "zoomOut2d", whole, download]],
  };
}
