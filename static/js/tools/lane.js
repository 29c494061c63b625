// One run of a race: its name and loss, its states and its (t, k) matrix, small, under the cursor that all share.

import { hide, make, put, write } from "../dom.js";
import { sharp } from "../motion/chart.js";
import { magnitude, pixels, signed } from "../motion/paint.js";
import { short } from "../numbers.js";
import { t } from "./train-words.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../color.js').Palette} Palette
 * @typedef {{limit: number, decades: import('../color.js').Decades}} Scales shared by all lanes
 */

const STATES = 44;

/** @param {Trace} trace @param {any} catalog @returns {import('../trace.js').TraceArray | undefined} the state that the output reads */
export function stateOf(trace, catalog) {
  const cell = catalog.cells.find((/** @type {any} */ { id }) => id === trace.recipe.cell);
  const names = [
    cell?.output,
    "h",
    "s",
    ...trace.names.filter((name) => /\/[hs]$/.test(name) && !/^(grad|grad_norm)\//.test(name)),
  ];
  return names.map((name) => trace.get(name ?? "")).find((array) => array !== undefined && array.shape.length === 3);
}

/** A parameter whose matrix a trace has: what acts on the state, if it can be. @param {Trace} trace */
export function matrixOf(trace) {
  const name = trace.names.find((each) => /^contribution\/(.*\/)?U(_|$)/.test(each));
  return trace.get(name ?? trace.names.find((each) => each.startsWith("contribution/")) ?? "");
}

/** The loss of the update that made the weights which are seen. @param {import('../training.js').Run | undefined} run @param {number} epoch */
export function lossAt(run, epoch) {
  const loss = run?.column("loss") ?? [];
  return loss[Math.min(loss.length - 1, Math.max(0, epoch - 1))] ?? Number.NaN;
}

export class Lane {
  /** @param {{meaning: string, look: (t: number, k?: number) => void, remove: () => void, open: () => void}} means */
  constructor({ meaning, look, remove, open }) {
    this.name = "";
    this.title = make("button", { type: "button", class: "lane-name" });
    this.loss = make("span", { class: "lane-loss" });
    this.away = make("button", { type: "button", class: "icon lane-remove" }, "×");
    this.states = make("canvas", { class: "lane-canvas", role: "img", hidden: true });
    this.matrix = make("canvas", { class: "lane-canvas", role: "img", hidden: true });
    this.note = make("p", { class: "lane-note", hidden: true });
    const head = make("header", {}, make("i", { class: `lane-mark of-${meaning}` }), this.title, this.loss, this.away);
    this.host = make("li", { class: "lane" }, head, this.note, this.states, this.matrix);
    this.title.addEventListener("click", open);
    this.away.addEventListener("click", remove);
    this.width = 0;
    this.drawn = "";
    /** @type {Trace | null} */
    this.trace = null;
    new ResizeObserver(([{ contentRect }]) => {
      this.width = contentRect.width;
      this.drawn = "";
      this.fresh?.();
    }).observe(this.host);
    for (const canvas of [this.states, this.matrix])
      canvas.addEventListener("pointerdown", (event) => {
        const { T } = this;
        const box = canvas.getBoundingClientRect();
        look(Math.min(T - 1, Math.floor(((event.clientX - box.left) / box.width) * T)));
      });
  }

  /** @type {(() => void) | null} called when it has another width */
  fresh = null;

  get T() {
    return this.trace?.dims.time ?? 1;
  }

  /** @param {string} name @param {import('../training.js').Run | undefined} run @param {number} epoch */
  say(name, run, epoch) {
    const loss = lossAt(run, epoch);
    const note = run?.diverged ? t("race.diverged", { ...run.diverged }) : "";
    this.name = name;
    write(this.title, name);
    put(this.title, "title", t("race.open", { name }));
    put(this.away, "aria-label", t("race.remove", { name }));
    write(this.loss, Number.isNaN(loss) ? "" : short(loss));
    write(this.note, note);
    hide(this.note, note === "");
  }

  /** @param {Trace | null} trace @param {{catalog: any, palette: Palette, scales: Scales, at: number, version: string}} means */
  draw(trace, { catalog, palette, scales, at, version }) {
    if (trace === null || this.width < 10) return;
    const key = `${trace.id} ${scales.limit} ${scales.decades.low} ${scales.decades.high} ${at} ${version}`;
    if (key === this.drawn) return;
    this.drawn = key;
    this.trace = trace;
    this.drawStates(trace, catalog, palette, scales.limit, at);
    this.drawMatrix(trace, palette, scales.decades, at);
  }

  /** @param {Trace} trace @param {any} catalog @param {Palette} palette @param {number} limit @param {number} at */
  drawStates(trace, catalog, palette, limit, at) {
    const array = stateOf(trace, catalog);
    if (!array) return;
    const [T, , H] = array.shape;
    const stride = array.data.length / T;
    const grid = {
      value: (/** @type {number} */ unit, /** @type {number} */ step) => array.data[step * stride + unit],
      rows: H,
      columns: T,
    };
    this.lay(this.states, STATES, pixels(grid, signed(limit), palette, document), palette, at);
    put(this.states, "aria-label", t("race.states", { name: this.name, steps: T }));
  }

  /** @param {Trace} trace @param {Palette} palette @param {import('../color.js').Decades} decades @param {number} at */
  drawMatrix(trace, palette, decades, at) {
    const array = matrixOf(trace);
    if (!array) return;
    const [T, K] = array.shape;
    const value = (/** @type {number} */ row, /** @type {number} */ column) =>
      column > row ? Number.NaN : array.data[row * K + column];
    const image = pixels({ value, rows: T, columns: K }, magnitude(decades), palette, document);
    this.lay(this.matrix, Math.round(0.62 * this.width), image, palette, at);
    const ends = { low: short(10 ** decades.low), high: short(10 ** decades.high) };
    put(this.matrix, "aria-label", t("race.matrix", { name: this.name, ...ends }));
  }

  /** An image, enlarged without smoothing, and the cursor on it. @param {HTMLCanvasElement} canvas @param {number} height @param {HTMLCanvasElement} image @param {Palette} palette @param {number} at */
  lay(canvas, height, image, palette, at) {
    hide(canvas, false);
    canvas.style.height = `${height}px`;
    const context = sharp(canvas, { width: this.width, height });
    context.clearRect(0, 0, this.width, height);
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, this.width, height);
    const step = this.width / image.width;
    context.strokeStyle = palette.ink;
    context.lineWidth = 1;
    context.strokeRect(Math.round(at * step) + 0.5, 0.5, Math.max(1, Math.round(step) - 1), height - 1);
  }
}
