// What the pointer does on the unrolled network: hover lights a step and a unit, a click goes there and looks, and the
// keyboard's place moves along with the player.

import { answerAt, headOf } from "../answers.js";
import { unitAt } from "./column.js";

/**
 * @typedef {import('./chart.js').Context} Context
 * @typedef {import('./column.js').Column} Column
 * @typedef {{shape: import('./column.js').Shape, units: number, columnOf: (t: number) => Column}} Network
 */

/** The step under an event. @param {Event} event @returns {number | null} */
function stepOf(event) {
  const column = /** @type {Element} */ (event.target).closest?.(".step");
  return column instanceof HTMLElement ? Number(column.dataset.t) : null;
}

/** The unit under the pointer, if it is on a cell. @param {MouseEvent} event @param {Network} network */
function unitOf(event, { shape, units }) {
  const cell = /** @type {Element} */ (event.target).closest(".node-cell");
  return cell ? unitAt(shape, units, event.clientY - cell.getBoundingClientRect().top) : undefined;
}

/** @param {MouseEvent} event @param {string} kind @param {Context} context @param {Network} network @param {number} at */
function focusOn(event, kind, context, network, at) {
  const trace = context.trace();
  const right = answerAt(trace, at)?.right ?? 0;
  const said = headOf(trace) === "linear" ? "prediction" : "probs";
  if (kind === "loss") return { node: "loss", unit: right, parameter: null };
  if (kind === "output") return { node: said, unit: right, parameter: null };
  const before = context.player.state.focus?.unit ?? 0;
  const byPointer = event.detail > 0 ? unitOf(event, network) : undefined;
  return { node: context.scene.cell.output, unit: byPointer ?? (before < network.units ? before : 0), parameter: null };
}

/** @param {MouseEvent} event @param {Context} context @param {Network} network */
function click(event, context, network) {
  const { player } = context;
  const at = stepOf(event);
  if (at === null) return;
  const part = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button"));
  const { weight, node } = part?.dataset ?? {};
  if (weight)
    player.look(Math.max(at, player.state.t), { k: at, focus: { node: null, unit: null, parameter: weight } });
  else player.look(at, node ? { focus: focusOn(event, node, context, network, at) } : {});
}

/** @param {HTMLElement} belt @param {Context} context @param {Network} network @returns {() => void} its undoing */
export function listenToBelt(belt, context, network) {
  const { player } = context;
  const away = new AbortController();
  const { signal } = away;
  belt.addEventListener("click", (event) => click(event, context, network), { signal });
  belt.addEventListener("pointerleave", () => player.set({ hover: null }), { signal });
  belt.addEventListener(
    "pointermove",
    (event) => {
      const at = stepOf(event);
      player.set({ hover: at === null ? null : { t: at, unit: unitOf(event, network) } });
    },
    { signal },
  );
  const unsubscribe = player.subscribe((state, previous) => {
    const active = document.activeElement;
    if (state.t === previous.t || !(active instanceof HTMLElement) || !belt.contains(active)) return;
    const place = network.columnOf(state.t)?.element.querySelector(`[data-node="${active.dataset.node}"]`);
    if (place instanceof HTMLElement) place.focus({ preventScroll: true });
  });
  return () => {
    away.abort();
    unsubscribe();
  };
}
