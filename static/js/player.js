// The one moving thing. It holds one frozen state; `set` clamps a change into it, and everyone who listens hears of it
// once a frame. A run goes forward (t = 0 .. T-1), lights its losses, then goes backward (t = T-1 .. 0). `whole` is the run
// at rest with everything in view: there t is a cursor and hides nothing.

/**
 * @typedef {'forward' | 'loss' | 'backward' | 'whole'} Phase
 * @typedef {{node: string | null, unit: number | null, parameter: string | null}} Focus
 * @typedef {{t: number | null, k?: number, unit?: number, outcome?: number, window?: number}} Hover
 * @typedef {{share: boolean, large: string | null}} Look how figures are read: signed shares, one enlarged
 * @typedef {{t: number, k: number, phase: Phase, focus: Focus | null, playing: boolean, speed: number, epoch: number,
 *   hover: Hover | null, look: Look, tool: string, own: Readonly<Record<string, string>>}} State `epoch` is the update of a
 *   training run after which the weights are seen, `tool` the one that is open, `own` what that tool remembers
 * @typedef {{T: number}} Limits
 * @typedef {(state: State, previous: State) => void} Listener
 * @typedef {ReturnType<typeof createPlayer>} Player
 */

/** @type {readonly Phase[]} */
export const PHASES = ["forward", "loss", "backward", "whole"];

/** Steps a second. */
export const SPEEDS = [0.5, 1, 2, 4, 8, 16, 30, 60];

/** @type {State} */
const AT_REST = Object.freeze({
  t: 0,
  k: 0,
  phase: "whole",
  focus: null,
  playing: false,
  speed: 2,
  epoch: 0,
  hover: null,
  look: Object.freeze({ share: false, large: null }),
  tool: "inspect",
  own: Object.freeze({}),
});

const MOST_UPDATES = 1_000_000;

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.min(high, Math.max(low, Math.round(value) || 0));

/** @param {State} state @param {Partial<State>} change @param {Limits} limits @returns {State} */
export function change(state, change, limits) {
  const next = { ...state, ...change };
  next.t = clamp(next.t, 0, limits.T - 1);
  next.k = clamp(next.k, 0, limits.T - 1);
  next.epoch = clamp(next.epoch, 0, MOST_UPDATES);
  if (!PHASES.includes(next.phase)) next.phase = state.phase;
  if (next.phase === "loss") next.t = limits.T - 1;
  if (!(next.speed > 0)) next.speed = state.speed;
  return Object.freeze(next);
}

/** How far a run has come: forward 0 .. T-1, the losses T, backward T+1 .. 2T, the whole 2T+1. @param {Pick<State, 't' | 'phase'>} state @param {number} T */
export function position({ t, phase }, T) {
  return { forward: t, loss: T, backward: 2 * T - t, whole: 2 * T + 1 }[phase];
}

/** @param {number} place @param {number} T @returns {{t: number, phase: Phase}} */
export function moment(place, T) {
  const at = clamp(place, 0, 2 * T + 1);
  if (at < T) return { t: at, phase: "forward" };
  if (at === T) return { t: T - 1, phase: "loss" };
  if (at <= 2 * T) return { t: 2 * T - at, phase: "backward" };
  return { t: 0, phase: "whole" };
}

/**
 * Which steps have happened at this moment: states and predictions up to `forward`, losses if `loss`, gradients from `backward`.
 * @param {Pick<State, 't' | 'phase'>} state @param {number} T
 */
export function reached({ t, phase }, T) {
  if (phase === "forward") return { forward: t, loss: false, backward: T };
  if (phase === "loss") return { forward: T - 1, loss: true, backward: T };
  if (phase === "backward") return { forward: T - 1, loss: true, backward: t };
  return { forward: T - 1, loss: true, backward: 0 };
}

/** Look at a step without disturbing the run: when all has happened, the run rests. @param {State} state @param {number} t */
export function lookAt(state, t) {
  const over = state.phase === "whole" || (state.phase === "backward" && state.t === 0);
  /** @type {Partial<State>} */
  const looked = { t, playing: false };
  if (over) looked.phase = "whole";
  if (state.phase === "loss" && !over) looked.phase = "forward";
  return looked;
}

/** The speed at which a run of T steps takes a few seconds. @param {number} T */
export function comfortable(T) {
  return SPEEDS.find((speed) => speed >= T / 6) ?? SPEEDS[SPEEDS.length - 1];
}

/**
 * @param {Limits} limits
 * @param {{frame?: (callback: () => void) => unknown, initial?: Partial<State>}} [options]
 */
export function createPlayer(limits, { frame = requestAnimationFrame, initial = {} } = {}) {
  let bounds = limits;
  let state = change({ ...AT_REST, speed: comfortable(limits.T) }, initial, bounds);
  let told = state;
  let waiting = false;
  /** @type {Set<Listener>} */
  const listeners = new Set();

  const tell = () => {
    waiting = false;
    const previous = told;
    told = state;
    for (const listener of listeners) listener(state, previous);
  };

  /** @param {Partial<State>} wanted */
  const set = (wanted) => {
    state = change(state, wanted, bounds);
    if (waiting) return;
    waiting = true;
    frame(tell);
  };

  /** @param {number} place */
  const seek = (place) => set(moment(place, bounds.T));

  return {
    get state() {
      return state;
    },
    get T() {
      return bounds.T;
    },
    get position() {
      return position(state, bounds.T);
    },
    set,
    seek,
    /** @param {Listener} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** A new trace may be shorter or longer. @param {Limits} limits */
    resize(limits) {
      bounds = limits;
      set({});
    },
    /** One step along the run; at rest, one step of the cursor. @param {number} by */
    step(by) {
      if (state.phase === "whole") return set({ t: state.t + by, playing: false });
      return seek(position(state, bounds.T) + by);
    },
    /** One step of a run that plays; after the last it rests. */
    advance() {
      seek(position(state, bounds.T) + 1);
      if (state.phase === "whole") set({ playing: false, t: 0 });
    },
    play() {
      if (state.phase === "whole") seek(0);
      set({ playing: true });
    },
    pause: () => set({ playing: false }),
    /** @param {number} by */
    faster(by) {
      const at = SPEEDS.indexOf(state.speed);
      set({ speed: SPEEDS[clamp(at + by, 0, SPEEDS.length - 1)] });
    },
    /** @param {number} t @param {Partial<State>} [also] */
    look: (t, also = {}) => set({ ...lookAt(state, t), ...also }),
  };
}
