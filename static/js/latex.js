// LaTeX as the engine writes it, read symbol by symbol, so that each can wear the colour of its meaning.

import { meaningOf } from "./color.js";

/**
 * @typedef {{base: string, upper: string, lower: string, text: string}} Glyph one symbol with what stands above and below it
 * @typedef {(symbol: Glyph) => string | null} Meaning
 */

const TIME = /^(t|k|\d+)([+-]\d+)?(,.*)?$/;
const VERBATIM = new Set(["\\operatorname", "\\text", "\\htmlClass"]);
const POWER = /^(\d+|\\top|\\prime|')$/;

/**
 * The same LaTeX with every symbol that has a meaning in a class of its own.
 * @param {string} latex @param {Meaning} meaning
 */
export function colour(latex, meaning) {
  let coloured = "";
  for (let at = 0; at < latex.length; ) {
    const { text, symbol } = read(latex, at);
    const found = symbol ? meaning(symbol) : null;
    coloured += found ? `\\htmlClass{of-${found}}{${text}}` : text;
    at += text.length;
  }
  return coloured;
}

/** What stands at a place: a symbol with its scripts, a command, or one character. @param {string} latex @param {number} at @returns {{text: string, symbol: Glyph | null}} */
function read(latex, at) {
  const base = atom(latex, at);
  if (base === null) return { text: latex[at], symbol: null };
  if (VERBATIM.has(base)) return { text: base + group(latex, at + base.length), symbol: null };
  const isLetter = /^[A-Za-z]$|^\\mathrm\{|^\\(partial|delta|tilde|hat)/.test(base);
  if (!isLetter) return { text: base, symbol: null };
  return scripted(latex, at, base);
}

/** A letter, a command, or a command with the group it takes. @param {string} latex @param {number} at @returns {string | null} */
function atom(latex, at) {
  if (latex[at] !== "\\") return /[A-Za-z]/.test(latex[at]) ? latex[at] : null;
  const command = /^\\([A-Za-z]+|.)/.exec(latex.slice(at))?.[0] ?? "\\";
  const takes = ["\\mathrm", "\\tilde", "\\hat"].includes(command);
  return takes ? command + group(latex, at + command.length) : command;
}

/** Powers and transposes are not part of a name, and neither are they coloured. @param {string} latex @param {number} start @param {string} base */
function scripted(latex, start, base) {
  const symbol = { base, upper: "", lower: "", text: base };
  for (let at = start + base.length; latex[at] === "_" || latex[at] === "^"; ) {
    const script = group(latex, at + 1);
    const inner = script.replace(/^\{(.*)\}$/s, "$1");
    if (latex[at] === "^" && POWER.test(inner)) break;
    symbol[latex[at] === "_" ? "lower" : "upper"] = inner;
    symbol.text += latex[at] + script;
    at += 1 + script.length;
  }
  return { text: symbol.text, symbol };
}

/** The balanced group at a place, or the one token there. @param {string} latex @param {number} at */
function group(latex, at) {
  if (latex[at] !== "{") return /^(\\[A-Za-z]+|.)?/s.exec(latex.slice(at))?.[0] ?? "";
  let depth = 0;
  for (let end = at; end < latex.length; end += 1) {
    depth += latex[end] === "{" ? 1 : latex[end] === "}" ? -1 : 0;
    if (depth === 0) return latex.slice(at, end + 1);
  }
  return latex.slice(at);
}

/** How a node's symbol is told from others: its letter and what stands above it. @param {Pick<Glyph, 'base' | 'upper'>} symbol */
const key = ({ base, upper }) => `${base}^${upper}`;

/** The first symbol of a LaTeX. @param {string} latex @returns {Glyph} */
export const firstSymbol = (latex) => read(latex, 0).symbol ?? { base: latex, upper: "", lower: "", text: latex };

/**
 * The colours of a cell's symbols: its nodes, their pre-activations, and what every network has.
 * @param {{nodes: {name: string, latex: string, role: string}[]}} cell @returns {Meaning}
 */
export function meanings(cell) {
  const known = new Map([
    ["x^", "input"],
    ["J^", "loss"],
    ["p^", "output"],
    ["y^", "output"],
  ]);
  for (const { name, latex, role } of cell.nodes) {
    const symbol = firstSymbol(latex);
    const meaning = meaningOf(name, role);
    known.set(key(symbol), meaning);
    known.set(key({ base: "a", upper: symbol.base }), meaning);
  }
  return (symbol) => {
    if (symbol.base === "\\partial" || symbol.base === "\\delta") return "gradient";
    const isTimed = TIME.test(symbol.lower);
    return isTimed || symbol.text === "J" ? (known.get(key(symbol)) ?? null) : null;
  };
}

/** In the output layer z is a logit, whatever it is inside the cell. @param {Meaning} inner @returns {Meaning} */
export const ofHead = (inner) => (symbol) => (symbol.base === "z" ? "output" : inner(symbol));

/** A number as the engine writes it into its LaTeX: three significant digits. @param {number | null} value */
export function figure(value) {
  if (value === null || !Number.isFinite(value)) return "\\mathrm{NaN}";
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(2).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 3) return String(Number(value.toPrecision(3)));
  return `${Number(mantissa)} \\cdot 10^{${power}}`;
}

/**
 * @typedef {{latex: string, label: string, value: number | null, parts?: {label: string, value: number | null}[]}} Term
 * The numbers of an equation, each in the colour of what it stands for, products as their factors; empty where they would
 * only say that a number equals itself.
 * @param {string} numbers as the engine wrote them @param {Term[]} terms @param {Meaning} meaning
 */
export function colourNumbers(numbers, terms, meaning) {
  const plain = terms.map(inNumbers).join(" + ").replaceAll("+ -", "- ");
  const at = terms.length > 0 ? numbers.indexOf(plain) : -1;
  if (isEmpty(numbers)) return "";
  if (at < 0) return numbers;
  const painted = terms.map((term) => paint(term, meaning)).join("");
  return numbers.slice(0, at) + painted.replace(/^ \+ /, "") + numbers.slice(at + plain.length);
}

/** A term as the engine writes it among the numbers. @param {Term} term */
function inNumbers(term) {
  if (!isProduct(term)) return figure(term.value);
  return (term.parts ?? []).map(({ value }) => bracketed(figure(value))).join(" \\cdot ");
}

/** @param {string} numbers */
function isEmpty(numbers) {
  const [left, right] = numbers.split(" = ");
  return right === undefined || left === right;
}

/** Whether a term is made of two factors, which are formulas; else its parts are words or units. @param {Term} term */
export function isProduct({ parts }) {
  const isTimed = (/** @type {string} */ label) => /_\{t/.test(label);
  return (
    parts?.length === 2 &&
    parts.some(({ label }) => isTimed(label)) &&
    parts.every(({ label }) => isTimed(label) || /^[\d.]+$/.test(label))
  );
}

/** What to list under an equation: a lone product is listed as its factors. @param {Term[]} terms @returns {Term[]} */
export function listed(terms) {
  const [lone] = terms;
  if (terms.length !== 1 || !isProduct(lone)) return terms;
  return (lone.parts ?? []).map(({ label, value }) => ({ latex: label, label: "", value }));
}

/** @param {Term} term @param {Meaning} meaning */
function paint(term, meaning) {
  if (isProduct(term)) {
    const [one, other] = (term.parts ?? []).map(({ label, value }) =>
      wear(mainMeaning(label, meaning), bracketed(figure(value))),
    );
    return ` + ${one} \\cdot ${other}`;
  }
  const text = figure(term.value);
  return (text.startsWith("-") ? " - " : " + ") + wear(mainMeaning(term.latex, meaning), text.replace(/^-/, ""));
}

/** @param {string} text */
const bracketed = (text) => (text.startsWith("-") ? `(${text})` : text);

/** @param {string | null} meaning @param {string} text */
const wear = (meaning, text) => (meaning ? `\\htmlClass{of-${meaning}}{${text}}` : text);

/** What a term is about: the last of its symbols that has a meaning. @param {string} latex @param {Meaning} meaning @returns {string | null} */
export function mainMeaning(latex, meaning) {
  let found = null;
  for (let at = 0; at < latex.length; ) {
    const { text, symbol } = read(latex, at);
    found = (symbol ? meaning(symbol) : null) ?? found;
    at += text.length;
  }
  return found;
}
