// One intervention as a row of fields: what, where, how much; each change is carried out at once.

import { make, write } from "../dom.js";
import { roundUp, short } from "../numbers.js";
import { largest } from "../trace.js";
import { apart } from "./asked.js";
import { t } from "./words.js";

/**
 * @typedef {import('./edits.js').Edit} Edit
 * @typedef {ReturnType<typeof import('./edits.js').scopeOf>} Scope
 * @typedef {{scope: Scope, words: readonly string[], trace: import('../trace.js').Trace, cell: any, change: (edit: Edit) => void, remove: () => void,
 *   id: string}} Means
 */

/** @param {Edit} edit @param {Means} means */
export function editRow(edit, means) {
  const fields = /** @type {any} */ (ROWS)[edit.kind](edit, means);
  const remove = make(
    "button",
    { type: "button", class: "icon edit-remove", "aria-label": t("tool.edit.remove"), title: t("tool.edit.remove") },
    "×",
  );
  remove.addEventListener("click", means.remove);
  return make("li", { class: `edit edit-${edit.kind}` }, make("div", { class: "edit-fields" }, ...fields), remove);
}

const ROWS = {
  /** @param {import('./edits.js').Token} edit @param {Means} means */
  token: (edit, means) => [
    t("tool.edit.token.step"),
    step("t", edit.t, means, (t) => ({ ...edit, t })),
    make("span", { class: "edit-was" }, `“${means.words[edit.t] ?? ""}”`),
    t("tool.edit.token.reads"),
    select("token", edit.token, means.scope.tokens, means, (token) => ({ ...edit, token })),
  ],
  /** @param {import('./edits.js').Clamp} edit @param {Means} means */
  clamp: (edit, means) => [
    select(
      "node",
      edit.node,
      means.scope.nodes,
      means,
      (node) => ({ ...edit, node }),
      (node) => named(node, means.cell),
    ),
    t("tool.edit.clamp.is"),
    slider("value", edit.value, limits(edit.node, means), means, (value) => ({ ...edit, value })),
    together(
      t("tool.edit.clamp.from"),
      step("from", edit.from, means, (from) => ({ ...edit, from, to: Math.max(from, edit.to) })),
      t("tool.edit.clamp.to"),
      step("to", edit.to, means, (to) => ({ ...edit, to, from: Math.min(to, edit.from) })),
    ),
    together(t("tool.edit.clamp.unit"), unit(edit, means)),
  ],
  /** @param {import('./edits.js').Zero} edit @param {Means} means */
  zero: (edit, means) => [
    select(
      "state",
      edit.state,
      means.scope.states,
      means,
      (state) => ({ ...edit, state }),
      (node) => named(node, means.cell),
    ),
    t("tool.edit.zero.after"),
    step("t", edit.t, means, (t) => ({ ...edit, t })),
  ],
  /** @param {import('./edits.js').Input} edit */
  input: ({ feature, from, values }) => [t("tool.edit.input", { feature, from, to: from + values.length - 1 })],
  /** @param {import('./edits.js').Scale} edit @param {Means} means */
  scale: (edit, means) => [
    select("parameter", edit.parameter, means.scope.weights, means, (parameter) => ({ ...edit, parameter })),
    t("tool.edit.scale.by"),
    slider("factor", edit.factor, { low: -2, high: 4, step: 0.05 }, means, (factor) => ({ ...edit, factor })),
  ],
};

/** What does not part at the end of a line. @param {...(Node | string)} children */
const together = (...children) => make("span", { class: "edit-together" }, ...children);

/** A node's symbol and what people call it. @param {string} node @param {any} cell */
function named(node, cell) {
  const label = cell.nodes.find((/** @type {any} */ { name }) => name === apart(node).stem)?.label;
  return label && label !== node ? `${node}, ${label}` : node;
}

/** The values that a node may sensibly be held at. @param {string} node @param {Means} means */
function limits(node, { cell, trace }) {
  const role = cell.nodes.find((/** @type {any} */ { name }) => name === apart(node).stem)?.role;
  if (role === "gate") return { low: 0, high: 1, step: 0.01 };
  const most = Math.max(1, roundUp(largest((trace.get(`unperturbed/${node}`) ?? trace.get(node))?.data ?? [])));
  return { low: -most, high: most, step: most / 50 };
}

/** @param {string} name @param {string} value @param {readonly string[]} choices @param {Means} means @param {(value: string) => Edit} made @param {(value: string) => string} [label] */
function select(name, value, choices, { change, id }, made, label = (text) => text) {
  const field = make("select", { id: `${id}-${name}`, "aria-label": t(`tool.edit.${name}`) });
  for (const choice of choices) field.append(make("option", { value: choice }, label(choice)));
  field.value = value;
  field.addEventListener("change", () => change(made(field.value)));
  return field;
}

/** @param {string} name @param {number} value @param {Means} means @param {(value: number) => Edit} made */
function step(name, value, { change, id, scope }, made) {
  const field = make("input", {
    type: "number",
    id: `${id}-${name}`,
    min: "0",
    max: String(scope.T - 1),
    step: "1",
    inputmode: "numeric",
    "aria-label": t(`tool.edit.at.${name}`),
  });
  field.value = String(value);
  field.addEventListener("change", () => {
    const at = Math.min(scope.T - 1, Math.max(0, Math.round(Number(field.value)) || 0));
    field.value = String(at);
    change(made(at));
  });
  return field;
}

/** One unit or all of them. @param {import('./edits.js').Clamp} edit @param {Means} means */
function unit(edit, { change, id, scope }) {
  const field = make("select", { id: `${id}-unit`, "aria-label": t("tool.edit.unit") });
  field.append(make("option", { value: "" }, t("tool.edit.all")));
  for (let at = 0; at < scope.H; at += 1) field.append(make("option", { value: String(at) }, String(at)));
  field.value = edit.unit === null ? "" : String(edit.unit);
  field.addEventListener("change", () => change({ ...edit, unit: field.value === "" ? null : Number(field.value) }));
  return field;
}

/**
 * A slider with its number: what is dragged is carried out while it is dragged.
 * @param {string} name @param {number} value @param {{low: number, high: number, step: number}} limits @param {Means} means @param {(value: number) => Edit} made
 */
function slider(name, value, { low, high, step: by }, { change, id }, made) {
  const words = t(`tool.edit.${name}`);
  const field = make("input", {
    type: "range",
    id: `${id}-${name}`,
    min: String(low),
    max: String(high),
    step: String(by),
    "aria-label": words,
  });
  const number = make("output", { class: "edit-number", for: field.id });
  field.value = String(value);
  write(number, short(value));
  field.addEventListener("input", () => {
    write(number, short(Number(field.value)));
    change(made(Number(field.value)));
  });
  return together(field, number);
}
