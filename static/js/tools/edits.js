// Interventions on a run as plain data: as the address holds them, as the server reads them, in words.

import { short } from "../numbers.js";
import { isOneHot } from "../views/input.js";

/**
 * @typedef {{kind: 'clamp', node: string, value: number, from: number, to: number, unit: number | null}} Clamp
 * @typedef {{kind: 'token', t: number, token: string}} Token
 * @typedef {{kind: 'zero', state: string, t: number}} Zero
 * @typedef {{kind: 'scale', parameter: string, factor: number}} Scale
 * @typedef {{kind: 'input', feature: string, from: number, values: readonly number[]}} Input
 * @typedef {Clamp | Token | Zero | Scale | Input} Edit
 */

export const MOST = 16;
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const NAME = /^[\w./-]{1,64}$/;

/** @param {readonly Edit[]} edits @returns {string} for the address: `clamp,f,0,2,4;token,3,dog` */
export const toText = (edits) => edits.map((edit) => parts(edit).map(encodeURIComponent).join(",")).join(";");

/** @param {Edit} edit @returns {string[]} */
function parts(edit) {
  if (edit.kind === "clamp") {
    const { node, value, from, to, unit } = edit;
    return ["clamp", node, String(value), String(from), String(to), ...(unit === null ? [] : [String(unit)])];
  }
  if (edit.kind === "token") return ["token", String(edit.t), edit.token];
  if (edit.kind === "zero") return ["zero", edit.state, String(edit.t)];
  if (edit.kind === "input") return ["input", edit.feature, String(edit.from), edit.values.join("_")];
  return ["scale", edit.parameter, String(edit.factor)];
}

/** @param {string} text @returns {Edit[]} what cannot be read is left out */
export function fromText(text) {
  return text
    .split(";")
    .map((each) => read(each.split(",").map(decoded)))
    .filter((edit) => edit !== null)
    .slice(0, MOST);
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** @type {Record<string, (words: string[]) => Edit | null>} */
const READERS = {
  clamp([node, value, from, to, unit]) {
    const known = NAME.test(node) && number(value) && whole(from) && whole(to) && (unit === undefined || whole(unit));
    if (!known || Number(from) > Number(to)) return null;
    const which = unit === undefined ? null : Number(unit);
    return { kind: "clamp", node, value: Number(value), from: Number(from), to: Number(to), unit: which };
  },
  token: ([t, token]) => (whole(t) && token ? { kind: "token", t: Number(t), token } : null),
  zero: ([state, t]) => (NAME.test(state) && whole(t) ? { kind: "zero", state, t: Number(t) } : null),
  input([feature, from, text]) {
    const values = (text ?? "").split("_");
    if (!feature || !whole(from) || !values.every(number)) return null;
    return { kind: "input", feature, from: Number(from), values: values.map(Number) };
  },
  scale: ([parameter, factor]) =>
    NAME.test(parameter) && number(factor) ? { kind: "scale", parameter, factor: Number(factor) } : null,
};

/** @param {string[]} words @returns {Edit | null} */
const read = ([kind, ...words]) => (Object.hasOwn(READERS, kind) ? READERS[kind](words) : null);

/** @param {string | undefined} text */
const whole = (text) => /^\d{1,6}$/.test(text ?? "");

/** @param {string | undefined} text */
const number = (text) => NUMBER.test(text ?? "");

/** As the server reads them. @param {readonly Edit[]} edits */
export const toWire = (edits) =>
  edits.map((edit) => {
    if (edit.kind !== "clamp") return edit;
    const { unit, ...rest } = edit;
    return unit === null ? rest : { ...rest, units: [unit] };
  });

/** What there is to operate on in a trace. @param {import('../trace.js').Trace} trace */
export function scopeOf(trace) {
  const names = trace.names.filter(
    (name) => !/^(param|grad|grad_norm|unperturbed|divergence|contribution|jacobian|truncat)/.test(name),
  );
  const states = names.filter((name) => names.includes(`${name}_prev`));
  const isNode = (/** @type {string} */ name) => {
    const array = trace.get(name);
    return array?.dims[2] === "hidden" && !name.endsWith("_prev") && !/\.(free|kept|pre)$/.test(name);
  };
  return {
    states,
    nodes: names.filter(isNode),
    weights: trace.names.filter((name) => name.startsWith("param/")).map((name) => name.slice(6)),
    tokens: readsNumbers(trace) ? [] : (trace.labels.input ?? []),
    features: featuresOf(trace),
    T: Math.max(trace.dims.time, trace.dims.source ?? 0),
    H: trace.dims.hidden,
  };
}

/** The edits that still make sense in another run. @param {readonly Edit[]} edits @param {ReturnType<typeof scopeOf>} scope */
export function within(edits, { states, nodes, weights, tokens, features, T, H }) {
  return edits.filter((edit) => {
    if (edit.kind === "clamp") return nodes.includes(edit.node) && edit.to < T && (edit.unit ?? 0) < H;
    if (edit.kind === "token") return tokens.includes(edit.token) && edit.t < T;
    if (edit.kind === "zero") return states.includes(edit.state) && edit.t < T;
    if (edit.kind === "input") return features.includes(edit.feature) && edit.from + edit.values.length <= T;
    return weights.includes(edit.parameter);
  });
}

/** @param {import('../trace.js').Trace} trace */
function readsNumbers(trace) {
  const x = trace.get("x");
  return x !== undefined && x.shape.length === 3 && !isOneHot(x);
}

/** What of a network's input can be drawn on. @param {import('../trace.js').Trace} trace @returns {readonly string[]} */
export const featuresOf = (trace) => (readsNumbers(trace) ? (trace.labels.input ?? []) : []);

/** A feature at every step, as it is read. @param {import('../trace.js').Trace} base @param {readonly Edit[]} edits @param {string} feature */
export function valuesOf(base, edits, feature) {
  const x = /** @type {import('../trace.js').TraceArray} */ (base.get("x"));
  const [steps, batch, width] = x.shape;
  const at = Math.max(0, featuresOf(base).indexOf(feature));
  const found = Float64Array.from({ length: steps }, (_, t) => x.data[t * batch * width + at]);
  for (const edit of edits) if (edit.kind === "input" && edit.feature === feature) found.set(edit.values, edit.from);
  return found;
}

/** Points laid over what was drawn before, as one intervention. @param {import('../trace.js').Trace} base @param {readonly Edit[]} edits @param {string} feature @param {Map<number, number>} points @returns {Input} */
export function drawnOn(base, edits, feature, points) {
  const values = valuesOf(base, edits, feature);
  for (const [t, value] of points) values[t] = Number(value.toPrecision(3));
  const before = edits.filter((edit) => edit.kind === "input" && edit.feature === feature);
  const steps = [...points.keys()];
  const from = Math.min(...steps, ...before.map((edit) => /** @type {Input} */ (edit).from));
  const to = Math.max(...steps, ...before.map(last));
  return { kind: "input", feature, from, values: [...values.subarray(from, to + 1)] };
}

/** @param {Edit} edit */
const last = (edit) => (edit.kind === "input" ? edit.from + edit.values.length - 1 : 0);

const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

/** A text in which the symbol of one step is another. @param {string} text @param {number} t @param {string} symbol @param {boolean} characters */
export function retyped(text, t, symbol, characters) {
  if (characters) return [...text].map((each, at) => (at === t ? symbol : each)).join("");
  const found = [...text.matchAll(WORD)][t];
  if (found === undefined) return text;
  return text.slice(0, found.index) + symbol + text.slice((found.index ?? 0) + found[0].length);
}

/**
 * What the surgery did, in numbers: the losses in all, the step where the states lie furthest apart, where the expected outcome changed.
 * @param {import('../trace.js').Trace} trace
 */
export function outcome(trace) {
  const T = trace.dims.time;
  const gap = trace.get("divergence")?.data ?? new Float64Array(T);
  const far = gap.reduce((best, value, at) => (value > gap[best] ? at : best), 0);
  const first = gap.findIndex((value) => value > 0);
  return {
    before: sum(trace, "unperturbed/loss"),
    after: sum(trace, "loss"),
    far,
    gap,
    first,
    changed: guesses(trace),
  };
}

/** @param {import('../trace.js').Trace} trace @param {string} name */
function sum(trace, name) {
  const mask = trace.get("mask")?.data;
  const data = trace.get(name)?.data ?? [];
  let total = 0;
  for (let at = 0; at < data.length; at += 1) if (mask?.[at] !== 0) total += data[at];
  return total;
}

/** Steps at which another outcome is expected than before. @param {import('../trace.js').Trace} trace */
function guesses(trace) {
  const [now, then] = [trace.get("probs"), trace.get("unperturbed/probs")];
  if (!now || !then) return [];
  const O = trace.dims.output;
  const names = trace.labels.output ?? [];
  const top = (/** @type {Float64Array} */ data, /** @type {number} */ t) => {
    const row = data.subarray(t * O, (t + 1) * O);
    return row.indexOf(row.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY));
  };
  return Array.from({ length: trace.dims.time }, (_, t) => ({
    t,
    from: names[top(then.data, t)],
    to: names[top(now.data, t)],
  })).filter(({ from, to }) => from !== to);
}

/** A difference with its sign. @param {number} value */
export const risen = (value) => (value > 0 ? `+${short(value)}` : short(value));
