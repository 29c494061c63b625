// The loss of every step.

import { answerAt, headOf } from "../answers.js";
import { mountChart } from "../motion/chart.js";
import { hitCurves, readCurves, spotCurves, tableCurves } from "../motion/lines.js";
import { short, ticks } from "../numbers.js";
import { t } from "../strings.js";
import { largest } from "../trace.js";

/** @typedef {import('../motion/chart.js').Definition} Definition */

/** The loss of step t, or NaN where none is counted. @param {import('../trace.js').Trace} trace @param {string} [name] @returns {Float64Array | null} (T) */
export function losses(trace, name = "loss") {
  const loss = trace.get(name);
  if (loss === undefined) return null;
  const mask = trace.get("mask");
  const batch = loss.shape[1] ?? 1;
  return Float64Array.from({ length: trace.dims.time }, (_, step) =>
    mask !== undefined && mask.data[step * batch] === 0 ? Number.NaN : loss.data[step * batch],
  );
}

/** @type {Definition} */
export const definition = {
  name: "loss",
  reads: ["loss", "mask"],
  shows: "loss",
  data(trace) {
    const data = losses(trace);
    if (data === null) return null;
    const before = losses(trace, "unperturbed/loss") ?? []; // after surgery both runs lie in one picture
    const high = Math.max(0.5, largest(data), largest(before)) * 1.12;
    const marks = ticks(0, high, 3).map((at) => ({ at, text: short(at) }));
    const top = Math.max(high, 1.3 * (marks[marks.length - 1]?.at ?? 0)); // the labels of the outermost marks stay whole
    const series = [{ name: "J", symbol: "J_t", meaning: "loss", data }];
    return { kind: "curves", series, T: trace.dims.time, log: false, low: -0.24 * top, high: top, ticks: marks };
  },
  hit: hitCurves,
  spot: spotCurves,
  readout: readCurves,
  summary(chart, trace) {
    const { data } = chart.series[0];
    const counted = [...data].filter((value) => !Number.isNaN(value));
    const most = Math.max(...counted);
    const at = data.indexOf(most);
    const total = counted.reduce((sum, value) => sum + value, 0);
    const word = headOf(trace) === "softmax" && answerAt(trace, at)?.target;
    const said = { low: short(Math.min(...counted)), high: short(most), total: short(total), at, word };
    return t(word ? "loss.summary" : "loss.summary.open", said);
  },
  table: (chart, trace) => tableCurves(chart, trace, t),
  choose: ({ t: step }, { player }) => player.look(step ?? 0, { focus: { node: "loss", unit: 0, parameter: null } }),
};

export const view = {
  name: definition.name,
  reads: definition.reads,
  /** @param {HTMLElement} host @param {import('../motion/chart.js').Context} context */
  mount: (host, context) => mountChart(host, context, definition),
};
