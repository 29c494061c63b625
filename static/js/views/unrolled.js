// The network unrolled in time: input below, state in the row, prediction and loss above, the same W, U and V at every step.
// A belt of columns runs under a lens; when the run is short the lens shows all of it and nothing moves.

import { answerAt, counted, headOf } from "../answers.js";
import { blocksOf, errorsOf, isJoint } from "../blocks.js";
import { between, css, logShare } from "../color.js";
import { make, symbol } from "../dom.js";
import * as columns from "../motion/column.js";
import { listenToBelt } from "../motion/pointing.js";
import { pulses } from "../motion/pulse.js";
import { createTurn } from "../motion/turn.js";
import { cellWidth, networkRows } from "../motion/wires.js";
import { roundUp } from "../numbers.js";
import { errorAt, happened, nth } from "../player.js";
import { mostOf } from "../scene.js";
import { t } from "../strings.js";
import { step as slice } from "../trace.js";

/**
 * @typedef {import('../motion/chart.js').Context} Context
 * @typedef {import('../motion/chart.js').Scene} Scene
 * @typedef {import('../motion/column.js').Column} Column
 * @typedef {import('../motion/column.js').StepData} StepData
 * @typedef {import('../motion/wires.js').Rows} Rows
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 */

/** @type {number[]} */
const NONE = [];

/** What the network holds at one step. @param {Trace} trace @param {number} at @param {Scene} scene @returns {StepData} */
export function data(trace, at, scene) {
  const { cell, decades } = scene;
  const answer = answerAt(trace, at) ?? { guess: "", target: "", p: Number.NaN };
  const loss = lossAt(trace, at);
  const norm = trace.get(`grad_norm/${cell.output}`)?.data[at] ?? Number.NaN;
  const word = trace.labels.time?.[at] ?? String(at);
  return {
    t: at,
    word,
    letters: lettersOf(word, trace.labels.time ?? []),
    next: answer.target,
    target: answer.target,
    guess: answer.guess,
    p: answer.p,
    loss,
    lossShare: Math.min(1, (loss || 0) / (mostOf(scene, trace.get("loss")?.data ?? NONE) || 1)),
    strips: strips(trace, at, scene),
    norm,
    share: logShare(norm, decades),
  };
}

/** How many letters to make room for: numbers are all set in one size, words each in its own. @param {string} word @param {string[]} all */
const lettersOf = (word, all) =>
  /^[−-]?\d+\.\d/.test(word) ? Math.max(...all.map(({ length }) => length)) : word.length;

/** @param {Trace} trace @param {number} at */
function lossAt(trace, at) {
  return (counted(trace, at) && trace.get("loss")?.data[at * (trace.dims.batch ?? 1)]) || Number.NaN;
}

/** The states of a cell at one step, the one that the output reads last, each with its gradient. @param {Trace} trace @param {number} at @param {Scene} scene */
function strips(trace, at, scene) {
  const { cell } = scene;
  const states = [...cell.states].sort((one, other) => Number(one === cell.output) - Number(other === cell.output));
  return states.flatMap((name) => {
    const values = trace.get(name);
    const gradient = trace.get(`grad/${name}`);
    if (values === undefined) return [];
    const limit = roundUp(mostOf(scene, values.data));
    return [{ name, values: slice(values, at), gradient: gradient ? slice(gradient, at) : null, limit }];
  });
}

/** How strongly the error at t runs through step j, on the shared scale: the bias's contribution is that gradient itself. @param {Trace} trace @param {number} at @param {number} j @param {Scene} scene */
export function pathShare(trace, at, j, { decades }) {
  const error = trace.get("contribution/b");
  return error ? logShare(error.data[at * error.shape[1] + j], decades) : Number.NaN;
}

/**
 * The error and the use that a chosen contribution joins: the columns that its way back runs through. An error at a step of another
 * axis comes in at the end of this chain.
 * @typedef {{t: number, k: number, low: number, high: number, own: boolean}} Path
 * @param {State} state @param {Trace} trace @returns {Path | null}
 */
export function chosenPath(state, trace) {
  if (!state.focus?.parameter) return null;
  const [t, { own }] = [errorAt(state), errorsOf(trace)];
  const reversed = trace.block?.direction === "backward";
  const end = own ? t : reversed ? 0 : trace.dims.time - 1;
  const k = own ? (reversed ? Math.max : Math.min)(state.k, t) : state.k;
  return { t, k, low: Math.min(k, end), high: Math.max(k, end), own };
}

/** The unit to frame in a column: the one under the pointer, else the one in focus. @param {State} state @param {number} at @returns {number | undefined} */
export function framedUnit({ hover, focus, t: now }, at) {
  if (hover?.unit !== undefined) return at === hover.t || at === now ? hover.unit : undefined;
  const inFocus = at === now && focus?.node && columns.kindOf(focus.node) === "cell";
  return inFocus ? (focus.unit ?? undefined) : undefined;
}

/** Whether what is in focus counts steps of the source, no units. @param {Trace} trace @param {State} state */
const isPlace = (trace, { focus, hover }) =>
  hover?.unit === undefined && Boolean(focus?.node) && trace.dimsOf(focus?.node ?? "")[2] === "source";

class Network {
  /** @param {HTMLElement} host @param {Context} context */
  constructor(host, context) {
    this.host = host;
    this.context = context;
    this.belt = make("ol", { class: "belt" });
    this.window = make("div", { class: "belt-window" }, this.belt);
    this.names = make("div", { class: "row-names", "aria-hidden": "true" });
    host.replaceChildren(this.names, this.window);
    this.pulse = pulses(this.belt);
    /** @type {Column[]} */
    this.columns = [];
    this.turn = createTurn();
    this.drawn = "";
    this.placed = "";
    this.units = 0;
    this.joint = false;
    /** @type {columns.Shape} */
    this.shape = { rows: networkRows(1), step: 1, states: 1, wide: 1, scale: 1, reversed: false, T: 1 };
    this.release = listenToBelt(this.belt, context, this);
  }

  /** @param {Trace} trace @param {State} state */
  draw(trace, state) {
    const { scene } = this.context;
    const { near } = scene;
    const key = `${scene.version} ${near.width} ${near.count} ${near.step}`;
    if (key !== this.drawn) {
      this.drawn = key;
      this.units = trace.dims.hidden;
      this.joint = isJoint(trace);
      this.furnish(scene, trace);
    }
    const first = scene.lensFirst(state.t);
    this.belt.style.transform = `translateX(${-first * near.step}px)`;
    const last = Math.min(trace.dims.time - 1, first + near.count);
    for (let at = Math.max(0, first - 1); at <= last; at += 1) this.show(trace, state, at);
    this.belt.classList.toggle("has-path", chosenPath(state, trace) !== null);
    for (const column of this.columns) this.mark(column, trace, state);
    // Who hears the steps one by one hears a run that rests; to move elements at every step costs late frames.
    if (!state.playing) this.turn(this.columns, Math.max(0, first - 1) % this.columns.length);
    this.pulse.follow(state, this.shape);
  }

  /** Make as many columns as the lens needs, and place them. @param {Scene} scene @param {Trace} trace */
  furnish({ near, cell, scale, reversed, headless }, trace) {
    const states = Math.max(1, cell.states.length);
    const rows = networkRows(scale, headless);
    const wide = cellWidth(near.step, states, scale);
    this.shape = { rows, step: near.step, states, wide, scale, reversed, T: near.T };
    this.host.classList.toggle("is-headless", headless);
    this.host.classList.toggle("is-reversed", reversed);
    this.host.classList.toggle("is-apart", trace.topology?.blocks[0]?.joined === false);
    const readers = readersOf(trace);
    this.host.classList.toggle("is-unread", headless && readers.length === 0);
    this.host.classList.toggle("is-handed", headless && readers.length > 0 && readers.every(onlyBegins(trace)));
    this.host.classList.toggle("is-begun", Boolean(trace.block?.start));
    this.place(near);
    this.host.style.height = `${rows.height}px`;
    this.window.style.left = `${near.left}px`;
    this.window.style.width = `${near.inner}px`;
    nameRows(this.names, rows, cell.output, trace, headless ? readers : null);
  }

  /** Columns in their places; as they are, where the network has the same shape as before. @param {import('../timeline.js').Timeline} near */
  place(near) {
    const key = JSON.stringify(this.shape);
    if (key === this.placed) return;
    this.placed = key;
    this.turn(this.columns, 0);
    const count = Math.min(near.T, near.count + 2);
    while (this.columns.length < count) this.columns.push(columns.makeColumn());
    for (const extra of this.columns.splice(count)) extra.element.remove();
    for (const column of this.columns) {
      columns.placeColumn(column, this.shape);
      if (!column.element.isConnected) this.belt.append(column.element);
    }
  }

  /** @param {number} at */
  columnOf(at) {
    return this.columns[at % this.columns.length];
  }

  /** @param {Trace} trace @param {State} state @param {number} at */
  show(trace, state, at) {
    const column = this.columnOf(at);
    const { scene } = this.context;
    if (column.t !== at || column.version !== scene.version) {
      column.version = scene.version;
      column.data = data(trace, at, scene);
      column.element.hidden = false;
      column.element.style.transform = `translateX(${at * this.shape.step}px)`;
      columns.wireColumn(column, this.shape, at === nth(0, trace.dims.time, this.shape.reversed));
      columns.fillColumn(column, column.data);
      column.element.classList.toggle("last", at === nth(trace.dims.time - 1, trace.dims.time, this.shape.reversed));
      this.weigh(column, column.data.share);
    }
    const first = scene.lensFirst(state.t);
    column.element.classList.toggle("is-out", at < first || at >= first + scene.near.count);
    const until = happened(state, { T: trace.dims.time, reversed: this.shape.reversed });
    const [states, gradients] = [until.state(at), until.gradient(at)];
    const key = `${states} ${gradients} ${until.loss} ${this.joint}`;
    columns.showReached(column, this.shape, scene, { states, gradients });
    if (column.shown === key) return;
    column.shown = key;
    const { classList } = column.element;
    classList.toggle("has-state", states);
    classList.toggle("has-answer", states && (until.loss || !this.joint));
    classList.toggle("has-loss", until.loss);
    classList.toggle("has-gradient", gradients);
  }

  /** Light the step of the player, of the pointer, and the way of a chosen contribution. @param {Column} column @param {Trace} trace @param {State} state */
  mark(column, trace, state) {
    const at = column.t;
    const hovered = state.hover?.t === at || state.hover?.k === at;
    const key = `${at === state.t} ${hovered} ${state.focus?.node}`;
    if (column.marked !== key) {
      column.marked = key;
      column.element.classList.toggle("is-now", at === state.t);
      column.element.classList.toggle("is-hover", hovered);
      columns.markFocus(column, at === state.t, state.focus?.node ?? null);
    }
    this.markPath(column, trace, chosenPath(state, trace));
    columns.markUnit(column, this.shape, this.units, isPlace(trace, state) ? undefined : framedUnit(state, at));
  }

  /** @param {Column} column @param {Trace} trace @param {Path | null} path */
  markPath(column, trace, path) {
    const at = column.t;
    const on = path !== null && at >= path.low && at <= path.high;
    if (!on && !column.pathed) return;
    column.element.classList.toggle("on-path", on);
    column.element.classList.toggle("path-start", on && at === path.k);
    column.element.classList.toggle("path-end", on && path.own && at === path.t);
    if (on) this.weigh(column, pathShare(trace, path.t, at, this.context.scene));
    else if (column.pathed && column.data) this.weigh(column, column.data.share);
    column.pathed = on;
  }

  /** Colour and weigh the gradient's wires by its size. @param {Column} column @param {number} share */
  weigh({ ways, cell }, share) {
    const size = Number.isNaN(share) ? 0 : share;
    const color = css(between(this.context.scene.palette.gradient, 0.3 + 0.45 * size));
    for (const { style } of [ways, cell]) style.setProperty("--gradient-color", color); // not on all that inherits
    ways.style.setProperty("--gradient-width", `${1 + 2.4 * size}px`);
  }

  destroy() {
    this.release();
    this.host.replaceChildren();
  }
}

const NAMES = /** @type {[keyof Rows, string, string, string][]} row, letter, meaning, key */ ([
  ["next", "", "", "net.next"],
  ["loss", "J_t", "loss", "net.loss"],
  ["output", "y_t", "output", "net.prediction"],
  ["cell", "s_t", "state", "net.state"],
  ["input", "x_t", "input", "net.input"],
]);

/** The chains that read the one that is seen. @param {Trace} trace */
const readersOf = ({ block, whole }) =>
  block ? blocksOf(/** @type {Trace} */ (whole)).filter((each) => reads(each, block.name)) : [];

/** @param {import('../blocks.js').Block} reader @param {string} name */
const reads = ({ reads: read, memory, start }, name) => read.includes(name) || memory.includes(name) || start === name;

/** Whether a chain takes no more of the one that is seen than its last state. @param {Trace} trace */
const onlyBegins =
  ({ block }) =>
  (/** @type {import('../blocks.js').Block} */ { reads: read, memory }) =>
    !read.includes(block?.name ?? "") && !memory.includes(block?.name ?? "");

/** What a row is called in this network: what comes in may be another chain, what is right no word. @param {string} key @param {Trace} trace */
function rowName(key, trace) {
  const below = blocksOf(trace).filter(({ name }) => trace.block?.reads.includes(name));
  if (key === "net.input" && below.length > 0)
    return below.length > 1 ? t("net.below") : t("net.from", { names: below[0].name });
  const answers = headOf(trace) !== "softmax" || Boolean(trace.block?.start || trace.block?.memory.length);
  return t(key === "net.next" && answers ? "net.wanted" : key);
}

/**
 * The names of the rows, in the gutter. @param {HTMLElement} host @param {Rows} places @param {string} output the state that the output reads
 * @param {Trace} trace @param {{name: string}[] | null} readers the chains that read this one, where the output layer does not
 */
function nameRows(host, places, output, trace, readers) {
  const rows = readers === null ? NAMES : NAMES.filter(([row]) => row === "cell" || row === "input");
  const named = rows.map(([row, letter, meaning, key]) => {
    const place = /** @type {import('../motion/wires.js').Place} */ (places[row]);
    const mark = letter ? [symbol(row === "cell" ? `${output}_t` : letter, meaning)] : [];
    const name = make("div", { class: `net-row row-${row}` }, ...mark, make("span", {}, rowName(key, trace)));
    name.style.top = `${place.top}px`;
    name.style.height = `${place.height}px`;
    return name;
  });
  const names = (readers ?? []).map(({ name }) => name).join(", ");
  const onward = make("div", { class: "net-row" }, make("span", {}, t("net.onward", { names })));
  onward.style.top = "0";
  host.replaceChildren(...named, ...(names ? [onward] : []));
}

export const view = {
  name: "unrolled",
  reads: ["x", "target", "probs", "loss", "{state}", "grad/{state}", "grad_norm/{state}"],
  /** @param {HTMLElement} host @param {Context} context */
  mount: (host, context) => new Network(host, context),
};
