// The run before surgery, drawn over the run after it: lines in the losses and gradients, the left half of every changed cell
// of the heat maps, and how far the two runs are apart as a curve of its own, all on the page's time axis.

import { find, hide, make, svg, symbol, write } from "../dom.js";
import { BAND_GAP } from "../motion/chart.js";
import { curveY, pixels, rows } from "../motion/paint.js";
import { power, short } from "../numbers.js";
import { definition as gates } from "../views/gates.js";
import { definition as gradients } from "../views/gradients.js";
import { definition as loss, losses } from "../views/loss.js";
import { definition as states } from "../views/states.js";
import { t } from "./words.js";

/**
 * @typedef {import('../trace.js').Trace & {block?: {name: string}}} Trace
 * @typedef {import('../motion/chart.js').Definition} Definition
 */

const CURVES = [loss, gradients];
const HEATS = [states, gates];
/** An error of rounding is no difference. */
const SAME = 1e-12;

/** @param {Definition} definition */
const plotOf = ({ name }) => find(document, `#view-${name} .frame-plot`, HTMLElement);

/** The arrays behind the curves of a figure. @param {string} name @param {any} cell @returns {string[]} */
const arraysOf = (name, cell) =>
  name === "loss" ? ["loss"] : cell.states.map((/** @type {string} */ state) => `grad_norm/${state}`);

/** @param {any} context */
export function createBefore(context) {
  const lines = CURVES.map((definition) => ({
    definition,
    layer: svg("svg", { class: "before-lines", "aria-hidden": "true" }),
  }));
  const halves = HEATS.map((definition) => ({
    definition,
    layer: make("canvas", { class: "before-halves", "aria-hidden": "true" }),
  }));
  const gap = createGap();
  let shown = "";
  const clear = () => {
    for (const { layer } of [...lines, ...halves]) layer.remove();
    gap.host.remove();
    shown = "";
  };
  return {
    clear,
    /** @param {Trace} trace */
    draw(trace) {
      const { scene } = context;
      const key = `${trace.id} ${trace.block?.name} ${scene.version} ${[...lines, ...halves].map(({ definition }) => plotOf(definition).clientHeight)}`;
      if (key === shown) return;
      shown = key;
      for (const { definition, layer } of lines) drawLines(definition, layer, trace, context);
      for (const { definition, layer } of halves) drawHalves(definition, layer, trace, context);
      gap.draw(trace, context);
    },
  };
}

/** @param {Definition} definition @param {SVGElement} layer @param {Trace} trace @param {any} context */
function drawLines(definition, layer, trace, { scene, player }) {
  const plot = plotOf(definition);
  const chart = /** @type {any} */ (definition.data(trace, player.state, scene));
  layer.replaceChildren();
  if (chart === null) return;
  if (layer.parentElement !== plot) plot.append(layer);
  const height = plot.clientHeight;
  for (const name of arraysOf(definition.name, scene.cell)) {
    const before = name === "loss" ? losses(trace, "unperturbed/loss") : trace.get(`unperturbed/${name}`)?.data;
    if (before)
      layer.append(
        svg("path", {
          class: "before-line",
          d: path(before, (value) => curveY(chart, value, height), scene.timeline),
        }),
      );
  }
}

/** @param {ArrayLike<number>} data @param {(value: number) => number} y @param {import('../timeline.js').Timeline} timeline */
export function path(data, y, timeline) {
  let d = "";
  for (let at = 0; at < data.length; at += 1) {
    const place = y(data[at]);
    const open = at > 0 && Number.isFinite(y(data[at - 1]));
    if (Number.isFinite(place)) d += `${open ? "L" : "M"}${timeline.centre(at).toFixed(1)},${place.toFixed(1)}`;
  }
  return d;
}

/** @param {Definition} definition @param {HTMLCanvasElement} layer @param {Trace} trace @param {any} context */
function drawHalves(definition, layer, trace, { scene, player }) {
  const plot = plotOf(definition);
  const chart = /** @type {any} */ (definition.data(trace, player.state, scene));
  if (chart === null) return layer.remove();
  if (layer.parentElement !== plot) plot.append(layer);
  const { clientWidth: width, clientHeight: height } = plot;
  const ratio = globalThis.devicePixelRatio || 1;
  Object.assign(layer, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const paper = /** @type {CanvasRenderingContext2D} */ (layer.getContext("2d"));
  paper.setTransform(ratio, 0, 0, ratio, 0, 0);
  paper.imageSmoothingEnabled = false;
  const places = rows(height, chart.bands.length, BAND_GAP);
  for (const [index, band] of chart.bands.entries()) {
    const before = trace.get(`unperturbed/${band.name}`);
    if (before) drawHalf(paper, { band, before: before.data, place: places[index], T: chart.T }, scene);
  }
}

/** The left half of every cell that changed, in the colour that it had. @param {CanvasRenderingContext2D} paper @param {any} what @param {any} scene */
function drawHalf(paper, { band, before, place, T }, { palette, timeline }) {
  const at = (/** @type {number} */ unit, /** @type {number} */ step) => step * band.stride + band.offset + unit;
  const value = (/** @type {number} */ unit, /** @type {number} */ step) =>
    Math.abs(before[at(unit, step)] - band.data[at(unit, step)]) > SAME ? before[at(unit, step)] : Number.NaN;
  const image = pixels({ value, rows: band.width, columns: T }, band.scale, palette, document);
  const half = timeline.step / 2;
  for (let step = 0; step < T; step += 1) {
    paper.drawImage(image, step, 0, 1, band.width, timeline.edge(step), place.top, half, place.height);
  }
}

const HIGH = 46;

/** How far apart the two runs are at every step, on a log scale. */
function createGap() {
  const picture = svg("svg", { class: "gap-picture", role: "img" });
  const title = make("span", {}, t("tool.edit.gap"));
  const host = make(
    "section",
    { class: "gap-row" },
    make("h2", { class: "frame-title" }, symbol("Δ", "state"), title),
    picture,
  );
  const table = make("table", { class: "hidden" });
  host.append(table);
  return {
    host,
    /** @param {Trace} trace @param {any} context */
    draw(trace, { scene }) {
      const gap = trace.get("divergence");
      hide(host, gap === undefined);
      if (gap === undefined) return;
      const after = find(document, "#view-gradients", HTMLElement);
      if (host.previousElementSibling !== after) after.after(host);
      const parts = scene.cell.states
        .filter(() => scene.cell.states.length > 1)
        .flatMap((/** @type {string} */ name) => trace.get(`divergence/${name}`)?.data ?? []);
      const { low, high } = decadesOf([gap.data, ...parts].flatMap((data) => [...data]));
      const y = (/** @type {number} */ value) =>
        value > SAME ? 4 + (HIGH - 8) * (1 - (Math.log10(value) - low) / (high - low)) : Number.NaN;
      const { timeline } = scene;
      const marks = [high, low].map((at) => tick(at, y(10 ** at), timeline));
      const each = parts.map((/** @type {Float64Array} */ data) =>
        svg("path", { class: "gap-part", d: path(data, y, timeline) }),
      );
      const dots = [...gap.data].flatMap((value, at) =>
        value > SAME
          ? [svg("circle", { class: "gap-dot", cx: timeline.centre(at).toFixed(1), cy: y(value).toFixed(1), r: "2.5" })]
          : [],
      );
      picture.setAttribute("aria-label", t("tool.edit.gap.label", { low: short(10 ** low), high: short(10 ** high) }));
      picture.replaceChildren(
        ...marks.flat(),
        ...each,
        svg("path", { class: "gap-line", d: path(gap.data, y, timeline) }),
        ...(timeline.step >= 14 ? dots : []),
      );
      fillTable(table, trace, gap.data);
    },
  };
}

/** Whole powers of ten around what is there, at least one. @param {ArrayLike<number>} data */
export function decadesOf(data) {
  const logs = Array.from(data)
    .filter((value) => value > SAME && Number.isFinite(value))
    .map(Math.log10);
  if (logs.length === 0) return { low: -1, high: 0 };
  const high = Math.ceil(Math.max(...logs) - 1e-9) + 0; // not the minus in front of a zero
  return { low: Math.min(high - 1, Math.floor(Math.min(...logs) + 1e-9)), high };
}

/** @param {number} at @param {number} y @param {import('../timeline.js').Timeline} timeline */
function tick(at, y, timeline) {
  const text = svg("text", { class: "gap-tick", x: String(timeline.left - 6), y: y.toFixed(1) });
  write(text, power(at));
  return [svg("path", { class: "gap-rule", d: `M${timeline.left},${y.toFixed(1)}h${timeline.inner}` }), text];
}

/** The same in numbers, for those who listen. @param {HTMLTableElement} table @param {Trace} trace @param {ArrayLike<number>} gap */
function fillTable(table, trace, gap) {
  const head = make(
    "tr",
    {},
    ...["frame.step", "frame.word", "tool.edit.gap"].map((key) => make("th", { scope: "col" }, t(key))),
  );
  const lines = Array.from({ length: Math.min(200, gap.length) }, (_, at) =>
    make("tr", {}, ...[String(at), trace.labels.time?.[at] ?? "", short(gap[at])].map((text) => make("td", {}, text))),
  );
  table.replaceChildren(make("thead", {}, head), make("tbody", {}, ...lines));
}
