// What reaches where: how strongly step t depends on step k, for a convolution in time and, if the trace has it, for the recurrence.

import { decades } from "../color.js";
import { make } from "../dom.js";
import { sharp } from "../motion/chart.js";
import { enlarge, magnitude, pixels } from "../motion/paint.js";
import { sketched } from "../motion/sketch.js";
import { short } from "../numbers.js";
import { t } from "../strings.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {{name: string, far: number, row: number[], matrix: Float64Array}} Part `far` is how many steps back step t reaches, itself included
 * @typedef {{t: number, T: number, words: string[], parts: Part[]}} Seen
 */

const PARTS = { convolution: "convolution/reach", recurrence: "jacobian/fro" };

/** How many steps back a row reaches. @param {number[]} row @param {number} now */
const far = (row, now) =>
  now +
  1 -
  Math.max(
    0,
    row.findIndex((value) => value > 0),
  );

/** @param {Trace} trace @param {State} state @returns {Seen} */
export function data(trace, { t: now }) {
  const { time: T } = trace.dims;
  const there = Object.entries(PARTS).filter(([, array]) => trace.names.includes(array));
  const parts = there.map(([name, array]) => {
    const matrix = trace.get(array)?.data ?? new Float64Array(T * T);
    const row = Array.from(matrix.subarray(now * T, now * T + now + 1));
    return { name, far: far(row, now), row, matrix };
  });
  for (const part of parts) Object.defineProperty(part, "matrix", { enumerable: false });
  return { t: now, T, words: trace.labels.time ?? [], parts };
}

const SIDE = 260;

/** @param {Part} part @param {Seen} seen @param {import('../motion/chart.js').Context} context @param {import('../color.js').Decades} range */
function matrix({ name, far: reach, matrix: values }, { t: now, T }, { scene, player }, range) {
  const canvas = make("canvas", { class: "reach-canvas", "aria-hidden": "true" });
  const value = (/** @type {number} */ row, /** @type {number} */ column) => values[row * T + column];
  const image = pixels({ value, rows: T, columns: T }, magnitude(range), scene.palette, document);
  const pen = sharp(canvas, { width: SIDE, height: SIDE });
  enlarge(pen, image, { left: 0, top: 0, width: SIDE, height: SIDE }, scene.palette.paper);
  const row = make("span", { class: "reach-row" });
  row.style.top = `${(100 * now) / T}%`;
  row.style.height = `${100 / T}%`;
  row.style.width = `${(100 * (now + 1)) / T}%`;
  const plot = make("div", { class: "reach-plot" }, canvas, row);
  plot.addEventListener("click", (event) => {
    const { top, height } = plot.getBoundingClientRect();
    player.look(Math.min(T - 1, Math.floor((T * (event.clientY - top)) / height)));
  });
  const words = t(reach > now ? "reach.all" : "reach.some", { t: now, count: reach });
  return make(
    "figure",
    { class: "reach" },
    make("figcaption", {}, make("b", {}, t(`reach.${name}`)), ` ${words}`),
    plot,
  );
}

export const view = sketched({
  name: "reach",
  reads: [PARTS.convolution],
  data,
  draw(/** @type {Seen} */ seen, context) {
    const ranges = seen.parts.map(({ matrix: values }) => decades([values]));
    return [
      make("div", { class: "reaches" }, ...seen.parts.map((part, i) => matrix(part, seen, context, ranges[i]))),
      make("p", { class: "sketch-note" }, t("reach.note")),
    ];
  },
  summary: (/** @type {Seen} */ { t: now, parts }) =>
    parts
      .map(({ name, far: reach }) => t("reach.summary", { name: t(`reach.${name}`), t: now, count: reach }))
      .join(" "),
  table: (/** @type {Seen} */ { parts, words, t: now }) => ({
    head: [t("reach.from", { t: now }), t("frame.word"), ...parts.map(({ name }) => t(`reach.${name}`))],
    rows: parts[0].row.map((_, k) => [String(k), words[k] ?? "", ...parts.map(({ row }) => short(row[k]))]),
  }),
});
