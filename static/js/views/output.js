// What the network expects at every step: the probability of each outcome, the right one outlined.

import { svg } from "../dom.js";
import { hitBands, nameBands, tableBands, unitValue } from "../motion/bands.js";
import { mountChart } from "../motion/chart.js";
import { gate } from "../motion/paint.js";
import { percent } from "../numbers.js";
import { t } from "../strings.js";

/**
 * @typedef {import('../motion/chart.js').Definition} Definition
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {{guess: string, target: string, p: number, top: number, right: number}} Prediction
 */

/** What is expected at step t, and how probable the right outcome was. @param {Trace} trace @param {number} step @returns {Prediction | null} */
export function prediction(trace, step) {
  const probs = trace.get("probs");
  const target = trace.get("target");
  if (probs === undefined || target === undefined) return null;
  const [, batch, width] = probs.shape;
  const row = probs.data.subarray(step * batch * width, step * batch * width + width);
  const right = target.data[step * batch];
  let top = 0;
  for (let index = 1; index < width; index += 1) if (row[index] > row[top]) top = index;
  const names = trace.labels.output ?? [];
  return { guess: names[top] ?? String(top), target: names[right] ?? String(right), p: row[right], top, right };
}

/** @type {Definition} */
export const definition = {
  name: "output",
  reads: ["probs", "target"],
  shows: "forward",
  data(trace) {
    const probs = trace.get("probs");
    if (probs === undefined) return null;
    const [, batch, width] = probs.shape;
    const band = {
      name: "p",
      title: "",
      symbol: "y_t",
      meaning: "output",
      data: probs.data,
      width,
      stride: batch * width,
      offset: 0,
      scale: gate("output"),
      rowLabels: trace.labels.output,
      whole: !trace.partial,
    };
    return { kind: "heat", bands: [band], T: trace.dims.time };
  },
  hit(chart, place) {
    const { t: step, unit } = hitBands(chart, place);
    return { t: step, outcome: unit };
  },
  spot: (chart, { outcome }) =>
    outcome === undefined ? null : { top: outcome / chart.bands[0].width, height: 1 / chart.bands[0].width },
  readout(chart, { t: step, outcome }, trace) {
    if (step === null || outcome === undefined) return "";
    const name = trace.labels.output?.[outcome] ?? outcome;
    return t("output.readout", { t: step, name, p: percent(unitValue(chart.bands[0], step, outcome)) });
  },
  summary(chart, trace) {
    const given = Array.from({ length: chart.T }, (_, step) => prediction(trace, step)?.p ?? 0);
    const mean = given.reduce((sum, p) => sum + p, 0) / chart.T;
    return t("output.summary", { count: chart.bands[0].width, p: percent(mean) });
  },
  table: (chart, trace) => tableBands(chart, trace, t),
  choose: ({ t: step, outcome }, { player }) =>
    player.look(step ?? 0, { focus: { node: "probs", unit: outcome ?? 0, parameter: null } }),
  extra({ svg: marks, head }, chart, _state, { scene, trace }, fresh, size) {
    if (!fresh) return;
    nameRows(head, chart.bands[0], size.height, scene.palette);
    const high = size.height / chart.bands[0].width;
    const { step, edge } = scene.timeline;
    const boxes = Array.from({ length: chart.T }, (_, index) => {
      const right = prediction(trace(), index)?.right ?? 0;
      return svg("rect", {
        class: "target",
        x: String(edge(index) + 0.5),
        y: String(right * high + 0.5),
        width: String(Math.max(1, step - 1)),
        height: String(Math.max(1, high - 1)),
      });
    });
    marks.replaceChildren(...boxes);
  },
};

/** Name the outcomes where there is room for letters. @param {HTMLElement} head @param {import('../motion/paint.js').Band} band @param {number} height @param {import('../color.js').Palette} palette */
function nameRows(head, band, height, palette) {
  nameBands(head, { kind: "heat", bands: [band], T: 0 }, height, palette);
  if (height / band.width < 11 || band.rowLabels === undefined) return;
  head.querySelector(".band-name")?.remove();
  head.append(...band.rowLabels.map((name, row) => rowLabel(name, ((row + 0.5) * height) / band.width)));
}

/** @param {string} name @param {number} y */
export function rowLabel(name, y) {
  const label = document.createElement("span");
  label.className = "row-name";
  label.textContent = name;
  label.style.top = `${y}px`;
  return label;
}

export const view = {
  name: definition.name,
  reads: definition.reads,
  /** @param {HTMLElement} host @param {import('../motion/chart.js').Context} context */
  mount: (host, context) => mountChart(host, context, definition),
};
