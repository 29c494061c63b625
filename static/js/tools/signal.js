// The input of a network that reads numbers, to be drawn on: by a finger or a mouse, by the arrow keys up and down at the step
// of the player, or as a number. What was there stays as a dashed line.

import { hide, make, put, svg, write } from "../dom.js";
import { short } from "../numbers.js";
import { drawnOn, featuresOf, valuesOf } from "./edits.js";
import { t } from "./words.js";

/**
 * @typedef {import('./edits.js').Edit} Edit
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {{t: number, value: number}} Point
 */

const ROOM = 0.25;
const KEYS = 40;

/** The scale of a feature, with room to draw beyond what there is. @param {Float64Array} values */
export function scaleOf(values) {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const room = ROOM * (high - low || 1);
  return { low: low - room, high: high + room };
}

/** Every step between two points of a stroke. @param {Point} from @param {Point} to @returns {Map<number, number>} */
export function stroke(from, to) {
  const found = new Map();
  const count = Math.abs(to.t - from.t);
  for (let n = 0; n <= count; n += 1) {
    const share = count === 0 ? 1 : n / count;
    found.set(from.t + Math.sign(to.t - from.t) * n, from.value + share * (to.value - from.value));
  }
  return found;
}

export class Signal {
  /** @param {any} context @param {(edit: Edit) => void} drawn */
  constructor({ player }, drawn) {
    this.player = player;
    this.drawn = drawn;
    /** @type {Trace | null} */
    this.base = null;
    /** @type {readonly Edit[]} */
    this.edits = [];
    /** @type {Point | null} */
    this.last = null;
    this.feature = make("select", { "aria-label": t("tool.signal.feature") });
    this.before = svg("path", { class: "signal-before" });
    this.after = svg("path", { class: "signal-after" });
    this.cursor = svg("path", { class: "signal-cursor" });
    this.plot = svg(
      "svg",
      { class: "signal-plot", preserveAspectRatio: "none", role: "slider", tabindex: "0", focusable: "true" },
      ...[this.cursor, this.before, this.after],
    );
    this.number = make("input", {
      type: "number",
      step: "any",
      inputmode: "decimal",
      "aria-label": t("tool.signal.value"),
    });
    this.place = make("span", { class: "signal-place" });
    this.host = make("section", { class: "signal", hidden: true });
    const foot = make("div", { class: "signal-foot" }, this.feature, this.place, this.number);
    this.parts = [make("p", { class: "tool-note" }, t("tool.signal.lead")), this.plot, foot];
    this.listen();
  }

  listen() {
    const { plot } = this;
    this.feature.addEventListener("change", () => this.paint());
    this.number.addEventListener("change", () => this.set(Number(this.number.value)));
    plot.addEventListener("keydown", (event) => this.key(/** @type {KeyboardEvent} */ (event)));
    plot.addEventListener("pointerdown", (event) => {
      plot.setPointerCapture(/** @type {PointerEvent} */ (event).pointerId);
      this.last = this.at(/** @type {PointerEvent} */ (event));
      this.lay(stroke(this.last, this.last));
    });
    plot.addEventListener("pointermove", (event) => {
      if (this.last === null) return;
      const here = this.at(/** @type {PointerEvent} */ (event));
      this.lay(stroke(this.last, here));
      this.last = here;
    });
    for (const end of ["pointerup", "pointercancel"]) plot.addEventListener(end, () => (this.last = null));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by === undefined || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const { low, high } = this.scale;
    this.set(this.value + (by * (high - low)) / KEYS);
  }

  /** The value at the player's step. @param {number} value */
  set(value) {
    if (Number.isFinite(value)) this.lay(new Map([[this.step, value]]));
  }

  get step() {
    return Math.min(this.player.state.t, this.values.length - 1);
  }

  get value() {
    return this.values[this.step];
  }

  /** @param {Map<number, number>} points */
  lay(points) {
    if (this.base) this.drawn(drawnOn(this.base, this.edits, this.feature.value, points));
  }

  /** @param {PointerEvent} event @returns {Point} */
  at({ clientX, clientY }) {
    const { left, top, width, height } = this.plot.getBoundingClientRect();
    const { low, high } = this.scale;
    const share = (/** @type {number} */ place) => Math.min(1, Math.max(0, place));
    const at = Math.floor(share((clientX - left) / width) * this.values.length);
    return {
      t: Math.min(this.values.length - 1, at),
      value: high - share((clientY - top) / height) * (high - low),
    };
  }

  /** @param {Trace | null} base the run before @param {readonly Edit[]} edits */
  draw(base, edits) {
    const features = base ? featuresOf(base) : [];
    hide(this.host, features.length === 0);
    if (base === null || features.length === 0) return this.host.replaceChildren();
    if (this.host.childElementCount === 0) this.host.append(...this.parts);
    if (base !== this.base) {
      const chosen = this.feature.value;
      this.feature.replaceChildren(...features.map((name) => make("option", { value: name }, name)));
      this.feature.value = features.includes(chosen) ? chosen : features[0];
      hide(this.feature, features.length < 2);
    }
    if (base !== this.base || edits !== this.edits || this.player.state.t !== this.seen) {
      this.base = base;
      this.edits = edits;
      this.paint();
    }
  }

  paint() {
    const { base, player } = this;
    if (base === null) return;
    this.seen = player.state.t;
    const was = valuesOf(base, [], this.feature.value);
    this.values = valuesOf(base, this.edits, this.feature.value);
    this.scale = scaleOf(was);
    const T = was.length;
    put(this.plot, "viewBox", `0 ${-this.scale.high} ${T} ${this.scale.high - this.scale.low}`);
    put(this.before, "d", lineOf(was));
    put(this.after, "d", lineOf(this.values));
    const { low, high } = this.scale;
    put(this.cursor, "d", `M${this.step} ${-high}h1v${high - low}h-1z`);
    this.tell();
  }

  /** The value at the player's step, for those who read it. */
  tell() {
    const { low, high } = this.scale;
    const value = short(this.value);
    put(this.plot, "aria-label", t("tool.signal.label", { feature: this.feature.value, t: this.step }));
    for (const [name, number] of Object.entries({ min: low, max: high, now: this.value }))
      put(this.plot, `aria-value${name}`, String(Number(number.toPrecision(4))));
    put(this.plot, "aria-valuetext", value);
    write(this.place, t("tool.signal.at", { t: this.step }));
    if (document.activeElement !== this.number) this.number.value = String(Number(this.value.toPrecision(4)));
  }

  values = new Float64Array(1);
  scale = { low: 0, high: 1 };
  /** @type {number | undefined} */
  seen = undefined;
}

/** Each step as a level. @param {Float64Array} values */
const lineOf = (values) => `M0 ${-values[0]}${[...values].map((value) => `V${-value}h1`).join("")}`;
