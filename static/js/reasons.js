// Why a use of a weight contributed what may surprise: exactly nothing, less than nothing, more than all.

import { reaches, reachOf } from "./blocks.js";

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {{parameter: string, t: number, k: number}} Place the error's step, the use's
 */

/** @param {Trace} trace @param {string} name @param {Place} at */
export function entryOf(trace, name, { t, k }) {
  const array = trace.get(name);
  return array ? array.data[t * array.shape[1] + k] : Number.NaN;
}

/** Whether a chain is at its first step, and begins with nothing. @param {Trace} trace @param {number} k */
const begins = ({ block, dims }, k) => !block?.start && k === (block?.direction === "backward" ? dims.time - 1 : 0);

/** A weight that acts only through the state before contributes nothing at the first step, where others do. @param {Trace} trace @param {Place} at */
function isBegun(trace, at) {
  const others = ["W", "b"].map((name) => entryOf(trace, `contribution/${name}`, at));
  return (
    begins(trace, at.k) && entryOf(trace, `contribution/${at.parameter}`, at) === 0 && others.some((value) => value > 0)
  );
}

/** @param {Trace} trace @param {Place} at @returns {"zeros" | "against" | "excess" | null} */
export function reasonOf(trace, at) {
  if (!reaches(reachOf(trace), at.t, at.k)) return null;
  if (isBegun(trace, at)) return "zeros";
  const share = entryOf(trace, `contribution_dot/${at.parameter}`, at);
  if (share < 0) return "against";
  return share > 1 ? "excess" : null;
}
