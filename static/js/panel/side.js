// One side of a node: its equation, the same with numbers, and the terms. Forward and backward are built alike.

import { logShare } from "../color.js";
import { make, write } from "../dom.js";
import { colour, colourNumbers, listed } from "../latex.js";
import { typeset } from "../math.js";
import { power, short } from "../numbers.js";
import { createTerms } from "./terms.js";

/**
 * @typedef {import('../latex.js').Meaning} Meaning
 * @typedef {import('./terms.js').Term} Term
 * @typedef {{latex: string, numbers: string, value: number | null, terms: Term[]}} Side
 */

/** @param {string} direction forward or backward @param {string} title @param {HTMLElement[]} [extra] what stands under the heading */
export function createSide(direction, title, extra = []) {
  const value = make("output", { class: "side-value" });
  const equation = make("p", { class: "equation" });
  const numbers = make("p", { class: "equation-numbers" });
  const list = make("ol", { class: "terms" });
  const drawTerms = createTerms(list);
  const host = make(
    "section",
    { class: `side side-${direction}` },
    make("header", {}, make("h3", {}, title), value),
    ...extra,
    equation,
    numbers,
    list,
  );
  return {
    host,
    /** What is known without asking. @param {string | null} latex @param {number | undefined} number @param {Meaning} meaning */
    begin(latex, number, meaning) {
      if (latex !== null) typeset(equation, colour(tall(latex), meaning));
      write(value, number === undefined || Number.isNaN(number) ? "" : short(number));
    },
    /** @param {Side} side @param {Meaning} meaning */
    draw(side, meaning) {
      typeset(equation, colour(tall(side.latex), meaning));
      const figures = colourNumbers(side.numbers, side.terms, meaning);
      typeset(numbers, figures && tall(`= ${figures}`));
      numbers.hidden = figures === "";
      write(value, short(side.value ?? Number.NaN));
      drawTerms(listed(side.terms), meaning);
    },
  };
}

/** Fractions as large as in a displayed formula, in a line that may still break. @param {string} latex */
export const tall = (latex) => latex.replaceAll("\\frac", "\\dfrac");

/** Where a gradient stands on the log scale that every picture of gradients shares. */
export function createRuler() {
  const mark = make("i", { class: "ruler-mark" });
  const [low, high] = [make("span", {}), make("span", {})];
  const host = make(
    "div",
    { class: "ruler", "aria-hidden": "true" },
    low,
    make("span", { class: "ruler-scale" }, mark),
    high,
  );
  return {
    host,
    /** @param {number} value @param {import('../color.js').Decades} decades */
    draw(value, decades) {
      const share = logShare(Math.abs(value), decades);
      mark.hidden = Number.isNaN(share);
      mark.style.left = `${(Number.isNaN(share) ? 0 : share * 100).toFixed(2)}%`;
      write(low, power(decades.low));
      write(high, power(decades.high));
    },
  };
}
