// An address as a QR code: one path, sharp at any size. The library that makes it comes with the first one.

import { svg } from "./dom.js";

const library = new URL("../vendor/lean-qr-2.7.4/lean-qr.mjs", import.meta.url).href;

/** Light squares that a reader of codes needs around one. */
const QUIET = 4;

/** @typedef {{size: number, get: (x: number, y: number) => boolean}} Code */

/** Its dark squares, run by run, as a path. @param {Code} code */
export function pathOf({ size, get }) {
  let path = "";
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; ) {
      let end = x;
      while (get(end, y)) end += 1;
      if (end > x) path += `M${x} ${y}h${end - x}v1h${x - end}z`;
      x = Math.max(end, x + 1);
    }
  }
  return path;
}

/** @param {Code} code @param {string} label */
export function draw(code, label) {
  const side = code.size + 2 * QUIET;
  return svg(
    "svg",
    { class: "qr", viewBox: `${-QUIET} ${-QUIET} ${side} ${side}`, role: "img", "aria-label": label },
    svg("rect", { x: `${-QUIET}`, y: `${-QUIET}`, width: `${side}`, height: `${side}`, class: "qr-paper" }),
    svg("path", { d: pathOf(code), class: "qr-ink" }),
  );
}

/** @param {string} text @param {string} label @returns {Promise<Element | null>} nothing if it is longer than a code can hold */
export async function qrCode(text, label) {
  const { generate } = await import(library);
  try {
    return draw(generate(text), label);
  } catch {
    return null;
  }
}
