// Training time: the whole trace at a snapshot of a run, kept once it is there, so that going back and forth costs nothing.
// What lies beside the snapshot that is seen is fetched ahead.

import { decades } from "./color.js";
import { address, getJSON, init, problem, settle } from "./network.js";
import { decodeTrace } from "./trace.js";

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./network.js').Means} Means
 * @typedef {{trace: Trace, bytes: number}} Kept
 */

/** How much is kept, in bytes; what was looked at longest ago goes first. */
const ROOM = 192 * 2 ** 20;
const AHEAD = 2;

/** What the server knows of the snapshots of a run. @param {Partial<Means>} [given] */
export function createSnapshots(given = {}) {
  const means = settle(given);
  /** @type {Map<string, Promise<string>>} */
  const models = new Map();
  /** The weights, taken in as a model, so that questions about them can be asked. @param {string} query @param {number} update */
  const model = async (query, update) => {
    const response = await means.fetch(
      address(means, "training/weights", query, { update }),
      init("application/octet-stream"),
    );
    if (!response.ok) throw await problem(response);
    const made = await means.fetch(address(means, "models", ""), {
      ...init("application/json"),
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/octet-stream" },
      body: await response.arrayBuffer(),
    });
    if (!made.ok) throw await problem(made);
    return (await made.json()).id;
  };
  return {
    /** @param {string} query @param {number} update @param {AbortSignal} [signal] */
    trace: (query, update, signal) =>
      getJSON(means, address(means, "training/traces", query, { update, encoding: "base64" }), signal),
    /** @param {string} query @param {number} update */
    model(query, update) {
      const key = `${query} ${update}`;
      const found = models.get(key) ?? model(query, update);
      models.set(key, found);
      found.catch(() => models.delete(key));
      return found;
    },
  };
}

export class Epochs {
  /** @param {{fetch: (query: string, update: number, signal?: AbortSignal) => Promise<any>, sizes: (trace: Trace) => ArrayLike<number>[], heard?: () => void, room?: number}} means */
  constructor({ fetch, sizes, heard = () => {}, room = ROOM }) {
    this.fetch = fetch;
    this.sizes = sizes;
    this.heard = heard;
    this.room = room;
    this.query = "";
    this.bytes = 0;
    /** @type {Map<number, Kept>} in the order in which they were looked at */
    this.kept = new Map();
    /** @type {Map<number, Promise<Trace>>} */
    this.coming = new Map();
    /** @type {import('./color.js').Decades | null} one scale of gradients for all of them */
    this.decades = null;
    this.asking = new AbortController();
  }

  /** Another run: nothing of the old one holds. @param {string} query of the recipe and the options */
  of(query) {
    if (query === this.query) return;
    this.asking.abort();
    Object.assign(this, { query, bytes: 0, decades: null, asking: new AbortController() });
    this.kept.clear();
    this.coming.clear();
  }

  /** @param {number} update @returns {Trace | undefined} if it is there */
  get(update) {
    const found = this.kept.get(update);
    if (found === undefined) return undefined;
    this.kept.delete(update);
    this.kept.set(update, found);
    return found.trace;
  }

  /** @param {number} update @returns {Promise<Trace>} */
  want(update) {
    const found = this.get(update);
    if (found) return Promise.resolve(found);
    const coming = this.coming.get(update) ?? this.bring(update);
    this.coming.set(update, coming);
    const over = () => this.coming.get(update) === coming && this.coming.delete(update);
    coming.then(over, over);
    return coming;
  }

  /** @param {number} update */
  async bring(update) {
    const { signal } = this.asking;
    const trace = decodeTrace(await this.fetch(this.query, update, signal));
    const bytes = await warm(trace);
    signal.throwIfAborted();
    this.keep(update, trace, bytes);
    return trace;
  }

  /** @param {number} update @param {Trace} trace @param {number} bytes */
  keep(update, trace, bytes) {
    this.kept.set(update, { trace, bytes });
    this.bytes += bytes;
    this.decades = joined(this.decades, decades(this.sizes(trace)));
    for (const [old, { bytes: freed }] of this.kept) {
      if (this.bytes <= this.room || old === update) break;
      this.kept.delete(old);
      this.bytes -= freed;
    }
    this.heard();
  }

  /** Fetch what lies nearest to an update, a few at a time. @param {number} update @param {readonly number[]} known */
  ahead(update, known) {
    const near = known
      .filter((each) => each > 0 && !this.kept.has(each) && !this.coming.has(each))
      .sort((one, other) => Math.abs(one - update) - Math.abs(other - update));
    if (this.bytes >= 0.9 * this.room) return;
    for (const each of near.slice(0, Math.max(0, AHEAD - this.coming.size))) {
      const { signal } = this.asking;
      this.want(each).then(
        () => signal.aborted || this.ahead(update, known),
        () => {}, // what is only fetched ahead may fail: it is asked for again when it is wanted
      );
    }
  }
}

/** @param {import('./color.js').Decades | null} one @param {import('./color.js').Decades} other */
const joined = (one, other) =>
  one === null ? other : { low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) };

const SLICE = 4;

/** Decode every array, a few milliseconds at a time. @param {Trace} trace @returns {Promise<number>} bytes */
async function warm(trace) {
  let bytes = 0;
  let begun = performance.now();
  for (const name of trace.names) {
    bytes += trace.get(name)?.data.byteLength ?? 0;
    if (performance.now() - begun < SLICE) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    begun = performance.now();
  }
  return bytes;
}
