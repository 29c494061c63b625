// What goes in, where it is numbers: one band of all features. Words stand under the network already.

import { hitBands, nameBands, rowLabel, span, tableBands, unitValue } from "../motion/bands.js";
import { mountChart } from "../motion/chart.js";
import { signed } from "../motion/paint.js";
import { roundUp, short } from "../numbers.js";
import { t } from "../strings.js";
import { largest } from "../trace.js";

/**
 * @typedef {import('../motion/chart.js').Definition} Definition
 * @typedef {import('../trace.js').TraceArray} TraceArray
 */

/** Whether each step's input is one of several things, a one among zeros. @param {TraceArray} x */
export function isOneHot({ data, shape }) {
  const width = shape[2] ?? 1;
  for (let start = 0; start < data.length; start += width) {
    let ones = 0;
    for (let index = start; index < start + width; index += 1) {
      if (data[index] === 1) ones += 1;
      else if (data[index] !== 0) return false;
    }
    if (ones > 1) return false;
  }
  return width > 1;
}

/** @type {Definition} */
export const definition = {
  name: "input",
  reads: ["x"],
  shows: "forward",
  data(trace) {
    const x = trace.get("x");
    if (x === undefined || x.dims[x.dims.length - 1] !== "input" || trace.partial || isOneHot(x)) return null;
    const [, batch, width] = x.shape;
    const band = {
      name: "x",
      title: t("net.input"),
      symbol: "x_t",
      meaning: "input",
      data: x.data,
      width,
      stride: batch * width,
      offset: 0,
      scale: signed(roundUp(largest(x.data))),
      rowLabels: trace.labels.input,
      whole: true,
    };
    return { kind: "heat", bands: [band], T: trace.dims.time, plain: true };
  },
  hit: hitBands,
  spot: (chart, { unit }) =>
    unit === undefined || unit >= chart.bands[0].width
      ? null
      : { top: unit / chart.bands[0].width, height: 1 / chart.bands[0].width },
  readout(chart, { t: step, unit }) {
    const [band] = chart.bands;
    if (step === null || unit === undefined || unit >= band.width) return "";
    const name = band.rowLabels?.[unit] ?? unit;
    return t("input.readout", { t: step, name, value: short(unitValue(band, step, unit)) });
  },
  summary: (chart) => t("input.summary", { count: chart.bands[0].width, T: chart.T, ...span(chart.bands[0].data) }),
  table: (chart, trace) => tableBands(chart, trace, t),
  extra({ head }, chart, _state, { scene }, fresh, size) {
    if (!fresh) return;
    nameBands(head, chart, size.height, scene.palette);
    const [{ rowLabels = [], width }] = chart.bands;
    if (size.height / width < 11) return;
    head.querySelector(".band-name")?.remove();
    head.append(
      ...rowLabels.map((/** @type {string} */ name, /** @type {number} */ row) =>
        rowLabel(name, ((row + 0.5) * size.height) / width),
      ),
    );
  },
};

export const view = {
  name: definition.name,
  reads: definition.reads,
  /** @param {HTMLElement} host @param {import('../motion/chart.js').Context} context */
  mount: (host, context) => mountChart(host, context, definition),
};
