// Cells of the visitor's own stand in the catalogue beside ours, once the server has described them.

import { blocksOf } from "./blocks.js";
import { inquiries } from "./inquiries.js";

/**
 * @typedef {{cells: any[]}} Catalog
 */

const MOST_OWN = 40;

/** @param {Catalog} catalog @param {any} cell as the server describes it */
export function learnCell(catalog, cell) {
  if (knows(catalog, cell.id)) return;
  catalog.cells.push({ ...cell, own: true });
  const own = catalog.cells.filter((each) => each.own);
  if (own.length > MOST_OWN) catalog.cells.splice(catalog.cells.indexOf(own[0]), 1);
}

/** @param {Catalog} catalog @param {string} cell */
export const knows = (catalog, cell) => catalog.cells.some(({ id, source }) => id === cell || source === cell);

/** Have a cell described, if it is one that the page has not met. @param {Catalog} catalog @param {unknown} cell @returns {Promise<boolean>} whether something was learnt */
export async function meetCell(catalog, cell, ask = inquiries.cell) {
  if (typeof cell !== "string" || !cell.includes("=") || knows(catalog, cell)) return false;
  try {
    learnCell(catalog, await ask(cell));
    return true;
  } catch {
    return false; // the run says itself what is wrong
  }
}

/** The chains of a network may have cells that are on no list. @param {Catalog} catalog @param {import('./trace.js').Trace} trace @param {() => void} learnt */
export async function meetChains(catalog, trace, learnt) {
  const met = await Promise.all(blocksOf(trace).map(({ cell }) => meetCell(catalog, cell)));
  if (met.some(Boolean)) learnt();
}
