// The bench: one tool open at a time, each in a pane of its own that is kept while another is open. Which one is open is part
// of the player's state, and so of the address.

import { find, hide, make } from "./dom.js";
import { EpochBar } from "./epoch-bar.js";
import { Origin } from "./origin.js";
import { loadSheet } from "./sheets.js";
import { t } from "./strings.js";
import { Tabs } from "./tabs.js";

/**
 * @typedef {import('./tools.js').Row} Row
 * @typedef {import('./tools.js').Mounted} Mounted
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./player.js').State} State
 * @typedef {{pane: HTMLElement, tool: Mounted | null}} Place
 */

/** The tools that take files, and the names of those that hold data. */
const TAKING = ["weights", "library"];
const DATA = /\.(txt|csv|tsv|wav)$/i;

export class Bench {
  /** @param {HTMLElement} host @param {{rows: Row[], context: any}} means */
  constructor(host, { rows, context }) {
    this.host = host;
    this.rows = rows;
    this.context = context;
    /** @type {Map<string, Place>} */
    this.places = new Map([[rows[0].name, { pane: this.first(), tool: null }]]);
    /** What each tool remembered when it was left. @type {Map<string, Readonly<Record<string, string>>>} */
    this.left = new Map();
    this.open = rows[0].name;
    /** A file that fell, until its tool is there. @type {{name: string, file: File} | null} */
    this.dropped = null;
    const head = /** @type {HTMLElement} */ (host.querySelector(".bench-head"));
    this.epochs = new EpochBar(context.player, context.time);
    find(host, ".bench-state").append(this.epochs.host);
    this.origin = new Origin(host.ownerDocument, context, rows, (name) => this.choose(name));
    const entries = rows.map(({ name }) => ({ name, title: t(`tool.${name}`) }));
    this.tabs = new Tabs(head, {
      entries,
      label: t("tool.label"),
      more: t("tool.more"),
      choose: (name) => this.choose(name),
      panel: (name) => this.idOf(name),
    });
    this.welcome(host.ownerDocument);
  }

  /** A file that is dragged over the page finds its tool open, is taken wherever it falls, and never takes the page away. @param {Document} page */
  welcome(page) {
    const files = (/** @type {DragEvent} */ { dataTransfer }) => dataTransfer?.types.includes("Files") ?? false;
    const over = (/** @type {boolean} */ on) => this.host.classList.toggle("is-over", on && TAKING.includes(this.open));
    page.addEventListener("dragenter", (event) => {
      const known = this.rows.some(({ name }) => name === "weights") && !TAKING.includes(this.open);
      if (known && files(event)) this.choose("weights");
    });
    page.addEventListener("dragover", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      over(true);
    });
    page.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget === null && over(false));
    page.addEventListener("drop", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      over(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file) this.drop(file);
    });
  }

  /** A file that fell goes to its tool, which may be on its way still. @param {File} file */
  drop(file) {
    const name = DATA.test(file.name) ? "library" : "weights";
    if (!this.rows.some((row) => row.name === name)) return;
    this.dropped = { name, file };
    this.choose(name);
    this.take();
  }

  take() {
    const tool = this.places.get(this.open)?.tool;
    if (this.dropped?.name !== this.open || !tool?.take) return;
    const { file } = this.dropped;
    this.dropped = null;
    tool.take(file);
  }

  /** The pane that comes with the page. */
  first() {
    const pane = /** @type {HTMLElement} */ (this.host.querySelector(".bench-pane"));
    for (const [name, value] of Object.entries({ role: "tabpanel", "aria-labelledby": `tab-${this.rows[0].name}` }))
      pane.setAttribute(name, value);
    return pane;
  }

  /** @param {string} name */
  idOf(name) {
    return name === this.rows[0].name ? "focus" : `tool-${name}`;
  }

  /** @param {string} name */
  choose(name) {
    const { player } = this.context;
    const { state } = player;
    if (name === state.tool) return;
    this.left.set(state.tool, state.own);
    player.set({ tool: name, own: this.left.get(name) ?? Object.freeze({}) });
  }

  /** @param {Trace} trace @param {State} state */
  draw(trace, state) {
    const row = this.rows.find(({ name }) => name === state.tool) ?? this.rows[0];
    if (row.name !== this.open) this.turn(row);
    this.epochs.draw();
    this.origin.draw((trace.whole ?? trace).recipe, !this.epochs.host.hidden);
    this.places.get(this.open)?.tool?.update(trace, state);
    this.take();
  }

  /** @param {Row} row */
  turn(row) {
    this.open = row.name;
    this.tabs.show(row.name);
    if (!this.places.has(row.name)) this.furnish(row);
    for (const [name, { pane }] of this.places) hide(pane, name !== row.name);
  }

  /** A tool that was not open before: a pane, then its module. @param {Row} row */
  furnish(row) {
    const { name } = row;
    const id = this.idOf(name);
    const pane = make("div", {
      class: "bench-pane",
      id,
      role: "tabpanel",
      "aria-labelledby": `tab-${name}`,
      tabindex: "-1",
    });
    this.places.set(name, { pane, tool: null });
    this.host.append(pane);
    return this.fetch(row, pane);
  }

  /** @param {Row} row @param {HTMLElement} pane */
  async fetch(row, pane) {
    pane.replaceChildren(make("p", { class: "bench-wait", role: "status" }, t("tool.coming")));
    try {
      const [found] = await Promise.all([row.load?.(), row.sheet ? loadSheet(row.sheet) : null]);
      pane.replaceChildren();
      const tool = found?.tool.mount(pane, this.context) ?? null;
      this.places.set(row.name, { pane, tool });
      this.draw(this.context.trace(), this.context.player.state);
    } catch {
      const again = make("button", { type: "button", class: "button" }, t("tool.again"));
      again.addEventListener("click", () => this.fetch(row, pane));
      pane.replaceChildren(make("p", { class: "bench-wait", role: "alert" }, t("tool.away")), again);
    }
  }

  /** A dot on the tab of a tool in which something goes on. @param {string} name @param {string} text */
  mark(name, text) {
    this.tabs.mark(name, text);
  }
}
