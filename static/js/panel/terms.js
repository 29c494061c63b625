// The terms of an equation as bars with zero in the middle, the largest first; a term opens to show what it is made of.

import { make, write } from "../dom.js";
import { colour, isProduct, mainMeaning } from "../latex.js";
import { typeset } from "../math.js";
import { short } from "../numbers.js";
import { t } from "../strings.js";

/**
 * @typedef {import('../latex.js').Meaning} Meaning
 * @typedef {{latex: string, label: string, value: number | null, parts?: {label: string, value: number | null}[]}} Term
 * @typedef {{item: HTMLLIElement, draw: (term: Term, most: number, meaning: Meaning) => void}} Row
 */

/** @param {HTMLElement} host an ordered list @returns {(terms: Term[], meaning: Meaning) => void} */
export function createTerms(host) {
  /** @type {Map<string, Row>} */
  let rows = new Map();
  return (terms, meaning) => {
    const before = places(rows);
    const most = Math.max(0, ...terms.map(({ value }) => size(value)));
    const next = new Map(terms.map((term) => [term.latex, rows.get(term.latex) ?? createRow()]));
    for (const term of terms) next.get(term.latex)?.draw(term, most, meaning);
    const items = [...next.values()].map(({ item }) => item);
    if (items.some((item, index) => host.children[index] !== item) || host.children.length !== items.length)
      host.replaceChildren(...items);
    rows = next;
    slide(rows, before);
  };
}

/** @param {number | null} value */
const size = (value) => (value !== null && Number.isFinite(value) ? Math.abs(value) : 0);

/** @param {Map<string, Row>} rows */
function places(rows) {
  return new Map([...rows].map(([latex, { item }]) => [latex, item.offsetTop]));
}

/** Terms that change places slide, so that the eye can follow. @param {Map<string, Row>} rows @param {Map<string, number>} before */
function slide(rows, before) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [latex, { item }] of rows) {
    const moved = (before.get(latex) ?? item.offsetTop) - item.offsetTop;
    if (moved !== 0)
      item.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], {
        duration: 140,
        easing: "ease-out",
      });
  }
}

/** @returns {Row} */
function createRow() {
  const formula = make("span", { class: "term-formula" });
  const words = make("span", { class: "term-words" });
  const bar = createBar();
  const value = make("span", { class: "term-value" });
  const inner = [make("span", { class: "term-name" }, formula, words), bar.host, value];
  const button = make("button", { type: "button", class: "term-head", "aria-expanded": "false" }, ...inner);
  const parts = make("ol", { class: "parts", hidden: true });
  const item = make("li", { class: "term" }, button, parts);
  /** @type {Term | null} */
  let shown = null;
  const open = () => button.getAttribute("aria-expanded") === "true";
  /** @type {Meaning} */
  let colours = () => null;
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(!open()));
    parts.hidden = !open();
    if (shown) drawParts(parts, shown, colours);
  });
  return {
    item,
    draw(term, most, meaning) {
      shown = term;
      colours = meaning;
      typeset(formula, colour(term.latex, meaning));
      write(words, term.label || (isProduct(term) ? t("panel.factors") : ""));
      write(value, term.value === null ? "—" : short(term.value));
      bar.draw(term.value, most, mainMeaning(term.latex, meaning));
      const count = term.parts?.length ?? 0;
      button.disabled = count === 0;
      if (open() && !parts.hidden) drawParts(parts, term, meaning);
    },
  };
}

/** A bar that grows left or right from the middle. */
function createBar() {
  const fill = make("i", {});
  const host = make("span", { class: "bar", "aria-hidden": "true" }, fill);
  return {
    host,
    /** @param {number | null} value @param {number} most @param {string | null} meaning */
    draw(value, most, meaning) {
      const share = most > 0 && value !== null && Number.isFinite(value) ? value / most : 0;
      host.className = `bar${share < 0 ? " is-negative" : ""}${meaning ? ` of-${meaning}` : ""}`;
      fill.style.transform = `scaleX(${Math.abs(share).toFixed(4)})`;
    },
  };
}

/** @param {HTMLElement} host @param {Term} term @param {Meaning} meaning */
function drawParts(host, term, meaning) {
  const parts = term.parts ?? [];
  const factors = isProduct(term);
  const most = Math.max(...parts.map(({ value }) => size(value)));
  const items = parts.map(({ label, value }) => {
    const name = make("span", { class: "part-name" });
    if (factors) typeset(name, colour(label, meaning));
    else name.append(label);
    const bar = createBar();
    bar.draw(value, most, factors ? mainMeaning(label, meaning) : mainMeaning(term.latex, meaning));
    return make(
      "li",
      { class: "part" },
      name,
      bar.host,
      make("span", { class: "term-value" }, value === null ? "—" : short(value)),
    );
  });
  host.replaceChildren(...items);
}
