// What the network says at every step: the probability of each outcome, the right one outlined; or numbers, beside those
// that are right.

import { answerAt, counted, headOf } from "../answers.js";
import { svg } from "../dom.js";
import { hitBands, nameBands, rowLabel, span, tableBands, unitValue } from "../motion/bands.js";
import { mountChart } from "../motion/chart.js";
import { hitCurves, readCurves, tableCurves } from "../motion/lines.js";
import { gate, signed } from "../motion/paint.js";
import { percent, roundUp, short, ticks } from "../numbers.js";
import { t } from "../strings.js";
import { largest } from "../trace.js";

/**
 * @typedef {import('../motion/chart.js').Definition} Definition
 * @typedef {import('../motion/paint.js').Chart} Chart
 * @typedef {import('../motion/paint.js').Curves} Curves
 * @typedef {import('../trace.js').Trace} Trace
 */

/** Where the largest number stands, and what the last one is. @param {ArrayLike<number>} data @param {number} T */
function peak(data, T) {
  const values = Array.from(data);
  const at = Math.floor((values.indexOf(Math.max(...values)) * T) / values.length);
  return { at, last: short(values[values.length - 1]) };
}

/** As many numbers a step can still be told apart as lines. */
const MOST_LINES = 3;

/** One map of all outcomes over time. @param {Trace} trace @param {string} name @param {import('../motion/paint.js').Scale} scale @returns {import('../motion/paint.js').Heat | null} */
function map(trace, name, scale) {
  const array = trace.get(name);
  if (array === undefined) return null;
  const [, batch, width] = array.shape;
  const band = {
    name: "p",
    title: "",
    symbol: "y_t",
    meaning: "output",
    data: array.data,
    width,
    stride: batch * width,
    offset: 0,
    scale,
    rowLabels: trace.labels.output,
    whole: !trace.partial,
  };
  return { kind: "heat", bands: [band], T: trace.dims.time };
}

/** What is said and what is right, as lines. @param {Trace} trace @param {string} name @returns {Curves | null} */
export function lines(trace, name) {
  const [said, target] = [trace.get(name), trace.get("target")];
  if (said === undefined || target === undefined) return null;
  const width = said.shape[2];
  const one = (/** @type {Float64Array} */ data, /** @type {number} */ index, /** @type {boolean} */ all) =>
    Float64Array.from({ length: trace.dims.time }, (_, at) =>
      all || counted(trace, at) ? data[at * said.shape[1] * width + index] : Number.NaN,
    );
  const names = trace.labels.output ?? [];
  const series = Array.from({ length: width }, (_, index) => [
    { name: names[index] ?? "y", symbol: "y_t", meaning: "output", data: one(said.data, index, true) },
    { name: t("output.right"), symbol: "y", meaning: "target", data: one(target.data, index, false), dash: [4, 3] },
  ]).flat();
  const most = roundUp(Math.max(...series.map(({ data }) => largest(data.filter(Number.isFinite)))) || 1);
  const negative = series.some(({ data }) => data.some((value) => value < 0));
  const [low, high] = [negative ? -most : 0, most];
  const marks = ticks(low, high, 3).map((at) => ({ at, text: short(at) }));
  const air = 0.08 * (high - low);
  return {
    kind: "curves",
    series,
    T: trace.dims.time,
    log: false,
    low: low - air,
    high: high + air,
    ticks: marks,
    plain: true,
  };
}

/** @param {Trace} trace @returns {Chart | null} */
function chart(trace) {
  const head = headOf(trace);
  if (head === null) return null;
  if (head === "softmax") return map(trace, "probs", gate("output"));
  const name = head === "linear" ? "prediction" : "probs";
  const array = trace.get(name);
  if (array === undefined) return null;
  if (array.shape[2] <= MOST_LINES) return lines(trace, name);
  const drawn = map(trace, name, head === "linear" ? signed(roundUp(largest(array.data))) : gate("output"));
  return drawn && { ...drawn, plain: true };
}

/** @type {Definition} */
export const definition = {
  name: "output",
  reads: ["probs", "target"],
  shows: "forward",
  joint: true,
  data: chart,
  hit(chart, place) {
    if (chart.kind === "curves") return hitCurves(chart, place);
    const { t: step, unit } = hitBands(chart, place);
    return { t: step, outcome: unit };
  },
  spot: (chart, { outcome }) =>
    outcome === undefined || chart.kind === "curves"
      ? null
      : { top: outcome / chart.bands[0].width, height: 1 / chart.bands[0].width },
  readout(chart, { t: step, outcome }, trace) {
    if (chart.kind === "curves") return readCurves(chart, { t: step });
    if (step === null || outcome === undefined) return "";
    const name = trace.labels.output?.[outcome] ?? outcome;
    const value = unitValue(chart.bands[0], step, outcome);
    return t("output.readout", { t: step, name, p: headOf(trace) === "linear" ? short(value) : percent(value) });
  },
  summary(chart, trace) {
    const head = headOf(trace);
    const given = trace.get(head === "linear" ? "prediction" : "probs")?.data ?? new Float64Array();
    if (head !== "softmax") return t(`output.summary.${head}`, { T: chart.T, ...span(given), ...peak(given, chart.T) });
    const right = Array.from({ length: chart.T }, (_, step) => answerAt(trace, step)?.p ?? 0);
    const mean = right.reduce((sum, p) => sum + p, 0) / chart.T;
    return t("output.summary", { count: chart.bands[0].width, p: percent(mean) });
  },
  table: (chart, trace) => (chart.kind === "curves" ? tableCurves(chart, trace, t) : tableBands(chart, trace, t)),
  choose: ({ t: step, outcome }, { player, trace }) =>
    player.look(step ?? 0, {
      focus: { node: headOf(trace()) === "linear" ? "prediction" : "probs", unit: outcome ?? 0, parameter: null },
    }),
  extra({ svg: marks, head }, chart, _state, { scene, trace }, fresh, size) {
    if (!fresh) return;
    head.replaceChildren();
    if (chart.kind !== "curves") nameRows(head, chart.bands[0], size.height, scene.palette);
    frameRight(marks, chart.kind !== "curves" && headOf(trace()) === "softmax" ? trace() : null, scene, size);
  },
};

/** Frame what is right at every step; the frames stay while that and their places do. @param {SVGElement} marks @param {Trace | null} trace @param {import('../scene.js').Scene} scene @param {{height: number}} size */
function frameRight(marks, trace, { timeline }, size) {
  const rights = trace ? Array.from({ length: trace.dims.time }, (_, index) => answerAt(trace, index)?.right ?? 0) : [];
  const width = trace?.dims.output ?? 1;
  const key = JSON.stringify([rights, width, size.height, timeline.left, timeline.step]);
  if (marks.dataset.key === key) return;
  marks.dataset.key = key;
  const high = size.height / width;
  const boxes = rights.map((right, index) =>
    svg("rect", {
      class: "target",
      x: String(timeline.edge(index) + 0.5),
      y: String(right * high + 0.5),
      width: String(Math.max(1, timeline.step - 1)),
      height: String(Math.max(1, high - 1)),
    }),
  );
  marks.replaceChildren(...boxes);
}

/** Name the outcomes where there is room for letters. @param {HTMLElement} head @param {import('../motion/paint.js').Band} band @param {number} height @param {import('../color.js').Palette} palette */
function nameRows(head, band, height, palette) {
  nameBands(head, { kind: "heat", bands: [band], T: 0 }, height, palette);
  if (height / band.width < 11 || band.rowLabels === undefined) return;
  head.querySelector(".band-name")?.remove();
  head.append(...band.rowLabels.map((name, row) => rowLabel(name, ((row + 0.5) * height) / band.width)));
}

export const view = {
  name: definition.name,
  reads: definition.reads,
  /** @param {HTMLElement} host @param {import('../motion/chart.js').Context} context */
  mount: (host, context) => mountChart(host, context, definition),
};
