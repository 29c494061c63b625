// What the pictures made of lines share: hover, readout and table.

import { short } from "../numbers.js";

/**
 * @typedef {import('./paint.js').Curves} Curves
 * @typedef {import('../player.js').Hover} Hover
 * @typedef {import('../trace.js').Trace} Trace
 */

/** @param {Curves} _chart @param {{t: number}} place @returns {Hover} */
export const hitCurves = (_chart, { t }) => ({ t });

/** Lines have no cell to frame; the column says enough. */
export const spotCurves = () => null;

/** @param {Curves} chart @param {Hover} hover */
export function readCurves(chart, { t }) {
  if (t === null) return "";
  return `t = ${t}:  ${chart.series.map(({ name, data }) => `${name} = ${Number.isNaN(data[t]) ? "none" : short(data[t])}`).join("   ")}`;
}

/** @param {Curves} chart @param {Trace} trace @param {(key: string) => string} t */
export function tableCurves(chart, trace, t) {
  const head = [t("frame.step"), t("frame.word"), ...chart.series.map(({ name }) => name)];
  const rows = Array.from({ length: chart.T }, (_, step) => [
    String(step),
    trace.labels.time?.[step] ?? "",
    ...chart.series.map(({ data }) => (Number.isNaN(data[step]) ? "" : short(data[step]))),
  ]);
  return { head, rows };
}
