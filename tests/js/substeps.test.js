// A timestep in slow motion: which operation comes when, what is lit, and how the player goes through it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHash, toHash } from "../../static/js/address.js";
import { paceOf } from "../../static/js/motion/clock.js";
import { along, createPlayer } from "../../static/js/player.js";
import { isSlow, kindOf, lightOf, orderAt, substepsOf } from "../../static/js/substeps.js";
import { CELLS } from "./cells.js";

const LSTM = CELLS.lstm;
const now = () => 0;

/** @param {object} [more] @returns {any} */
const at = (more = {}) => ({ t: 3, phase: "forward", sub: 0, ...more });

test("every operation of every cell comes after all that it reads", () => {
  for (const cell of Object.values(CELLS)) {
    const order = substepsOf(cell).map(({ id }) => id);
    assert.ok(order.length >= 4, cell.id);
    for (const { from, to } of cell.graph.edges)
      if (order.includes(from)) assert.ok(order.indexOf(from) < order.indexOf(to), `${cell.id}: ${from} before ${to}`);
  }
});

test("what was folded into a box lights the box, on the way back from the other end", () => {
  const steps = substepsOf(LSTM);
  const shapes = new Set(["f", "i", "g", "o", "c", "h", "c.1", "c.2", "h.1"]);
  assert.equal(lightOf(steps, at(), shapes).now, "f");
  assert.ok(lightOf(steps, at(), shapes).later.has("h"));
  assert.ok(!lightOf(steps, at({ sub: 1 }), shapes).later.has("f"));
  const back = lightOf(steps, at({ phase: "backward" }), shapes);
  assert.equal(back.now, "h");
  assert.ok(back.back && back.later.has("f") && !back.last);
  const end = lightOf(steps, at({ sub: steps.length - 1 }), shapes);
  assert.deepEqual([end.last, end.later.size], [true, 0]);
});

test("a step goes on after its last operation, and back before its first, either way", () => {
  const limits = { T: 8, subs: 4 };
  assert.deepEqual(along(at({ sub: 2 }), limits, 1), { sub: 3 });
  assert.deepEqual(along(at({ sub: 3 }), limits, 1), { t: 4, phase: "forward", sub: 0 });
  assert.deepEqual(along(at({ sub: 0 }), limits, -1), { t: 2, phase: "forward", sub: 3 });
  assert.deepEqual(along(at({ phase: "backward", sub: 3 }), limits, 1), { t: 2, phase: "backward", sub: 0 });
  assert.deepEqual(along(at({ phase: "loss", t: 7, sub: 0 }), limits, 1), { t: 7, phase: "backward", sub: 0 });
  assert.deepEqual(along(at({ sub: null }), limits, 1), { t: 4, phase: "forward" });
});

test("a run in slow motion comes through every operation of every step, there and back, and rests", () => {
  const player = createPlayer({ T: 3, subs: 2 }, { frame: now });
  player.slow(true);
  assert.equal(player.state.phase, "forward");
  let count = 0;
  player.set({ playing: true });
  for (; player.state.playing && count < 100; count += 1) player.advance();
  assert.equal(count, 3 * 2 + 1 + 3 * 2);
  assert.equal(player.state.phase, "whole");
  player.slow(false);
  assert.equal(player.state.sub, null);
});

test("slow motion is in the address, and never faster than an operation a second", () => {
  const player = createPlayer({ T: 8, subs: 5 }, { frame: now, initial: fromHash("#t=2&phase=forward&sub=3") });
  assert.equal(player.state.sub, 3);
  assert.match(toHash(player.state), /sub=3/);
  assert.doesNotMatch(toHash({ ...player.state, sub: null }), /sub/);
  assert.equal(createPlayer({ T: 8, subs: 5 }, { frame: now, initial: { sub: 99 } }).state.sub, 4);
  assert.equal(paceOf({ sub: 0, speed: 16 }), 1);
  assert.equal(paceOf({ sub: 0, speed: 0.5 }), 0.5);
  assert.equal(paceOf({ sub: null, speed: 16 }), 16);
  assert.ok(!isSlow({ sub: 0, phase: "loss" }));
});

test("operations have their words", () => {
  assert.deepEqual(["@", "sum", "*", "tanh", "sigmoid", "relu"].map(kindOf), [
    "product",
    "sum",
    "times",
    "squash",
    "squash",
    "apply",
  ]);
  assert.equal(orderAt(at({ phase: "backward", sub: 0 }), 6), 5);
});
