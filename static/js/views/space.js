// A filter slid over a picture: at every place nine numbers under it are weighed and summed, and the sums are a picture again.

import { make } from "../dom.js";
import { sharp } from "../motion/chart.js";
import { enlarge, gate, pixels, signed } from "../motion/paint.js";
import { sketched } from "../motion/sketch.js";
import { short } from "../numbers.js";
import { t } from "../strings.js";
import { largest } from "../trace.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../trace.js').TraceArray} TraceArray
 * @typedef {import('../player.js').State} State
 * @typedef {{rows: number, columns: number, row: number, column: number, value: number, under: number[], filter: number[], picture: Float64Array,
 *   map: Float64Array}} Seen `row` and `column` are where the filter lies
 */

/** @param {Trace} trace @param {State} state @returns {Seen} */
export function data(trace, { t: now, k, phase }) {
  const of = (/** @type {string} */ name) => /** @type {TraceArray} */ (trace.get(name));
  const [x, map, filter] = [of("x"), of("space/map"), of("space/filter")];
  const [rows, columns] = map.shape;
  const row = Math.min(rows - 1, phase === "whole" && now === 0 ? 0 : now);
  const column = Math.min(columns - 1, k);
  const width = columns + 2;
  const under = Array.from({ length: 9 }, (_, i) => x.data[(row + Math.floor(i / 3)) * width + column + (i % 3)]);
  const value = map.data[row * columns + column];
  const seen = {
    rows,
    columns,
    row,
    column,
    value,
    under,
    filter: Array.from(filter.data),
    picture: x.data,
    map: map.data,
  };
  for (const name of ["picture", "map"]) Object.defineProperty(seen, name, { enumerable: false });
  return seen;
}

const CELL = 30;

/** A picture of numbers, one square each. @param {{data: Float64Array, rows: number, columns: number, scale: import('../motion/paint.js').Scale}} picture @param {import('../motion/chart.js').Context} context */
function canvas({ data: values, rows, columns, scale }, { scene }) {
  const host = make("canvas", { "aria-hidden": "true" });
  const size = { width: columns * CELL, height: rows * CELL };
  const value = (/** @type {number} */ r, /** @type {number} */ c) => values[r * columns + c];
  const image = pixels({ value, rows, columns }, scale, scene.palette, document);
  enlarge(sharp(host, size), image, { left: 0, top: 0, ...size }, scene.palette.paper);
  return host;
}

/** A frame around part of a picture, in shares of it. @param {string} name @param {number[]} place top, left, height, width in squares @param {number[]} size rows, columns */
function box(name, [top, left, high, wide], [rows, columns]) {
  const frame = make("span", { class: name });
  const share = (/** @type {number} */ part, /** @type {number} */ whole) => `${(100 * part) / whole}%`;
  frame.style.top = share(top, rows);
  frame.style.left = share(left, columns);
  frame.style.height = share(high, rows);
  frame.style.width = share(wide, columns);
  return frame;
}

/** @param {string} caption @param {Node[]} inside */
const figure = (caption, ...inside) =>
  make("figure", { class: "space" }, make("div", { class: "space-plot" }, ...inside), make("figcaption", {}, caption));

/** @param {number[]} numbers */
const nine = (numbers) => make("div", { class: "nine" }, ...numbers.map((value) => make("span", {}, short(value, 2))));

/** Click a place to lay the filter there. @param {HTMLElement} plot @param {Seen} seen @param {import('../player.js').Player} player */
function pickable(plot, { rows, columns }, player) {
  plot.addEventListener("click", (event) => {
    const { left, top, width, height } = plot.getBoundingClientRect();
    const at = (/** @type {number} */ share, /** @type {number} */ count) =>
      Math.min(count - 1, Math.max(0, Math.floor(share * (count + 2)) - 1));
    const row = at((event.clientY - top) / height, rows);
    player.look(row, { k: at((event.clientX - left) / width, columns) });
  });
  return plot;
}

export const view = sketched({
  name: "space",
  reads: ["x", "space/map", "space/filter"],
  data,
  draw(/** @type {Seen} */ seen, context) {
    const { rows, columns, row, column, picture, map } = seen;
    const dark = gate("input");
    const whole = {
      data: picture,
      rows: rows + 2,
      columns: columns + 2,
      scale: { ...dark, share: (/** @type {number} */ v) => v / (largest(picture) || 1) },
    };
    const given = figure(
      t("space.picture"),
      canvas(whole, context),
      box("space-filter", [row, column, 3, 3], [rows + 2, columns + 2]),
    );
    pickable(/** @type {HTMLElement} */ (given.firstElementChild), seen, context.player);
    const sums = { data: map, rows, columns, scale: signed(largest(map) || 1) };
    return [
      make(
        "div",
        { class: "spaces" },
        given,
        make(
          "div",
          { class: "space-sums" },
          figure(t("space.under"), nine(seen.under)),
          figure(t("space.filter"), nine(seen.filter)),
        ),
        figure(t("space.map"), canvas(sums, context), box("space-value", [row, column, 1, 1], [rows, columns])),
      ),
      make("p", { class: "sketch-note" }, note(seen)),
    ];
  },
  summary: note,
  table: (/** @type {Seen} */ { rows, columns, map }) => ({
    head: [t("space.row"), ...Array.from({ length: columns }, (_, c) => String(c))],
    rows: Array.from({ length: rows }, (_, r) => [
      String(r),
      ...Array.from({ length: columns }, (_, c) => short(map[r * columns + c])),
    ]),
  }),
});

/** @param {Seen} seen */
function note({ row, column, value }) {
  return t("space.note", { row, column, value: short(value) });
}
