// The line below the drawing while a step is in slow motion: what happens now, with its number in the unit in focus.

import { fullName } from "../blocks.js";
import { hide, make, write } from "../dom.js";
import { colour, meanings } from "../latex.js";
import { typeset } from "../math.js";
import { short } from "../numbers.js";
import { toQuery } from "../recipe.js";
import { isSlow, kindOf, lightOf, orderAt, substepsOf } from "../substeps.js";
import { createLatest } from "./latest.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {import('../substeps.js').Substep} Substep
 * @typedef {{id: string, value: number | null, gradient: number | null}} Known
 */

/** The numbers of a step, asked for once. @param {any} context @param {() => void} heard */
function createNumbers({ request, catalog }, heard) {
  /** @type {{key: string, steps: Known[]}} */
  let known = { key: "", steps: [] };
  const latest = createLatest(
    // an embed has nobody to ask
    (/** @type {any} */ asked, signal) =>
      request?.explain(asked.query, asked.params, { signal }) ?? Promise.reject(new Error()),
    {
      answer(explained, asked) {
        known = { key: asked.key, steps: explained.steps ?? [] };
        heard();
      },
      fail: () => undefined, // what happens now is shown without its number
    },
  );
  return {
    stop: latest.stop,
    /** @param {Trace} trace @param {Record<string, string | number>} params @returns {Known[]} */
    of(trace, params) {
      const query = trace.query ?? toQuery(trace.recipe, catalog.fields);
      const key = `${query} ${JSON.stringify(params)}`;
      if (key === known.key) return known.steps;
      latest.want(key, query, { key, query, params });
      return [];
    },
  };
}

/** What is computed; on the way back its gradient, under its name if it has one. @param {Substep} step @param {boolean} back @param {string | undefined} symbol */
function formulaOf({ latex }, back, symbol) {
  if (!back) return latex;
  return `\\partial J / \\partial${symbol ? ` ${symbol}` : `\\left(${latex}\\right)`}`;
}

/** @param {any} context @param {HTMLElement} caption gives way to the line */
export function createSlow(context, caption) {
  const { t, player } = context;
  const [place, words, formula, number] = ["place", "words", "formula", "number"].map((name) =>
    make("span", { class: `slow-${name}` }),
  );
  const lines = [
    [place, words],
    [formula, number],
  ].map((parts) => make("p", { class: "slow-line" }, ...parts));
  const host = make("div", { class: "slow", role: "status", hidden: true }, ...lines);
  /** @type {Trace | null} */
  let shown = null;
  const numbers = createNumbers(context, () => shown && isSlow(player.state) && tell(shown, player.state));

  /** @param {Trace} trace @param {State} state */
  const tell = (trace, state) => {
    const { cell } = context.scene;
    const steps = substepsOf(cell);
    const step = steps[orderAt(state, steps.length)];
    const back = state.phase === "backward";
    const unit = Math.min(state.focus?.unit ?? 0, trace.dims.hidden - 1);
    const named = cell.nodes.find((/** @type {any} */ node) => node.name === step.stem);
    const label = named?.label ?? step.stem;
    write(place, t("slow.place", { at: (state.sub ?? 0) + 1, count: steps.length, t: state.t }));
    write(words, t(`slow.${back ? "back" : kindOf(step.op)}`, { label }));
    typeset(formula, colour(formulaOf(step, back, step.id === step.stem ? named?.latex : undefined), meanings(cell)));
    const params = { node: fullName(trace, cell.output), t: state.t, unit };
    const found = numbers.of(trace, params);
    const known = found.find(({ id }) => id === step.id);
    const value = short((back ? known?.gradient : known?.value) ?? Number.NaN);
    write(number, known ? t("slow.number", { value, unit }) : "");
  };

  return {
    host,
    /** What is at work now, if this is slow motion. @param {Trace} trace @param {State} state @param {ReadonlySet<string>} shapes */
    follow(trace, state, shapes) {
      const steps = substepsOf(context.scene.cell);
      shown = isSlow(state) && steps.length > 0 && !trace.partial ? trace : null;
      hide(caption, shown !== null);
      hide(host, shown === null);
      if (shown) tell(trace, state);
      else numbers.stop();
      return shown && lightOf(steps, state, shapes);
    },
    rest() {
      shown = null;
      numbers.stop();
      host.remove();
    },
  };
}
