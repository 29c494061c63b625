// The page's only door to the network: a trace as a stream of frames that survives cuts, the same trace as JSON when
// streaming is not to be had, and the numbers behind one node.

import { createFrameReader, size, unpack } from "./frames.js";

/**
 * @typedef {import('./frames.js').Frame} Frame
 * @typedef {import('./frames.js').Slot} Slot
 * @typedef {{dims: string[], shape: number[], dtype: string, data: unknown}} WireArray `data` may be nested lists, base64 or a Float64Array
 * @typedef {{id: string, engine: string, recipe: Record<string, string | number | null>, dims: Record<string, number>,
 *   labels: Record<string, string[]>, arrays: Record<string, WireArray>}} WireTrace
 * @typedef {{kind: Frame['kind'], t: number, number: number, trace: WireTrace}} Progress
 * @typedef {{pointer: string, message: string, allowed?: unknown}} Fault
 * @typedef {{signal?: AbortSignal, onEvent?: (progress: Progress) => void}} TraceOptions
 * @typedef {Record<string, string | number>} Params
 * @typedef {{base: string | URL, fetch: typeof globalThis.fetch, random: () => number,
 *   wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>, tries: number}} Means
 * @typedef {ReturnType<typeof createApi>} Api
 */

const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
const REMEMBERED = 128;

/** What went wrong, in the server's words where it spoke. */
export class ApiError extends Error {
  /** @param {{status?: number, title: string, detail?: string, errors?: Fault[], retryAfter?: number}} problem */
  constructor({ status = 0, title, detail = "", errors = [], retryAfter = 0 }) {
    super(detail ? `${title}: ${detail}` : title);
    this.name = "ApiError";
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }

  /** Whether asking again later can help. */
  get passing() {
    return this.status === 0 || PASSING.has(this.status);
  }
}

/** @param {Partial<Means>} [means] */
export function createApi(means = {}) {
  /** @type {Means} */
  const settled = {
    base: new URL("../../api/v1/", import.meta.url), // beside static/, under whatever prefix a proxy gave us
    fetch: (input, init) => globalThis.fetch(input, init),
    random: Math.random,
    wait: pause,
    tries: 5,
    ...means,
  };
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

/** @param {Means} means @param {string} route @param {string} query @param {Params} [params] */
function address(means, route, query, params = {}) {
  const url = new URL(route, means.base);
  url.search = query;
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value));
  return url;
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
      await means.wait(Math.max(backoff(failures, means.random), retryAfter), options.signal);
    }
  }
  return run.trace;
}

/** Throw what no second try can mend; else say how long the server asked us to wait. @param {unknown} error @param {AbortSignal} [signal] */
function forgive(error, signal) {
  if (signal?.aborted) throw error;
  if (error instanceof ApiError && !error.passing) throw error;
  return error instanceof ApiError ? error.retryAfter * 1000 : 0;
}

/** @param {unknown} error */
function lost(error) {
  if (error instanceof ApiError && error.status !== 0) return error;
  return new ApiError({
    title: "The connection was lost",
    detail: "The server did not answer, several times over. Is it still running?",
  });
}

/** Full jitter: many pages that were cut together do not come back together. @param {number} failures @param {() => number} random */
export function backoff(failures, random) {
  return 100 + random() * Math.min(8000, 200 * 2 ** failures);
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

/** @param {ReadableStreamDefaultReader<Uint8Array>} reader @param {Assembly} run */
async function drain(reader, run) {
  const read = createFrameReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      for (const frame of read(chunk.value)) run.take(frame);
    }
  } finally {
    reader.cancel().catch(() => {}); // a stream that already failed has nothing left to cancel
  }
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
  let next = 0;
  let finished = false;
  /** @param {Frame} frame @returns {WireTrace} */
  const absorb = (frame) => {
    if (frame.kind === "start") {
      const start = JSON.parse(utf8(frame.payload));
      layout = start.layout;
      return preallocated(start);
    }
    if (trace === null) throw new RangeError("a step came before its start");
    const { arrays } = trace;
    if (frame.kind === "done") Object.assign(arrays, JSON.parse(utf8(frame.payload)).arrays);
    else
      unpack(
        frame.payload,
        layout[frame.kind] ?? [],
        frame.t,
        (name) => /** @type {Float64Array} */ (arrays[name]?.data),
      );
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

/** @param {WireTrace & {layout: Record<string, Slot[]>}} start @returns {WireTrace} with room for every step, NaN until it comes */
function preallocated({ layout, ...trace }) {
  const time = trace.dims.time ?? 0;
  for (const slot of Object.values(layout).flat()) {
    const data = new Float64Array(time * size(slot.shape)).fill(Number.NaN);
    trace.arrays[slot.name] = {
      dims: ["time", ...(slot.dims ?? [])],
      shape: [time, ...slot.shape],
      dtype: "float64",
      data,
    };
  }
  return trace;
}

/** What the server says instead of a step: that it leaves and is back soon, or what went wrong. @param {Frame} frame */
function spoken({ kind, payload }) {
  const told = JSON.parse(utf8(payload));
  if (kind === "problem") return new ApiError({ status: 500, title: "The run failed", ...told });
  return new ApiError({ status: 503, title: "The server is leaving", retryAfter: Number(told.retry_ms) / 1000 || 0 });
}

/** @param {Uint8Array} bytes */
const utf8 = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

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
  return memory.get(url.href) ?? memory.keep(url.href, await getJSON(means, url, signal));
}

/** @param {Means} means @param {URL} url @param {AbortSignal} [signal] @returns {Promise<any>} */
async function getJSON(means, url, signal) {
  const response = await means.fetch(url, init("application/json", signal)).catch((error) => {
    throw signal?.aborted ? error : lost(error);
  });
  if (!response.ok) throw await problem(response);
  return response.json();
}

/** @param {string} accept @param {AbortSignal} [signal] @returns {RequestInit} */
const init = (accept, signal) => ({
  headers: { accept },
  credentials: "omit",
  ...(signal && { signal }),
});

/** @param {Response} response @returns {Promise<ApiError>} */
async function problem(response) {
  const told = await response.json().catch(() => ({}));
  return new ApiError({
    status: response.status,
    title: typeof told?.title === "string" ? told.title : `The server answered ${response.status}`,
    detail: typeof told?.detail === "string" ? told.detail : "",
    errors: Array.isArray(told?.errors) ? told.errors : [],
    retryAfter: Number(response.headers.get("retry-after")) || 0,
  });
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

/** @param {number} milliseconds @param {AbortSignal} [signal] @returns {Promise<void>} */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

const api = createApi();
export const { fetchTrace, explain } = api;
export default api;
