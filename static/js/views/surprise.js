// How wrong a prediction of numbers was at every step: the curve by which one finds what is unlike the rest.

import { headOf } from "../answers.js";
import { first } from "../motion/rows.js";
import { short } from "../numbers.js";
import { t as say } from "../strings.js";
import { largest } from "../trace.js";

/** @param {import('../motion/rows.js').Trace} trace */
const errors = (trace) => (headOf(trace) === "linear" ? first(trace, "loss") : null);

/** @type {import('../motion/rows.js').Row} */
export const row = {
  name: "surprise",
  height: (_picture, trace) => (errors(trace) ? 44 : 0),
  follow(pen, { trace, scene, top, height }, { forward }) {
    const found = errors(trace);
    if (!found) return;
    const most = largest(found) || 1;
    const wide = Math.max(1, scene.timeline.step - (scene.timeline.step >= 4 ? 1 : 0));
    pen.fillStyle = scene.palette.line;
    pen.fillRect(scene.timeline.left, top + height - 1, scene.timeline.inner, 1);
    pen.fillStyle = scene.palette.meaning.loss;
    for (let t = 0; t <= forward && t < found.length; t += 1) {
      const high = Math.max(1, (found[t] / most) * (height - 3));
      pen.fillRect(scene.timeline.edge(t), top + height - 1 - high, wide, high);
    }
  },
  columns(_picture, trace) {
    const found = errors(trace);
    return found ? [{ name: say("data.row.surprise"), at: (t) => short(found[t]) }] : [];
  },
};
