// The way of a run as a track: forward along the upper lane, round by the losses, backward along the lower one. Pure numbers.

/**
 * @typedef {import('../player.js').State} State
 * @typedef {import('../timeline.js').Timeline} Timeline
 */

const LANES = { forward: 13, backward: 31 };
const TURN = (LANES.backward - LANES.forward) / 2;

/** Where the handle stands. @param {Pick<State, 't' | 'phase'>} state @param {Timeline} timeline @returns {[number, number]} */
export function handleAt({ t, phase }, timeline) {
  const middle = LANES.forward + TURN;
  if (phase === "loss") return [timeline.centre(timeline.T - 1) + TURN, middle];
  if (phase === "whole") return [timeline.centre(t), middle];
  return [timeline.centre(t), LANES[phase]];
}

/** The moment under a place on the track. @param {number} x @param {number} y @param {Timeline} timeline @returns {Pick<State, 't' | 'phase'>} */
export function momentAt(x, y, timeline) {
  if (x > timeline.centre(timeline.T - 1) + TURN * 0.7) return { t: timeline.T - 1, phase: "loss" };
  return { t: timeline.at(x), phase: y < LANES.forward + TURN ? "forward" : "backward" };
}

/** The rail: there along the one lane, round, and back along the other. @param {Timeline} timeline */
export function railPath({ T, centre }) {
  return `M${centre(0)},${LANES.forward}H${centre(T - 1)}a${TURN},${TURN} 0 0 1 0,${2 * TURN}H${centre(0)}`;
}

/** A tick for every step on both lanes, while they can be told apart. @param {Timeline} timeline */
export function tickPath({ T, step, centre }) {
  if (step < 7) return "";
  const lane = (/** @type {number} */ y) => Array.from({ length: T }, (_, t) => `M${centre(t)},${y - 2.5}v5`).join("");
  return lane(LANES.forward) + lane(LANES.backward);
}

/** Where the track turns, by the losses. @param {Timeline} timeline */
export const turnPath = ({ T, centre }) => `M${centre(T - 1)},${LANES.forward}a${TURN},${TURN} 0 0 1 0,${2 * TURN}`;

/** The share of the two lanes that a run has covered. @param {Pick<State, 't' | 'phase'>} state @param {number} T */
export function covered({ t, phase }, T) {
  const last = Math.max(1, T - 1);
  if (phase === "forward") return { forward: t / last, turned: false, backward: 0 };
  if (phase === "backward") return { forward: 1, turned: true, backward: 1 - t / last };
  return { forward: 1, turned: true, backward: phase === "whole" ? 1 : 0 };
}
