// The spectrum of one step: the eigenvalues of its Jacobian about the unit circle, its singular values on a log scale.

import { make, put, svg, write } from "../dom.js";
import { power, short } from "../numbers.js";
import { outside } from "./places.js";
import { t } from "./words.js";

const SIZE = 168;
const MIDDLE = SIZE / 2;
const LONG = { width: 190, height: 168, left: 30, top: 10, bottom: 22 };
const FLOOR = 12; // decades below the largest that are drawn

/** @param {number} value */
const at = (value) => value.toFixed(1);

export function createSpectrum() {
  const circle = svg("svg", { class: "spectrum-circle", viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img" });
  const bars = svg("svg", { class: "spectrum-bars", viewBox: `0 0 ${LONG.width} ${LONG.height}`, role: "img" });
  const words = make("p", { class: "tool-note" });
  const heads = ["tool.geometry.eigen", "tool.geometry.singular"].map((key) => make("figcaption", {}, t(key)));
  const figures = [circle, bars].map((drawing, index) => {
    const figure = make("figure", {}, heads[index]);
    figure.append(drawing);
    return figure;
  });
  const title = make("h3", { class: "tool-label" });
  const host = make(
    "section",
    { class: "spectrum" },
    title,
    make("div", { class: "spectrum-pair" }, ...figures),
    words,
  );
  return {
    host,
    /** @param {{eigen: number[][], singular: number[]} | null} found @param {{t: number, word: string, waiting: string}} moment */
    draw(found, { t: step, word, waiting }) {
      write(title, t("tool.geometry.spectrum", { t: step, word }));
      host.classList.toggle("is-empty", found === null);
      if (!found) return write(words, waiting);
      const { count, largest } = outside(found.eigen);
      const condition = { count, n: found.eigen.length, largest: short(largest), most: short(found.singular[0]) };
      const told = t(
        Number.isFinite(largest) ? "tool.geometry.spectrum.told" : "tool.geometry.spectrum.none",
        condition,
      );
      write(words, told);
      put(circle, "aria-label", `${t("tool.geometry.eigen")}. ${told}`);
      const least = found.singular[found.singular.length - 1];
      put(bars, "aria-label", t("tool.geometry.singular.label", { most: condition.most, least: short(least) }));
      circle.replaceChildren(...around(found.eigen, largest));
      bars.replaceChildren(...ladder(found.singular));
    },
  };
}

/** The unit circle is always in view; what lies far out makes it smaller. @param {number[][]} eigen @param {number} largest */
function around(eigen, largest) {
  const reach = Math.max(1.15, Number.isFinite(largest) ? largest * 1.1 : 1.15);
  const unit = (MIDDLE - 4) / reach;
  const axes = svg("path", { class: "spectrum-axis", d: `M4,${MIDDLE}H${SIZE - 4}M${MIDDLE},4V${SIZE - 4}` });
  const ring = svg("circle", { class: "spectrum-unit", cx: at(MIDDLE), cy: at(MIDDLE), r: at(unit) });
  const dots = eigen
    .filter(([re, im]) => Number.isFinite(re) && Number.isFinite(im))
    .map(([re, im]) => {
      const out = Math.hypot(re, im) > 1 + 1e-9;
      const [x, y] = [MIDDLE + re * unit, MIDDLE - im * unit];
      const dot = svg("circle", { class: `spectrum-dot${out ? " is-out" : ""}`, cx: at(x), cy: at(y), r: "3.5" });
      dot.append(svg("title"));
      write(/** @type {Element} */ (dot.firstChild), complex(re, im));
      return dot;
    });
  const one = svg("text", { class: "spectrum-tick", x: at(MIDDLE + unit + 3), y: at(MIDDLE + 12) });
  one.textContent = "1";
  return [axes, ring, ...(unit > 14 ? [one] : []), ...dots];
}

/** @param {number} re @param {number} im */
export function complex(re, im) {
  if (Math.abs(im) < 1e-12) return short(re);
  return `${short(re)} ${im < 0 ? "−" : "+"} ${short(Math.abs(im))}i`;
}

/** @param {number[]} singular */
function ladder(singular) {
  const { width, height, left, top, bottom } = LONG;
  const known = singular.filter((value) => Number.isFinite(value) && value > 0);
  if (known.length === 0) return [];
  const high = Math.ceil(Math.log10(Math.max(known[0], 1)) + 1e-9);
  const low = Math.max(high - FLOOR, Math.floor(Math.min(0, Math.log10(known[known.length - 1])) - 1e-9));
  const y = (/** @type {number} */ value) =>
    top + ((high - Math.log10(value)) / Math.max(1, high - low)) * (height - top - bottom);
  const x = (/** @type {number} */ index) => left + 8 + ((index + 0.5) / singular.length) * (width - left - 12);
  const levels = [...new Set([high, 0, low])].flatMap((exponent) => {
    const text = svg("text", { class: "spectrum-tick is-side", x: at(left - 4), y: at(y(10 ** exponent) + 3.5) });
    text.textContent = exponent === 0 ? "1" : power(exponent);
    const d = `M${left},${at(y(10 ** exponent))}H${width - 2}`;
    return [svg("path", { class: `spectrum-level${exponent === 0 ? " is-unit" : ""}`, d }), text];
  });
  const dots = singular.map((value, index) => {
    const there = Number.isFinite(value) && value > 0;
    const place = there ? Math.min(y(value), height - bottom) : height - bottom;
    const radius = singular.length > 40 ? "2" : "3.5";
    const dot = svg("circle", {
      class: `spectrum-dot${value > 1 ? " is-out" : ""}`,
      cx: at(x(index)),
      cy: at(place),
      r: radius,
    });
    dot.append(svg("title"));
    write(/** @type {Element} */ (dot.firstChild), short(value));
    return dot;
  });
  return [...levels, ...dots];
}
