// The units of one node at one step, side by side as small bars; one of them is chosen, by click, by arrow or by stepper.

import { make, svg, write } from "../dom.js";
import { short } from "../numbers.js";

const [WIDTH, HEIGHT] = [1000, 40];

/** To a hundredth: a drawing is not finer, and ten times as much is written at every step. @param {number} value */
const cents = (value) => Math.round(100 * value) / 100;

/**
 * The outline of bars: one for each value, from the floor or from the middle.
 * @param {ArrayLike<number>} values @param {{low: number, high: number}} range @param {{x: number, y: number, width: number, height: number}} box
 */
export function bars(values, { low, high }, { x, y, width, height }) {
  const wide = width / values.length;
  const gap = wide >= 3 ? Math.min(1.5, wide / 5) : 0;
  const at = (/** @type {number} */ value) =>
    y + height - ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * height;
  const zero = cents(at(Math.max(low, Math.min(high, 0))));
  let path = "";
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (!Number.isFinite(value) || value === 0) continue;
    const left = cents(x + index * wide + gap / 2);
    path += `M${left},${zero}H${cents(x + (index + 1) * wide - gap / 2)}V${cents(at(value))}H${left}Z`;
  }
  return path;
}

/**
 * @param {HTMLElement} host @param {(unit: number) => void} choose @param {(key: string, values?: Record<string, unknown>) => string} t
 * @returns {(shown: {values: ArrayLike<number>, unit: number, range: {low: number, high: number}, names?: string[], meaning: string}) => void}
 */
export function createUnits(host, choose, t) {
  const all = svg("path", { class: "units-all" });
  const one = svg("path", { class: "units-one" });
  const zero = svg("path", { class: "units-zero" });
  const strip = svg(
    "svg",
    { class: "units-strip", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    zero,
    all,
    one,
  );
  const name = make("output", { class: "units-name" });
  const scale = make("span", { class: "units-scale" });
  const back = stepper("‹", t("panel.unit.back"));
  const next = stepper("›", t("panel.unit.next"));
  host.replaceChildren(make("div", { class: "units-step" }, back, name, next, scale), strip);
  let [unit, count] = [0, 1];
  back.addEventListener("click", () => choose((unit - 1 + count) % count));
  next.addEventListener("click", () => choose((unit + 1) % count));
  strip.addEventListener("click", (event) => choose(unitUnder(strip, /** @type {any} */ (event).clientX, count)));
  return ({ values, unit: chosen, range, names, meaning }) => {
    [unit, count] = [chosen, values.length];
    host.className = `units of-${meaning}`;
    const box = { x: 0, y: 1, width: WIDTH, height: HEIGHT - 2 };
    all.setAttribute("d", bars(values, range, box));
    const wide = WIDTH / count;
    one.setAttribute("d", `M${unit * wide},0h${wide}v${HEIGHT}h${-wide}z`);
    const floor = 1 + box.height * (range.high / (range.high - range.low));
    zero.setAttribute("d", `M0,${floor.toFixed(1)}H${WIDTH}`);
    write(name, names ? `“${names[unit]}”` : t("panel.unit", { unit, count }));
    write(scale, `${short(range.low, 2)} … ${short(range.high, 2)}`);
  };
}

/** @param {Element} strip @param {number} x @param {number} count */
function unitUnder(strip, x, count) {
  const { left, width } = strip.getBoundingClientRect();
  return Math.min(count - 1, Math.max(0, Math.floor(((x - left) / width) * count)));
}

/** @param {string} sign @param {string} label */
const stepper = (sign, label) =>
  make("button", { type: "button", class: "icon stepper", "aria-label": label, title: label }, sign);
