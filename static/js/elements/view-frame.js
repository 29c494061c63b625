// <view-frame data-view="states">: the frame of one figure, adopted from the server's page. It gives the figure its menu:
// a table twin made on demand, more room, and files.

import { find, make } from "../dom.js";

/**
 * @typedef {{draw: (trace: any, state: any) => void, destroy: () => void, table?: () => import('../motion/chart.js').Table | null,
 *   save?: (format: 'png' | 'svg') => Promise<void>}} Mounted
 */

export class ViewFrame extends HTMLElement {
  isLarge = false;

  connectedCallback() {
    this.addEventListener("click", this);
    this.addEventListener("chart-fresh", this);
    document.addEventListener("pointerdown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("pointerdown", this);
  }

  /** The figure inside, and what "enlarge" asks for. @param {Mounted} mounted @param {() => void} enlarge */
  adopt(mounted, enlarge) {
    this.mounted = mounted;
    this.enlarge = enlarge;
  }

  /** @param {boolean} large */
  set large(large) {
    if (large === this.isLarge) return;
    this.isLarge = large;
    this.classList.toggle("is-large", large);
    if (large) requestAnimationFrame(() => this.scrollIntoView({ block: "nearest" }));
    find(this, "[data-does=enlarge]").setAttribute("aria-pressed", String(large));
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = /** @type {Element} */ (event.target);
    const menu = find(this, ".frame-menu", HTMLDetailsElement);
    if (event.type === "chart-fresh") return this.refresh();
    if (event.type === "pointerdown") {
      if (!menu.contains(target)) menu.open = false;
      return;
    }
    const does = target.closest(".frame-choices button")?.getAttribute("data-does");
    if (!does) return;
    menu.open = false;
    if (does === "table") this.toggleTable();
    else if (does === "enlarge") this.enlarge?.();
    else this.mounted?.save?.(/** @type {'png' | 'svg'} */ (does));
  }

  toggleTable() {
    const host = find(this, ".frame-table", HTMLElement);
    host.hidden = !host.hidden;
    find(this, "[data-does=table]").setAttribute("aria-expanded", String(!host.hidden));
    this.refresh();
    if (!host.hidden) host.focus();
  }

  /** A table that is open follows its figure. */
  refresh() {
    const host = find(this, ".frame-table", HTMLElement);
    if (host.hidden) return;
    const content = this.mounted?.table?.();
    host.replaceChildren(...(content ? [drawTable(content)] : []));
  }
}

/** @param {import('../motion/chart.js').Table} content */
function drawTable({ head, rows, note }) {
  const header = make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text))));
  const body = make(
    "tbody",
    {},
    ...rows.map(([first, ...rest]) =>
      make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((cell) => make("td", {}, cell))),
    ),
  );
  return make("table", {}, ...(note ? [make("caption", {}, note)] : []), header, body);
}
