import assert from "node:assert/strict";
import { test } from "node:test";
import { cellOf, decodeTrace, largest, step } from "../../static/js/trace.js";
import { CELL, wireTrace } from "./traces.js";

/** @param {number[]} values */
const base64 = (values) => Buffer.from(new Float64Array(values).buffer).toString("base64");

test("nested lists, base64 and typed arrays say the same", () => {
  const shapes = { dims: ["time"], shape: [3], dtype: "float64" };
  const forms = [[1, -2, 0.5], base64([1, -2, 0.5]), Float64Array.of(1, -2, 0.5)];
  for (const data of forms) {
    const trace = decodeTrace(wireTrace({ a: { ...shapes, data } }));
    assert.deepEqual([...(trace.get("a")?.data ?? [])], [1, -2, 0.5]);
  }
});

test("base64 keeps every bit", () => {
  const odd = [Number.MIN_VALUE, -0, 1e308, 0.1 + 0.2];
  const trace = decodeTrace(wireTrace({ a: { dims: ["time"], shape: [4], dtype: "float64", data: base64(odd) } }));
  assert.ok(odd.every((value, index) => Object.is(trace.get("a")?.data[index], value)));
});

test("whole numbers come as numbers", () => {
  const data = Buffer.from(new BigInt64Array([3n, 0n, 2n]).buffer).toString("base64");
  const trace = decodeTrace(wireTrace({ target: { dims: ["time", "batch"], shape: [3, 1], dtype: "int64", data } }));
  assert.deepEqual([...(trace.get("target")?.data ?? [])], [3, 0, 2]);
});

test("what is not finite comes back as what it was", () => {
  const wire = wireTrace({
    s: { dims: ["time", "batch", "hidden"], shape: [2, 1, 2], dtype: "float64", data: [[[1, null]], [[null, null]]] },
  });
  wire.nonfinite = /** @type {any} */ ([
    { array: "s", index: [0, 0, 1], value: "inf" },
    { array: "s", index: [1, 0, 0], value: "-inf" },
    { array: "s", index: [1, 0, 1], value: "nan" },
  ]);
  assert.deepEqual([...(decodeTrace(wire).get("s")?.data ?? [])], [1, Infinity, -Infinity, NaN]);
});

test("an array is decoded once", () => {
  const trace = decodeTrace(wireTrace());
  assert.equal(trace.get("s"), trace.get("s"));
});

test("an array that comes later is found later", () => {
  const wire = wireTrace();
  const trace = decodeTrace(wire);
  assert.equal(trace.get("jacobian/fro"), undefined);
  /** @type {any} */ (wire.arrays)["jacobian/fro"] = { dims: ["time_t", "time_k"], shape: [1, 1], data: [[1]] };
  assert.deepEqual([...(trace.get("jacobian/fro")?.data ?? [])], [1]);
});

test("a kind of number that nobody knows is refused by name", () => {
  const trace = decodeTrace(wireTrace({ a: { dims: ["time"], shape: [1], dtype: "float128", data: "AAAA" } }));
  assert.throws(() => trace.get("a"), /float128/);
});

test("a step is one row, of the first of a batch", () => {
  const two = {
    dims: ["time", "batch", "hidden"],
    shape: [2, 2, 2],
    dtype: "float64",
    data: [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ],
  };
  const array = /** @type {any} */ (decodeTrace(wireTrace({ two })).get("two"));
  assert.deepEqual([...step(array, 1)], [5, 6]);
});

test("the largest size passes over what is not finite", () => {
  assert.equal(largest([1, -3, Infinity, NaN]), 3);
  assert.equal(largest([]), 0);
});

test("a cell is the catalogue's; one that is written out is read off its arrays", () => {
  const array = wireTrace().arrays.s;
  const trace = decodeTrace(wireTrace({ "grad/s.pre": array, z: array, "z.pre": array }));
  assert.equal(cellOf(trace, { cells: [CELL] }), CELL);
  const own = cellOf(trace, { cells: [] });
  assert.deepEqual([own.states, own.output, own.gates], [["s"], "s", ["z"]]);
});
