// What is said of the (t, k) matrix, in its empty corner: its title, which weight is seen and how, what truncation costs. Where
// that does not fit into the corner, it stands above the matrix.

import { make, symbol } from "../dom.js";
import { errorAt } from "../player.js";
import { t } from "../strings.js";
import { mountInset } from "./inset.js";

/**
 * @typedef {import('./chart.js').Context} Context
 * @typedef {import('../player.js').State} State
 * @typedef {import('../timeline.js').Timeline} Timeline
 * @typedef {{T: number, rows: number, reach: string, parameter: string, share: boolean, names: string[]}} Chart
 * @typedef {{left: number, bottom: number}} Corner the lower left corner of what is said, from the upper left one of the matrix
 */

export const GROUPS = ["W", "U", "b"];

/** @param {{head: HTMLElement, plot: HTMLElement}} parts @param {Chart} chart @param {State} state @param {Context} context */
export function drawHead({ head, plot }, chart, state, context) {
  const { player, scene } = context;
  const focus = (/** @type {string} */ parameter) => player.choose(parameter, errorAt(player.state), player.state.k);
  const choices = chart.names.filter((name) => GROUPS.includes(name)).map((name) => groupChoice(name, chart, focus));
  const group = make("div", { class: "choices", role: "group", "aria-label": t("contributions.weight") }, ...choices);
  const gated = chart.names.filter((name) => !GROUPS.includes(name));
  if (gated.length > 0) group.append(gateChoice(gated, chart.parameter, focus, scene.cell));
  const share = make(
    "button",
    { type: "button", class: "choice", "aria-pressed": String(state.look.share) },
    t("contributions.share"),
  );
  share.addEventListener("click", () =>
    player.set({ look: { ...player.state.look, share: !player.state.look.share } }),
  );
  const title = make("span", { class: "head-title" }, t("contributions.heading"));
  head.replaceChildren(make("div", { class: "head-top" }, title, group, make("div", { class: "choices" }, share)));
  mountInset(head, context, chart.share ? t("contributions.shares") : "");
  if (!context.trace().like) settle(head, plot, chart, scene.timeline); // while a hand drags, it stays where it is
}

/** @param {string} name @param {Chart} chart @param {(name: string) => void} focus */
function groupChoice(name, { parameter }, focus) {
  const pressed = String(name === parameter);
  const button = make("button", { type: "button", class: "choice", "aria-pressed": pressed }, symbol(name));
  button.addEventListener("click", () => focus(name));
  return button;
}

/** @param {string[]} names @param {string} current @param {(name: string) => void} focus @param {import('../trace.js').Cell} cell */
function gateChoice(names, current, focus, cell) {
  const select = make("select", { class: "choice", "aria-label": t("contributions.gate") });
  const none = t(names.some((name) => name.includes("_")) ? "contributions.gates" : "contributions.rest");
  select.append(make("option", { value: "" }, none), ...grouped(names, cell).map(drawGroup));
  select.value = names.includes(current) ? current : "";
  select.addEventListener("change", () =>
    focus(select.value || (GROUPS.includes(current[0]) ? current[0] : GROUPS[0])),
  );
  return select;
}

/** Weights by what they make: the gate or candidate whose equation has them. @param {string[]} names @param {import('../trace.js').Cell} cell @returns {{label: string, names: string[]}[]} */
export function grouped(names, { nodes, parameters }) {
  const latex = new Map(parameters.map((parameter) => [parameter.name, parameter.latex]));
  const maker = (/** @type {string} */ name) =>
    nodes.find(({ equation }) => equation?.includes(latex.get(name) ?? name))?.label ?? "";
  const labels = [...new Set(names.map(maker))];
  return labels.map((label) => ({ label, names: names.filter((name) => maker(name) === label) }));
}

/** @param {{label: string, names: string[]}} group */
function drawGroup({ label, names }) {
  const options = names.map((name) => make("option", { value: name }, name));
  return make("optgroup", { label }, ...options);
}

/** Whether some of what is said would lie on the matrix. @param {readonly Corner[]} corners @param {number} height @param {Chart} chart @param {Timeline} timeline */
export function covers(corners, height, { rows, T }, { edge }) {
  return corners.some(({ left, bottom }) => {
    const row = Math.ceil((bottom / height) * rows) - 1; // the last one that it reaches
    return row >= 0 && left < edge(Math.min(row + 1, T)) - 1;
  });
}

/** In its corner as it is, or smaller there, or above the matrix. */
const WAYS = ["", "is-tight", "is-headed"];

/** Take the first way in which nothing lies on the matrix. @param {HTMLElement} head @param {HTMLElement} plot @param {Chart} chart @param {Timeline} timeline */
function settle(head, plot, chart, timeline) {
  const { classList } = /** @type {HTMLElement} */ (plot.parentElement);
  for (const way of chart.reach === "lower" ? WAYS : WAYS.slice(0, 1)) {
    for (const each of WAYS) if (each) classList.toggle(each, each === way);
    const box = plot.getBoundingClientRect();
    const parts = [...head.querySelectorAll(".head-top > *, .inset > *")].map((part) => part.getBoundingClientRect());
    const corners = parts.map(({ left, bottom }) => ({ left: left - box.left, bottom: bottom - box.top }));
    if (!covers(corners, box.height, chart, timeline)) return;
  }
}
