// What the rows of a picture of data share: a row is a strip on the page's time axis, painted once and then followed.

/**
 * @typedef {{data: Float64Array, shape: number[], dims: string[]}} Numbers
 * @typedef {{id: string, name: string, description: string, licence: string, origin: string, real: boolean, unit: string, caution: string,
 *   title: string, time: string[], answer: string, count: number, kind: string, rate: number | null, hop: number | null, units: string,
 *   own_text?: string | null, sound: {made: boolean, seconds: number} | null, arrays: Record<string, Numbers>}} Picture
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../scene.js').Scene} Scene
 * @typedef {CanvasRenderingContext2D} Pen
 * @typedef {{picture: Picture, trace: Trace, scene: Scene, top: number, height: number}} Place
 * @typedef {{t: number, forward: number}} Moment the step that is seen, and the last one that has happened
 * @typedef {{name: string, at: (t: number) => string}} Column of the text twin
 * @typedef {{name: string, label?: (picture: Picture) => string, height: (picture: Picture, trace: Trace) => number, paint?: (pen: Pen, place: Place) => void,
 *   follow?: (pen: Pen, place: Place, moment: Moment) => void, write?: (host: HTMLElement, place: Place, moment: Moment) => void,
 *   columns?: (picture: Picture, trace: Trace) => Column[]}} Row `height` is nothing where there is nothing to show
 */

/** Where a value of a finer series stands. @param {Place} place @param {number} index */
export const across = ({ picture, scene }, index) =>
  scene.timeline.left + (index / (picture.hop ?? 1)) * scene.timeline.step;

/** A line through values, from low to high within a row. @param {Pen} pen @param {ArrayLike<number>} values @param {{x: (i: number) => number, low: number, high: number, top: number, height: number, color: string, width?: number, until?: number}} way */
export function line(pen, values, { x, low, high, top, height, color, width = 1.5, until = values.length }) {
  const span = high - low || 1;
  pen.beginPath();
  for (let i = 0; i < until; i += 1) pen.lineTo(x(i), top + height - ((values[i] - low) / span) * height);
  Object.assign(pen, { strokeStyle: color, lineWidth: width, lineJoin: "round" });
  pen.stroke();
}

/** The smallest and the largest of some numbers. @param {ArrayLike<number>} values @returns {[number, number]} */
export function ends(values) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i += 1) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return [low, high];
}

/** Runs of steps at which something is so. @param {ArrayLike<number>} values @returns {[number, number][]} first and behind the last */
export function spans(values) {
  /** @type {[number, number][]} */
  const found = [];
  for (let i = 0; i < values.length; i += 1) {
    if (!(values[i] > 0)) continue;
    const last = found[found.length - 1];
    if (last?.[1] === i) last[1] = i + 1;
    else found.push([i, i + 1]);
  }
  return found;
}

/** Shade what people have labelled. @param {Pen} pen @param {Place} place @param {Numbers | undefined} label */
export function shade(pen, place, label) {
  if (!label) return;
  pen.fillStyle = place.scene.palette.lineStrong;
  pen.globalAlpha = 0.45;
  for (const [from, to] of spans(label.data)) {
    const left = across(place, from);
    pen.fillRect(left, place.top, across(place, to) - left, place.height);
  }
  pen.globalAlpha = 1;
}

/** A square or a wide thing, in the middle over a step but never over the edge. @param {Scene} scene @param {number} t @param {number} width */
export function beside({ timeline }, t, width) {
  const left = timeline.centre(t) - width / 2;
  return Math.max(timeline.left, Math.min(timeline.left + timeline.inner - width, left));
}

/** A grey scale from paper to ink, for light. @param {number} low @param {number} high @param {string} [meaning] */
export const light = (low, high, meaning = "input") => ({
  ramp: /** @type {const} */ ("gate"),
  meaning,
  ends: [low, high],
  share: (/** @type {number} */ value) => (value - low) / (high - low || 1),
});

/** The numbers of one array of a trace, of its first sequence: each step's first value. @param {Trace} trace @param {string} name */
export function first(trace, name) {
  const array = trace.get(name);
  if (array?.dims[0] !== "time") return null;
  const stride = array.data.length / array.shape[0];
  return Float64Array.from({ length: array.shape[0] }, (_, t) => array.data[t * stride]);
}
