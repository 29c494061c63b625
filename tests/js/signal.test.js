// Drawing on the input, as data.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  drawnOn,
  featuresOf,
  fromText,
  scopeOf,
  toText,
  toWire,
  valuesOf,
  within,
} from "../../static/js/tools/edits.js";
import { scaleOf, stroke } from "../../static/js/tools/signal.js";
import { decodeTrace } from "../../static/js/trace.js";

const X = [0.1, 0, 0.2, 1, 0.3, 0, 0.4, 1];

/** Four steps of two numbers. @param {number[]} [x] */
const trace = (x = X) =>
  decodeTrace({
    dims: { time: 4, batch: 1, input: 2, hidden: 1 },
    labels: { time: ["a", "b", "c", "d"], input: ["number", "marker"] },
    recipe: {},
    arrays: { x: { dims: ["time", "batch", "input"], shape: [4, 1, 2], dtype: "float64", data: x } },
    nonfinite: [],
  });

test("a network that reads numbers has features to draw on and no words to swap, and the other way round", () => {
  assert.deepEqual(featuresOf(trace()), ["number", "marker"]);
  assert.deepEqual(scopeOf(trace()).tokens, []);
  const words = trace([1, 0, 0, 1, 1, 0, 0, 1]);
  assert.deepEqual(featuresOf(words), []);
  assert.deepEqual(scopeOf(words).tokens, ["number", "marker"]);
});

test("strokes on one feature are one intervention, and what lies between them stays", () => {
  const base = trace();
  const one = drawnOn(base, [], "number", new Map([[0, 0.98765]]));
  assert.deepEqual(one, { kind: "input", feature: "number", from: 0, values: [0.988] });
  const two = drawnOn(base, [one], "number", new Map([[2, -1]]));
  assert.deepEqual(two, { kind: "input", feature: "number", from: 0, values: [0.988, 0.2, -1] });
  assert.deepEqual([...valuesOf(base, [two], "number")], [0.988, 0.2, -1, 0.4]);
  assert.deepEqual([...valuesOf(base, [two], "marker")], [0, 1, 0, 1]);
});

test("what is drawn goes through the address and to the server", () => {
  const edit = drawnOn(
    trace(),
    [],
    "number",
    new Map([
      [1, 0.5],
      [2, -0.25],
    ]),
  );
  assert.equal(toText([edit]), "input,number,1,0.5_-0.25");
  assert.deepEqual(fromText(toText([edit])), [edit]);
  assert.deepEqual(toWire([edit]), [edit]);
  for (const wrong of ["input,number,1,", "input,,1,2", "input,number,x,2", "input,number,1,a_2"])
    assert.deepEqual(fromText(wrong), []);
});

test("what was drawn on a longer run does not fit a shorter one", () => {
  const edit = /** @type {const} */ ({ kind: "input", feature: "number", from: 3, values: [1, 2] });
  assert.deepEqual(within([edit], scopeOf(trace())), []);
  assert.deepEqual(within([{ ...edit, values: [1] }], scopeOf(trace())).length, 1);
});

test("a fast stroke leaves no step out", () => {
  assert.deepEqual(
    [...stroke({ t: 1, value: 0 }, { t: 4, value: 3 })],
    [
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 3],
    ],
  );
  assert.deepEqual(
    [...stroke({ t: 3, value: 1 }, { t: 1, value: 0 })],
    [
      [3, 1],
      [2, 0.5],
      [1, 0],
    ],
  );
  assert.deepEqual([...stroke({ t: 2, value: 7 }, { t: 2, value: 7 })], [[2, 7]]);
});

test("there is room to draw beyond what there is", () => {
  assert.deepEqual(scaleOf(Float64Array.of(0, 2)), { low: -0.5, high: 2.5 });
  assert.deepEqual(scaleOf(Float64Array.of(1, 1)), { low: 0.75, high: 1.25 });
});
