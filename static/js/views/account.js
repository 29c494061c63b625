// An account: each payment a bar as high as its logarithm, and a statement of the payments around the present one.

import { make } from "../dom.js";
import { spans } from "../motion/rows.js";
import { percent } from "../numbers.js";
import { t as say } from "../strings.js";

/**
 * @typedef {import('../motion/rows.js').Picture} Picture
 * @typedef {import('../motion/rows.js').Trace} Trace
 */

const LINES = 2;

/** A payment in words. @param {Picture} picture @param {number} t */
export function payment({ arrays, time }, t) {
  const hour = arrays.hour.data[t];
  const clock = `${String(Math.floor(hour)).padStart(2, "0")}:${String(Math.floor((hour % 1) * 60)).padStart(2, "0")}`;
  const [amount, ...shop] = (time[t] ?? "").split(" ");
  const how = [arrays.online.data[t] > 0 && say("data.online"), arrays.abroad.data[t] > 0 && say("data.abroad")].filter(
    Boolean,
  );
  return [clock, shop.join(" "), how.join(", "), amount];
}

/** @param {Trace} trace @param {number} t */
const alarm = (trace, t) => {
  const probs = trace.get("probs");
  return probs ? percent(probs.data[t]) : "";
};

/** @type {import('../motion/rows.js').Row} */
export const row = {
  name: "account",
  height: ({ arrays }) => (arrays.amount ? 60 : 0),
  paint(pen, { picture, scene, top, height }) {
    const { data } = picture.arrays.amount;
    const most = Math.log1p(Math.max(...data));
    const { timeline, palette } = scene;
    const bar = (/** @type {number} */ t) => {
      const high = Math.max(2, (Math.log1p(data[t]) / most) * (height - 8));
      pen.fillRect(timeline.edge(t) + 1, top + height - high, Math.max(1, timeline.step - 2), high);
    };
    pen.fillStyle = palette.meaning.input;
    for (let t = 0; t < Math.min(data.length, timeline.T); t += 1) bar(t);
    pen.fillStyle = palette.meaning.forget;
    for (const [from, to] of spans(picture.arrays.stolen.data))
      for (let t = from; t < Math.min(to, timeline.T); t += 1) bar(t);
  },
  write(host, { picture, trace, scene }, { t, forward }) {
    const from = Math.max(0, Math.min(t - LINES, scene.timeline.T - 2 * LINES - 1));
    const shown = Array.from({ length: Math.min(2 * LINES + 1, scene.timeline.T) }, (_, i) => from + i);
    const heads = ["time", "shop", "how", "amount", "alarm"].map((name) =>
      make("th", { scope: "col" }, say(`data.account.${name}`)),
    );
    const lines = shown.map((at) => {
      const cells = [...payment(picture, at), at <= forward ? alarm(trace, at) : ""].map((text) =>
        make("td", {}, text),
      );
      return make(
        "tr",
        { class: `${at === t ? "is-now" : ""}${picture.arrays.stolen.data[at] > 0 ? " is-stolen" : ""}` },
        ...cells,
      );
    });
    host.replaceChildren(
      make("table", { class: "statement" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines)),
    );
  },
  columns(picture) {
    if (!picture.arrays.amount) return [];
    const names = ["time", "shop", "how", "amount"];
    const parts = names.map((name, i) => ({
      name: say(`data.account.${name}`),
      at: (/** @type {number} */ t) => payment(picture, t)[i],
    }));
    return [
      ...parts,
      { name: say("data.account.stolen"), at: (t) => (picture.arrays.stolen.data[t] > 0 ? say("data.yes") : "") },
    ];
  },
};
