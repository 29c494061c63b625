// A row of tabs that makes do with the width there is: what does not fit lies under "more", and the tab that is open is
// always in the row. Where fingers point, nothing is folded away and the row scrolls.

import { hide, make, put, write } from "./dom.js";

/** @typedef {{name: string, title: string}} Entry */

/**
 * Which tabs fit: as many as the width holds, beside the word "more" if some do not, the open one always among them.
 * @param {number[]} widths @param {number} room @param {number} more @param {number} open @returns {number[]} places of those in the row
 */
export function fitting(widths, room, more, open) {
  const all = widths.map((_, index) => index);
  if (widths.reduce((sum, width) => sum + width, 0) <= room) return all;
  let left = room - more - widths[open];
  const kept = new Set([open]);
  for (const index of all) {
    if (index === open) continue;
    left -= widths[index];
    if (left < 0) break;
    kept.add(index);
  }
  return all.filter((index) => kept.has(index));
}

export class Tabs {
  /** @param {HTMLElement} host @param {{entries: Entry[], label: string, more: string, choose: (name: string) => void, panel: (name: string) => string}} means */
  constructor(host, { entries, label, more, choose, panel }) {
    this.host = host;
    this.choose = choose;
    this.open = 0;
    this.entries = entries;
    /** @type {number[]} */
    this.widths = [];
    this.moreWidth = 0;
    this.row = make("div", { class: "tabs", role: "tablist", "aria-label": label });
    this.tabs = entries.map(({ name, title }) => {
      const tab = make(
        "button",
        { type: "button", role: "tab", class: "tab", id: `tab-${name}`, "aria-controls": panel(name) },
        title,
      );
      tab.addEventListener("click", () => choose(name));
      return tab;
    });
    this.row.append(...this.tabs);
    this.menu = make("div", { class: "tabs-menu" });
    this.folded = make("details", { class: "tabs-more" }, make("summary", {}, more), this.menu);
    host.append(this.row, this.folded);
    this.listen();
    this.show(entries[0].name);
  }

  listen() {
    this.row.addEventListener("keydown", (event) => this.key(event));
    this.folded.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.folded.open) return;
      this.folded.open = false;
      this.folded.querySelector("summary")?.focus();
      event.stopPropagation();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!this.folded.contains(/** @type {Node} */ (event.target))) this.folded.open = false;
    });
    new ResizeObserver(() => this.fit()).observe(this.host);
    document.fonts?.ready.then(() => this.measure());
  }

  /** The widths of the tabs, read once: they change with the letters only. */
  measure() {
    for (const part of [...this.tabs, this.folded]) hide(part, false);
    this.widths = this.tabs.map((tab) => tab.offsetWidth);
    this.moreWidth = this.folded.offsetWidth;
    this.fit();
  }

  fit() {
    if (this.widths.length === 0) return this.measure();
    const scrolls = getComputedStyle(this.row).overflowX === "auto";
    const room = scrolls ? Number.POSITIVE_INFINITY : this.host.clientWidth;
    const kept = fitting(this.widths, room, this.moreWidth, this.open);
    for (const [index, tab] of this.tabs.entries()) hide(tab, !kept.includes(index));
    const away = this.entries.filter((_, index) => !kept.includes(index));
    hide(this.folded, away.length === 0);
    this.menu.replaceChildren(...away.map((entry) => this.item(entry)));
  }

  /** @param {Entry} entry */
  item({ name, title }) {
    const button = make("button", { type: "button", class: "tabs-item" }, title);
    button.addEventListener("click", () => {
      this.folded.open = false;
      this.choose(name);
      this.tabs[this.place(name)].focus();
    });
    return button;
  }

  /** @param {string} name */
  place(name) {
    return this.entries.findIndex((entry) => entry.name === name);
  }

  /** The tab of this name is the open one. @param {string} name */
  show(name) {
    this.open = Math.max(0, this.place(name));
    for (const [index, tab] of this.tabs.entries()) {
      put(tab, "aria-selected", String(index === this.open));
      put(tab, "tabindex", index === this.open ? "0" : "-1");
    }
    this.fit();
    this.reveal(this.tabs[this.open]);
  }

  /** Scroll the row, and never the page, so that a tab is seen. @param {HTMLElement} tab */
  reveal({ offsetLeft, offsetWidth }) {
    const { row } = this;
    const [first, last] = [row.scrollLeft, row.scrollLeft + row.clientWidth];
    if (offsetLeft - row.offsetLeft < first) row.scrollLeft = offsetLeft - row.offsetLeft;
    else if (offsetLeft - row.offsetLeft + offsetWidth > last)
      row.scrollLeft = offsetLeft - row.offsetLeft + offsetWidth - row.clientWidth;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -this.open, End: this.tabs.length - 1 - this.open }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = (this.open + by + this.tabs.length) % this.tabs.length;
    this.choose(this.entries[to].name);
    this.show(this.entries[to].name);
    this.tabs[to].focus();
    event.preventDefault();
  }

  /** A word beside a tab, such as that something goes on in it. @param {string} name @param {string} text */
  mark(name, text) {
    const tab = this.tabs[this.place(name)];
    const dot = tab.querySelector(".tab-mark") ?? tab.appendChild(make("span", { class: "tab-mark" }));
    write(dot, text);
    put(dot, "title", text);
  }
}
