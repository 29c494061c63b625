// The curse of dimensionality: what a window of n words needs, and how often it looks at what was never seen before.

import { make } from "../dom.js";
import { count, sketched } from "../motion/sketch.js";
import { percent, short } from "../numbers.js";
import { t } from "../strings.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {{size: number, parameters: number, possible: number, contexts: number, unseen: number}} Row `possible` is a power of ten
 * @typedef {{rows: Row[], chosen: number, width: number}} Seen
 */

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** @param {Trace} trace @param {State} state @returns {Seen} */
export function data(trace, { look }) {
  const of = (/** @type {string} */ name) => trace.get(`window/${name}`)?.data ?? new Float64Array();
  const [parameters, possible, contexts, unseen] = ["parameters", "possible", "contexts", "unseen"].map(of);
  const rows = Array.from(unseen, (share, i) => ({
    size: i + 1,
    parameters: parameters[i],
    possible: possible[i],
    contexts: contexts[i],
    unseen: share,
  }));
  return { rows, chosen: Math.min(rows.length, look.size ?? 2), width: trace.dims.input };
}

/** One quantity over the sizes: a column each, its number on it. @param {Seen} seen @param {{title: string, kind: string, share: (row: Row) => number, text: (row: Row) => string}} bars @param {(size: number) => void} choose */
function columns({ rows, chosen }, { title, kind, share, text }, choose) {
  const bars = rows.map((row) => {
    const bar = make("i", {});
    bar.style.height = `${Math.max(0.5, 100 * share(row))}%`;
    const column = make(
      "button",
      {
        type: "button",
        class: "curse-column",
        "aria-pressed": String(row.size === chosen),
        "aria-label": t("curse.column", { size: row.size, value: text(row) }),
      },
      make("span", { class: "curse-bar" }, make("b", {}, text(row)), bar),
      make("span", { class: "curse-size" }, String(row.size)),
    );
    column.addEventListener("click", () => choose(row.size));
    return column;
  });
  return make("figure", { class: `curse is-${kind}` }, make("figcaption", {}, title), make("div", {}, ...bars));
}

export const view = sketched({
  name: "curse",
  reads: ["window/unseen", "window/parameters"],
  data,
  draw(/** @type {Seen} */ seen, { player }) {
    const choose = (/** @type {number} */ size) => player.set({ look: { ...player.state.look, size } });
    const most = Math.max(...seen.rows.map(({ parameters }) => parameters));
    const weights = {
      title: t("curse.parameters"),
      kind: "weights",
      share: (/** @type {Row} */ { parameters }) => parameters / most,
      text: (/** @type {Row} */ { parameters }) => compact.format(parameters),
    };
    const unseen = {
      title: t("curse.unseen"),
      kind: "unseen",
      share: (/** @type {Row} */ row) => row.unseen,
      text: (/** @type {Row} */ row) => percent(row.unseen),
    };
    return [
      make("div", { class: "curses" }, columns(seen, weights, choose), columns(seen, unseen, choose)),
      make("p", { class: "sketch-note" }, note(seen)),
    ];
  },
  summary: note,
  table: (/** @type {Seen} */ { rows }) => ({
    head: [t("curse.size"), t("curse.parameters"), t("curse.possible"), t("curse.contexts"), t("curse.unseen")],
    rows: rows.map((row) => [
      String(row.size),
      count(row.parameters),
      short(10 ** row.possible),
      count(row.contexts),
      percent(row.unseen),
    ]),
  }),
});

/** @param {Seen} seen */
function note({ rows, chosen, width }) {
  const row = rows[chosen - 1];
  return t("curse.note", {
    size: row.size,
    width,
    possible: short(10 ** row.possible),
    contexts: count(row.contexts),
    unseen: percent(row.unseen),
  });
}
