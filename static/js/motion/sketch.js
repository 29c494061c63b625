// A picture made of elements in its frame, off the page's time axis: drawn anew whenever what it says changes.

import { find, write } from "../dom.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {import('./chart.js').Context} Context
 * @typedef {import('./chart.js').Table} Table
 * @typedef {{name: string, reads: string[], data: (trace: Trace, state: State) => any, draw: (seen: any, context: Context) => Node[],
 *   summary: (seen: any) => string, table: (seen: any) => Table, controls?: (head: HTMLElement, seen: any, context: Context) => void}} Sketch
 *   `data` is all that the picture says, or null; equal data are drawn once
 */

/** A whole number with thin gaps between its thousands. @param {number} value */
export const count = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** @param {HTMLElement} host @param {Context} context @param {Sketch} sketch */
export function mountSketch(host, context, sketch) {
  const plot = find(host, ".frame-plot", HTMLElement);
  const [head, words] = [find(host, ".frame-head", HTMLElement), find(host, `#summary-${sketch.name}`)];
  plot.classList.add("is-plain", "is-sketch", "at-rest");
  /** @type {any} */
  let seen = null;
  let drawn = "";
  return {
    /** @param {Trace} trace @param {State} state */
    draw(trace, state) {
      seen = sketch.reads.every((name) => trace.names.includes(name)) ? sketch.data(trace, state) : null;
      const key = `${context.scene.version} ${JSON.stringify(seen)}`;
      if (key === drawn) return;
      drawn = key;
      host.hidden = seen === null;
      if (seen === null) return;
      write(words, sketch.summary(seen));
      sketch.controls?.(head, seen, context);
      plot.replaceChildren(...sketch.draw(seen, context));
      host.dispatchEvent(new CustomEvent("chart-fresh"));
    },
    table: () => (seen === null ? null : sketch.table(seen)),
    destroy: () => plot.replaceChildren(),
  };
}

/** A view of a sketch. @param {Sketch} sketch */
export const sketched = (sketch) => ({
  name: sketch.name,
  reads: sketch.reads,
  /** @param {HTMLElement} host @param {Context} context */
  mount: (host, context) => mountSketch(host, context, sketch),
});
