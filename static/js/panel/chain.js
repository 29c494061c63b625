// How the gradient of an error travelled back: the norms of the Jacobians between the error's step and every step before it.

import { isReversed } from "../blocks.js";
import { decades, logShare } from "../color.js";
import { make, svg, write } from "../dom.js";
import { power, short } from "../numbers.js";

/** @typedef {import('../trace.js').Trace} Trace */

const CHART = { width: 360, height: 84, side: 14, top: 8, bottom: 24 };
const MOST_WORDS = 9;

/** How large a change of each earlier state is felt at t: the norms of the Jacobians from t back to k. @param {(key: string, values?: Record<string, unknown>) => string} t */
export function createChain(t) {
  const drawing = svg("svg", { viewBox: `0 0 ${CHART.width} ${CHART.height}`, class: "chain-drawing", role: "img" });
  const caption = make("figcaption", {});
  const host = make("figure", { class: "chain" }, caption, drawing);
  return {
    host,
    /** @param {Trace | null} trace none where the error is no step of this chain @param {{t: number, k: number}} at */
    draw(trace, { t: step, k }) {
      if (trace?.like) return; // norms come when the hand rests
      const jacobian = trace?.get("jacobian/fro");
      const reversed = trace !== null && isReversed(trace);
      host.hidden = !jacobian || (reversed ? step >= k : step <= k);
      if (!jacobian || host.hidden) return;
      const start = step * jacobian.shape[1];
      const along = (/** @type {ArrayLike<any> & {slice: any}} */ all) =>
        reversed ? all.slice(step, k + 1).reverse() : all.slice(k, step + 1);
      const row = along(jacobian.data.subarray(start, start + jacobian.shape[1]));
      const scale = decades([row]);
      write(caption, t("panel.chain", { t: step, k }));
      drawing.setAttribute(
        "aria-label",
        t("panel.chain.label", { from: short(row[row.length - 1]), to: short(row[0]), steps: Math.abs(step - k) }),
      );
      drawing.replaceChildren(...chart(row, scale, along(trace?.labels.time ?? [])));
    },
  };
}

/** @param {Float64Array} row @param {import('../color.js').Decades} scale @param {string[]} words @returns {SVGElement[]} */
function chart(row, scale, words) {
  const { width, height, side, top, bottom } = CHART;
  const x = (/** @type {number} */ index) =>
    side + 24 + (index * (width - 2 * side - 24)) / Math.max(1, row.length - 1);
  const y = (/** @type {number} */ value) => top + (1 - (logShare(value, scale) || 0)) * (height - top - bottom);
  const line = [...row]
    .map((value, index) => `${index === 0 ? "M" : "L"}${x(index).toFixed(1)},${y(value).toFixed(1)}`)
    .join("");
  const rules = [scale.high, scale.low].flatMap((exponent) => {
    const at = y(10 ** exponent).toFixed(1);
    return [
      svg("path", { class: "chain-rule", d: `M${side + 18},${at}H${width}` }),
      text("chain-scale", side + 12, Number(at) + 3, power(exponent)),
    ];
  });
  const dots =
    row.length > 60
      ? []
      : [...row].map((value, index) =>
          svg("circle", { class: "chain-dot", cx: x(index).toFixed(1), cy: y(value).toFixed(1), r: "2.5" }),
        );
  const shown = words.length <= MOST_WORDS ? words.map((_, index) => index) : [0, words.length - 1];
  const names = shown.map((index) =>
    text(
      `chain-word${index === 0 ? " is-first" : index === words.length - 1 ? " is-last" : ""}`,
      x(index),
      height - 6,
      clip(words[index] ?? ""),
    ),
  );
  return [...rules, svg("path", { class: "chain-line", d: line }), ...dots, ...names];
}

/** @param {string} word */
const clip = (word) => (word.length > 8 ? `${word.slice(0, 7)}…` : word);

/** @param {string} name @param {number} x @param {number} y @param {string} words */
function text(name, x, y, words) {
  const element = svg("text", { class: name, x: x.toFixed(1), y: y.toFixed(1) });
  element.textContent = words;
  return element;
}
