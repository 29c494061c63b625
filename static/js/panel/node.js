// A node in focus: its name, its units, and both of its equations with their numbers.

import { headOf } from "../answers.js";
import { meaningOf } from "../color.js";
import { make, write } from "../dom.js";
import { colour, ofHead } from "../latex.js";
import { typeset } from "../math.js";
import { mostOf } from "../scene.js";
import { t as say } from "../strings.js";
import { step } from "../trace.js";
import { copyButton } from "./copy.js";
import { createRuler, createSide } from "./side.js";
import { createUnits } from "./units.js";

/**
 * @typedef {import('../latex.js').Meaning} Meaning
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('./side.js').Side} Side
 * @typedef {{node: string, label: string, t: number, unit: number, value: number | null, forward: Side, backward: Side, numpy: string, notes: string[]}} Explained
 * @typedef {{node: string, unit: number, t: number}} Place
 * @typedef {{name: string, label: string, latex: string, role: string, equation?: string}} CellNode
 * @typedef {(key: string, values?: Record<string, unknown>) => string} Translate
 */

/** The nodes of the output layer, which every cell has. @type {CellNode[]} */
const HEAD = [
  {
    name: "probs",
    label: say("net.prediction"),
    latex: "p_{t}",
    role: "gate",
    equation: "p_{t} = \\frac{e^{z_{t}}}{\\sum_{j} e^{z_{t,j}}}",
  },
  { name: "prediction", label: say("net.prediction"), latex: "p_{t}", role: "node" },
  { name: "logits", label: "logits", latex: "z_{t}", role: "node" },
  { name: "loss", label: say("net.loss"), latex: "J_{t}", role: "node" },
];

/** @param {string} name @param {{nodes: CellNode[]}} cell @returns {CellNode | undefined} */
export function nodeOf(name, cell) {
  const stem = cell.nodes.find((node) => node.name === name.replace(/\.pre$/, ""));
  if (!stem || stem.name === name) return stem ?? HEAD.find((node) => node.name === name);
  return { ...stem, name, latex: `a^{${stem.latex.split(/[_^]/)[0]}}_{t}`, role: "node", equation: undefined };
}

/**
 * @param {{choose: (unit: number) => void, back: () => void, copy: () => {explained: Explained, url: URL} | null, t: Translate}} means
 */
export function createNode({ choose, back, copy, t }) {
  const name = make("span", { class: "focus-name" });
  const symbol = make("span", { class: "focus-symbol" });
  const place = make("p", { class: "focus-place" });
  const units = make("div", { class: "units" });
  const ruler = createRuler();
  const forward = createSide("forward", t("panel.forward"));
  const backward = createSide("backward", t("panel.backward"), [ruler.host]);
  const notes = make("ul", { class: "notes" });
  const head = make("header", { class: "focus-head" }, backButton(back, t), make("h2", {}, name, symbol), place);
  const copies = copyBar(copy, t);
  const host = make("article", { class: "focused" }, head, units, forward.host, backward.host, notes, copies);
  const drawUnits = createUnits(units, choose, t);
  return {
    host,
    /** What the trace tells at once. @param {Trace} trace @param {Place} at @param {import('../scene.js').Scene} scene @param {Meaning} inner */
    begin(trace, at, scene, inner) {
      const { cell, decades } = scene;
      const node = nodeOf(at.node, cell);
      const meaning = meaningOf(at.node, node?.role);
      host.className = `focused of-${meaning}`;
      write(name, node ? label(node, at, trace, t) : at.node);
      typeset(symbol, colour(node?.latex ?? at.node, coloursOf(at, inner)));
      write(place, t("panel.place", { t: at.t, word: trace.labels.time?.[at.t] ?? "" }));
      const value = unitsOf(trace, at.node, at.t);
      const gradient = unitsOf(trace, `grad/${at.node}`, at.t);
      units.hidden = value === null || value.length < 2;
      if (value && !units.hidden)
        drawUnits({
          values: value,
          unit: at.unit,
          range: rangeOf(trace, at.node, scene, node?.role),
          names: namesOf(trace, at.node),
          meaning,
        });
      forward.begin(headEquation(trace, node), value?.[at.unit], coloursOf(at, inner));
      backward.begin(null, gradient?.[at.unit], coloursOf(at, inner));
      ruler.host.hidden = gradient === null;
      if (gradient) ruler.draw(gradient[at.unit], decades);
    },
    /** What the server tells. @param {Explained} explained @param {Meaning} inner */
    draw(explained, inner) {
      forward.draw(explained.forward, coloursOf(explained, inner));
      backward.draw(explained.backward, coloursOf(explained, inner));
      notes.replaceChildren(...explained.notes.map((note) => make("li", {}, note)));
    },
  };
}

/** What is written before the server has answered; of a probability by itself the general form says nothing. @param {Trace} trace @param {CellNode} [node] */
const headEquation = (trace, node) =>
  HEAD.some((each) => each === node) && headOf(trace) !== "softmax" ? null : (node?.equation ?? null);

/** @param {Pick<Place, 'node'>} at @param {Meaning} inner */
const coloursOf = ({ node }, inner) => (HEAD.some(({ name }) => name === node) ? ofHead(inner) : inner);

/** @param {CellNode} node @param {Place} at @param {Trace} trace @param {Translate} t */
function label(node, at, trace, t) {
  const word = trace.labels.output?.[at.unit] ?? "";
  if (node.name === "probs" || node.name === "logits") return t(`panel.${node.name}`, { word });
  return node.name.endsWith(".pre") ? t("panel.pre", { label: node.label }) : node.label;
}

/** All units of an array at one step. @param {Trace} trace @param {string} name @param {number} t @returns {Float64Array | null} */
export function unitsOf(trace, name, t) {
  const array = trace.get(name);
  return array && array.dims[0] === "time" ? step(array, t) : null;
}

/** The scale of a node's values: the same at every step. @param {Trace} trace @param {string} name @param {{version: number}} scene @param {string} [role] */
export function rangeOf(trace, name, scene, role) {
  if (role === "gate") return { low: 0, high: 1 };
  const most = mostOf(scene, trace.get(name)?.data ?? []) || 1;
  return { low: role === "alignment" ? 0 : -most, high: most };
}

/** The units of the output layer are words, those of attention the steps of the source. @param {Trace} trace @param {string} name */
function namesOf(trace, name) {
  if (name === "probs" || name === "logits") return trace.labels.output;
  return trace.dimsOf(name)[2] === "source" && trace.block?.axis === "time" ? trace.labels.source : undefined;
}

/** @param {() => void} back @param {Translate} t */
export function backButton(back, t) {
  const button = make(
    "button",
    { type: "button", class: "icon back", "aria-label": t("panel.back"), title: t("panel.back.hint") },
    "←",
  );
  button.addEventListener("click", back);
  return button;
}

/** @param {() => {explained: {forward?: Side, backward?: Side, latex?: string, numpy: string}, url: URL} | null} copy @param {Translate} t */
export function copyBar(copy, t) {
  /** @type {[string, string, (answer: any) => string][]} */
  const kinds = [
    ["LaTeX", "panel.copy.latex", ({ explained }) => latexOf(explained)],
    ["NumPy", "panel.copy.numpy", ({ explained }) => explained.numpy],
    ["curl", "panel.copy.curl", ({ url }) => `curl '${url.href.replaceAll("'", "%27")}'`],
  ];
  const text = (/** @type {(answer: any) => string} */ write) => {
    const answer = copy();
    return answer ? write(answer) : "";
  };
  const buttons = kinds.map(([name, hint, write]) => copyButton(name, t(hint), () => text(write), t));
  return make("div", { class: "copies" }, make("span", { class: "copies-title" }, t("panel.copy")), ...buttons);
}

/** Both equations with their numbers, ready for a document. @param {{forward?: Side, backward?: Side, latex?: string, numbers?: string}} explained */
function latexOf({ forward, backward, latex, numbers }) {
  const sides = [forward, backward].filter((side) => side !== undefined);
  const lines = sides.length > 0 ? sides.flatMap((side) => [side.latex, side.numbers]) : [latex ?? "", numbers ?? ""];
  return lines.map((line, index) => (index % 2 === 0 ? line : `% ${line}`)).join("\n");
}
