// A curve to be drawn before the true one is shown: with a pointer on the paper, or with two sliders, one for the step and one for
// its value. The paper is a scale of powers of ten, for that is where vanishing is a straight line.

import { make, svg, write } from "../dom.js";
import { power, short } from "../numbers.js";
import { t } from "../strings.js";

/**
 * @typedef {{question: Node[], before: string | null, told: (guess: string) => void}} Means
 * @typedef {{low: number, high: number}} Range powers of ten
 */

const [WIDE, HIGH, LEFT, TOP, BOTTOM] = [340, 170, 44, 8, 22];

/** The paper shows more than the truth needs, so as not to tell it. @param {number[]} truth @returns {Range} */
export function rangeOf(truth) {
  const all = truth.map(Math.log10);
  const high = Math.ceil(Math.max(...all)) + 1;
  return { low: Math.min(high - 8, Math.floor(Math.min(...all)) - 2), high };
}

/** @param {number} k @param {number} count */
const across = (k, count) => LEFT + ((WIDE - LEFT - 8) * k) / (count - 1);

/** @param {number} value a power of ten @param {Range} range */
const down = (value, { low, high }) => TOP + ((HIGH - TOP - BOTTOM) * (high - value)) / (high - low);

/** @param {number[]} values powers of ten @param {Range} range */
export const pathOf = (values, range) =>
  values
    .map((value, k) => `${k ? "L" : "M"}${across(k, values.length).toFixed(1)},${down(value, range).toFixed(1)}`)
    .join("");

/** A drawing from before, or a flat one through the point that is given. @param {string | null} before @param {number[]} truth */
function begun(before, truth) {
  const kept = (before ?? "").split(" ").map(Number);
  const good = kept.length === truth.length && kept.every(Number.isFinite) && before !== "";
  return good ? kept : truth.map(() => Math.log10(truth[truth.length - 1]));
}

/** Grid lines, one each second power of ten. @param {Range} range */
function grid(range) {
  const marks = [];
  for (let at = range.high; at >= range.low; at -= 2) {
    const text = svg("text", { x: String(LEFT - 6), y: String(down(at, range) + 4), class: "curve-mark" });
    write(text, power(at));
    marks.push(svg("path", { class: "curve-grid", d: `M${LEFT},${down(at, range)}H${WIDE - 8}` }), text);
  }
  return marks;
}

/** @param {number} count */
function steps(count) {
  return [0, Math.floor((count - 1) / 2), count - 1].map((k) => {
    const text = svg("text", { x: String(across(k, count)), y: String(HIGH - 5), class: "curve-step" });
    write(text, String(k));
    return text;
  });
}

class Curve {
  /** @param {number[]} truth @param {Means} means */
  constructor(truth, { question, before, told }) {
    this.truth = truth;
    this.range = rangeOf(truth);
    this.values = begun(before, truth);
    this.k = 0;
    this.told = false;
    this.last = -1;
    this.mine = svg("path", { class: "curve-mine" });
    this.real = svg("path", { class: "curve-real" });
    this.dot = svg("circle", { class: "curve-dot", r: "5" });
    this.paper = svg(
      "svg",
      { class: "curve-paper", viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": t("ask.curve") },
      ...grid(this.range),
      ...steps(truth.length),
      this.real,
      this.mine,
      this.dot,
    );
    this.says = make("output", { class: "curve-says" });
    this.step = slider("ask.curve.step", { min: 0, max: truth.length - 2, step: 1 });
    this.value = slider("ask.curve.value", { ...{ min: this.range.low, max: this.range.high }, step: 0.25 });
    const button = make("button", { type: "button", class: "button" }, t("lesson.compare"));
    button.addEventListener("click", () => {
      told(this.values.map((value) => value.toFixed(3)).join(" "));
      this.show();
    });
    this.host = make(
      "fieldset",
      { class: "curve" },
      make("legend", {}, ...question),
      /** @type {any} */ (this.paper),
      make("p", { class: "curve-hint" }, t("ask.curve.hint")),
      make("div", { class: "curve-sliders" }, this.step, this.value),
      make("div", { class: "lesson-guess" }, button, this.says),
    );
    this.listen();
    this.draw();
    if (before) this.show();
  }

  listen() {
    this.step.addEventListener("input", () => {
      this.k = Number(this.step.value);
      this.draw();
    });
    this.value.addEventListener("input", () => this.set(this.k, Number(this.value.value)));
    const { paper } = this;
    paper.addEventListener("pointerdown", (event) => {
      paper.setPointerCapture(event.pointerId);
      this.last = -1;
      this.under(event);
    });
    paper.addEventListener("pointermove", (event) => {
      if (paper.hasPointerCapture(event.pointerId)) this.under(event);
    });
  }

  /** Draw to where the pointer is, and what lies between it and where it was. @param {PointerEvent} event */
  under(event) {
    const { left, top, width, height } = this.paper.getBoundingClientRect();
    const count = this.truth.length;
    const x = ((event.clientX - left) * WIDE) / width;
    const y = ((event.clientY - top) * HIGH) / height;
    const k = Math.min(count - 2, Math.max(0, Math.round(((x - LEFT) * (count - 1)) / (WIDE - LEFT - 8))));
    const { low, high } = this.range;
    const value = Math.min(high, Math.max(low, high - ((y - TOP) * (high - low)) / (HIGH - TOP - BOTTOM)));
    if (this.last >= 0) this.join(this.last, k, value);
    this.last = k;
    this.k = k;
    this.step.value = String(k);
    this.set(k, value);
  }

  /** @param {number} from @param {number} to @param {number} value at the end */
  join(from, to, value) {
    const start = this.values[from];
    const way = Math.abs(to - from);
    for (let i = 1; i < way; i += 1) this.values[from + Math.sign(to - from) * i] = start + ((value - start) * i) / way;
  }

  /** @param {number} k @param {number} value */
  set(k, value) {
    this.values[k] = value;
    this.draw();
  }

  draw() {
    const { values, range, k } = this;
    this.mine.setAttribute("d", pathOf(values, range));
    this.dot.setAttribute("cx", String(across(k, values.length)));
    this.dot.setAttribute("cy", String(down(values[k], range)));
    this.value.value = String(values[k]);
    const value = short(10 ** values[k], 2);
    const truth = short(this.truth[k], 2);
    write(this.says, t(this.told ? "ask.curve.told" : "ask.curve.says", { k, value, truth }));
  }

  /** The truth beside it. */
  show() {
    this.told = true;
    this.draw();
    this.real.setAttribute("d", pathOf(this.truth.map(Math.log10), this.range));
  }
}

/** @param {string} key @param {{min: number, max: number, step: number}} bounds */
function slider(key, bounds) {
  const sizes = Object.fromEntries(Object.entries(bounds).map(([name, value]) => [name, String(value)]));
  return make("input", { type: "range", "aria-label": t(key), value: sizes.min, ...sizes });
}

/** @param {number[]} truth @param {Means} means */
export const drawn = (truth, means) => new Curve(truth, means).host;
