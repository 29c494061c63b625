// Curves of a run that grows, on a log axis: what came raw as a band from least to most, what it tends to as a line. Points are
// put into columns as they come, so that a million of them cost no more to draw than a thousand.

import { hide, make, put, write } from "../dom.js";
import { sharp } from "../motion/chart.js";
import { power, short } from "../numbers.js";

/**
 * @typedef {import('../color.js').Palette} Palette
 * @typedef {{key: unknown, name: string, data: ArrayLike<number>, meaning: string, dash?: number[], raw?: boolean, faint?: boolean}} Line
 *   `key` is the same as long as the data only grow
 * @typedef {{lines: Line[], total: number, palette: Palette, at?: number | null, level?: {value: number, text: string} | null,
 *   marks?: readonly number[], linear?: boolean, fixed?: [number, number]}} Picture
 */

const LEFT = 34;
const RIGHT = 58;
const TOP = 6;
const BOTTOM = 8;
const SMOOTH = 60;

/** What came of one line so far, column by column. */
export class Columns {
  /** @param {number} total @param {number} count */
  constructor(total, count) {
    this.total = total;
    this.count = Math.max(1, Math.min(count, total));
    this.low = new Float64Array(this.count).fill(Number.NaN);
    this.high = new Float64Array(this.count).fill(Number.NaN);
    this.smooth = new Float64Array(this.count).fill(Number.NaN);
    this.done = 0;
    this.least = Number.POSITIVE_INFINITY;
    this.most = 0;
    this.mean = Number.NaN;
    this.weight = 1 / Math.max(1, total / SMOOTH);
  }

  /** Take what is new. @param {ArrayLike<number>} data @param {boolean} smoothed */
  grow(data, smoothed) {
    for (; this.done < data.length; this.done += 1) this.take(data[this.done], smoothed);
  }

  /** @param {number} value @param {boolean} smoothed */
  take(value, smoothed) {
    if (!Number.isFinite(value)) return;
    const column = Math.min(this.count - 1, Math.floor((this.done * this.count) / this.total));
    this.mean = smoothed && !Number.isNaN(this.mean) ? this.mean + this.weight * (value - this.mean) : value;
    this.low[column] = Number.isNaN(this.low[column]) ? value : Math.min(value, this.low[column]);
    this.high[column] = Number.isNaN(this.high[column]) ? value : Math.max(value, this.high[column]);
    this.smooth[column] = this.mean;
    if (value > 0 && value < this.least) this.least = value;
    if (value > this.most) this.most = value;
  }
}

/** The range of a log axis in exponents: half decades, so that it seldom jumps. @param {number} least @param {number} most */
export function span(least, most) {
  if (!(most > 0) || !(least <= most)) return { low: -1, high: 1 };
  const low = Math.floor(2 * Math.log10(least) + 1e-9) / 2;
  const high = Math.ceil(2 * Math.log10(most) - 1e-9) / 2 + 0; // no minus zero
  return { low: Math.max(low, high - 14), high: Math.max(high, low + 0.5) };
}

/** Places for labels that would lie on one another: pushed apart, in their order. @param {number[]} wanted @param {number} gap @param {number} end */
export function apart(wanted, gap, end) {
  const order = wanted.map((_, index) => index).sort((one, other) => wanted[one] - wanted[other]);
  const places = [...wanted];
  let free = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    places[index] = Math.max(wanted[index], free);
    free = places[index] + gap;
  }
  let limit = end;
  for (const index of order.reverse()) {
    places[index] = Math.min(places[index], limit);
    limit = places[index] - gap;
  }
  return places;
}

export class LogChart {
  /** @param {{title: string, height: number, choose?: (place: number) => void, read?: (place: number) => string}} means */
  constructor({ title, height, choose, read }) {
    this.canvas = make("canvas", { class: "log-chart", role: "img" });
    this.readout = make("span", { class: "chart-readout" });
    this.host = make(
      "figure",
      { class: "tool-figure" },
      make("figcaption", {}, make("span", { class: "chart-title" }, title), this.readout),
      this.canvas,
    );
    this.canvas.style.height = `${height}px`;
    this.size = { width: 0, height };
    /** @type {Map<string, {key: unknown, columns: Columns}>} */
    this.kept = new Map();
    /** @type {Picture | null} */
    this.picture = null;
    new ResizeObserver(([{ contentRect }]) => {
      this.size = { width: contentRect.width, height: this.size.height };
      this.kept.clear();
      if (this.picture) this.draw(this.picture);
    }).observe(this.canvas);
    if (choose) this.listen(choose);
    if (read) this.hover(read);
  }

  /** Another height, for as many names as there are. @param {number} height */
  grow(height) {
    if (height === this.size.height) return;
    this.size = { ...this.size, height };
    this.canvas.style.height = `${height}px`;
  }

  /** Which place on the axis an event means. @param {PointerEvent} event */
  placeOf(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = (event.clientX - box.left - LEFT) / Math.max(1, box.width - LEFT - RIGHT);
    return Math.round(Math.min(1, Math.max(0, share)) * (this.picture?.total ?? 1));
  }

  /** @param {(place: number) => void} choose */
  listen(choose) {
    this.canvas.classList.add("is-handle");
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      choose(this.placeOf(event));
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (this.canvas.hasPointerCapture(event.pointerId)) choose(this.placeOf(event));
    });
  }

  /** @param {(place: number) => string} read */
  hover(read) {
    this.canvas.addEventListener("pointermove", (event) => write(this.readout, read(this.placeOf(event))));
    this.canvas.addEventListener("pointerleave", () => write(this.readout, ""));
  }

  /** The columns of a line, made again when it is another. @param {Line} line @param {number} total */
  columnsOf(line, total) {
    const count = Math.floor(this.size.width - LEFT - RIGHT);
    const known = this.kept.get(line.name);
    const fits = known && known.key === line.key && known.columns.total === total;
    const columns = fits ? known.columns : new Columns(total, count);
    if (!fits) this.kept.set(line.name, { key: line.key, columns });
    columns.grow(line.data, line.raw === true);
    return columns;
  }

  /** @param {Picture} picture @param {string} [words] for those who do not see it */
  draw(picture, words) {
    this.picture = picture;
    if (words) put(this.canvas, "aria-label", words);
    hide(this.host, picture.lines.length === 0);
    if (this.size.width < LEFT + RIGHT + 10) return;
    const all = picture.lines.map((line) => this.columnsOf(line, picture.total));
    const context = sharp(this.canvas, this.size);
    context.clearRect(0, 0, this.size.width, this.size.height);
    const scale = this.scale(picture, all);
    const frame = { context, scale, picture, x: this.across(picture.total) };
    axis(frame, this.size);
    for (const [index, line] of picture.lines.entries()) curve(frame, line, all[index]);
    names(frame, all, this.size);
    cursor(frame, this.size);
  }

  /** @param {Picture} picture @param {Columns[]} all */
  scale({ fixed, level }, all) {
    const least = Math.min(...all.map((columns) => columns.least), level?.value ?? Number.POSITIVE_INFINITY);
    const most = Math.max(...all.map((columns) => columns.most), level?.value ?? 0);
    const { low, high } = fixed ? { low: fixed[0], high: fixed[1] } : span(least, most);
    const down = this.size.height - TOP - BOTTOM;
    const place = (/** @type {number} */ value) => {
      const at = fixed ? value : Math.log10(Math.max(value, Number.MIN_VALUE));
      return TOP + down * (1 - Math.min(1, Math.max(0, (at - low) / (high - low))));
    };
    return { low, high, place, log: !fixed };
  }

  /** @param {number} total */
  across(total) {
    const inner = this.size.width - LEFT - RIGHT;
    return (/** @type {number} */ place) => LEFT + (inner * place) / Math.max(1, total);
  }
}

/**
 * @typedef {{context: CanvasRenderingContext2D, scale: {low: number, high: number, place: (value: number) => number, log: boolean},
 *   picture: Picture, x: (place: number) => number}} Frame
 */

/** @param {Frame} frame @param {{width: number, height: number}} size */
function axis({ context, scale, picture, x }, { width, height }) {
  const { palette } = picture;
  context.font = `${palette.small}px ${palette.font}`;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.lineWidth = 1;
  const step = Math.max(scale.log ? 1 : 0.5, Math.ceil((scale.high - scale.low) / 5));
  const few = scale.log && scale.high - scale.low < 1.5 ? 0.5 : step;
  for (let at = Math.ceil(scale.low / few) * few; at <= scale.high + 1e-9; at += few) {
    const y = Math.round(scale.place(scale.log ? 10 ** at : at)) + 0.5;
    context.strokeStyle = palette.line;
    line(context, LEFT, y, width - RIGHT, y);
    context.fillStyle = palette.ink3;
    context.fillText(scale.log ? power(at) : short(at), LEFT - 5, y);
  }
  if (picture.level) {
    const y = Math.round(scale.place(picture.level.value)) + 0.5;
    context.setLineDash([5, 4]);
    context.strokeStyle = palette.ink3;
    line(context, LEFT, y, width - RIGHT, y);
    context.setLineDash([]);
  }
  context.fillStyle = palette.lineStrong;
  for (const mark of picture.marks ?? []) context.fillRect(Math.round(x(mark)), height - 5, 1, 5);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} toX @param {number} toY */
function line(context, x, y, toX, toY) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

/** @param {Frame} frame @param {Line} drawn @param {Columns} columns */
function curve({ context, scale, picture, x }, drawn, columns) {
  const color = picture.palette.meaning[drawn.meaning] ?? picture.palette.ink2;
  const place = (/** @type {number} */ column) => x(((column + 0.5) * columns.total) / columns.count);
  context.fillStyle = color;
  if (drawn.raw) band(context, scale, columns, place);
  context.globalAlpha = drawn.faint ? 0.4 : 1;
  context.strokeStyle = color;
  context.lineWidth = drawn.raw ? 2 : picture.palette.stroke;
  context.setLineDash(drawn.dash ?? []);
  context.beginPath();
  for (let column = 0, begun = false; column < columns.count; column += 1) {
    const value = columns.smooth[column];
    if (Number.isNaN(value)) continue;
    if (begun) context.lineTo(place(column), scale.place(value));
    else context.moveTo(place(column), scale.place(value));
    begun = true;
  }
  context.stroke();
  context.setLineDash([]);
  if (columns.done === 1) context.fillRect(place(0) - 2, scale.place(columns.mean) - 2, 4, 4);
  context.globalAlpha = 1;
}

/** What came raw, from least to most. @param {CanvasRenderingContext2D} context @param {Frame['scale']} scale @param {Columns} columns @param {(column: number) => number} place */
function band(context, scale, columns, place) {
  context.globalAlpha = 0.28;
  for (let column = 0; column < columns.count; column += 1) {
    if (Number.isNaN(columns.high[column])) continue;
    const top = scale.place(columns.high[column]);
    context.fillRect(place(column) - 0.75, top - 0.5, 1.5, Math.max(1, scale.place(columns.low[column]) - top) + 1);
  }
}

/** The name of each line where it ends. @param {Frame} frame @param {Columns[]} all @param {{width: number, height: number}} size */
function names({ context, scale, picture, x }, all, { height }) {
  const { palette, lines } = picture;
  const shown = lines.map((_, index) => index).filter((index) => !Number.isNaN(all[index].mean));
  const gap = 1.15 * palette.small;
  const wanted = shown.map((index) => scale.place(all[index].mean));
  const places = apart(wanted, gap, height - gap / 2);
  context.textAlign = "left";
  context.font = `600 ${palette.small}px ${palette.font}`;
  for (const [order, index] of shown.entries()) {
    context.fillStyle = palette.meaning[lines[index].meaning] ?? palette.ink2;
    context.globalAlpha = lines[index].faint ? 0.6 : 1;
    context.fillText(lines[index].name, x(picture.total) + 5, places[order]);
  }
  context.globalAlpha = 1;
}

/** Where training time stands. @param {Frame} frame @param {{height: number}} size */
function cursor({ context, picture, x }, { height }) {
  if (picture.at === null || picture.at === undefined) return;
  const at = Math.round(x(picture.at)) + 0.5;
  context.strokeStyle = picture.palette.ink;
  context.lineWidth = 1;
  line(context, at, 0, at, height);
}
