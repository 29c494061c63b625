// The bench: one tool open at a time, each in a pane of its own that is kept while another is open. Which one is open is part
// of the player's state, and so of the address.

import { hide, make } from "./dom.js";
import { EpochBar } from "./epoch-bar.js";
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
    const head = /** @type {HTMLElement} */ (host.querySelector(".bench-head"));
    this.epochs = new EpochBar(context.player, context.time);
    head.after(this.epochs.host);
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

  /** A file that is dragged over the page finds where it can be dropped open, and never takes the page away. @param {Document} page */
  welcome(page) {
    page.addEventListener("dragenter", ({ dataTransfer }) => {
      const known = this.rows.some(({ name }) => name === "weights") && this.open !== "library";
      if (known && dataTransfer?.types.includes("Files")) this.choose("weights");
    });
    for (const name of ["dragover", "drop"])
      page.addEventListener(name, (event) => {
        if (/** @type {DragEvent} */ (event).dataTransfer?.types.includes("Files")) event.preventDefault();
      });
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
    this.places.get(this.open)?.tool?.update(trace, state);
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
