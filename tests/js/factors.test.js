// The chain behind a contribution as data for its pictures.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf, scalesOf, signed } from "../../static/js/later/factors.js";

const factor = { from: 5, to: 4, singular: [2, 0.01], matrix: [[0.5, -3]], norm: 1, carried: 1 };
const chain = { t: 5, k: 4, states: ["s"], delta: { norm: 1, vector: [0.1, -0.2] }, factors: [factor] };

test("a factor is called by the states it leads between, all of them where there are several", () => {
  assert.equal(nameOf(factor, ["s"]), "\\frac{\\partial s_{5}}{\\partial s_{4}}");
  assert.equal(nameOf({ ...factor, to: 1 }, ["c", "h"]), "\\frac{\\partial (c,h)_{5}}{\\partial (c,h)_{1}}");
});

test("all matrices share one scale, the error has its own, one is always among the singular values", () => {
  const scales = scalesOf({ ...chain, factors: [factor, { ...factor, matrix: null, singular: [0.02] }] });
  assert.equal(scales.matrix, 3);
  assert.equal(scales.error, 0.2);
  assert.ok(scales.singular.low <= -2 && scales.singular.high >= Math.log10(2));
});

test("nothing has the middle colour, the largest the last, and what is no number that of a problem", () => {
  assert.equal(signed(0, 3), "color-mix(in srgb, var(--ramp-signed-5) 0%, var(--ramp-signed-4))");
  assert.equal(signed(3, 3), "color-mix(in srgb, var(--ramp-signed-8) 100%, var(--ramp-signed-7))");
  assert.equal(signed(-3, 3), "color-mix(in srgb, var(--ramp-signed-1) 0%, var(--ramp-signed-0))");
  assert.equal(signed(null, 3), "var(--c-problem)");
});
