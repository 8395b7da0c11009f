/**
 * Names of the largest clusters of a cloud, drawn where they do not stand on each other.
 */

import { FONT_SIZE } from "./chart-layout.js";
import { drawLabels } from "./cluster-labels.js";

/** Names at most. */
const MOST = 16;

/** Names of clusters, by their numbers. */
export class ClusterNames {
  constructor() {
    this.names = [];
  }

  set(names) {
    this.names = names;
  }

  /**
   * Draw the names of the largest clusters whose middle is shown.
   *
   * @param {import("./frame.js").Canvas} canvas
   * @param {import("./cloud-points.js").CloudPoints} points
   */
  draw(canvas, points) {
    const { context, width, height, theme } = canvas;
    context.font = `${FONT_SIZE}px ${theme.font}`;
    const wanted = [...points.sizes.keys()].flatMap((cluster) => {
      const text = this.names[cluster];
      if (!text) return [];
      const [x, y] = middleOf(points, cluster, canvas);
      if (x < 0 || x > width || y < 0 || y > height) return [];
      return [
        {
          lines: [text],
          width: context.measureText(text).width,
          x,
          y,
          size: points.sizes[cluster],
        },
      ];
    });
    const bySize = wanted.sort((one, other) => other.size - one.size);
    drawLabels(canvas, bySize.slice(0, MOST));
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
