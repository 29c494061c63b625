// A dot that runs along the wires when a step happens: fast, then a pause. It leaves nothing behind.

import { make } from "../dom.js";
import { lanes } from "./wires.js";

/** @typedef {import('../player.js').State} State */

const FASTEST = 12;
const DOTS = 5;

/** The ways a pulse takes as a step happens: from, to, in the column's coordinates. @param {State} state @param {any} shape @returns {{from: [number, number], to: [number, number], late: boolean, kind: string}[]} */
export function ways({ phase, t }, { rows, step, wide, states, reversed = false, T = 0 }) {
  const x = step / 2;
  const { loss, output, cell, input } = rows;
  const base = t * step;
  const end = (/** @type {{top: number, height: number}} */ { top, height }) => top + height;
  const side = reversed ? -1 : 1;
  const left = base + x - side * (step - wide / 2);
  const right = base + x - (side * wide) / 2;
  const across = lanes(cell, states).filter(() => (reversed ? t < T - 1 : t > 0));
  if (phase === "forward")
    return [
      { from: [base + x, input.top], to: [base + x, end(cell)], late: false, kind: "input" },
      ...across.map((y) => ({
        from: /** @type {[number, number]} */ ([left, y]),
        to: /** @type {[number, number]} */ ([right, y]),
        late: false,
        kind: "state",
      })),
      { from: [base + x, cell.top], to: [base + x, end(output)], late: true, kind: "output" },
    ];
  if (phase === "backward")
    return [
      { from: [base + x, end(loss)], to: [base + x, output.top], late: false, kind: "gradient" },
      { from: [base + x, end(output)], to: [base + x, cell.top], late: false, kind: "gradient" },
      { from: [base + x, end(cell)], to: [base + x, input.top], late: true, kind: "gradient" },
      ...across.map((y) => ({
        from: /** @type {[number, number]} */ ([right, y]),
        to: /** @type {[number, number]} */ ([left, y]),
        late: true,
        kind: "gradient",
      })),
    ];
  return [];
}

/** @param {HTMLElement} belt */
export function pulses(belt) {
  const dots = Array.from({ length: DOTS }, () =>
    make("li", { class: "pulse", role: "presentation", "aria-hidden": "true" }),
  );
  belt.append(...dots);
  const still = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");
  let before = "";
  return {
    /** @param {State} state @param {any} shape */
    follow(state, shape) {
      const now = `${state.phase} ${state.t}`;
      const moved = now !== before;
      before = now;
      if (!moved || !state.playing || state.speed > FASTEST || still?.matches) return;
      const beat = Math.min(260, 420 / state.speed);
      for (const [index, way] of ways(state, shape).slice(0, DOTS).entries()) run(dots[index], way, beat);
    },
  };
}

/** @param {HTMLElement} dot @param {ReturnType<typeof ways>[number]} way @param {number} beat */
function run(dot, { from, to, late, kind }, beat) {
  dot.className = `pulse of-${kind}`;
  const place = (/** @type {[number, number]} */ [x, y]) => `translate(${x}px, ${y}px)`;
  const steps = [
    { transform: place(from), opacity: 0 },
    { transform: place(from), opacity: 1, offset: 0.05 },
    { transform: place(to), opacity: 1, offset: 0.9 },
    { transform: place(to), opacity: 0 },
  ];
  dot.animate(steps, {
    duration: beat,
    delay: late ? beat * 0.8 : 0,
    easing: "cubic-bezier(.3,.1,.3,1)",
    fill: "none",
  });
}
