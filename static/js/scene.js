// What every picture of the moment shares: the cell, the scale of the gradients, the colours, and where each step stands.

import { speaks } from "./answers.js";
import { blocksOf, isReversed } from "./blocks.js";
import { decades, readPalette } from "./color.js";
import { lensCount, lensFirst, makeTimeline } from "./timeline.js";
import { cellOf, largest } from "./trace.js";

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./timeline.js').Timeline} Timeline
 * @typedef {{cell: import('./trace.js').Cell, decades: import('./color.js').Decades, palette: import('./color.js').Palette,
 *   timeline: Timeline, near: Timeline, version: number, scale: number, parameter: string, common: import('./color.js').Decades | null,
 *   lensFirst: (t: number) => number, reversed: boolean, headless: boolean}} Scene `common` is a scale of gradients that several traces share, `reversed`
 *   whether the chain that is seen reads from the last step to the first, `headless` whether the output layer does not read it
 */

/** The arrays whose sizes share one log scale, in all of a network. @param {Trace} trace @param {import('./trace.js').Cell} cell */
export function magnitudes(trace, cell) {
  const whole = trace.whole ?? trace;
  const blocks = blocksOf(whole);
  const chains =
    blocks.length > 0
      ? blocks.map(({ name, states }) => ({ prefix: `${name}/`, states }))
      : [{ prefix: "", states: cell.states }];
  const names = chains.flatMap(({ prefix, states }) => [
    ...["W", "U", "b"].map((name) => `contribution/${prefix}${name}`),
    ...states.flatMap((name) => [`grad_norm/${prefix}${name}`, `unperturbed/grad_norm/${prefix}${name}`]),
  ]);
  return names.flatMap((name) => whole.get(name)?.data ?? []);
}

/** @type {WeakMap<object, {version: number, found: Map<ArrayLike<number>, number>}>} */
const known = new WeakMap();

/** The largest size in an array of the trace, looked for once while the trace is as it is: a picture may ask at every step. @param {{version: number}} scene @param {ArrayLike<number>} data */
export function mostOf(scene, data) {
  let held = known.get(scene);
  if (held?.version !== scene.version) {
    held = { version: scene.version, found: new Map() };
    known.set(scene, held);
  }
  const most = held.found.get(data) ?? largest(data);
  held.found.set(data, most);
  return most;
}

/** @param {HTMLElement} figures @param {{cells: import('./trace.js').Cell[]}} catalog @returns {{scene: Scene, update: (trace: Trace) => void, theme: () => void}} */
export function makeScene(figures, catalog) {
  const scene = /** @type {Scene} */ ({ version: 0, parameter: "W", common: null });
  /** @param {number} T */
  const measure = (T) => {
    const root = getComputedStyle(document.documentElement);
    const rem = Number.parseFloat(root.fontSize);
    const width = figures.clientWidth;
    const left = Number.parseFloat(root.getPropertyValue("--gutter-left")) * rem;
    const right = Number.parseFloat(root.getPropertyValue("--gutter-right")) * rem;
    scene.scale = rem / 16;
    scene.timeline = makeTimeline({ width, left, right, T });
    scene.near = makeTimeline({ width, left, right, T, count: lensCount(scene.timeline.inner / scene.scale, T) });
    scene.lensFirst = (t) => lensFirst(t, T, scene.near.count);
  };
  return {
    scene,
    update(trace) {
      scene.cell = cellOf(trace, catalog);
      scene.reversed = isReversed(trace);
      scene.headless = !speaks(trace);
      scene.decades = scene.common ?? decades(magnitudes(trace, scene.cell));
      measure(trace.dims.time);
      scene.version += 1;
    },
    theme() {
      scene.palette = readPalette(document);
      scene.version += 1;
    },
  };
}
