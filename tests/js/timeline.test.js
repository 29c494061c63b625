import assert from "node:assert/strict";
import { test } from "node:test";
import { axisLabels } from "../../static/js/motion/axis.js";
import { covered, handleAt, momentAt, railPath, tickPath } from "../../static/js/motion/track.js";
import { cellWidth, lanes, networkRows, wires } from "../../static/js/motion/wires.js";
import { labelEvery, lensCount, lensFirst, makeTimeline } from "../../static/js/timeline.js";

const eight = makeTimeline({ width: 1000, left: 100, right: 100, T: 8 });

test("columns fill the room between the gutters exactly", () => {
  assert.equal(eight.step, 100);
  assert.equal(eight.edge(0), 100);
  assert.equal(eight.edge(8), 900);
  assert.equal(eight.centre(3), 450);
});

test("every place belongs to a step, and the gutters to the nearest", () => {
  for (let t = 0; t < 8; t += 1) {
    assert.equal(eight.at(eight.centre(t)), t);
    assert.equal(eight.at(eight.edge(t)), t);
    assert.equal(eight.at(eight.edge(t + 1) - 0.01), t);
  }
  assert.equal(eight.at(-50), 0);
  assert.equal(eight.at(5000), 7);
});

test("a window of the steps keeps their numbers", () => {
  const near = makeTimeline({ width: 1000, left: 100, right: 100, T: 100, first: 40, count: 10 });
  assert.equal(near.edge(40), 100);
  assert.equal(near.at(near.centre(44)), 44);
  assert.equal(near.at(0), 40);
});

test("the lens shows all steps that fit, else an odd number around the playhead", () => {
  assert.equal(lensCount(800, 8), 8);
  assert.equal(lensCount(800, 12), 12);
  assert.equal(lensCount(800, 100) % 2, 1);
  assert.equal(lensCount(270, 8), 3);
  assert.equal(lensCount(5000, 1000), 13);
});

test("the playhead stands in the middle of the lens, save near the ends", () => {
  assert.equal(lensFirst(50, 100, 11), 45);
  assert.equal(lensFirst(2, 100, 11), 0);
  assert.equal(lensFirst(99, 100, 11), 89);
  assert.equal(lensFirst(5, 8, 8), 0);
});

test("labels of an axis come as often as they have room", () => {
  assert.equal(labelEvery(100, 26), 1);
  assert.equal(labelEvery(8, 26), 5);
  assert.equal(labelEvery(0.8, 26), 50);
});

test("words stand under the steps only where they fit", () => {
  const words = ["a", "b", "c", "d", "e", "f", "g", "h"];
  assert.deepEqual(axisLabels(words, eight)[1], { t: 1, word: "b" });
  const narrow = makeTimeline({ width: 300, left: 50, right: 50, T: 8 });
  assert.deepEqual(axisLabels(words, narrow)[1], { t: 2, word: "" });
});

test("the track runs forward, round and back under its columns", () => {
  assert.deepEqual(handleAt({ t: 3, phase: "forward" }, eight), [450, 13]);
  assert.deepEqual(handleAt({ t: 3, phase: "backward" }, eight), [450, 31]);
  const [x, y] = handleAt({ t: 7, phase: "loss" }, eight);
  assert.ok(x > eight.centre(7) && y === 22);
  assert.match(railPath(eight), /^M150,13H850a9,9 0 0 1 0,18H150$/);
});

test("a place on the track is a moment: the lane is the phase, beyond the end are the losses", () => {
  assert.deepEqual(momentAt(450, 5, eight), { t: 3, phase: "forward" });
  assert.deepEqual(momentAt(450, 40, eight), { t: 3, phase: "backward" });
  assert.deepEqual(momentAt(880, 20, eight), { t: 7, phase: "loss" });
});

test("a handle stands where a pointer would put it", () => {
  for (let t = 0; t < 8; t += 1) {
    for (const phase of /** @type {const} */ (["forward", "backward"])) {
      const [x, y] = handleAt({ t, phase }, eight);
      assert.deepEqual(momentAt(x, y, eight), { t, phase });
    }
  }
});

test("ticks vanish where they would touch", () => {
  assert.equal(tickPath(makeTimeline({ width: 400, left: 0, right: 0, T: 100 })), "");
  assert.equal(tickPath(eight).match(/M/g)?.length, 16);
});

test("the lanes are covered as the run goes on", () => {
  assert.deepEqual(covered({ t: 0, phase: "forward" }, 8), { forward: 0, turned: false, backward: 0 });
  assert.deepEqual(covered({ t: 7, phase: "loss" }, 8), { forward: 1, turned: true, backward: 0 });
  assert.deepEqual(covered({ t: 0, phase: "backward" }, 8), { forward: 1, turned: true, backward: 1 });
  assert.deepEqual(covered({ t: 4, phase: "whole" }, 8), { forward: 1, turned: true, backward: 1 });
  assert.deepEqual(covered({ t: 0, phase: "forward" }, 1), { forward: 0, turned: false, backward: 0 });
});

test("the rows of the network stand one above the other", () => {
  const { next, loss, output, cell, input, height } = networkRows(1);
  const rows = [next, loss, output, cell, input];
  for (let i = 1; i < rows.length; i += 1) assert.ok(rows[i].top >= rows[i - 1].top + rows[i - 1].height);
  assert.equal(height, input.top + input.height);
  assert.equal(networkRows(1.5).height, 1.5 * height);
});

test("wires run up going forward and down going backward, and join neighbours", () => {
  const rows = networkRows(1);
  const wide = cellWidth(100, 1, 1);
  const { forward, backward } = wires(rows, 100, wide, 1, false);
  assert.deepEqual(
    forward.map(({ name }) => name),
    ["w", "v", "j", "u0"],
  );
  assert.deepEqual(
    backward.map(({ name }) => name),
    ["w", "v", "j", "u0"],
  );
  const [from, to] =
    forward[3].d
      .match(/-?[\d.]+/g)
      ?.map(Number)
      .filter((_, index) => index !== 1) ?? [];
  assert.ok(Math.abs(from - (-50 + wide / 2)) < 4 && Math.abs(to - (50 - wide / 2)) < 4);
});

test("the first column has a stub for the zeros before it, and nothing to send back to", () => {
  const { forward, backward } = wires(networkRows(1), 100, 52, 2, true);
  assert.equal(forward.length, 5);
  assert.equal(backward.length, 3);
});

test("states run side by side, each in its own lane", () => {
  const { cell } = networkRows(1);
  assert.equal(lanes(cell, 1).length, 1);
  const [first, second] = lanes(cell, 2);
  assert.ok(cell.top < first && first < second && second < cell.top + cell.height);
});

test("a cell never fills its column", () => {
  for (const step of [40, 60, 100, 400])
    for (const states of [1, 2]) assert.ok(cellWidth(step, states, 1) <= 0.72 * step);
});
