/**
 * Eigenvectors of symmetric matrices; matrices stand row after row in a Float64Array.
 *
 * `symmetricEigen` decomposes a matrix in full: Householder reduction to three diagonals, then QR steps
 * with Wilkinson's shift. `LeadingPair` finds the two leading eigenvectors of a larger matrix by block
 * Lanczos iteration, fast enough to follow a slider (Golub and Van Loan, Matrix Computations, 8.3, 10.3).
 */

/** Matrices up to this size are decomposed in full at once. */
const SMALL = 48;

/** Largest Krylov space; a spectrum that needs more is left to the full decomposition. */
const LARGEST_SPACE = 96;

/** Residual allowed, as a share of the distance to the nearest other eigenvalue: bounds the angle. */
const ANGLE = 1e-10;

/** Residual that rounding leaves in any case, as a share of the largest eigenvalue. */
const ROUNDING = 1e-14;

/**
 * Part of noise in a start that was given. A start of exact eigenvectors would be confirmed at once, even
 * when others have overtaken them; with a part of every direction in it, it cannot be.
 */
const NOISE = 1e-3;

/**
 * All eigenvalues, descending, and eigenvectors of a symmetric matrix.
 *
 * @param {Float64Array} matrix (n, n)
 * @param {number} n
 * @returns {{values: Float64Array, vectors: Float64Array[]}} vector k belongs to value k
 */
export function symmetricEigen(matrix, n) {
  const { diagonal, beside, rows } = tridiagonalise(matrix.slice(0, n * n), n);
  diagonalise(diagonal, beside, rows);
  const order = [...diagonal.keys()].sort((a, b) => diagonal[b] - diagonal[a]);
  return {
    values: Float64Array.from(order, (index) => diagonal[index]),
    vectors: order.map((index) => rows[index]),
  };
}

/** Rows of an orthogonal P with P A Pᵀ zero beyond the diagonals next to the main one. */
function tridiagonalise(matrix, n) {
  const rows = Array.from({ length: n }, (_, row) => {
    const unit = new Float64Array(n);
    unit[row] = 1;
    return unit;
  });
  for (let column = 0; column < n - 2; column++) {
    const mirror = householder(matrix, n, column);
    if (mirror === null) continue;
    reflectBothSides(matrix, n, mirror, column);
    reflectRows(rows, mirror, column + 1);
  }
  const diagonal = Float64Array.from(rows, (_, k) => matrix[k * n + k]);
  const beside = Float64Array.from(rows, (_, k) => (k + 1 < n ? matrix[k * n + k + 1] : 0));
  return { diagonal, beside, rows };
}

/** Unit vector of the reflection that clears a column below its subdiagonal; null if it is clear. */
function householder(matrix, n, column) {
  const mirror = new Float64Array(n);
  for (let row = column + 1; row < n; row++) mirror[row] = matrix[row * n + column];
  const below = norm(mirror.subarray(column + 2));
  if (below === 0) return null;
  const head = mirror[column + 1];
  mirror[column + 1] += Math.sign(head || 1) * Math.hypot(head, below);
  scale(mirror, 1 / norm(mirror));
  return mirror;
}

/** A becomes H A H with H = I - 2 v vᵀ: A - v wᵀ - w vᵀ, where w = 2 (A v - (vᵀ A v) v). */
function reflectBothSides(matrix, n, mirror, first) {
  const image = new Float64Array(n);
  for (let row = first; row < n; row++) {
    image[row] = 2 * dot(matrix.subarray(row * n, row * n + n), mirror);
  }
  add(image, mirror, -dot(image, mirror));
  for (let row = first; row < n; row++) {
    for (let column = first; column < n; column++) {
      matrix[row * n + column] -= mirror[row] * image[column] + image[row] * mirror[column];
    }
  }
}

function reflectRows(rows, mirror, first) {
  const combined = new Float64Array(mirror.length);
  for (let row = first; row < rows.length; row++) add(combined, rows[row], 2 * mirror[row]);
  for (let row = first; row < rows.length; row++) add(rows[row], combined, -mirror[row]);
}

/** QR steps on the unreduced part that ends lowest, until nothing is left beside the diagonal. */
function diagonalise(diagonal, beside, rows) {
  // Not "at most": what is no number counts as negligible too, and ends the loop.
  const negligible = (k) =>
    !(Math.abs(beside[k]) > Number.EPSILON * (Math.abs(diagonal[k]) + Math.abs(diagonal[k + 1])));
  for (let last = diagonal.length - 1; last > 0; ) {
    if (negligible(last - 1)) {
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !negligible(first - 1)) first--;
    shiftedStep(diagonal, beside, rows, first, last);
  }
}

/** One implicit QR step with Wilkinson's shift on rows first to last; the bulge is chased down. */
function shiftedStep(diagonal, beside, rows, first, last) {
  const half = (diagonal[last - 1] - diagonal[last]) / 2;
  const coupling = beside[last - 1];
  const away = half + Math.sign(half || 1) * Math.hypot(half, coupling);
  let along = diagonal[first] - diagonal[last] + (coupling * coupling) / away;
  let bulge = beside[first];
  for (let k = first; k < last; k++) {
    const length = Math.hypot(along, bulge);
    const cosine = length === 0 ? 1 : along / length;
    const sine = length === 0 ? 0 : bulge / length;
    if (k > first) beside[k - 1] = length;
    const [upper, between, lower] = [diagonal[k], beside[k], diagonal[k + 1]];
    const crossed = 2 * cosine * sine * between;
    diagonal[k] = cosine * cosine * upper + crossed + sine * sine * lower;
    diagonal[k + 1] = sine * sine * upper - crossed + cosine * cosine * lower;
    beside[k] = cosine * sine * (lower - upper) + (cosine * cosine - sine * sine) * between;
    if (k + 1 < last) {
      along = beside[k];
      bulge = sine * beside[k + 1];
      beside[k + 1] *= cosine;
    }
    rotate(rows[k], rows[k + 1], cosine, sine);
  }
}

function rotate(first, second, cosine, sine) {
  for (let k = 0; k < first.length; k++) {
    const a = first[k];
    const b = second[k];
    first[k] = cosine * a + sine * b;
    second[k] = cosine * b - sine * a;
  }
}

/** The two leading eigenvectors of symmetric (n, n) matrices; buffers are kept from call to call. */
export class LeadingPair {
  /** @param {number} n */
  constructor(n) {
    this.n = n;
    this.largest = Math.min(LARGEST_SPACE, n - 2);
    this.expected = 0;
    if (n <= SMALL) return;
    this.basis = Array.from({ length: this.largest + 2 }, () => new Float64Array(n));
    this.projected = Array.from({ length: this.largest }, () => new Float64Array(this.largest));
    this.coefficients = new Float64Array(this.largest + 2);
  }

  /**
   * @param {Float64Array} matrix (n, n) symmetric
   * @param {[Float64Array, Float64Array]} [start] vectors (n,) near the ones sought
   * @returns {{values: [number, number], vectors: [Float64Array, Float64Array]}} new arrays
   */
  find(matrix, start) {
    if (this.n <= SMALL) return firstTwo(symmetricEigen(matrix, this.n));
    this.begin(start);
    for (let size = 2; size <= this.largest; size += 2) {
      const residual = this.extend(matrix, size);
      const due = size >= Math.max(8, this.expected) && (size - this.expected) % 4 === 0;
      if (!due && size + 2 <= this.largest) continue;
      const ritz = this.solveProjected(size);
      if (converged(ritz, residual, size)) {
        this.expected = size - 2;
        return this.expand(ritz, size);
      }
    }
    return firstTwo(symmetricEigen(matrix, this.n));
  }

  /** First two vectors of the basis: the given ones and some noise, or noise alone. */
  begin(start) {
    for (let k = 0; k < 2; k++) {
      const vector = this.basis[k];
      fillWithNoise(vector, k + 1);
      const given = start === undefined ? 0 : norm(start[k]);
      if (given > 0) {
        scale(vector, NOISE);
        add(vector, start[k], 1 / given);
      }
      this.orthonormalise(vector, k, 1);
    }
  }

  /**
   * Multiply the last two of `size` basis vectors by the matrix; what is new in them extends the basis.
   *
   * @returns {(tail: [number, number]) => number} residual of a Ritz vector with these last two entries
   */
  extend(matrix, size) {
    const [a, b] = [size - 2, size - 1];
    const [first, second] = [this.basis[size], this.basis[size + 1]];
    multiplyPair(matrix, this.basis[a], this.basis[b], first, second);
    const magnitude = Math.max(norm(first), norm(second));
    const firstLeft = this.orthonormalise(first, size, magnitude);
    this.store(a, size);
    const secondLeft = this.orthonormalise(second, size + 1, magnitude);
    this.store(b, size);
    const shared = this.coefficients[size];
    return ([p, q]) => Math.hypot(firstLeft * p + shared * q, secondLeft * q);
  }

  /** Keep the coefficients of a product: a column of the matrix in terms of the basis. */
  store(column, size) {
    for (let row = 0; row < size; row++) {
      this.projected[row][column] = this.coefficients[row];
      this.projected[column][row] = this.coefficients[row];
    }
  }

  /**
   * Make a vector orthogonal to the first `count` of the basis and of length 1; one of which nothing is
   * left is replaced by noise. Its coefficients stay in `this.coefficients`.
   *
   * @returns {number} the length that was left
   */
  orthonormalise(vector, count, magnitude) {
    this.coefficients.fill(0);
    const left = this.project(vector, count);
    if (left > ROUNDING * magnitude) {
      scale(vector, 1 / left);
      return left;
    }
    const kept = this.coefficients.slice();
    fillWithNoise(vector, count + 1);
    scale(vector, 1 / this.project(vector, count));
    this.coefficients.set(kept);
    return 0;
  }

  /** Subtract projections until what is left no longer shrinks: rounding is then orthogonal too. */
  project(vector, count) {
    let before = norm(vector);
    for (let pass = 0; pass < 5; pass++) {
      for (let k = 0; k < count; k++) {
        const coefficient = dot(this.basis[k], vector);
        this.coefficients[k] += coefficient;
        add(vector, this.basis[k], -coefficient);
      }
      const left = norm(vector);
      if (left > before / 2) return left;
      before = left;
    }
    return before;
  }

  solveProjected(size) {
    const matrix = new Float64Array(size * size);
    for (let row = 0; row < size; row++) {
      matrix.set(this.projected[row].subarray(0, size), row * size);
    }
    return symmetricEigen(matrix, size);
  }

  /** Ritz vectors from their coefficients in the basis. */
  expand(ritz, size) {
    const vectors = [0, 1].map((k) => {
      const vector = new Float64Array(this.n);
      for (let row = 0; row < size; row++) add(vector, this.basis[row], ritz.vectors[k][row]);
      return vector;
    });
    return { values: [ritz.values[0], ritz.values[1]], vectors };
  }
}

/** Whether both residuals are small beside the distance of their values to the nearest others. */
function converged({ values, vectors }, residual, size) {
  const [first, second, third] = values;
  const apart = [first - second, Math.min(first - second, second - third)];
  return [0, 1].every((k) => {
    const tail = [vectors[k][size - 2], vectors[k][size - 1]];
    return residual(tail) <= Math.max(ANGLE * apart[k], ROUNDING * first);
  });
}

function firstTwo({ values, vectors }) {
  const n = vectors[0].length;
  return {
    values: [values[0], values[1] ?? 0],
    vectors: [vectors[0], vectors[1] ?? new Float64Array(n)],
  };
}

/**
 * Two products with a symmetric matrix in one pass over it, two rows at a time: additions to one sum wait
 * for each other, those to four sums do not.
 */
function multiplyPair(matrix, firstIn, secondIn, firstOut, secondOut) {
  const n = firstIn.length;
  for (let row = 0; row < n; row += 2) {
    const upper = row * n;
    const lower = Math.min(row + 1, n - 1) * n;
    let upperFirst = 0;
    let upperSecond = 0;
    let lowerFirst = 0;
    let lowerSecond = 0;
    for (let column = 0; column < n; column++) {
      const first = firstIn[column];
      const second = secondIn[column];
      upperFirst += matrix[upper + column] * first;
      upperSecond += matrix[upper + column] * second;
      lowerFirst += matrix[lower + column] * first;
      lowerSecond += matrix[lower + column] * second;
    }
    firstOut[row] = upperFirst;
    secondOut[row] = upperSecond;
    // Of the last row, where it has no partner, the same twice; past the end nothing is written.
    firstOut[row + 1] = lowerFirst;
    secondOut[row + 1] = lowerSecond;
  }
}

/** Numbers in [-.5, .5), the same ones for the same seed (a linear congruential generator). */
function fillWithNoise(vector, seed) {
  let state = seed * 2654435761;
  for (let k = 0; k < vector.length; k++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    vector[k] = state / 2 ** 32 - 0.5;
  }
}

function dot(first, second) {
  const n = first.length;
  let even = 0;
  let odd = 0;
  let k = 0;
  for (; k + 1 < n; k += 2) {
    even += first[k] * second[k];
    odd += first[k + 1] * second[k + 1];
  }
  return k < n ? even + odd + first[k] * second[k] : even + odd;
}

function norm(vector) {
  return Math.sqrt(dot(vector, vector));
}

function scale(vector, factor) {
  for (let k = 0; k < vector.length; k++) vector[k] *= factor;
}

function add(vector, other, factor) {
  for (let k = 0; k < vector.length; k++) vector[k] += factor * other[k];
}
