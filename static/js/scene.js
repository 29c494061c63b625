// What every picture of the moment shares: the cell, the scale of the gradients, the colours, and where each step stands.

import { decades, readPalette } from "./color.js";
import { lensCount, lensFirst, makeTimeline } from "./timeline.js";
import { cellOf } from "./trace.js";

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./timeline.js').Timeline} Timeline
 * @typedef {{cell: import('./trace.js').Cell, decades: import('./color.js').Decades, palette: import('./color.js').Palette,
 *   timeline: Timeline, near: Timeline, version: number, scale: number, parameter: string, common: import('./color.js').Decades | null,
 *   lensFirst: (t: number) => number}} Scene `common` is a scale of gradients that several traces share
 */

/** The arrays whose sizes share one log scale. @param {Trace} trace @param {import('./trace.js').Cell} cell */
export function magnitudes(trace, cell) {
  const names = [
    ...["W", "U", "b"].map((name) => `contribution/${name}`),
    ...cell.states.flatMap((name) => [`grad_norm/${name}`, `unperturbed/grad_norm/${name}`]),
  ];
  return names.flatMap((name) => trace.get(name)?.data ?? []);
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
