import assert from "node:assert/strict";
import { test } from "node:test";
import { ENGLISH } from "../../static/js/later/data-words.js";
import { across, beside, ends, first, spans } from "../../static/js/motion/rows.js";
import { makeTimeline } from "../../static/js/timeline.js";
import { decodeTrace } from "../../static/js/trace.js";
import { row as account, payment } from "../../static/js/views/account.js";
import { row as chance, fires } from "../../static/js/views/chance.js";
import { row as frames } from "../../static/js/views/frames.js";
import { row as image, part } from "../../static/js/views/image.js";
import { row as passage } from "../../static/js/views/passage.js";
import { row as pen } from "../../static/js/views/pen.js";
import { row as spectrogram, wordIn } from "../../static/js/views/spectrogram.js";
import { row as strip } from "../../static/js/views/strip-chart.js";
import { row as surprise } from "../../static/js/views/surprise.js";
import { envelope, row as waveform } from "../../static/js/views/waveform.js";
import { all, furnish, host, marks, pen as newPen, reds } from "./paper.js";

furnish();

const PALETTE = {
  ...{ ink: "rgb(0, 0, 0)", ink2: "ink2", ink3: "ink3", paper: "paper", line: "line", lineStrong: "strong" },
  ...{ zero: [0, 0, 0], small: 11, font: "sans-serif" },
  meaning: { input: "rgb(255, 255, 255)", forget: "thief", output: "output", loss: "loss", state: "state" },
};
const INPUT = PALETTE.meaning.input;

/** @param {number[]} shape @param {number[]} data */
const array = (shape, data) => ({ shape, data: Float64Array.from(data), dims: shape.map(String) });

/** @param {Record<string, any>} given @returns {any} */
const pictured = (given) => ({ kind: "", time: [], answer: "", hop: null, arrays: {}, ...given });

/** @param {string[]} dims @param {number[]} data @param {number[]} [shape] */
const sent = (dims, data, shape = [data.length, 1, 1].slice(0, dims.length)) => ({
  ...{ dims, shape, dtype: "float64" },
  data: Float64Array.from(data),
});

/** @param {Record<string, any>} arrays @param {any} [more] @returns {any} */
const traced = (arrays, more = {}) => decodeTrace({ id: "1", recipe: {}, dims: { time: 4 }, arrays, ...more });

/** Four steps of 100 pixels after a gutter of 50, 40 high at 10. @param {any} picture @param {any} trace @param {number} [height] @param {number} [T] @returns {any} */
const place = (picture, trace = traced({}), height = 40, T = 4) => ({
  ...{ picture, trace, top: 10, height },
  scene: { palette: PALETTE, timeline: makeTimeline({ width: 500, left: 50, right: 50, T }) },
});

/** @param {any} row @param {any} at @param {any} moment */
const followed = (row, at, moment) => {
  const drawn = newPen();
  row.follow(drawn, at, moment);
  return drawn;
};
/** @param {any} row @param {any} at */
const painted = (row, at) => {
  const drawn = newPen();
  row.paint(drawn, at);
  return drawn;
};
/** What the text twin says at a step. @param {any} row @param {any} picture @param {any} [trace] @param {number} [t] */
const told = (row, picture, trace = traced({}), t = 0) =>
  row.columns(picture, trace).map((/** @type {any} */ column) => [column.name, column.at(t)]);

// -- what all rows share ---------------------------------------------------------------------------------------------

test("runs of labelled steps have a first and a behind-the-last", () => {
  assert.deepEqual(spans([1, 1, 0, 0, 2, 0, 1]), [
    [0, 2],
    [4, 5],
    [6, 7],
  ]);
  assert.deepEqual(spans([0, 0]), []);
  assert.deepEqual(ends([3, -1, 2]), [-1, 3]);
});

test("finer values stand between the steps, and a wide thing never over the edge", () => {
  const here = place(pictured({ hop: 10 }));
  assert.deepEqual([across(here, 0), across(here, 5), across(here, 40)], [50, 100, 450]);
  assert.deepEqual(
    [beside(here.scene, 0, 120), beside(here.scene, 1, 120), beside(here.scene, 3, 120)],
    [50, 140, 330],
  );
});

test("of an array over time each step's first value is taken, of any other none", () => {
  const trace = traced({
    p: sent(["time", "batch", "output"], [1, 2, 3, 4, 5, 6, 7, 8], [4, 1, 2]),
    W: sent(["a"], [1]),
  });
  assert.deepEqual([...(first(trace, "p") ?? [])], [1, 3, 5, 7]);
  assert.equal(first(trace, "W"), null);
  assert.equal(first(trace, "none"), null);
});

// -- account ---------------------------------------------------------------------------------------------------------

const ACCOUNT = pictured({
  time: ["4.20 the bakery", "20.00 fuel", "900.00 jewels", "3.10 bread"],
  arrays: {
    hour: array([4], [7.5, 18.25, 2.999, 23]),
    online: array([4], [0, 0, 1, 0]),
    abroad: array([4], [0, 1, 1, 0]),
    amount: array([4], [Math.E - 1, Math.E ** 2 - 1, Math.E ** 4 - 1, 0]),
    stolen: array([4], [0, 0, 1, 0]),
  },
});

test("a payment says when, where, how and how much", () => {
  assert.deepEqual(payment(ACCOUNT, 0), ["07:30", "the bakery", "", "4.20"]);
  assert.deepEqual(payment(ACCOUNT, 2), ["02:59", "jewels", "online, abroad", "900.00"]);
});

test("bars are as high as the logarithm of a payment, a thief's in another colour over them", () => {
  const drawn = painted(account, place(ACCOUNT));
  const bars = marks(drawn, "fillRect", INPUT).map(({ args: [x, y, wide, high] }) => [x, y, wide, Math.round(high)]);
  assert.deepEqual(bars, [
    [51, 42, 98, 8],
    [151, 34, 98, 16],
    [251, 18, 98, 32],
    [351, 48, 98, 2],
  ]);
  assert.deepEqual(
    marks(drawn, "fillRect", "thief").map(({ args }) => args[0]),
    [251],
  );
});

test("the statement tells an alarm only of what has been read", () => {
  const trace = traced({ probs: sent(["time", "batch", "output"], [0.01, 0.02, 0.97, 0.5]) });
  const page = host();
  account.write?.(page, place(ACCOUNT, trace), { t: 2, forward: 2 });
  const lines = all(page, "tr").slice(1);
  assert.equal(lines.length, 4);
  assert.deepEqual(
    lines.map((line) => all(line, "td").at(-1)?.textContent),
    ["1.0%", "2.0%", "97%", ""],
  );
  assert.deepEqual(
    lines.map(({ attributes }) => attributes.class),
    ["", "", "is-now is-stolen", ""],
  );
});

test("an account's table says the same, and other data have none", () => {
  assert.deepEqual(
    told(account, ACCOUNT, undefined, 2).map((/** @type {string[]} */ [, value]) => value),
    ["02:59", "jewels", "online, abroad", "900.00", ENGLISH["data.yes"]],
  );
  assert.deepEqual(told(account, pictured({})), []);
  assert.equal(account.height(pictured({}), traced({})), 0);
});

// -- chance and surprise ------------------------------------------------------------------------------------------------

/** @param {number[]} values */
const alarming = (values) =>
  traced(
    { probs: sent(["time", "batch", "output"], values), target: sent(["time", "batch"], [0, 0, 0, 0]) },
    { labels: { output: ["alarm"] }, topology: { head: "sigmoid" } },
  );

test("an alarm fires where it rises over one half, not while it stays there", () => {
  assert.deepEqual(fires(alarming([0.5, 0.9, 0.2, 0.7])), [0, 3]);
  assert.deepEqual(fires(alarming([0.1, 0.4, 0.49, 0])), []);
  assert.deepEqual(fires(traced({})), []);
});

test("the line of chances goes as far as the network has read, with a dot where it fired", () => {
  const drawn = followed(chance, place(pictured({}), alarming([0, 0.75, 0.25, 1])), { t: 2, forward: 2 });
  assert.deepEqual(
    marks(drawn, "lineTo").map(({ args }) => args),
    [
      [100, 48],
      [200, 21],
      [300, 39],
    ],
  );
  assert.deepEqual(
    marks(drawn, "arc").map(({ args }) => args.slice(0, 2)),
    [[200, 21]],
  );
  assert.deepEqual(told(chance, pictured({}), alarming([0, 0.75, 0.25, 1]), 1), [["alarm", "75%"]]);
});

test("what was labelled is shaded behind the chances, and a choice of several has no such row", () => {
  const drawn = painted(
    chance,
    place(pictured({ arrays: { label: array([4], [0, 1, 1, 0]) } }), alarming([0, 0, 0, 0])),
  );
  assert.deepEqual(marks(drawn, "fillRect", "strong")[0].args, [150, 10, 200, 40]);
  const several = traced(
    { probs: sent(["time"], [1]), target: sent(["time"], [0]) },
    { labels: { output: ["a", "b"] } },
  );
  assert.equal(chance.height(pictured({}), several), 0);
});

test("errors are bars against the largest of all, drawn as far as the network has read", () => {
  const trace = traced({
    prediction: sent(["time", "batch", "output"], [0, 0, 0, 0]),
    target: sent(["time", "batch", "output"], [0, 0, 0, 0]),
    loss: sent(["time", "batch"], [1, 4, 2, 3]),
  });
  const bars = marks(followed(surprise, place(pictured({}), trace), { t: 2, forward: 2 }), "fillRect", "loss");
  assert.deepEqual(
    bars.map(({ args }) => args[3] / 37),
    [0.25, 1, 0.5],
  );
  assert.deepEqual(told(surprise, pictured({}), trace, 3), [[ENGLISH["data.row.surprise"], "3"]]);
  assert.equal(surprise.height(pictured({}), traced({})), 0);
});

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

// A decoder of three words that looks at four patches.
const LOOKS = [0.1, 0.2, 0.3, 0.4, 1, 0, 0, 0, 0.25, 0.25, 0.25, 0.25];
const saying = traced(
  { "decoder/a": sent(["time", "batch", "source"], LOOKS, [3, 1, 4]) },
  { labels: { target: ["a", "very long word indeed", "(end)"] } },
);
const captioned = { ...saying, block: { name: "decoder", axis: "time" }, whole: saying };
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

// -- text --------------------------------------------------------------------------------------------------------------

test("of a text what was read, is read and is to come can be told apart", () => {
  const page = host();
  const text = pictured({ kind: "text", time: ["Call", "me", "Ishmael"] });
  passage.write?.(page, place(text), { t: 1, forward: 1 });
  assert.deepEqual(
    all(page, "span").map((each) => [each.attributes.class, each.textContent]),
    [
      ["token is-read", "Call "],
      ["token is-now", "me "],
      ["token is-ahead", "Ishmael "],
    ],
  );
  const letters = pictured({ kind: "text", time: ["a", "\n", " "] });
  passage.write?.(page, place(letters), { t: 2, forward: 2 });
  assert.equal(page.textContent, "a¶  ");
});

test("of a pair each character has its share of the look, and the answer goes as far as it is said", () => {
  const page = host();
  const pair = pictured({ kind: "pairs", time: ["2", "/", "1", "9"] });
  passage.write?.(page, place(pair, captioned), { t: 1, forward: 1 });
  assert.deepEqual(
    all(page, "span").map(({ style }) => style["--share"]),
    ["100%", "0%", "0%", "0%"],
  );
  assert.equal(all(page, "p").at(-1)?.textContent, "avery long word indeed");
  passage.write?.(page, place(pictured({ kind: "image" }), captioned), { t: 1, forward: 1 });
  assert.equal(all(page, "span").length, 4, "nothing is written of what is no text");
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
