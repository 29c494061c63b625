// Where the decoder looks: at each of its steps, how its attention is shared out among the steps of the source.

import { answerAt } from "../answers.js";
import { hitBands, nameBands, rowLabel, tableBands, unitValue } from "../motion/bands.js";
import { mountChart } from "../motion/chart.js";
import { gate } from "../motion/paint.js";
import { percent } from "../numbers.js";
import { t } from "../strings.js";
import { labelEvery } from "../timeline.js";
import { attentionOf } from "../trace.js";

/**
 * @typedef {import('../motion/chart.js').Definition} Definition
 * @typedef {import('../trace.js').Trace} Trace
 */

/** So many steps are told one by one. */
const MOST_TOLD = 40;

/** Where a step looks most, in words. @param {any} band @param {number} step @param {Trace} trace */
function told(band, step, trace) {
  const weights = Array.from({ length: band.width }, (_, j) => unitValue(band, step, j));
  const most = Math.max(...weights);
  const word = band.rowLabels?.[weights.indexOf(most)] ?? weights.indexOf(most);
  return t("attention.told", { t: step, said: answerAt(trace, step)?.target ?? "", word, p: percent(most) });
}

/** @type {Definition} */
export const definition = {
  name: "attention",
  reads: ["{attention}"],
  shows: "forward",
  data(trace) {
    const name = trace.block ? attentionOf(trace) : undefined;
    const array = name === undefined ? undefined : trace.get(name);
    if (name === undefined || array === undefined) return null;
    const [, batch, width] = array.shape;
    const band = {
      name,
      title: t("attention.name"),
      symbol: `${name}_t`,
      meaning: "state",
      data: array.data,
      width,
      stride: batch * width,
      offset: 0,
      scale: gate("state"),
      rowLabels: trace.labels.source,
      whole: !trace.partial,
    };
    return { kind: "heat", bands: [band], T: trace.dims.time };
  },
  hit: hitBands,
  spot: (chart, { unit }) =>
    unit === undefined || unit >= chart.bands[0].width
      ? null
      : { top: unit / chart.bands[0].width, height: 1 / chart.bands[0].width },
  readout(chart, { t: step, unit }, trace) {
    const [band] = chart.bands;
    if (step === null || unit === undefined || unit >= band.width) return "";
    const word = band.rowLabels?.[unit] ?? unit;
    const said = trace.labels.time?.[step] ?? "";
    return t("attention.readout", { t: step, said, j: unit, word, p: percent(unitValue(band, step, unit)) });
  },
  summary(chart, trace) {
    const [band] = chart.bands;
    const steps = Array.from({ length: Math.min(chart.T, MOST_TOLD) }, (_, step) => told(band, step, trace));
    const list = steps.join("; ") + (chart.T > MOST_TOLD ? "; …" : "");
    return t("attention.summary", { T: chart.T, S: band.width, list });
  },
  table: (chart, trace) => tableBands(chart, trace, t),
  choose: ({ t: step, unit }, { player, trace }) =>
    player.look(step ?? 0, { focus: { node: attentionOf(trace()) ?? null, unit: unit ?? 0, parameter: null } }),
  extra({ head }, chart, _state, { scene }, fresh, size) {
    if (!fresh) return;
    const [band] = chart.bands;
    const high = size.height / band.width;
    nameBands(head, chart, size.height, scene.palette);
    head.querySelector(".band-name")?.remove();
    const every = labelEvery(high, 12);
    const words = (band.rowLabels ?? []).map((/** @type {string} */ word, /** @type {number} */ row) => ({
      word,
      row,
    }));
    const shown = words.filter((/** @type {{row: number}} */ { row }) => row % every === 0);
    head.append(...shown.map((/** @type {any} */ { word, row }) => rowLabel(word, (row + 0.5) * high)));
  },
};

export const view = {
  name: definition.name,
  reads: definition.reads,
  /** @param {HTMLElement} host @param {import('../motion/chart.js').Context} context */
  mount: (host, context) => mountChart(host, context, definition),
};
