// A small trace as the server streams it, frame by frame, for the tests of those who read it.

import { KINDS } from "../../static/js/frames.js";

export const T = 5;
export const H = 3;

/** @param {string} kind @param {number} t @param {number} number @param {Buffer} payload */
export function frame(kind, t, number, payload) {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(payload.length, 0);
  head.writeUInt16LE(KINDS.indexOf(/** @type {any} */ (kind)), 4);
  head.writeUInt32LE(t, 8);
  head.writeUInt32LE(number, 12);
  return Buffer.concat([head, payload]);
}

/** @param {number} t */
export const state = (t) => Float32Array.from({ length: H }, (_, unit) => t + unit / 4);

/** @param {number} t a gradient far below what a float32 can hold */
const gradient = (t) => {
  const scale = Buffer.alloc(8);
  scale.writeDoubleLE(10 ** (-60 * (T - t)), 0);
  return Buffer.concat([scale, Buffer.from(state(t).buffer)]);
};

export const TRACE = {
  id: "abc",
  engine: "1.0.0",
  recipe: { hidden: H },
  dims: { time: T, hidden: H },
  labels: { time: ["é", "b", "c", "d", "e"] },
};

export const FRAMES = [
  frame(
    "start",
    0,
    0,
    Buffer.from(
      JSON.stringify({
        ...TRACE,
        arrays: { "param/U": { dims: [], shape: [1], dtype: "float64", data: [1] } },
        layout: {
          forward: [{ name: "s", shape: [1, H], dtype: "f4" }],
          backward: [{ name: "grad/s", shape: [1, H], dtype: "s4" }],
        },
      }),
    ),
  ),
  ...Array.from({ length: T }, (_, t) => frame("forward", t, 1 + t, Buffer.from(state(t).buffer))),
  ...Array.from({ length: T }, (_, i) => frame("backward", T - 1 - i, 1 + T + i, gradient(T - 1 - i))),
  frame(
    "done",
    0,
    1 + 2 * T,
    Buffer.from(
      JSON.stringify({
        arrays: { "grad/U": { dims: [], shape: [1], dtype: "float64", data: [2] } },
      }),
    ),
  ),
];
