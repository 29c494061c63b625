import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  between,
  channels,
  decades,
  gateRamp,
  isLight,
  logShare,
  meaningOf,
  signedShare,
  table,
} from "../../static/js/color.js";
import { PALETTE } from "./traces.js";

test("zero stands in the middle of a signed scale", () => {
  assert.equal(signedShare(0, 3), 0.5);
  assert.equal(signedShare(3, 3), 1);
  assert.equal(signedShare(-3, 3), 0);
});

test("a log scale runs from its low to its high and keeps within", () => {
  const scale = { low: -4, high: 0 };
  assert.equal(logShare(1, scale), 1);
  assert.equal(logShare(1e-4, scale), 0);
  assert.ok(Math.abs(logShare(1e-2, scale) - 0.5) < 1e-12);
  assert.equal(logShare(1e-9, scale), 0);
  assert.equal(logShare(50, scale), 1);
});

test("nothing at all has no place on a log scale", () => {
  assert.ok(Number.isNaN(logShare(0, { low: -4, high: 0 })));
  assert.ok(Number.isNaN(logShare(Number.NaN, { low: -4, high: 0 })));
});

test("one scale holds all gradients: at least a decade, at most twelve", () => {
  assert.deepEqual(
    decades([
      [0.01, 1],
      [100, 0],
    ]),
    { low: -2, high: 2 },
  );
  assert.deepEqual(decades([[1, 0.9]]), { low: -1, high: 0 });
  assert.deepEqual(decades([[1, 1e-40]]), { low: -12, high: 0 });
  assert.deepEqual(decades([[0, Infinity, NaN]]), { low: -3, high: 0 });
});

test("a ramp gives its ends, its stops and what lies between", () => {
  assert.deepEqual(between(PALETTE.signed, 0), [0, 0, 255]);
  assert.deepEqual(between(PALETTE.signed, 0.5), [255, 255, 255]);
  assert.deepEqual(between(PALETTE.signed, 1), [255, 0, 0]);
  assert.deepEqual(between(PALETTE.signed, 0.75), [255, 127.5, 127.5]);
  assert.deepEqual(between(PALETTE.signed, 7), [255, 0, 0]);
});

test("a table has 256 opaque colours in the order of a canvas", () => {
  const colors = table(PALETTE.signed);
  assert.equal(colors.length, 256);
  assert.equal(colors[0], 0xffff0000); // alpha, blue, green, red
  assert.equal(colors[255], 0xff0000ff);
});

test("a gate that is shut has no colour of its own", () => {
  assert.deepEqual(gateRamp(PALETTE, "state"), [PALETTE.zero, [0, 0, 255]]);
});

test("a browser's colour is read in either notation", () => {
  assert.deepEqual(channels("rgb(1, 2, 3)"), [1, 2, 3]);
  assert.deepEqual(channels("rgb(1 2 3 / 0.5)"), [1, 2, 3]);
});

test("letters on a colour are dark on light ones", () => {
  assert.ok(isLight([255, 255, 255]));
  assert.ok(!isLight([100, 20, 20]));
});

test("a node has the colour of its meaning, squashed or not, now or before", () => {
  assert.equal(meaningOf("f"), "forget");
  assert.equal(meaningOf("f.pre"), "forget");
  assert.equal(meaningOf("h_prev"), "state");
  assert.equal(meaningOf("q", "candidate"), "candidate");
  assert.equal(meaningOf("q", "gate"), "update");
});

test("the page and the exported figures give the nodes of a cell the same meanings", () => {
  const python = readFileSync(new URL("../../app/references.py", import.meta.url), "utf8");
  const written = python.match(/MEANINGS = \{([^}]*)\}/)?.[1] ?? "";
  const pairs = [...written.matchAll(/"(\w+)": "(\w+)"/g)];
  assert.ok(pairs.length >= 11);
  for (const [, name, meaning] of pairs) assert.equal(meaningOf(name), meaning, name);
});
