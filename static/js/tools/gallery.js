// Examples: addresses worth opening, each with a picture of its own numbers. The pictures came with this file, so that the
// gallery is there at once; what an example shows is computed when it is opened.

import { carried } from "../address.js";
import { between, css, gateRamp, readPalette } from "../color.js";
import { make } from "../dom.js";
import { makeDialog, show } from "./dialog.js";
import { EXAMPLES } from "./examples.js";
import { t } from "./gallery-words.js";

/**
 * @typedef {import('../color.js').Palette} Palette
 * @typedef {{id: string, group: string, query: string, at: string, picture: Picture}} Example
 * @typedef {{kind: string, rows: number, columns: number, data: string, meaning?: string}} Picture `data` is a byte for each number, in base64
 * @typedef {{root: URL, go: ((address: string) => void) | null}} Means `go` opens an address without loading the page again
 */

const WIDTH = 180;
const HEIGHT = 72;
const MARGIN = 6;

/** @param {Picture} picture */
export const levels = ({ data }) => Uint8Array.from(atob(data), (character) => character.charCodeAt(0));

/** @type {Record<string, (palette: Palette, picture: Picture) => import('../color.js').RGB[]>} */
const RAMPS = {
  signed: (palette) => palette.signed,
  magnitude: (palette) => palette.gradient,
  share: (palette, { meaning = "output" }) => gateRamp(palette, meaning),
};

/** A number for each place of a grid; 0 is none. @param {CanvasRenderingContext2D} pen @param {Picture} picture @param {Palette} palette */
function grid(pen, picture, palette) {
  const { rows, columns } = picture;
  const ramp = RAMPS[picture.kind](palette, picture);
  levels(picture).forEach((level, index) => {
    if (level === 0) return;
    const [x, y] = [index % columns, Math.floor(index / columns)];
    const [left, top] = [Math.round((x * WIDTH) / columns), Math.round((y * HEIGHT) / rows)];
    const [right, bottom] = [Math.round(((x + 1) * WIDTH) / columns), Math.round(((y + 1) * HEIGHT) / rows)];
    pen.fillStyle = css(between(ramp, (level - 1) / 254));
    pen.fillRect(left, top, right - left, bottom - top);
  });
}

/** One line a row. @param {CanvasRenderingContext2D} pen @param {Picture} picture @param {Palette} palette */
function lines(pen, picture, palette) {
  const { rows, columns, meaning = "loss" } = picture;
  const found = levels(picture);
  const run = (/** @type {number} */ row) => palette.meaning[rows > 1 ? `run-${"abcd"[row]}` : meaning];
  for (let row = 0; row < rows; row += 1) {
    const y = (/** @type {number} */ x) => HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * found[row * columns + x]) / 255;
    pen.strokeStyle = run(row);
    pen.beginPath();
    for (let x = 0; x < columns; x += 1)
      pen.lineTo(MARGIN + ((WIDTH - 2 * MARGIN) * x) / Math.max(1, columns - 1), y(x));
    pen.stroke();
  }
}

/** A way through a plane: the first row is its x, the second its y. @param {CanvasRenderingContext2D} pen @param {Picture} picture @param {Palette} palette */
function path(pen, picture, palette) {
  const { columns } = picture;
  const found = levels(picture);
  const place = (/** @type {number} */ n) =>
    /** @type {[number, number]} */ ([
      MARGIN + ((WIDTH - 2 * MARGIN) * found[n]) / 255,
      HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * found[columns + n]) / 255,
    ]);
  pen.strokeStyle = palette.meaning.state;
  pen.fillStyle = palette.meaning.state;
  pen.beginPath();
  for (let n = 0; n < columns; n += 1) pen.lineTo(...place(n));
  pen.stroke();
  for (let n = 0; n < columns; n += 1) {
    pen.beginPath();
    pen.arc(...place(n), 2.4, 0, 2 * Math.PI);
    pen.fill();
  }
}

/** @type {Record<string, typeof grid>} */
const PAINTERS = { signed: grid, magnitude: grid, share: grid, lines, path };

/** @param {Picture} picture @param {Palette} palette */
function drawn(picture, palette) {
  const sharp = Math.max(2, window.devicePixelRatio || 1);
  const canvas = make("canvas", { "aria-hidden": "true", width: `${WIDTH * sharp}`, height: `${HEIGHT * sharp}` });
  const pen = canvas.getContext("2d");
  if (!pen) return canvas;
  pen.scale(sharp, sharp);
  pen.lineWidth = 1.6;
  pen.lineJoin = "round";
  PAINTERS[picture.kind](pen, picture, palette);
  return canvas;
}

/** @param {Example} example @param {URL} root @param {Palette} palette @param {(address: URL) => void} follow */
function card({ id, query, at, picture }, root, palette, follow) {
  const address = addressOf(root, query, at);
  const link = make(
    "a",
    { class: "example", href: address.href, "data-example": id },
    drawn(picture, palette),
    make("b", {}, t(`example.${id}`)),
    make("span", {}, t(`example.${id}.about`)),
  );
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a window of its own, as anywhere
    event.preventDefault();
    follow(address);
  });
  return make("li", {}, link);
}

/** An example's address, in the look and the language of this page. @param {URL} root @param {string} query @param {string} at */
function addressOf(root, query, at) {
  const address = new URL(root);
  address.search = query;
  for (const [name, text] of carried(location.search)) address.searchParams.set(name, text);
  address.hash = at;
  return address;
}

/** @type {HTMLDialogElement | null} */
let dialog = null;

/** @param {Means} means */
export function open({ go, root }) {
  dialog?.remove(); // the colours of the page may be others now
  const palette = readPalette(document);
  const follow = (/** @type {URL} */ address) => {
    dialog?.close();
    if (go) go(`${address.pathname}${address.search}${address.hash}`);
    else location.assign(address);
  };
  const groups = [...new Set(EXAMPLES.map(({ group }) => group))].map((group) => {
    const cards = EXAMPLES.filter((example) => example.group === group).map((each) =>
      card(each, root, palette, follow),
    );
    return make("section", {}, make("h3", {}, t(`examples.${group}`)), make("ul", { class: "examples" }, ...cards));
  });
  const lead = make("p", { class: "dialog-lead" }, t("examples.lead"));
  dialog = makeDialog("examples", t("examples.title"), make("div", { class: "dialog-body" }, lead, ...groups));
  return show(dialog);
}
