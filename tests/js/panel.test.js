import assert from "node:assert/strict";
import { test } from "node:test";
import { createLatest } from "../../static/js/panel/latest.js";
import { nodeOf, rangeOf } from "../../static/js/panel/node.js";
import { bars } from "../../static/js/panel/units.js";
import { stops } from "../../static/js/recipe.js";
import { asked } from "../../static/js/views/equation.js";
import { FIELDS } from "./fields.js";

/** A server that answers when it is told to. */
function slowServer() {
  /** @type {{question: string, signal: AbortSignal, resolve: (answer: string) => void, reject: (problem: Error) => void}[]} */
  const open = [];
  /** @type {string[]} */
  const answers = [];
  /** @type {string[]} */
  const failures = [];
  const latest = createLatest(
    (/** @type {string} */ question, signal) =>
      new Promise((resolve, reject) => {
        open.push({ question, signal, resolve, reject });
        signal.addEventListener("abort", () => reject(new Error("aborted")));
      }),
    {
      answer: (/** @type {string} */ answer) => answers.push(answer),
      fail: (problem) => failures.push(String(problem)),
    },
  );
  return { open, answers, failures, latest };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test("while one question is open only the newest of the others is asked", async () => {
  const { open, answers, latest } = slowServer();
  for (const key of ["a", "b", "c", "d"]) latest.want(key, "f", key);
  assert.deepEqual(
    open.map(({ question }) => question),
    ["a"],
  );
  open[0].resolve("A");
  await settle();
  assert.deepEqual(
    open.map(({ question }) => question),
    ["a", "d"],
  );
  open[1].resolve("D");
  await settle();
  assert.deepEqual(answers, ["A", "D"]);
});

test("a question about something else does not wait for the old answer", async () => {
  const { open, answers, failures, latest } = slowServer();
  latest.want("f 1", "f", "f 1");
  latest.want("g 1", "g", "g 1");
  await settle();
  assert.ok(open[0].signal.aborted);
  open[1].resolve("G");
  await settle();
  assert.deepEqual([answers, failures], [["G"], []]);
});

test("the same question is not asked twice, unless it was given up in between", async () => {
  const { open, answers, latest } = slowServer();
  latest.want("a", "f", "a");
  latest.want("a", "f", "a");
  assert.equal(open.length, 1);
  latest.stop();
  latest.want("a", "f", "a");
  await settle();
  assert.equal(open.length, 2);
  open[1].resolve("A");
  await settle();
  assert.deepEqual(answers, ["A"]);
});

test("a failure is told and the next question is asked", async () => {
  const { open, answers, failures, latest } = slowServer();
  latest.want("a", "f", "a");
  open[0].reject(new Error("no"));
  await settle();
  latest.want("b", "f", "b");
  open[1].resolve("B");
  await settle();
  assert.deepEqual([answers, failures], [["B"], ["Error: no"]]);
});

const AREA = { x: 0, y: 0, width: 20, height: 10 };

test("bars of a gate stand on the floor, signed ones on the middle", () => {
  assert.equal(bars([0.5, 1], { low: 0, high: 1 }, AREA), "M0.75,10H9.25V5H0.75ZM10.75,10H19.25V0H10.75Z");
  assert.equal(bars([-1], { low: -1, high: 1 }, AREA), "M0.75,5H19.25V10H0.75Z");
});

test("bars leave out what is no number and cut off what is out of range", () => {
  assert.equal(bars([Number.NaN, 0, 9], { low: 0, high: 1 }, { ...AREA, width: 3 }), "M2,10H3V0H2Z");
});

/** @param {number[]} shape @param {number[]} data @returns {any} */
const trace = (shape, data) => ({
  get: (/** @type {string} */ name) =>
    name === "f" ? { data: Float64Array.from(data), shape, dims: ["time", "batch", "hidden"] } : undefined,
});

const SCENE = { version: 0 };

test("a gate reaches from 0 to 1, everything else as far as it ever goes, both ways alike", () => {
  assert.deepEqual(rangeOf(trace([2, 1, 2], [0.1, 0.2, 0.3, 0.4]), "f", SCENE, "gate"), { low: 0, high: 1 });
  assert.deepEqual(rangeOf(trace([2, 1, 2], [0.1, -0.8, 0.3, 0.4]), "f", SCENE, "candidate"), { low: -0.8, high: 0.8 });
  assert.deepEqual(rangeOf(trace([1, 1, 1], [0]), "f", SCENE, "state"), { low: -1, high: 1 });
});

test("a unit that this trace does not have becomes the last one it has", () => {
  const state = /** @type {any} */ ({ t: 1, k: 0, focus: { node: "f", unit: 7, parameter: null } });
  assert.deepEqual(asked(state, trace([2, 1, 2], [0, 0, 0, 0])), { node: "f", t: 1, unit: 1 });
});

test("a weight in focus asks about a contribution, nothing in focus about nothing", () => {
  const focus = { node: null, unit: null, parameter: "U" };
  assert.deepEqual(asked(/** @type {any} */ ({ t: 5, k: 2, focus }), trace([1], [0])), { parameter: "U", t: 5, k: 2 });
  assert.equal(asked(/** @type {any} */ ({ t: 5, k: 2, focus: null }), trace([1], [0])), null);
});

test("a node is known by its name, its pre-activation by its node, the output layer by itself", () => {
  const cell = { nodes: [{ name: "f", label: "forget gate", latex: "f_{t}", role: "gate", equation: "f_{t} = 1" }] };
  assert.equal(nodeOf("f", cell)?.label, "forget gate");
  assert.deepEqual([nodeOf("f.pre", cell)?.latex, nodeOf("f.pre", cell)?.equation], ["a^{f}_{t}", undefined]);
  assert.equal(nodeOf("probs", cell)?.latex, "p_{t}");
  assert.equal(nodeOf("unknown", cell), undefined);
});

test("a slider stops at every small value, then at ever wider ones, and ends where the field ends", () => {
  const hidden = FIELDS.find(({ name }) => name === "hidden") ?? assert.fail();
  const places = stops(hidden);
  assert.deepEqual(places.slice(0, 8), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(places[places.length - 1], 256);
  assert.ok(places.every((value, index) => index === 0 || value > places[index - 1]) && places.length < 60);
  assert.deepEqual(stops({ kind: "number", low: -1, high: 1, step: 0.5 }), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(stops({ kind: "integer", low: 1, high: 20_000, step: 1 }, 3), [1, 2, 3]);
  assert.deepEqual(
    stops({ kind: "number", low: 0, high: 0.3, step: 0.1 }),
    [0, 0.1, 0.2, 0.3],
    "no dust of binary fractions",
  );
});
