// The page's only door to the network: a trace as a stream of frames that survives cuts, the same trace as JSON when
// streaming is not to be had, and the numbers behind one node.

import { drain, size, unpack } from "./frames.js";
import { ApiError, address, backoff, forgive, getJSON, init, lost, problem, settle, spoken, utf8 } from "./network.js";
import { spelled } from "./said.js";

/**
 * @typedef {import('./frames.js').Frame} Frame
 * @typedef {import('./frames.js').Slot} Slot
 * @typedef {{dims: string[], shape: number[], dtype: string, data: unknown}} WireArray `data` may be nested lists, base64 or a Float64Array
 * @typedef {{id: string, engine: string, recipe: Record<string, string | number | null>, dims: Record<string, number>,
 *   labels: Record<string, string[]>, arrays: Record<string, WireArray>}} WireTrace
 * @typedef {{kind: Frame['kind'], t: number, number: number, trace: WireTrace}} Progress
 * @typedef {{signal?: AbortSignal, onEvent?: (progress: Progress) => void, onLost?: (tries: number) => void}} TraceOptions `onLost` hears of every try in vain
 * @typedef {import('./network.js').Params} Params
 * @typedef {import('./network.js').Means} Means
 * @typedef {ReturnType<typeof createApi>} Api
 */

const REMEMBERED = 128;

/** @param {Partial<Means>} [means] */
export function createApi(means = {}) {
  const settled = settle(means);
  const explained = createMemory();
  return {
    /** @param {string} query @param {TraceOptions} [options] */
    fetchTrace: (query, options = {}) => streamed(settled, query, options),
    /** @param {string} query @param {Params} params @param {{signal?: AbortSignal}} [options] */
    explain: (query, params, options = {}) => explanation(settled, explained, query, params, options),
    /** @param {string} query @param {Params} params */
    explainURL: (query, params) => address(settled, "explain", query, params),
  };
}

/** @param {Means} means @param {string} query @param {TraceOptions} options @returns {Promise<WireTrace>} */
async function streamed(means, query, options) {
  const run = createAssembly(options.onEvent);
  for (let failures = 0; run.trace === null || !run.finished; ) {
    const before = run.next;
    try {
      if (!(await readStream(means, query, run, options))) return await wholeTrace(means, query, options);
    } catch (error) {
      failures = run.next > before ? 1 : failures + 1;
      const retryAfter = forgive(error, options.signal);
      if (failures > means.tries) throw lost(error);
      options.onLost?.(failures);
      await means.wait(Math.max(backoff(failures, means.random), retryAfter), options.signal);
    }
  }
  return run.trace;
}

/**
 * Read frames from where the run stands until the stream ends.
 * @param {Means} means @param {string} query @param {Assembly} run @param {TraceOptions} options
 * @returns {Promise<boolean>} false when this server or browser cannot stream frames
 */
async function readStream(means, query, run, { signal }) {
  const url = address(means, "traces/stream", query, run.next > 0 ? { start: run.next } : {});
  const response = await means.fetch(url, init("application/octet-stream", signal));
  if (response.status === 406) return false;
  if (!response.ok) throw await problem(response);
  if (!response.headers.get("content-type")?.startsWith("application/octet-stream") || !response.body) return false;
  await drain(response.body.getReader(), run);
  if (!run.finished) throw new ApiError({ title: "The stream ended early" });
  return true;
}

/**
 * @typedef {{readonly next: number, readonly finished: boolean, readonly trace: WireTrace | null, take: (frame: Frame) => void}} Assembly
 * @param {((progress: Progress) => void)} [onEvent] @returns {Assembly}
 */
export function createAssembly(onEvent = () => {}) {
  /** @type {WireTrace | null} */
  let trace = null;
  /** @type {Record<string, Slot[]>} */
  let layout = {};
  /** @type {Clock} */
  let clock = [];
  let next = 0;
  let finished = false;
  /** @param {Frame} frame @returns {WireTrace} */
  const absorb = (frame) => {
    if (frame.kind === "start") {
      const start = JSON.parse(utf8(frame.payload));
      layout = start.layout;
      clock = start.clock ?? [{ axis: "time", steps: start.dims.time ?? 0 }];
      return preallocated(start);
    }
    if (trace === null) throw new RangeError("a step came before its start");
    const { arrays } = trace;
    if (frame.kind === "done") Object.assign(arrays, JSON.parse(utf8(frame.payload)).arrays);
    else {
      const { axis, step } = place(clock, frame.t);
      const slots = (layout[frame.kind] ?? []).filter(({ name }) => arrays[name]?.dims[0] === axis);
      unpack(frame.payload, slots, step, (name) => /** @type {Float64Array} */ (arrays[name]?.data));
    }
    return trace;
  };
  return {
    get next() {
      return next;
    },
    get finished() {
      return finished;
    },
    get trace() {
      return trace;
    },
    take(frame) {
      if (frame.kind === "drain" || frame.kind === "problem") throw spoken(frame);
      if (frame.number < next) return; // a proxy may replay what we have
      if (frame.number > next) throw new ApiError({ title: "The stream skipped a step" });
      trace = absorb(frame);
      next += 1;
      finished = frame.kind === "done";
      onEvent({ kind: frame.kind, t: frame.t, number: frame.number, trace });
    },
  };
}

/**
 * Which step of which axis a run has come to: it goes through the source first, then through the answer.
 * @typedef {{axis: string, steps: number}[]} Clock
 * @param {Clock} clock @param {number} t @returns {{axis: string, step: number}}
 */
function place(clock, t) {
  let before = 0;
  for (const { axis, steps } of clock) {
    if (t < before + steps) return { axis, step: t - before };
    before += steps;
  }
  throw new RangeError(`step ${t} comes after the end of the run`);
}

/**
 * @param {WireTrace & {layout: Record<string, Slot[]>, array_dims?: Record<string, string[]>}} start
 * @returns {WireTrace} with room for every step, NaN until it comes
 */
function preallocated({ layout, ...trace }) {
  for (const slot of Object.values(layout).flat()) {
    const axis = trace.array_dims?.[slot.name]?.[0] ?? "time";
    const steps = trace.dims[axis] ?? 0;
    const data = new Float64Array(steps * size(slot.shape)).fill(Number.NaN);
    trace.arrays[slot.name] = {
      dims: [axis, ...(slot.dims ?? [])],
      shape: [steps, ...slot.shape],
      dtype: "float64",
      data,
    };
  }
  return trace;
}

/** @param {Means} means @param {string} query @param {TraceOptions} options @returns {Promise<WireTrace>} */
async function wholeTrace(means, query, { signal, onEvent }) {
  const trace = await getJSON(means, address(means, "traces", query, { encoding: "base64" }), signal);
  onEvent?.({ kind: "done", t: 0, number: 0, trace });
  return trace;
}

/**
 * @param {Means} means @param {Memory} memory @param {string} query @param {Params} params @param {{signal?: AbortSignal}} options
 * @returns {Promise<any>}
 */
async function explanation(means, memory, query, params, { signal }) {
  const url = address(means, "explain", query, params);
  return memory.get(url.href) ?? memory.keep(url.href, spelled(await getJSON(means, url, signal)));
}

/**
 * The answers most recently asked for.
 * @typedef {{get: (key: string) => any, keep: (key: string, value: any) => any}} Memory
 * @returns {Memory}
 */
function createMemory() {
  const kept = new Map();
  return {
    get: (key) => kept.get(key),
    keep(key, value) {
      kept.set(key, value);
      if (kept.size > REMEMBERED) kept.delete(kept.keys().next().value);
      return value;
    },
  };
}

const api = createApi();
export const { fetchTrace, explain } = api;
export default api;
