// Find states: choose a stretch of the sequence, and see which units are on in just that stretch, and where else they are.

import { hide, make, write } from "../dom.js";
import { inquiries, Refused } from "../inquiries.js";
import { createLatest } from "../panel/latest.js";
import { apart, recipeOf, wholeOf } from "./asked.js";
import { key, lineOf, placesOf, unitButton } from "./found.js";
import { createBand, createEnds, listenForRanges, WordStrip } from "./range.js";
import { t } from "./words.js";

/**
 * @typedef {import('./range.js').Range} Range
 * @typedef {import('./found.js').Found} Found
 */

const REST = 500;
const KINDS = ["all", "states"];

/** The gates and candidates of a cell. @param {import('../trace.js').Cell} cell */
export const gatesOf = ({ nodes }) =>
  nodes.filter(({ role }) => role === "gate" || role === "candidate").map(({ name }) => name);

class FindTool {
  /** @param {HTMLElement} host @param {any} context */
  constructor(host, context) {
    this.host = host;
    this.context = context;
    /** @type {Range} */
    this.range = { first: 0, last: 0 };
    /** @type {Found[]} */
    this.found = [];
    this.chosen = "";
    this.corpusWords = /** @type {string[]} */ ([]);
    this.seen = "";
    this.timer = 0;
    this.strip = new WordStrip((range, settled) => this.select(range, settled));
    this.ends = createEnds((range, settled) => this.select(range, settled));
    this.band = createBand(context);
    this.among = make("select", { id: "find-among" });
    this.corpus = make("textarea", {
      id: "find-corpus",
      rows: "2",
      spellcheck: "false",
      placeholder: t("tool.find.corpus.hint"),
    });
    this.told = make("p", { class: "tool-note", role: "status" });
    this.problem = make("p", { class: "field-problem", role: "alert", hidden: true });
    this.list = make("ol", { class: "found" });
    this.line = make("div", { class: "unit-line", "aria-hidden": "true", hidden: true });
    this.more = make("details");
    this.amongField = make("div");
    /** @type {(() => void) | null} */
    this.release = null;
    this.own = "";
    this.asking = createLatest((/** @type {any} */ asked, signal) => this.ask(asked, signal), {
      answer: (answer) => this.show(answer),
      fail: (problem) => this.fail(problem),
    });
    this.build();
    this.begin();
    this.leave = context.player.subscribe((/** @type {any} */ state) => state.tool === "find" || this.rest());
  }

  build() {
    for (const kind of KINDS) this.among.append(make("option", { value: kind }));
    this.among.addEventListener("change", () => {
      this.remember();
      this.search();
    });
    this.corpus.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => {
        this.remember();
        this.search();
      }, REST);
    });
    this.amongField = make(
      "div",
      { class: "tool-field" },
      make("label", { for: "find-among" }, t("tool.find.among")),
      this.among,
    );
    const corpus = make("details", { class: "tool-more" });
    const label = make("label", { class: "hidden", for: "find-corpus" }, t("tool.find.corpus"));
    corpus.append(make("summary", {}, t("tool.find.corpus")), label, this.corpus);
    this.more = corpus;
    this.host.append(
      make(
        "div",
        { class: "tool tool-find" },
        make("p", { class: "tool-lead" }, t("tool.find.lead")),
        this.strip.host,
        this.ends.host,
        this.amongField,
        corpus,
        this.problem,
        this.told,
        this.list,
      ),
    );
  }

  /** The address may hold a range; else it is where the player stands. */
  begin() {
    const { state } = this.context.player;
    this.range = rangeIn(state.own.range) ?? { first: state.t, last: state.t };
    this.corpus.value = state.own.corpus ?? "";
    this.among.value = this.kindIn(state.own);
    this.more.open = this.corpus.value !== "";
  }

  /** Where there are gates, they are sought among, too, unless the address says otherwise. @param {Readonly<Record<string, string>>} own */
  kindIn({ among }) {
    if (KINDS.includes(among)) return among;
    return gatesOf(this.context.scene.cell).length > 0 ? "all" : "states";
  }

  /** What may be sought among, by name. */
  name() {
    const { cell } = this.context.scene;
    const names = { states: cell.states, all: [...cell.states, ...gatesOf(cell)] };
    for (const option of this.among.options)
      write(
        option,
        t(`tool.find.${option.value}`, { names: names[/** @type {"all" | "states"} */ (option.value)].join(", ") }),
      );
    hide(this.amongField, names.all.length === names.states.length);
  }

  /** @param {Range} range @param {boolean} settled */
  select(range, settled) {
    this.range = range;
    this.draw();
    this.search();
    if (settled) this.remember();
  }

  /** The address holds what is sought. */
  remember() {
    const { first, last } = this.range;
    const corpus = this.corpus.value.trim();
    const among = this.among.value === this.kindIn({}) ? null : this.among.value;
    this.own = JSON.stringify([`${first}-${last}`, corpus, this.among.value]);
    this.context.keep({ range: `${first}-${last}`, corpus: corpus || null, among });
  }

  /** What the address holds may have changed from outside: by going back, or by a link. @param {any} state */
  recall({ own }) {
    const told = JSON.stringify([own.range ?? "", own.corpus ?? "", this.kindIn(own)]);
    if (told === this.own) return;
    this.own = told;
    this.range = rangeIn(own.range) ?? this.range;
    if (document.activeElement !== this.corpus) this.corpus.value = own.corpus ?? "";
    this.among.value = this.kindIn(own);
    this.seen = "";
  }

  search() {
    const trace = this.context.trace();
    if (trace.partial) return;
    const { first: from, last: to } = this.range;
    const corpus = this.corpus.value.trim();
    const asked = { from, to, nodes: this.among.value, ...(corpus && { corpus }) };
    const key = `${trace.id} ${JSON.stringify(asked)}`;
    this.asking.want(key, trace.id, asked);
  }

  /** @param {Record<string, unknown>} asked @param {AbortSignal} signal */
  async ask(asked, signal) {
    return inquiries.find({ ...(await recipeOf(this.context.trace(), this.context)), ...asked }, { signal });
  }

  /** @param {{found: Found[], corpus?: {time: string[], unknown: number}}} answer */
  show({ found, corpus }) {
    hide(this.problem, true);
    this.found = found;
    this.corpusWords = corpus?.time ?? [];
    const just = found.filter(({ gap }) => gap > 0).length;
    const said =
      found.length === 0 ? t("tool.find.none") : just > 0 ? t("tool.find.just", { count: just }) : t("tool.find.near");
    write(this.told, corpus?.unknown ? `${said} ${t("tool.find.unknown", { count: corpus.unknown })}` : said);
    this.fill();
  }

  /** @param {unknown} problem */
  fail(problem) {
    const error = problem instanceof Refused ? problem.told.errors?.[0] : null;
    this.found = [];
    this.fill();
    write(this.told, "");
    hide(this.problem, false);
    if (!error) return write(this.problem, problem instanceof Refused ? problem.message : t("tool.away"));
    this.problem.replaceChildren(`${NAMES[error.pointer] ? t(NAMES[error.pointer]) : ""} ${error.message}.`.trim());
    const nearest = error.allowed?.nearest;
    if (error.pointer !== "/to" || nearest === undefined || nearest < this.range.first) return;
    const mend = make("button", { type: "button", class: "mend" }, t("form.use", { value: nearest }));
    mend.addEventListener("click", () => this.select({ first: this.range.first, last: nearest }, true));
    this.problem.append(" ", mend);
  }

  /** The units that were found, as a list; the one that was chosen stays chosen if it is still there. */
  fill() {
    const keys = this.found.map(key);
    if (!keys.includes(this.chosen)) this.chosen = "";
    this.list.replaceChildren(...this.found.map((each) => this.entry(each)));
    this.highlight();
  }

  /** @param {Found} each */
  entry(each) {
    const chosen = key(each) === this.chosen;
    const button = unitButton(each, { context: this.context, range: this.range, chosen });
    button.addEventListener("click", () => this.choose(each));
    const item = make("li", { "data-key": key(each) }, button);
    if (chosen) item.append(this.places(each));
    return item;
  }

  /** @param {Found} each */
  places(each) {
    const { player, trace } = this.context;
    const words = wholeOf(trace()).labels.time ?? [];
    return placesOf(each, { range: this.range, words, corpus: this.corpusWords, look: (t) => player.look(t) });
  }

  /** @param {Found} each */
  choose(each) {
    this.chosen = this.chosen === key(each) ? "" : key(each);
    const { stem, block } = apart(each.node);
    const { player } = this.context;
    const look = block === null ? {} : { look: { ...player.state.look, block } };
    if (this.chosen)
      player.look(this.range.first, { ...look, focus: { node: stem, unit: each.unit, parameter: null } });
    for (const item of this.list.children) {
      const own = item instanceof HTMLElement && item.dataset.key === this.chosen;
      item.firstElementChild?.setAttribute("aria-pressed", String(own));
      item.querySelector(".found-places")?.remove();
      if (own) item.append(this.places(each));
    }
    this.highlight();
  }

  /** Frame the line of the chosen unit in its figure. */
  highlight() {
    const each = this.found.find((one) => key(one) === this.chosen);
    const place = each ? lineOf(each, this.context) : null;
    hide(this.line, place === null);
    if (place === null) return;
    if (this.line.parentElement !== place.plot) place.plot.append(this.line);
    const { left, inner } = this.context.scene.timeline;
    Object.assign(this.line.style, {
      left: `${left}px`,
      width: `${inner}px`,
      top: `${place.top}px`,
      height: `${place.height}px`,
    });
  }

  draw() {
    const trace = wholeOf(this.context.trace());
    this.strip.show(trace.labels.time ?? []);
    this.strip.mark(this.range);
    this.ends.draw(this.range, trace.dims.time);
    this.band.draw(this.range);
  }

  /** @param {any} seen @param {any} state */
  update(seen, state) {
    const trace = wholeOf(seen);
    this.recall(state);
    this.name();
    const mark = `${trace.id} ${trace.partial} ${this.context.scene.version} ${state.epoch}`; // the version changes with the chain that is seen
    if (mark === this.seen) return;
    this.seen = mark;
    const T = trace.dims.time;
    if (this.range.last >= T) this.range = { first: Math.min(this.range.first, T - 1), last: T - 1 };
    document.documentElement.classList.add("is-choosing-ranges");
    this.release ??= listenForRanges(this.context, isWords, (range, settled) => this.select(range, settled));
    this.draw();
    if (!trace.partial) this.search();
    this.highlight();
  }

  /** Another tool is open: what this one has drawn on the page goes. */
  rest() {
    if (this.release === null) return;
    this.release();
    this.release = null;
    this.seen = "";
    this.band.draw(null);
    hide(this.line, true);
    document.documentElement.classList.remove("is-choosing-ranges");
  }

  destroy() {
    clearTimeout(this.timer);
    this.asking.stop();
    this.rest();
    this.leave();
    this.band.remove();
    this.line.remove();
    this.host.replaceChildren();
  }
}

/** @param {string | undefined} text @returns {Range | null} */
export function rangeIn(text) {
  const match = /^(\d{1,6})-(\d{1,6})$/.exec(text ?? "");
  return match && Number(match[1]) <= Number(match[2]) ? { first: Number(match[1]), last: Number(match[2]) } : null;
}

const NAMES = /** @type {Record<string, string>} */ ({
  "/from": "tool.range.from",
  "/to": "tool.range.to",
  "/corpus": "tool.find.corpus",
});

/** The rows on which a range may be drawn. @param {Element} target */
const isWords = (target) =>
  target.closest("#network .input, #axis, #view-states .frame-plot, #view-gates .frame-plot") !== null;

export const tool = {
  name: "find",
  /** @param {HTMLElement} host @param {any} context */
  mount: (host, context) => new FindTool(host, context),
};
