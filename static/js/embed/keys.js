// The keyboard inside a slide. Once somebody has clicked into a frame, its page gets every key, and the deck around it none: so
// what moves a deck is handed on to it, and the player has keys that no deck wants.

/**
 * @typedef {import('../player.js').Player} Player
 * @typedef {(message: unknown) => void} Post
 */

/** What a key asks of the deck: reveal.js takes orders as JSON in a string, anyone else may read the object. @type {Record<string, string>} */
export const ORDERS = {
  ArrowRight: "right",
  ArrowLeft: "left",
  ArrowUp: "up",
  ArrowDown: "down",
  PageDown: "next",
  PageUp: "prev",
  " ": "next",
  n: "next",
  p: "prev",
  Escape: "toggleOverview",
  o: "toggleOverview",
};
/** These have a meaning for a deck, but no order of their own. @type {Record<string, number>} */
const CODES = { Home: 36, End: 35, f: 70, s: 83, b: 66 };

/** @type {Record<string, ((player: Player) => void) | undefined>} */
const OWN = {
  ",": (player) => player.step(-1),
  ".": (player) => player.step(1),
  j: (player) => player.step(-1),
  k: (player) => player.step(1),
  Enter: (player) => (player.state.playing ? player.pause() : player.play()),
};

const OWN_ENTER = "button, summary, a, input, select";

/** @param {KeyboardEvent} event @param {Post} post @returns {boolean} whether it was the deck's */
export function handOn({ key, shiftKey }, post) {
  const order = key === " " && shiftKey ? "prev" : ORDERS[key];
  const code = CODES[key];
  if (order === undefined && code === undefined) return false;
  post(JSON.stringify(order ? { method: order } : { method: "triggerKey", args: [code] }));
  post({ unrolled: 1, event: "key", key });
  return true;
}

/** @param {Document} page @param {Player} player @param {Post} post */
export function listenForDeck(page, player, post) {
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {Element} */ (event.target);
    if (target.closest("input:not([type=range], [type=radio]), textarea, select, .frame-table")) return;
    const own = OWN[event.key];
    if (own && event.key === "Enter" && target.closest(OWN_ENTER)) return;
    if (event.key === " " && target.closest("button, summary, a")) return;
    if (own) own(player);
    else if (!handOn(event, post)) return;
    event.preventDefault();
  });
}
