import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHash, toHash } from "../../static/js/address.js";
import { ENGLISH } from "../../static/js/later/scene-words.js";
import { count } from "../../static/js/motion/sketch.js";
import { createPlayer } from "../../static/js/player.js";
import { t } from "../../static/js/strings.js";
import { apart, near } from "../../static/js/tools/ask.js";
import { pathOf, rangeOf } from "../../static/js/tools/curve.js";
import { decodeTrace } from "../../static/js/trace.js";
import { data as bag } from "../../static/js/views/bag.js";
import { data as beams } from "../../static/js/views/beams.js";
import { data as curse } from "../../static/js/views/curse.js";
import { data as reach } from "../../static/js/views/reach.js";
import { data as space } from "../../static/js/views/space.js";
import { data as seen } from "../../static/js/views/window.js";

/** @param {number[]} shape @param {number[]} data @param {string[]} dims */
const array = (shape, data, dims) => ({ shape, dims, dtype: "float64", data: Float64Array.from(data) });

// "a b a c" over three words, and a window of one or two
const trace = decodeTrace({
  id: "1",
  engine: "1",
  recipe: {},
  dims: { time: 4, batch: 1, input: 3, hidden: 2, output: 3 },
  labels: { time: ["a", "b", "a", "c"], input: ["a", "b", "c"], target: ["b", "a", "c", "a"] },
  arrays: {
    x: array([4, 1, 3], [1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1], ["time", "batch", "input"]),
    bag: array([4, 3], [1, 0, 0, 1, 1, 0, 2, 1, 0, 2, 1, 1], ["time", "input"]),
    "unperturbed/bag": array([4, 3], [0, 1, 0, 1, 1, 0, 1, 2, 0, 2, 1, 1], ["time", "input"]),
    "window/inputs": array([2], [3, 6], ["size"]),
    "window/parameters": array([2], [6, 12], ["size"]),
    "window/possible": array([2], [Math.log10(3), Math.log10(9)], ["size"]),
    "window/contexts": array([2], [2, 1], ["size"]),
    "window/unseen": array([2], [0.5, 1], ["size"]),
    "convolution/reach": array([4, 4], [1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1], ["time_t", "time_k"]),
    "jacobian/fro": array([4, 4], [1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1], ["time_t", "time_k"]),
    "space/map": array([2, 1], [3, -1], ["row", "column"]),
    "space/filter": array([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9], ["down", "across"]),
  },
});

/** @param {Partial<import("../../static/js/player.js").State>} change */
const at = (change) => {
  const player = createPlayer({ T: 4 }, { frame: () => 0 });
  player.set(change);
  return player.state;
};
/** @param {number} size */
const look = (size) => ({ share: false, large: null, size });

test("a window holds the last words, each with the place of its one", () => {
  const found = seen(trace, at({ t: 2, look: look(2) }));
  assert.deepEqual(found.rows, [
    { word: "b", at: 1, one: 1 },
    { word: "a", at: 2, one: 0 },
  ]);
  assert.deepEqual([found.inputs, found.parameters, found.next, found.sizes], [6, 12, "c", 2]);
  assert.equal(seen(trace, at({ t: 3, look: look(7) })).size, 2, "no larger than was counted");
  assert.equal(seen(trace, at({ t: 0, look: look(2) })).rows.length, 1, "the first word has none before it");
});

test("two bags are compared count by count", () => {
  const early = bag(trace, at({ t: 0 }));
  assert.deepEqual([early.differ, early.left], [2, 1]);
  const late = bag(trace, at({ t: 3 }));
  assert.deepEqual([late.differ, late.left, late.compared], [0, 0, true]);
  assert.deepEqual(late.rows[0], { word: "a", count: 2, before: 2 });
});

test("the curse is told size by size, the chosen one within what there is", () => {
  const found = curse(trace, at({ look: look(8) }));
  assert.equal(found.chosen, 2);
  assert.deepEqual(
    found.rows.map(({ unseen }) => unseen),
    [0.5, 1],
  );
});

test("a convolution reaches as far as its filter, a recurrence to the start", () => {
  const [convolution, recurrence] = reach(trace, at({ t: 3 })).parts;
  assert.deepEqual([convolution.far, recurrence.far], [2, 4]);
  assert.deepEqual(convolution.row, [0, 0, 1, 1]);
});

test("the filter lies within the picture, and nine numbers under it", () => {
  const found = space(trace, at({ t: 3, k: 3 }));
  assert.deepEqual([found.row, found.column, found.value], [1, 0, -1]);
  assert.deepEqual(found.under, [0, 1, 0, 1, 0, 0, 0, 0, 1]);
  assert.equal(space(trace, at({ t: 0 })).value, 3);
});

test("how much a window holds is part of the address", () => {
  const state = at({ t: 1, look: look(5) });
  assert.equal(fromHash(toHash(state)).look?.size, 5);
  assert.equal(fromHash("t=1").look?.size, undefined);
});

test("thousands stand apart, and every sentence is there", () => {
  assert.equal(count(1234567), "1\u202f234\u202f567");
  assert.equal(count(12), "12");
  for (const key of Object.keys(ENGLISH)) assert.notEqual(t(key), key);
});

test("a tree keeps what went on, shows the best of what was cut, and grows with the player", () => {
  const tree = {
    node: [1, 2, 3, 4, 5, 6, 7],
    parent: [0, 0, 0, 0, 1, 1, 2],
    t: [0, 0, 0, 0, 1, 1, 1],
    token: [0, 1, 2, 1, 2, 0, 2],
    log_probability: [-0.5, -1, -3, -4, -1, -2, -0.1],
    total: [-0.5, -1, -3, -4, -1.5, -2.5, -1.1],
    score: [-0.5, -1, -3, -4, -1.5, -2.5, -1.1],
    fate: ["kept", "kept", "pruned", "pruned", "finished", "pruned", "finished"],
  };
  const search = {
    tree,
    labels: ["a", "b", "·"],
    sequences: [
      { node: 7, text: "b", score: -1.1 },
      { node: 5, text: "a", score: -1.5 },
    ],
    decoding: { method: "beam", width: 2 },
    prompt: ["·"],
  };
  const searched = Object.assign(decodeTrace({ id: "1", recipe: {}, dims: { time: 4 }, arrays: {} }), { search });
  const early = beams(searched, at({ t: 0, phase: "forward" }));
  assert.deepEqual([early?.shown, early?.leaves.length, early?.sequences.length], [0, 4, 0]);
  const whole = beams(searched, at({ phase: "whole" }));
  assert.deepEqual(
    whole?.leaves.filter(({ best }) => best).map(({ node }) => node),
    [2, 7],
  );
  assert.deepEqual([whole?.weighed, whole?.leaves.find(({ node }) => node === 5)?.text], [7, "a·"]);
  assert.equal(beams(decodeTrace({ id: "1", recipe: {}, dims: { time: 1 }, arrays: {} }), at({})), null);
});

test("a drawing is compared in powers of ten, a number by its share", () => {
  assert.equal(apart([0, 1, 2], [1, 10, 100]), 0);
  assert.ok(Math.abs(apart([1, 1, 1], [1, 10, 100]) - 2 / 3) < 1e-12);
  assert.ok(near(11, 10, 0.1) && !near(11.2, 10, 0.1) && near(0, 0, 0.2));
});

test("the paper of a curve is larger than the curve, and the curve lies on it", () => {
  const range = rangeOf([1e-3, 1, 5]);
  assert.deepEqual(range, { low: -6, high: 2 });
  const ys = pathOf([-3, 0, 0.7], range)
    .split(/[ML]/)
    .filter(Boolean)
    .map((point) => Number(point.split(",")[1]));
  assert.ok(ys[0] > ys[1] && ys[1] > ys[2] && ys[2] > 0);
});
