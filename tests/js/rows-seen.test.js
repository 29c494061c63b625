import assert from "node:assert/strict";
import { test } from "node:test";
import { ENGLISH } from "../../static/js/later/data-words.js";
import { row as frames } from "../../static/js/views/frames.js";
import { row as image, part } from "../../static/js/views/image.js";
import { row as pen } from "../../static/js/views/pen.js";
import { row as spectrogram, wordIn } from "../../static/js/views/spectrogram.js";
import { row as strip } from "../../static/js/views/strip-chart.js";
import { envelope, row as waveform } from "../../static/js/views/waveform.js";
import {
  array,
  captioned,
  followed,
  furnish,
  INPUT,
  marks,
  painted,
  pictured,
  place,
  reds,
  saying,
  told,
  traced,
} from "./paper.js";

furnish();

// -- pictures and films ---------------------------------------------------------------------------------------------------

test("a film's frame is the present one, and never over the edge", () => {
  const film = pictured({
    answer: "still left right up",
    arrays: { frames: array([4, 1, 2], [0, 0, 0, 1, 1, 0, 1, 1]) },
  });
  const [drawn] = marks(followed(frames, place(film), { t: 3, forward: 3 }), "drawImage");
  assert.deepEqual(reds(drawn.args[0]), [255, 255]);
  assert.deepEqual(drawn.args.slice(1), [356, 52, 88, 88]);
  const small = marks(painted(frames, place(film)), "drawImage");
  assert.deepEqual(
    small.map(({ args }) => reds(args[0])),
    [
      [0, 0],
      [0, 255],
      [255, 0],
      [255, 255],
    ],
  );
  assert.equal(told(frames, film, undefined, 2)[0][1], "right");
});

test("what a step reads of a picture: a row, a pixel, a patch", () => {
  const grey = pictured({ arrays: { image: array([8, 8], Array(64).fill(0.5)) } });
  const colours = pictured({ arrays: { image: array([8, 8, 3], Array(192).fill(1)) } });
  assert.deepEqual(part(place(grey), 3, 8), { x: 0, y: 0.375, wide: 1, high: 0.125 });
  assert.deepEqual(part(place(grey), 10, 64), { x: 0.25, y: 0.125, wide: 0.125, high: 0.125 });
  assert.deepEqual(part(place(colours), 6, 16), { x: 0.5, y: 0.25, wide: 0.25, high: 0.25 });
  const frame = marks(followed(image, place(colours, undefined, 132, 16), { t: 6, forward: 6 }), "strokeRect").at(-1);
  const left = 50 + 6.5 * 25 - 66;
  assert.deepEqual([frame?.args, frame?.stroke], [[left + 66, 10 + 33, 33, 33], "state"]);
});

const PATCHES = pictured({
  kind: "image",
  time: ["patch 1, 1", "patch 1, 2", "patch 2, 1", "patch 2, 2"],
  arrays: { image: array([2, 2, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1]) },
});

test("patches grow dark by how little is looked at them, and the words under them must fit", () => {
  const drawn = painted(image, place(PATCHES, captioned, 198));
  assert.deepEqual(reds(marks(drawn, "drawImage")[0].args[0]), [255, 0, 0, 255]);
  const dark = marks(drawn, "fillRect", "paper").map(({ alpha }) => Math.round(100 * alpha));
  assert.deepEqual(dark.slice(0, 8), [65, 43, 22, 0, 0, 86, 86, 86]);
  assert.deepEqual(
    marks(drawn, "fillText").map(({ args }) => args[0]),
    ["a", "(end)"],
  );
  assert.deepEqual(told(image, PATCHES, captioned, 1), [[ENGLISH["data.row.looks"], "patch 1, 1 (100%)"]]);
});

test("a chain that reads frames its patch, whatever another chain looks at", () => {
  const reading = { ...saying, block: { name: "forward", axis: "source" }, whole: saying };
  const drawn = followed(image, place(PATCHES, reading, 198), { t: 2, forward: 3 });
  assert.equal(marks(drawn, "fillRect", "paper").length, 0);
  assert.equal(marks(drawn, "strokeRect").at(-1)?.stroke, "state");
  assert.equal(marks(painted(image, place(PATCHES, reading, 198)), "drawImage").length, 0);
});

test("the way of a pen is in ink as far as it has come, and up is up", () => {
  const stroke = pictured({ arrays: { points: array([3, 2], [0, 0, 10, 0, 10, 10]) } });
  const drawn = followed(pen, place(stroke), { t: 1, forward: 1 });
  const points = marks(drawn, "lineTo").map(({ args }) => args);
  assert.deepEqual(points.slice(0, 3), [
    [150, 120],
    [250, 120],
    [250, 20],
  ]);
  assert.equal(points.length, 5, "the whole way pale, then two points in ink");
  assert.deepEqual(
    marks(drawn, "stroke").map(({ stroke: color }) => color),
    ["line", INPUT],
  );
  assert.deepEqual(told(pen, stroke, undefined, 2), [
    [ENGLISH["data.row.across"], "10"],
    [ENGLISH["data.row.up"], "10"],
  ]);
});

// -- sounds and recordings ------------------------------------------------------------------------------------------------

test("the lowest band lies below, and a word stands where it ends", () => {
  assert.deepEqual([wordIn("1.20 s activate"), wordIn("1.20 s")], ["activate", ""]);
  const sound = pictured({
    time: ["0.10 s", "0.20 s yes"],
    arrays: { log_mel: array([2, 3], [0, 1, 2, 4, 3, 1]) },
  });
  const drawn = painted(spectrogram, place(sound, undefined, 96));
  const [{ args }] = marks(drawn, "drawImage");
  assert.deepEqual(
    reds(args[0]).map((red) => Math.round((red * 4) / 255)),
    [2, 1, 1, 3, 0, 4],
  );
  assert.deepEqual(args.slice(1), [50, 26, 200, 80]);
  assert.deepEqual(marks(drawn, "fillText")[0].args, ["yes", 250, 21]);
  assert.deepEqual(told(spectrogram, sound, undefined, 1), [[ENGLISH["data.row.band"], "1"]]);
  const features = pictured({ arrays: { mfcc: sound.arrays.log_mel } });
  assert.deepEqual(told(spectrogram, features), [[ENGLISH["data.row.coefficient"], "3"]]);
  assert.deepEqual([spectrogram.label?.(sound), spectrogram.label?.(features)], ["spectrogram", "coefficients"]);
});

test("a recording has a line for each series but its label, four at most, each on a scale of its own", () => {
  const series = Object.fromEntries(
    ["a", "b", "c", "d", "e"].map((name, i) => [
      name,
      array(
        [4],
        [0, 1, 2, 4].map((v) => v * 10 ** i),
      ),
    ]),
  );
  const chart = pictured({ kind: "strip-chart", arrays: { label: array([4], [0, 0, 1, 0]), ...series } });
  assert.equal(strip.height(chart, traced({})), 34 + 4 * 38);
  const drawn = painted(strip, place(chart, undefined, 184));
  const points = marks(drawn, "lineTo").map(({ args: [x, y] }) => [x, y]);
  assert.equal(points.length, 16);
  assert.deepEqual(points.slice(0, 4), [
    [100, 53],
    [200, 43],
    [300, 33],
    [400, 13],
  ]);
  assert.deepEqual(points[4], [100, 99], "the next line lies a band lower, on its own scale");
  assert.deepEqual(marks(drawn, "fillRect", "strong")[0].args.slice(0, 3), [250, 10, 100]);
  assert.deepEqual(told(strip, chart, undefined, 3).slice(0, 2), [
    ["a", "4"],
    ["b", "40"],
  ]);
  const finer = pictured({ kind: "strip-chart", hop: 2, arrays: { ecg: array([4], [1, 2, 3, 4]) } });
  assert.deepEqual(told(strip, finer, undefined, 1), [["ecg", "3"]]);
  assert.equal(strip.height(pictured({ kind: "pen" }), traced({})), 0);
});

test("a sound is as high and as deep as its samples at every place", () => {
  assert.deepEqual(envelope([1, -2, 3, 4], 2), [
    [-2, 1],
    [0, 4],
  ]);
  const beat = pictured({ hop: 2, arrays: { waveform: array([8], [0, 0.5, -0.5, 0, 0, 0, 0.25, -0.25]) } });
  const swings = marks(painted(waveform, place(beat)), "fillRect", INPUT);
  assert.equal(swings.length, 400);
  assert.deepEqual(swings[99].args, [149, 10, 1, 20], "as high as the loudest");
  assert.deepEqual(swings[100].args, [150, 30, 1, 20], "as deep as the deepest");
  assert.equal(swings[250].args[3], 1, "silence is a line");
  assert.deepEqual(told(waveform, beat, undefined, 3), [[ENGLISH["data.row.waveform"], "0.25"]]);
});
