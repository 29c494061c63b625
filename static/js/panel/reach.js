// How far the last error reaches: how much of its gradient arrives at the first step, measured, and which choices change that,
// each a button, so that fading is something to try and not only something to read about.

import { blocksOf } from "../blocks.js";
import { hide, make, write } from "../dom.js";
import { percent, short } from "../numbers.js";
import { entryOf } from "../reasons.js";
import { matters } from "../recipe.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../trace.js').Cell} Cell
 * @typedef {Record<string, any>} Values
 * @typedef {{key: string, says: Values, change: Values}} Way `says` fills the words in
 */

const LONGEST = 400;

/** How much of the gradient of the last error that counts arrives at the first step. @param {Trace} trace @returns {{share: number, last: number} | null} */
export function arrives(trace) {
  if (blocksOf(trace).length > 0) return null;
  const name = ["contribution/b", "contribution/W"].find((each) => trace.get(each));
  if (name === undefined) return null;
  const here = (/** @type {number} */ t, /** @type {number} */ k) => entryOf(trace, name, { parameter: "", t, k });
  let last = trace.dims.time - 1;
  while (last > 0 && !(here(last, last) > 0)) last -= 1;
  const share = here(last, 0) / here(last, last);
  return last > 0 && Number.isFinite(share) ? { share, last } : null;
}

/** @type {Record<string, string[]>} other cells to try beside one */
const BESIDE = {
  "rnn-tanh": ["rnn-sigmoid", "lstm"],
  "rnn-sigmoid": ["rnn-tanh", "lstm"],
  "rnn-relu": ["rnn-tanh", "lstm"],
};

/** What may be tried: other values of what the gradient's way depends on. @param {Values} recipe @param {Cell} cell @param {readonly any[]} fields @returns {Way[]} */
export function ways(recipe, cell, fields) {
  if (recipe.model) return [];
  const label = (/** @type {string} */ name, /** @type {string} */ value) =>
    fields.find((field) => field.name === name)?.choice_labels?.[value] ?? value;
  const set = (/** @type {string} */ name, /** @type {any} */ value, shown = value) => ({
    key: name,
    says: { value: shown },
    change: { [name]: value },
  });
  const gains = [0.5, 2].map((factor) => set("gain", Number((recipe.gain * factor).toPrecision(3))));
  const cells = (BESIDE[recipe.cell] ?? []).map((other) => set("cell", other, label("cell", other)));
  const inits = ["identity", "orthogonal"].map((init) => set("init", init, label("init", init)));
  const forgets = cell.parameters.some(({ name }) => name === "b_f");
  const text = fields.find(({ name }) => name === "text");
  const longer = text && matters(text, recipe) && String(recipe.text).length < LONGEST;
  return [
    ...gains.filter(({ change }) => change.gain > 0 && change.gain <= 100),
    ...inits.filter(({ change }) => change.init !== recipe.init).slice(0, 1),
    ...(forgets ? [set("forget_bias", recipe.forget_bias === 3 ? 0 : 3)] : []),
    ...cells,
    ...(longer ? [{ key: "text", says: {}, change: { text: `${recipe.text} ${recipe.text}` } }] : []),
  ];
}

/** @param {number} share */
const told = (share) => (share < 0.001 ? short(share, 2) : percent(share));

/** @param {any} context */
export function createReach(context) {
  const { t } = context;
  const words = make("p", { class: "reach-words", role: "status" });
  const tries = make("div", { class: "reach-tries", role: "group", "aria-label": t("reach.try") });
  const host = make(
    "section",
    { class: "panel-reach", hidden: true },
    make("h2", { class: "legend-title" }, t("reach.title")),
    words,
    tries,
  );
  let seen = "";
  /** @type {ReturnType<typeof arrives>} */
  let found = null;

  /** @param {Trace} trace @param {Cell} cell */
  const fill = (trace, cell) => {
    const { fields } = context.catalog;
    const buttons = ways(trace.recipe, cell, fields).map(({ key, says, change }) => {
      const button = make("button", { type: "button", class: "choice" }, t(`reach.${key}`, says));
      button.addEventListener("click", () => context.ask?.({ ...context.recipe(), ...change }));
      return button;
    });
    const more = make("button", { type: "button", class: "reach-more" }, t("reach.more"));
    more.addEventListener("click", () => context.lead?.("gain"));
    tries.replaceChildren(...(buttons.length > 0 ? [t("reach.try"), ...buttons, more] : []));
  };

  /** @param {{share: number, last: number}} measured @param {Trace} trace */
  const say = ({ share, last }, trace) => {
    write(words, t("reach.arrives", { share: told(share), last }));
    fill(trace, context.scene.cell);
  };

  return {
    host,
    /** @param {Trace} trace @param {import('../player.js').State} state */
    draw(trace, state) {
      const key = `${trace.id} ${trace.partial} ${state.epoch}`;
      if (!trace.partial && !trace.like && key !== seen) {
        seen = key;
        found = arrives(trace);
        if (found) say(found, trace);
      }
      hide(host, found === null || Boolean(state.focus?.node));
    },
  };
}
