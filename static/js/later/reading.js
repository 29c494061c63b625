// Pictures of what is read: which rows there are, how a picture is asked for and decoded, and how it looks when it is small.

import { make } from "../dom.js";
import { inquiries } from "../inquiries.js";
import { sharp } from "../motion/chart.js";
import { toQuery } from "../recipe.js";
import { makeTimeline } from "../timeline.js";
import { decodeTrace } from "../trace.js";
import { row as account } from "../views/account.js";
import { row as chance } from "../views/chance.js";
import { row as frames } from "../views/frames.js";
import { row as image } from "../views/image.js";
import { row as passage } from "../views/passage.js";
import { row as pen } from "../views/pen.js";
import { row as spectrogram } from "../views/spectrogram.js";
import { row as strip } from "../views/strip-chart.js";
import { row as surprise } from "../views/surprise.js";
import { row as waveform } from "../views/waveform.js";

/**
 * @typedef {import('../motion/rows.js').Picture} Picture
 * @typedef {import('../motion/rows.js').Row} Row
 */

/** @type {Row[]} from the top down: what was recorded, then what the network makes of it */
export const ROWS = [waveform, spectrogram, strip, account, frames, pen, image, passage, chance, surprise];
const READ = ["data", "example", "length", "topology"];

/** What is asked for the picture of a recipe: what it reads, whoever reads it. @param {Record<string, any>} recipe @param {any[]} fields */
export const questionOf = (recipe, fields) =>
  toQuery(Object.fromEntries(READ.map((name) => [name, recipe[name]])), fields);

/** A picture as it came, its arrays decoded. @param {any} wire @returns {Picture} */
export function decoded(wire) {
  const { get, names } = decodeTrace({ ...wire, recipe: {}, dims: {} });
  return { ...wire, arrays: Object.fromEntries(names.map((name) => [name, get(name)])) };
}

const SMALL = 300;

/** A trace of which nothing is known. @param {number} T */
const nothing = (T) =>
  /** @type {any} */ ({
    ...{ dims: { time: T }, labels: {}, names: [], topology: { head: "" } },
    get: () => undefined,
    dimsOf: () => [],
  });

/** The picture of what a recipe reads, as small as on a card. @param {Record<string, any>} recipe @param {any} context @returns {Promise<HTMLElement>} */
export async function thumbnail(recipe, { fields, scene }) {
  const picture = decoded(await inquiries.picture(questionOf(recipe, fields)));
  if (["text", "pairs"].includes(picture.kind)) {
    const blank = picture.time.every((each) => each.length <= 1) ? "" : " ";
    const answer = picture.kind === "pairs" ? ` → ${picture.answer}` : "";
    return make("p", {}, `${picture.time.join(blank).slice(0, 90)}${answer}`);
  }
  const [trace, canvas] = [nothing(picture.time.length), make("canvas", { "aria-hidden": "true" })];
  const small = { ...scene, timeline: makeTimeline({ width: SMALL, left: 0, right: 0, T: picture.time.length }) };
  let top = 0;
  const laid = ROWS.map((row) => {
    const place = { picture, trace, scene: small, top, height: row.height(picture, trace) };
    top += place.height;
    return { row, place };
  }).filter(({ place }) => place.height > 0);
  const pen = sharp(canvas, { width: SMALL, height: top });
  Object.assign(canvas.style, { width: `${SMALL}px`, height: `${top}px` });
  for (const { row, place } of laid) {
    row.paint?.(pen, place);
    row.follow?.(pen, place, { t: 0, forward: picture.time.length - 1 });
  }
  return canvas;
}
