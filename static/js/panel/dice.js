// A dice: another number, small enough to be read out in a lecture.

import { make, svg } from "../dom.js";

const DOTS = [
  [8, 8],
  [16, 8],
  [12, 12],
  [8, 16],
  [16, 16],
];
const MOST = 10_000;

/** @param {string} label @param {(number: number) => void} choose */
export function diceButton(label, choose) {
  const dots = DOTS.map(([x, y]) => svg("circle", { cx: String(x), cy: String(y), r: "1.6" }));
  const face = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, ...dots);
  const button = make("button", { type: "button", class: "icon dice", "aria-label": label, title: label }, face);
  button.addEventListener("click", () => choose(crypto.getRandomValues(new Uint32Array(1))[0] % MOST));
  return button;
}
