// The tools' own readings: a cell's text in colours, interventions in the address, files of weights, words in context.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createInquiries, Refused } from "../../static/js/inquiries.js";
import { learnCell, meetCell } from "../../static/js/own-cells.js";
import { annotated, foreign, open, pack } from "../../static/js/safetensors.js";
import { decadesOf } from "../../static/js/tools/before.js";
import { fromText, outcome, retyped, scopeOf, toText, toWire, within } from "../../static/js/tools/edits.js";
import { rangeIn } from "../../static/js/tools/find.js";
import { inContext } from "../../static/js/tools/found.js";
import { compact, highlight, likely, wordAt } from "../../static/js/tools/highlight.js";
import { fileOf, fitting, namesIn } from "../../static/js/tools/model.js";
import { between } from "../../static/js/tools/range.js";
import { decodeTrace } from "../../static/js/trace.js";

const FUNCTIONS = ["sigmoid", "tanh"];

/** @param {string} text */
const meanings = (text) =>
  highlight(text, FUNCTIONS)
    .flat()
    .filter(({ kind }) => kind === "name")
    .map(({ text: word, meaning }) => `${word}:${meaning}`);

test("the names of a cell's text wear the colours of what they are", () => {
  const found = meanings("f = sigmoid(W @ x + U @ h_prev)\nk = tanh(P @ x)  # candidate\nh = f * h_prev + k");
  assert.deepEqual(found, [
    "f:forget",
    "x:input",
    "h_prev:state",
    "k:candidate",
    "x:input",
    "h:state",
    "f:forget",
    "h_prev:state",
    "k:candidate",
  ]);
});

test("no character of a text is lost in its colours, however odd it is", () => {
  for (const text of ["", "h = σ(W@x) # é 🐕", "1e-3 .5 ((", "\t\n\n= =", "h=tanh(W@x+U@h_prev)"]) {
    const again = highlight(text, FUNCTIONS)
      .map((line) => line.map((token) => token.text).join(""))
      .join("\n");
    assert.equal(again, text);
  }
});

test("a misspelled function is told from a name that means nothing", () => {
  assert.equal(likely("tnh", ["sigmoid", "tanh", "relu"]), "tanh");
  assert.equal(likely("sigmiod", ["sigmoid", "tanh", "relu"]), "sigmoid");
  assert.equal(likely("q", ["sigmoid", "tanh"]), null);
  assert.deepEqual(wordAt("h = tnh(W)", 4), { word: "tnh", start: 4 });
  assert.equal(wordAt("h = tnh(W)", 2), null);
});

test("comments lined up with blanks are drawn nearer, and nothing else changes", () => {
  assert.equal(compact("f = a          # forget gate\nh = f  "), "f = a  # forget gate\nh = f");
});

/** @type {import("../../static/js/tools/edits.js").Edit[]} */
const EDITS = [
  { kind: "clamp", node: "f.pre", value: -0.25, from: 2, to: 4, unit: null },
  { kind: "clamp", node: "encoder/h", value: 1e-3, from: 0, to: 0, unit: 7 },
  { kind: "token", t: 3, token: "a,b;c%é" },
  { kind: "zero", state: "h", t: 0 },
  { kind: "scale", parameter: "U_f", factor: 1.5 },
];

test("interventions come back from the address as they went", () => {
  assert.deepEqual(fromText(toText(EDITS)), EDITS);
  assert.deepEqual(fromText(""), []);
});

test("what is no intervention is left out, the rest is kept", () => {
  const text = "clamp,f,x,2,4;zero,h,1;clamp,f,0,4,2;token,-1,a;constructor,1;scale,U;%;token,1,%E0%A4%A";
  assert.deepEqual(fromText(text), [{ kind: "zero", state: "h", t: 1 }]);
  assert.equal(fromText(Array(40).fill("zero,h,1").join(";")).length, 16);
});

test("the server gets a list of units, or none for all", () => {
  const [all, one] = toWire(EDITS);
  assert.deepEqual(all, { kind: "clamp", node: "f.pre", value: -0.25, from: 2, to: 4 });
  assert.deepEqual(/** @type {any} */ (one).units, [7]);
});

test("another word takes the place of the one at its step, and no other", () => {
  assert.equal(retyped("The dog, the dog’s bone.", 3, "cat's", false), "The dog, the cat's bone.");
  assert.equal(retyped("abca", 3, "z", true), "abcz");
  assert.equal(retyped("one two", 9, "z", false), "one two");
});

/** @param {Record<string, {dims: string[], data: any}>} arrays @param {any} [more] */
const traceOf = (arrays, more = {}) =>
  decodeTrace({
    id: "x".repeat(64),
    engine: "1",
    recipe: { cell: "gru", hidden: 2, text: "a b" },
    dims: { time: 2, batch: 1, hidden: 2, output: 2, input: 2 },
    labels: { time: ["a", "b"], output: ["a", "b"], input: ["a", "b"] },
    arrays,
    ...more,
  });

const HIDDEN = ["time", "batch", "hidden"];

test("there is as much to operate on as the trace has", () => {
  const nodes = { h: [[[1, 2]], [[3, 4]]], h_prev: [[[0, 0]], [[1, 2]]], z: [[[0.5, 0.5]], [[0.5, 0.5]]] };
  const arrays = Object.fromEntries(Object.entries(nodes).map(([name, data]) => [name, { dims: HIDDEN, data }]));
  const scope = scopeOf(
    traceOf({
      ...arrays,
      "grad/h": { dims: HIDDEN, data: nodes.h },
      "param/U": { dims: ["hidden", "hidden"], data: [[1]] },
    }),
  );
  assert.deepEqual([scope.states, scope.nodes, scope.weights, scope.T], [["h"], ["h", "z"], ["U"], 2]);
  const kept = within(
    [{ kind: "zero", state: "h", t: 1 }, { kind: "zero", state: "h", t: 2 }, ...EDITS.slice(0, 3)],
    scope,
  );
  assert.deepEqual(kept, [{ kind: "zero", state: "h", t: 1 }]);
});

test("what surgery did is told in numbers that the trace has", () => {
  const probs = (/** @type {number[][]} */ rows) => ({
    dims: ["time", "batch", "output"],
    data: rows.map((row) => [row]),
  });
  const loss = (/** @type {number[]} */ values) => ({ dims: ["time", "batch"], data: values.map((value) => [value]) });
  const told = outcome(
    traceOf({
      probs: probs([
        [0.9, 0.1],
        [0.2, 0.8],
      ]),
      "unperturbed/probs": probs([
        [0.9, 0.1],
        [0.6, 0.4],
      ]),
      loss: loss([1, 5]),
      "unperturbed/loss": loss([1, 2]),
      mask: loss([1, 1]),
      divergence: loss([0, 0.25]),
    }),
  );
  assert.deepEqual([told.before, told.after, told.first, told.far], [3, 6, 1, 1]);
  assert.deepEqual(told.changed, [{ t: 1, from: "a", to: "b" }]);
});

test("the scale of the distance holds every distance, and rounding is no distance", () => {
  assert.deepEqual(decadesOf([0, 1e-17, 0.02, 3]), { low: -2, high: 1 });
  assert.deepEqual(decadesOf([1]), { low: -1, high: 0 });
  assert.deepEqual(decadesOf([0, Number.NaN]), { low: -1, high: 0 });
});

test("a range is read from either end, and nothing else is one", () => {
  assert.deepEqual(between(5, 2), { first: 2, last: 5 });
  assert.deepEqual(rangeIn("2-4"), { first: 2, last: 4 });
  for (const text of [undefined, "", "4-2", "2-", "-2-4", "2-4-6"]) assert.equal(rangeIn(text), null);
});

test("a stretch is shown among its neighbours", () => {
  const words = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
  assert.deepEqual(inContext({ first: 4, last: 5, mean: 0 }, words), ["two three four ", "five six", " seven eight"]);
  assert.deepEqual(inContext({ first: 0, last: 0, mean: 0 }, [..."abc"]), ["", "a", "bc"]);
});

test("weights go into a file and its header says where they are", () => {
  const bytes = pack(
    { U: { data: [1, -2.5, 3, 4], shape: [2, 2] }, b: { data: [0.1], shape: [1] } },
    { format: "unrolled" },
  );
  const found = open(bytes);
  assert.ok(found);
  assert.equal((bytes.length - found.body.length) % 8, 0);
  assert.deepEqual(found.header.U, { dtype: "F64", shape: [2, 2], data_offsets: [0, 32] });
  const numbers = new DataView(found.body.buffer, found.body.byteOffset);
  assert.deepEqual(
    [0, 8, 16, 24, 32].map((at) => numbers.getFloat64(at, true)),
    [1, -2.5, 3, 4, 0.1],
  );
});

test("notes can be added to a file, and nothing else in it changes", () => {
  const bytes = pack({ b: { data: [0.5, 2], shape: [2] } }, { format: "pt" });
  const found = open(/** @type {Uint8Array} */ (annotated(bytes, { inputs: '["é"]' })));
  assert.deepEqual(found?.header.__metadata__, { format: "pt", inputs: '["é"]' });
  assert.deepEqual(found?.body, open(bytes)?.body);
  assert.equal(annotated(new Uint8Array([1, 2, 3]), {}), null);
});

test("files of other kinds are known by how they begin", () => {
  const signs = {
    pickle: [0x50, 0x4b, 3, 4],
    hdf5: [0x89, 0x48, 0x44, 0x46],
    gguf: [0x47, 0x47, 0x55, 0x46],
    numpy: [0x93, 0x4e, 0x55, 0x4d],
  };
  for (const [kind, bytes] of Object.entries(signs)) assert.equal(foreign(new Uint8Array(bytes)), kind);
  assert.equal(foreign(new Uint8Array([0x80, 2, 0x8a])), "pickle");
  assert.equal(foreign(new Uint8Array()), "empty");
  assert.equal(foreign(pack({ b: { data: [1], shape: [1] } }, {})), null);
});

test("the file of a trace holds its weights by their names, and says whose they are", () => {
  const trace = traceOf({
    "param/U": {
      dims: ["hidden", "hidden"],
      data: [
        [1, 2],
        [3, 4],
      ],
    },
    h: { dims: HIDDEN, data: [[[1, 2]]] },
  });
  const found = open(fileOf(trace));
  assert.deepEqual(Object.keys(found?.header ?? {}), ["__metadata__", "U"]);
  assert.deepEqual(JSON.parse(found?.header.__metadata__.recipe), { cell: "gru", hidden: 2 });
  assert.deepEqual(JSON.parse(found?.header.__metadata__.inputs), ["a", "b"]);
});

test("names of symbols are read in the way that gives as many as there are", () => {
  assert.deepEqual(namesIn("a b\nc d", 2), ["a b", "c d"]);
  assert.deepEqual(namesIn("a b c d", 4), ["a", "b", "c", "d"]);
  assert.deepEqual(namesIn("ab c", 4), ["a", "b", " ", "c"]);
});

test("a model gets a text that it can read", () => {
  const model = /** @type {any} */ ({ input: 3 });
  assert.deepEqual(fitting("one two three", model, new Set()), {});
  assert.equal(/** @type {any} */ (fitting("a b c d", model, new Set())).data, "characters");
  assert.deepEqual(fitting("zebra", model, new Set(["the", "dog"])), { data: "sentence", text: "the dog" });
  assert.deepEqual(fitting("abba", model, new Set(["a", "b"])), { data: "characters" });
});

test("a question is asked once, and again only if it was refused", async () => {
  let asked = 0;
  const answers = [
    new Response('{"detail":"no","line":2}', { status: 422 }),
    new Response('{"id":"h = 1"}', { status: 200 }),
  ];
  const fetch = /** @type {any} */ (async () => answers[asked++]);
  const ask = createInquiries({ base: "http://page/api/v1/", fetch });
  const refused = await ask.cell("h = 1").catch((problem) => problem);
  assert.ok(refused instanceof Refused);
  assert.deepEqual([refused.status, refused.told.line, refused.message], [422, 2, "no"]);
  const [one, other] = await Promise.all([ask.cell("h = 1"), ask.cell("h = 1")]);
  assert.deepEqual([one, other, asked], [{ id: "h = 1" }, { id: "h = 1" }, 2]);
});

test("an own cell is met once, ours never, and a refused one is forgotten", async () => {
  const catalog = { cells: [{ id: "lstm" }] };
  const describe = /** @type {any} */ (async (/** @type {string} */ id) => ({ id, states: ["h"] }));
  assert.equal(await meetCell(catalog, "lstm", describe), false);
  assert.equal(await meetCell(catalog, "h = 1", describe), true);
  assert.equal(await meetCell(catalog, "h = 1", describe), false);
  assert.equal(
    await meetCell(catalog, "h = 2", /** @type {any} */ (async () => Promise.reject(new Error("no")))),
    false,
  );
  for (let at = 0; at < 60; at += 1) learnCell(catalog, { id: `h = ${at + 10}` });
  assert.equal(catalog.cells.length, 41);
  assert.equal(catalog.cells[0].id, "lstm");
});
