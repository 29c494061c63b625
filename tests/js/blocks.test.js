import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHash, toHash } from "../../static/js/address.js";
import { answerAt, headOf, speaks } from "../../static/js/answers.js";
import * as blocks from "../../static/js/blocks.js";
import { chainRows, handovers, lookings } from "../../static/js/motion/links.js";
import { ways } from "../../static/js/motion/pulse.js";
import { networkRows, wires } from "../../static/js/motion/wires.js";
import { createPlayer, happened, moment, position } from "../../static/js/player.js";
import { makeTimeline } from "../../static/js/timeline.js";
import { cellOf, decodeTrace } from "../../static/js/trace.js";
import { definition as contributions } from "../../static/js/views/contributions.js";
import { isOneHot } from "../../static/js/views/input.js";
import { chosenPath } from "../../static/js/views/unrolled.js";

const CELL = "s = tanh(W @ x + U @ s_prev + b)";

/** @param {string} name @param {Record<string, unknown>} [more] */
const block = (name, more = {}) => ({
  name,
  cell: CELL,
  states: ["s"],
  output: "s",
  reads: ["x"],
  direction: "forward",
  start: null,
  memory: [],
  joined: true,
  own_output: false,
  axis: "time",
  steps: 3,
  ...more,
});

/** @param {string[]} dims @param {number[]} shape @param {(index: number) => number} [value] */
const array = (dims, shape, value = (index) => index) => ({
  dims,
  shape,
  dtype: "float64",
  data: Float64Array.from({ length: shape.reduce((product, length) => product * length, 1) }, (_, index) =>
    value(index),
  ),
});

/** @param {any[]} list @param {string[]} output @param {Record<string, any>} arrays */
const network = (list, output, arrays) =>
  decodeTrace({
    id: "x",
    engine: "1",
    recipe: { cell: "rnn-tanh", window: null },
    dims: { time: 3, source: 2, batch: 1, hidden: 2, output: 2 },
    labels: { time: ["", "b", "a"], source: ["a", "b"], output: ["a", "b"] },
    topology: { name: "n", blocks: list, output, head: "softmax" },
    arrays,
  });

const HEAD = {
  target: array(["time", "batch"], [3, 1], () => 1),
  probs: array(["time", "batch", "output"], [3, 1, 2], (index) => (index % 2 ? 0.75 : 0.25)),
  loss: array(["time", "batch"], [3, 1]),
};

const TRANSLATION = network(
  [
    block("encoder", { axis: "source", steps: 2 }),
    block("decoder", { reads: ["y"], start: "encoder", memory: ["encoder"] }),
  ],
  ["decoder"],
  {
    ...HEAD,
    x: array(["source", "batch", "input"], [2, 1, 2]),
    y: array(["time", "batch", "output"], [3, 1, 2]),
    "encoder/s": array(["source", "batch", "hidden"], [2, 1, 2]),
    "decoder/s": array(["time", "batch", "hidden"], [3, 1, 2]),
    "decoder/a": array(["time", "batch", "source"], [3, 1, 2]),
    "grad_norm/encoder/s": array(["source"], [2]),
    "grad/encoder/W": array(["hidden", "input"], [2, 2]),
    "contribution/encoder/W": array(["time_t", "source_k"], [3, 2]),
    "contribution/decoder/W": array(["time_t", "time_k"], [3, 3]),
    "param/V": array(["output", "hidden"], [2, 2]),
    "truncation/cosine": array([], []),
  },
);

const BOTH = network([block("forward"), block("backward", { direction: "backward" })], ["forward", "backward"], {
  ...HEAD,
  x: array(["time", "batch", "input"], [3, 1, 2]),
  "forward/s": array(["time", "batch", "hidden"], [3, 1, 2]),
  "backward/s": array(["time", "batch", "hidden"], [3, 1, 2], (index) => 10 * index),
  "contribution/forward/W": array(["time_t", "time_k"], [3, 3]),
  "contribution/backward/W": array(["time_t", "time_k"], [3, 3]),
});

test("a network of one chain is its own lens", () => {
  const trace = network([block("")], [""], { s: array(["time", "batch", "hidden"], [3, 1, 2]) });
  assert.equal(blocks.lensOf(trace), trace);
  assert.equal(blocks.lensOf(trace, "encoder"), trace);
});

test("through a lens a chain goes by the names of its own equations", () => {
  const lens = blocks.lensOf(BOTH, "backward");
  assert.deepEqual([...(lens.get("s")?.data ?? [])], [0, 10, 20, 30, 40, 50]);
  assert.deepEqual([...lens.names].sort(), ["contribution/W", "loss", "probs", "s", "target", "x"]);
  assert.equal(lens.get("forward/s"), undefined);
  assert.equal(blocks.fullName(lens, "s"), "backward/s");
  assert.equal(blocks.fullName(lens, "probs"), "probs");
  assert.equal(blocks.fullParameter(blocks.lensOf(TRANSLATION, "encoder"), "W"), "encoder/W");
});

test("a lens is made once, also from another lens, and shows what the output reads unless asked for another", () => {
  const one = blocks.lensOf(TRANSLATION, "encoder");
  assert.equal(blocks.lensOf(one, "encoder"), one);
  assert.equal(blocks.lensOf(one).block?.name, "decoder");
  assert.equal(blocks.lensOf(BOTH, "no such").block?.name, "forward");
});

test("the steps of a source are the time of the chain that reads it, and it has no output of its own", () => {
  const lens = blocks.lensOf(TRANSLATION, "encoder");
  assert.equal(lens.dims.time, 2);
  assert.deepEqual(lens.labels.time, ["a", "b"]);
  assert.deepEqual(lens.get("s")?.dims, ["time", "batch", "hidden"]);
  assert.deepEqual(lens.get("contribution/W")?.dims, ["error_t", "time_k"]);
  assert.deepEqual(lens.get("x")?.dims, ["time", "batch", "input"]);
  assert.equal(headOf(lens), null);
  assert.equal(answerAt(lens, 0), null);
  assert.deepEqual(blocks.errorsOf(lens), { steps: 3, words: ["", "b", "a"], own: false });
  const decoder = blocks.lensOf(TRANSLATION, "decoder");
  assert.deepEqual(decoder.get("a")?.dims, ["time", "batch", "source"]);
  assert.deepEqual(decoder.get("x")?.dims, ["time", "batch", "output"]);
  assert.ok(speaks(decoder) && !speaks(lens));
  assert.equal(answerAt(decoder, 1)?.p, 0.75);
});

test("an error reaches the earlier uses, the later ones, or all of them", () => {
  assert.equal(blocks.reachOf(blocks.lensOf(BOTH, "forward")), "lower");
  assert.equal(blocks.reachOf(blocks.lensOf(BOTH, "backward")), "upper");
  assert.equal(blocks.reachOf(blocks.lensOf(TRANSLATION, "encoder")), "whole");
  const below = ["forward1", "backward1"];
  const stacked = network(
    [
      block("forward1"),
      block("backward1", { direction: "backward" }),
      block("forward2", { reads: below }),
      block("backward2", { reads: below, direction: "backward" }),
    ],
    ["forward2", "backward2"],
    {},
  );
  assert.equal(blocks.reachOf(blocks.lensOf(stacked, "forward1")), "whole");
  assert.equal(blocks.reachOf(blocks.lensOf(stacked, "forward2")), "lower");
});

test("what lies between a use and an error is counted as the engine counts it", () => {
  assert.equal(blocks.lag(blocks.lensOf(BOTH, "backward"), 0, 2), 2);
  const encoder = blocks.lensOf(TRANSLATION, "encoder");
  assert.equal(blocks.lag(encoder, 0, 1), 1);
  assert.equal(blocks.lag(encoder, 2, 0), 4);
});

test("the matrix of a chain has a row for every error and a column for every use", () => {
  const state = /** @type {any} */ ({ t: 0, k: 0, focus: null, hover: null, look: { share: false } });
  const scene = /** @type {any} */ ({ decades: { low: -3, high: 0 } });
  const chart = /** @type {any} */ (contributions.data(blocks.lensOf(TRANSLATION, "encoder"), state, scene));
  assert.deepEqual([chart.rows, chart.T, chart.reach, chart.own], [3, 2, "whole", false]);
  assert.deepEqual(contributions.hit(chart, { t: 1, share: 0.9 }), { t: 1, k: 1, error: 2 });
  assert.match(contributions.readout(chart, { t: 1, k: 1, error: 2 }, TRANSLATION), /t = 2.*k = 1: 5/);
  const upper = /** @type {any} */ (contributions.data(blocks.lensOf(BOTH, "backward"), state, scene));
  assert.match(contributions.readout(upper, { t: 2, k: 0 }, BOTH), /k < t/);
  assert.match(contributions.readout(upper, { t: 0, k: 2 }, BOTH), /: 2/);
});

test("a reversed chain plays from its last step to its first and back", () => {
  const seen = Array.from({ length: 8 }, (_, place) => moment(place, 3, true));
  assert.deepEqual(
    seen.map(({ t, phase }) => `${phase} ${t}`),
    ["forward 2", "forward 1", "forward 0", "loss 0", "backward 0", "backward 1", "backward 2", "whole 0"],
  );
  for (const [place, at] of seen.slice(0, 7).entries()) assert.equal(position(at, 3, true), place);
  const until = happened({ t: 1, phase: "forward" }, { T: 3, reversed: true });
  assert.deepEqual([0, 1, 2].map(until.state), [false, true, true]);
  const back = happened({ t: 1, phase: "backward" }, { T: 3, reversed: true });
  assert.deepEqual([0, 1, 2].map(back.gradient), [true, true, false]);
});

test("a chosen contribution is the nearest there is", () => {
  const player = createPlayer({ T: 3, reversed: true, reach: "upper" }, { frame: (callback) => callback() });
  player.choose("W", 2, 0);
  assert.deepEqual([player.state.t, player.state.k], [2, 2]);
  player.resize({ T: 2, reach: "whole", errors: 3 });
  player.choose("W", 9, 1);
  assert.deepEqual([player.state.t, player.state.k, player.state.focus?.error], [1, 1, 2]);
  const hash = toHash({ ...player.state, look: { share: false, large: null, block: "encoder" } });
  const { focus, look } = fromHash(hash);
  assert.deepEqual([focus?.error, focus?.parameter, look?.block], [2, "W", "encoder"]);
});

test("the way of an error runs to where it comes in", () => {
  const state = /** @type {any} */ ({ t: 0, k: 2, focus: { parameter: "W" } });
  assert.deepEqual(chosenPath(state, blocks.lensOf(BOTH, "backward")), { t: 0, k: 2, low: 0, high: 2, own: true });
  const other = /** @type {any} */ ({ t: 0, k: 0, focus: { parameter: "W", error: 2 } });
  const path = chosenPath(other, blocks.lensOf(TRANSLATION, "encoder"));
  assert.deepEqual(path, { t: 2, k: 0, low: 0, high: 1, own: false });
});

test("the wires of a reversed chain come from the right", () => {
  const rows = networkRows(1);
  const [plain, turned] = [false, true].map((reversed) => wires(rows, 80, 40, 1, false, reversed));
  const x = (/** @type {any} */ { forward }) => Number(forward[3].d.match(/^M(-?[\d.]+)/)[1]);
  assert.ok(x(plain) < 0 && x(turned) > 80);
  const shape = { rows, step: 80, states: 1, wide: 40, reversed: true, T: 3 };
  const across = ways(/** @type {any} */ ({ phase: "forward", t: 0 }), shape).find(({ kind }) => kind === "state");
  assert.ok(across && across.from[0] > across.to[0]);
});

test("while one chain plays, the others are as far as they can be", () => {
  const [encoder, decoder] = blocks.blocksOf(TRANSLATION);
  const done = { forward: 1, backward: 0 };
  assert.deepEqual(blocks.progress(encoder, decoder, "forward", done), { forward: 2, backward: 0 });
  assert.deepEqual(blocks.progress(decoder, encoder, "forward", done), { forward: 0, backward: 0 });
  assert.deepEqual(blocks.progress(decoder, encoder, "backward", done), { forward: 3, backward: 3 });
  assert.deepEqual(blocks.progress(encoder, decoder, "whole", done), { forward: 2, backward: 2 });
});

test("the chains lie from the output down to the input, and what is handed over runs upwards", () => {
  const line = (/** @type {any} */ { steps }) => makeTimeline({ width: 300, left: 0, right: 0, T: steps });
  const { rows } = chainRows(blocks.blocksOf(TRANSLATION), line, 1);
  assert.deepEqual(
    rows.map(({ block: { name } }) => name),
    ["decoder", "encoder"],
  );
  assert.match(handovers(rows)[0].d, /^M225,.* 50,/);
  const looks = lookings(rows[0], rows[1], { at: 1, weight: (_t, j) => [0.9, 0.1][j], fromMemory: false });
  assert.deepEqual(
    looks.map(({ weight }) => weight),
    [0.9, 0.1],
  );
});

test("the previous state of a chain that reads from the end is the step behind", () => {
  const nodes = [{ name: "s", label: "state", latex: "s_{t}", role: "state", equation: "s_{t} = U s_{t-1}" }];
  const cells = /** @type {any} */ ([{ id: "rnn", source: CELL, nodes, states: ["s"] }]);
  assert.equal(cellOf(blocks.lensOf(BOTH, "forward"), { cells }).nodes[0].equation, "s_{t} = U s_{t-1}");
  const turned = cellOf(blocks.lensOf(BOTH, "backward"), { cells });
  assert.equal(turned.nodes[0].equation, "s_{t} = U s_{t+1}");
  assert.equal(cellOf(blocks.lensOf(BOTH, "backward"), { cells }), turned);
});

test("numbers are told from words by what stands beside the ones", () => {
  const x = (/** @type {number[]} */ data) => ({ data: Float64Array.from(data), shape: [2, 1, 2], dims: [] });
  assert.ok(isOneHot(x([0, 1, 1, 0])));
  assert.ok(!isOneHot(x([0.5, 1, 1, 0])));
  assert.ok(!isOneHot(x([1, 1, 0, 0])));
});
