/**
 * The contract's reader in the browser: data files to objects with typed arrays.
 *
 * `article/artifacts.py` defines the format; both are tested against the files of `tests/golden`.
 * Names are those of the file in camel case. Every error names the file and the field.
 */

/** Version of all formats that this reader knows. */
export const VERSION = 1;

/** A similarity is stored as `round(similarity * 32767)` in 16 bits: -1, 0 and 1 are exact. */
export const SIMILARITY_STEPS = 32767;

/** A similarity in a frame of a film is stored as `round(similarity * 127)` in 8 bits. */
export const FRAME_STEPS = 127;

/** The largest component of a vector is stored as 127 or -127, the others in proportion. */
export const VECTOR_STEPS = 127;

/** What an item can be. */
const CONTENTS = ["picture", "text", "sound", "molecule"];

/** What the points of a layout can be. */
const POINTS = ["items", "pairs"];

/** Typed arrays read bytes in the machine's order; little-endian, as the files are, wherever browsers run. */
const ARRAY_TYPES = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  f4: Float32Array,
};

/** A data file is broken, of another version, or contradicts itself. */
export class ArtifactError extends Error {
  /**
   * @param {string} message what is wrong, beginning with the field
   * @param {string} [file] path or address of the file
   */
  constructor(message, file) {
    super(file === undefined ? message : `${file}: ${message}`);
    this.name = "ArtifactError";
    this.detail = message;
    this.file = file;
  }
}

/**
 * @typedef {object} Sprites pictures of a modality, in order, in grids of square cells
 * @property {string[]} files paths relative to the data folder
 * @property {number} cell side of a cell in pixels
 * @property {number} columns cells in a row
 * @property {number} perFile cells in a file
 */

/**
 * @typedef {object} Modality one kind of item of a data set
 * @property {string} name
 * @property {"picture" | "text" | "sound" | "molecule"} content a molecule is a text, its SMILES string
 * @property {number} count
 * @property {string[] | null} texts `count` texts, where content is text or molecule
 * @property {Sprites | null} sprites
 * @property {string[] | null} sounds `count` paths relative to the data folder
 */

/**
 * @typedef {object} Items row i of every modality, or its only one, belongs to the pair `ids[i]`
 * @property {"items"} kind
 * @property {string} dataset
 * @property {string[]} ids
 * @property {Modality[]} modalities
 * @property {Map<string, string[]>} marks ids of pairs by what is true of them, such as a fault
 */

/**
 * @typedef {object} Projection items in the plane
 * @property {string} method
 * @property {number} share share of the gap closed before projecting: 0 as trained, 1 closed
 * @property {Float64Array} coordinates (N, 2), row after row
 * @property {Record<string, unknown>} parameters
 */

/**
 * @typedef {object} Clustering pairs grouped by one block of the similarity matrix
 * @property {[string, string]} block
 * @property {string} rule
 * @property {string} linkage
 * @property {Int32Array} order (n,) permutation of the pairs in which each cluster is contiguous
 * @property {Int32Array} labels (n,) cluster of each pair, in the given order of the pairs
 * @property {string[]} names what each cluster is called
 */

/**
 * @typedef {object} Space one data set as one model sees it
 * @property {"space"} kind
 * @property {string} dataset
 * @property {string} model
 * @property {string[]} modalities
 * @property {number[]} counts items of each modality
 * @property {number} size N, their sum
 * @property {number} logitScale
 * @property {Float64Array} similarity (N, N) cosine similarities, row after row
 * @property {Projection[]} projections
 * @property {Clustering[]} clusterings
 */

/**
 * @typedef {object} Vectors a data set of N items as one model sees it, too large for a matrix
 * @property {"vectors"} kind
 * @property {string} dataset
 * @property {string} model
 * @property {string[]} modalities
 * @property {number[]} counts items of each modality
 * @property {number} size N, their sum
 * @property {number} dimensions d
 * @property {number} logitScale
 * @property {number} error by how much any similarity of these items is off at most
 * @property {Int8Array} steps (N, d) whole numbers in proportion to the components, row after row
 * @property {Float64Array} scales (N,) what brings each row of steps to length 1
 */

/**
 * @typedef {object} PairLines how many lines between the items of a pair stay inside a cluster
 * @property {string} rule which clustering: "hdbscan" are those that a layout shows
 * @property {number} clusters
 * @property {number} outside share of points in no cluster
 * @property {number} kept share of lines with both ends in the same cluster
 * @property {number} expected the same where texts are dealt out to images at random
 */

/**
 * @typedef {object} Layout the items, or the pairs, of a large data set in the plane
 * @property {"layout"} kind
 * @property {string} dataset
 * @property {string} model
 * @property {string} name
 * @property {string} title what readers call it
 * @property {string[]} modalities
 * @property {number[]} counts items of each modality
 * @property {"items" | "pairs"} points
 * @property {number} size M, the number of points
 * @property {string} method
 * @property {number} share share of the gap closed before
 * @property {string} fit "all" of the points, or the modality that the layout was made from
 * @property {Float32Array} coordinates (M, 2), row after row
 * @property {{x: [number, number], y: [number, number]}} bounds least and largest coordinates
 * @property {Int32Array} clusters (M,) visible cluster of each point from 0, -1 for none
 * @property {number} clusterCount
 * @property {PairLines[]} pairLines none where points are pairs
 * @property {Record<string, unknown>} parameters
 */

/**
 * @typedef {object} Landmark a marked place of a landscape: signed distance, losses in nats
 * @property {number} distance
 * @property {number} firstToSecond
 * @property {number} secondToFirst
 */

/**
 * @typedef {object} Landscape loss of a data set while its modalities are shifted along the gap
 * @property {"landscape"} kind
 * @property {string} dataset
 * @property {string} model
 * @property {string[]} modalities
 * @property {number} count
 * @property {number} logitScale
 * @property {number} batchSize
 * @property {Float64Array} shift (k,) change of the gap's length; positive shortens it
 * @property {Float64Array} distance (k,) signed distance after renormalising
 * @property {Float64Array} firstToSecond (k,)
 * @property {Float64Array} secondToFirst (k,)
 * @property {Landmark} trained
 * @property {Landmark} closed
 */

/**
 * @typedef {object} Film one data set of n pairs at k steps of a model's training
 * @property {"film"} kind
 * @property {string} dataset
 * @property {string} model
 * @property {string[]} modalities
 * @property {number} count n
 * @property {number} logitScale
 * @property {number} candidates pairs that the recalls are among
 * @property {Int32Array} steps (k,) steps done before each frame
 * @property {Int32Array} pairs (k,) pairs seen before each frame
 * @property {Int8Array} similarities (k, n (2n + 1)) upper triangles; see `frameSimilarity`
 * @property {Float64Array} gap (k,)
 * @property {Float64Array} firstToSecond (k,) losses in nats
 * @property {Float64Array} secondToFirst (k,)
 * @property {Float64Array} recallFirstToSecond (k,) R@1
 * @property {Float64Array} recallSecondToFirst (k,)
 */

/**
 * @typedef {object} Table figures in rows
 * @property {"table"} kind
 * @property {string} name
 * @property {string} title
 * @property {string} dataset the one that the figures are of
 * @property {{name: string, title: string, unit: string}[]} columns
 * @property {(string | number | null)[][]} rows
 * @property {string} note how the figures came about
 */

/**
 * Read a data file.
 *
 * @param {string} text content of the file
 * @param {string} file its path or address, for errors
 * @returns {Items | Space | Vectors | Layout | Landscape | Film | Table}
 */
export function decode(text, file) {
  try {
    const value = parse(text);
    const kind = field(value, "kind", "string");
    demand(Object.hasOwn(READERS, kind), `kind: "${kind}" is none of ${Object.keys(READERS)}`);
    const version = field(value, "version", "number");
    demand(version === VERSION, `version: ${version}, this reader knows ${VERSION}`);
    return READERS[kind](value);
  } catch (error) {
    throw error instanceof ArtifactError ? new ArtifactError(error.detail, file) : error;
  }
}

/**
 * Read a data file of a known kind.
 *
 * @param {"items" | "space" | "vectors" | "layout" | "landscape" | "film" | "table"} kind
 * @param {string} text
 * @param {string} file
 */
export function decodeAs(kind, text, file) {
  const artifact = decode(text, file);
  demand(artifact.kind === kind, `kind: expected ${kind}, not ${artifact.kind}`, file);
  return artifact;
}

/**
 * The typed array of `{dtype, shape, bdata}`, whatever its shape, row after row.
 *
 * @param {unknown} value
 * @param {string} name of the field, for errors
 * @returns {{data: ArrayLike<number>, shape: number[]}}
 */
export function decodeArray(value, name) {
  demand(isObject(value), `${name}: expected an array with dtype, shape and bdata`);
  demand(Object.hasOwn(ARRAY_TYPES, value.dtype), `${name}: unknown dtype "${value.dtype}"`);
  const Type = ARRAY_TYPES[value.dtype];
  demand(typeof value.shape === "string", `${name}: "${value.shape}" is no shape`);
  const shape = value.shape.split(",").map(Number);
  demand(shape.every(isCount), `${name}: "${value.shape}" is no shape`);
  const bytes = decodeBase64(value.bdata, name);
  const size = shape.reduce((product, length) => product * length, 1);
  demand(
    bytes.length === size * Type.BYTES_PER_ELEMENT,
    `${name}: ${bytes.length} bytes are no ${value.dtype} array of shape ${value.shape}`,
  );
  const data = new Type(bytes.buffer);
  const whole = !(data instanceof Float32Array);
  demand(whole || data.every(Number.isFinite), `${name}: a value is not finite`);
  return { data, shape };
}

/**
 * The symmetric matrix of which the file holds the upper triangle, row by row.
 *
 * @param {unknown} value
 * @param {number} size N
 * @param {string} [name] of the field, for errors
 * @returns {Float64Array} (N, N)
 */
export function decodeSimilarity(value, size, name = "similarity") {
  const { data, shape } = decodeArray(value, name);
  demand(data instanceof Int16Array, `${name}: stored as ${value.dtype}, not in 16 bits`);
  demand(
    shape.length === 1 && data.length === triangle(size),
    `${name}: ${data.length} values are no upper triangle of ${size} items`,
  );
  demand(
    data.every((step) => Math.abs(step) <= SIMILARITY_STEPS),
    `${name}: a cosine similarity lies between -1 and 1`,
  );
  return unfold(data, SIMILARITY_STEPS, size);
}

/**
 * The similarity matrix of a frame of a film, to 8 bits.
 *
 * @param {Film} film
 * @param {number} index of the frame
 * @returns {Float64Array} (2n, 2n)
 */
export function frameSimilarity(film, index) {
  const length = triangle(2 * film.count);
  const upper = film.similarities.subarray(index * length, (index + 1) * length);
  return unfold(upper, FRAME_STEPS, 2 * film.count);
}

/** The symmetric matrix (size, size) of an upper triangle in `steps` to one. */
function unfold(upper, steps, size) {
  const matrix = new Float64Array(size * size);
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = row; column < size; column++, at++) {
      const similarity = upper[at] / steps;
      matrix[row * size + column] = similarity;
      matrix[column * size + row] = similarity;
    }
  }
  return matrix;
}

/** Entries of an upper triangle, diagonal included. */
function triangle(size) {
  return (size * (size + 1)) / 2;
}

const READERS = {
  items: readItems,
  space: readSpace,
  vectors: readVectors,
  layout: readLayout,
  landscape: readLandscape,
  film: readFilm,
  table: readTable,
};

function readItems(value) {
  const ids = list(value, "ids", "string");
  const repeated = firstRepeated(ids);
  demand(repeated === undefined, `ids: "${repeated}" occurs twice`);
  const modalities = list(value, "modalities", "object").map((entry, index) =>
    readModality(entry, `modalities[${index}]`, ids.length),
  );
  return {
    kind: "items",
    dataset: field(value, "dataset", "string"),
    ids,
    modalities,
    marks: value.marks == null ? new Map() : readMarks(field(value, "marks", "object"), ids),
  };
}

function readMarks(value, ids) {
  const known = new Set(ids);
  const marks = new Map();
  for (const mark of Object.keys(value)) {
    const marked = list(value, mark, "string", "marks");
    const unknown = marked.find((id) => !known.has(id));
    demand(unknown === undefined, `${place("marks", mark)}: "${unknown}" is no id`);
    const repeated = firstRepeated(marked);
    demand(repeated === undefined, `${place("marks", mark)}: "${repeated}" occurs twice`);
    marks.set(mark, marked);
  }
  return marks;
}

/** The first of these texts that is the same as one before it. */
function firstRepeated(texts) {
  const seen = new Set();
  return texts.find((text) => seen.has(text) || !seen.add(text));
}

function readModality(value, name, count) {
  const modality = {
    name: field(value, "name", "string", name),
    content: field(value, "content", "string", name),
    count: field(value, "count", "number", name),
    texts: value.texts == null ? null : list(value, "texts", "string", name),
    sprites: value.sprites == null ? null : readSprites(value.sprites, `${name}.sprites`),
    sounds: value.sounds == null ? null : list(value, "sounds", "string", name),
  };
  demand(
    modality.count === count || modality.count === 1,
    `${name}.count: ${modality.count}, but there are ${count} ids`,
  );
  demand(
    CONTENTS.includes(modality.content),
    `${name}.content: "${modality.content}" is not ${CONTENTS.join(" or ")}`,
  );
  if (modality.content === "text" || modality.content === "molecule") {
    const held = modality.texts?.length ?? 0;
    demand(held === modality.count, `${name}.texts: ${held} texts for ${modality.count} items`);
  }
  if (modality.sounds !== null) {
    const held = modality.sounds.length;
    demand(held === modality.count, `${name}.sounds: ${held} sounds for ${modality.count} items`);
  }
  if (modality.sprites !== null) {
    const room = modality.sprites.files.length * modality.sprites.perFile;
    demand(room >= count, `${name}.sprites: room for ${room} pictures of ${count}`);
  }
  return modality;
}

function readSprites(value, name) {
  const sprites = {
    files: list(value, "files", "string", name),
    cell: field(value, "cell", "number", name),
    columns: field(value, "columns", "number", name),
    perFile: field(value, "per_file", "number", name),
  };
  demand(
    [sprites.cell, sprites.columns, sprites.perFile].every(isCount),
    `${name}: cell, columns and per_file are at least 1`,
  );
  return sprites;
}

/** The modalities of a file about a data set as a model sees it, and how many items each has. */
function readCounts(value) {
  const modalities = list(value, "modalities", "string");
  const counts = list(value, "counts", "number");
  demand(
    counts.length === modalities.length && counts.length > 0 && counts.every(isCount),
    `counts: [${counts}] do not fit modalities [${modalities}]`,
  );
  return { modalities, counts, size: counts.reduce((sum, count) => sum + count, 0) };
}

function readLogitScale(value) {
  const logitScale = field(value, "logit_scale", "number");
  demand(logitScale > 0, `logit_scale: ${logitScale} is not positive`);
  return logitScale;
}

function readSpace(value) {
  const { modalities, counts, size } = readCounts(value);
  return {
    kind: "space",
    dataset: field(value, "dataset", "string"),
    model: field(value, "model", "string"),
    modalities,
    counts,
    size,
    logitScale: readLogitScale(value),
    similarity: decodeSimilarity(field(value, "similarity", "object"), size),
    projections: list(value, "projections", "object").map((entry, index) =>
      readProjection(entry, `projections[${index}]`, size),
    ),
    clusterings: list(value, "clusterings", "object").map((entry, index) =>
      readClustering(entry, `clusterings[${index}]`, counts[0]),
    ),
  };
}

function readProjection(value, name, size) {
  return {
    method: field(value, "method", "string", name),
    share: field(value, "share", "number", name),
    coordinates: Float64Array.from(array(value, "coordinates", name, [size, 2])),
    parameters: field(value, "parameters", "object", name),
  };
}

function readClustering(value, name, count) {
  const order = Int32Array.from(array(value, "order", name, [count]));
  const labels = Int32Array.from(array(value, "labels", name, [count]));
  const names = list(value, "names", "string", name);
  const sorted = order.slice().sort();
  demand(
    sorted.every((pair, index) => pair === index),
    `${name}.order: not a permutation of the ${count} pairs`,
  );
  demand(
    countUp(order.map((pair) => labels[pair])) === names.length,
    `${name}.labels: must count the ${names.length} names as their clusters follow in the order`,
  );
  return {
    block: several(value, "block", 2, "string", name),
    rule: field(value, "rule", "string", name),
    linkage: field(value, "linkage", "string", name),
    order,
    labels,
    names,
  };
}

/** How many values there are, if each is that before it or the next; otherwise nothing. */
function countUp(values) {
  const rising = values.every((value, index) => {
    const before = index === 0 ? -1 : values[index - 1];
    return value - before === 1 || (value === before && index > 0);
  });
  return rising ? values[values.length - 1] + 1 : undefined;
}

function readVectors(value) {
  const { modalities, counts, size } = readCounts(value);
  const { data: steps, shape } = decodeArray(field(value, "vectors", "object"), "vectors");
  demand(shape.length === 2 && shape[0] === size, `vectors: shape (${shape}), not (${size},d)`);
  demand(steps instanceof Int8Array, `vectors: stored as ${value.vectors.dtype}, not in 8 bits`);
  const error = field(value, "error", "number");
  demand(error >= 0 && error <= 2, `error: ${error} is not by how much a similarity can be off`);
  return {
    kind: "vectors",
    dataset: field(value, "dataset", "string"),
    model: field(value, "model", "string"),
    modalities,
    counts,
    size,
    dimensions: shape[1],
    logitScale: readLogitScale(value),
    error,
    steps,
    scales: scalesOf(steps, size, shape[1]),
  };
}

/** What brings each row (size, dimensions) of whole numbers to length 1. */
function scalesOf(steps, size, dimensions) {
  const scales = new Float64Array(size);
  for (let row = 0, at = 0; row < size; row++) {
    let squares = 0;
    for (const end = at + dimensions; at < end; at++) squares += steps[at] * steps[at];
    demand(squares > 0, `vectors: row ${row} has no direction`);
    scales[row] = 1 / Math.sqrt(squares);
  }
  return scales;
}

function readLayout(value) {
  const { modalities, counts, size: items } = readCounts(value);
  const points = field(value, "points", "string");
  demand(POINTS.includes(points), `points: "${points}" is not ${POINTS.join(" or ")}`);
  demand(
    points === "items" || counts.every((count) => count === counts[0]),
    `counts: [${counts}] items form no pairs`,
  );
  const size = points === "items" ? items : counts[0];
  const fit = field(value, "fit", "string");
  demand(fit === "all" || modalities.includes(fit), `fit: "${fit}" is not all and no modality`);
  const clusters = Int32Array.from(array(value, "clusters", "", [size]));
  return {
    kind: "layout",
    dataset: field(value, "dataset", "string"),
    model: field(value, "model", "string"),
    name: field(value, "name", "string"),
    title: field(value, "title", "string"),
    modalities,
    counts,
    points,
    size,
    method: field(value, "method", "string"),
    share: field(value, "share", "number"),
    fit,
    ...readCoordinates(value, size),
    clusters,
    clusterCount: countClusters(clusters),
    pairLines: list(value, "pair_lines", "object").map((entry, index) =>
      readPairLines(entry, `pair_lines[${index}]`),
    ),
    parameters: field(value, "parameters", "object"),
  };
}

/** Coordinates (size, 2) from whole steps, and the least and largest of each axis. */
function readCoordinates(value, size) {
  const steps = array(value, "coordinates", "", [size, 2]);
  const dtype = value.coordinates.dtype;
  demand(steps instanceof Uint16Array, `coordinates: stored as ${dtype}, not in 16 bits`);
  const lower = several(value, "lower", 2, "number");
  const step = field(value, "step", "number");
  demand(step > 0, `step: ${step} is not positive`);
  const coordinates = Float32Array.from(steps, (count, at) => lower[at % 2] + count * step);
  return { coordinates, bounds: { x: boundsOf(coordinates, 0), y: boundsOf(coordinates, 1) } };
}

/** Least and largest coordinate of an axis, 0 or 1. */
function boundsOf(coordinates, axis) {
  let [least, largest] = [coordinates[axis], coordinates[axis]];
  for (let at = axis; at < coordinates.length; at += 2) {
    least = Math.min(least, coordinates[at]);
    largest = Math.max(largest, coordinates[at]);
  }
  return [least, largest];
}

function countClusters(clusters) {
  const found = new Set(clusters);
  found.delete(-1);
  demand(
    [...found].every((cluster) => cluster >= 0 && cluster < found.size),
    "clusters: not numbered from 0 without a break, -1 for none",
  );
  return found.size;
}

function readPairLines(value, name) {
  const share = (key) => {
    const number = field(value, key, "number", name);
    demand(number >= 0 && number <= 1, `${name}.${key}: ${number} is no share`);
    return number;
  };
  const clusters = field(value, "clusters", "number", name);
  demand(clusters === 0 || isCount(clusters), `${name}.clusters: not a count`);
  return {
    rule: field(value, "rule", "string", name),
    clusters,
    outside: share("outside"),
    kept: share("kept"),
    expected: share("expected"),
  };
}

function readLandscape(value) {
  const shift = Float64Array.from(array(value, "shift"));
  const column = (name) => Float64Array.from(array(value, name, "", [shift.length]));
  for (const name of ["count", "batch_size"]) {
    demand(isCount(field(value, name, "number")), `${name}: not a count`);
  }
  demand(field(value, "logit_scale", "number") > 0, "logit_scale: not positive");
  return {
    kind: "landscape",
    dataset: field(value, "dataset", "string"),
    model: field(value, "model", "string"),
    modalities: several(value, "modalities", 2, "string"),
    count: field(value, "count", "number"),
    logitScale: field(value, "logit_scale", "number"),
    batchSize: field(value, "batch_size", "number"),
    shift,
    distance: column("distance"),
    firstToSecond: column("first_to_second"),
    secondToFirst: column("second_to_first"),
    trained: readLandmark(value, "trained"),
    closed: readLandmark(value, "closed"),
  };
}

function readLandmark(value, name) {
  const [distance, firstToSecond, secondToFirst] = several(value, name, 3, "number");
  return { distance, firstToSecond, secondToFirst };
}

function readFilm(value) {
  for (const name of ["count", "candidates"]) {
    demand(isCount(field(value, name, "number")), `${name}: not a count`);
  }
  demand(field(value, "logit_scale", "number") > 0, "logit_scale: not positive");
  const steps = Int32Array.from(array(value, "steps"));
  demand(
    steps.every((step, frame) => frame === 0 || step > steps[frame - 1]),
    "steps: do not rise",
  );
  const column = (name) => array(value, name, "", [steps.length]);
  const figures = (name) => Float64Array.from(column(name));
  const shape = [steps.length, triangle(2 * value.count)];
  const similarities = array(value, "similarities", "", shape);
  demand(similarities instanceof Int8Array, "similarities: not stored in 8 bits");
  demand(
    similarities.every((step) => step >= -FRAME_STEPS),
    "similarities: a cosine similarity lies between -1 and 1",
  );
  return {
    kind: "film",
    dataset: field(value, "dataset", "string"),
    model: field(value, "model", "string"),
    modalities: several(value, "modalities", 2, "string"),
    count: value.count,
    logitScale: value.logit_scale,
    candidates: value.candidates,
    steps,
    pairs: Int32Array.from(column("pairs")),
    similarities,
    gap: figures("gap"),
    firstToSecond: figures("first_to_second"),
    secondToFirst: figures("second_to_first"),
    recallFirstToSecond: figures("recall_first_to_second"),
    recallSecondToFirst: figures("recall_second_to_first"),
  };
}

function readTable(value) {
  const columns = list(value, "columns", "object").map((entry, index) => {
    const text = (key) => field(entry, key, "string", `columns[${index}]`);
    return { name: text("name"), title: text("title"), unit: text("unit") };
  });
  const rows = list(value, "rows", "array");
  for (const [index, row] of rows.entries()) {
    const name = `rows[${index}]`;
    demand(row.length === columns.length, `${name}: ${row.length} cells, not ${columns.length}`);
    demand(
      row.every((cell) => cell === null || isOf(cell, "string") || isOf(cell, "number")),
      `${name}: a cell is a text, a number or nothing`,
    );
  }
  const text = (key) => field(value, key, "string");
  return {
    kind: "table",
    name: text("name"),
    title: text("title"),
    dataset: text("dataset"),
    columns,
    rows,
    note: text("note"),
  };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ArtifactError(`not JSON, perhaps truncated: ${error.message}`);
  }
}

function decodeBase64(text, name) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    throw new ArtifactError(`${name}: bdata is not base64`);
  }
  // Vectors of thousands are a million bytes: a loop takes a tenth of the time of Uint8Array.from.
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

function field(value, key, type, parent = "") {
  const name = place(parent, key);
  demand(isObject(value), `${parent || "document"}: expected an object`);
  demand(Object.hasOwn(value, key), `${name}: missing`);
  demand(isOf(value[key], type), `${name}: expected ${article(type)}`);
  return value[key];
}

function list(value, key, type, parent = "") {
  const entries = field(value, key, "array", parent);
  const name = place(parent, key);
  const wrong = entries.findIndex((entry) => !isOf(entry, type));
  demand(wrong === -1, `${name}[${wrong}]: expected ${article(type)}`);
  return entries;
}

/** The values of an array, row after row; one list unless `expected` names another shape. */
function array(value, key, parent = "", expected = undefined) {
  const name = place(parent, key);
  const { data, shape } = decodeArray(field(value, key, "object", parent), name);
  const wanted = expected ?? [data.length];
  demand(`${shape}` === `${wanted}`, `${name}: shape (${shape}), not (${wanted})`);
  return data;
}

function several(value, key, count, type, parent = "") {
  const entries = list(value, key, type, parent);
  const name = place(parent, key);
  demand(entries.length === count, `${name}: ${entries.length} entries, expected ${count}`);
  return entries;
}

function place(parent, key) {
  return parent === "" ? key : `${parent}.${key}`;
}

function isOf(value, type) {
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "number") return Number.isFinite(value);
  return typeof value === type;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value) {
  return Number.isInteger(value) && value > 0;
}

function article(type) {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function demand(condition, message, file) {
  if (!condition) throw new ArtifactError(message, file);
}
