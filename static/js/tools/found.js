// What was found, as pictures: a unit over the run, where else it is on, and where its line lies in the figures.

import { meaningOf } from "../color.js";
import { make, svg, symbol } from "../dom.js";
import { BAND_GAP } from "../motion/chart.js";
import { rows } from "../motion/paint.js";
import { percent, short } from "../numbers.js";
import { nodeOf } from "../panel/node.js";
import { apart, wholeOf } from "./asked.js";
import { t } from "./words.js";

/**
 * @typedef {import('./range.js').Range} Range
 * @typedef {{first: number, last: number, mean: number}} Stretch
 * @typedef {{node: string, unit: number, sign: number, auc: number, gap: number, inside: number, outside: number, threshold: number,
 *   stretches: Stretch[], corpus?: Stretch[]}} Found
 */

const [WIDE, HIGH] = [300, 36];
const AROUND = 3;

/** @param {Found} each */
export const key = ({ node, unit }) => `${node} ${unit}`;

/** A unit that was found. @param {Found} each @param {{context: any, range: Range, chosen: boolean}} shown */
export function unitButton(each, { context, range, chosen }) {
  const node = nodeOf(apart(each.node).stem, context.scene.cell);
  const meaning = meaningOf(apart(each.node).stem, node?.role);
  const name = symbol(`${each.node}_${each.unit}`, meaning);
  const shares = { gap: percent(each.gap), pairs: percent(each.auc) };
  const words = t(each.sign > 0 ? "tool.find.high" : "tool.find.low", {
    label: node?.label ?? each.node,
    unit: each.unit,
    inside: short(each.inside),
    outside: short(each.outside),
  });
  return make(
    "button",
    { type: "button", class: `found-unit of-${meaning}`, "aria-pressed": String(chosen), title: words },
    make("span", { class: "found-name" }, name),
    spark(wholeOf(context.trace()), each, range),
    make("span", { class: "found-score" }, t(each.gap > 0 ? "tool.find.gap" : "tool.find.pairs", shares)),
    make("span", { class: "hidden" }, words),
  );
}

/**
 * Where a unit is on, here and in the other text.
 * @param {Found} each @param {{range: Range, words: readonly string[], corpus: readonly string[], look: (t: number) => void}} means
 */
export function placesOf(each, { range, words, corpus, look }) {
  const host = make("div", { class: "found-places" });
  const here = each.stretches.filter(({ first, last }) => last < range.first || first > range.last);
  host.append(make("h3", {}, t(here.length > 0 ? "tool.find.here" : "tool.find.only")));
  if (here.length > 0) host.append(snippets(here, words, look));
  if (!each.corpus) return host;
  host.append(make("h3", {}, t(each.corpus.length > 0 ? "tool.find.there" : "tool.find.nowhere")));
  host.append(snippets(each.corpus, corpus, null));
  return host;
}

/** The words of a stretch among their neighbours. @param {Stretch} stretch @param {readonly string[]} words @returns {[string, string, string]} */
export function inContext({ first, last }, words) {
  const glue = words.every((word) => [...word].length <= 1) ? "" : " ";
  const around = glue ? AROUND : 3 * AROUND;
  const before = words.slice(Math.max(0, first - around), first).join(glue);
  const after = words.slice(last + 1, last + 1 + around).join(glue);
  return [before && before + glue, words.slice(first, last + 1).join(glue), after && glue + after];
}

/** @param {Stretch[]} stretches @param {readonly string[]} words @param {((t: number) => void) | null} look goes there, if one can */
function snippets(stretches, words, look) {
  const items = stretches.map((stretch) => {
    const { first, last } = stretch;
    const [before, within, after] = inContext(stretch, words);
    const place = make("span", { class: "snippet-place" }, first === last ? String(first) : `${first}–${last}`);
    const text = make("span", {}, before, make("b", {}, within), after);
    if (look === null) return make("li", {}, place, text);
    const button = make("button", { type: "button", class: "snippet" }, place, text);
    button.addEventListener("click", () => look(first));
    return make("li", {}, button);
  });
  return make("ul", {}, ...items);
}

/** A unit over the run, with the range behind it and the threshold across. @param {any} trace @param {Found} each @param {Range} range */
function spark(trace, each, { first, last }) {
  const array = trace.get(each.node);
  const T = trace.dims.time;
  const picture = svg("svg", {
    class: "spark",
    viewBox: `0 0 ${WIDE} ${HIGH}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  if (!array) return picture;
  const stride = array.data.length / array.shape[0];
  const values = Array.from({ length: T }, (_, at) => array.data[at * stride + each.unit]);
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const x = (/** @type {number} */ at) => ((at / T) * WIDE).toFixed(1);
  const y = (/** @type {number} */ value) => (HIGH - 3 - ((value - low) / (high - low || 1)) * (HIGH - 6)).toFixed(1);
  const steps = values
    .map((value, at) => (Number.isFinite(value) ? `${at ? "V" : `M0,`}${y(value)}H${x(at + 1)}` : ""))
    .join("");
  picture.append(
    svg("rect", { class: "spark-range", x: x(first), y: "0", width: x(last - first + 1), height: String(HIGH) }),
    svg("path", { class: "spark-cut", d: `M0,${y(each.threshold)}H${WIDE}` }),
    svg("path", { class: "spark-line", d: steps }),
  );
  return picture;
}

/** Where the line of a unit lies in the figure of its node. @param {Found} each @param {any} context */
export function lineOf(each, { scene, trace }) {
  const { stem, block } = apart(each.node);
  const node = scene.cell.nodes.find((/** @type {any} */ one) => one.name === stem);
  if (!node || (block !== null && trace().block?.name !== block)) return null;
  const isState = node.role === "state";
  const shown = scene.cell.nodes.filter((/** @type {any} */ one) =>
    isState ? one.role === "state" : ["gate", "candidate"].includes(one.role),
  );
  const plot = document.querySelector(`#view-${isState ? "states" : "gates"} .frame-plot`);
  const units = trace().dims.hidden;
  if (!(plot instanceof HTMLElement) || !shown.includes(node)) return null;
  const bands = rows(plot.clientHeight, shown.length, BAND_GAP);
  const { top, height } = bands[shown.indexOf(node)];
  return { plot, top: top + (each.unit * height) / units, height: Math.max(3, height / units) };
}
