// A view or a lesson's step without anything around it, for slides and other people's pages: the stage and the player of the
// explorer, told by an address or by messages. Everything it shows came with the page: it asks for nothing, so that it works in
// frames without an origin and as a file without a server.

import { fromHash } from "./address.js";
import { blocksOf, lensOf } from "./blocks.js";
import { find, write } from "./dom.js";
import { PlayerBar } from "./elements/player-bar.js";
import { ViewFrame } from "./elements/view-frame.js";
import { listenForDeck } from "./embed/keys.js";
import { listenToMessages, tellParent } from "./embed/messages.js";
import { readOptions } from "./embed/options.js";
import { createAttention, watchSeen } from "./embed/seen.js";
import { listenToKeys } from "./keys.js";
import * as networks from "./later/networks.js";
import * as scenes from "./later/scenes.js";
import { runClock } from "./motion/clock.js";
import { createPlayer } from "./player.js";
import { moment } from "./say.js";
import { bringer, createStage } from "./stage.js";
import { decodeTrace } from "./trace.js";
import { view as cell } from "./views/cell.js";

/**
 * @typedef {import('./embed/options.js').Options} Options
 * @typedef {ReturnType<typeof open>} Opened
 */

/** From so many steps on the strip of all of them stands under the network. */
const LONG = 14;

const root = document.documentElement;

/** All pictures are here already. */
const more = bringer({ networks: async () => networks, scenes: async () => scenes });

/** @param {any} page what the server put into the page @param {any} trace @param {any[]} packs @param {Options} options */
function open(page, trace, packs, options) {
  const initial = fromHash(options.at);
  const player = createPlayer({ T: lensOf(trace, initial.look?.block).dims.time }, { initial });
  root.classList.toggle("is-long", player.T > LONG);
  root.classList.toggle("has-chains", blocksOf(trace).length > 0);
  if (options.speed) player.set({ speed: options.speed });
  const stage = createStage({
    ...{ player, trace, catalog: page.catalog, figures: {}, plotly: "" },
    more,
  });
  const say = () => moment(stage.seen, player.state, stage.scene.cell.output);
  const bar = find(document, "player-bar", PlayerBar);
  bar.adopt(player, () => stage.scene.timeline, say);
  stage.join(bar);
  stage.complete(packs);
  stage.restyle();
  const inside = document.querySelector("#cell");
  if (inside instanceof HTMLElement) stage.mount(cell, inside);
  player.subscribe(stage.draw);
  return { page, player, stage, say };
}

/** What the visitor and the page around may do. @param {Opened} opened @param {Options} options */
function enliven({ player, stage, say }, options) {
  runClock(player);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const begin = () => calm || player.play();
  const attention = createAttention(player, options.play === "seen" ? begin : undefined);
  listenToMessages(window, player, {
    start: () => options.play === "slide" && begin(),
    stop() {
      attention.forget();
      player.pause();
    },
  });
  watchSeen(document, stage.host, attention);
  const live = find(document, "#live");
  player.subscribe(({ playing, t, phase }, before) => {
    if (!playing && (t !== before.t || phase !== before.phase || before.playing)) write(live, say());
  });
  listen(player, options);
  tellParent(window, player);
}

/** @param {Opened['player']} player @param {Options} options */
function listen(player, { keys }) {
  if (window.parent !== window && keys === "deck")
    return listenForDeck(document, player, (message) => window.parent.postMessage(message, "*"));
  const nothing = () => {};
  const release = () => player.set({ focus: null });
  listenToKeys(document, { player, release, help: nothing, undo: nothing, redo: nothing });
}

const page = JSON.parse(find(document, "#page-data").textContent ?? "{}");
const options = readOptions(page.options, location);
root.style.setProperty("--fs", String(options.fs));
if (options.theme) root.dataset.theme = options.theme;
root.classList.toggle("is-still", options.still);
customElements.define("view-frame", ViewFrame);
customElements.define("player-bar", PlayerBar);
const trace = Object.assign(decodeTrace(page.trace), { search: page.search });

/** @param {any[]} packs */
function start(packs) {
  const opened = open(page, trace, packs, options);
  if (!options.still) enliven(opened, options);
  for (const question of ["(prefers-color-scheme: dark)", "print"])
    matchMedia(question).addEventListener("change", () => opened.stage.restyle());
  window.addEventListener("hashchange", () => opened.stage.place({ ...fromHash(location.hash), playing: false }));
  Object.assign(window, { unrolled: opened });
  requestAnimationFrame(() => performance.mark("unrolled:first-picture"));
  root.dataset.ready = "interactive"; // at once: a frame that is off the screen is given no frames to draw in
}

Promise.all(more(trace)).then(start);
