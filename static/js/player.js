// The one moving thing. It holds one frozen state; `set` clamps a change into it, and everyone who listens hears of it
// once a frame. A run goes forward (t = 0 .. T-1), lights its losses, then goes backward (t = T-1 .. 0). `whole` is the run
// at rest with everything in view: there t is a cursor and hides nothing.

/**
 * @typedef {'forward' | 'loss' | 'backward' | 'whole'} Phase
 * @typedef {{node: string | null, unit: number | null, parameter: string | null, error?: number}} Focus `error` is the step of an
 *   error that is none of the steps of the chain that is seen
 * @typedef {{t: number | null, k?: number, unit?: number, outcome?: number, window?: number, error?: number}} Hover
 * @typedef {{share: boolean, large: string | null, block?: string | null, size?: number}} Look how figures are read: signed shares,
 *   one enlarged, which chain of a network of several, how many words a window holds
 * @typedef {{t: number, k: number, phase: Phase, focus: Focus | null, playing: boolean, speed: number, epoch: number,
 *   hover: Hover | null, look: Look, sub: number | null, tool: string, own: Readonly<Record<string, string>>}} State `sub` counts the operations of a step in
 *   slow motion, and is null where steps go by whole; `epoch` is the update of a
 *   training run after which the weights are seen, `tool` the one that is open, `own` what that tool remembers
 * @typedef {{T: number, reversed?: boolean, reach?: 'lower' | 'upper' | 'whole', errors?: number, subs?: number}} Limits `subs` is how many operations a step has; a chain that is `reversed`
 *   reads from the last step to the first; `reach` is which uses an error can have come from; `errors` counts the steps that have one,
 *   where these are no steps of the chain
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
  sub: null,
  look: Object.freeze({ share: false, large: null }),
  tool: "inspect",
  own: Object.freeze({}),
});

const MOST_UPDATES = 1_000_000;
const MOST_SUBS = 1000;

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.min(high, Math.max(low, Math.round(value) || 0));

/** The step that a chain comes to as its n-th, or which one a step is: the same either way. @param {number} n @param {number} T @param {boolean} [reversed] */
export const nth = (n, T, reversed = false) => (reversed ? T - 1 - n : n);

/** @param {State} state @param {Partial<State>} change @param {Limits} limits @returns {State} */
export function change(state, change, limits) {
  const next = { ...state, ...change };
  next.t = clamp(next.t, 0, limits.T - 1);
  next.k = clamp(next.k, 0, limits.T - 1);
  if (next.sub !== null) next.sub = clamp(next.sub, 0, Math.max(0, (limits.subs ?? MOST_SUBS) - 1));
  next.epoch = clamp(next.epoch, 0, MOST_UPDATES);
  if (!PHASES.includes(next.phase)) next.phase = state.phase;
  if (next.phase === "loss") next.t = nth(limits.T - 1, limits.T, limits.reversed);
  if (!(next.speed > 0)) next.speed = state.speed;
  return Object.freeze(next);
}

/** How far a run has come: forward 0 .. T-1, the losses T, backward T+1 .. 2T, the whole 2T+1. @param {Pick<State, 't' | 'phase'>} state @param {number} T @param {boolean} [reversed] */
export function position({ t, phase }, T, reversed) {
  const n = nth(t, T, reversed);
  return { forward: n, loss: T, backward: 2 * T - n, whole: 2 * T + 1 }[phase];
}

/** @param {number} place @param {number} T @param {boolean} [reversed] @returns {{t: number, phase: Phase}} */
export function moment(place, T, reversed) {
  const at = clamp(place, 0, 2 * T + 1);
  if (at < T) return { t: nth(at, T, reversed), phase: "forward" };
  if (at === T) return { t: nth(T - 1, T, reversed), phase: "loss" };
  if (at <= 2 * T) return { t: nth(2 * T - at, T, reversed), phase: "backward" };
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

/** The same for a chain of either direction, step by step. @param {Pick<State, 't' | 'phase'>} state @param {Limits} limits */
export function happened({ t, phase }, { T, reversed }) {
  const until = reached({ t: nth(t, T, reversed), phase }, T);
  return {
    state: (/** @type {number} */ at) => nth(at, T, reversed) <= until.forward,
    loss: until.loss,
    gradient: (/** @type {number} */ at) => nth(at, T, reversed) >= until.backward,
    done: { forward: until.forward + 1, backward: T - until.backward },
  };
}

/** Look at a step without disturbing the run: when all has happened, the run rests. @param {State} state @param {number} t @param {number} [last] where the way back ends */
export function lookAt(state, t, last = 0) {
  const over = state.phase === "whole" || (state.phase === "backward" && state.t === last);
  /** @type {Partial<State>} */
  const looked = { t, playing: false };
  if (over) looked.phase = "whole";
  if (state.phase === "loss" && !over) looked.phase = "forward";
  return looked;
}

/** The step of the error that a chosen contribution belongs to. @param {Pick<State, 't' | 'focus'>} state */
export const errorAt = ({ t, focus }) => focus?.error ?? t;

/** Where a contribution stands, or the nearest that there is: the step to look at, the use, and what is in focus. @param {Limits} limits @param {string} parameter @param {number} error @param {number} k */
function entry({ T, reach = "lower", errors }, parameter, error, k) {
  const focus = { node: null, unit: null, parameter };
  const row = clamp(error, 0, (errors ?? T) - 1);
  if (errors !== undefined) return { at: k, k, focus: { ...focus, error: row } };
  const use = { lower: Math.min(row, k), upper: Math.max(row, k), whole: k }[reach];
  return { at: row, k: clamp(use, 0, T - 1), focus };
}

/** One step on or back; in slow motion the next operation of this step, and after its last the next step. @param {State} state @param {Limits} limits @param {number} by @returns {Partial<State>} */
export function along({ t, phase, sub }, { T, reversed, subs = 0 }, by) {
  const next = moment(position({ t, phase }, T, reversed) + by, T, reversed);
  if (sub === null || subs === 0 || (phase !== "forward" && phase !== "backward"))
    return sub === null ? next : { ...next, sub: by < 0 ? Math.max(0, subs - 1) : 0 };
  const inner = sub + by;
  return inner >= 0 && inner < subs ? { sub: inner } : { ...next, sub: inner < 0 ? subs - 1 : 0 };
}

/** Slow motion begins with the first operation, in a run that goes somewhere. @param {State} state @returns {Partial<State>} */
const slowed = ({ sub, phase }) => ({ sub: sub ?? 0, phase: phase === "whole" ? "forward" : phase });

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
  const seek = (place) => set(moment(place, bounds.T, bounds.reversed));

  return {
    get state() {
      return state;
    },
    get T() {
      return bounds.T;
    },
    get reversed() {
      return bounds.reversed === true;
    },
    get position() {
      return position(state, bounds.T, bounds.reversed);
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
      set(state.phase === "whole" ? { t: state.t + by, playing: false } : along(state, bounds, by));
    },
    /** One step of a run that plays; after the last it rests. */
    advance() {
      set(along(state, bounds, 1));
      if (state.phase === "whole") set({ playing: false, t: 0 });
    },
    play() {
      if (state.phase === "whole") seek(0);
      set({ playing: true });
    },
    pause: () => set({ playing: false }),
    /** In slow motion a step is seen operation by operation. @param {boolean} on */
    slow: (on) => set(on ? slowed(state) : { sub: null }),
    /** @param {number} by */
    faster(by) {
      const at = SPEEDS.indexOf(state.speed);
      set({ speed: SPEEDS[clamp(at + by, 0, SPEEDS.length - 1)] });
    },
    /** Put a contribution into focus: that of a use at step k to an error, the nearest there is. @param {string} parameter @param {number} error @param {number} k */
    choose(parameter, error, k) {
      const { at, ...also } = entry(bounds, parameter, error, k);
      this.look(at, also);
    },
    /** @param {number} t @param {Partial<State>} [also] */
    look: (t, also = {}) => set({ ...lookAt(state, t, nth(0, bounds.T, bounds.reversed)), ...also }),
  };
}
