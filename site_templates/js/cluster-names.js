/**
 * Names of the largest clusters of a cloud, drawn where they do not stand on each other.
 */

import { FONT_SIZE } from "./chart-layout.js";

/** Names at most, and the room around each in pixels. */
const MOST = 16;
const ROOM = 4;

/** Names of clusters, by their numbers. */
export class ClusterNames {
  constructor() {
    this.names = [];
  }

  set(names) {
    this.names = names;
  }

  /**
   * Draw the names of the largest clusters whose middle is shown; of two that would overlap, the larger's.
   *
   * @param {import("./frame.js").Canvas} canvas
   * @param {import("./cloud-points.js").CloudPoints} points
   */
  draw(canvas, points) {
    const { context, theme } = canvas;
    context.font = `${FONT_SIZE}px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = theme.paper;
    context.fillStyle = theme.ink;
    for (const { text, x, y } of this.placed(canvas, points)) {
      context.strokeText(text, x, y);
      context.fillText(text, x, y);
    }
  }

  placed(canvas, points) {
    const { context, width, height } = canvas;
    const named = [...points.sizes.keys()].filter((cluster) => this.names[cluster]);
    const bySize = named.sort((a, b) => points.sizes[b] - points.sizes[a]);
    const placed = [];
    for (const cluster of bySize) {
      if (placed.length === MOST) break;
      const [x, y] = middleOf(points, cluster, canvas);
      const text = this.names[cluster];
      const half = context.measureText(text).width / 2 + ROOM;
      const isFree = placed.every(
        (other) =>
          Math.abs(other.x - x) >= other.half + half || Math.abs(other.y - y) >= FONT_SIZE + ROOM,
      );
      const isInside = x >= half && x <= width - half && y >= FONT_SIZE && y <= height - FONT_SIZE;
      if (isFree && isInside) placed.push({ text, x, y, half });
    }
    return placed;
  }
}

/** Pixels of the middle of a cluster's hull. */
function middleOf({ hulls, layout }, cluster, { x, y }) {
  const corners = hulls[cluster];
  const mean = (axis) =>
    corners.reduce((sum, corner) => sum + layout.coordinates[2 * corner + axis], 0) /
    corners.length;
  return [x(mean(0)), y(mean(1))];
}
