// Figure templates (app/figures.py) resolved in the page: the references of app/references.py, against the trace that is
// held here, in the colours that are shown. Then dressed for the frame: the page's gutters, no titles, the canvas's ranges.

import { css, gateRamp, meaningOf } from "./color.js";
import { dotted, numbered } from "./motion/paint.js";
import { roundUp, short } from "./numbers.js";
import { attentionOf, largest } from "./trace.js";

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./color.js').Palette} Palette
 * @typedef {import('./color.js').Decades} Decades
 * @typedef {{cell: import('./trace.js').Cell, decades: Decades, palette: Palette, parameter: string}} Ground
 * @typedef {{trace: Trace} & Ground} Source
 * @typedef {{each: string[], data: any[], layout: Record<string, any>}} Template
 * @typedef {{data: any[], layout: Record<string, any>}} Figure
 */

const BETWEEN = 0.04;

/** @param {Template} template @param {Trace} trace @param {Ground} ground @returns {Figure} */
export function resolve(template, trace, ground) {
  const source = { trace, ...ground };
  const nodes = ground.cell.nodes.filter(({ role, name }) => template.each.includes(role) && trace.get(name));
  const drawn =
    template.each.length > 0
      ? repeated(
          template,
          nodes.map((node) => names(node, ground.cell.output)),
        )
      : template;
  return { data: settle(drawn.data, source), layout: settle(drawn.layout, source) };
}

/** @param {import('./trace.js').CellNode} node @param {string} output */
function names({ name, label, role }, output) {
  const meaning = meaningOf(name, role);
  return {
    name,
    title: label,
    scale: role === "gate" ? "gate" : "signed",
    meaning,
    hue: name === output ? "gradient" : meaning,
  };
}

/** @param {Template} template @param {Record<string, string>[]} nodes */
function repeated({ data, layout }, nodes) {
  const shared = Object.entries(layout).filter(([key]) => !key.includes("{axis}"));
  const own = Object.entries(layout).filter(([key]) => key.includes("{axis}"));
  const filled = nodes.map((node, index) => ({ ...node, axis: index ? String(index + 1) : "" }));
  const axes = filled.flatMap((node, index) =>
    own.map(([key, axis]) => [fill(key, node), { ...fill(axis, node), domain: domain(index, nodes.length) }]),
  );
  return {
    data: filled.flatMap((node) => fill(data, node)),
    layout: Object.fromEntries([...shared, ...axes]),
  };
}

/** @param {number} index @param {number} count */
function domain(index, count) {
  const top = 1 - index / count;
  return [top - 1 / count + (index < count - 1 ? BETWEEN : 0), top];
}

/** The {names} of one node filled in. @param {any} value @param {Record<string, string>} names @returns {any} */
export function fill(value, names) {
  if (Array.isArray(value)) return value.map((item) => fill(item, names));
  if (value !== null && typeof value === "object") return mapped(value, (item) => fill(item, names));
  return typeof value === "string" ? value.replace(/\{(\w+)\}/g, (whole, name) => names[name] ?? whole) : value;
}

/** @param {Record<string, any>} object @param {(item: any) => any} change */
const mapped = (object, change) => Object.fromEntries(Object.entries(object).map(([key, item]) => [key, change(item)]));

/** Every reference replaced by what it names. @param {any} value @param {Source} source @returns {any} */
function settle(value, source) {
  if (Array.isArray(value)) return value.map((item) => settle(item, source));
  if (value !== null && typeof value === "object") return mapped(value, (item) => settle(item, source));
  if (typeof value !== "string") return value;
  const text = value.replace("{parameter}", source.parameter);
  if (!text.startsWith("@")) return text;
  const [word, ...rest] = text.slice(1).split(" ");
  const known = WORDS[word];
  return known ? known(source, ...rest) : grid(source.trace, word, (number) => number);
}

/** An array as rows of steps: units by time, or t by k, or one row. @param {Trace} trace @param {string} name @param {(value: number) => number} change */
function grid(trace, name, change) {
  const array = trace.get(name);
  if (array === undefined) return [];
  const { data, shape, dims } = array;
  if (shape.length === 1 || (dims.includes("batch") && shape.length === 2))
    return row(shape[0], (t) => change(data[t * (shape[1] ?? 1)]));
  const [T, between] = dims.includes("batch") ? [shape[0], shape[1]] : [shape[1], 1];
  const width = shape[shape.length - 1];
  if (dims.includes("batch"))
    return Array.from({ length: width }, (_, unit) => row(T, (t) => change(data[t * between * width + unit])));
  return Array.from({ length: shape[0] }, (_, t) => row(width, (k) => change(data[t * width + k])));
}

/** @param {number} length @param {(index: number) => number} value */
const row = (length, value) => Float64Array.from({ length }, (_, index) => value(index));

/** @param {import('./color.js').RGB[]} colors */
const scale = (colors) => colors.map((color, index) => [index / (colors.length - 1), css(color)]);

/** @param {Source} source @param {string} name */
const limit = ({ trace }, name) => roundUp(largest(trace.get(name)?.data ?? []));

/** @type {Record<string, (source: Source, ...words: string[]) => any>} */
const WORDS = {
  log10: ({ trace }, name) => grid(trace, name, (value) => (value > 0 ? Math.log10(value) : Number.NaN)),
  nonzero: ({ trace }, name) => grid(trace, name, (value) => (value === 0 ? Number.NaN : value)),
  min: (source, kind, name) => (kind === "gate" ? 0 : -limit(source, name)),
  max: (source, kind, name) => (kind === "gate" ? 1 : limit(source, name)),
  counted: ({ trace }, name) => {
    const [values, mask] = [trace.get(name), trace.get("mask")];
    const batch = values?.shape[1] ?? 1;
    return row(values?.shape[0] ?? 0, (t) =>
      mask?.data[t * batch] === 0 ? Number.NaN : (values?.data[t * batch] ?? Number.NaN),
    );
  },
  least: ({ decades }) => decades.low,
  most: ({ decades }) => decades.high,
  span: ({ decades }) => [decades.low - 0.15, decades.high + 0.15],
  ramp: ({ palette }, kind, meaning) =>
    scale(kind === "gate" ? gateRamp(palette, meaning) : palette[/** @type {'signed' | 'gradient'} */ (kind)]),
  color: ({ palette }, name) => palette.meaning[name] ?? /** @type {any} */ (palette)[name],
  labels: ({ trace }, axis) => trace.labels[axis] ?? [],
  places: ({ trace }, axis) => [...(trace.labels[axis] ?? []).keys()],
  attention: ({ trace }) => grid(trace, attentionOf(trace) ?? "", (number) => number),
};

/**
 * A figure for its frame in the page: the gutters of the one time axis, the ranges and ticks of the canvas.
 * @param {Figure} figure @param {{chart: any, size: {width: number, height: number}, scene: any}} asked
 */
export function dress(figure, { chart, size, scene }) {
  const { timeline, palette } = scene;
  const data = figure.data.map((trace) => ({
    ...trace,
    showscale: false,
    ...DRESS[chart.kind](chart, timeline, size, palette),
  }));
  /** @type {Record<string, any>} */
  const layout = {
    ...figure.layout,
    title: undefined,
    width: size.width,
    height: size.height,
    margin: { l: timeline.left, r: timeline.right, t: 0, b: 0, pad: 0, autoexpand: false },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: palette.paper,
    font: { family: palette.font, size: 11, color: palette.ink3 },
    hoverlabel: {
      bgcolor: palette.ink,
      bordercolor: palette.ink,
      font: { family: palette.font, size: 12, color: palette.paper },
    },
    dragmode: globalThis.matchMedia?.("(pointer: coarse)").matches ? false : "zoom",
  };
  for (const key of Object.keys(layout)) {
    if (key.startsWith("xaxis"))
      layout[key] = { ...hidden(layout[key]), range: [-0.5, chart.T - 0.5], fixedrange: true };
    if (key.startsWith("yaxis")) layout[key] = AXES[chart.kind](layout[key], chart, key, size, palette);
  }
  return { data, layout, config: { displayModeBar: false, doubleClick: "reset", showTips: false } };
}

/** @param {any} axis */
const hidden = (axis) => ({
  ...axis,
  title: undefined,
  showticklabels: false,
  showline: false,
  zeroline: false,
});

/** @param {number} size */
const gap = (size) => (size >= 12 ? 1 : 0);

/** @type {Record<string, (chart: any, timeline: any, size: any, palette: Palette) => any>} */
const DRESS = {
  heat: (chart, timeline, size) => ({
    xgap: gap(timeline.step),
    ygap: gap((2 * size.height) / chart.bands.length / chart.bands[0].width),
  }),
  matrix(chart, timeline, size) {
    const high = size.height / chart.rows;
    const ends = chart.share ? { zmin: chart.scale.ends[0], zmax: chart.scale.ends[1] } : {};
    const gaps = { ...ends, xgap: gap(timeline.step), ygap: gap(2 * high) };
    return numbered(timeline.step, high) ? { ...gaps, hoverinfo: "skip", hovertemplate: null } : gaps;
  },
  curves: (chart, timeline) => ({ mode: dotted(chart, timeline) ? "lines+markers" : "lines" }),
};

const GAP = 5;

/** @type {Record<string, (axis: any, chart: any, key: string, size: any, palette: Palette) => any>} */
const AXES = {
  heat(axis, chart, key, size) {
    const count = chart.bands.length;
    const index = Number(key.slice(5) || 1) - 1;
    const each = (size.height - GAP * (count - 1)) / count;
    const top = 1 - (index * (each + GAP)) / size.height;
    const band = chart.bands[index];
    return {
      ...hidden(axis),
      domain: [Math.max(0, top - each / size.height), top],
      range: [band.width - 0.5, -0.5],
      autorange: false,
    };
  },
  matrix: (axis, chart) => ({ ...hidden(axis), range: [chart.rows - 0.5, -0.5], autorange: false }),
  curves: (axis, chart, _key, _size, palette) => ({
    ...axis,
    title: undefined,
    showline: false,
    zeroline: false,
    autorange: false,
    range: [chart.low, chart.high],
    tickmode: "array",
    tickvals: chart.ticks.map((/** @type {any} */ { at }) => (chart.log ? 10 ** at : at)),
    ticktext: chart.ticks.map((/** @type {any} */ { at, text }) => text ?? short(at)),
    tickfont: { family: palette.font, size: palette.small, color: palette.ink3 },
    gridcolor: palette.line,
    ticks: "",
    ticklen: 6,
  }),
};
