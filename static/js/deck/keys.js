// The keys of a deck: those of clickers and of every other program for slides, and the run's own beside them.

/**
 * @typedef {Record<'next' | 'previous' | 'first' | 'last' | 'overview' | 'black' | 'full' | 'presenter' | 'away' | 'back' | 'on' |
 *   'play' | 'larger' | 'smaller', () => void>} Deeds
 */

/** @type {Record<string, keyof Deeds>} */
export const KEYS = {
  ArrowRight: "next",
  ArrowDown: "next",
  PageDown: "next",
  " ": "next",
  n: "next",
  ArrowLeft: "previous",
  ArrowUp: "previous",
  PageUp: "previous",
  p: "previous",
  Home: "first",
  End: "last",
  o: "overview",
  b: "black",
  f: "full",
  F5: "full",
  s: "presenter",
  Escape: "away",
  ",": "back",
  ".": "on",
  j: "back",
  k: "on",
  Enter: "play",
  "+": "larger",
  "-": "smaller",
};

const WRITING = "textarea, select, input:not([type=range], [type=radio])";
const OWN_ARROWS = "input[type=range], input[type=radio], .deck-overview";
const PRESSED = "button, summary, a, label";

/** What a key does here, unless what has the focus needs it. @param {string} key @param {Element} target @returns {keyof Deeds | null} */
export function deedOf(key, target) {
  if (target.closest(WRITING)) return null;
  if ((key === "Enter" || key === " ") && target.closest(PRESSED)) return null;
  if (/^Arrow/.test(key) && target.closest(OWN_ARROWS)) return null;
  return KEYS[key] ?? null;
}

/** @param {Document} page @param {Deeds} deeds */
export function listenToDeckKeys(page, deeds) {
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const deed = deedOf(event.key, /** @type {Element} */ (event.target));
    if (deed === null) return;
    event.preventDefault();
    deeds[deed]();
  });
}
