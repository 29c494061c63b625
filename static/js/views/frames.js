// A film: every frame small at its step, the present one large beneath.

import { pixels } from "../motion/paint.js";
import { beside, light } from "../motion/rows.js";
import { t as say } from "../strings.js";

const LARGE = 88;

/** One frame as an image. @param {import('../motion/rows.js').Place} place @param {number} t */
function frame({ picture, scene }, t) {
  const { data, shape } = picture.arrays.frames;
  const [, rows, columns] = shape;
  const value = (/** @type {number} */ y, /** @type {number} */ x) => data[(t * rows + y) * columns + x];
  return pixels({ value, rows, columns }, light(0, 1), scene.palette, document);
}

/** @type {import('../motion/rows.js').Row} */
export const row = {
  name: "frames",
  height: ({ arrays }) => (arrays.frames ? 44 + LARGE : 0),
  paint(pen, place) {
    const { timeline, palette } = place.scene;
    const side = Math.min(38, timeline.step - 1);
    pen.imageSmoothingEnabled = false;
    for (let t = 0; t < Math.min(timeline.T, place.picture.arrays.frames.shape[0]); t += 1) {
      pen.drawImage(frame(place, t), timeline.centre(t) - side / 2, place.top, side, side);
      Object.assign(pen, { strokeStyle: palette.line, lineWidth: 1 });
      pen.strokeRect(timeline.centre(t) - side / 2, place.top, side, side);
    }
  },
  follow(pen, place, { t }) {
    const left = beside(place.scene, t, LARGE);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(frame(place, t), left, place.top + 42, LARGE, LARGE);
    Object.assign(pen, { strokeStyle: place.scene.palette.lineStrong, lineWidth: 1 });
    pen.strokeRect(left, place.top + 42, LARGE, LARGE);
  },
  columns: ({ arrays, answer }) =>
    arrays.frames ? [{ name: say("data.row.move"), at: (t) => answer.split(" ")[t] ?? "" }] : [],
};
