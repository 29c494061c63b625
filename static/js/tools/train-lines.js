// Which lines the pictures of training draw: from a run and from the traces of its snapshots to plain lists of numbers.

import { meaningOf } from "../color.js";

/**
 * @typedef {import('../training.js').Run} Run
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('./log-chart.js').Line} Line
 */

const BY_STEM = /** @type {Record<string, string>} */ ({
  W: "input",
  U: "state",
  b: "cell",
  V: "output",
  d: "candidate",
});
const DASHES = /** @type {Record<string, number[]>} */ ({ U: [6, 3], b: [2, 3] });

/** The colour of a parameter: its gate's, or that of what it acts on. @param {string} name such as W_f or encoder/U */
export function meaningOfParameter(name) {
  const [stem, gate] = (name.split("/").pop() ?? name).split("_");
  return gate ? meaningOf(gate) : (BY_STEM[stem] ?? "gradient");
}

/** @param {Run} run @param {string} name of the line @returns {Line} */
export const lossLine = (run, name) => ({
  ...{ key: run, name, meaning: "loss", raw: true },
  data: run.column("loss") ?? [],
});

/** @param {Run} run @returns {Line[]} a line for each parameter */
export function normLines(run) {
  const named = run.names.filter((name) => name.startsWith("norms/"));
  return named.map((column) => {
    const name = column.slice("norms/".length);
    const gated = name.includes("_");
    return {
      ...{ key: run, name, meaning: meaningOfParameter(name), data: run.column(column) ?? [] },
      dash: gated ? DASHES[name.split("/").pop()?.[0] ?? ""] : undefined,
    };
  });
}

/** The mean of a (t, k) matrix along each diagonal t - k. @param {Trace} trace @param {string} parameter @returns {Float64Array} */
export function byDistance(trace, parameter) {
  const matrix = trace.get(`contribution/${parameter}`);
  if (!matrix) return new Float64Array(0);
  const [rows, columns] = matrix.shape;
  return Float64Array.from({ length: Math.min(rows, columns) }, (_, distance) => {
    let sum = 0;
    for (let t = distance; t < rows; t += 1) sum += matrix.data[t * columns + t - distance];
    return sum / (rows - distance);
  });
}

/** The mean of a node over all steps and units. @param {Trace} trace @param {string} name */
export function meanOf(trace, name) {
  const data = trace.get(name)?.data ?? [];
  let sum = 0;
  for (let index = 0; index < data.length; index += 1) sum += data[index];
  return data.length > 0 ? sum / data.length : Number.NaN;
}

/** The known update that lies nearest to another. @param {readonly number[]} known @param {number} update */
export const nearest = (known, update) =>
  known.reduce((best, each) => (Math.abs(each - update) < Math.abs(best - update) ? each : best));

/** The parameter whose matrix is read: the one that the page looks at, else the first that has one. @param {Trace} trace @param {string} wanted */
export function parameterOf(trace, wanted) {
  if (trace.get(`contribution/${wanted}`)) return wanted;
  const found = trace.names.find((name) => name.startsWith("contribution/"));
  return found?.slice("contribution/".length) ?? "W";
}
