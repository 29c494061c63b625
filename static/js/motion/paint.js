// Painting on canvases, in page pixels. A chart is plain data made by a view; here it becomes marks. Plotly draws the same
// charts at rest, so both keep to the same box, the same ranges and the same ticks.

import { reaches } from "../blocks.js";
import { gateRamp, logShare, signedShare, table } from "../color.js";

/**
 * @typedef {import('../color.js').Palette} Palette
 * @typedef {import('../color.js').Decades} Decades
 * @typedef {import('../timeline.js').Timeline} Timeline
 * @typedef {{ramp: 'signed' | 'gate' | 'gradient', meaning?: string, ends: number[], share: (value: number) => number}} Scale
 * @typedef {{name: string, title: string, symbol: string, meaning: string, data: Float64Array, width: number, stride: number, offset: number,
 *   scale: Scale, whole: boolean, rowLabels?: string[]}} Band `width` units a step, `stride` numbers from one step to the next, starting at `offset`
 * @typedef {{kind: 'heat', bands: Band[], T: number, plain?: boolean}} Heat `plain` is drawn here only, never by Plotly
 * @typedef {{name: string, symbol: string, meaning: string, data: Float64Array, dash?: number[]}} Series
 * @typedef {{kind: 'curves', series: Series[], T: number, log: boolean, low: number, high: number, ticks: {at: number, text: string}[], plain?: boolean}} Curves
 * @typedef {{kind: 'matrix', data: Float64Array, T: number, rows: number, reach: import('../blocks.js').Reach, scale: Scale, decades: Decades, plain?: boolean}} Matrix
 *   a row an error, T uses across
 * @typedef {Heat | Curves | Matrix} Chart
 * @typedef {{top: number, height: number}} Row
 */

/** Signed values on a scale with zero in the middle. @param {number} limit @returns {Scale} */
export const signed = (limit) => ({
  ramp: "signed",
  ends: [-limit, limit],
  share: (value) => signedShare(value, limit),
});

/** A gate, from shut to open. @param {string} meaning @returns {Scale} */
export const gate = (meaning) => ({ ramp: "gate", meaning, ends: [0, 1], share: (value) => value });

/** Magnitudes on the shared log scale. @param {Decades} decades @returns {Scale} */
export const magnitude = (decades) => ({
  ramp: "gradient",
  ends: [10 ** decades.low, 10 ** decades.high],
  share: (value) => logShare(Math.abs(value), decades),
});

/** @param {Palette} palette @param {Scale} scale */
export function rampOf(palette, scale) {
  return scale.ramp === "gate" ? gateRamp(palette, scale.meaning ?? "state") : palette[scale.ramp];
}

/** Equal rows of a plot's height with a little air between. @param {number} height @param {number} count @param {number} gap @returns {Row[]} */
export function rows(height, count, gap) {
  const each = (height - gap * (count - 1)) / count;
  return Array.from({ length: count }, (_, index) => ({ top: index * (each + gap), height: each }));
}

/** The gap between cells that are large enough to be told apart. @param {number} size */
export const gapFor = (size) => (size >= 12 ? 1 : 0);

/** Whether the cells of a matrix are large enough to hold their numbers; then no label need hover over them. @param {number} wide @param {number} high */
export const numbered = (wide, high) => wide >= 46 && high >= 14;

/**
 * One pixel a value: an image of steps (across) by units (down). Values that are no numbers are left out.
 * @param {{value: (row: number, column: number) => number, rows: number, columns: number, from?: number}} grid
 * @param {Scale} scale @param {Palette} palette @param {Document} page
 */
export function pixels(grid, scale, palette, page) {
  const canvas = page.createElement("canvas");
  canvas.width = grid.columns;
  canvas.height = grid.rows;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(grid.columns, grid.rows);
  const out = new Uint32Array(image.data.buffer);
  const colors = table(rampOf(palette, scale));
  for (let row = 0; row < grid.rows; row += 1) {
    for (let column = 0; column < grid.columns; column += 1) {
      const share = scale.share(grid.value(row, column));
      if (!Number.isNaN(share))
        out[row * grid.columns + column] = colors[Math.round(255 * Math.min(1, Math.max(0, share)))];
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** @param {Band} band @param {Palette} palette @param {number} T @param {Document} page */
export function bandImage(band, palette, T, page) {
  const { data, stride, offset, width } = band;
  const value = (/** @type {number} */ unit, /** @type {number} */ t) => data[t * stride + offset + unit];
  return pixels({ value, rows: width, columns: T }, band.scale, palette, page);
}

/** @param {Matrix} chart @param {Palette} palette @param {Document} page */
export function matrixImage(chart, palette, page) {
  const value = (/** @type {number} */ t, /** @type {number} */ k) =>
    reaches(chart.reach, t, k) ? chart.data[t * chart.T + k] : Number.NaN;
  return pixels({ value, rows: chart.rows, columns: chart.T }, chart.scale, palette, page);
}

/**
 * Enlarge an image of values into a box, hard-edged, and cut hairlines between cells large enough to bear them.
 * @param {CanvasRenderingContext2D} context @param {HTMLCanvasElement} image @param {{left: number, top: number, width: number, height: number}} box
 * @param {string} paper
 */
export function enlarge(context, image, box, paper) {
  const wide = box.width / image.width;
  const high = box.height / image.height;
  context.imageSmoothingEnabled = high < 1 || wide < 1;
  context.drawImage(image, box.left, box.top, box.width, box.height);
  context.fillStyle = paper;
  const across = gapFor(wide);
  const down = gapFor(high * 2);
  if (across)
    for (let i = 1; i < image.width; i += 1)
      context.fillRect(Math.round(box.left + i * wide) - across / 2, box.top, across, box.height);
  if (down)
    for (let i = 1; i < image.height; i += 1)
      context.fillRect(box.left, Math.round(box.top + i * high) - down / 2, box.width, down);
}

/**
 * A mark on every value that left the range of numbers.
 * @param {CanvasRenderingContext2D} context @param {Band} band @param {{left: number, top: number, width: number, height: number}} box
 * @param {number} T @param {Palette} palette
 */
export function markOddities(context, band, box, T, palette) {
  if (!band.whole) return; // what has not come yet is no oddity
  const wide = box.width / T;
  const high = box.height / band.width;
  const arm = Math.min(4, wide / 2.5, high / 2.5);
  context.strokeStyle = palette.meaning.loss;
  context.lineWidth = 1.2;
  context.beginPath();
  for (let t = 0; t < T; t += 1) {
    for (let unit = 0; unit < band.width; unit += 1) {
      if (Number.isFinite(band.data[t * band.stride + band.offset + unit])) continue;
      const x = box.left + (t + 0.5) * wide;
      const y = box.top + (unit + 0.5) * high;
      context.moveTo(x - arm, y - arm);
      context.lineTo(x + arm, y + arm);
      context.moveTo(x - arm, y + arm);
      context.lineTo(x + arm, y - arm);
    }
  }
  context.stroke();
}

/** Where a value stands in a plot of curves. @param {Curves} chart @param {number} value @param {number} height */
export function curveY(chart, value, height) {
  const place = chart.log ? Math.log10(value) : value;
  return height * (1 - (place - chart.low) / (chart.high - chart.low));
}

/**
 * @param {CanvasRenderingContext2D} context @param {Curves} chart @param {Timeline} timeline @param {number} height @param {Palette} palette
 */
export function curves(context, chart, timeline, height, palette) {
  const end = timeline.left + timeline.inner;
  context.font = `${palette.small}px ${palette.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { at, text } of chart.ticks) {
    const y = curveY(chart, chart.log ? 10 ** at : at, height);
    if (y < 0 || y > height) continue;
    context.fillStyle = palette.line;
    context.fillRect(timeline.left, Math.round(y), end - timeline.left, 1);
    context.fillStyle = palette.ink3;
    if (y > palette.small / 2 && y < height - palette.small / 2) context.fillText(text, timeline.left - 6, y);
  }
  for (const series of chart.series) curve(context, chart, series, timeline, height, palette);
}

/**
 * @param {CanvasRenderingContext2D} context @param {Curves} chart @param {Series} series @param {Timeline} timeline @param {number} height
 * @param {Palette} palette
 */
function curve(context, chart, series, timeline, height, palette) {
  context.strokeStyle = palette.meaning[series.meaning] ?? palette.ink;
  context.fillStyle = context.strokeStyle;
  context.lineWidth = palette.stroke + 0.5;
  context.lineJoin = "round";
  context.beginPath();
  let open = false;
  for (let t = 0; t < chart.T; t += 1) {
    const y = curveY(chart, series.data[t], height);
    if (!Number.isFinite(y)) {
      open = false;
      continue;
    }
    if (open) context.lineTo(timeline.centre(t), y);
    else context.moveTo(timeline.centre(t), y);
    open = true;
  }
  context.setLineDash(series.dash ?? []);
  context.stroke();
  context.setLineDash([]);
  if (dotted(chart, timeline)) dots(context, chart, series, timeline, height, palette.stroke + 1.5);
}

/** Whether the points of a curve are drawn: where there is room for all, or where one would be lost without a neighbour to be joined to. @param {Curves} chart @param {Timeline} timeline */
export const dotted = ({ series }, timeline) => timeline.step >= 14 || series.some(({ data }) => lonely(data));

/** @param {Float64Array} data */
const lonely = (data) =>
  data.some((value, t) => Number.isFinite(value) && !Number.isFinite(data[t - 1]) && !Number.isFinite(data[t + 1]));

/**
 * @param {CanvasRenderingContext2D} context @param {Curves} chart @param {Series} series @param {Timeline} timeline @param {number} height
 * @param {number} radius
 */
function dots(context, chart, series, timeline, height, radius) {
  for (let t = 0; t < chart.T; t += 1) {
    const y = curveY(chart, series.data[t], height);
    if (!Number.isFinite(y)) continue;
    context.beginPath();
    context.arc(timeline.centre(t), y, radius, 0, 7);
    context.fill();
  }
}
