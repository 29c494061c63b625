// What is handed to other pages: the address of a frame and the element that holds it.

import { fromText, toWire } from "./edits.js";

/** @typedef {{root: URL, here: () => URL, query: () => string, hash: () => string, edits: () => string}} Seen */

export const THEMES = ["auto", "light", "dark", "projector", "transparent"];

const [WIDTH, HEIGHT] = [960, 540];

/** What of a place a frame understands. */
const PLACES = ["t", "k", "phase", "node", "unit", "parameter", "error", "share", "block", "sub"];

/**
 * The address of a frame that shows a picture of what is seen, or all of a lesson's step.
 * @param {Seen} seen @param {{view: string, theme: string, keys: string}} options
 */
export function embedOf({ root, here, query, hash, edits }, { view, theme, keys }) {
  const url = new URL(view ? `embed/${view}` : `embed${here().pathname.slice(root.pathname.length - 1)}`, root);
  url.search = view ? query() : here().search;
  for (const name of ["hide", "lang", "theme"]) url.searchParams.delete(name);
  const held = view ? toWire(fromText(edits())) : [];
  if (held.length > 0) url.searchParams.set("interventions", JSON.stringify(held));
  if (theme !== "auto") url.searchParams.set("theme", theme);
  if (keys !== "deck") url.searchParams.set("keys", keys);
  url.hash = placeIn(hash());
  return url.href;
}

/** @param {string} hash */
function placeIn(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const place = new URLSearchParams([...given].filter(([name]) => PLACES.includes(name)));
  return place.toString();
}

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]);

/** @param {string} address @param {string} title */
export const frameOf = (address, title) =>
  `<iframe src="${escaped(address)}" width="${WIDTH}" height="${HEIGHT}" title="Unrolled: ${escaped(title)}" ` +
  `loading="lazy" allow="fullscreen"></iframe>`;
