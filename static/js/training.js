// Training runs as they come: columns of numbers that grow, snapshots, and how it ended. A line that is cut is taken up again
// where it broke; one that is held rests until it is let go.

import { drain } from "./frames.js";
import { ApiError, address, backoff, forgive, init, lost, problem, settle, spoken, utf8 } from "./network.js";

/**
 * @typedef {import('./frames.js').Frame} Frame
 * @typedef {import('./network.js').Means} Means
 * @typedef {{id: string, recipe: Record<string, any>, options: Record<string, any>, baseline: {formula: string, value: number | null},
 *   task: {id: string, title: string, head: string, stream: boolean}, dims: Record<string, number>, parameters: Record<string, number[]>,
 *   snapshots: number[], layout: {step: string[]}}} Start
 * @typedef {{update: number, array: string, index: number[], value: string, t?: number}} Divergence
 * @typedef {{query?: string, body?: unknown, count?: number}} Wish a query for one run, a body for a race
 * @typedef {{lost: (tries: number) => void, back: () => void}} Line what is said of the connection
 */

const FIRST = 1024;

/** One run: a column of numbers for everything that a step says. */
export class Run {
  /** @param {Start} start */
  constructor(start) {
    this.start = start;
    this.names = start.layout.step;
    this.length = 0;
    this.columns = this.names.map(() => new Float64Array(FIRST));
    /** Updates whose weights are kept. @type {number[]} */
    this.snapshots = [];
    /** @type {Divergence | null} */
    this.diverged = null;
    /** @type {string | null} why it ended */
    this.ended = null;
  }

  /** The updates that there will be. */
  get total() {
    return Number(this.start.options.updates);
  }

  /** A column: the value of update u stands at u - 1. @param {string} name */
  column(name) {
    const index = this.names.indexOf(name);
    return index < 0 ? undefined : this.columns[index].subarray(0, this.length);
  }

  /** @param {Uint8Array} payload */
  step(payload) {
    if (this.length === this.columns[0].length) this.columns = this.columns.map(doubled);
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    for (const [index, column] of this.columns.entries()) column[this.length] = view.getFloat64(8 * index, true);
    this.length += 1;
  }
}

/** @param {Float64Array} column */
function doubled(column) {
  const grown = new Float64Array(2 * column.length);
  grown.set(column);
  return grown;
}

/** What came of a stream: one run, or those of a race side by side. @param {number} count */
export function createRuns(count) {
  /** @type {Run[]} */
  const runs = [];
  let next = 0;

  /** @type {Record<string, (run: Run, frame: Frame) => void>} */
  const takers = {
    step: (run, { payload }) => run.step(payload),
    snapshot: (run, { t }) => run.snapshots.push(t),
    diverged(run, { payload }) {
      run.diverged = JSON.parse(utf8(payload));
    },
    finished(run, { payload }) {
      run.ended = JSON.parse(utf8(payload)).reason;
    },
  };

  return {
    runs,
    get next() {
      return next;
    },
    get finished() {
      return runs.length === count && runs.every((run) => run.ended !== null);
    },
    /** @param {Frame} frame */
    take(frame) {
      if (frame.kind === "drain" || frame.kind === "problem") throw spoken(frame);
      if (frame.number < next) return;
      if (frame.number > next) throw new ApiError({ title: "The stream skipped an event" });
      if (frame.kind === "start") runs[frame.flags] = new Run(JSON.parse(utf8(frame.payload)));
      else takers[frame.kind]?.(runs[frame.flags], frame);
      next += 1;
    },
  };
}

/** @typedef {ReturnType<typeof createRuns>} Runs */

/**
 * Read a stream until its end, from wherever these runs stand.
 * @param {Wish} wish @param {Runs} runs @param {{signal: AbortSignal, line?: Partial<Line>}} control @param {Partial<Means>} [given]
 */
export async function follow(wish, runs, { signal, line = {} }, given = {}) {
  const means = settle(given);
  for (let failures = 0; !runs.finished; ) {
    const before = runs.next;
    try {
      await read(means, wish, runs, signal, () => failures > 0 && line.back?.());
    } catch (error) {
      failures = runs.next > before ? 1 : failures + 1;
      const retryAfter = forgive(error, signal);
      if (failures > means.tries) throw lost(error);
      line.lost?.(failures);
      await means.wait(Math.max(backoff(failures, means.random), retryAfter), signal);
    }
  }
}

/** @param {Means} means @param {Wish} wish @param {Runs} runs @param {AbortSignal} signal @param {() => void} opened */
async function read(means, { query = "", body }, runs, signal, opened) {
  const url = address(means, "training/stream", query, runs.next > 0 ? { start: runs.next } : {});
  const response = await means.fetch(url, body ? posted(body, signal) : init("application/octet-stream", signal));
  if (!response.ok) throw await problem(response);
  if (!response.body) throw new ApiError({ title: "The stream is empty" });
  opened();
  await drain(response.body.getReader(), runs);
  if (!runs.finished) throw new ApiError({ title: "The stream ended early" });
}

/** @param {unknown} body @param {AbortSignal} signal @returns {RequestInit} */
function posted(body, signal) {
  const { headers, ...rest } = init("application/octet-stream", signal);
  return {
    ...rest,
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}
