// The geometry of a run as data for its pictures: from numbers to places, arrows, and words. No drawing here.

/**
 * @typedef {{at: number[], kind: 'attractor' | 'repeller' | 'saddle' | 'marginal', turns: boolean, eigen: number[][]}} Fixed
 * @typedef {{low: number[], high: number[], count: number, field: number[][][][], inputs: {step: number, fixed: Fixed[]}[], reads: number[]}} Portrait
 * @typedef {{first: number, eigen: (number | null)[][][], singular: (number | null)[][]}} Spectrum
 * @typedef {{coordinates: string[], path: {points: (number | null)[][], axes: string[], shares: number[] | null}, portrait: Portrait | null,
 *   spectrum: Spectrum | null}} Geometry what `geometry` answers
 * @typedef {{low: number[], high: number[]}} Box
 * @typedef {(point: readonly (number | null)[]) => [number, number]} Place
 */

const MARGIN = 0.08;

/** The box that is drawn: the portrait's own, or one about the path. @param {Geometry} geometry @returns {Box} */
export function boxOf({ path, portrait }) {
  if (portrait) return { low: portrait.low, high: portrait.high };
  const ends = [0, 1].map((axis) => {
    const all = pathOf(path.points).flatMap((point) => (Number.isFinite(point[axis]) ? [point[axis]] : []));
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const room = (high - low) * MARGIN || Math.abs(high) * MARGIN || 1;
    return all.length > 0 ? [low - room, high + room] : [-1, 1];
  });
  return { low: ends.map(([low]) => low), high: ends.map(([, high]) => high) };
}

/** Points with two numbers each: where there is but one, the step comes first. @param {(number | null)[][]} points @returns {number[][]} */
export function pathOf(points) {
  return points.map((point, index) => {
    const known = point.map((value) => value ?? Number.NaN);
    return known.length > 1 ? known : [index - 1, known[0]];
  });
}

/** From numbers to places of a square, up is more. @param {Box} box @param {{size: number, edge: number}} square @returns {Place} */
export function placeIn({ low, high }, { size, edge }) {
  const along = (/** @type {number} */ value, /** @type {number} */ axis) =>
    (value - low[axis]) / (high[axis] - low[axis] || 1);
  return ([x, y]) => [
    edge + along(x ?? Number.NaN, 0) * (size - 2 * edge),
    size - edge - along(y ?? Number.NaN, 1) * (size - 2 * edge),
  ];
}

/**
 * The arrows of a field: from where, to where, in numbers. They are shortened so that neighbours do not meet; a length tells
 * how far a step moves, up to the longest.
 * @param {Portrait} portrait @param {number} input @returns {{from: number[], to: number[], far: number}[]}
 */
export function arrowsOf({ low, high, count, field }, input) {
  const step = [0, 1].map((axis) => (high[axis] - low[axis]) / (count - 1));
  const all = field[input].flatMap((column, i) =>
    column.map((move, j) => {
      const far = Math.hypot(move[0] / step[0], move[1] / step[1]);
      return { from: [low[0] + i * step[0], low[1] + j * step[1]], move, far };
    }),
  );
  const most = Math.max(1e-300, ...all.map(({ far }) => far).filter(Number.isFinite));
  return all
    .filter(({ far }) => far > 0 && Number.isFinite(far))
    .map(({ from, move, far }) => {
      const length = (0.25 + 0.6 * Math.sqrt(far / most)) / far;
      return { from, to: [from[0] + move[0] * length, from[1] + move[1] * length], far };
    });
}

/** The step whose point is nearest to a place, none beyond `reach`; of two in the same place the later. @param {[number, number][]} places @param {number} x @param {number} y @param {number} reach */
export function nearest(places, x, y, reach) {
  let [found, least] = [-1, reach];
  for (const [index, [px, py]] of places.entries()) {
    const far = Math.hypot(px - x, py - y);
    if (far <= least) [found, least] = [index, far];
  }
  return found;
}

/** The spectrum of a step, if it is there. @param {Spectrum | null} spectrum @param {number} t @returns {{eigen: number[][], singular: number[]} | null} */
export function spectrumAt(spectrum, t) {
  const index = spectrum ? t - spectrum.first : -1;
  if (!spectrum || index < 0 || index >= spectrum.eigen.length) return null;
  const whole = (/** @type {number | null} */ value) => value ?? Number.NaN;
  return { eigen: spectrum.eigen[index].map((pair) => pair.map(whole)), singular: spectrum.singular[index].map(whole) };
}

/** How many eigenvalues lie outside the unit circle, and the largest. @param {number[][]} eigen */
export function outside(eigen) {
  const sizes = eigen.map(([re, im]) => Math.hypot(re, im));
  return { count: sizes.filter((size) => size > 1 + 1e-9).length, largest: Math.max(...sizes) };
}

/** The field that is seen: the one that was chosen, or that of the step's own input; none if it has none. @param {Portrait} portrait @param {string | undefined} chosen @param {number} t */
export function inputAt({ inputs, reads }, chosen, t) {
  const kept = chosen === undefined ? Number.NaN : Number(chosen);
  return Number.isInteger(kept) && kept >= 0 && kept < inputs.length ? kept : (reads[t] ?? -1);
}
