import assert from "node:assert/strict";
import { test } from "node:test";
import { ENGLISH } from "../../static/js/later/data-words.js";
import { across, beside, ends, first, spans } from "../../static/js/motion/rows.js";
import { row as account, payment } from "../../static/js/views/account.js";
import { row as chance, fires } from "../../static/js/views/chance.js";
import { row as passage } from "../../static/js/views/passage.js";
import { row as surprise } from "../../static/js/views/surprise.js";
import {
  all,
  array,
  captioned,
  followed,
  furnish,
  host,
  INPUT,
  marks,
  painted,
  pictured,
  place,
  sent,
  told,
  traced,
} from "./paper.js";

furnish();

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
