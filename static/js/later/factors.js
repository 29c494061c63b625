// The chain behind a contribution, factor by factor: the error's gradient, then each Jacobian on its way back, with singular
// values on one log scale and what is left after it.

import { decades, logShare } from "../color.js";
import { make, svg, write } from "../dom.js";
import { typeset } from "../math.js";
import { short } from "../numbers.js";

/**
 * @typedef {{from: number, to: number, singular: number[], matrix: (number | null)[][] | null, norm: number | null, carried: number | null}} Factor
 * @typedef {{t: number, k: number, states: string[], delta: {norm: number | null, vector: (number | null)[] | null}, factors: Factor[]}} Chain
 */

const SIDE = 64;
const VALUES = { width: 64, height: 26 };
const LAST = 8; // the colours of signed numbers are nine

/** @param {(key: string, values?: Record<string, unknown>) => string} t */
export function createFactors(t) {
  const caption = make("h3", { class: "factors-title" }, t("panel.product"));
  const told = make("p", { class: "factors-told" });
  const list = make("ol", { class: "factors-strip" });
  const host = make("section", { class: "factors-chain", hidden: true }, caption, list, told);
  return {
    host,
    /** @param {Chain | null | undefined} chain */
    draw(chain) {
      host.hidden = !chain || chain.factors.length === 0;
      if (!chain || host.hidden) return;
      const scales = scalesOf(chain);
      list.replaceChildren(
        cardOfError(chain, scales.error, t),
        ...chain.factors.map((factor) => card(factor, chain.states, scales, t)),
      );
      write(told, summary(chain, t));
    },
  };
}

/** One scale for all matrices, one for the error, one in powers of ten for all singular values. @param {Chain} chain */
export function scalesOf({ delta, factors }) {
  const largest = (/** @type {(number | null)[]} */ all) =>
    Math.max(1e-300, ...all.map((value) => Math.abs(value ?? 0)));
  return {
    error: largest(delta.vector ?? []),
    matrix: largest(factors.flatMap(({ matrix }) => matrix?.flat() ?? [])),
    singular: decades([[1, ...factors.flatMap(({ singular }) => singular)]]),
  };
}

/** What is left of the error at the end. @param {Chain} chain @param {(key: string, values?: Record<string, unknown>) => string} t */
function summary({ t: step, k, delta, factors }, t) {
  const last = factors[factors.length - 1];
  const [whole, left] = [delta.norm ?? Number.NaN, last.carried ?? Number.NaN];
  const share = whole > 0 ? short(left / whole) : short(Number.NaN);
  const values = { t: step, k, whole: short(whole), left: short(left), share, norm: short(last.norm ?? Number.NaN) };
  return t(whole > 0 ? "panel.product.left" : "panel.product.none", values);
}

/** How a factor is called: how the state after one step depends on that after another. (J is the loss on this page.) @param {Factor} factor @param {string[]} states */
export function nameOf({ from, to }, states) {
  const state = states.length > 1 ? `(${states.join(",")})` : states[0];
  return `\\frac{\\partial ${state}_{${from}}}{\\partial ${state}_{${to}}}`;
}

/** @param {Chain} chain @param {number} limit @param {(key: string, values?: Record<string, unknown>) => string} t */
function cardOfError({ t: step, delta }, limit, t) {
  const name = make("span", { class: "factor-name" });
  typeset(name, `\\delta_{${step}}`);
  const rows = delta.vector ? [delta.vector] : null;
  const row = drawMatrix(rows, limit, t("panel.product.error.label"));
  const size = make("span", { class: "factor-size" }, short(delta.norm ?? Number.NaN));
  return make("li", { class: "factor-card is-error", title: t("panel.product.error") }, name, row, size);
}

/** @param {Factor} factor @param {string[]} states @param {ReturnType<typeof scalesOf>} scales @param {(key: string, values?: Record<string, unknown>) => string} t */
function card(factor, states, scales, t) {
  const name = make("span", { class: "factor-name" });
  typeset(name, nameOf(factor, states));
  const [most, least] = [factor.singular[0] ?? Number.NaN, factor.singular.at(-1) ?? Number.NaN];
  const told = t("panel.product.singular", { most: short(most), least: short(least) });
  const hint = t("panel.product.norm", { norm: short(factor.norm ?? Number.NaN), step: factor.to });
  const folded = factor.from - factor.to > 1;
  return make(
    "li",
    { class: `factor-card${folded ? " is-folded" : ""}`, title: `${told} ${hint}` },
    name,
    drawMatrix(factor.matrix, scales.matrix, told),
    drawValues(factor.singular, scales.singular),
    make("span", { class: "factor-size" }, short(factor.carried ?? Number.NaN)),
  );
}

/** A matrix as squares of colour; too large a one as an empty frame with its place in the order. @param {(number | null)[][] | null} rows @param {number} limit @param {string} label */
function drawMatrix(rows, limit, label) {
  const height = rows && rows.length === 1 ? 12 : SIDE;
  const drawing = svg("svg", {
    ...{ class: "factor-matrix", viewBox: `0 0 ${SIDE} ${height}`, role: "img", "aria-label": label },
  });
  if (!rows) {
    drawing.append(
      svg("rect", { class: "factor-frame", x: "0.5", y: "0.5", width: String(SIDE - 1), height: String(height - 1) }),
    );
    return drawing;
  }
  const [across, down] = [SIDE / rows[0].length, height / rows.length];
  for (const [i, row] of rows.entries())
    for (const [j, value] of row.entries()) {
      const box = svg("rect", {
        ...{ x: (j * across).toFixed(2), y: (i * down).toFixed(2) },
        ...{ width: (across + 0.1).toFixed(2), height: (down + 0.1).toFixed(2) },
      });
      /** @type {SVGElement} */ (box).style.fill = signed(value, limit);
      drawing.append(box);
    }
  return drawing;
}

/** The colour of a signed number, as a mixture of the page's own. @param {number | null} value @param {number} limit */
export function signed(value, limit) {
  if (value === null) return "var(--c-problem)";
  const place = (0.5 + Math.max(-1, Math.min(1, value / limit)) / 2) * LAST;
  const low = Math.min(LAST - 1, Math.floor(place));
  const share = Math.round((place - low) * 100);
  return `color-mix(in srgb, var(--ramp-signed-${low + 1}) ${share}%, var(--ramp-signed-${low}))`;
}

/** @param {number[]} singular @param {import('../color.js').Decades} scale */
function drawValues(singular, scale) {
  const { width, height } = VALUES;
  const drawing = svg("svg", { class: "factor-values", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  const y = (/** @type {number} */ value) => 3 + (1 - (logShare(value, scale) || 0)) * (height - 6);
  drawing.append(svg("path", { class: "factor-unit", d: `M0,${y(1).toFixed(1)}H${width}` }));
  for (const [index, value] of singular.entries()) {
    const cx = ((index + 0.5) / singular.length) * width;
    const dot = {
      class: `factor-value${value > 1 ? " is-more" : ""}`,
      cx: cx.toFixed(1),
      cy: y(value).toFixed(1),
      r: "2.2",
    };
    drawing.append(svg("circle", dot));
  }
  return drawing;
}
