// Write your own cell: an editor that checks while one types and points at the fault, the formulas beside it, the drawing
// below, and the whole page runs it.

import { meaningOf } from "../color.js";
import { make, write } from "../dom.js";
import { inquiries, Refused } from "../inquiries.js";
import { colour, meanings } from "../latex.js";
import { typeset } from "../math.js";
import { learnCell } from "../own-cells.js";
import { copyButton } from "../panel/copy.js";
import { createLatest } from "../panel/latest.js";
import { view as drawing } from "../views/cell.js";
import { Editor } from "./editor.js";
import { compact } from "./highlight.js";
import { t } from "./words.js";

/** How long a text must rest before it is checked, before a fault is told, and before it runs, in milliseconds. */
const REST = { check: 60, fault: 450, run: 350 };
/** What the service says of a function that is none: one may be meant. */
const MISSPELLED = /no such function/i;
/** @type {{name: string, back: number}[]} what stands in brackets is written where the caret goes */
const SIGNS = [
  { name: "W @ x", back: 0 },
  { name: "U @ h_prev", back: 0 },
  { name: " * ", back: 0 },
  { name: " + ", back: 0 },
  { name: "1 - ", back: 0 },
];

/** The last text of the visitor's own, for as long as the page lives. */
let own = "";

class CellTool {
  /** @param {HTMLElement} host @param {any} context */
  constructor(host, context) {
    this.host = host;
    this.context = context;
    this.timers = { check: 0, fault: 0, run: 0 };
    /** The cell of the last run that was seen, and the one that was asked for here. */
    this.shown = "";
    this.asked = "";
    /** @type {any[]} */
    this.examples = [];
    this.editor = new Editor({ change: () => this.typed(), run: () => this.run(), t });
    this.asking = createLatest((/** @type {string} */ text, signal) => inquiries.cell(text, { signal }), {
      answer: (cell, text) => this.described(cell, text),
      fail: (problem) => this.refused(problem),
    });
    this.choice = make("select", { id: "cell-example" });
    this.note = make("p", { class: "tool-note" });
    this.palette = make("div", { class: "palette", role: "group", "aria-label": t("tool.cell.palette") });
    this.formulas = make("ol", { class: "formulas", "aria-label": t("panel.equations") });
    this.picture = drawing.mount(this.build(), context);
    this.begin();
  }

  /** Lay the parts out. @returns {HTMLElement} where the drawing goes */
  build() {
    this.choice.addEventListener("change", () => this.start(this.choice.value));
    const field = make("div", { class: "tool-field" });
    field.append(make("label", { for: "cell-example" }, t("tool.cell.example")), this.choice);
    const label = make("label", { class: "hidden", for: "cell-equations" }, t("tool.cell.equations"));
    const share = copyButton(t("tool.cell.share"), t("tool.cell.share.hint"), () => location.href, t);
    const stage = make("section", { class: "panel-cell", "aria-label": t("panel.cell") });
    const writing = make("div", { class: "writing" }, label, this.editor.host, this.palette);
    const reading = make("div", { class: "reading" }, this.formulas);
    const bench = make("div", { class: "cell-bench" }, writing, reading);
    const foot = make("div", { class: "tool-foot" }, this.note, share);
    this.host.append(make("div", { class: "tool tool-cell" }, field, bench, stage, foot));
    return stage;
  }

  /** The table of what there is comes from the server; the editor is there before it. */
  async begin() {
    this.editor.text = compact(this.context.scene.cell.source ?? "");
    this.follow(this.context.trace());
    try {
      const { examples, functions } = await inquiries.examples();
      this.examples = examples;
      this.editor.functions = functions.map(({ name }) => name);
      this.offer(functions);
      this.list();
      this.editor.draw();
    } catch {
      write(this.note, t("tool.cell.away"));
    }
  }

  /** @param {{name: string, glyph: string}[]} functions */
  offer(functions) {
    const calls = functions
      .filter(({ name }) => name !== "identity")
      .map(({ name }) => ({ name: `${name}()`, back: 1 }));
    const buttons = [...calls, ...SIGNS].map(({ name, back }) => {
      const button = make("button", { type: "button", class: "palette-key" }, name.trim().replace("()", ""));
      button.addEventListener("click", () => this.editor.insert(name, back));
      return button;
    });
    this.palette.replaceChildren(...buttons);
  }

  /** What one can begin from, and one's own. */
  list() {
    const texts = this.examples.map(({ id, title }) => make("option", { value: id }, title));
    this.choice.replaceChildren(make("option", { value: "" }, t("tool.cell.own")), ...texts);
    this.name();
  }

  /** Which of the examples the text is, if it is one. */
  name() {
    const text = this.editor.text;
    const found = this.examples.find(({ source }) => compact(source) === text);
    this.choice.value = found?.id ?? "";
    write(this.note, found?.note || t(found ? "tool.cell.hint" : "tool.cell.mine"));
  }

  /** Begin from an example, or go back to one's own text. @param {string} id */
  start(id) {
    const example = this.examples.find((each) => each.id === id);
    if (!example && own === "") return this.name();
    this.editor.text = example ? compact(example.source) : own;
    this.editor.judge(null);
    this.name();
    this.check();
    this.run();
  }

  typed() {
    this.name();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.timers.check = window.setTimeout(() => this.check(), REST.check);
  }

  check() {
    const text = this.editor.text.trim();
    this.asking.want(text, text, text);
  }

  /** @param {any} cell @param {string} text */
  described(cell, text) {
    if (text !== this.editor.text.trim()) return;
    learnCell(this.context.catalog, cell);
    this.praise(cell);
    this.read(cell);
    if (!this.examples.some(({ source }) => compact(source) === text)) own = text;
    this.timers.run = window.setTimeout(() => this.run(), REST.run);
  }

  /** @param {unknown} problem */
  refused(problem) {
    if (!(problem instanceof Refused)) return write(this.note, t("tool.cell.away"));
    const { line = 1, column = 0, errors = [], detail = "" } = problem.told;
    const fault = { line, column, message: errors[0]?.message ?? detail, misspelled: MISSPELLED.test(detail) };
    this.timers.fault = window.setTimeout(() => this.editor.judge(fault), this.editor.fault ? 0 : REST.fault);
  }

  /** Say what the text makes. @param {any} cell */
  praise(cell) {
    const states = cell.states.join(", ");
    this.editor.judge(null, t("tool.cell.good", { states, weights: cell.parameters.length }));
  }

  /** The formulas of a cell. @param {any} cell */
  read(cell) {
    const coloured = meanings(cell);
    this.formulas.replaceChildren(
      ...cell.nodes.map((/** @type {any} */ { name, label, equation, role }) => {
        const formula = make("span", { class: "formula" });
        typeset(formula, colour(equation, coloured));
        return make("li", {}, make("span", { class: `formula-name of-${meaningOf(name, role)}` }, label), formula);
      }),
    );
  }

  /** Run the text on the page, if it can be run and is not what runs. */
  run() {
    clearTimeout(this.timers.run);
    const text = this.editor.text.trim();
    const found = this.examples.find(({ id, source }) => compact(source) === text && isOurs(this.context.catalog, id));
    const cell = found?.id ?? text;
    const now = this.context.recipe();
    if (text === "" || this.editor.fault || now.cell === cell || this.asked === cell) return;
    this.asked = cell;
    // a file of weights would bring its own cell
    this.context.ask({ ...now, cell, model: null }).then((/** @type {boolean} */ done) => {
      if (!done && this.asked === cell) this.asked = ""; // it may be asked for again
    });
  }

  /** Another run came from elsewhere: its cell is what there is to edit. @param {any} trace */
  follow(trace) {
    const { cell } = trace.recipe;
    if (cell === this.shown) return;
    this.shown = cell;
    if (cell === this.asked) {
      this.asked = ""; // what was written here has come: who writes on is not disturbed
      return;
    }
    const known = this.context.catalog.cells.find((/** @type {any} */ { id }) => id === cell);
    const source = cell.includes("=") ? cell : compact(known?.source ?? "");
    if (source && source !== this.editor.text.trim()) {
      this.editor.text = source;
      this.editor.judge(null);
      this.name();
    }
    if (known) this.read(known);
    if (known) this.praise(known);
    if (cell.includes("=")) own = source;
  }

  /** @param {any} trace @param {any} state */
  update(trace, state) {
    if (!trace.partial) this.follow(trace);
    this.picture.draw(trace, state);
  }

  destroy() {
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.asking.stop();
    this.picture.destroy();
    this.host.replaceChildren();
  }
}

/** Whether a cell has a name of its own in the catalogue, not only a text. @param {any} catalog @param {string} id */
const isOurs = (catalog, id) => catalog.cells.some((/** @type {any} */ cell) => cell.id === id);

export const tool = {
  name: "cell",
  /** @param {HTMLElement} host @param {any} context */
  mount: (host, context) => new CellTool(host, context),
};
