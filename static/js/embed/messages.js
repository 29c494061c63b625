// How a page speaks with an embed inside it. Asked is a plain object {unrolled: 1, id, do: "get" | "set" | "step" | "play" |
// "pause", ...}, answered is {unrolled: 1, id, ok, state | error}; what happens is told as {unrolled: 1, event, state}. Objects,
// never strings: a slide deck reads every string that looks like JSON as an order to itself.

import { PHASES, SPEEDS } from "../player.js";

/**
 * @typedef {import('../player.js').Player} Player
 * @typedef {import('../player.js').State} State
 * @typedef {{t: number, k: number, phase: string, playing: boolean, speed: number, focus: State['focus'], steps: number}} Told
 */

export const VERSION = 1;

/** @param {Player} player @returns {Told} */
export function told({ state: { t, k, phase, playing, speed, focus }, T }) {
  return { t, k, phase, playing, speed, focus, steps: T };
}

const whole = (/** @type {unknown} */ value) => Number.isInteger(value) && Number(value) >= 0;
const name = (/** @type {unknown} */ value) => value === null || (typeof value === "string" && value.length <= 64);

/** What a focus may say. @param {any} focus */
const focused = (focus) =>
  focus === null ||
  (typeof focus === "object" &&
    name(focus.node ?? null) &&
    name(focus.parameter ?? null) &&
    (focus.unit === undefined || focus.unit === null || whole(focus.unit)));

/** What may be set: whether a value will do, and what would. @type {Record<string, [(value: any) => boolean, string]>} */
const SETTABLE = {
  t: [whole, "a step, 0 or more"],
  k: [whole, "a step, 0 or more"],
  phase: [(value) => PHASES.includes(value), PHASES.join(", ")],
  speed: [(value) => SPEEDS.includes(value), SPEEDS.join(", ")],
  focus: [focused, "null, or {node, unit} or {parameter}"],
};

/** A focus as the player keeps it. @param {any} focus @returns {State['focus']} */
const kept = (focus) =>
  focus && {
    node: focus.node ?? null,
    unit: focus.unit ?? (focus.node ? 0 : null),
    parameter: focus.parameter ?? null,
  };

/** @param {any} state @returns {string} what is wrong with it, if anything is */
function fault(state) {
  if (state === null || typeof state !== "object" || Array.isArray(state)) return "state: an object is needed";
  for (const [key, value] of Object.entries(state)) {
    const row = Object.hasOwn(SETTABLE, key) ? SETTABLE[key] : null;
    if (row === null) return `state.${key.slice(0, 40)}: not known; ${Object.keys(SETTABLE).join(", ")} are`;
    if (!row[0](value)) return `state.${key}: must be ${row[1]}`;
  }
  return "";
}

/** @type {Record<string, (player: Player, asked: any) => string | undefined>} */
const DEEDS = {
  get: () => undefined,
  set(player, { state }) {
    const wrong = fault(state);
    if (wrong) return wrong;
    const { focus, ...rest } = state;
    player.set({ ...rest, playing: false, ...(focus !== undefined && { focus: kept(focus) }) });
    return undefined;
  },
  step(player, { by = 1 }) {
    if (!Number.isInteger(by) || Math.abs(by) > 1000) return "by: must be a whole number from -1000 to 1000";
    player.pause();
    for (let done = 0; done < Math.abs(by); done += 1) player.step(Math.sign(by));
    return undefined;
  },
  play: (player) => void player.play(),
  pause: (player) => void player.pause(),
};

/** Whether a message is meant for us. @param {unknown} message @returns {message is {unrolled: number, id?: unknown, do?: unknown}} */
export const isOurs = (message) =>
  typeof message === "object" && message !== null && "unrolled" in message && "do" in message;

/** What is answered to a message, once it is done. @param {any} asked @param {Player} player */
export function answer(asked, player) {
  const reply = { unrolled: VERSION, id: asked.id ?? null };
  if (asked.unrolled !== VERSION) return { ...reply, ok: false, error: `unrolled: version ${VERSION} is spoken here` };
  const deed = typeof asked.do === "string" && Object.hasOwn(DEEDS, asked.do) ? DEEDS[asked.do] : null;
  const error = deed === null ? `do: must be ${Object.keys(DEEDS).join(", ")}` : deed(player, asked);
  return error === undefined ? { ...reply, ok: true, state: told(player) } : { ...reply, ok: false, error };
}

/** What a slide deck says when its slide comes and goes. */
export const SLIDES = ["slide:start", "slide:stop"];

/** @param {Window} here @param {Player} player @param {{start: () => void, stop: () => void}} slide */
export function listenToMessages(here, player, slide) {
  here.addEventListener("message", ({ data, source, origin }) => {
    if (data === SLIDES[0]) slide.start();
    else if (data === SLIDES[1]) slide.stop();
    else if (isOurs(data) && source !== null)
      /** @type {Window} */ (source).postMessage(answer(data, player), origin === "null" ? "*" : origin);
  });
}

/** Tell the page around us what happens, a place at a time. @param {Window} here @param {Player} player */
export function tellParent(here, player) {
  if (here.parent === here) return;
  const tell = (/** @type {string} */ event) =>
    here.parent.postMessage({ unrolled: VERSION, event, state: told(player) }, "*"); // nothing in it is anybody's secret
  player.subscribe((state, before) => {
    const { t, k, phase, playing, focus } = state;
    if (
      t === before.t &&
      k === before.k &&
      phase === before.phase &&
      playing === before.playing &&
      focus === before.focus
    )
      return;
    tell("change");
  });
  tell("ready");
}
