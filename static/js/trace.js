// A trace on the page: named arrays with named dimensions, decoded once, each when it is first asked for.

/**
 * @typedef {Float64Array} Numbers
 * @typedef {{data: Numbers, shape: number[], dims: string[]}} TraceArray
 * @typedef {{array: string, index: number[], value: string}} Oddity a number that is none: where it stands and what it was
 * @typedef {{id: string, engine: string, recipe: Record<string, any>, dims: Record<string, number>, labels: Record<string, string[]>,
 *   names: string[], nonfinite: Oddity[], partial: boolean, query?: string, get: (name: string) => TraceArray | undefined,
 *   topology?: import('./blocks.js').Topology, dimsOf: (name: string) => string[], whole?: Trace, block?: import('./blocks.js').Block,
 *   errors?: import('./blocks.js').Errors, full?: (name: string) => string, search?: any, like?: Trace}} Trace `search` is what a lesson's search found;
 *   `query` asks about this trace where its recipe alone would not; the last four are those of one block of it, seen through a lens.
 *   A run that is shown while a hand moves lacks what takes long; it is `like` the last whole one
 */

const ODD = /** @type {Record<string, number>} */ ({
  inf: Number.POSITIVE_INFINITY,
  Infinity: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
});

/** @param {any} json a trace of the contract: numbers in nested lists, in base64, or already typed @returns {Trace} */
export function decodeTrace(json) {
  /** @type {Map<string, TraceArray>} */
  const decoded = new Map();
  const odd = oddities(json.nonfinite ?? []);
  return {
    id: json.id,
    engine: json.engine,
    recipe: json.recipe,
    dims: json.dims,
    labels: json.labels ?? {},
    topology: json.topology,
    nonfinite: json.nonfinite ?? [],
    partial: json.partial === true,
    get names() {
      return Object.keys(json.arrays);
    },
    dimsOf: (name) => json.arrays[name]?.dims ?? [],
    get(name) {
      const raw = json.arrays[name];
      if (raw === undefined) return undefined;
      const kept = decoded.get(name);
      if (kept !== undefined) return kept;
      const array = { data: numbers(raw), shape: raw.shape ?? shapeOf(raw.data), dims: raw.dims };
      restore(array, odd.get(name) ?? []);
      decoded.set(name, array);
      if (typeof raw.data === "string") raw.data = array.data; // the text is not kept beside the numbers
      return array;
    },
  };
}

/** @param {Oddity[]} list @returns {Map<string, Oddity[]>} */
function oddities(list) {
  const found = new Map();
  for (const odd of list) found.set(odd.array, [...(found.get(odd.array) ?? []), odd]);
  return found;
}

/** Put back what JSON could not carry. @param {TraceArray} array @param {Oddity[]} odd */
function restore({ data, shape }, odd) {
  for (const { index, value } of odd) data[flat(index, shape)] = ODD[value] ?? Number.NaN;
}

/** @param {number[]} index @param {number[]} shape */
const flat = (index, shape) => index.reduce((at, i, axis) => at * shape[axis] + i, 0);

/** @param {{data: unknown, dtype?: string}} raw @returns {Numbers} */
function numbers({ data, dtype }) {
  if (data instanceof Float64Array) return data;
  if (typeof data === "string") return fromBase64(data, dtype ?? "float64");
  return Float64Array.from(leaves(data), (value) => value ?? Number.NaN);
}

/** @param {unknown} data @returns {(number | null)[]} */
function leaves(data) {
  return Array.isArray(data) ? data.flat(Number.POSITIVE_INFINITY) : [/** @type {number | null} */ (data)];
}

/** @param {unknown} data @returns {number[]} */
function shapeOf(data) {
  return Array.isArray(data) ? [data.length, ...shapeOf(data[0] ?? 0)] : [];
}

const TYPES = /** @type {Record<string, any>} */ ({
  float64: Float64Array,
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
});

/** @param {string} text */
const slowly = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** @param {string} text little-endian @param {string} dtype @returns {Numbers} */
function fromBase64(text, dtype) {
  const bytes = /** @type {any} */ (Uint8Array).fromBase64?.(text) ?? slowly(text);
  const Type = TYPES[dtype];
  if (Type === undefined) throw new TypeError(`no way to read an array of ${dtype}`);
  const values = new Type(bytes.buffer);
  return values instanceof Float64Array ? values : Float64Array.from(values, Number);
}

/**
 * The cell of a trace, from the catalogue; one written as equations is read off the names of its arrays.
 * @typedef {{name: string, label: string, latex: string, role: string, equation?: string}} CellNode
 * @typedef {{id: string, title: string, states: string[], output: string, gates: string[], nodes: CellNode[],
 *   parameters: {name: string, latex: string, group: string}[], source?: string, reversed?: boolean}} Cell
 * @param {Trace} trace @param {{cells: Cell[]}} catalog @returns {Cell}
 */
export function cellOf(trace, catalog) {
  const wanted = trace.block?.cell;
  const found = catalog.cells.find(({ id, source }) =>
    wanted === undefined ? id === trace.recipe.cell : id === wanted || source === wanted,
  );
  const cell = found ?? readOff(trace);
  return trace.block?.direction === "backward" ? turned(cell) : cell;
}

/** @type {WeakMap<Cell, Cell>} */
const made = new WeakMap();

/** A cell that reads from the end: what came before it is the step behind. @param {Cell} cell @returns {Cell} */
function turned(cell) {
  const behind = (/** @type {string} */ latex) => latex.replaceAll("_{t-1}", "_{t+1}");
  const nodes = cell.nodes.map(({ equation, ...node }) => ({
    ...node,
    ...(equation && { equation: behind(equation) }),
  }));
  const found = made.get(cell) ?? { ...cell, nodes, reversed: true };
  made.set(cell, found);
  return found;
}

/** @param {Trace} trace @returns {Cell} */
function readOff(trace) {
  const names = trace.names;
  const states = names.filter((name) => names.includes(`${name}_prev`));
  const nodes = names.filter((name) => !name.includes("/") && names.includes(`${name}.pre`));
  /** @param {string} name */
  const node = (name) => ({
    name,
    label: name,
    latex: name,
    role: states.includes(name) ? "state" : "gate",
  });
  const output = states.includes("h") ? "h" : states[states.length - 1];
  const gates = nodes.filter((name) => !states.includes(name));
  const parameters = names.filter((name) => name.startsWith("param/")).map((name) => parameter(name.slice(6)));
  return {
    id: "equations",
    title: "equations",
    states,
    output,
    gates,
    nodes: [...states, ...gates].map(node),
    parameters,
  };
}

/** @param {string} name */
const parameter = (name) => ({ name, latex: name, group: name[0] });

/** One step of an array whose first dimension is time, batch 0. @param {TraceArray} array @param {number} t */
export function step({ data, shape }, t) {
  const width = shape.slice(1).reduce((product, length) => product * length, 1);
  const unbatched = shape.length > 2 ? width / shape[1] : width;
  return data.subarray(t * width, t * width + unbatched);
}

/** The array of a trace that holds attention's weights, by its dimensions: a step of the answer by a step of the source. @param {Trace} trace */
export const attentionOf = (trace) =>
  trace.names.find((name) => {
    const dims = trace.get(name)?.dims ?? [];
    return !name.includes("/") && dims.length === 3 && dims[0] === "time" && dims[2] === "source";
  });

/** The largest finite size in an array, at least a little above nothing. @param {ArrayLike<number>} data */
export function largest(data) {
  let most = 0;
  for (let index = 0; index < data.length; index += 1) {
    const size = Math.abs(data[index]);
    if (size > most && size < Number.POSITIVE_INFINITY) most = size;
  }
  return most;
}
