/**
 * The convex hull of points in the plane, as `article/cloud_picture.py` has it.
 */

/**
 * Corners of the convex hull, one after the other (monotone chain, Andrew 1979).
 *
 * @param {number[]} points indices of the points
 * @param {ArrayLike<number>} coordinates (N, 2), row after row
 * @returns {number[]} indices of the corners
 */
export function convexHull(points, coordinates) {
  const ordered = points.toSorted(
    (a, b) =>
      coordinates[2 * a] - coordinates[2 * b] || coordinates[2 * a + 1] - coordinates[2 * b + 1],
  );
  const lower = chain(ordered, coordinates);
  const upper = chain(ordered.toReversed(), coordinates);
  const corners = [...lower.slice(0, -1), ...upper.slice(0, -1)];
  return corners.length > 0 ? corners : ordered.slice(0, 1);
}

/** Corners from the first point to the last, turning one way only. */
function chain(ordered, coordinates) {
  const corners = [];
  for (const point of ordered) {
    while (corners.length > 1 && turn(corners.at(-2), corners.at(-1), point, coordinates) <= 0) {
      corners.pop();
    }
    corners.push(point);
  }
  return corners;
}

/** Above zero where the way from a over b to c turns left. */
function turn(a, b, c, coordinates) {
  const [ax, ay] = [coordinates[2 * a], coordinates[2 * a + 1]];
  const [bx, by] = [coordinates[2 * b] - ax, coordinates[2 * b + 1] - ay];
  return bx * (coordinates[2 * c + 1] - ay) - by * (coordinates[2 * c] - ax);
}
