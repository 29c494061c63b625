// The drawing of a cell in words: one line for each part, saying what it reads.

import { make } from "../dom.js";

/**
 * @typedef {import('../cell-layout.js').Layout} Layout
 * @typedef {import('../cell-layout.js').Shape} Shape
 * @typedef {import('../cell-graph.js').DrawnCell} DrawnCell
 * @typedef {(key: string, values?: Record<string, unknown>) => string} Translate
 */

/** @param {Layout} layout @param {DrawnCell} cell @param {Translate} t */
export function makeTwin({ shapes, lines }, cell, t) {
  const names = new Map(shapes.map((shape) => [shape.id, nameOf(shape, cell, t)]));
  const read = shapes.flatMap(({ id }) => {
    const from = lines.filter(({ to }) => to === id).map((line) => names.get(line.from) ?? line.from);
    return from.length > 0 ? [t("cell.reads", { part: names.get(id), from: from.join(", ") })] : [];
  });
  return make("ul", { class: "hidden" }, ...read.map((sentence) => make("li", {}, sentence)));
}

/** What a part is called. @param {Shape} shape @param {DrawnCell} cell @param {Translate} t */
export function nameOf({ node, kind, glyph }, cell, t) {
  if (kind === "input") return t("cell.name.input");
  if (kind === "head") return t("cell.head");
  if (node === null) return t(`cell.${kind}`, { glyph });
  const stem = node.replace(/_prev$|\.pre$/, "");
  const label = cell.nodes.find(({ name }) => name === stem)?.label ?? stem;
  if (kind === "previous") return t("cell.previous", { label });
  if (kind === "out") return t("cell.out", { label });
  return node.endsWith(".pre") ? t("panel.pre", { label }) : label;
}
