// A range of steps, chosen by dragging over the words of the page, in a list of the words, or by typing two numbers; shown
// as a band over all figures.

import { find, hide, make } from "../dom.js";
import { bandTop } from "../motion/cursor.js";
import { t } from "./words.js";

/**
 * @typedef {{first: number, last: number}} Range both included
 * @typedef {(range: Range, settled: boolean) => void} Change
 */

/** @param {number} one @param {number} other @returns {Range} */
export const between = (one, other) => ({ first: Math.min(one, other), last: Math.max(one, other) });

/** The band over the figures. @param {any} context */
export function createBand({ scene }) {
  const host = find(document, "#figures .timed", HTMLElement);
  const band = make("div", { class: "range-band", "aria-hidden": "true", hidden: true });
  host.append(band);
  return {
    /** @param {Range | null} range */
    draw(range) {
      hide(band, range === null);
      if (range === null) return;
      const { timeline } = scene;
      band.style.top = `${bandTop(scene)}px`;
      band.style.width = `${timeline.edge(range.last + 1) - timeline.edge(range.first)}px`;
      band.style.transform = `translateX(${timeline.edge(range.first)}px)`;
    },
    remove: () => band.remove(),
  };
}

/**
 * Let ranges be drawn on parts of the page. A press without a way is left to the page.
 * @param {any} context @param {(target: Element) => boolean} wanted which parts @param {(range: Range, settled: boolean, from: {start: Element, y: number}) => void} change
 * @returns {() => void} its undoing
 */
export function listenForRanges(context, wanted, change) {
  const figures = find(document, "#figures", HTMLElement);
  const away = new AbortController();
  const { signal } = away;
  /** @type {{from: number, x: number, y: number, id: number, start: Element, network: boolean} | null} */
  let drag = null;
  let moved = false;
  const at = (/** @type {PointerEvent} */ event, /** @type {boolean} */ network) => {
    const { scene, player } = context;
    const x = event.clientX - figures.getBoundingClientRect().left;
    if (!network) return scene.timeline.at(x);
    const first = scene.lensFirst(player.state.t);
    return Math.min(player.T - 1, Math.max(0, first + Math.floor((x - scene.near.left) / scene.near.step)));
  };
  figures.addEventListener(
    "pointerdown",
    (event) => {
      const target = /** @type {Element} */ (event.target);
      moved = false;
      if (event.button !== 0 || !wanted(target)) return;
      const network = target.closest("#network") !== null;
      drag = {
        from: at(event, network),
        x: event.clientX,
        y: event.clientY,
        id: event.pointerId,
        start: target,
        network,
      };
    },
    { signal },
  );
  // on the window: while the button is down, figures at rest lay a cover over the page
  window.addEventListener(
    "pointermove",
    (event) => {
      if (drag === null || event.pointerId !== drag.id) return;
      if (!moved && Math.abs(event.clientX - drag.x) < 6) return;
      moved = true;
      change(between(drag.from, at(event, drag.network)), false, drag);
    },
    { signal },
  );
  const end = (/** @type {PointerEvent} */ event) => {
    if (drag === null || event.pointerId !== drag.id) return;
    if (moved) change(between(drag.from, at(event, drag.network)), true, drag);
    drag = null;
  };
  window.addEventListener("pointerup", end, { signal });
  window.addEventListener("pointercancel", end, { signal });
  figures.addEventListener(
    "click",
    (event) => {
      if (moved) event.stopPropagation(); // the end of a drag is no click
      moved = false;
    },
    { signal, capture: true },
  );
  return () => away.abort();
}

const MOST_WORDS = 1200;

/** The words of the run as a list of which a stretch is chosen. */
export class WordStrip {
  /** @param {Change} change */
  constructor(change) {
    this.change = change;
    this.words = /** @type {HTMLElement[]} */ ([]);
    /** @type {Range} */
    this.range = { first: 0, last: 0 };
    this.anchor = 0;
    this.head = 0;
    this.known = "";
    this.host = make("div", {
      class: "word-strip",
      role: "listbox",
      tabindex: "0",
      "aria-multiselectable": "true",
      "aria-label": t("tool.range.words"),
    });
    this.host.addEventListener("keydown", (event) => this.#key(event));
    this.#listen();
  }

  /** @param {readonly string[]} words */
  show(words) {
    const key = words.join("\u0000");
    if (key === this.known) return;
    this.known = key;
    const chars = words.every((word) => [...word].length <= 1);
    this.host.classList.toggle("is-characters", chars);
    this.words = words
      .slice(0, MOST_WORDS)
      .map((word, at) =>
        make(
          "span",
          { role: "option", id: `range-word-${at}`, "data-t": String(at), "aria-selected": "false" },
          word === " " ? "␣" : word || "·",
        ),
      );
    this.host.replaceChildren(...this.words);
    this.mark(this.range);
  }

  /** @param {Range} range */
  mark(range) {
    this.range = range;
    this.words.forEach((word, at) => {
      const chosen = String(at >= range.first && at <= range.last);
      if (word.getAttribute("aria-selected") !== chosen) word.setAttribute("aria-selected", chosen);
    });
    if (this.head < range.first || this.head > range.last) [this.anchor, this.head] = [range.first, range.last];
    this.host.setAttribute("aria-activedescendant", `range-word-${this.head}`);
  }

  /** @param {number} head @param {boolean} extend @param {boolean} settled */
  #go(head, extend, settled) {
    this.head = Math.min(this.words.length - 1, Math.max(0, head));
    if (!extend) this.anchor = this.head;
    const range = between(this.anchor, this.head);
    this.mark(range);
    this.words[this.head]?.scrollIntoView({ block: "nearest" });
    this.change(range, settled);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const ways = /** @type {Record<string, number>} */ ({
      ArrowLeft: this.head - 1,
      ArrowRight: this.head + 1,
      Home: 0,
      End: this.words.length - 1,
    });
    if (!(event.key in ways) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // the page's own arrows move the playhead
    this.#go(ways[event.key], event.shiftKey, true);
  }

  #listen() {
    const at = (/** @type {PointerEvent} */ event) => {
      const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-t]");
      return under instanceof HTMLElement && this.host.contains(under) ? Number(under.dataset.t) : null;
    };
    let down = false;
    this.host.addEventListener("pointerdown", (event) => {
      const found = at(event);
      if (found === null || event.button !== 0) return;
      down = true;
      this.#go(found, event.shiftKey, false);
    });
    this.host.addEventListener("pointermove", (event) => {
      const found = down ? at(event) : null;
      if (found !== null && found !== this.head) this.#go(found, true, false);
    });
    const end = () => {
      if (down) this.change(this.range, true);
      down = false;
    };
    for (const name of ["pointerup", "pointercancel"]) this.host.addEventListener(name, end);
    this.host.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") end();
    });
  }
}

/** Two numbers: from and to. @param {Change} change */
export function createEnds(change) {
  const [from, to] = ["from", "to"].map((name) =>
    make("input", { type: "number", min: "0", step: "1", id: `range-${name}`, inputmode: "numeric" }),
  );
  const host = make(
    "div",
    { class: "range-ends" },
    make("label", { for: from.id }, t("tool.range.from")),
    from,
    make("label", { for: to.id }, t("tool.range.to")),
    to,
  );
  let T = 1;
  host.addEventListener("change", ({ target }) => {
    const clamp = (/** @type {string} */ text) => Math.min(T - 1, Math.max(0, Math.round(Number(text)) || 0));
    const [first, last] = [clamp(from.value), clamp(to.value)]; // what was not typed gives way
    change(target === from ? { first, last: Math.max(first, last) } : { first: Math.min(first, last), last }, true);
  });
  return {
    host,
    /** @param {Range} range @param {number} steps */
    draw({ first, last }, steps) {
      T = steps;
      for (const [field, value] of /** @type {[HTMLInputElement, number][]} */ ([
        [from, first],
        [to, last],
      ])) {
        field.max = String(T - 1);
        if (document.activeElement !== field) field.value = String(value);
      }
    },
  };
}
