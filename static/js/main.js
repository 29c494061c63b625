// The page, put together. First the picture: the trace that came with the page, the player and the stage. What the visitor
// acts through (the form, the panel, the address) is fetched once that picture is on the screen, and Plotly after it.

import { fromHash } from "./address.js";
import { lensOf } from "./blocks.js";
import { find } from "./dom.js";
import { PlayerBar } from "./elements/player-bar.js";
import { ViewFrame } from "./elements/view-frame.js";
import { runClock } from "./motion/clock.js";
import { watchPicture } from "./pictured.js";
import { createPlayer } from "./player.js";
import { moment } from "./say.js";
import { bringer, createStage, measureTop } from "./stage.js";
import { takeTheme } from "./theme.js";
import { decodeTrace } from "./trace.js";

takeTheme(document);
customElements.define("view-frame", ViewFrame);
customElements.define("player-bar", PlayerBar);

const more = bringer({
  networks: () => import("./later/networks.js"),
  scenes: () => import("./later/scenes.js"),
});
const plotly = new URL("../vendor/plotly-cartesian-4.1.1/plotly-cartesian.min.js", import.meta.url).href;

/** @param {any} page what the server put into the page @param {any} trace @param {any[]} packs the pictures that its trace needs beside the usual ones @param {boolean} whole whether the figures below the network are in the first picture */
function open(page, trace, packs, whole) {
  const initial = fromHash(location.hash || page.lesson?.at || "");
  const player = createPlayer({ T: lensOf(trace, initial.look?.block).dims.time }, { initial });
  const { catalog, figures } = page;
  const stage = createStage({ player, catalog, figures, plotly, trace, more });
  measureTop();
  const bar = find(document, "player-bar", PlayerBar);
  bar.adopt(
    player,
    () => stage.scene.timeline,
    (state) => moment(stage.seen, state, stage.scene.cell.output),
  );
  stage.join(bar);
  if (whole) stage.complete(packs);
  stage.restyle();
  runClock(player);
  player.subscribe(stage.draw);
  return { page, player, stage };
}

/** A mark for those who measure. @param {string} name */
const mark = (name) => performance.mark(`unrolled:${name}`);

/** A word on the page for those who wait. @param {string} word */
function ready(word) {
  document.documentElement.dataset.ready = word;
}

/** Whether somebody comes back to this page, or loads it again. */
const isBack = () => {
  const [came] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  return came !== undefined && came.type !== "navigate";
};

/** @param {any} page @param {any} trace @param {any[]} packs */
function start(page, trace, packs) {
  // At once what may stand above the network or in its place, and all of a page that the browser scrolls to where it was left.
  const whole = packs.length > 0 || Boolean(page.lesson) || isBack();
  const opened = open(page, trace, packs, whole);
  Object.assign(window, { unrolled: opened });
  requestAnimationFrame(() => {
    mark("first-picture");
    ready("first");
    setTimeout(async () => {
      if (!whole) opened.stage.complete([]).refresh();
      const { furnish } = await import("./desk.js");
      watchPicture(page, opened.stage);
      const rest = await furnish(opened);
      mark("interactive");
      await rest();
      mark("at-rest");
      ready("interactive");
    });
  });
}

const page = JSON.parse(find(document, "#page-data").textContent ?? "{}");
const trace = Object.assign(decodeTrace(page.trace), { search: page.lesson?.search });
const coming = more(trace);
if (coming.length > 0) Promise.all(coming).then((packs) => start(page, trace, packs));
else start(page, trace, []);
