// The keyboard: everything the player can do, one key each, wherever the page does not need that key itself.

import { errorAt } from "./player.js";

/**
 * @typedef {import('./player.js').Player} Player
 * @typedef {{player: Player, help: () => void, release: () => void, undo: () => void, redo: () => void}} Means
 */

const TYPING = "input:not([type=range]), textarea, select, [contenteditable]";
const WRITING = "textarea, input:not([type=range], [type=radio], [type=checkbox]), [contenteditable]";
const OWN_ARROWS = "input[type=range], [role=tablist], [role=tab], .frame-table";
const OWN_SPACE = "button, summary, a";

/** @type {Record<string, (means: Means) => void>} */
const PLAIN = {
  " ": ({ player }) => (player.state.playing ? player.pause() : player.play()),
  ArrowLeft: ({ player }) => player.step(-1),
  ArrowRight: ({ player }) => player.step(1),
  Home({ player }) {
    if (player.state.phase === "whole") player.set({ t: 0 });
    else player.seek(0);
    player.pause();
  },
  End: ({ player }) => player.set({ phase: "whole", t: player.T - 1, playing: false }),
  "[": ({ player }) => player.faster(-1),
  "]": ({ player }) => player.faster(1),
  f: ({ player }) => player.seek(0),
  l: ({ player }) => player.seek(player.T),
  b: ({ player }) => player.seek(player.T + 1),
  w: ({ player }) => player.set({ phase: "whole", playing: false }),
  d: ({ player }) => player.slow(player.state.sub === null),
  "?": ({ help }) => help(),
  Escape: ({ release }) => release(),
};

/** Shift and an arrow move the chosen cell of the matrix. @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** @param {Player} player @param {[number, number]} move */
function moveChosen(player, [dt, dk]) {
  const { state } = player;
  player.choose(state.focus?.parameter ?? "W", errorAt(state) + dt, Math.max(0, state.k + dk));
}

/** Whether the page wants this key for what has the focus. @param {Element} target @param {string} key */
export function taken(target, key) {
  if (target.closest(TYPING)) return true;
  if (key === " " && target.closest(OWN_SPACE)) return true;
  return /^(Arrow|Home|End)/.test(key) && target.closest(OWN_ARROWS) !== null;
}

/** Ctrl and a letter: what was done is undone, and done again; in a text that is the text's own. @param {KeyboardEvent} event @param {Means} means */
function rewind(event, means) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
  const key = event.key.toLowerCase();
  if (key === "z") (event.shiftKey ? means.redo : means.undo)();
  else if (key === "y" && !event.shiftKey) means.redo();
  else return false;
  return true;
}

/** @param {Document} page @param {Means} means */
export function listenToKeys(page, means) {
  page.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (!target.closest(WRITING) && !page.querySelector("dialog[open]") && rewind(event, means))
      return event.preventDefault();
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      taken(target, event.key) ||
      page.querySelector("dialog[open]")
    )
      return;
    if (event.shiftKey && MOVES[event.key]) moveChosen(means.player, MOVES[event.key]);
    else if (PLAIN[event.key]) PLAIN[event.key](means);
    else return;
    event.preventDefault();
  });
}
