// <player-bar>: the transport, adopted from the server's page. Its track is the way of a run: forward along the upper lane,
// round by the losses, backward along the lower one, each step under its column.

import { find, make, put } from "../dom.js";
import { covered, handleAt, momentAt, railPath, tickPath, turnPath } from "../motion/track.js";
import { nth, position, SPEEDS } from "../player.js";
import { t } from "../strings.js";

/**
 * @typedef {import('../player.js').Player} Player
 * @typedef {import('../player.js').State} State
 * @typedef {import('../timeline.js').Timeline} Timeline
 */

/** The middle of the steps, about which the way of a reversed chain is mirrored. @param {Timeline} timeline */
const middle = ({ left, inner }) => left + inner / 2;

export class PlayerBar extends HTMLElement {
  labelled = "";

  /** @param {Player} player @param {() => Timeline} timeline @param {(state: State) => string} say */
  adopt(player, timeline, say) {
    this.player = player;
    this.timeline = timeline;
    this.say = say;
    this.input = find(this, ".track-input", HTMLInputElement);
    this.track = find(this, ".track", HTMLElement);
    this.handle = find(this, ".track-handle", HTMLElement);
    const lanes = find(this, ".track-lanes", HTMLElement);
    this.fills = {
      forward: make("span", { class: "track-fill of-forward" }),
      backward: make("span", { class: "track-fill of-backward" }),
    };
    lanes.prepend(this.fills.forward, this.fills.backward);
    this.addEventListener("click", (event) => this.clicked(/** @type {Element} */ (event.target)));
    this.input.addEventListener("input", () => player.seek(Number(this.input?.value)));
    find(this, "[data-does=speed]").addEventListener("change", (event) =>
      this.pace(/** @type {HTMLSelectElement} */ (event.target).value),
    );
    this.drag(this.track);
  }

  /** A number of steps a second, or step by step in detail. @param {string} value */
  pace(value) {
    this.player?.slow(value === "detail");
    if (value !== "detail") this.player?.set({ speed: Number(value) });
  }

  /** @param {Element} target */
  clicked(target) {
    const { player } = this;
    const button = target.closest("button");
    if (!player || !button) return;
    const does = button.getAttribute("data-does");
    const phase = /** @type {State['phase'] | null} */ (button.getAttribute("data-phase"));
    if (does === "play") player.state.playing ? player.pause() : player.play();
    if (does === "back") player.step(-1);
    if (does === "next") player.step(1);
    if (phase === "whole") player.set({ phase, playing: false });
    else if (phase) {
      player.seek({ forward: 0, loss: player.T, backward: player.T + 1 }[phase]);
      player.pause();
    }
  }

  /** @param {HTMLElement} track */
  drag(track) {
    let held = false;
    const go = (/** @type {PointerEvent} */ event) => {
      const box = track.getBoundingClientRect();
      const { player, timeline } = this;
      if (!player || !timeline) return;
      const line = timeline();
      const x = player.reversed ? 2 * middle(line) - (event.clientX - box.left) : event.clientX - box.left;
      const at = momentAt(x, event.clientY - box.top, line);
      player.set({ ...at, t: nth(at.t, player.T, player.reversed), playing: false });
    };
    track.addEventListener("pointerdown", (event) => {
      held = true;
      track.setPointerCapture(event.pointerId);
      go(event);
    });
    track.addEventListener("pointermove", (event) => held && go(event));
    for (const name of ["pointerup", "pointercancel"]) track.addEventListener(name, () => (held = false));
  }

  /** The shape of the track, after a new trace or another width. */
  arrange() {
    const timeline = this.timeline?.();
    if (!timeline || !this.input) return;
    this.input.max = String(2 * timeline.T + 1);
    const lanes = find(this, ".track-lanes", HTMLElement);
    lanes.style.transformOrigin = `${middle(timeline)}px 0`;
    lanes.style.transform = this.player?.reversed ? "scaleX(-1)" : "";
    find(this, ".track-rail").setAttribute("d", railPath(timeline));
    find(this, ".track-ticks").setAttribute("d", tickPath(timeline));
    find(this, ".track-done").setAttribute("d", turnPath(timeline));
    for (const fill of Object.values(this.fills ?? {})) {
      fill.style.left = `${timeline.centre(0)}px`;
      fill.style.width = `${timeline.centre(timeline.T - 1) - timeline.centre(0)}px`;
    }
  }

  /** @param {unknown} _trace @param {State} state */
  draw(_trace, state) {
    const timeline = this.timeline?.();
    if (!timeline || !this.input || !this.handle || !this.fills) return;
    const at = { phase: state.phase, t: nth(state.t, timeline.T, this.player?.reversed) };
    const [x, y] = handleAt(at, timeline);
    this.handle.style.transform = `translate(${x}px, ${y}px)`;
    const done = covered(at, timeline.T);
    this.fills.forward.style.transform = `scaleX(${done.forward})`;
    this.fills.backward.style.transform = `scaleX(${done.backward})`;
    this.classList.toggle("turned", done.turned);
    this.dataset.phase = state.phase;
    this.classList.toggle("is-playing", state.playing);
    this.input.value = String(position(at, timeline.T));
    if (!state.playing) this.input.setAttribute("aria-valuetext", this.say?.(state) ?? "");
    this.label(state);
  }

  /** @param {State} state */
  label(state) {
    const key = `${state.playing} ${state.phase} ${state.sub} ${state.speed}`;
    if (key === this.labelled) return;
    this.labelled = key;
    const play = find(this, "[data-does=play]");
    const text = t(state.playing ? "player.pause" : "player.play");
    put(play, "aria-label", text);
    for (const button of this.querySelectorAll("[data-phase]"))
      put(button, "aria-pressed", String(button.getAttribute("data-phase") === state.phase));
    const speed = find(this, "[data-does=speed]", HTMLSelectElement);
    if (state.sub !== null) speed.value = "detail";
    else if (SPEEDS.includes(state.speed)) speed.value = String(state.speed);
  }
}
