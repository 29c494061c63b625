// Surgery: another word, a gate that is held, a state that is emptied, a weight that is scaled; the run before and the run
// after lie over one another in every figure, and how far they are apart is a curve of its own.

import { hide, make, write } from "../dom.js";
import { inquiries, Refused } from "../inquiries.js";
import { short } from "../numbers.js";
import { createLatest } from "../panel/latest.js";
import { decodeTrace } from "../trace.js";
import { fullName, queryOf, recipeOf, wholeOf } from "./asked.js";
import { createBefore } from "./before.js";
import { editRow } from "./edit-rows.js";
import { fromText, MOST, outcome, retyped, risen, scopeOf, toText, toWire, within } from "./edits.js";
import { listenForRanges } from "./range.js";
import { listenForWords } from "./retype.js";
import { Signal } from "./signal.js";
import { t } from "./words.js";

/**
 * @typedef {import('./edits.js').Edit} Edit
 * @typedef {import('../trace.js').Trace & {query?: string}} Trace
 * @typedef {{base: Trace, query: string, interventions: unknown[]}} Asked
 */

const FIELD = /^\/interventions\/(\d+)/;

class EditTool {
  /** @param {HTMLElement} host @param {any} context */
  constructor(host, context) {
    this.host = host;
    this.context = context;
    /** @type {readonly Edit[]} */
    this.edits = fromText(context.player.state.own.edits ?? "");
    this.own = toText(this.edits);
    /** The run before surgery. @type {Trace | null} */
    this.base = null;
    /** The runs after it. @type {WeakSet<Trace>} */
    this.made = new WeakSet();
    this.list = make("ol", { class: "edits" });
    this.signal = new Signal(context, (edit) => this.draw(edit));
    this.add = make("div", { class: "edit-adds", role: "group", "aria-label": t("tool.edit.add") });
    this.told = make("div", { class: "edit-told", role: "status" });
    this.problem = make("p", { class: "field-problem", role: "alert", hidden: true });
    this.before = createBefore(context);
    /** @type {(() => void)[]} */
    this.listening = [];
    this.asking = createLatest((/** @type {Asked} */ asked, signal) => this.ask(asked, signal), {
      answer: (wire, asked) => this.answered(wire, asked),
      fail: (problem) => this.fail(problem),
    });
    this.build();
    this.leave = context.player.subscribe((/** @type {any} */ state) => state.tool === "edit" || this.rest());
  }

  build() {
    for (const kind of ["token", "clamp", "zero", "scale"]) {
      const button = make("button", { type: "button", class: "button", "data-kind": kind }, t(`tool.edit.add.${kind}`));
      button.addEventListener("click", () => this.begin(kind));
      this.add.append(button);
    }
    this.host.append(
      make(
        "div",
        { class: "tool tool-edit" },
        make("p", { class: "tool-lead" }, t("tool.edit.lead")),
        this.add,
        this.signal.host,
        this.list,
        this.problem,
        this.told,
      ),
    );
  }

  get scope() {
    return scopeOf(this.base ?? wholeOf(this.context.trace()));
  }

  /** A new intervention where the player stands. @param {string} kind */
  begin(kind) {
    const { nodes, states, weights, tokens } = this.scope;
    const { t: at, focus } = this.context.player.state;
    const { cell } = this.context.scene;
    const full = (/** @type {string | undefined} */ name) => (name ? fullName(this.context.trace(), name) : "");
    const focused = nodes.includes(full(focus?.node)) ? full(focus?.node) : null;
    const now = (this.base?.labels.time ?? [])[at];
    const made = /** @type {Record<string, () => Edit | null>} */ ({
      token: () =>
        tokens.length > 1 ? { kind: "token", t: at, token: tokens.find((token) => token !== now) ?? tokens[0] } : null,
      clamp: () => ({
        kind: "clamp",
        node: focused ?? (full(cell.gates[0]) || nodes[0]),
        value: 0,
        from: at,
        to: at,
        unit: null,
      }),
      zero: () => ({
        kind: "zero",
        state: states.includes(focused ?? "") ? /** @type {string} */ (focused) : states[0],
        t: at,
      }),
      scale: () => ({
        kind: "scale",
        parameter: weights.find((name) => /(^|\/)U/.test(name)) ?? weights[0],
        factor: 1.5,
      }),
    })[kind]();
    if (made === null) return this.complain(t("tool.edit.numbers"));
    if (this.edits.length >= MOST) return this.complain(t("tool.edit.most", { most: MOST }));
    this.change([...this.edits, made]);
    const row = this.list.lastElementChild?.querySelector("select, input");
    if (row instanceof HTMLElement) row.focus();
  }

  /** @param {readonly Edit[]} edits @param {boolean} [draw] whether the rows must be drawn again */
  change(edits, draw = true) {
    this.edits = edits;
    this.own = toText(edits);
    this.context.keep({ edits: this.own || null });
    if (draw) this.rows();
    this.operate();
  }

  /** Drawn on the input: one change a feature. @param {any} edit */
  draw(edit) {
    const other = (/** @type {any} */ each) => each.kind !== "input" || each.feature !== edit.feature;
    this.change([...this.edits.filter(other), edit]);
  }

  /** The rows anew; the field that had the focus has it again. */
  rows() {
    const active = document.activeElement?.id ?? "";
    const { scope } = this;
    const trace = this.context.trace();
    const rows = this.edits.map((edit, index) =>
      editRow(edit, {
        scope,
        trace,
        words: this.base?.labels.time ?? [],
        cell: this.context.scene.cell,
        id: `edit-${index}`,
        change: (next) =>
          this.change(
            this.edits.map((each, at) => (at === index ? next : each)),
            next.kind === "clamp" && edit.kind === "clamp" && next.node !== /** @type {any} */ (this.edits[index]).node,
          ),
        remove: () => this.change(this.edits.filter((_, at) => at !== index)),
      }),
    );
    this.list.replaceChildren(...rows);
    if (active.startsWith("edit-")) document.getElementById(active)?.focus();
  }

  /** Carry out what is listed, or go back to the run before. */
  operate() {
    if (this.base === null) return;
    if (this.edits.length === 0) {
      this.asking.stop();
      this.before.clear();
      this.told.replaceChildren();
      hide(this.problem, true);
      if (this.made.has(wholeOf(this.context.trace()))) this.context.show(this.base);
      return;
    }
    const query = queryOf(this.base, this.context);
    const interventions = toWire(this.edits);
    this.asking.want(`${query} ${JSON.stringify(interventions)}`, query, { base: this.base, query, interventions });
  }

  /** @param {Asked} asked @param {AbortSignal} signal */
  async ask({ base, interventions }, signal) {
    return inquiries.trace({ ...(await recipeOf(base, this.context)), interventions }, { signal });
  }

  /** @param {any} wire @param {Asked} asked */
  answered(wire, { query, interventions }) {
    if (this.context.player.state.tool !== "edit" || this.edits.length === 0) return;
    const told = new URLSearchParams(query);
    told.set("interventions", JSON.stringify(interventions));
    const trace = Object.assign(decodeTrace(wire), { query: told.toString() });
    hide(this.problem, true);
    this.made.add(trace);
    this.context.show(trace);
    this.tell(trace);
  }

  /** What followed, in words. @param {Trace} trace */
  tell(trace) {
    const { before, after, far, gap, first, changed } = outcome(trace);
    const words = trace.labels.time ?? [];
    const lines = [t("tool.edit.loss", { before: short(before), after: short(after), by: risen(after - before) })];
    if (first < 0) lines.push(t("tool.edit.same"));
    else
      lines.push(
        t("tool.edit.apart", {
          first,
          far,
          word: words[far] ?? "",
          gap: short(gap[far]),
          last: short(gap[gap.length - 1]),
        }),
      );
    for (const { t: at, from, to } of changed.slice(0, 4)) lines.push(t("tool.edit.expects", { t: at, from, to }));
    if (changed.length > 4) lines.push(t("tool.edit.more", { count: changed.length - 4 }));
    const key = make(
      "p",
      { class: "edit-key" },
      make("span", { class: "edit-half", "aria-hidden": "true" }),
      t("tool.edit.key"),
    );
    this.told.replaceChildren(make("ul", {}, ...lines.map((line) => make("li", {}, line))), key);
  }

  /** @param {string} text */
  complain(text) {
    hide(this.problem, false);
    write(this.problem, text);
  }

  /** @param {unknown} problem */
  fail(problem) {
    if (!(problem instanceof Refused)) return this.complain(t("tool.away"));
    const error = problem.told.errors?.[0];
    const row = FIELD.exec(error?.pointer ?? "");
    const words = error
      ? `${row ? t("tool.edit.row", { row: Number(row[1]) + 1 }) : ""} ${error.message}.`.trim()
      : problem.message;
    this.complain(words);
  }

  /** Drawing on the gates or the states holds what lies there. */
  listen() {
    if (this.listening.length > 0) return;
    /** @type {number} */
    let drawn = -1;
    const surfaces = "#view-gates .frame-plot, #view-states .frame-plot";
    const draw = (
      /** @type {any} */ range,
      /** @type {boolean} */ settled,
      /** @type {{start: Element, y: number}} */ { start, y },
    ) => {
      const node = this.nodeAt(/** @type {HTMLElement} */ (start.closest(surfaces)), y);
      if (node === null) return;
      const edit = /** @type {Edit} */ ({
        kind: "clamp",
        node,
        value: 0,
        from: range.first,
        to: range.last,
        unit: null,
      });
      if (drawn < 0) drawn = Math.min(this.edits.length, MOST - 1);
      this.change([...this.edits.slice(0, drawn), edit, ...this.edits.slice(drawn + 1)]);
      if (settled) drawn = -1;
    };
    const words = () => ({
      tokens: this.scope.tokens,
      isText: this.base?.recipe.text !== undefined && ["sentence", "characters"].includes(this.base.recipe.data),
      swap: (/** @type {number} */ at, /** @type {string} */ token) => this.swap(at, token),
      rewrite: (/** @type {number} */ at, /** @type {string} */ word) => this.rewrite(at, word),
    });
    this.listening = [
      listenForRanges(this.context, (target) => target.closest(surfaces) !== null, draw),
      listenForWords(words),
    ];
    document.documentElement.classList.add("is-operating");
  }

  /** The node whose band lies at a height. @param {HTMLElement | null} plot @param {number} y */
  nodeAt(plot, y) {
    if (plot === null) return null;
    const roles = plot.closest("#view-states") ? ["state"] : ["gate", "candidate"];
    const shown = this.context.scene.cell.nodes.filter((/** @type {any} */ { role }) => roles.includes(role));
    const { top, height } = plot.getBoundingClientRect();
    const index = Math.floor(((y - top) / height) * shown.length);
    const name = shown[Math.min(shown.length - 1, Math.max(0, index))]?.name;
    return name === undefined ? null : fullName(this.context.trace(), name);
  }

  /** Another word at one step only. @param {number} at @param {string} token */
  swap(at, token) {
    const others = this.edits.filter((edit) => edit.kind !== "token" || edit.t !== at);
    const back = this.base?.labels.time?.[at] === token;
    this.change(back ? others : [...others, { kind: "token", t: at, token }]);
  }

  /** Another word in the text itself. @param {number} at @param {string} word */
  rewrite(at, word) {
    const recipe = this.context.recipe();
    const text = retyped(recipe.text, at, word, recipe.data === "characters");
    this.context.ask({ ...recipe, text });
  }

  /** @param {Trace} seen @param {any} state */
  update(seen, state) {
    this.listen();
    const trace = wholeOf(seen);
    const told = state.own.edits ?? "";
    const changed = told !== this.own;
    if (changed) {
      this.own = told;
      this.edits = fromText(told);
    }
    if (trace.partial) return this.before.clear();
    const isBase = !this.made.has(trace);
    if (isBase && trace !== this.base) this.rebase(trace);
    else if (changed) {
      this.rows();
      this.operate();
    }
    if (!isBase) this.before.draw(seen);
    this.signal.draw(this.base, this.edits);
  }

  /** Another run: what still makes sense is done to it, too. @param {Trace} trace */
  rebase(trace) {
    this.base = trace;
    this.before.clear();
    this.edits = within(this.edits, scopeOf(trace));
    this.rows();
    this.operate();
  }

  /** Another tool is open: the page shows the run before, and this one's marks go. */
  rest() {
    if (this.listening.length === 0) return;
    for (const stop of this.listening) stop();
    this.listening = [];
    this.asking.stop();
    this.before.clear();
    document.documentElement.classList.remove("is-operating");
    if (this.made.has(wholeOf(this.context.trace()))) this.context.show(this.base);
    this.base = null; // so that coming back carries it out again
  }

  destroy() {
    this.rest();
    this.leave();
    this.host.replaceChildren();
  }
}

export const tool = {
  name: "edit",
  /** @param {HTMLElement} host @param {any} context */
  mount: (host, context) => new EditTool(host, context),
};
