// The geometry of the run: for two numbers the phase portrait (field, fixed points, the way through it), for more the principal
// components of the way; and the spectrum of the step at the playhead.

import { hide, make, put, svg, write } from "../dom.js";
import { inquiries, Refused } from "../inquiries.js";
import { percent, short } from "../numbers.js";
import { createLatest } from "../panel/latest.js";
import { recipeOf, wholeOf } from "./asked.js";
import { inputAt, spectrumAt } from "./places.js";
import { mark, named, Plane } from "./plane.js";
import { complex, createSpectrum } from "./spectrum.js";
import { t } from "./words.js";

/** @typedef {import('./places.js').Geometry} Geometry */

const KINDS = ["attractor", "saddle", "repeller", "marginal"];

/** Whether a network is one chain in which each step goes on from the one before. @param {any} trace */
export function isPlain(trace) {
  const blocks = wholeOf(trace).topology?.blocks ?? [];
  if (blocks.length > 1) return false;
  return blocks.every(
    (/** @type {any} */ b) => b.joined && !b.own_output && b.direction === "forward" && b.memory.length === 0,
  );
}

class GeometryTool {
  /** @param {HTMLElement} host @param {any} context */
  constructor(host, context) {
    this.host = host;
    this.context = context;
    /** @type {Geometry | null} */
    this.geometry = null;
    this.answered = "";
    this.filled = "";
    this.plane = new Plane({ look: (step) => context.player.look(step) });
    this.spectrum = createSpectrum();
    this.lead = make("p", { class: "tool-lead" });
    this.input = make("select", { id: "geometry-input" });
    this.zoom = make("button", { type: "button", class: "button" }, t("tool.geometry.zoom"));
    this.choices = make(
      "div",
      { class: "tool-field geometry-choices" },
      make("label", { for: "geometry-input" }, t("tool.geometry.input")),
      this.input,
      this.zoom,
    );
    this.fixed = make("ul", { class: "fixed-list" });
    this.shares = make("p", { class: "tool-note" });
    this.problem = make("p", { class: "field-problem", role: "alert", hidden: true });
    this.waiting = make("p", { class: "tool-note", role: "status" });
    this.table = make("details", { class: "tool-more" }, make("summary", {}, t("tool.geometry.table")));
    this.body = make("div", { class: "geometry-body", hidden: true });
    this.asking = createLatest((/** @type {any} */ asked, signal) => this.ask(asked, signal), {
      answer: (answer, asked) => this.show(answer, asked),
      fail: (problem) => this.fail(problem),
    });
    this.build();
  }

  build() {
    this.input.addEventListener("change", () => this.context.keep({ input: this.input.value || null }));
    this.zoom.addEventListener("click", () => {
      const near = this.context.player.state.own.box === "path";
      this.context.keep({ box: near ? null : "path" });
    });
    this.table.addEventListener("toggle", () => this.tabulate());
    this.body.append(this.choices, this.plane.host, this.shares, this.fixed, this.spectrum.host, this.table);
    this.host.append(make("div", { class: "tool tool-geometry" }, this.lead, this.problem, this.waiting, this.body));
  }

  /** @param {any} asked @param {AbortSignal} signal */
  async ask({ trace, query }, signal) {
    return inquiries.geometry(await recipeOf(trace, this.context), query, { signal });
  }

  /** @param {Geometry} answer @param {any} asked */
  show(answer, asked) {
    hide(this.problem, true);
    write(this.waiting, "");
    this.geometry = answer;
    this.answered = asked.key;
    this.fill();
    this.draw(this.context.player.state);
  }

  /** @param {unknown} problem */
  fail(problem) {
    const told = problem instanceof Refused ? problem.message : t("tool.away");
    write(this.waiting, "");
    write(this.problem, told);
    hide(this.problem, false);
  }

  /** What does not change from step to step. */
  fill() {
    const { geometry } = this;
    if (!geometry) return;
    const { portrait, path } = geometry;
    hide(this.body, false);
    hide(this.choices, portrait === null);
    hide(this.fixed, portrait === null);
    hide(this.shares, path.shares === null);
    const two = geometry.coordinates.length === 2;
    const one = geometry.coordinates.length === 1;
    write(this.lead, t(two ? "tool.geometry.lead" : one ? "tool.geometry.lead.one" : "tool.geometry.lead.many"));
    if (path.shares) write(this.shares, sharesIn(path.shares, geometry.coordinates.length));
    if (portrait) this.offer(portrait);
    this.filled = "";
    this.tabulate();
  }

  /** The inputs whose field can be seen. @param {import('./places.js').Portrait} portrait */
  offer({ inputs }) {
    const words = this.words();
    const own = make("option", { value: "" }, t("tool.geometry.input.own"));
    const each = inputs.map(({ step }, index) =>
      make("option", { value: String(index) }, t("tool.geometry.input.of", { word: words[step] ?? "", t: step })),
    );
    this.input.replaceChildren(own, ...each);
  }

  words() {
    return wholeOf(this.context.trace()).labels.time ?? [];
  }

  /** @param {any} state */
  draw(state) {
    const { geometry } = this;
    if (!geometry) return;
    const words = this.words();
    const { portrait } = geometry;
    const input = portrait ? inputAt(portrait, state.own.input, state.t) : -1;
    this.plane.draw({ geometry, input, t: state.t, words });
    const moment = {
      t: state.t,
      word: words[state.t] ?? "",
      waiting: t(geometry.spectrum ? "tool.geometry.wait" : "tool.geometry.large"),
    };
    this.spectrum.draw(spectrumAt(geometry.spectrum, state.t), moment);
    if (portrait) this.list(portrait, input, words);
    if (this.input.value !== (state.own.input ?? "")) this.input.value = state.own.input ?? "";
    put(this.zoom, "aria-pressed", String(state.own.box === "path"));
  }

  /** The fixed points under the input that is seen. @param {import('./places.js').Portrait} portrait @param {number} input @param {string[]} words */
  list(portrait, input, words) {
    const key = `${this.answered} ${input}`;
    if (this.filled === key) return;
    this.filled = key;
    if (input < 0) return this.fixed.replaceChildren(make("li", { class: "tool-note" }, t("tool.geometry.beyond")));
    const { fixed, step } = portrait.inputs[input];
    const none = make("li", { class: "tool-note" }, t("tool.geometry.fixed.none", { word: words[step] ?? "" }));
    const items = [...fixed].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)).map(entry);
    this.fixed.replaceChildren(...(items.length > 0 ? items : [none]));
  }

  /** The way as a table, once someone opens it. */
  tabulate() {
    const { geometry, table } = this;
    if (!geometry || !table.open) return;
    const words = this.words();
    const rows = geometry.path.points.map((point, index) => {
      const found = spectrumAt(geometry.spectrum, index - 1);
      const cells = [
        index === 0 ? "" : String(index - 1),
        index === 0 ? t("net.start") : (words[index - 1] ?? ""),
        ...point.map((value) => short(value ?? Number.NaN)),
        found ? complex(found.eigen[0][0], found.eigen[0][1]) : "",
        found ? short(found.singular[0]) : "",
      ];
      return make("tr", {}, ...cells.map((text) => make("td", {}, text)));
    });
    const heads = [
      t("frame.step"),
      t("frame.word"),
      ...geometry.path.axes.map(named),
      t("tool.geometry.table.eigen"),
      t("tool.geometry.table.singular"),
    ];
    const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
    const grid = make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
    const scroll = make(
      "div",
      { class: "geometry-table", tabindex: "0", role: "region", "aria-label": t("tool.geometry.table") },
      grid,
    );
    table.replaceChildren(/** @type {Node} */ (table.firstElementChild), scroll);
  }

  /** @param {any} seen @param {any} state */
  update(seen, state) {
    const trace = wholeOf(seen);
    if (!isPlain(trace)) {
      this.geometry = null;
      this.answered = "";
      hide(this.body, true);
      hide(this.problem, true);
      write(this.waiting, "");
      return write(this.lead, t("tool.geometry.several"));
    }
    if (!trace.partial) this.want(trace, state);
    this.draw(state);
  }

  /** Ask for what is not there: another run, another part of the plane, the spectrum of a step of a large network. @param {any} trace @param {any} state */
  want(trace, state) {
    const box = state.own.box === "path" ? "path" : "whole";
    const about = `${trace.id} ${state.epoch} ${box}`;
    const same = this.answered.startsWith(`${about} `);
    const { spectrum } = this.geometry ?? {};
    const missing = same && spectrum && !state.playing && !spectrumAt(spectrum, state.t);
    if (same && !missing) return;
    if (state.playing && same) return;
    const key = `${about} ${state.t}`;
    if (!this.geometry) write(this.waiting, t("tool.coming"));
    const step = Math.min(state.t, trace.dims.time - 1);
    this.asking.want(same ? key : about, trace.id, { key, trace, query: { t: String(step), box } });
  }

  destroy() {
    this.asking.stop();
    this.host.replaceChildren();
  }
}

/** @param {import('./places.js').Fixed} point */
function entry({ at, kind, turns, eigen }) {
  const sign = svg("svg", { viewBox: "-9 -9 18 18", class: "fixed-sign", "aria-hidden": "true" }, mark(kind, 0, 0));
  const where = `(${at.map((value) => short(value)).join(", ")})`;
  const values = eigen.map(([re, im]) => complex(re, im)).join(", ");
  const name = t(`tool.geometry.kind.${kind}`);
  const item = make("li", {});
  item.append(
    sign,
    make("span", { class: "fixed-name" }, turns ? t("tool.geometry.turns", { name }) : name),
    make("span", { class: "fixed-where" }, where),
    make("span", { class: "fixed-eigen" }, t("tool.geometry.eigenvalues", { values })),
  );
  return item;
}

/** @param {number[]} shares @param {number} n */
function sharesIn(shares, n) {
  const together = shares.slice(0, 2).reduce((sum, share) => sum + share, 0);
  return t("tool.geometry.shares", {
    each: shares.map((share) => percent(share)).join(", "),
    both: percent(together),
    n,
  });
}

export const tool = {
  name: "geometry",
  /** @param {HTMLElement} host @param {any} context */
  mount: (host, context) => new GeometryTool(host, context),
};
