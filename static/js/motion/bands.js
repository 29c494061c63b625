// Heat maps of units over time, one band a node of the cell, all on the same time axis: what states and gates share.

import { css, meaningOf } from "../color.js";
import { make, symbol, write } from "../dom.js";
import { short } from "../numbers.js";
import { t as say } from "../strings.js";
import { BAND_GAP } from "./chart.js";
import { rampOf, rows } from "./paint.js";

/**
 * @typedef {import('./paint.js').Band} Band
 * @typedef {import('./paint.js').Heat} Heat
 * @typedef {import('./paint.js').Scale} Scale
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../trace.js').CellNode} CellNode
 * @typedef {import('../player.js').Hover} Hover
 */

/** @param {Trace} trace @param {CellNode} node @param {(meaning: string, data: Float64Array) => Scale} scale @returns {Band[]} none if the trace lacks it */
export function band(trace, node, scale) {
  const array = trace.get(node.name);
  if (array === undefined) return [];
  const [, batch, width] = array.shape;
  const meaning = meaningOf(node.name, node.role);
  return [
    {
      name: node.name,
      title: node.label.replace(/\s*\(.*\)/, ""),
      symbol: `${node.name}_t`,
      meaning,
      data: array.data,
      width,
      stride: batch * width,
      offset: 0,
      scale: scale(meaning, array.data),
      whole: !trace.partial,
    },
  ];
}

/** @param {Band} band @param {number} t @param {number} unit */
export const unitValue = (band, t, unit) => band.data[t * band.stride + band.offset + unit];

/** What lies at a step and a share of the height. @param {Heat} chart @param {{t: number, share: number}} place @returns {Hover} */
export function hitBands(chart, { t, share }) {
  const along = share * chart.bands.length;
  const band = chart.bands[Math.min(chart.bands.length - 1, Math.floor(along))];
  return { t, unit: Math.min(band.width - 1, Math.floor((along % 1) * band.width)) };
}

/** The row of a unit in the first band: all bands have the same units. @param {Heat} chart @param {Hover} hover */
export function spotBands(chart, hover) {
  if (hover.unit === undefined || hover.unit >= chart.bands[0].width) return null;
  if (chart.bands.length > 1) return null;
  return { top: hover.unit / chart.bands[0].width, height: 1 / chart.bands[0].width };
}

/** @param {Heat} chart @param {Hover} hover */
export function readBands(chart, hover) {
  const { t, unit } = hover;
  if (t === null || unit === undefined) return "";
  const parts = chart.bands
    .filter((band) => unit < band.width)
    .map((band) => `${band.name} = ${short(unitValue(band, t, unit))}`);
  return parts.length === 0 ? "" : say("frame.values", { t, unit, values: parts.join("   ") });
}

/** @param {Float64Array} data */
export function span(data) {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
    sum += value;
  }
  return { low: short(low), high: short(high), mean: short(sum / data.length) };
}

const MOST_STEPS = 200;

/** @param {Heat} chart @param {Trace} trace @param {(key: string, values?: Record<string, unknown>) => string} t */
export function tableBands(chart, trace, t) {
  const shown = Math.min(chart.T, MOST_STEPS);
  const head = [t("frame.step"), t("frame.word")];
  for (const band of chart.bands)
    for (let unit = 0; unit < band.width; unit += 1) head.push(`${band.name} ${band.rowLabels?.[unit] ?? unit}`);
  const body = Array.from({ length: shown }, (_, step) => {
    const cells = [String(step), trace.labels.time?.[step] ?? ""];
    for (const band of chart.bands)
      for (let unit = 0; unit < band.width; unit += 1) cells.push(short(unitValue(band, step, unit)));
    return cells;
  });
  const note = shown < chart.T ? t("frame.cut", { from: 0, to: shown - 1, T: chart.T }) : undefined;
  return { head, rows: body, note };
}

/** Name the bands in the one gutter and say what their colours mean in the other. @param {HTMLElement} head @param {Heat} chart @param {number} height @param {import('../color.js').Palette} palette */
export function nameBands(head, chart, height, palette) {
  const places = rows(height, chart.bands.length, BAND_GAP);
  head.parentElement?.style.setProperty("--bands", String(chart.bands.length)); // each has room for its name
  head.replaceChildren(
    ...chart.bands.map((band, index) => {
      const name = make("span", { class: "band-title" });
      write(name, band.title);
      const label = make("div", { class: "band-name", "aria-hidden": "true" }, symbol(band.symbol, band.meaning), name);
      label.style.top = `${places[index].top}px`;
      label.style.height = `${places[index].height}px`;
      return label;
    }),
    ...chart.bands.map((band, index) => scaleOf(band.scale, places[index], palette)),
  );
}

/** What the colours mean, beside the picture, from high to low. @param {Scale} scale @param {{top: number, height: number}} place @param {import('../color.js').Palette} palette */
export function scaleOf(scale, { top, height }, palette) {
  const colors = rampOf(palette, scale).map(css).join(", ");
  const bar = make("span", { class: "scale-bar" });
  bar.style.backgroundImage = `linear-gradient(to top, ${colors})`;
  const [low, high] = scale.ends;
  const ends = height >= 24 ? [short(high, 2), short(low, 2)] : [];
  const host = make(
    "div",
    { class: "scale", "aria-hidden": "true" },
    bar,
    make("span", { class: "scale-ends" }, ...ends.map((end) => make("span", {}, end))),
  );
  host.style.top = `${top}px`;
  host.style.height = `${height}px`;
  return host;
}

/** The name of a row in the gutter, with its middle at a height. @param {string} name @param {number} y */
export function rowLabel(name, y) {
  const label = make("span", { class: "row-name", "aria-hidden": "true" });
  write(label, name);
  label.style.top = `${y}px`;
  return label;
}
