/**
 * The geometry of paired embeddings, from the matrix of their cosine similarities alone.
 *
 * The functions of `article/geometry.py` under the same names in camel case, tested against it on the
 * files of `tests/golden`; formulas and their sources stand there. A similarity matrix (N, N) stands row
 * after row in a Float64Array, modality after modality; `counts` says how many items belong to each.
 */

import { LeadingPair } from "./eigen.js";

const SMALLEST_SQUARED_LENGTH = 1e-12;

/** Coordinates whose magnitudes differ by less count as equally large when an axis is given its sign. */
const TIE = 1e-9;

/** The geometry asked for does not exist: no pairs, or a vector of length zero. */
export class GeometryError extends Error {
  constructor(message) {
    super(message);
    this.name = "GeometryError";
  }
}

/**
 * First row and end of each modality in the matrix.
 *
 * @param {number[]} counts
 * @returns {{start: number, end: number}[]}
 */
export function blocks(counts) {
  let end = 0;
  return counts.map((count) => {
    end += count;
    return { start: end - count, end };
  });
}

/**
 * Inner products of items and modality means with the modality means.
 *
 * @param {Float64Array} similarity (N, N)
 * @param {number[]} counts of M modalities
 * @returns {{ofItems: Float64Array, ofModalities: Float64Array}} (N, M) and (M, M)
 */
export function blockMeans(similarity, counts) {
  const size = sum(counts);
  if (similarity.length !== size * size) {
    throw new GeometryError(
      `items ${counts} of each modality do not fit a matrix of ${similarity.length} values`,
    );
  }
  const rows = blocks(counts);
  const width = counts.length;
  const ofItems = new Float64Array(size * width);
  for (let row = 0; row < size; row++) {
    rows.forEach(({ start, end }, m) => {
      let total = 0;
      for (let at = row * size + start; at < row * size + end; at++) total += similarity[at];
      ofItems[row * width + m] = total / counts[m];
    });
  }
  const ofModalities = new Float64Array(width * width);
  rows.forEach(({ start, end }, first) => {
    for (let second = 0; second < width; second++) {
      let total = 0;
      for (let row = start; row < end; row++) total += ofItems[row * width + second];
      ofModalities[first * width + second] = total / counts[first];
    }
  });
  if (!ofModalities.every(Number.isFinite)) {
    throw new GeometryError("a similarity is not a finite number");
  }
  return { ofItems, ofModalities };
}

/**
 * Length of the gap between the means of two modalities.
 *
 * @param {Float64Array} similarity (N, N)
 * @param {number[]} counts
 * @param {number} [first]
 * @param {number} [second]
 * @returns {number}
 */
export function gapDistance(similarity, counts, first = 0, second = 1) {
  const { ofModalities } = blockMeans(similarity, counts);
  const inner = (m, n) => ofModalities[m * counts.length + n];
  const squared = inner(first, first) + inner(second, second) - 2 * inner(first, second);
  return Math.sqrt(Math.max(squared, 0));
}

/**
 * The matrix after moving each modality by a share of the gap (0 as trained, 1 closed, beyond too).
 *
 * @param {Float64Array} similarity (N, N)
 * @param {number[]} counts
 * @param {number} [share]
 * @param {Float64Array} [out] (N, N), another array than `similarity`
 * @param {ReturnType<typeof blockMeans>} [means] of `similarity`, where they are known already
 * @returns {Float64Array} `out`
 */
export function closeGap(
  similarity,
  counts,
  share = 1,
  out = new Float64Array(similarity.length),
  means = blockMeans(similarity, counts),
) {
  const size = sum(counts);
  const width = counts.length;
  const items = centreRows(means.ofItems, width);
  const modalities = centreRows(transpose(centreRows(means.ofModalities, width), width), width);
  const rows = blocks(counts);
  rows.forEach((of, m) => {
    for (let n = m; n < width; n++) {
      const between = share * share * modalities[m * width + n];
      for (let i = of.start; i < of.end; i++) {
        for (let j = n === m ? i : rows[n].start; j < rows[n].end; j++) {
          const cross = items[i * width + n] + items[j * width + m];
          out[i * size + j] = similarity[i * size + j] - share * cross + between;
        }
      }
    }
  });
  return renormalise(out, size);
}

/** Divide an upper triangle of inner products by the lengths of the vectors, and mirror it. */
function renormalise(matrix, size) {
  const inverse = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const squared = matrix[i * size + i];
    if (squared < SMALLEST_SQUARED_LENGTH) {
      throw new GeometryError(`item ${i} is moved onto the origin: no direction left`);
    }
    inverse[i] = 1 / Math.sqrt(squared);
  }
  for (let i = 0; i < size; i++) {
    matrix[i * size + i] = 1;
    for (let j = i + 1; j < size; j++) {
      const cosine = matrix[i * size + j] * inverse[i] * inverse[j];
      const clipped = cosine > 1 ? 1 : cosine < -1 ? -1 : cosine;
      matrix[i * size + j] = clipped;
      matrix[j * size + i] = clipped;
    }
  }
  return matrix;
}

/**
 * Contrastive losses of the first two modalities in nats: each direction, and their mean.
 *
 * Means over batches of `batchSize` consecutive pairs, the last weighted by its size.
 *
 * @param {Float64Array} similarity (N, N)
 * @param {number[]} counts
 * @param {number} logitScale
 * @param {number} batchSize
 * @returns {{firstToSecond: number, secondToFirst: number, mean: number}}
 */
export function contrastiveLosses(similarity, counts, logitScale, batchSize) {
  const pairs = counts[0];
  if (pairs !== counts[1]) {
    throw new GeometryError(`modalities of ${pairs} and ${counts[1]} items form no pairs`);
  }
  const size = sum(counts);
  let forward = 0;
  let backward = 0;
  for (let start = 0; start < pairs; start += batchSize) {
    const end = Math.min(start + batchSize, pairs);
    for (let i = start; i < end; i++) {
      forward += crossEntropy(similarity, i * size + pairs, 1, start, end, i, logitScale);
      backward += crossEntropy(similarity, pairs + i, size, start, end, i, logitScale);
    }
  }
  const [firstToSecond, secondToFirst] = [forward / pairs, backward / pairs];
  return { firstToSecond, secondToFirst, mean: (firstToSecond + secondToFirst) / 2 };
}

/** -log softmax at `own` of `scale` times the entries `base + j * step`, j from start to end. */
function crossEntropy(similarity, base, step, start, end, own, scale) {
  let peak = Number.NEGATIVE_INFINITY;
  for (let j = start; j < end; j++) peak = Math.max(peak, similarity[base + j * step]);
  let total = 0;
  for (let j = start; j < end; j++) total += Math.exp(scale * (similarity[base + j * step] - peak));
  return scale * (peak - similarity[base + own * step]) + Math.log(total);
}

/**
 * Mean cosine of different items of one modality.
 *
 * @param {Float64Array} similarity (N, N)
 * @param {number[]} counts
 * @param {number} modality
 * @returns {number}
 */
export function meanSimilarity(similarity, counts, modality) {
  const n = counts[modality];
  if (n < 2) throw new GeometryError("the mean over different items needs two of them");
  const size = sum(counts);
  const { start, end } = blocks(counts)[modality];
  let total = 0;
  for (let i = start; i < end; i++) {
    for (let j = start; j < end; j++) if (i !== j) total += similarity[i * size + j];
  }
  return total / (n * (n - 1));
}

/** Distance of two unit vectors of a cosine similarity. */
export function euclideanDistance(cosine) {
  return Math.sqrt(Math.max(2 - 2 * cosine, 0));
}

/**
 * Coordinates on the two principal components, exact.
 *
 * Each axis points to where its largest coordinate in magnitude is positive.
 *
 * @param {Float64Array} similarity (N, N)
 * @param {object} [options]
 * @param {Float64Array} [options.start] (N, 2) coordinates of a similar matrix, which save time
 * @param {LeadingPair} [options.solver] for matrices of this size, which saves memory
 * @returns {Float64Array} (N, 2), row after row
 */
export function principalComponents(similarity, { start, solver } = {}) {
  const size = Math.sqrt(similarity.length);
  const centred = centreBoth(similarity, size);
  const { values, vectors } = (solver ?? new LeadingPair(size)).find(
    centred,
    start && [0, 1].map((axis) => start.filter((_, index) => index % 2 === axis)),
  );
  const coordinates = new Float64Array(2 * size);
  vectors.forEach((vector, axis) => {
    const scale = signOf(vector) * Math.sqrt(Math.max(values[axis], 0));
    for (let i = 0; i < size; i++) coordinates[2 * i + axis] = scale * vector[i];
  });
  return coordinates;
}

function signOf(vector) {
  const peak = vector.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return vector.find((value) => Math.abs(value) >= peak * (1 - TIE)) < 0 ? -1 : 1;
}

/**
 * Coordinates turned or mirrored onto a reference of the same items (orthogonal Procrustes).
 *
 * @param {Float64Array} coordinates (N, 2)
 * @param {Float64Array} reference (N, 2)
 * @param {Float64Array} [out] (N, 2), `coordinates` itself if it may be overwritten
 * @returns {Float64Array} `out`
 */
export function rotateOnto(coordinates, reference, out = new Float64Array(coordinates.length)) {
  const [xx, xy, yx, yy] = crossProducts(coordinates, reference);
  const turned = Math.hypot(xx + yy, xy - yx);
  const mirrored = Math.hypot(xx - yy, xy + yx);
  const mirror = mirrored > turned ? -1 : 1;
  const angle = Math.atan2(xy - mirror * yx, xx + mirror * yy);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  for (let at = 0; at < coordinates.length; at += 2) {
    const [x, y] = [coordinates[at], mirror * coordinates[at + 1]];
    out[at] = cosine * x - sine * y;
    out[at + 1] = sine * x + cosine * y;
  }
  return out;
}

/** Entries of coordinatesᵀ reference, (2, 2). */
function crossProducts(coordinates, reference) {
  const products = [0, 0, 0, 0];
  for (let at = 0; at < coordinates.length; at += 2) {
    products[0] += coordinates[at] * reference[at];
    products[1] += coordinates[at] * reference[at + 1];
    products[2] += coordinates[at + 1] * reference[at];
    products[3] += coordinates[at + 1] * reference[at + 1];
  }
  return products;
}

/**
 * Positions on the straight way between two layouts; beyond its ends, the nearer end.
 *
 * @param {Float64Array} first (N, 2) at share 0
 * @param {Float64Array} second (N, 2) at share 1
 * @param {number} share
 * @param {Float64Array} [out] (N, 2)
 * @returns {Float64Array} `out`
 */
export function interpolate(first, second, share, out = new Float64Array(first.length)) {
  const weight = Math.min(Math.max(share, 0), 1);
  for (let at = 0; at < first.length; at++)
    out[at] = (1 - weight) * first[at] + weight * second[at];
  return out;
}

/** Subtract the mean of each row of `width` values. */
function centreRows(matrix, width) {
  const centred = matrix.slice();
  for (let start = 0; start < matrix.length; start += width) {
    let mean = 0;
    for (let k = 0; k < width; k++) mean += matrix[start + k] / width;
    for (let k = 0; k < width; k++) centred[start + k] -= mean;
  }
  return centred;
}

function transpose(matrix, size) {
  return matrix.map((_, at) => matrix[(at % size) * size + Math.floor(at / size)]);
}

/** Subtract row and column means of a symmetric matrix, add the overall mean. */
function centreBoth(matrix, size) {
  const means = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    let total = 0;
    for (let at = row * size; at < (row + 1) * size; at++) total += matrix[at];
    means[row] = total / size;
  }
  const overall = sum(means) / size;
  const centred = new Float64Array(matrix.length);
  for (let row = 0; row < size; row++) {
    const shift = overall - means[row];
    for (let column = 0; column < size; column++) {
      centred[row * size + column] = matrix[row * size + column] - means[column] + shift;
    }
  }
  return centred;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
