// The plane of the state: the field under an input, its fixed points, the way of the run through it.

import { make, put, svg, write } from "../dom.js";
import { short, ticks } from "../numbers.js";
import { arrowsOf, boxOf, nearest, pathOf, placeIn } from "./places.js";
import { t } from "./words.js";

/**
 * @typedef {import('./places.js').Geometry} Geometry
 * @typedef {import('./places.js').Place} Place
 * @typedef {{geometry: Geometry, input: number, t: number, words: string[]}} Seen
 */

const SIZE = 360;
const EDGE = 26;
const REACH = 22;
const LAYERS = ["grid", "field", "fixed", "dots"];
/** @type {[number, number]} */
const NOWHERE = [Number.NaN, Number.NaN];
const ROOM = 70; // more points than this are drawn as a line alone

/** @param {number} value */
const at = (value) => value.toFixed(1);

export class Plane {
  /** @param {{look: (t: number) => void}} means */
  constructor({ look }) {
    const [grid, field, fixed, dots] = LAYERS.map((name) => svg("g", { class: `plane-${name}` }));
    const [rest, done] = ["plane-path is-ahead", "plane-path"].map((name) => svg("path", { class: name }));
    const here = svg("circle", { class: "plane-here", r: "6" });
    const ring = svg("circle", { class: "plane-hover", r: "8" });
    this.parts = { grid, field, fixed, dots, rest, done, here, ring };
    this.drawing = svg("svg", { class: "plane", viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img" });
    this.drawing.append(grid, field, rest, done, dots, fixed, here, ring);
    this.readout = make("p", { class: "plane-readout" });
    this.host = make("figure", { class: "plane-figure" });
    this.host.append(this.drawing, this.readout);
    /** @type {Geometry | null} */
    this.geometry = null;
    this.input = -2;
    /** @type {[number, number][]} */
    this.places = [];
    /** @type {Place} */
    this.place = () => [0, 0];
    /** @type {Seen | null} */
    this.seen = null;
    this.over = -1;
    this.listen(look);
  }

  /** @param {(t: number) => void} look */
  listen(look) {
    const { drawing } = this;
    drawing.addEventListener("pointermove", (event) => {
      this.over = this.under(/** @type {PointerEvent} */ (event));
      drawing.classList.toggle("is-over", this.over > 0);
      this.tell();
    });
    drawing.addEventListener("pointerleave", () => {
      this.over = -1;
      this.tell();
    });
    drawing.addEventListener("click", (event) => {
      const found = this.under(/** @type {MouseEvent} */ (event));
      if (found > 0) look(found - 1);
    });
  }

  /** The point under the pointer. @param {MouseEvent} event */
  under(event) {
    const { left, top, width } = this.drawing.getBoundingClientRect();
    const scale = SIZE / width;
    return nearest(this.places, (event.clientX - left) * scale, (event.clientY - top) * scale, REACH);
  }

  /** @param {Seen} moment */
  draw(moment) {
    const { parts } = this;
    const { geometry, input, t: step } = moment;
    this.seen = moment;
    put(this.drawing, "aria-label", label(moment));
    if (this.geometry !== geometry) this.begin(geometry);
    if (this.input !== input) {
      parts.field.replaceChildren(...arrows(geometry, input, this.place));
      parts.fixed.replaceChildren(...points(geometry, input, this.place));
      this.input = input;
    }
    // The point after step t is the (t + 1)th: the first is where the run begins.
    put(parts.done, "d", line(this.places.slice(0, step + 2)));
    put(parts.rest, "d", line(this.places.slice(step + 1)));
    spot(parts.here, this.places[step + 1]);
    for (const [index, each] of [...parts.dots.children].entries()) each.classList.toggle("is-ahead", index > step + 1);
    this.tell();
  }

  /** What stays while the run goes on. @param {Geometry} geometry */
  begin(geometry) {
    const box = boxOf(geometry);
    this.place = placeIn(box, { size: SIZE, edge: EDGE });
    this.places = pathOf(geometry.path.points).map((point) => this.place(point));
    this.parts.grid.replaceChildren(...frame(geometry, box, this.place));
    this.parts.dots.replaceChildren(...(this.places.length > ROOM ? [] : this.places.map(dot)));
    this.input = -2;
    this.geometry = geometry;
  }

  tell() {
    if (!this.seen) return;
    spot(this.parts.ring, this.places[this.over]);
    write(this.readout, sentence(this.seen, this.over >= 0 ? this.over : this.seen.t + 1));
  }
}

/** @param {Element} circle @param {[number, number] | undefined} place */
function spot(circle, [x, y] = NOWHERE) {
  const there = Number.isFinite(x) && Number.isFinite(y);
  circle.classList.toggle("is-gone", !there);
  if (!there) return;
  circle.setAttribute("cx", at(x));
  circle.setAttribute("cy", at(y));
}

/** A line with a gap where a point is missing. @param {[number, number][]} places */
function line(places) {
  let pen = "M";
  return places
    .map(([x, y]) => {
      const there = Number.isFinite(x) && Number.isFinite(y);
      const piece = there ? `${pen}${at(x)},${at(y)}` : "";
      pen = there ? "L" : "M";
      return piece;
    })
    .join("");
}

/** @param {[number, number]} place @param {number} index */
function dot(place, index) {
  const circle = svg("circle", { class: `plane-dot${index === 0 ? " is-start" : ""}`, r: index === 0 ? "4" : "3" });
  spot(circle, place);
  return circle;
}

/** The edges with their numbers, the lines through zero, what the axes are. @param {Geometry} geometry @param {import('./places.js').Box} box @param {Place} place */
function frame({ path, coordinates }, { low, high }, place) {
  const [left, bottom] = place(low);
  const [right, top] = place(high);
  const edge = svg("rect", {
    ...{ class: "plane-edge", x: at(left), y: at(top), width: at(right - left), height: at(bottom - top) },
  });
  const marks = [0, 1].flatMap((axis) =>
    ticks(low[axis], high[axis], 6).flatMap((value) => {
      const [x, y] = place(axis === 0 ? [value, low[1]] : [low[0], value]);
      const name = `plane-rule${Math.abs(value) < 1e-12 ? " is-zero" : ""}`;
      const words = short(Math.abs(value) < 1e-12 ? 0 : value, 2);
      return axis === 0
        ? [
            svg("path", { class: name, d: `M${at(x)},${at(bottom)}V${at(top)}` }),
            text("plane-tick", x, bottom + 14, words),
          ]
        : [
            svg("path", { class: name, d: `M${at(left)},${at(y)}H${at(right)}` }),
            text("plane-tick is-side", left - 5, y + 3.5, words),
          ];
    }),
  );
  const names = path.axes.length > 1 ? path.axes : [t("tool.geometry.step"), coordinates[0]];
  return [
    ...marks,
    edge,
    text("plane-name", right - 6, bottom - 7, named(names[0])),
    text("plane-name is-up", left + 6, top + 15, named(names[1])),
  ];
}

/** A coordinate in words: "h 1" is unit 1 of h. @param {string} name */
export const named = (name) => {
  const [stem, unit] = name.split(" ");
  return unit === undefined || stem === "PC" ? name : t("tool.geometry.unit", { name: stem, unit });
};

/** @param {string} name @param {number} x @param {number} y @param {string} words */
function text(name, x, y, words) {
  const element = svg("text", { class: name, x: at(x), y: at(y) });
  element.textContent = words;
  return element;
}

/** @param {Geometry} geometry @param {number} input @param {Place} place */
function arrows({ portrait }, input, place) {
  if (!portrait || input < 0) return [];
  const d = arrowsOf(portrait, input).map(({ from, to }) => arrow(place(from), place(to)));
  return [svg("path", { d: d.join("") })];
}

/** A shaft with a head that fits its length. @param {[number, number]} from @param {[number, number]} to */
function arrow([x, y], [tx, ty]) {
  const [dx, dy] = [tx - x, ty - y];
  const length = Math.hypot(dx, dy) || 1;
  const head = Math.min(4, length * 0.5) / length;
  const [bx, by, wx, wy] = [tx - dx * head, ty - dy * head, (-dy * head) / 2, (dx * head) / 2];
  return `M${at(x)},${at(y)}L${at(tx)},${at(ty)}M${at(bx + wx)},${at(by + wy)}L${at(tx)},${at(ty)}L${at(bx - wx)},${at(by - wy)}`;
}

/** Fixed points: full where all is drawn in, hollow where all is pushed out, half where both, dashed where neither. @param {Geometry} geometry @param {number} input @param {Place} place */
function points({ portrait }, input, place) {
  if (!portrait || input < 0) return [];
  return portrait.inputs[input].fixed
    .filter((point) => inside(point.at, portrait))
    .map(({ at: where, kind }) => mark(kind, ...place(where)));
}

/** @param {number[]} point @param {import('./places.js').Box} box */
const inside = (point, { low, high }) => point.every((value, axis) => value >= low[axis] && value <= high[axis]);

/** @param {string} kind @param {number} x @param {number} y */
export function mark(kind, x, y) {
  const group = svg("g", { class: `fixed is-${kind}`, transform: `translate(${at(x)} ${at(y)})` });
  group.append(svg("path", { class: "fixed-body", d: "M0,-6.5L6.5,0L0,6.5L-6.5,0Z" }));
  if (kind === "saddle") group.append(svg("path", { class: "fixed-half", d: "M0,-6.5L6.5,0L0,6.5Z" }));
  return group;
}

/** Where a point stands, in words. @param {Seen} seen @param {number} index */
function sentence({ geometry, words }, index) {
  const point = geometry.path.points[index] ?? [];
  const where = point.map((value) => short(value ?? Number.NaN)).join(", ");
  if (index === 0) return t("tool.geometry.start", { where });
  return t("tool.geometry.point", { t: index - 1, word: words[index - 1] ?? "", where });
}

/** @param {Seen} seen */
function label({ geometry, t: step, words }) {
  const names = geometry.path.axes.map(named).join(", ");
  return t("tool.geometry.label", { names, steps: geometry.path.points.length - 1, t: step, word: words[step] ?? "" });
}
