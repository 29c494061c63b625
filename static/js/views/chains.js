// The whole of a network of several chains, from the output down to the input: each chain a row of its states, with what is
// handed over, read and looked at between them. The names are a switch: the chain that is chosen is the one shown in full.

import { blocksOf, lensOf, progress } from "../blocks.js";
import { hide, make, svg, write } from "../dom.js";
import { sharp } from "../motion/chart.js";
import { chainRows, handovers, lookings, readings } from "../motion/links.js";
import { enlarge, magnitude, pixels, signed } from "../motion/paint.js";
import { roundUp } from "../numbers.js";
import { happened, nth } from "../player.js";
import { t } from "../strings.js";
import { makeTimeline } from "../timeline.js";
import { largest } from "../trace.js";

/**
 * @typedef {import('../motion/chart.js').Context} Context
 * @typedef {import('../motion/chart.js').Scene} Scene
 * @typedef {import('../motion/links.js').Row} Row
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {{row: Row, host: HTMLElement, input: HTMLInputElement, canvas: HTMLCanvasElement, veils: HTMLElement[], now: HTMLElement}} Drawn
 */

/** The gradient's share of a row, in pixels. */
const GRADIENT = 5;

/** Attention's weights in a trace: the name and the chain that looks. @param {Trace} whole */
function attention(whole) {
  const looks = blocksOf(whole).find(({ memory }) => memory.length > 0);
  const name = whole.names.find((each) => each.startsWith(`${looks?.name}/`) && whole.dimsOf(each)[2] === "source");
  const array = name ? whole.get(name) : undefined;
  return looks && array ? { looks, array } : null;
}

class Chains {
  /** @param {HTMLElement} host @param {Context} context */
  constructor(host, context) {
    this.host = host;
    this.context = context;
    this.links = svg("svg", { class: "chain-links", "aria-hidden": "true", focusable: "false" });
    this.looks = svg("g", { class: "chain-looks" });
    this.list = make("div", { class: "chain-list", role: "radiogroup", "aria-label": t("chains.label") });
    this.words = make("p", { class: "hidden" });
    host.replaceChildren(this.links, this.list, this.words);
    /** @type {Drawn[]} */
    this.drawn = [];
    this.version = -1;
    this.seen = "";
    this.listen();
  }

  listen() {
    this.list.addEventListener("change", (event) => this.choose(/** @type {HTMLInputElement} */ (event.target).value));
    this.host.addEventListener("click", (event) => {
      const host = /** @type {Element} */ (event.target).closest(".chain-strip");
      const found = this.drawn.find(({ canvas }) => host?.contains(canvas));
      if (!host || !found) return;
      this.choose(found.row.block.name, found.row.timeline.at(event.clientX - this.host.getBoundingClientRect().left));
    });
  }

  /** @param {string} name @param {number} [at] a step to look at */
  choose(name, at) {
    const { player } = this.context;
    const { look, focus } = player.state;
    const kept = focus?.parameter ? null : focus; // the error of a contribution may be none of the other chain's steps
    player.set({ look: { ...look, block: name }, focus: kept, ...(at !== undefined && { t: at, playing: false }) });
  }

  /** @param {Trace} trace @param {State} state */
  draw(trace, state) {
    const { block, whole } = trace;
    hide(this.host, block === undefined);
    if (block === undefined || whole === undefined) return;
    const { scene } = this.context;
    if (this.version !== scene.version) {
      this.version = scene.version;
      this.furnish(whole, scene, block.name);
    }
    this.follow(trace, state);
  }

  /** @param {Trace} whole @param {Scene} scene @param {string} chosen */
  furnish(whole, scene, chosen) {
    const { width, left, right } = scene.timeline;
    const line = (/** @type {import('../blocks.js').Block} */ { steps }) =>
      makeTimeline({ width, left, right, T: steps });
    const { rows, height } = chainRows(blocksOf(whole), line, scene.scale);
    this.host.style.height = `${height}px`;
    const names = rows.map(({ block }) => block.name).join(" ");
    if (this.list.dataset.names !== names) {
      this.list.dataset.names = names;
      this.drawn = rows.map((row) => makeRow(row));
      this.list.replaceChildren(...this.drawn.map(({ host }) => host));
    }
    for (const [index, drawn] of this.drawn.entries()) {
      drawn.row = rows[index];
      drawn.input.checked = rows[index].block.name === chosen;
      drawn.host.classList.toggle("is-chosen", drawn.input.checked);
      placeRow(drawn, lensOf(whole, rows[index].block.name), scene, rows, index);
    }
    const ways = [...readings(rows), ...handovers(rows)].map(({ d, kind }) =>
      svg("path", { class: `chain-${kind}`, d, ...(kind === "start" && { "marker-end": "url(#chain-tip)" }) }),
    );
    this.links.replaceChildren(tip(), this.looks, ...ways);
    this.seen = "";
    write(this.words, t("chains.summary", { count: rows.length, names: [...names.split(" ")].reverse().join(", ") }));
  }

  /** @param {Trace} trace @param {State} state */
  follow(trace, state) {
    const block = /** @type {import('../blocks.js').Block} */ (trace.block);
    const until = happened(state, { T: block.steps, reversed: block.direction === "backward" });
    for (const { row, veils, now } of this.drawn) {
      const own = row.block;
      const done = progress(own, block, state.phase, until.done);
      const { inner, step, left } = row.timeline;
      const side = own.direction === "backward" ? -1 : 1;
      veils[0].style.transform = `translateX(${side * Math.min(inner, done.forward * step)}px)`;
      veils[1].style.transform = `translateX(${-side * Math.min(inner, done.backward * step)}px)`;
      hide(now, own.axis !== block.axis);
      const at = own.direction === block.direction ? state.t : nth(state.t, block.steps, state.phase !== "whole");
      now.style.transform = `translateX(${row.timeline.edge(at) - left}px)`;
    }
    this.look(trace, state);
  }

  /** The lines of attention at the step that is seen. @param {Trace} trace @param {State} state */
  look({ block, whole }, state) {
    const key = `${block?.name} ${state.t}`;
    if (!whole || !block || this.seen === key) return;
    this.seen = key;
    const found = attention(whole);
    const row = (/** @type {string | undefined} */ name) =>
      this.drawn.find((each) => each.row.block.name === name)?.row;
    const [looks, memory] = [row(found?.looks.name), row(found?.looks.memory.at(-1))];
    if (!found || !looks || !memory) return this.looks.replaceChildren();
    const { data, shape } = found.array;
    const weight = (/** @type {number} */ at, /** @type {number} */ j) => data[at * shape[1] * shape[2] + j];
    const lines = lookings(looks, memory, { at: state.t, weight, fromMemory: block.axis === "source" });
    this.looks.replaceChildren(
      ...lines.map(({ d, weight: share }) =>
        svg("path", {
          class: "chain-look",
          d,
          "stroke-width": String(0.5 + 7 * share),
          opacity: String(0.25 + 0.75 * share),
        }),
      ),
    );
  }

  destroy() {
    this.host.replaceChildren();
  }
}

/** The head of the arrow where one chain hands over to another. */
function tip() {
  const marker = svg("marker", {
    id: "chain-tip",
    viewBox: "0 0 8 8",
    refX: "7",
    refY: "4",
    markerWidth: "9",
    markerHeight: "9",
    markerUnits: "userSpaceOnUse",
    orient: "auto",
  });
  marker.append(svg("path", { d: "M0,0.5L8,4L0,7.5Z", class: "chain-tip" }));
  const defs = svg("defs", {});
  defs.append(marker);
  return defs;
}

/** @param {Row} row @returns {Drawn} */
function makeRow(row) {
  const { name, direction } = row.block;
  const input = make("input", { type: "radio", name: "chain", value: name });
  const arrow = make("span", { class: "chain-way", "aria-hidden": "true" }, direction === "backward" ? "←" : "→");
  const label = make(
    "label",
    { class: "chain-name", title: name },
    input,
    make("span", { class: "chain-title" }, name),
    arrow,
  );
  const canvas = make("canvas", { "aria-hidden": "true" });
  const veils = [make("div", { class: "chain-veil" }), make("div", { class: "chain-veil is-gradient" })];
  const now = make("div", { class: "chain-now" });
  const strip = make("div", { class: "chain-strip", "aria-hidden": "true" }, canvas, ...veils, now);
  const words = make("div", { class: "chain-words", "aria-hidden": "true" });
  const host = make("div", { class: "chain-row" }, label, strip, words);
  return { row, host, input, canvas, veils, now };
}

/** @param {Drawn} drawn @param {Trace} lens @param {Scene} scene @param {Row[]} rows @param {number} index */
function placeRow({ row, host, canvas, now }, lens, scene, rows, index) {
  const { timeline, height, top } = row;
  const strip = /** @type {HTMLElement} */ (canvas.parentElement);
  host.style.top = `${top}px`;
  strip.style.left = `${timeline.left}px`;
  strip.style.width = `${timeline.inner}px`;
  strip.style.height = `${height}px`;
  now.style.width = `${Math.max(2, timeline.step)}px`;
  paint(canvas, lens, scene, { width: timeline.inner, height });
  const words = host.querySelector(".chain-words");
  const axes = new Set(rows.map(({ block }) => block.axis)).size;
  const first = index === 0;
  const outer = axes > 1 && (first || index === rows.length - 1);
  const shown = outer && timeline.step >= 30 ? (lens.labels.time ?? []) : [];
  words?.replaceChildren(
    ...shown.map((word, at) => inscribe(word, timeline.edge(at), timeline.step, first ? -16 * scene.scale : height)),
  );
}

/** @param {string} text @param {number} x @param {number} wide @param {number} top */
function inscribe(text, x, wide, top) {
  const word = make("span", {}, text);
  word.style.left = `${x}px`;
  word.style.top = `${top}px`;
  word.style.width = `${wide}px`;
  return word;
}

/** The states of a chain, units down, and under them the size of the gradient that reaches each step. @param {HTMLCanvasElement} canvas @param {Trace} lens @param {Scene} scene @param {{width: number, height: number}} size */
function paint(canvas, lens, { palette, decades }, size) {
  const context = sharp(canvas, size);
  context.fillStyle = palette.paper;
  context.fillRect(0, 0, size.width, size.height);
  const output = lens.block?.output ?? "";
  const [states, norms] = [lens.get(output), lens.get(`grad_norm/${output}`)];
  const columns = lens.dims.time;
  if (states) {
    const [, batch, rows] = states.shape;
    const value = (/** @type {number} */ unit, /** @type {number} */ at) => states.data[at * batch * rows + unit];
    const image = pixels({ value, rows, columns }, signed(roundUp(largest(states.data))), palette, document);
    enlarge(context, image, { left: 0, top: 0, width: size.width, height: size.height - GRADIENT - 1 }, palette.paper);
  }
  if (norms) {
    const value = (/** @type {number} */ _row, /** @type {number} */ at) => norms.data[at];
    const image = pixels({ value, rows: 1, columns }, magnitude(decades), palette, document);
    enlarge(
      context,
      image,
      { left: 0, top: size.height - GRADIENT, width: size.width, height: GRADIENT },
      palette.paper,
    );
  }
}

export const view = {
  name: "chains",
  reads: ["{state}", "grad_norm/{state}"],
  /** @param {HTMLElement} host @param {Context} context */
  mount: (host, context) => new Chains(host, context),
};
