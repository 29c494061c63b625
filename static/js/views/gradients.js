// How large the gradient of the loss is when it reaches each step, on the log scale that all gradients share.

import { meaningOf } from "../color.js";
import { mountChart } from "../motion/chart.js";
import { hitCurves, readCurves, spotCurves, tableCurves } from "../motion/lines.js";
import { power, short } from "../numbers.js";
import { t } from "../strings.js";

/** @typedef {import('../motion/chart.js').Definition} Definition */

/** Round marks on a log axis: powers of ten, or where there is less than two of them also 2 and 5 times. @param {number} low @param {number} high @param {number} most */
export function logTicks(low, high, most) {
  const first = Math.ceil(low);
  const powers = Array.from({ length: Math.max(0, Math.floor(high) - first + 1) }, (_, index) => first + index);
  if (powers.length >= 2) {
    const every = Math.ceil(powers.length / most);
    return powers.filter((at) => at % every === 0).map((at) => ({ at, text: power(at) }));
  }
  const marks = [first - 1, first, first + 1].flatMap((at) => [1, 2, 5].map((factor) => factor * 10 ** at));
  return marks
    .filter((value) => value >= 10 ** low && value <= 10 ** high)
    .map((value) => ({ at: Math.log10(value), text: short(value, 1) }));
}

/** @type {Definition} */
export const definition = {
  name: "gradients",
  reads: ["grad_norm/{state}"],
  shows: "backward",
  data(trace, _state, { cell, decades }) {
    const series = cell.states.flatMap((name) => {
      const norm = trace.get(`grad_norm/${name}`);
      if (norm === undefined) return [];
      return [
        {
          name: `‖∂J/∂${name}‖`,
          symbol: name,
          meaning: name === cell.output ? "gradient" : meaningOf(name),
          data: norm.data,
        },
      ];
    });
    if (series.length === 0) return null;
    const { low, high } = decades;
    const air = Math.max(0.15, 0.22 * (high - low)); // its outermost marks want their labels whole
    return {
      kind: "curves",
      series,
      T: trace.dims.time,
      log: true,
      low: low - air,
      high: high + air,
      ticks: logTicks(low, high, 3),
    };
  },
  hit: hitCurves,
  spot: spotCurves,
  readout: readCurves,
  summary: (chart) =>
    chart.series
      .map((/** @type {any} */ { symbol, data }) => {
        const last = data[chart.T - 1];
        return t("gradients.summary", {
          name: symbol,
          first: short(data[0]),
          last: short(last),
          T: chart.T - 1,
          ratio: short(data[0] / last),
        });
      })
      .join(" "),
  table: (chart, trace) => tableCurves(chart, trace, t),
  choose: ({ t: step }, { player, scene }) =>
    player.look(step ?? 0, { focus: { node: scene.cell.output, unit: 0, parameter: null } }),
};

export const view = {
  name: definition.name,
  reads: definition.reads,
  /** @param {HTMLElement} host @param {import('../motion/chart.js').Context} context */
  mount: (host, context) => mountChart(host, context, definition),
};
