// A bag of words: how often each was read up to now, and nothing about where. After surgery the bag before it stands beside.

import { make } from "../dom.js";
import { sketched } from "../motion/sketch.js";
import { short } from "../numbers.js";
import { t } from "../strings.js";
import { step } from "../trace.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {{t: number, rows: {word: string, count: number, before: number | null}[], left: number, compared: boolean, differ: number}} Seen
 *   `left` words are in neither bag, `differ` rows are not the same in both
 */

/** @param {Trace} trace @param {State} state @returns {Seen} */
export function data(trace, { t: now }) {
  const [bag, other] = [trace.get("bag"), trace.get("unperturbed/bag")];
  const counts = bag ? step(bag, now) : new Float64Array();
  const before = other ? step(other, now) : null;
  const all = Array.from(counts, (count, i) => ({
    word: trace.labels.input?.[i] ?? String(i),
    count,
    before: before ? before[i] : null,
  }));
  const rows = all.filter(({ count, before: was }) => count !== 0 || (was ?? 0) !== 0);
  const differ = rows.filter(({ count, before: was }) => was !== null && was !== count).length;
  return { t: now, rows, left: all.length - rows.length, compared: before !== null, differ };
}

/** @param {number} count @param {string} kind @param {string} [name] which of two bags it is, for those who do not see it */
function tally(count, kind, name = "") {
  const whole = Number.isInteger(count) && count >= 0 && count <= 12;
  const marks = Array.from({ length: whole ? count : 0 }, () => make("i", {}));
  return make(
    "span",
    { class: `tally ${kind}` },
    make("b", {}, make("span", { class: "hidden" }, name), short(count)),
    ...marks,
  );
}

export const view = sketched({
  name: "bag",
  reads: ["bag"],
  data,
  draw: (/** @type {Seen} */ { rows, compared, ...seen }) => [
    make(
      "ol",
      { class: `bag${compared ? " is-compared" : ""}` },
      ...rows.map(({ word, count, before }) =>
        make(
          "li",
          { class: before !== null && before !== count ? "is-other" : undefined },
          make("span", { class: "bag-word" }, word),
          ...(before === null ? [] : [tally(before, "is-before", `${t("bag.before")}: `)]),
          tally(count, "is-now", before === null ? "" : `; ${t("bag.now")}: `),
        ),
      ),
    ),
    make("p", { class: "sketch-note" }, note({ rows, compared, ...seen })),
  ],
  summary: note,
  table: (/** @type {Seen} */ { rows, compared }) => ({
    head: [t("frame.word"), ...(compared ? [t("bag.before")] : []), t("bag.count")],
    rows: rows.map(({ word, count, before }) => [word, ...(before === null ? [] : [short(before)]), short(count)]),
  }),
});

/** @param {Seen} seen */
function note({ t: now, rows, left, compared, differ }) {
  const both = { t: now, words: rows.length, left, differ };
  return compared ? t(differ === 0 ? "bag.same" : "bag.differ", both) : t("bag.note", both);
}
