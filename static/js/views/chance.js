// How sure a network is of the one thing it is asked at every step: an alarm, a trigger, a praise. Above one half it fires.

import { headOf } from "../answers.js";
import { first, line, shade } from "../motion/rows.js";
import { percent } from "../numbers.js";

/** @typedef {import('../motion/rows.js').Trace} Trace */

export const THRESHOLD = 0.5;

/** @param {Trace} trace */
const chances = (trace) =>
  headOf(trace) === "sigmoid" && trace.labels.output?.length === 1 ? first(trace, "probs") : null;

/** The steps at which it begins to be surer than not. @param {Trace} trace @returns {number[]} */
export function fires(trace) {
  const found = chances(trace);
  if (!found) return [];
  return [...found.keys()].filter((t) => found[t] >= THRESHOLD && !(found[t - 1] >= THRESHOLD));
}

/** @type {import('../motion/rows.js').Row} */
export const row = {
  name: "chance",
  height: (_picture, trace) => (chances(trace) ? 56 : 0),
  paint(pen, place) {
    const { scene, top, height, picture } = place;
    shade(pen, place, picture.arrays.label ?? picture.arrays.stolen);
    Object.assign(pen, { strokeStyle: scene.palette.lineStrong, lineWidth: 1 });
    pen.setLineDash([3, 3]);
    pen.beginPath();
    pen.moveTo(scene.timeline.left, top + height * (1 - THRESHOLD));
    pen.lineTo(scene.timeline.left + scene.timeline.inner, top + height * (1 - THRESHOLD));
    pen.stroke();
    pen.setLineDash([]);
  },
  follow(pen, { trace, scene, top, height }, { forward }) {
    const found = chances(trace);
    if (!found) return;
    const color = scene.palette.meaning.output;
    const x = (/** @type {number} */ t) => scene.timeline.centre(t);
    line(pen, found, { x, low: 0, high: 1, top: top + 2, height: height - 4, color, width: 2, until: forward + 1 });
    pen.fillStyle = color;
    for (const t of fires(trace)) {
      if (t > forward) break;
      pen.beginPath();
      pen.arc(x(t), top + 2 + (height - 4) * (1 - found[t]), 4, 0, 7);
      pen.fill();
    }
  },
  columns(_picture, trace) {
    const found = chances(trace);
    return found ? [{ name: trace.labels.output[0], at: (t) => percent(found[t]) }] : [];
  },
};
