// The text of a cell, read word by word for its colours: names in the colour of their meaning, comments set back. It reads
// any text, also one that is half written; what it means exactly is for the engine to say.

import { meaningOf } from "../color.js";

/**
 * @typedef {{text: string, kind: 'name' | 'weight' | 'call' | 'number' | 'sign' | 'space' | 'comment' | 'odd', meaning: string | null}} Token
 */

const PIECES = /(#.*)|([A-Za-z_]\w*)|(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+)|(\s+)|([-+*@=(),])|(.)/giu;
const KINDS = /** @type {const} */ (["comment", "name", "number", "space", "sign", "odd"]);
const TARGET = /^\s*([A-Za-z]\w*)\s*=/;

/** @param {string} text @param {readonly string[]} functions @returns {Token[][]} the tokens of each line */
export function highlight(text, functions) {
  const lines = text.split("\n");
  const meanings = meaningsOf(lines);
  return lines.map((line) =>
    [...line.matchAll(PIECES)].map((match) => token(match[0], kindOf(match), meanings, functions)),
  );
}

/** @param {RegExpMatchArray} match */
const kindOf = (match) => KINDS[match.slice(1).findIndex((part) => part !== undefined)];

/** @param {string} text @param {typeof KINDS[number]} kind @param {Map<string, string>} meanings @param {readonly string[]} functions @returns {Token} */
function token(text, kind, meanings, functions) {
  if (kind !== "name") return { text, kind, meaning: null };
  if (functions.includes(text)) return { text, kind: "call", meaning: null };
  const meaning = meanings.get(text.replace(/_prev$/, "")) ?? null;
  return { text, kind: meaning ? "name" : "weight", meaning };
}

/** What each name that is computed means, told from its equation: a state is used again, a gate is a sigmoid. @param {string[]} lines */
function meaningsOf(lines) {
  const meanings = new Map([["x", "input"]]);
  const whole = lines.map((line) => line.split("#")[0]).join("\n");
  for (const line of lines) {
    const name = TARGET.exec(line)?.[1];
    if (name === undefined) continue;
    const isState = new RegExp(`\\b${name}_prev\\b`).test(whole);
    const role = isState
      ? "state"
      : /=\s*(hard_)?sigmoid\(/.test(line)
        ? "gate"
        : /=\s*\w+\(/.test(line)
          ? "candidate"
          : "node";
    meanings.set(name, meaningOf(name, role));
  }
  return meanings;
}

/** A text without the blanks that line its comments up: on a narrow page they only push the words away. @param {string} source */
export const compact = (source) =>
  source
    .split("\n")
    .map((line) => line.replace(/\s+#\s*/, "  # ").trimEnd())
    .join("\n")
    .trim();

/** The word that begins or lies at a place of a line. @param {string} line @param {number} column from 0 */
export function wordAt(line, column) {
  for (const match of line.matchAll(/[A-Za-z_]\w*/g)) {
    const start = match.index ?? 0;
    if (start <= column && column < start + match[0].length) return { word: match[0], start };
  }
  return null;
}

/** The name of a list that is spelled most like a word, if one is near enough. @param {string} word @param {readonly string[]} names */
export function likely(word, names) {
  const near = names.map((name) => ({ name, far: distance(word.toLowerCase(), name) }));
  const best = near.reduce((one, other) => (other.far < one.far ? other : one), {
    name: "",
    far: Number.POSITIVE_INFINITY,
  });
  return best.far <= Math.max(1, Math.floor(word.length / 2)) ? best.name : null;
}

/** How many letters must change (Levenshtein). @param {string} one @param {string} other */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[other.length];
}
