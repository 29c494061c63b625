// The geometry of a run as data: boxes, places, arrows, spectra.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isPlain } from "../../static/js/tools/geometry.js";
import {
  arrowsOf,
  boxOf,
  inputAt,
  nearest,
  outside,
  pathOf,
  placeIn,
  spectrumAt,
} from "../../static/js/tools/places.js";
import { complex } from "../../static/js/tools/spectrum.js";

/** @param {Partial<import('../../static/js/tools/places.js').Portrait>} [more] */
const portrait = (more = {}) => ({ low: [-1, -2], high: [1, 2], count: 2, field: [], inputs: [], reads: [], ...more });

test("corners of the box are corners of the square, and up is more", () => {
  const place = placeIn({ low: [-1, -2], high: [1, 2] }, { size: 100, edge: 10 });
  assert.deepEqual(place([-1, -2]), [10, 90]);
  assert.deepEqual(place([1, 2]), [90, 10]);
  assert.ok(Number.isNaN(place([null, 0])[0]));
});

test("one number is drawn over the steps, the first before step 0", () => {
  assert.deepEqual(pathOf([[0.5], [0.25]]), [
    [-1, 0.5],
    [0, 0.25],
  ]);
});

test("a box about a path leaves out what is not finite, and is never flat", () => {
  const path = {
    points: [
      [1, 4],
      [null, null],
      [3, 4],
    ],
    axes: ["PC 1", "PC 2"],
    shares: [1],
  };
  const { low, high } = boxOf({ coordinates: [], path, portrait: null, spectrum: null });
  assert.ok(low[0] < 1 && high[0] > 3 && low[0] > 0 && high[0] < 4);
  assert.ok(low[1] < 4 && high[1] > 4);
});

test("arrows point where the field does, longer where it moves further, never as far as the neighbour", () => {
  const field = [
    [
      [
        [1, 0],
        [0, 0],
      ],
      [
        [0, -0.1],
        [4, 4],
      ],
    ],
  ];
  const found = arrowsOf(portrait({ field }), 0);
  assert.equal(found.length, 3); // what stays has no arrow
  const [right, down, far] = found;
  assert.deepEqual(right.from, [-1, -2]);
  assert.ok(right.to[0] > -1 && right.to[1] === -2);
  assert.ok(down.to[0] === 1 && down.to[1] < -2);
  const length = (/** @type {{from: number[], to: number[]}} */ { from, to }) =>
    Math.hypot((to[0] - from[0]) / 2, (to[1] - from[1]) / 4);
  assert.ok(length(down) < length(right) && length(right) < length(far) && length(far) < 1);
});

test("a click finds the nearest point within reach, of two in one place the later", () => {
  /** @type {[number, number][]} */
  const places = [
    [0, 0],
    [10, 0],
    [10, 0],
    [Number.NaN, 0],
  ];
  assert.equal(nearest(places, 9, 1, 5), 2);
  assert.equal(nearest(places, 1, 0, 5), 0);
  assert.equal(nearest(places, 50, 50, 5), -1);
});

test("the spectrum of a step that was not asked for is missing", () => {
  const spectrum = { first: 3, eigen: [[[0.5, null]]], singular: [[0.5]] };
  assert.equal(spectrumAt(spectrum, 2), null);
  assert.equal(spectrumAt(spectrum, 4), null);
  assert.equal(spectrumAt(null, 0), null);
  assert.deepEqual(spectrumAt(spectrum, 3), { eigen: [[0.5, Number.NaN]], singular: [0.5] });
});

test("eigenvalues beyond the unit circle are counted, and written as people write them", () => {
  const found = outside([
    [1.2, 0],
    [0, -1],
    [0.6, 0.8],
    [0.1, 0],
  ]);
  assert.deepEqual(found, { count: 1, largest: 1.2 });
  assert.equal(complex(0.5, -0.25), "0.5 − 0.25i");
  assert.equal(complex(0.5, 0), "0.5");
});

test("the field follows the step unless one is chosen; nonsense chooses none", () => {
  const inputs = [
    { step: 0, fixed: [] },
    { step: 1, fixed: [] },
  ];
  const given = portrait({ inputs, reads: [0, 1, -1] });
  assert.equal(inputAt(given, undefined, 1), 1);
  assert.equal(inputAt(given, "0", 1), 0);
  assert.equal(inputAt(given, "7", 1), 1);
  assert.equal(inputAt(given, "x", 2), -1);
});

test("only a single chain whose steps follow one another has a geometry", () => {
  const block = { joined: true, own_output: false, direction: "forward", memory: [] };
  const of = (/** @type {object[]} */ ...blocks) => isPlain({ topology: { blocks } });
  assert.ok(of(block));
  assert.ok(!of(block, block));
  assert.ok(!of({ ...block, joined: false }));
  assert.ok(!of({ ...block, direction: "backward" }));
  assert.ok(!of({ ...block, own_output: true }));
});
