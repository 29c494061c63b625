// One figure in its frame. From the bottom: Plotly at rest; a canvas that draws the same while anything changes; a veil over
// the steps that have not happened yet, moved by transform; marks on top. A view says what to draw, this file when.

import { isJoint } from "../blocks.js";
import { find, hide, make, svg, write } from "../dom.js";
import { nth, reached } from "../player.js";
import * as paint from "./paint.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {import('../player.js').Player} Player
 * @typedef {import('../player.js').Hover} Hover
 * @typedef {import('../timeline.js').Timeline} Timeline
 * @typedef {import('./paint.js').Chart} Chart
 * @typedef {import('../scene.js').Scene} Scene
 * @typedef {{width: number, height: number}} Size
 * @typedef {{player: Player, catalog: any, t: (key: string, values?: Record<string, unknown>) => string, request: any, scene: Scene,
 *   rest: import('./rest.js').Rest, trace: () => Trace}} Context `request` comes with the desk
 * @typedef {{head: string[], rows: (string | Node)[][], note?: string}} Table
 * @typedef {{svg: SVGElement, plot: HTMLElement, head: HTMLElement}} Extras
 * @typedef {{
 *   name: string, reads: string[], shows: 'forward' | 'loss' | 'backward', joint?: boolean,
 *   data: (trace: Trace, state: State, scene: Scene) => Chart | null,
 *   key?: (trace: Trace, state: State) => string,
 *   hit: (chart: any, place: {t: number, share: number}) => Hover,
 *   spot: (chart: any, hover: Hover) => {top: number, height: number} | null,
 *   readout: (chart: any, hover: Hover, trace: Trace) => string,
 *   summary: (chart: any, trace: Trace) => string,
 *   table: (chart: any, trace: Trace, context: Context) => Table,
 *   choose?: (hover: Hover, context: Context) => void,
 *   extra?: (extras: Extras, chart: any, state: State, context: Context, fresh: boolean, size: Size) => void,
 * }} Definition
 */

class Figure {
  /** @param {HTMLElement} host @param {Context} context @param {Definition} definition */
  constructor(host, context, definition) {
    this.host = host;
    this.context = context;
    this.definition = definition;
    this.plot = find(host, ".frame-plot", HTMLElement);
    this.words = find(host, ".frame-readout", HTMLElement);
    this.layers = build(this.plot);
    this.extras = { svg: this.layers.svg, plot: this.plot, head: find(host, ".frame-head", HTMLElement) };
    /** @type {Chart | null} */
    this.chart = null;
    this.drawn = "";
    /** @type {Size} read when it changes, never while drawing: asking the browser for it would lay out the page each time */
    this.size = { width: 0, height: 0 };
    this.rest = context.rest.join(this);
    this.observer = new ResizeObserver(([entry]) => this.resized(entry.contentRect));
    this.observer.observe(this.plot);
    this.release = listen(this.plot, context, () => this.chart, definition);
  }

  /** @param {Trace} trace @param {State} state */
  draw(trace, state) {
    const { definition, context } = this;
    const key = `${context.scene.version} ${definition.key?.(trace, state) ?? ""}`;
    const fresh = key !== this.drawn;
    if (fresh) this.renew(trace, state, key);
    if (this.chart === null) return;
    cover(this.layers, shownIn(definition, trace), state, context.scene);
    point(this.layers.spot, this.chart, state.hover, definition, context.scene.timeline, this.size);
    write(this.words, state.hover ? definition.readout(this.chart, state.hover, trace) : "");
    if (this.size.height > 0) definition.extra?.(this.extras, this.chart, state, context, fresh, this.size);
  }

  /** Another trace, another reading of it, other colours. @param {Trace} trace @param {State} state @param {string} key */
  renew(trace, state, key) {
    this.drawn = key;
    this.chart = this.definition.data(trace, state, this.context.scene);
    this.host.hidden = this.chart === null;
    if (this.chart === null) return;
    write(find(this.host, `#summary-${this.definition.name}`), this.definition.summary(this.chart, trace));
    this.repaint();
    this.host.dispatchEvent(new CustomEvent("chart-fresh"));
  }

  /** @param {Size} size */
  resized({ width, height }) {
    this.size = { width, height };
    if (this.chart === null || height === 0) return;
    const { scene, player } = this.context;
    this.repaint();
    cover(this.layers, shownIn(this.definition, this.context.trace()), player.state, scene);
    this.definition.extra?.(this.extras, this.chart, player.state, this.context, true, this.size);
  }

  repaint() {
    if (this.chart === null || this.size.height === 0) return;
    const plain = this.chart.plain === true;
    paintChart(this.layers.canvas, this.chart, this.context.scene, this.size);
    this.plot.classList.toggle("is-plain", plain);
    this.plot.classList.toggle("is-odd", isOdd(this.chart)); // Plotly has no mark for what is no number
    this.plot.classList.toggle("at-rest", plain);
    this.rest.stale();
  }

  /** What Plotly draws here at rest. */
  figure() {
    const { chart, size, context } = this;
    return chart === null || chart.plain ? null : { chart, size, trace: context.trace(), scene: context.scene };
  }

  get name() {
    return this.definition.name;
  }

  get layer() {
    return this.layers.plotly;
  }

  settled() {
    this.plot.classList.add("at-rest");
  }

  /** The figure's numbers, for its table twin. */
  table() {
    return this.chart === null ? null : this.definition.table(this.chart, this.context.trace(), this.context);
  }

  /** @param {'png' | 'svg'} format */
  save(format) {
    return this.rest.save(format);
  }

  destroy() {
    this.observer.disconnect();
    this.release();
    this.rest.leave();
    this.plot.replaceChildren();
  }
}

/** @param {HTMLElement} host @param {Context} context @param {Definition} definition */
export const mountChart = (host, context, definition) => new Figure(host, context, definition);

/** Whether a heat map holds what is no number. @param {Chart} chart */
const isOdd = (chart) =>
  chart.kind === "heat" && chart.bands.some(({ whole, data }) => whole && !data.every(Number.isFinite));

/** @param {HTMLElement} plot */
function build(plot) {
  const plotly = make("div", { class: "layer-plotly" });
  const canvas = make("canvas", { class: "layer-canvas", "aria-hidden": "true" });
  const veil = make("div", { class: "veil" });
  const clip = make("div", { class: "clip", "aria-hidden": "true" }, veil);
  const marks = svg("svg", { class: "layer-marks", "aria-hidden": "true", focusable: "false" });
  const spot = make("div", { class: "spot", "aria-hidden": "true" });
  plot.replaceChildren(plotly, canvas, clip, marks, spot);
  return { plotly, canvas, veil, clip, svg: marks, spot };
}

/** What is made of chains of both directions is there once all have run. @param {Definition} definition @param {Trace} trace */
const shownIn = ({ shows, joint }, trace) => (joint && isJoint(trace) ? "loss" : shows);

/** Veil the steps that this figure does not show yet. @param {ReturnType<typeof build>} layers @param {Definition['shows']} shows @param {State} state @param {Scene} scene */
function cover({ veil, clip }, shows, state, { timeline, reversed, version }) {
  const until = reached({ t: nth(state.t, timeline.T, reversed), phase: state.phase }, timeline.T);
  if (clip.dataset.version !== String(version)) {
    clip.dataset.version = String(version);
    clip.style.left = `${timeline.left}px`;
    clip.style.right = `${timeline.right}px`;
  }
  const hidden = {
    forward: timeline.edge(until.forward + 1) - timeline.left,
    loss: until.loss ? timeline.inner : 0,
    backward: timeline.edge(until.backward) - timeline.left - timeline.inner,
  }[shows];
  const away = shows === "backward" ? (until.backward === 0 ? -timeline.inner : hidden) : hidden;
  veil.style.transform = `translateX(${reversed ? -away : away}px)`;
}

/** Frame the value that the pointer is on, here or in another figure. @param {HTMLElement} spot @param {Chart} chart @param {Hover | null} hover @param {Definition} definition @param {Timeline} timeline @param {Size} size */
function point(spot, chart, hover, definition, timeline, size) {
  const row = hover && hover.t !== null ? definition.spot(chart, hover) : null;
  hide(spot, row === null);
  if (row === null || hover === null) return;
  const column = chart.kind === "matrix" ? hover.k : hover.t;
  const top = row.top * size.height;
  spot.style.transform = `translate(${column === undefined ? timeline.left : timeline.edge(column ?? 0)}px, ${top}px)`;
  spot.style.width = `${column === undefined ? timeline.inner : timeline.step}px`;
  spot.style.height = `${row.height * size.height}px`;
}

/** @param {HTMLElement} plot @param {Context} context @param {() => Chart | null} chart @param {Definition} definition */
function listen(plot, context, chart, definition) {
  const { player, scene } = context;
  /** @param {PointerEvent | MouseEvent} event @returns {Hover | null} */
  const under = (event) => {
    const box = plot.getBoundingClientRect();
    const x = event.clientX - box.left;
    const shown = chart();
    const { left, inner } = scene.timeline;
    if (shown === null || x < left || x > left + inner) return null;
    const share = Math.min(0.9999, Math.max(0, (event.clientY - box.top) / box.height));
    return definition.hit(shown, { t: scene.timeline.at(x), share });
  };
  const move = (/** @type {PointerEvent} */ event) => player.set({ hover: under(event) });
  const leave = () => player.set({ hover: null });
  const click = (/** @type {MouseEvent} */ event) => {
    const hover = under(event);
    if (hover === null || hover.t === null) return;
    if (definition.choose) definition.choose(hover, context);
    else player.look(hover.t);
  };
  plot.addEventListener("pointermove", move);
  plot.addEventListener("pointerleave", leave);
  plot.addEventListener("click", click);
  return () => {
    plot.removeEventListener("pointermove", move);
    plot.removeEventListener("pointerleave", leave);
    plot.removeEventListener("click", click);
  };
}

/** @param {HTMLCanvasElement} canvas @param {Chart} chart @param {Scene} scene @param {Size} size */
function paintChart(canvas, chart, scene, size) {
  const context = sharp(canvas, size);
  context.fillStyle = scene.palette.paper;
  context.fillRect(0, 0, size.width, size.height);
  PAINTERS[chart.kind](context, /** @type {any} */ (chart), scene, size);
}

/** A canvas whose pixels are the screen's. @param {HTMLCanvasElement} canvas @param {Size} size */
export function sharp(canvas, { width, height }) {
  const ratio = globalThis.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

export const BAND_GAP = 5;

/** @type {Record<Chart['kind'], (context: CanvasRenderingContext2D, chart: any, scene: Scene, size: Size) => void>} */
const PAINTERS = {
  heat(context, chart, { palette, timeline }, { height }) {
    const places = paint.rows(height, chart.bands.length, BAND_GAP);
    for (const [index, band] of chart.bands.entries()) {
      const box = { left: timeline.left, width: timeline.inner, ...places[index] };
      paint.enlarge(context, paint.bandImage(band, palette, chart.T, document), box, palette.paper);
      paint.markOddities(context, band, box, chart.T, palette);
    }
  },
  curves: (context, chart, { palette, timeline }, { height }) =>
    paint.curves(context, chart, timeline, height, palette),
  matrix(context, chart, { palette, timeline }, { height }) {
    const box = { left: timeline.left, width: timeline.inner, top: 0, height };
    paint.enlarge(context, paint.matrixImage(chart, palette, document), box, palette.paper);
  },
};
