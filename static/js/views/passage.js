// A text as text: what has been read in ink, what is still to come pale; of a pair, how much is looked at each character.

import { make } from "../dom.js";
import { looking } from "../motion/looks.js";

/** @param {string} text @param {string} kind @param {number} [share] */
function token(text, kind, share) {
  const element = make("span", { class: `token ${kind}` }, text === "\n" ? "¶ " : text);
  if (share !== undefined) element.style.setProperty("--share", `${Math.round(100 * share)}%`);
  return element;
}

/** @type {import('../motion/rows.js').Row} */
export const row = {
  name: "passage",
  height: () => 0,
  write(host, place, { t }) {
    const { picture, trace } = place;
    if (!["text", "pairs"].includes(picture.kind)) return;
    const shares = looking(trace, t);
    const read = shares ? null : t;
    const blank = picture.time.every((each) => each.length <= 1) ? "" : " ";
    const kind = (/** @type {number} */ i) =>
      read === null ? "" : i < read ? "is-read" : i === read ? "is-now" : "is-ahead";
    const source = picture.time.map((each, i) => token(each + blank, kind(i), shares?.[i]));
    const said = (trace.labels.target ?? []).slice(0, t + 1).filter(Boolean);
    const answer = shares
      ? [make("p", { class: "passage-answer" }, said.join(picture.kind === "pairs" ? "" : " "))]
      : [];
    host.replaceChildren(make("p", { class: "passage" }, ...source), ...answer);
  },
};
