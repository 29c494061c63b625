// A cell of the (t, k) matrix in focus: how much one use of a weight contributed to the gradient of one error, and how the
// error's gradient travelled back to it.

import { answerAt } from "../answers.js";
import { errorsOf, lensOf, reaches, reachOf } from "../blocks.js";
import { hide, make, symbol as symbolOf, write } from "../dom.js";
import { colour } from "../latex.js";
import { typeset } from "../math.js";
import { percent, short } from "../numbers.js";
import { entryOf, reasonOf } from "../reasons.js";
import { createChain } from "./chain.js";
import { backButton, copyBar } from "./node.js";
import { tall } from "./side.js";

/**
 * @typedef {import('../latex.js').Meaning} Meaning
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('./node.js').Translate} Translate
 * @typedef {{parameter: string, t: number, k: number, value: number | null, share: number | null, latex: string, numbers: string,
 *   factors: {latex: string, label: string, value: number | null}[], numpy: string, notes: string[], chain?: import('../later/factors.js').Chain | null}} Explained
 * @typedef {{parameter: string, t: number, k: number}} Place
 */

/** @param {{move: (change: {t?: number, k?: number}) => void, back: () => void, copy: () => any, t: Translate}} means */
export function createContribution(means) {
  const { t } = means;
  const [title, symbol] = [make("span", { class: "focus-name" }), make("span", { class: "focus-symbol" })];
  const sentence = make("p", { class: "sentence" });
  const why = make("p", { class: "reason", hidden: true });
  const [equation, numbers] = [make("p", { class: "equation" }), make("p", { class: "equation-numbers" })];
  const factors = make("ol", { class: "factors" });
  const [where, share, chain] = [createWhere(means), createShare(t), createChain(t)];
  const product = createProduct(t);
  const notes = make("ul", { class: "notes" });
  const head = make("header", { class: "focus-head" }, backButton(means.back, t), make("h2", {}, title, symbol));
  const copies = copyBar(means.copy, t);
  const host = make(
    "article",
    { class: "focused of-gradient" },
    head,
    where.host,
    sentence,
    share.host,
    why,
    equation,
    numbers,
    factors,
    chain.host,
    product.host,
    notes,
    copies,
  );
  return {
    host,
    /** What the trace tells at once. @param {Trace} trace @param {Place} at */
    begin(trace, at) {
      const { steps, own } = errorsOf(trace);
      write(title, t("panel.contribution"));
      typeset(symbol, at.parameter);
      where.draw(at, { uses: trace.dims.time, errors: steps });
      sentence.replaceChildren(...inWords(trace, at, t));
      share.draw(
        entryOf(trace, `contribution/${at.parameter}`, at),
        entryOf(trace, `contribution_dot/${at.parameter}`, at),
      );
      const reason = reasonOf(trace, at);
      hide(why, reason === null);
      why.replaceChildren(...(reason ? spelt(t(`panel.reason.${reason}`, { parameter: HERE }), at.parameter) : []));
      chain.draw(own ? trace : null, at);
    },
    /** What the server tells. @param {Explained} explained @param {Meaning} meaning */
    draw(explained, meaning) {
      typeset(symbol, (explained.parameter.split("/").at(-1) ?? "").replace(/_(.+)/, "_{$1}"));
      typeset(equation, colour(tall(explained.latex), meaning));
      numbers.hidden = !explained.numbers.includes("=");
      typeset(numbers, `= ${explained.numbers}`);
      factors.replaceChildren(...explained.factors.map((factor) => drawFactor(factor, meaning)));
      product.draw(explained.chain);
      notes.replaceChildren(...explained.notes.map((note) => make("li", {}, note)));
    },
  };
}

/** The chain factor by factor: its module comes with the first chain, and draws the newest. @param {Translate} t */
function createProduct(t) {
  const host = make("div");
  /** @type {import('../later/factors.js').Chain | null | undefined} */
  let newest = null;
  /** @type {Promise<{draw: (chain: typeof newest) => void}> | null} */
  let coming = null;
  const bring = async () => {
    const { createFactors } = await import("../later/factors.js");
    const factors = createFactors(t);
    host.replaceChildren(factors.host);
    return factors;
  };
  return {
    host,
    /** @param {typeof newest} chain */
    draw(chain) {
      newest = chain;
      if (chain) coming ??= bring();
      coming?.then((factors) => factors.draw(newest));
    },
  };
}

const HERE = "\u0001";

/** The sentence, the weight in it in letters of mathematics. @param {Trace} trace @param {Place} at @param {Translate} t @returns {(string | Node)[]} */
function inWords(trace, { parameter, t: step, k }, t) {
  const { own } = errorsOf(trace);
  const wanted = answerAt(own ? trace : lensOf(trace), step)?.target ?? "";
  const used = trace.labels.time?.[k] ?? "";
  const values = { parameter: HERE, k, t: step, used, wanted, steps: Math.abs(step - k) };
  return spelt(t(`panel.${manner(trace, step, k)}`, values), parameter);
}

/** A sentence with a symbol where it belongs. @param {string} text @param {string} parameter */
function spelt(text, parameter) {
  const [before, after = ""] = text.split(HERE);
  return after ? [before, symbolOf(parameter), after] : [before];
}

/** How a use and an error lie to one another. @param {Trace} trace @param {number} step @param {number} k */
function manner(trace, step, k) {
  const reach = reachOf(trace);
  if (!errorsOf(trace).own) return "words.source";
  if (!reaches(reach, step, k)) return reach === "upper" ? "past" : "future";
  if (step === k) return "words.same";
  return k > step ? "words.back" : "words";
}

/** Two fields: the step of the use, and that of the error. @param {{move: (change: {t?: number, k?: number}) => void, t: Translate}} means */
function createWhere({ move, t }) {
  const error = createStep(t("panel.error.at"), (value) => move({ t: value }));
  const use = createStep(t("panel.use.at"), (value) => move({ k: value }));
  const arrow = make("span", { class: "where-arrow", "aria-hidden": "true" }, "→");
  return {
    host: make("div", { class: "where" }, use.host, arrow, error.host),
    /** @param {Place} at @param {{uses: number, errors: number}} counts */
    draw(at, counts) {
      error.draw(at.t, 0, counts.errors - 1);
      use.draw(at.k, 0, counts.uses - 1);
    },
  };
}

/** @param {string} label @param {(value: number) => void} choose */
function createStep(label, choose) {
  const input = make("input", { type: "number", min: "0", step: "1", inputmode: "numeric" });
  const host = make("label", { class: "step" }, make("span", {}, label), input);
  input.addEventListener("change", () => input.value !== "" && choose(Number(input.value)));
  return {
    host,
    /** @param {number} value @param {number} low @param {number} high */
    draw(value, low, high) {
      input.min = String(low);
      input.max = String(high);
      if (input.value !== String(value)) input.value = String(value);
    },
  };
}

/** The size of the contribution and its signed share of the whole gradient. @param {Translate} t */
function createShare(t) {
  const size = make("output", {});
  const share = make("output", {});
  const fill = make("i", {});
  const bar = make("span", { class: "bar of-gradient", "aria-hidden": "true" }, fill);
  const pair = (/** @type {string} */ name, /** @type {Node[]} */ ...shown) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, ...shown));
  const host = make("dl", { class: "shares" }, pair(t("panel.size"), size), pair(t("panel.share"), share, bar));
  return {
    host,
    /** @param {number} value @param {number} part */
    draw(value, part) {
      write(size, Number.isNaN(value) ? "—" : short(value)); // a run that is still coming has none
      write(share, Number.isFinite(part) ? signedPercent(part) : "—");
      bar.classList.toggle("is-negative", part < 0);
      fill.style.transform = `scaleX(${Math.min(1, Math.abs(part) || 0).toFixed(4)})`;
    },
  };
}

/** @param {number} share */
const signedPercent = (share) => (share < 0 ? `−${percent(-share)}` : percent(share));

/** @param {Explained['factors'][number]} factor @param {Meaning} meaning */
function drawFactor({ latex, label, value }, meaning) {
  const formula = make("span", { class: "term-formula" });
  typeset(formula, colour(latex, meaning));
  const name = make("span", { class: "term-name" }, formula, make("span", { class: "term-words" }, label));
  return make(
    "li",
    { class: "factor" },
    name,
    make("span", { class: "term-value" }, value === null ? "—" : short(value)),
  );
}
