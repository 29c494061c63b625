// What truncation costs, in the empty corner of the (t, k) matrix: how much of the gradient a window of n steps keeps, in
// direction and in length. Its slider moves the band over the matrix; letting go asks for that window.

import { make, svg } from "../dom.js";
import { percent } from "../numbers.js";
import { t } from "../strings.js";
import { labelEvery } from "../timeline.js";

/**
 * @typedef {import('./chart.js').Context} Context
 * @typedef {{cosine: Float64Array, ratio: Float64Array}} Kept index 0 = window 1
 */

/** @param {import('../trace.js').Trace} trace @returns {Kept | null} */
export function kept(trace) {
  const cosine = trace.get("truncation/cosine_by_window");
  const ratio = trace.get("truncation/norm_ratio_by_window");
  return cosine && ratio ? { cosine: cosine.data, ratio: ratio.data } : null;
}

const PAUSE = 250;

/** A line through values from 0 to 1 and beyond, across a box of 100 by 40. @param {Float64Array} values */
export function linePath(values) {
  const finite = [...values].map((value) => (Number.isFinite(value) ? Math.max(0, value) : 0));
  const most = Math.max(1, ...finite);
  const across = values.length > 1 ? 100 / (values.length - 1) : 0;
  return finite.map((value, index) => `${index ? "L" : "M"}${index * across},${40 - 38 * (value / most)}`).join("");
}

/** The windows that are named under the curves: the first, the last, and as many between as can be read. @param {number} T */
export function ticks(T) {
  const every = labelEvery(1, T / 8);
  const between = Array.from({ length: Math.floor(T / every) }, (_, index) => (index + 1) * every);
  return [1, ...between.filter((n) => n >= 1 + every / 2 && n <= T - every / 2), T];
}

/** @param {number} T */
function drawTicks(T) {
  const marks = ticks(T).map((n) => {
    const mark = make("span", {}, String(n));
    mark.style.left = `${(100 * (n - 1)) / (T - 1)}%`;
    return mark;
  });
  return make("div", { class: "inset-ticks", "aria-hidden": "true" }, ...marks);
}

/** @param {HTMLElement} host @param {Context} context @param {string} note what there is to say until the bar is moved */
export function mountInset(host, context, note = "") {
  const trace = context.trace();
  const all = kept(trace.like ?? trace);
  const T = all?.cosine.length ?? 0; // a window may be as long as the longest way back
  const words = make("output", { class: "inset-words" }, note);
  if (all === null || T < 3) return note && host.append(make("div", { class: "inset" }, words));
  const slider = make("input", {
    type: "range",
    min: "1",
    max: String(T),
    step: "1",
    "aria-label": t("contributions.slider"),
  });
  slider.value = String(trace.recipe.window ?? T);
  const curve = svg("svg", { viewBox: "0 0 100 40", preserveAspectRatio: "none", "aria-hidden": "true" });
  curve.append(
    svg("path", { class: "inset-kept", d: `${linePath(all.cosine)}V40H0Z` }),
    svg("path", { class: "inset-ratio", d: linePath(all.ratio) }),
    svg("path", { class: "inset-cosine", d: linePath(all.cosine) }),
  );
  const chart = make("div", { class: "inset-chart" }, slider);
  chart.prepend(curve);
  const inset = make("div", { class: trace.like ? "inset is-stale" : "inset" }, words, chart, drawTicks(T));
  const say = () => words.replaceChildren(...wording(all, Number(slider.value), T));
  slider.addEventListener("input", () => {
    say();
    context.player.set({ hover: { t: null, window: Number(slider.value) } });
  });
  const choose = () => {
    const window = Number(slider.value);
    inset.dispatchEvent(new CustomEvent("window-choose", { bubbles: true, detail: window >= T ? null : window }));
  };
  // Arrow keys change the value one press at a time: a run begun between two presses would take the slider away.
  let waiting = 0;
  slider.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = Number(setTimeout(choose, PAUSE));
  });
  if (note === "") say();
  host.append(inset);
}

/** What is kept, each number underlined as its curve is drawn. @param {Kept} all @param {number} window @param {number} T */
function wording(all, window, T) {
  if (window >= T) return [t("contributions.full", { T })];
  const [cosine, ratio] = [all.cosine[window - 1], all.ratio[window - 1]];
  if (!Number.isFinite(cosine)) return [t("contributions.exploded", { window })];
  const length = make("span", { class: "inset-length" }, t("contributions.length", { ratio: percent(ratio) }));
  const turn = make("span", { class: "inset-turn" }, t("contributions.cosine", { cosine: cosine.toFixed(3) }));
  return [`${t("contributions.window", { window, T })} `, length, ", ", turn];
}
