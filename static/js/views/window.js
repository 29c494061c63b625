// What a model with a fixed window sees: the last few words, each a row of zeros with a single one, and nothing else.

import { make, write } from "../dom.js";
import { count, sketched } from "../motion/sketch.js";
import { t } from "../strings.js";
import { step } from "../trace.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {{words: string[], t: number, next: string, rows: {word: string, at: number, one: number}[], width: number, size: number, sizes: number,
 *   inputs: number, parameters: number}} Seen
 */

/** As many places of a row as can be told apart; of more, only the one is drawn in its place. */
const MOST_CELLS = 40;
const MOST_WORDS = 60;

/** @param {Trace} trace @param {State} state @returns {Seen} */
export function data(trace, state) {
  const sizes = trace.get("window/inputs")?.data.length ?? 1;
  const size = Math.min(sizes, state.look.size ?? 2);
  const x = /** @type {import('../trace.js').TraceArray} */ (trace.get("x"));
  const words = trace.labels.time ?? [];
  const first = Math.max(0, state.t - size + 1);
  const rows = Array.from({ length: state.t - first + 1 }, (_, i) => {
    const at = first + i;
    return { word: words[at], at, one: step(x, at).indexOf(1) };
  });
  const one = (/** @type {string} */ name) => trace.get(`window/${name}`)?.data[size - 1] ?? 0;
  return {
    words,
    t: state.t,
    next: trace.labels.target?.[state.t] ?? "",
    rows,
    width: x.shape[2],
    size,
    sizes,
    inputs: one("inputs"),
    parameters: one("parameters"),
  };
}

/** The sentence as far as it has been read: what is in the window, what lies behind it, what is to be guessed. @param {Seen} seen */
function sentence({ words, t: now, rows, next }) {
  const first = Math.max(0, now - MOST_WORDS);
  const chips = words.slice(first, now + 1).map((word, i) => {
    const inside = first + i >= (rows[0]?.at ?? 0);
    return make("span", { class: `chip${inside ? " is-inside" : " is-out"}` }, word || "∅");
  });
  return make(
    "p",
    { class: "chips" },
    ...chips,
    make("span", { class: "chip is-next", title: next }, make("b", {}, "?"), " ", next),
  );
}

/** One word of the window as its one-hot code. @param {Seen['rows'][number]} row @param {number} width */
function code({ word, one }, width) {
  const cells = make("span", { class: "code", "aria-hidden": "true" });
  if (width <= MOST_CELLS)
    for (let i = 0; i < width; i += 1)
      cells.append(make("span", { class: i === one ? "is-one" : undefined }, i === one ? "1" : "0"));
  else if (one >= 0) {
    const mark = make("span", { class: "code-mark" });
    mark.style.left = `${(100 * one) / width}%`;
    cells.classList.add("is-long");
    cells.append(mark);
  }
  return make("div", { class: "code-row" }, make("span", { class: "code-word" }, word || "∅"), cells);
}

export const view = sketched({
  name: "window",
  reads: ["window/inputs", "x"],
  data,
  draw: (/** @type {Seen} */ seen) => [
    sentence(seen),
    make("div", { class: "codes" }, ...seen.rows.map((row) => code(row, seen.width))),
    make("p", { class: "sketch-note" }, t("window.note", told(seen))),
  ],
  summary: (/** @type {Seen} */ seen) =>
    t("window.summary", { ...told(seen), words: seen.rows.map(({ word }) => `“${word}”`).join(", "), next: seen.next }),
  table: (/** @type {Seen} */ { rows }) => ({
    head: [t("frame.step"), t("frame.word"), t("window.place")],
    rows: rows.map(({ at, word, one }) => [String(at), word, String(one)]),
  }),
  controls(head, /** @type {Seen} */ { size, sizes }, { player }) {
    const label = head.querySelector("output") ?? make("output", { class: "sketch-value" });
    const slider = head.querySelector("input") ?? made(sizes, label, head, player);
    slider.max = String(sizes);
    slider.value = String(size);
    write(label, t("window.size", { size }));
  },
});

/** The slider for how much the window holds. @param {number} sizes @param {HTMLElement} label @param {HTMLElement} head @param {import('../player.js').Player} player */
function made(sizes, label, head, player) {
  const slider = make("input", {
    type: "range",
    min: "1",
    max: String(sizes),
    step: "1",
    "aria-label": t("window.slider"),
  });
  slider.addEventListener("input", () => player.set({ look: { ...player.state.look, size: Number(slider.value) } }));
  head.replaceChildren(make("label", { class: "sketch-control" }, label, slider));
  return slider;
}

/** @param {Seen} seen */
const told = ({ size, width, inputs, parameters, rows }) => ({
  size,
  width,
  inputs: count(inputs),
  parameters: count(parameters),
  ones: rows.filter(({ one }) => one >= 0).length,
});
