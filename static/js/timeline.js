// Where a timestep stands. Every picture with a time axis asks here, so that one vertical line through the page is one step.

/**
 * @typedef {{T: number, first: number, count: number, left: number, right: number, width: number, inner: number, step: number,
 *   edge: (t: number) => number, centre: (t: number) => number, at: (x: number) => number}} Timeline
 */

/**
 * Steps first .. first + count - 1 of T in equal columns between two gutters.
 * @param {{width: number, left: number, right: number, T: number, first?: number, count?: number}} shape @returns {Timeline}
 */
export function makeTimeline({ width, left, right, T, first = 0, count = T }) {
  const inner = Math.max(1, width - left - right);
  const step = inner / count;
  /** @param {number} t */
  const edge = (t) => left + (t - first) * step;
  return Object.freeze({
    T,
    first,
    count,
    left,
    right,
    width,
    inner,
    step,
    edge,
    /** @param {number} t */
    centre: (t) => edge(t) + step / 2,
    /** The step under a place, kept within the columns. @param {number} x */
    at: (x) => Math.min(first + count - 1, Math.max(first, first + Math.floor((x - left) / step))),
  });
}

const NARROWEST = 62;
const MOST = 14;

/** How many steps the lens shows: all when they fit, else an odd number that keeps the playhead in the middle. @param {number} inner @param {number} T */
export function lensCount(inner, T) {
  const fit = Math.max(3, Math.min(MOST, Math.floor(inner / NARROWEST)));
  if (T <= fit) return T;
  return fit % 2 === 1 ? fit : fit - 1;
}

/** The first step in the lens: the playhead in the middle, save near the ends. @param {number} t @param {number} T @param {number} count */
export function lensFirst(t, T, count) {
  return Math.min(T - count, Math.max(0, t - Math.floor(count / 2)));
}

/** Which labels of an axis fit: every first, second, fifth, tenth ... step. @param {number} step width of a column @param {number} room what a label needs */
export function labelEvery(step, room) {
  const needed = room / step;
  for (let unit = 1; ; unit *= 10) {
    for (const factor of [1, 2, 5]) if (factor * unit >= needed) return factor * unit;
  }
}
