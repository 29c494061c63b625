// What five new users stumbled at: why a number is zero or below it, what makes a gradient fade, what a model settles.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ticks } from "../../static/js/motion/inset.js";
import { covers, grouped } from "../../static/js/motion/matrix-head.js";
import { arrives, ways } from "../../static/js/panel/reach.js";
import { reasonOf } from "../../static/js/reasons.js";
import { fixed } from "../../static/js/recipe.js";
import { gatesOf } from "../../static/js/tools/find.js";

/** @param {Record<string, number[][]>} arrays rows of errors @param {object} [more] @returns {any} */
const traceOf = (arrays, more = {}) => ({
  dims: { time: 3 },
  names: Object.keys(arrays),
  get: (/** @type {string} */ name) =>
    arrays[name] && { data: Float64Array.from(arrays[name].flat()), shape: [3, arrays[name][0].length] },
  ...more,
});

const CONTRIBUTED = {
  "contribution/b": [
    [4, 0, 0],
    [1, 2, 0],
    [0.5, 1, 2],
  ],
  "contribution/U": [
    [0, 0, 0],
    [0, 3, 0],
    [0, 1, 2],
  ],
  "contribution_dot/U": [
    [0, 0, 0],
    [0, 1.5, 0],
    [0, -0.75, 0.25],
  ],
};

test("a weight that acts through the state alone contributes nothing at the first step, and only there is that the reason", () => {
  const trace = traceOf(CONTRIBUTED);
  const of = (/** @type {number} */ t, /** @type {number} */ k) => reasonOf(trace, { parameter: "U", t, k });
  assert.deepEqual([of(2, 0), of(1, 1), of(2, 1), of(2, 2), of(0, 2)], ["zeros", "excess", "against", null, null]);
  const begun = traceOf(CONTRIBUTED, { block: { start: "encoder", direction: "forward", name: "d" } });
  assert.equal(reasonOf(begun, { parameter: "U", t: 2, k: 0 }), null, "a chain that begins with another's state");
  const silent = traceOf({
    "contribution/U": CONTRIBUTED["contribution/U"],
    "contribution/b": [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ],
  });
  assert.equal(reasonOf(silent, { parameter: "U", t: 2, k: 0 }), null, "where nothing arrives, that is no reason");
});

test("how far the last error reaches is the size of its gradient at the first step over that at its own", () => {
  assert.deepEqual(arrives(traceOf(CONTRIBUTED)), { share: 0.25, last: 2 });
  const earlier = [
    [4, 0, 0],
    [1, 2, 0],
    [0, 0, 0],
  ];
  assert.deepEqual(arrives(traceOf({ "contribution/b": earlier })), { share: 0.5, last: 1 }, "the last that counts");
  assert.equal(
    arrives(
      traceOf({
        "contribution/b": [
          [0, 0, 0],
          [0, 0, 0],
          [0, 0, 0],
        ],
      }),
    ),
    null,
  );
  assert.equal(arrives(traceOf({})), null);
});

const RECIPE = { cell: "lstm", text: "a b", data: "sentence", gain: 1, init: "normal", forget_bias: 0, model: null };
const FIELDS = /** @type {any[]} */ ([
  { name: "text", group: "data", needs: { data: ["sentence"] } },
  { name: "hidden", group: "network" },
  { name: "cell", group: "network" },
  { name: "seed", group: "weights" },
  { name: "model", group: "weights", brings: { sentiment: {} } },
  { name: "length", group: "data", needs: { data: ["adding", "sentiment"] } },
  { name: "example", group: "data", needs: { data: ["sentiment"] } },
]);
const LSTM = /** @type {any} */ ({
  nodes: [
    { name: "f", role: "gate", label: "forget gate", equation: "f_{t} = \\sigma(W_{f} x_{t} + U_{f} h_{t-1})" },
    { name: "g", role: "candidate", label: "candidate", equation: "g_{t} = \\tanh(W_{c} x_{t})" },
    { name: "c", role: "state", label: "cell state", equation: "c_{t} = f_{t}" },
  ],
  parameters: ["W_f", "U_f", "b_f", "W_c"].map((name) => ({ name, latex: name.replace(/_(.)/, "_{$1}") })),
});

test("what may be tried is another value of what is there, and nothing where a model settles the weights", () => {
  const changes = ways(RECIPE, LSTM, FIELDS).map(({ change }) => change);
  assert.deepEqual(changes, [
    { gain: 0.5 },
    { gain: 2 },
    { init: "identity" },
    { forget_bias: 3 },
    { text: "a b a b" },
  ]);
  const tanh = ways({ ...RECIPE, cell: "rnn-tanh", init: "identity", gain: 100 }, { ...LSTM, parameters: [] }, FIELDS);
  assert.deepEqual(
    tanh.map(({ change }) => change),
    [{ gain: 50 }, { init: "orthogonal" }, { cell: "rnn-sigmoid" }, { cell: "lstm" }, { text: "a b a b" }],
  );
  assert.deepEqual(ways({ ...RECIPE, model: "sentiment" }, LSTM, FIELDS), []);
});

test("a trained model settles its network, and the seed where nothing is drawn", () => {
  assert.deepEqual(fixed(RECIPE, FIELDS), []);
  assert.deepEqual(fixed({ ...RECIPE, model: "sentiment", data: "sentiment" }, FIELDS), ["hidden", "cell", "seed"]);
  assert.deepEqual(fixed({ ...RECIPE, model: "sentiment", data: "adding" }, FIELDS), ["hidden", "cell"]);
  assert.deepEqual(fixed({ ...RECIPE, model: "0123" }, FIELDS), ["hidden", "cell"], "a file may lack an output layer");
});

test("weights go by the gate that they make", () => {
  assert.deepEqual(grouped(["W_f", "U_f", "W_c"], LSTM), [
    { label: "forget gate", names: ["W_f", "U_f"] },
    { label: "candidate", names: ["W_c"] },
  ]);
  assert.deepEqual(gatesOf(LSTM), ["f", "g"]);
});

test("what is said of the matrix covers it where a corner of it reaches below the stairs", () => {
  const timeline = /** @type {any} */ ({ edge: (/** @type {number} */ t) => 100 + 10 * t });
  const over = (/** @type {number} */ left, /** @type {number} */ bottom) =>
    covers([{ left, bottom }], 80, /** @type {any} */ ({ T: 8, rows: 8 }), timeline);
  assert.equal(over(110, 10), false, "beside the first row");
  assert.equal(over(110, 11), true, "a pixel into the second");
  assert.equal(over(160, 60), false);
  assert.equal(over(50, -4), false, "above the matrix");
  assert.equal(over(170, 90), true, "below it");
});

test("windows are named so that they can be read, the first and the last among them", () => {
  assert.deepEqual(ticks(3), [1, 2, 3]);
  assert.deepEqual(ticks(8), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(ticks(40), [1, 5, 10, 15, 20, 25, 30, 35, 40]);
  assert.ok(ticks(1000).length <= 12);
});
