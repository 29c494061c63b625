// A question of a lesson: a choice, a number or a curve. Whatever is guessed is compared with the truth, and kept.

import { make, put } from "../dom.js";
import { typeset } from "../math.js";
import { short } from "../numbers.js";
import { addWords, t } from "../strings.js";
import { drawn } from "./curve.js";

/**
 * @typedef {{kind: 'plain' | 'em' | 'math' | 'number', text: string, quote?: string}} Piece
 * @typedef {{question: Piece[], options: Piece[][], answer: number | null, curve?: number[] | null, within: number, because: Piece[]}} Ask
 * @typedef {{read: () => string | null, write: (text: string) => void}} Kept
 * @typedef {{kept: Kept, id: string}} Means
 * @typedef {{form: HTMLElement, verdict: HTMLElement}} Parts
 */

/** @type {Record<string, string>} */
const ENGLISH = {
  "ask.exercises": "Exercises: {count}",
  "ask.curve": "Your curve",
  "ask.curve.step": "Step",
  "ask.curve.value": "Value at this step, as a power of ten",
  "ask.curve.says": "At step {k}: {value}",
  "ask.curve.told": "At step {k}: {value}; it is {truth}",
  "ask.curve.hint": "Draw with the pointer, or move the two sliders. The last point is given.",
  "ask.curve.near": "Near: off by a factor of {factor} on average.",
  "ask.curve.far": "Off by a factor of {factor} on average.",
};
addWords(ENGLISH);

/** @param {Piece} piece @returns {Node} */
function shown({ kind, text, quote }) {
  if (kind === "plain") return document.createTextNode(text);
  if (kind === "em") return make("em", {}, text);
  if (kind === "number") return make("span", { class: "lesson-number", title: quote }, text);
  const host = make("span", { class: "lesson-math" });
  typeset(host, text);
  return host;
}

/** @param {Piece[]} pieces */
export const prose = (pieces) => pieces.map(shown);

/** Whether a guess is near enough. @param {number} guess @param {number} truth @param {number} within */
export function near(guess, truth, within) {
  return Math.abs(guess - truth) <= Math.max(within * Math.abs(truth), 1e-9);
}

/** How far a drawing is from the truth, in powers of ten, on average. @param {number[]} drawing @param {number[]} truth */
export function apart(drawing, truth) {
  const gaps = truth.map((value, k) => Math.abs(drawing[k] - Math.log10(value)));
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
}

/** What was guessed, kept while the page lives and for the next visit. @param {string} key @returns {Kept} */
export function guesses(key) {
  /** @type {string | null} */
  let here = null;
  return {
    read() {
      try {
        return here ?? localStorage.getItem(key);
      } catch {
        return here;
      }
    },
    write(text) {
      here = text;
      try {
        localStorage.setItem(key, text);
      } catch {
        // a page that may not keep anything remembers while it lives
      }
    },
  };
}

/** @param {Ask} ask @param {Means} means @returns {HTMLElement} */
export function questioned(ask, means) {
  const form = make("form", { class: "lesson-ask" });
  form.addEventListener("submit", (event) => event.preventDefault());
  const verdict = make("p", { class: "lesson-verdict", role: "status" });
  const parts = { form, verdict };
  const told = (/** @type {string} */ guess) => {
    means.kept.write(guess);
    tell(ask, guess, parts);
  };
  const before = means.kept.read();
  form.append(bodyOf(ask, means, told), verdict);
  if (before) tell(ask, before, parts);
  return form;
}

/** @param {Ask} ask @param {Means} means @param {(guess: string) => void} told */
function bodyOf(ask, means, told) {
  if (ask.curve) return drawn(ask.curve, { question: prose(ask.question), before: means.kept.read(), told });
  return ask.options.length > 0 ? choices(ask, means, told) : number(ask, means, told);
}

/** @param {Ask} ask @param {Means} means @param {(guess: string) => void} told */
function choices(ask, { kept, id }, told) {
  const set = make("fieldset", {}, make("legend", {}, ...prose(ask.question)));
  for (const [place, option] of ask.options.entries()) {
    const input = make("input", {
      type: "radio",
      name: id,
      value: String(place),
      checked: kept.read() === String(place),
    });
    input.addEventListener("change", () => told(String(place)));
    set.append(
      make("label", { class: "lesson-option", "data-place": String(place) }, input, make("span", {}, ...prose(option))),
    );
  }
  return set;
}

/** @param {Ask} ask @param {Means} means @param {(guess: string) => void} told */
function number(ask, { kept, id }, told) {
  const input = make("input", {
    type: "text",
    inputmode: "decimal",
    id,
    autocomplete: "off",
    value: kept.read() ?? "",
  });
  const button = make("button", { class: "button" }, t("lesson.compare"));
  const line = make("div", { class: "lesson-guess" }, input, button);
  const host = make("div", {}, make("label", { for: id }, ...prose(ask.question)), line);
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const guess = input.value.trim().replace(",", ".").replace("−", "-");
    const wrong = guess === "" || !Number.isFinite(Number(guess));
    put(input, "aria-invalid", String(wrong));
    if (!wrong) told(guess);
  });
  return host;
}

/** The truth, once there is a guess. @param {Ask} ask @param {string} guess @param {Parts} parts */
function tell(ask, guess, { form, verdict }) {
  const found = ask.curve ? judged(ask, ask.curve, guess) : answered(ask, guess);
  if (!found) return;
  put(form, "data-right", String(found.right));
  for (const label of form.querySelectorAll(".lesson-option"))
    label.classList.toggle("is-answer", label.getAttribute("data-place") === String(ask.answer));
  verdict.replaceChildren(make("b", {}, found.word), " ", ...prose(ask.because));
}

/** @param {Ask} ask @param {string} guess */
function answered({ options, answer, within }, guess) {
  if (answer === null) return null;
  const chosen = options.length > 0;
  const right = chosen ? Number(guess) === answer : near(Number(guess), answer, within);
  const word = chosen
    ? t(right ? "lesson.right" : "lesson.wrong")
    : t(right ? "lesson.near" : "lesson.far", { value: short(answer) });
  return { right, word };
}

/** @param {Ask} ask @param {number[]} truth @param {string} guess */
function judged({ within }, truth, guess) {
  const drawing = guess.split(" ").map(Number);
  if (drawing.length !== truth.length || !drawing.every(Number.isFinite)) return null;
  const gap = apart(drawing, truth);
  const right = gap <= within;
  return { right, word: t(right ? "ask.curve.near" : "ask.curve.far", { factor: short(10 ** gap, 2) }) };
}
