// A network of several chains, seen one chain at a time: a lens shows a trace as if one block of its network were all there
// is, under the names of that block's own equations. `forward/h` is `h`, `contribution/encoder/W` is `contribution/W`, the
// steps of a source are its time. A network that is one chain is its own lens, so nothing is different there.

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./trace.js').TraceArray} TraceArray
 * @typedef {{name: string, cell: string, states: string[], output: string, reads: string[], direction: 'forward' | 'backward', start: string | null,
 *   memory: string[], joined: boolean, own_output: boolean, axis: string, steps: number}} Block `direction` is the order in which it reads,
 *   `start` the block whose last state it begins with, `memory` the blocks that it looks at
 * @typedef {{name: string, blocks: Block[], output: string[], head: 'softmax' | 'linear' | 'sigmoid'}} Topology
 * @typedef {{steps: number, words: string[], own: boolean}} Errors the steps that have a loss; `own` if they are the block's own steps
 * @typedef {Trace & {whole: Trace, block: Block, errors: Errors, full: (name: string) => string}} Lens
 * @typedef {'lower' | 'upper' | 'whole'} Reach which uses an error can reach: the earlier, the later, all
 */

/** What a chain that reads the source calls its dimensions: its own steps are its time. */
const OWN_AXIS = /** @type {Record<string, string>} */ ({
  source: "time",
  source_t: "time_t",
  source_k: "time_k",
  time_t: "error_t",
});

/** @param {Trace} trace @returns {readonly Block[]} of a network with several chains */
export const blocksOf = (trace) => {
  const blocks = (trace.whole ?? trace).topology?.blocks ?? [];
  return blocks.length > 1 ? blocks : [];
};

/** The block that is shown unless another is asked for: the first that the output reads. @param {Trace} trace */
const mainBlock = (trace) => trace.topology?.output[0] ?? "";

/** @type {WeakMap<Trace, Map<string, Lens>>} */
const made = new WeakMap();

/** One block of a trace, or the trace itself where there is but one. @param {Trace} given @param {string | null} [name] @returns {Trace} */
export function lensOf(given, name = null) {
  const trace = given.whole ?? given;
  const blocks = blocksOf(trace);
  if (blocks.length === 0) return trace;
  const block = blocks.find((each) => each.name === name) ?? blocks.find((each) => each.name === mainBlock(trace));
  const known = made.get(trace) ?? new Map();
  made.set(trace, known);
  const wanted = block ?? blocks[0];
  if (!known.has(wanted.name)) known.set(wanted.name, makeLens(trace, wanted));
  return known.get(wanted.name);
}

/** Every chain of a trace, seen by itself. @param {Trace} trace @returns {Trace[]} */
export function chainsOf(trace) {
  const blocks = blocksOf(trace);
  return blocks.length > 0 ? blocks.map(({ name }) => lensOf(trace, name)) : [trace.whole ?? trace];
}

/** @param {Trace} whole @param {Block} block @returns {Lens} */
function makeLens(whole, block) {
  const others = blocksOf(whole).map(({ name }) => name);
  const source = block.axis === "source";
  const local = (/** @type {string} */ dim) => (source ? (OWN_AXIS[dim] ?? dim) : dim);
  /** @type {Map<string, TraceArray>} */
  const seen = new Map();
  /** @type {Map<string, string>} */
  let names = new Map();
  let counted = -1;
  const known = () => {
    const count = whole.names.length;
    if (count !== counted) names = localNames(whole, block, others); // a run that grows gets more of them
    counted = count;
    return names;
  };
  return {
    id: whole.id,
    engine: whole.engine,
    recipe: whole.recipe,
    whole,
    block,
    topology: whole.topology,
    errors: {
      steps: whole.dims.time,
      words: whole.labels.time ?? [],
      own: !source,
    },
    dims: { ...whole.dims, time: block.steps },
    labels: source ? { ...whole.labels, time: whole.labels.source ?? [] } : whole.labels,
    nonfinite: whole.nonfinite,
    get partial() {
      return whole.partial;
    },
    get query() {
      return whole.query;
    },
    get names() {
      return [...known().keys()];
    },
    full: (name) => known().get(name) ?? name,
    dimsOf: (name) => whole.dimsOf(known().get(name) ?? name).map(local),
    get(name) {
      const full = known().get(name);
      const array = full === undefined ? undefined : whole.get(full);
      if (array === undefined || !source) return array;
      const kept = seen.get(name);
      if (kept?.data === array.data) return kept;
      const own = { ...array, dims: array.dims.map(local) };
      seen.set(name, own);
      return own;
    },
  };
}

/** What each of a trace's names is called within a block; names of other blocks and of the other axis are left out. @param {Trace} whole @param {Block} block @param {string[]} blocks */
function localNames(whole, block, blocks) {
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const full of whole.names) {
    const parts = full.split("/");
    const at = parts.findIndex((part, index) => index < parts.length - 1 && blocks.includes(part));
    if (at >= 0 && parts[at] === block.name) names.set(parts.filter((_, index) => index !== at).join("/"), full);
    if (at < 0 && !RENAMED.has(full) && onAxis(whole, full, block)) names.set(full, full);
  }
  const input = inputOf(whole, block);
  if (input) names.set("x", input);
  return names;
}

/** What each block calls something else. */
const RENAMED = new Set(["x", "y"]);

/** Whether an array of the whole network goes through the steps of a block. @param {Trace} whole @param {string} name @param {Block} block */
function onAxis(whole, name, { axis }) {
  const dims = whole.dimsOf(name);
  return !(dims.includes("time") || dims.includes("source")) || dims.includes(axis);
}

/** The array that a block reads, where it is one array. @param {Trace} whole @param {Block} block */
function inputOf(whole, { reads }) {
  if (reads.length !== 1) return null;
  const below = blocksOf(whole).find(({ name }) => name === reads[0]);
  const name = below ? `${below.name}/${below.output}` : reads[0];
  return whole.names.includes(name) ? name : null;
}

/** What a name of a lens is called in the whole trace. @param {Trace} trace @param {string} name */
export const fullName = (trace, name) => trace.full?.(name) ?? name;

/** The same for a weight of the chain itself. @param {Trace} trace @param {string} parameter */
export const fullParameter = ({ block }, parameter) => (block ? `${block.name}/${parameter}` : parameter);

/** Whether the chain that is seen reads from the last step to the first. @param {Trace} trace */
export const isReversed = (trace) => trace.block?.direction === "backward";

/** Whether the output is made of chains of both directions, so that none of it is known before all have run. @param {Trace} trace */
export function isJoint(trace) {
  const answering = blocksOf(trace).filter(({ axis }) => axis === "time");
  return answering.some(({ direction }) => direction === "backward");
}

/** The steps that have a loss. @param {Trace} trace @returns {Errors} */
export const errorsOf = (trace) =>
  trace.errors ?? { steps: trace.dims.time, words: trace.labels.time ?? [], own: true };

/** Which uses of a weight an error can reach through the network. @param {Trace} trace @returns {Reach} */
export function reachOf(trace) {
  const { block } = trace;
  if (block === undefined) return "lower";
  if (block.axis === "source") return "whole";
  const ways = new Set(above(blocksOf(trace), block).map(({ direction }) => direction));
  if (ways.size > 1) return "whole";
  return block.direction === "backward" ? "upper" : "lower";
}

/** A block and all that read it, directly or through others. @param {readonly Block[]} blocks @param {Block} block @returns {Block[]} */
function above(blocks, block) {
  return [block, ...blocks.filter(({ reads }) => reads.includes(block.name)).flatMap((each) => above(blocks, each))];
}

/** Whether an error at step t of the answer can have come from a use at step k. @param {Reach} reach @param {number} t @param {number} k */
export const reaches = (reach, t, k) => reach === "whole" || (reach === "lower" ? k <= t : k >= t);

/** The columns of a row that are reachable, from and up to but not including. @param {Reach} reach @param {number} t @param {number} columns @returns {[number, number]} */
export const reachable = (reach, t, columns) =>
  reach === "whole" ? [0, columns] : reach === "lower" ? [0, t + 1] : [t, columns];

/** How many steps lie between the use of a weight at k and the error at t: what a window counts. @param {Trace} trace @param {number} t @param {number} k */
export function lag(trace, t, k) {
  const { block } = trace;
  if (block?.axis !== "source") return Math.abs(t - k);
  return t + (isReversed(trace) ? k + 1 : block.steps - k);
}

/**
 * How many steps of a block are done, forward and backward, while another plays: on one axis all keep step, and what reads
 * the source comes first on the way there and last on the way back.
 * @param {Block} block @param {Block} chosen @param {string} phase @param {{forward: number, backward: number}} done of the chosen one
 */
export function progress(block, chosen, phase, done) {
  if (block.axis === chosen.axis) return done;
  const [before, over] = [block.axis === "source", phase === "whole"];
  const answered = phase !== "forward";
  return {
    forward: before || answered ? block.steps : 0,
    backward: over || (!before && phase === "backward") ? block.steps : 0,
  };
}
