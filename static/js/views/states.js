// The states of the network: what it carries from one step to the next, unit by unit.

import { band, hitBands, nameBands, readBands, span, spotBands, tableBands } from "../motion/bands.js";
import { mountChart } from "../motion/chart.js";
import { signed } from "../motion/paint.js";
import { roundUp } from "../numbers.js";
import { t } from "../strings.js";
import { largest } from "../trace.js";

/** @typedef {import('../motion/chart.js').Definition} Definition */

/** A scale with zero in the middle that just holds the state. @param {string} _meaning @param {Float64Array} data */
const scale = (_meaning, data) => signed(roundUp(largest(data)));

/** @type {Definition} */
export const definition = {
  name: "states",
  reads: ["{state}"],
  shows: "forward",
  data(trace, _state, { cell }) {
    const nodes = cell.nodes.filter(({ role }) => role === "state");
    const bands = nodes.flatMap((node) => band(trace, node, scale));
    return bands.length === 0 ? null : { kind: "heat", bands, T: trace.dims.time };
  },
  hit: hitBands,
  spot: spotBands,
  readout: readBands,
  summary: (chart) =>
    chart.bands
      .map((/** @type {any} */ band) =>
        t("states.summary", { name: band.title, units: band.width, steps: chart.T, T: chart.T, ...span(band.data) }),
      )
      .join(" "),
  table: (chart, trace) => tableBands(chart, trace, t),
  choose: ({ t: step, unit }, { player, scene }) =>
    player.look(step ?? 0, { focus: { node: scene.cell.output, unit: unit ?? 0, parameter: null } }),
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
