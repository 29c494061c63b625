// The moment in words, for those who listen to the page.

import { answerAt } from "./answers.js";
import { chainsOf, fullName } from "./blocks.js";
import { percent, short } from "./numbers.js";
import { t } from "./strings.js";
import { cellOf } from "./trace.js";

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./player.js').State} State
 */

/** What the network makes of step t. @param {Trace} trace @param {number} at */
export function words(trace, at) {
  const answer = answerAt(trace, at);
  const word = (trace.labels.time?.[at] ?? String(at)) || t("say.begin");
  return { word, guess: answer?.guess ?? "", target: answer?.target ?? "", p: percent(answer?.p ?? Number.NaN) };
}

/** The sum of the losses. @param {Trace} trace */
export function total(trace) {
  const loss = trace.get("loss")?.data ?? [];
  const mask = trace.get("mask")?.data;
  return [...loss].reduce((sum, value, index) => sum + (mask && mask[index] === 0 ? 0 : value), 0);
}

/** How a step of the way forward is told: what was expected of it may be one of several, a number, or nothing. @param {Trace} trace @param {number} at */
function manner(trace, at) {
  const answer = answerAt(trace, at);
  if (answer === null || answer.guess === "") return ".silent";
  if (answer.target === "") return ".open";
  return Number.isNaN(answer.p) ? ".number" : "";
}

/** @param {Trace} trace @param {State} state @param {string} output the state that the output reads */
export function moment(trace, state, output) {
  const at = state.t;
  const said = { t: at, last: trace.dims.time - 1, ...words(trace, at) };
  const norm = trace.get(`grad_norm/${output}`)?.data[at] ?? Number.NaN;
  const phase = state.phase === "forward" ? `forward${manner(trace, at)}` : state.phase;
  return t(`say.${phase}`, { ...said, loss: short(total(trace)), norm: short(norm) });
}

/** Where a run first left the range of numbers, going forward if it did there, and how often. @param {Trace} trace @param {import('./trace.js').Cell} cell */
export function explosion(trace, cell) {
  const forward = [...cell.nodes.map(({ name }) => name), "logits", "loss"].flatMap((name) => oddities(trace, name));
  const backward = cell.states.flatMap((name) => oddities(trace, `grad/${name}`));
  const all = [...forward, ...backward];
  if (all.length === 0) return null;
  const first = forward.length > 0 ? earliest(forward) : backward[0];
  return { array: fullName(trace, first.name), t: first.t, count: all.reduce((sum, { count }) => sum + count, 0) };
}

/** The same for every chain of a network. @param {Trace} trace @param {{cells: import('./trace.js').Cell[]}} catalog */
export const exploded = (trace, catalog) =>
  chainsOf(trace)
    .map((chain) => explosion(chain, cellOf(chain, catalog)))
    .find((found) => found !== null) ?? null;

/** @param {{name: string, t: number, count: number}[]} found */
const earliest = (found) => found.reduce((first, odd) => (odd.t < first.t ? odd : first));

/** @param {Trace} trace @param {string} name */
function oddities(trace, name) {
  const array = trace.get(name);
  if (array === undefined) return [];
  let count = 0;
  let at = -1;
  for (let index = 0; index < array.data.length; index += 1) {
    if (Number.isFinite(array.data[index])) continue;
    count += 1;
    if (at < 0) at = index;
  }
  return count === 0 ? [] : [{ name, t: Math.floor(at / (array.data.length / array.shape[0])), count }];
}
