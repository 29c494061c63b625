// The whole sequence in one strip, for runs too long for the lens: how probable the right word was at each step, and where
// the lens stands. It can be dragged.

import { answerAt, counted, headOf } from "../answers.js";
import { hide, make, put, svg, symbol } from "../dom.js";
import { sharp } from "../motion/chart.js";
import { t } from "../strings.js";
import { largest } from "../trace.js";

/**
 * @typedef {import('../motion/chart.js').Context} Context
 * @typedef {import('../motion/chart.js').Scene} Scene
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 */

const FLARE = 22;
const HEIGHT = 30;

/** How probable the right outcome was at every step; where outcomes have no probabilities, how large the loss. @param {Trace} trace @returns {Float64Array} (T) */
export function data(trace) {
  const numbers = headOf(trace) === "linear";
  const loss = trace.get("loss");
  return Float64Array.from({ length: trace.dims.time }, (_, at) => {
    if (numbers) return counted(trace, at) ? (loss?.data[at * loss.shape[1]] ?? 0) : 0;
    return answerAt(trace, at)?.p || 0;
  });
}

/** From the window of the strip up to the whole width of the lens. @param {Scene} scene @param {number} first */
export function flarePath({ timeline, near }, first) {
  const from = timeline.edge(first);
  const to = timeline.edge(first + near.count);
  const end = near.left + near.inner;
  return `M${from},${FLARE}C${from},${FLARE * 0.3} ${near.left},${FLARE * 0.7} ${near.left},0H${end}C${end},${FLARE * 0.7} ${to},${FLARE * 0.3} ${to},${FLARE}Z`;
}

/** @param {HTMLElement} host @param {Context} context */
function mount(host, context) {
  const canvas = make("canvas", { "aria-hidden": "true" });
  const flare = svg("path", { class: "flare" });
  const marks = svg("svg", { class: "overview-marks", "aria-hidden": "true", focusable: "false" });
  marks.append(flare);
  const lens = make("div", { class: "overview-lens" });
  const words = make("p", { class: "hidden" });
  const name = make("div", { class: "overview-name", "aria-hidden": "true" });
  host.replaceChildren(name, marks, canvas, lens, words);
  let drawn = -1;

  /** @param {Trace} trace @param {State} state */
  const draw = (trace, state) => {
    const { scene } = context;
    const { timeline, near } = scene;
    hide(host, near.count === timeline.T);
    if (host.hidden) return;
    const first = scene.lensFirst(state.t);
    if (drawn !== scene.version) {
      drawn = scene.version;
      paint(canvas, data(trace), scene, headOf(trace) === "linear" ? "loss" : "output");
      nameStrip(name, headOf(trace));
      words.textContent = t(`net.overview${headOf(trace) === "linear" ? ".loss" : ""}`, {
        T: timeline.T,
        from: first,
        to: first + near.count - 1,
      });
      lens.style.width = `${near.count * timeline.step}px`;
    }
    lens.style.transform = `translateX(${timeline.edge(first)}px)`;
    put(flare, "d", flarePath(scene, first));
  };

  const release = drag(host, context);
  return {
    draw,
    destroy() {
      release();
      host.replaceChildren();
    },
  };
}

/** Say what the strip shows; a chain without an output layer shows where the lens stands and no more. @param {HTMLElement} host @param {import('../answers.js').Head | null} head */
function nameStrip(host, head) {
  const loss = head === "linear";
  const parts = [
    symbol(loss ? "J_t" : "y_t", loss ? "loss" : "output"),
    make("span", {}, t(loss ? "net.loss" : "net.overview.name")),
  ];
  host.replaceChildren(...(head === null ? [] : parts));
}

/** @param {HTMLCanvasElement} canvas @param {Float64Array} given @param {Scene} scene @param {string} meaning */
function paint(canvas, given, { palette, timeline }, meaning) {
  const context = sharp(canvas, { width: timeline.width, height: HEIGHT });
  context.clearRect(0, 0, timeline.width, HEIGHT);
  context.fillStyle = palette.line;
  context.fillRect(timeline.left, HEIGHT - 1, timeline.inner, 1);
  context.fillStyle = palette.meaning[meaning];
  const wide = Math.max(1, timeline.step - (timeline.step >= 4 ? 1 : 0));
  const most = largest(given) || 1;
  for (const [at, p] of given.entries()) {
    const high = Math.max(1, (p / most) * (HEIGHT - 4));
    context.fillRect(timeline.edge(at), HEIGHT - 1 - high, wide, high);
  }
}

/** Drag along the strip to move through time. @param {HTMLElement} host @param {Context} context */
function drag(host, { player, scene }) {
  let held = false;
  const at = (/** @type {PointerEvent} */ event) =>
    scene.timeline.at(event.clientX - host.getBoundingClientRect().left);
  const down = (/** @type {PointerEvent} */ event) => {
    held = true;
    host.setPointerCapture(event.pointerId);
    player.look(at(event));
  };
  const move = (/** @type {PointerEvent} */ event) => {
    if (held) player.look(at(event));
    else player.set({ hover: { t: at(event) } });
  };
  const up = () => {
    held = false;
  };
  const leave = () => player.set({ hover: null });
  const handlers = /** @type {[string, any][]} */ ([
    ["pointerdown", down],
    ["pointermove", move],
    ["pointerup", up],
    ["pointercancel", up],
    ["pointerleave", leave],
  ]);
  for (const [name, handler] of handlers) host.addEventListener(name, handler);
  return () => {
    for (const [name, handler] of handlers) host.removeEventListener(name, handler);
  };
}

export const view = { name: "sequence", reads: ["probs", "target"], mount };
