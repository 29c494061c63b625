// The inside of the cell, drawn from its graph: every node in the colour of its meaning, filled with its units at the
// playhead; during the backward run with their gradients, on the log scale of all gradients.

import { fullName, isReversed } from "../blocks.js";
import { layoutCell } from "../cell-layout.js";
import { make, write } from "../dom.js";
import { short } from "../numbers.js";
import { createDrawing } from "../panel/drawing.js";
import { rangeOf, unitsOf } from "../panel/node.js";
import { createSlow } from "../panel/slow.js";
import { makeTwin } from "../panel/twin.js";
import { nth } from "../player.js";
import { toQuery } from "../recipe.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {import('../cell-graph.js').DrawnCell} DrawnCell
 * @typedef {import('../cell-layout.js').Shape} Shape
 */

export const view = {
  name: "cell",
  reads: ["{state}"],
  /** @param {HTMLElement} host @param {any} context */
  mount(host, context) {
    const { player, t } = context;
    const caption = make("p", { class: "cell-caption", "aria-live": "off" });
    const stage = make("div", { class: "cell-stage" });
    const slow = createSlow(context, caption);
    host.append(stage, slow.host, caption);
    /** @type {ReturnType<typeof createDrawing> | null} */
    let drawing = null;
    /** @type {DrawnCell | null} */
    let cell = null;
    /** @type {Shape | null} */
    let hovered = null;
    /** @type {Trace | null} */
    let shown = null;

    /** @param {Shape} shape @param {number | null} unit */
    const choose = (shape, unit) => {
      if (shape.node === null || shown === null) return;
      const { focus, t: now } = player.state;
      const at = unit ?? focus?.unit ?? 0;
      const isEarlier = shape.kind === "previous";
      const earlier = isReversed(shown) ? now + 1 : now - 1;
      if (isEarlier && (earlier < 0 || earlier >= shown.dims.time)) return;
      const name = isEarlier ? shape.node.replace(/_prev$/, "") : shape.node;
      const change = { focus: { node: name, unit: at, parameter: null } };
      if (isEarlier) player.look(earlier, change);
      else player.set(change);
    };

    /** @param {Shape | null} shape */
    const hover = (shape) => {
      hovered = shape;
      if (shown) write(caption, describe(shown, player.state, shape, cell, t));
      const node = shape?.node;
      if (shown && node && shape.kind !== "previous") prefetch(context, shown, node);
    };

    return {
      /** @param {Trace} trace @param {State} state */
      draw(trace, state) {
        const { scene } = context;
        shown = trace;
        if (cell !== scene.cell) {
          cell = /** @type {DrawnCell} */ (scene.cell);
          stage.replaceChildren();
          const layout = cell.graph ? layoutCell(cell) : null;
          drawing = layout && createDrawing(layout, cell, { choose, hover, t });
          host.hidden = layout === null;
          if (layout && drawing) stage.append(drawing.host, makeTwin(layout, cell, t));
        }
        if (drawing === null || cell === null) return;
        drawing.draw({
          light: slow.follow(trace, state, drawing.ids),
          ...content(trace, state, scene),
          focus: state.focus,
          phase: state.phase,
          input: trace.labels.time?.[state.t] ?? "",
        });
        write(caption, describe(trace, state, hovered, cell, t));
      },
      destroy() {
        slow.rest();
        stage.remove();
        caption.remove();
      },
    };
  },
};

/** What stands below the drawing: a part in words, or where the playhead is. @param {Trace} trace @param {State} state @param {Shape | null} shape @param {DrawnCell | null} cell @param {Translate} t */
function describe(trace, state, shape, cell, t) {
  if (cell === null) return "";
  const word = trace.labels.time?.[state.t] ?? "";
  return shape ? sentence(trace, state, shape, cell, t) : t("cell.caption", { t: state.t, word });
}

/** What fills each node: its units, or in the backward run their gradients. @param {Trace} trace @param {State} state @param {any} scene */
function content(trace, state, scene) {
  const { cell, decades } = scene;
  const backward = state.phase === "backward";
  const role = (/** @type {string} */ name) =>
    cell.nodes.find((/** @type {any} */ node) => node.name === name.replace(/_prev$/, ""))?.role;
  return {
    unit: state.focus?.unit ?? null,
    /** @param {string} name */
    units(name) {
      const units = unitsOf(trace, backward ? `grad/${name}` : name, state.t);
      if (units === null) return null;
      return backward
        ? { values: logged(units, decades), range: { low: -1, high: 1 } }
        : { values: units, range: rangeOf(trace, name, scene, role(name)) };
    },
  };
}

/** Signed gradients by their place on the log scale, so that the small ones still show their sign. @param {Float64Array} units @param {import('../color.js').Decades} decades */
function logged(units, { low, high }) {
  return units.map((value) => {
    const share = (Math.log10(Math.abs(value)) - low) / (high - low);
    return Number.isFinite(share) ? Math.sign(value) * Math.min(1, Math.max(0.04, share)) : 0;
  });
}

/** @typedef {(key: string, values?: Record<string, unknown>) => string} Translate */

/** A part of the drawing, in words. @param {Trace} trace @param {State} state @param {Shape} shape @param {DrawnCell} cell @param {Translate} t */
function sentence(trace, state, { node, kind, glyph }, cell, t) {
  const word = trace.labels.time?.[state.t] ?? "";
  if (kind === "input") return t("cell.input", { t: state.t, word });
  if (kind === "head") return t("cell.head");
  if (node === null) return t(`cell.${kind}`, { glyph });
  const stem = node.replace(/_prev$|\.pre$/, "");
  const label = cell.nodes.find(({ name }) => name === stem)?.label ?? stem;
  if (kind === "previous") return before(trace, state, label, t);
  return inNumbers(unitsOf(trace, node, state.t), state, node.endsWith(".pre") ? t("panel.pre", { label }) : label, t);
}

/** Where the state comes from that a step begins with. @param {Trace} trace @param {State} state @param {string} label @param {Translate} t */
function before(trace, state, label, t) {
  const from = trace.block?.start ?? null;
  if (state.t !== nth(0, trace.dims.time, isReversed(trace))) return t("cell.previous", { label });
  return t(from ? "cell.handed" : "cell.start", { label, from });
}

/** @param {Float64Array | null} units @param {State} state @param {string} label @param {Translate} t */
function inNumbers(units, state, label, t) {
  const unit = state.focus?.unit ?? 0;
  const mean = units ? short(units.reduce((sum, value) => sum + value, 0) / units.length) : "—";
  const value = units ? short(units[Math.min(units.length - 1, unit)]) : "—";
  return t("cell.node", { label, mean, unit, value });
}

/** What is hovered will often be clicked: its numbers are then already there. @param {any} context @param {Trace} trace @param {string} node */
function prefetch({ request, catalog, player }, trace, node) {
  const { t, focus } = player.state;
  request
    ?.explain(trace.query ?? toQuery(trace.recipe, catalog.fields), {
      node: fullName(trace, node),
      t,
      unit: focus?.unit ?? 0,
    })
    .catch(() => {}); // a click will say what is wrong
}
