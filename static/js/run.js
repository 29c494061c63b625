// Asking for another run: the old picture stays until the new one has begun, then the new one grows where it stood. The
// latest wish wins; a run that is cancelled or refused leaves the page as it was.

import { createLatest } from "./panel/latest.js";
import { decodeTrace } from "./trace.js";

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {{fetchTrace: (query: string, options: {signal: AbortSignal, onEvent?: (progress: any) => void, onLost?: (tries: number) => void}) => Promise<any>}} Api
 * @typedef {{whole: Trace, show: (trace: Trace) => void, grow: (trace: Trace, steps: number) => void, done: (trace: Trace) => void,
 *   failed: (problem: any) => void, lost?: (tries: number) => void, waiting: (steps: number, total: number) => void}} Stage
 */

/** @param {Api} api @param {Stage} stage @param {{frame?: (callback: () => void) => unknown}} [options] */
export function createRunner(api, stage, { frame = requestAnimationFrame } = {}) {
  /** @type {AbortController | null} */
  let current = null;
  let drafting = false;

  // While a hand moves, runs are shown when they are there, the newest wish next, and grow no more than a hand can follow.
  const drafts = createLatest((/** @type {string} */ query, signal) => api.fetchTrace(query, { signal }), {
    answer: (wire) => stage.show(Object.assign(decodeTrace(wire), { like: stage.whole })),
    fail: () => {}, // what is wrong with a wish is said when the hand rests
  });
  const settle = () => {
    drafting = false;
    drafts.stop();
  };

  /** @param {string} query @returns {Promise<boolean>} whether the run came to its end */
  const load = async (query) => {
    current?.abort();
    const own = new AbortController();
    current = own;
    const growth = createGrowth(stage, frame, own.signal);
    const onEvent = drafting ? undefined : growth.take; // a picture that is whole need not grow again
    try {
      const onLost = (/** @type {number} */ tries) => stage.lost?.(tries);
      const wire = await api.fetchTrace(query, { signal: own.signal, onEvent, onLost });
      if (own.signal.aborted) return false;
      growth.stop();
      settle();
      stage.done(decodeTrace(wire));
      return true;
    } catch (problem) {
      growth.stop();
      if (own.signal.aborted) return false;
      settle();
      stage.failed(problem);
      return false;
    } finally {
      if (current === own) current = null;
    }
  };

  return {
    load,
    /** Show a run for now, without what takes long. @param {string} query @param {boolean} gates whether each gate's own matrix is seen */
    draft(query, gates = false) {
      drafting = true;
      current?.abort();
      const wanted = `${query}&include=forward,backward,${gates ? "contributions" : "matrix"}`;
      drafts.want(wanted, "draft", wanted);
    },
    cancel() {
      settle();
      current?.abort();
      current = null;
    },
    get busy() {
      return current !== null;
    },
  };
}

/** Show what has come, once a frame however fast it comes. @param {Stage} stage @param {(callback: () => void) => unknown} frame @param {AbortSignal} signal */
function createGrowth(stage, frame, signal) {
  /** @type {Trace | null} */
  let shown = null;
  let steps = 0;
  let total = 0;
  let waiting = false;
  let stopped = false;

  /** @param {Trace} trace */
  const paint = (trace) => {
    waiting = false;
    if (stopped || signal.aborted) return;
    stage.grow(trace, steps);
    stage.waiting(steps, total);
  };

  return {
    /** @param {{kind: string, trace: any}} progress */
    take({ kind, trace: wire }) {
      if (kind === "start") return;
      if (kind === "done") {
        stopped = true;
        return;
      }
      steps += 1;
      if (waiting) return;
      waiting = true;
      frame(() => {
        if (stopped || signal.aborted) return;
        if (shown === null) {
          total = stepsOf(wire);
          shown = decodeTrace({ ...wire, partial: true }); // the same arrays: what comes later is seen, too
          stage.show(shown);
        }
        paint(shown);
      });
    },
    stop() {
      stopped = true;
    },
  };
}

/** How many steps a run has, there and back, over all that it goes through. @param {{dims: Record<string, number>, clock?: {steps: number}[]}} wire */
const stepsOf = ({ dims, clock = [{ steps: dims.time }] }) => 2 * clock.reduce((sum, { steps }) => sum + steps, 0);
