// The units of a cell as a small column of squares: the state in signed colours and, once it is there, the gradient beside it.

import { css, shadeOf } from "../color.js";
import { sharp } from "./chart.js";
import { magnitude, pixels, rampOf, signed } from "./paint.js";

/**
 * @typedef {import('../color.js').Palette} Palette
 * @typedef {import('../color.js').Decades} Decades
 * @typedef {{name: string, values: Float64Array, gradient: Float64Array | null, limit: number}} Strip
 * @typedef {{width: number, height: number, scale: number}} Size
 * @typedef {{states: boolean, gradients: boolean}} Reached
 * @typedef {{values: Float64Array, scale: import('./paint.js').Scale, left: number, width: number, top: number, pitch: number}} Painted
 */

const LARGEST = 13;

/** The place of every strip in a cell: centred, the gradient half as wide as its state. @param {Size} size @param {number} count @param {number} units */
export function layout(size, count, units) {
  const pitch = Math.min(LARGEST * size.scale, size.height / units);
  const square = Math.min(size.width / (count * 2.1), Math.max(pitch, 9 * size.scale));
  const thin = square * 0.6;
  const pair = square + 2 + thin;
  const air = count > 1 ? Math.max(4, (size.width - count * pair) / (count + 1)) : 0;
  const start = (size.width - count * pair - (count - 1) * air) / 2;
  const top = (size.height - pitch * units) / 2;
  const places = Array.from({ length: count }, (_, index) => start + index * (pair + air));
  return { pitch, square, thin, top, places };
}

/**
 * @param {HTMLCanvasElement} canvas @param {Size} size @param {Strip[]} strips @param {{palette: Palette, decades: Decades}} scene
 * @param {Reached} reached
 */
export function paintStrips(canvas, size, strips, { palette, decades }, reached) {
  const context = sharp(canvas, size);
  context.clearRect(0, 0, size.width, size.height);
  const { pitch, square, thin, top, places } = layout(size, strips.length, strips[0].values.length);
  for (const [index, { values, gradient, limit }] of strips.entries()) {
    const state = { values, scale: signed(limit), left: places[index], width: square, top, pitch };
    if (reached.states) paintStrip(context, palette, state);
    else blank(context, palette, state);
    if (gradient === null || !reached.gradients) continue;
    const left = places[index] + square + 2;
    paintStrip(context, palette, { values: gradient, scale: magnitude(decades), left, width: thin, top, pitch });
  }
}

/** Squares while they can be told apart, bars without a gap while there is a pixel for each unit, else an image that is made smaller. @param {CanvasRenderingContext2D} context @param {Palette} palette @param {Painted} strip */
function paintStrip(context, palette, strip) {
  if (strip.pitch < 1) return paintFine(context, palette, strip);
  if (strip.pitch < 4) return paintBars(context, palette, strip);
  const { values, scale, left, width, top, pitch } = strip;
  for (let unit = 0; unit < values.length; unit += 1) {
    const y = top + unit * pitch;
    tile(context, shade(palette, scale, values[unit]), left, y, width, pitch - 1);
    if (!Number.isFinite(values[unit])) cross(context, palette, left, y, width, pitch - 1);
  }
}

/** Bars from pixel to pixel: no seam between two. @param {CanvasRenderingContext2D} context @param {Palette} palette @param {Painted} strip */
function paintBars(context, palette, { values, scale, left, width, top, pitch }) {
  const ratio = globalThis.devicePixelRatio || 1;
  const ramp = rampOf(palette, scale);
  const edge = (/** @type {number} */ unit) => Math.round((top + unit * pitch) * ratio) / ratio;
  for (let unit = 0; unit < values.length; unit += 1) {
    const share = scale.share(values[unit]);
    if (Number.isNaN(share)) continue;
    context.fillStyle = shadeOf(ramp, share);
    context.fillRect(left, edge(unit), width, edge(unit + 1) - edge(unit));
  }
}

/** @param {CanvasRenderingContext2D} context @param {Palette} palette @param {Painted} strip */
function paintFine(context, palette, { values, scale, left, width, top, pitch }) {
  const value = (/** @type {number} */ unit) => values[unit];
  const image = pixels({ value, rows: values.length, columns: 1 }, scale, palette, document);
  context.imageSmoothingEnabled = pitch < 1;
  context.drawImage(image, left, top, width, pitch * values.length);
}

/** Units that have no value yet. @param {CanvasRenderingContext2D} context @param {Palette} palette @param {Painted} strip */
function blank(context, palette, { values, left, width, top, pitch }) {
  if (pitch < 4) return tile(context, css(palette.zero), left, top, width, pitch * values.length);
  for (let unit = 0; unit < values.length; unit += 1)
    tile(context, css(palette.zero), left, top + unit * pitch, width, pitch - 1);
}

/** @param {Palette} palette @param {import('./paint.js').Scale} scale @param {number} value */
function shade(palette, scale, value) {
  const share = scale.share(value);
  return shadeOf(rampOf(palette, scale), Number.isNaN(share) ? 0 : share);
}

/** @param {CanvasRenderingContext2D} context @param {string} color @param {number} x @param {number} y @param {number} wide @param {number} high */
function tile(context, color, x, y, wide, high) {
  context.fillStyle = color;
  if (high < 5) return context.fillRect(x, y, wide, high);
  context.beginPath();
  context.roundRect(x, y, wide, high, 1.5);
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {Palette} palette @param {number} x @param {number} y @param {number} wide @param {number} high */
function cross(context, palette, x, y, wide, high) {
  context.strokeStyle = palette.meaning.loss;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + wide, y + high);
  context.moveTo(x, y + high);
  context.lineTo(x + wide, y);
  context.stroke();
}
