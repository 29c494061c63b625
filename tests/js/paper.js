// A page and a pen for tests of pictures: elements that remember what they were given, a canvas that remembers what was drawn.

import { makeTimeline } from "../../static/js/timeline.js";
import { decodeTrace } from "../../static/js/trace.js";

/**
 * @typedef {{tag: string, attributes: Record<string, string>, children: any[], style: Record<string, string>, textContent: string}} Made
 * @typedef {{name: string, args: any[], fill: string, stroke: string, alpha: number}} Mark one call of a pen, with its colours then
 */

/** @param {any[]} children @returns {string} */
const textOf = (children) =>
  children.map((child) => (typeof child === "string" ? child : textOf(child.children))).join("");

/** An image of single pixels as it was put on a canvas. */
function canvas() {
  /** @type {any} */
  const made = { tag: "canvas", width: 0, height: 0 };
  const createImageData = (/** @type {number} */ wide, /** @type {number} */ high) => ({
    data: new Uint8ClampedArray(4 * wide * high),
  });
  const putImageData = (/** @type {{data: Uint8ClampedArray}} */ image) => {
    made.pixels = image.data;
  };
  return Object.assign(made, { getContext: () => ({ createImageData, putImageData }) });
}

/** @param {string} tag */
function element(tag) {
  /** @type {any} */
  const made = { tag, attributes: {}, children: [], style: {} };
  made.style.setProperty = (/** @type {string} */ name, /** @type {string} */ value) => {
    made.style[name] = value;
  };
  made.setAttribute = (/** @type {string} */ name, /** @type {string} */ value) => {
    made.attributes[name] = value;
  };
  made.append = (/** @type {any[]} */ ...more) => made.children.push(...more);
  made.replaceChildren = (/** @type {any[]} */ ...more) => {
    made.children = more;
  };
  Object.defineProperty(made, "textContent", { get: () => textOf(made.children) });
  return made;
}

/** An element that stands nowhere. @returns {any} */
export const host = () => element("div");

/** Give the modules under test a document. */
export function furnish() {
  /** @type {any} */ (globalThis).document = {
    createElement: (/** @type {string} */ tag) => (tag === "canvas" ? canvas() : element(tag)),
  };
}

/** Every descendant of a tag. @param {any} root @param {string} tag @returns {Made[]} */
export const all = (root, tag) =>
  root.children.flatMap((/** @type {any} */ child) =>
    typeof child === "string" ? [] : [...(child.tag === tag ? [child] : []), ...all(child, tag)],
  );

/** A pen that writes down what it is asked to draw. @returns {any} */
export function pen() {
  /** @type {Mark[]} */
  const marks = [];
  /** @type {Record<string, any>} */
  const set = { fillStyle: "", strokeStyle: "", globalAlpha: 1, marks };
  return new Proxy(set, {
    get(held, name) {
      const key = String(name);
      if (key in held) return held[key];
      if (key === "measureText") return (/** @type {string} */ text) => ({ width: 6 * text.length });
      return (/** @type {any[]} */ ...args) => {
        marks.push({ name: key, args, fill: set.fillStyle, stroke: set.strokeStyle, alpha: set.globalAlpha });
      };
    },
  });
}

/** The calls of one name, of one colour if one is given. @param {any} from @param {string} name @param {string} [fill] @returns {Mark[]} */
export const marks = (from, name, fill) =>
  from.marks.filter((/** @type {Mark} */ mark) => mark.name === name && (fill === undefined || mark.fill === fill));

/** The red of each pixel of an image. @param {any} image @returns {number[]} */
export const reds = (image) => [...image.pixels].filter((_, at) => at % 4 === 0);

export const PALETTE = {
  ...{ ink: "rgb(0, 0, 0)", ink2: "ink2", ink3: "ink3", paper: "paper", line: "line", lineStrong: "strong" },
  ...{ zero: [0, 0, 0], small: 11, font: "sans-serif" },
  meaning: { input: "rgb(255, 255, 255)", forget: "thief", output: "output", loss: "loss", state: "state" },
};
export const INPUT = PALETTE.meaning.input;

/** @param {number[]} shape @param {number[]} data */
export const array = (shape, data) => ({ shape, data: Float64Array.from(data), dims: shape.map(String) });

/** @param {Record<string, any>} given @returns {any} */
export const pictured = (given) => ({ kind: "", time: [], answer: "", hop: null, arrays: {}, ...given });

/** @param {string[]} dims @param {number[]} data @param {number[]} [shape] */
export const sent = (dims, data, shape = [data.length, 1, 1].slice(0, dims.length)) => ({
  ...{ dims, shape, dtype: "float64" },
  data: Float64Array.from(data),
});

/** @param {Record<string, any>} arrays @param {any} [more] @returns {any} */
export const traced = (arrays, more = {}) => decodeTrace({ id: "1", recipe: {}, dims: { time: 4 }, arrays, ...more });

/** Four steps of 100 pixels after a gutter of 50, 40 high at 10. @param {any} picture @param {any} trace @param {number} [height] @param {number} [T] @returns {any} */
export const place = (picture, trace = traced({}), height = 40, T = 4) => ({
  ...{ picture, trace, top: 10, height },
  scene: { palette: PALETTE, timeline: makeTimeline({ width: 500, left: 50, right: 50, T }) },
});

/** @param {any} row @param {any} at @param {any} moment */
export const followed = (row, at, moment) => {
  const drawn = pen();
  row.follow(drawn, at, moment);
  return drawn;
};
/** @param {any} row @param {any} at */
export const painted = (row, at) => {
  const drawn = pen();
  row.paint(drawn, at);
  return drawn;
};
/** What the text twin says at a step. @param {any} row @param {any} picture @param {any} [trace] @param {number} [t] */
export const told = (row, picture, trace = traced({}), t = 0) =>
  row.columns(picture, trace).map((/** @type {any} */ column) => [column.name, column.at(t)]);

// A decoder of three words that looks at four patches.
const LOOKS = [0.1, 0.2, 0.3, 0.4, 1, 0, 0, 0, 0.25, 0.25, 0.25, 0.25];
export const saying = traced(
  { "decoder/a": sent(["time", "batch", "source"], LOOKS, [3, 1, 4]) },
  { labels: { target: ["a", "very long word indeed", "(end)"] } },
);
export const captioned = { ...saying, block: { name: "decoder", axis: "time" }, whole: saying };
