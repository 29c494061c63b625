// The gates and candidates of a gated cell. A gate runs from shut (nothing) to open (its colour); a candidate is signed.

import { band, hitBands, nameBands, readBands, span, spotBands, tableBands } from "../motion/bands.js";
import { mountChart } from "../motion/chart.js";
import { gate, signed } from "../motion/paint.js";
import { roundUp } from "../numbers.js";
import { t } from "../strings.js";
import { largest } from "../trace.js";

/** @typedef {import('../motion/chart.js').Definition} Definition */

const SCALES =
  /** @type {Record<string, (meaning: string, data: Float64Array) => import('../motion/paint.js').Scale>} */ ({
    gate: (meaning) => gate(meaning),
    candidate: (_meaning, data) => signed(roundUp(largest(data))),
  });

/** @type {Definition} */
export const definition = {
  name: "gates",
  reads: ["{gate}"],
  shows: "forward",
  data(trace, _state, { cell }) {
    const nodes = cell.nodes.filter(({ role }) => role in SCALES);
    const bands = nodes.flatMap((node) => band(trace, node, SCALES[node.role]));
    return bands.length === 0 ? null : { kind: "heat", bands, T: trace.dims.time };
  },
  hit: hitBands,
  spot: spotBands,
  readout: readBands,
  summary: (chart) =>
    chart.bands
      .map((/** @type {any} */ band) => t("gates.summary", { label: band.title, name: band.name, ...span(band.data) }))
      .join(" "),
  table: (chart, trace) => tableBands(chart, trace, t),
  choose: ({ t: step, unit }, { player, scene }) =>
    player.look(step ?? 0, {
      focus: { node: scene.cell.gates[0] ?? scene.cell.output, unit: unit ?? 0, parameter: null },
    }),
  extra({ head }, chart, _state, { scene }, fresh, size) {
    if (fresh) nameBands(head, chart, size.height, scene.palette);
  },
};

export const view = {
  name: definition.name,
  reads: definition.reads,
  /** @param {HTMLElement} host @param {import('../motion/chart.js').Context} context */
  mount: (host, context) => mountChart(host, context, definition),
};
