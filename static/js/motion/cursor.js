// One vertical line through the page is one timestep: bands over all figures, moved by transform alone.

import { find } from "../dom.js";
import { networkRows } from "./wires.js";

/**
 * @typedef {import('../player.js').State} State
 * @typedef {import('../scene.js').Scene} Scene
 */

const FLARE = 22;

/** How far above the figures the bands begin: with the network when it keeps the same columns, else below the lens. @param {Scene} scene */
export function bandTop({ timeline, near, scale, headless }) {
  return near.count === timeline.T ? -networkRows(scale, headless).height : FLARE;
}

/** @param {HTMLElement} figures @param {{scene: Scene}} context */
export function mountCursors(figures, { scene }) {
  const [now, hover, used] = ["now", "hover", "k"].map((name) => find(figures, `.cursor-${name}`, HTMLElement));
  let placed = -1;

  const place = () => {
    placed = scene.version;
    for (const { style } of [now, hover, used]) {
      style.top = `${bandTop(scene)}px`;
      style.width = `${Math.max(2, scene.timeline.step)}px`;
    }
  };

  /** @param {HTMLElement} band @param {number | null | undefined} t */
  const move = (band, t) => {
    band.classList.toggle("away", t === null || t === undefined);
    if (t !== null && t !== undefined) band.style.transform = `translateX(${scene.timeline.edge(t)}px)`;
  };

  return {
    /** @param {State} state */
    draw(state) {
      if (placed !== scene.version) place();
      move(now, state.t);
      move(hover, state.hover?.t === state.t ? null : state.hover?.t);
      const chosen = state.focus?.parameter ? state.k : null;
      move(used, state.hover?.k ?? (chosen === state.t ? null : chosen));
    },
  };
}
