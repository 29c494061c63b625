// Strokes of a pen: the way so far in ink, what is still to come pale.

import { beside } from "../motion/rows.js";
import { short } from "../numbers.js";
import { t as say } from "../strings.js";

const SIDE = 120;

/** @type {import('../motion/rows.js').Row} */
export const row = {
  name: "pen",
  height: ({ arrays }) => (arrays.points ? SIDE : 0),
  follow(pen, { picture, scene, top }, { t }) {
    const { data, shape } = picture.arrays.points;
    const left = beside(scene, t, SIDE);
    const [low, high] = [Math.min(...data), Math.max(...data)];
    const scale = (SIDE - 20) / (high - low || 1);
    const at = (/** @type {number} */ i) => [
      left + 10 + (data[2 * i] - low) * scale,
      top + SIDE - 10 - (data[2 * i + 1] - low) * scale,
    ];
    const way = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ color) => {
      pen.beginPath();
      for (let i = from; i <= to; i += 1) pen.lineTo(at(i)[0], at(i)[1]);
      Object.assign(pen, { strokeStyle: color, lineWidth: 4, lineJoin: "round", lineCap: "round" });
      pen.stroke();
    };
    Object.assign(pen, { fillStyle: scene.palette.paper, strokeStyle: scene.palette.lineStrong, lineWidth: 1 });
    pen.fillRect(left, top, SIDE, SIDE);
    pen.strokeRect(left + 0.5, top + 0.5, SIDE - 1, SIDE - 1);
    way(0, shape[0] - 1, scene.palette.line);
    way(0, Math.min(t, shape[0] - 1), scene.palette.meaning.input);
    pen.beginPath();
    pen.arc(at(Math.min(t, shape[0] - 1))[0], at(Math.min(t, shape[0] - 1))[1], 5, 0, 7);
    pen.fillStyle = scene.palette.meaning.input;
    pen.fill();
  },
  columns: ({ arrays }) => {
    if (!arrays.points) return [];
    const { data } = arrays.points;
    return [0, 1].map((axis) => ({
      name: say(["data.row.across", "data.row.up"][axis]),
      at: (t) => short(data[2 * t + axis]),
    }));
  },
};
