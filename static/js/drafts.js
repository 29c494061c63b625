// While a slider moves, the page shows what it would give: light runs, the newest wish next, until the hand rests.

import { blocksOf } from "./blocks.js";

/**
 * @typedef {{player: import('./player.js').Player, whole: import('./trace.js').Trace, query: (values: any) => string,
 *   runner: {draft: (query: string, gates?: boolean) => void}}} Desk
 */

/** Where one chain is seen, with the weights that its recipe draws. @param {EventTarget} page @param {Desk} desk */
export function listenToDrafts(page, desk) {
  page.addEventListener("recipe-draft", (event) => {
    const { focus, epoch } = desk.player.state;
    if (epoch > 0 || blocksOf(desk.whole).length > 0) return;
    desk.runner.draft(desk.query(/** @type {CustomEvent} */ (event).detail), focus?.parameter?.includes("_"));
  });
}
