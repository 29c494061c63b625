// <focus-panel>: what is in focus. On top the inside of the cell, always there; under it the cell's equations, or the node or
// the contribution that was chosen, so that nothing jumps when one gives way to another.

import { headOf, speaks } from "../answers.js";
import { meaningOf } from "../color.js";
import { make } from "../dom.js";
import { colour, meanings } from "../latex.js";
import { typeset } from "../math.js";
import { createReach } from "../panel/reach.js";
import { t } from "../strings.js";
import { isSlow, orderAt, substepsOf } from "../substeps.js";
import { view as cellView } from "../views/cell.js";
import { view as equationView } from "../views/equation.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 */

/** Another run may lack what was in focus: then nothing is, until a run has it again. @param {Trace} trace @param {State} state @returns {State} */
function known(trace, state) {
  const { node, parameter } = state.focus ?? { node: null, parameter: null };
  if (trace.partial || (!parameter && !node)) return state;
  // A letter such as U stands for the weights of all gates together: those have contributions, but no array of their own.
  const names = parameter ? [`param/${parameter}`, `contribution/${parameter}`] : [String(node)];
  return names.some((name) => trace.names.includes(name)) ? state : { ...state, focus: null };
}

export class FocusPanel extends HTMLElement {
  /** @param {any} context */
  connect(context) {
    const drawing = make("section", { class: "panel-cell", "aria-label": context.t("panel.cell") });
    const legend = createLegend(context);
    const explained = make("section", {
      class: "panel-explained",
      "aria-label": context.t("panel.focus"),
      tabindex: "-1",
    });
    const reach = createReach(context);
    this.replaceChildren(drawing, legend.host, explained, reach.host);
    const views = [cellView.mount(drawing, context), equationView.mount(explained, context)];
    return {
      /** @param {Trace} trace @param {State} given */
      draw: (trace, given) => {
        const state = known(trace, given);
        const focused = Boolean(state.focus?.node || state.focus?.parameter);
        legend.host.hidden = focused;
        explained.hidden = !focused;
        legend.draw(trace, state);
        reach.draw(trace, state);
        for (const view of views) view.draw(trace, state);
      },
      destroy: () => {
        for (const view of views) view.destroy();
        this.replaceChildren();
      },
    };
  }
}

/** The equations of the cell, each a door to its numbers. @param {any} context */
function createLegend(context) {
  const { player, t } = context;
  const title = make("h2", { class: "legend-title" });
  const list = make("ol", { class: "legend" });
  const hint = make("p", { class: "legend-hint" }, t("panel.hint"));
  const host = make("section", { class: "panel-legend", "aria-label": t("panel.equations") }, title, list, hint);
  let written = "";
  /** @type {string | null} */
  let lit = null;
  return {
    host,
    /** @param {Trace} trace @param {State} state */
    draw(trace, state) {
      const { cell } = context.scene;
      const steps = isSlow(state) ? substepsOf(cell) : [];
      const now = steps.length > 0 ? steps[orderAt(state, steps.length)].stem : null;
      if (now !== lit) {
        lit = now;
        mark(list, lit);
      }
      const output = outputLine(trace, cell);
      const key = JSON.stringify([cell.title, cell.nodes, output]);
      if (key === written) return;
      written = key;
      title.textContent = cell.title;
      const coloured = meanings(cell);
      const choose = (/** @type {string} */ node) =>
        player.set({ focus: { node, unit: player.state.focus?.unit ?? 0, parameter: null } });
      list.replaceChildren(
        ...cell.nodes.map((/** @type {any} */ node) => drawLine(node, coloured, choose)),
        ...output.map((line) => drawLine(line, coloured, choose)),
      );
      mark(list, lit);
    },
  };
}

/** In slow motion the equation that is at work is lit. @param {Element} list @param {string | null} node */
function mark(list, node) {
  for (const line of list.querySelectorAll("[data-node]"))
    line.classList.toggle("is-now", line.getAttribute("data-node") === node);
}

/** How the output layer makes of states what it says. @type {Record<string, (read: string) => string>} */
const OUTPUT = {
  softmax: (read) => `p_{t} = \\operatorname{softmax}\\left(${read}\\right)`,
  sigmoid: (read) => `p_{t} = \\sigma\\left(${read}\\right)`,
  linear: (read) => `p_{t} = ${read}`,
};

/** The line of the output layer, if it reads the chain that is seen. @param {Trace} trace @param {any} cell */
function outputLine(trace, cell) {
  const head = headOf(trace);
  if (head === null || !speaks(trace)) return [];
  const state = cell.nodes.find((/** @type {any} */ node) => node.name === cell.output)?.latex ?? "h_{t}";
  const chains = trace.topology?.output ?? [""];
  const letter = state.split("_")[0];
  const read = chains.length < 2 ? state : `[${chains.map((name) => `${letter}^{\\text{${name}}}_{t}`).join(";\\,")}]`;
  const name = head === "linear" ? "prediction" : "probs";
  return [{ name, label: t("net.prediction"), role: "output", equation: OUTPUT[head](`V ${read} + d`) }];
}

/** @param {any} node @param {import('../latex.js').Meaning} coloured @param {(node: string) => void} choose */
function drawLine({ name, label, equation, latex, role }, coloured, choose) {
  const formula = make("span", { class: "legend-formula" });
  typeset(formula, colour(equation ?? latex, coloured));
  const button = make(
    "button",
    { type: "button", class: `legend-line of-${meaningOf(name, role)}`, "data-node": name },
    make("span", { class: "legend-name" }, label),
    formula,
  );
  button.addEventListener("click", () => choose(name));
  return make("li", {}, button);
}

if (!customElements.get("focus-panel")) customElements.define("focus-panel", FocusPanel);

export const view = {
  name: "focus",
  reads: ["{state}"],
  /** @param {HTMLElement} host @param {any} context */
  mount(host, context) {
    const panel = /** @type {FocusPanel} */ (
      host.querySelector("focus-panel") ?? make(/** @type {any} */ ("focus-panel"))
    );
    host.append(panel);
    return panel.connect(context);
  },
};
