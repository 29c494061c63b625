// One timestep of the unrolled network, as elements: made once, filled again when another step comes into the lens.

import { chance } from "../answers.js";
import { hide, make, svg, symbol, write } from "../dom.js";
import { short } from "../numbers.js";
import { t } from "../strings.js";
import { layout, paintStrips } from "./strips.js";
import { wires } from "./wires.js";

/**
 * @typedef {import('./wires.js').Rows} Rows
 * @typedef {import('./strips.js').Strip} Strip
 * @typedef {{t: number, word: string, letters: number, next: string, guess: string, target: string, p: number, loss: number, lossShare: number,
 *   strips: Strip[], norm: number, share: number}} StepData
 * @typedef {{rows: Rows, step: number, wide: number, states: number, scale: number, reversed: boolean, T: number}} Shape
 * @typedef {ReturnType<typeof makeColumn>} Column
 */

/** @param {string} kind @param {...Node} children */
const node = (kind, ...children) =>
  make("button", { type: "button", class: `node node-${kind}`, "data-node": kind, tabindex: "-1" }, ...children);

/** @param {string} name @param {...(Node | string)} children */
const span = (name, ...children) => make("span", { class: name }, ...children);

/** What the parts beside it say already. @param {string} name @param {...(Node | string)} children */
const silent = (name, ...children) => make("span", { class: name, "aria-hidden": "true" }, ...children);

/** A weight that can be chosen. @param {string} name */
const weight = (name) =>
  make("button", { type: "button", class: `weight weight-${name}`, "data-weight": name, tabindex: "-1" }, symbol(name));

function makeLoss() {
  const disc = span("disc");
  const lossText = span("loss-text");
  const before = span("hidden");
  return { disc, lossText, lossBefore: before, loss: node("loss", before, disc, lossText) };
}

function makeOutput() {
  const guess = span("guess");
  const filled = span("chance-filled");
  const p = span("p");
  const [before, middle] = [span("hidden"), span("hidden")];
  const output = node("output", before, guess, span("given", span("chance", filled), middle, p));
  return { guess, filled, p, outputBefore: before, outputMiddle: middle, output };
}

function makeCell() {
  const canvas = make("canvas", { "aria-hidden": "true" });
  const unit = span("unit-mark");
  return { canvas, unit, cell: node("cell", canvas, unit) };
}

/** A column of the network. */
export function makeColumn() {
  const next = silent("next");
  const parts = { ...makeLoss(), ...makeOutput(), ...makeCell() };
  const word = span("word");
  const input = span("input", word);
  const weights = [weight("W"), weight("U")];
  const vee = silent("weight weight-V", symbol("V"));
  const zero = silent("zero", "0");
  const lines = svg("svg", { class: "wires", "aria-hidden": "true", focusable: "false" });
  const ways = svg("g");
  const element = make("li", { class: "step" });
  element.append(lines, next, parts.loss, parts.output, parts.cell, input, ...weights, vee, zero);
  const data = /** @type {StepData | null} */ (null);
  return {
    element,
    next,
    ...parts,
    word,
    input,
    weights,
    vee,
    zero,
    lines,
    ways,
    t: -1,
    version: -1,
    pathed: false,
    marked: "",
    shown: "",
    seen: "",
    wired: "",
    data,
  };
}

/** Put everything in its place, empty. @param {Column} column @param {Shape} shape */
export function placeColumn(column, { rows, step, wide, states }) {
  column.t = -1;
  column.element.hidden = true;
  column.element.style.width = `${step}px`;
  column.element.style.setProperty("--step", `${step}px`);
  column.element.style.height = `${rows.height}px`;
  for (const name of /** @type {const} */ (["next", "loss", "output", "cell", "input"])) {
    column[name].style.top = `${rows[name].top}px`;
    column[name].style.height = `${rows[name].height}px`;
  }
  column.cell.style.width = `${wide}px`;
  column.cell.style.left = `${(step - wide) / 2}px`;
  const { output, cell, input } = rows;
  const [weightW, weightU] = column.weights;
  weightW.style.top = `${(cell.top + cell.height + input.top) / 2}px`;
  column.vee.style.top = `${(output.top + output.height + cell.top) / 2}px`;
  weightU.style.top = `${cell.top + cell.height * (states > 1 ? 0.7 : 0.5)}px`;
  column.zero.style.top = `${cell.top + cell.height * 0.5}px`;
}

/** Draw the wires of a column; the first has nothing but zeros to its left. @param {Column} column @param {Shape} shape @param {boolean} first */
export function wireColumn(column, { rows, step, wide, states, reversed }, first) {
  const key = `${rows.height} ${step} ${wide} ${states} ${first} ${reversed}`;
  if (column.wired === key) return;
  column.wired = key;
  const all = wires(rows, step, wide, states, first, reversed);
  const drawn = (/** @type {'forward' | 'backward'} */ way) =>
    all[way].map(({ name, d, head }) => {
      const lane = name === "u0" && states > 1 ? " lane-cell" : "";
      const line = svg("path", { class: "line", d });
      return svg("g", { class: `wire ${way} wire-${name[0]}${lane}` }, line, svg("path", { class: "head", d: head }));
    });
  column.ways.replaceChildren(...drawn("backward"));
  column.lines.replaceChildren(...drawn("forward"), column.ways);
  column.element.classList.toggle("first", first);
}

/** @param {Column} column @param {StepData} data */
export function fillColumn(column, data) {
  const { guess, target, p, loss } = data;
  const lossless = Number.isNaN(loss);
  column.t = data.t;
  column.seen = "";
  column.element.dataset.t = String(data.t);
  fit(column.word, data.word, data.letters);
  fit(column.next, data.next);
  fit(column.guess, guess);
  write(column.p, chance(p));
  column.output.classList.toggle("is-number", Number.isNaN(p));
  const size = lossless ? "–" : short(loss, loss < 1e-3 ? 2 : 3);
  fit(column.loss, size, size.length, column.lossText);
  column.filled.style.transform = `scaleX(${p || 0})`;
  column.disc.style.transform = `scale(${0.25 + 0.75 * data.lossShare})`;
  column.element.classList.toggle("right", guess === target);
  column.element.classList.toggle("lossless", lossless);
  nameColumn(column, data);
}

/** Write a text that is set smaller where so many letters would not fit the column. @param {HTMLElement} sized @param {string} text @param {number} [letters] @param {HTMLElement} [host] */
function fit(sized, text, letters = text.length, host = sized) {
  write(host, text);
  sized.style.setProperty("--letters", String(Math.max(1, letters)));
}

/** Say what each part is, for those who listen. @param {Column} column @param {StepData} data */
function nameColumn(column, { t: at, target, p, loss }) {
  write(column.lossBefore, t(Number.isNaN(loss) ? "net.loss.none" : "net.loss.before", { t: at }));
  write(column.outputBefore, t("net.output.before", { t: at }));
  write(column.outputMiddle, target ? t(Number.isNaN(p) ? "net.output.number" : "net.output.between", { target }) : "");
  for (const button of column.weights) {
    button.setAttribute("aria-label", t("net.weight.label", { name: button.dataset.weight, t: at }));
  }
}

/**
 * What has happened at this step so far, painted and said. @param {Column} column @param {Shape} shape
 * @param {import('../scene.js').Scene} scene @param {{states: boolean, gradients: boolean}} reached
 */
export function showReached(column, shape, scene, reached) {
  const { data } = column;
  const key = `${scene.version} ${reached.states} ${reached.gradients} ${shape.wide}`;
  if (data === null || column.seen === key) return;
  column.seen = key;
  paintStrips(column.canvas, stripSize(shape), data.strips, scene, reached);
  const gradient =
    reached.gradients && !Number.isNaN(data.norm) ? `, ${t("net.state.gradient", { norm: short(data.norm) })}` : "";
  const name = t("net.state.label", { name: scene.cell.output, t: data.t, word: data.word || t("say.begin") });
  column.cell.setAttribute("aria-label", name + gradient);
}

const PADDING = 7;

/** @param {Shape} shape */
const stripSize = ({ rows, wide, scale }) => ({
  width: wide - 2 * PADDING,
  height: rows.cell.height - 2 * PADDING,
  scale,
});

/** The unit under a height within the cell, if there is one. @param {Shape} shape @param {number} units @param {number} y */
export function unitAt(shape, units, y) {
  const { pitch, top } = layout(stripSize(shape), shape.states, units);
  const unit = Math.floor((y - PADDING - top) / pitch);
  return unit >= 0 && unit < units ? unit : undefined;
}

/** Frame a unit in the cell. @param {Column} column @param {Shape} shape @param {number} units @param {number | undefined} unit */
export function markUnit(column, shape, units, unit) {
  hide(column.unit, unit === undefined || unit >= units);
  if (unit === undefined) return;
  const { pitch, top } = layout(stripSize(shape), shape.states, units);
  column.unit.style.transform = `translateY(${PADDING + top + unit * pitch}px)`;
  column.unit.style.height = `${Math.max(2, pitch - (pitch >= 4 ? 1 : 0))}px`;
}

/** Which kind of node a name belongs to. @param {string} name */
export function kindOf(name) {
  if (name === "loss") return "loss";
  return ["logits", "probs", "prediction"].includes(name) ? "output" : "cell";
}

/** The step of the player can be reached by keyboard; what is in focus there is framed. @param {Column} column @param {boolean} now @param {string | null} focus */
export function markFocus(column, now, focus) {
  const kind = now && focus ? kindOf(focus) : null;
  for (const part of [column.loss, column.output, column.cell]) {
    part.tabIndex = now ? 0 : -1;
    part.classList.toggle("is-focused", kind === part.dataset.node);
  }
}
