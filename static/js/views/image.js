// A picture: what of it a step reads is framed; where a decoder looks, the rest of the picture grows dark, word by word.

import { looks, weightsAt } from "../motion/looks.js";
import { pixels } from "../motion/paint.js";
import { beside, light } from "../motion/rows.js";
import { percent } from "../numbers.js";
import { t as say } from "../strings.js";

/**
 * @typedef {import('../motion/rows.js').Place} Place
 * @typedef {import('../motion/rows.js').Trace} Trace
 * @typedef {import('../motion/rows.js').Numbers} Numbers
 */

const LARGE = 132;
const SMALL = 44;
const WORD = 14;

/** The picture as an image of its own size. @param {Place} place */
function image({ picture, scene }) {
  const { data, shape } = picture.arrays.image;
  const [rows, columns, colours] = shape;
  if (!colours) {
    const value = (/** @type {number} */ y, /** @type {number} */ x) => data[y * columns + x];
    return pixels({ value, rows, columns }, light(0, Math.max(...data)), scene.palette, document);
  }
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: columns, height: rows });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const out = pen.createImageData(columns, rows);
  for (let i = 0; i < rows * columns; i += 1)
    for (let c = 0; c < 4; c += 1) out.data[4 * i + c] = c === 3 ? 255 : Math.round(255 * data[3 * i + c]);
  pen.putImageData(out, 0, 0);
  return canvas;
}

/** Patches in the light of attention. @param {CanvasRenderingContext2D} pen @param {ArrayLike<number>} weights @param {{left: number, top: number, side: number}} box @param {string} paper */
function lit(pen, weights, { left, top, side }, paper) {
  const n = Math.round(Math.sqrt(weights.length));
  const most = Math.max(...Array.from(weights)) || 1;
  pen.fillStyle = paper;
  for (let i = 0; i < n * n; i += 1) {
    pen.globalAlpha = 0.86 * (1 - weights[i] / most);
    pen.fillRect(left + ((i % n) * side) / n, top + (Math.floor(i / n) * side) / n, side / n, side / n);
  }
  pen.globalAlpha = 1;
}

/** The part that a step reads: a row, a pixel or a patch, in shares of the picture. @param {Place} place @param {number} t @param {number} steps */
export function part({ picture }, t, steps) {
  const [rows, , colours] = picture.arrays.image.shape;
  if (!colours && steps === rows) return { x: 0, y: t / rows, wide: 1, high: 1 / rows };
  const n = Math.round(Math.sqrt(steps));
  return { x: (t % n) / n, y: Math.floor(t / n) / n, wide: 1 / n, high: 1 / n };
}

/** Whether the chain that is seen says the caption. @param {Place} place */
const answering = ({ trace }) => trace.block?.axis === "time" && looks(trace) !== null;

/** @type {import('../motion/rows.js').Row} */
export const row = {
  name: "image",
  height: ({ arrays }, trace) => (arrays.image ? LARGE + (looks(trace) ? SMALL + WORD + 8 : 0) : 0),
  paint(pen, place) {
    if (!answering(place)) return;
    const { scene, top, trace } = place;
    const [whole, array] = [image(place), looks(trace)];
    const side = Math.min(SMALL, scene.timeline.step - 2);
    const words = trace.labels.target ?? [];
    pen.imageSmoothingEnabled = false;
    for (let t = 0; array && t < scene.timeline.T && words[t]; t += 1) {
      const box = { left: scene.timeline.centre(t) - side / 2, top, side };
      pen.drawImage(whole, box.left, box.top, side, side);
      lit(pen, weightsAt(array, t), box, scene.palette.paper);
      Object.assign(pen, { strokeStyle: scene.palette.line, lineWidth: 1 });
      pen.strokeRect(box.left, box.top, side, side);
      Object.assign(pen, { fillStyle: scene.palette.ink2, textAlign: "center" });
      pen.font = `${scene.palette.small}px ${scene.palette.font}`;
      if (pen.measureText(words[t]).width < scene.timeline.step)
        pen.fillText(words[t], scene.timeline.centre(t), top + side + 12);
    }
  },
  follow(pen, place, { t }) {
    const { scene, top, height, trace } = place;
    const array = answering(place) ? looks(trace) : null;
    const box = { left: beside(scene, t, LARGE), top: top + height - LARGE, side: LARGE };
    pen.imageSmoothingEnabled = false;
    pen.drawImage(image(place), box.left, box.top, LARGE, LARGE);
    if (array) lit(pen, weightsAt(array, t), box, scene.palette.paper);
    Object.assign(pen, { strokeStyle: scene.palette.lineStrong, lineWidth: 1 });
    pen.strokeRect(box.left, box.top, LARGE, LARGE);
    if (array) return;
    const { x, y, wide, high } = part(place, t, scene.timeline.T);
    Object.assign(pen, { strokeStyle: scene.palette.meaning.state, lineWidth: 2.5 });
    pen.strokeRect(box.left + x * LARGE, box.top + y * LARGE, wide * LARGE, high * LARGE);
  },
  columns(picture, trace) {
    const array = picture.arrays.image ? looks(trace) : null;
    if (!array) return [];
    const most = (/** @type {number} */ t) => {
      const weights = weightsAt(array, t);
      const at = weights.indexOf(Math.max(...weights));
      return `${picture.time[at] ?? at} (${percent(weights[at])})`;
    };
    return [{ name: say("data.row.looks"), at: most }];
  },
};
