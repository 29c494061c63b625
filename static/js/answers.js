// What the output layer says at a step, whatever kind it is: one of several outcomes, yes or no, or a number.

import { percent, short } from "./numbers.js";
import { t } from "./strings.js";
import { step } from "./trace.js";

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {'softmax' | 'linear' | 'sigmoid'} Head
 * @typedef {{guess: string, target: string, p: number, top: number, right: number}} Answer what is expected, what is right, the
 *   probability that was given to that (NaN where there are none), and which outcomes these are
 */

/** The kind of output layer, null where the steps that are seen have none. @param {Trace} trace @returns {Head | null} */
export function headOf(trace) {
  if (!trace.names.includes("target")) return null;
  if (trace.names.includes("prediction")) return "linear";
  return trace.topology?.head ?? "softmax";
}

/** Whether the chain that is seen is read by the output layer itself. @param {Trace} trace */
export const speaks = (trace) =>
  headOf(trace) !== null && (trace.block === undefined || trace.topology?.output.includes(trace.block.name) === true);

/** Whether there is a loss at a step. @param {Trace} trace @param {number} at */
export const counted = (trace, at) => trace.get("mask")?.data[at * (trace.dims.batch ?? 1)] !== 0;

/** @param {Trace} trace @param {number} at @returns {Answer | null} */
export function answerAt(trace, at) {
  const head = headOf(trace);
  const array = head && trace.get(head === "linear" ? "prediction" : "probs");
  const target = trace.get("target");
  if (!head || !array || !target) return null;
  return READ[head](trace, step(array, at), wanted(target, at), at);
}

/** @param {import('./trace.js').TraceArray} target @param {number} at */
const wanted = (target, at) =>
  target.shape.length > 2 ? step(target, at) : target.data.subarray(at * (target.shape[1] ?? 1));

/** @type {Record<Head, (trace: Trace, said: Float64Array, right: Float64Array, at: number) => Answer>} */
const READ = {
  softmax(trace, said, [right]) {
    const top = said.reduce((best, value, index) => (value > said[best] ? index : best), 0);
    const name = (/** @type {number} */ outcome) => trace.labels.output?.[outcome] ?? String(outcome);
    return { guess: name(top), target: name(right), p: said[right], top, right };
  },
  sigmoid(trace, said, right, at) {
    const name = (/** @type {boolean} */ yes) => {
      const word = trace.labels.output?.[0] ?? "1";
      return yes ? word : t("net.not", { word });
    };
    const open = right[0] === 0.5; // nobody knows what is right: how sure it is of what it says
    const p = (open ? said[0] : right[0]) > 0.5 ? said[0] : 1 - said[0];
    const is = !counted(trace, at) ? "" : open ? "?" : name(right[0] > 0.5);
    return { guess: name(said[0] > 0.5), target: is, p: is ? p : Number.NaN, top: 0, right: 0 };
  },
  linear(trace, said, right, at) {
    const text = (/** @type {Float64Array} */ values) => (values.length === 1 ? short(values[0]) : "");
    return { guess: text(said), target: counted(trace, at) ? text(right) : "", p: Number.NaN, top: 0, right: 0 };
  },
};

/** A probability, or nothing where there is none. @param {number} p */
export const chance = (p) => (Number.isNaN(p) ? "" : percent(p));
