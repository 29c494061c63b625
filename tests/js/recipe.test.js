import assert from "node:assert/strict";
import { test } from "node:test";
import {
  check,
  defaults,
  fromQuery,
  isEquations,
  matters,
  nearest,
  same,
  settled,
  shortened,
  toQuery,
} from "../../static/js/recipe.js";
import { FIELDS } from "./fields.js";

/** @param {string} name */
const named = (name) => FIELDS.find((field) => field.name === name) ?? assert.fail(name);

/** A small seeded generator, so that a failure can be run again. @param {number} seed */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const PIECES = [
  " ",
  "&",
  "=",
  "+",
  "%",
  "#",
  "?",
  "é",
  "e\u0301",
  "ß",
  "日本",
  "🐕",
  "👩‍🚀",
  "\n",
  "\t",
  '"',
  "a",
  "Z",
  "مرحبا",
  "%20",
];

/** @param {() => number} next */
const anyText = (next) =>
  Array.from({ length: 1 + Math.floor(next() * 12) }, () => PIECES[Math.floor(next() * PIECES.length)]).join("");

/** @param {() => number} next @returns {import("../../static/js/recipe.js").Values} */
function anyRecipe(next) {
  const buffer = new DataView(new ArrayBuffer(8));
  buffer.setUint32(0, next() * 2 ** 32);
  buffer.setUint32(4, next() * 2 ** 32);
  const double = buffer.getFloat64(0);
  return {
    cell: ["rnn-tanh", "rnn-relu", "lstm", "gru"][Math.floor(next() * 4)],
    text: anyText(next),
    hidden: 1 + Math.floor(next() * 256),
    gain: Number.isFinite(double) ? Math.abs(double) : next() * 100,
    seed: Math.floor(next() * Number.MAX_SAFE_INTEGER),
    forget_bias: next() * 20 - 10,
    window: next() < 0.5 ? null : 1 + Math.floor(next() * 50),
  };
}

test("the default recipe has an empty query, and an empty query is the default recipe", () => {
  assert.equal(toQuery(defaults(FIELDS), FIELDS), "");
  assert.deepEqual(fromQuery("", FIELDS), defaults(FIELDS));
});

test("a thousand random recipes come back from their query bit for bit", () => {
  const next = random(20);
  for (let round = 0; round < 1000; round += 1) {
    const recipe = anyRecipe(next);
    assert.deepEqual(fromQuery(toQuery(recipe, FIELDS), FIELDS), recipe);
    assert.deepEqual(fromQuery(`?${toQuery(recipe, FIELDS)}`, FIELDS), recipe);
  }
});

test("the query names only what differs, in the order of the table, whatever order it was set in", () => {
  const values = { ...defaults(FIELDS), window: 3, hidden: 16, cell: "lstm" };
  assert.equal(toQuery(values, FIELDS), "cell=lstm&hidden=16&window=3");
  assert.equal(toQuery(Object.fromEntries(Object.entries(values).reverse()), FIELDS), "cell=lstm&hidden=16&window=3");
});

test("what is no recipe field is left alone, and what is no number stays as it was typed", () => {
  const values = fromQuery("utm=x&hidden=many&gain=0x10&seed=", FIELDS);
  assert.deepEqual([values.hidden, values.gain, values.seed], ["many", "0x10", ""]);
  assert.deepEqual(
    check(values, FIELDS).map((problem) => problem.name),
    ["hidden", "gain", "seed"],
  );
  assert.ok(!("utm" in values));
});

test("an emptied optional field is none, an emptied needed one is a problem", () => {
  assert.equal(fromQuery("window=", FIELDS).window, null);
  assert.equal(check(fromQuery("window=", FIELDS), FIELDS).length, 0);
  assert.equal(check(fromQuery("hidden=", FIELDS), FIELDS).length, 1);
});

test("every problem is reported at once, each with a value that would be allowed", () => {
  const wrong = fromQuery("cell=ltsm&text=%20&hidden=0&gain=1e400&seed=1.5&window=0", FIELDS);
  const problems = check(wrong, FIELDS);
  assert.deepEqual(
    problems.map(({ name, allowed }) => [name, allowed]),
    [
      ["cell", "lstm"],
      ["text", named("text").default],
      ["hidden", 1],
      ["gain", 100],
      ["seed", 2],
      ["window", 1],
    ],
  );
  const mended = Object.fromEntries(problems.map(({ name, allowed }) => [name, allowed]));
  assert.deepEqual(check({ ...wrong, ...mended }, FIELDS), []);
});

test("messages say the range in words", () => {
  const messages = check(fromQuery("hidden=999&forget_bias=-11&window=-1", FIELDS), FIELDS).map(
    (problem) => problem.message,
  );
  assert.deepEqual(messages, [
    "Hidden units is a whole number from 1 to 256.",
    "Forget bias is a number from −10 to 10.",
    "Window is a whole number of at least 1.",
  ]);
});

test("whatever is typed, the nearest allowed value is allowed", () => {
  const typed = ["", "  ", "-5", "5e300", "1e400", "-1e400", "nonsense", "3.7", "l", "9007199254740993"];
  for (const field of FIELDS) {
    for (const text of typed) {
      const allowed = nearest(field, fromQuery(`${field.name}=${encodeURIComponent(text)}`, FIELDS)[field.name]);
      assert.deepEqual(check({ ...defaults(FIELDS), [field.name]: allowed }, FIELDS), [], `${field.name}: ${text}`);
    }
  }
});

test("half of a surrogate pair is refused and mended", () => {
  const values = { ...defaults(FIELDS), text: "a\ud83db" };
  assert.equal(check(values, FIELDS)[0]?.allowed, "ab");
  assert.deepEqual(check({ ...values, text: "a🐕b" }, FIELDS), []);
});

test("a text is measured in characters, not in UTF-16 units", () => {
  assert.deepEqual(check({ ...defaults(FIELDS), text: "🐕".repeat(2000) }, FIELDS), []);
  assert.equal(check({ ...defaults(FIELDS), text: "🐕".repeat(2001) }, FIELDS).length, 1);
});

test("a cell may be written out as equations", () => {
  const source = "s = tanh(W @ x + U @ s_prev + b)  # state";
  assert.ok(isEquations(named("cell"), source));
  assert.deepEqual(check({ ...defaults(FIELDS), cell: source }, FIELDS), []);
  assert.equal(fromQuery(toQuery({ ...defaults(FIELDS), cell: source }, FIELDS), FIELDS).cell, source);
});

test("two recipes are the same when every field agrees, absent or null", () => {
  const { window: _, ...without } = defaults(FIELDS);
  assert.ok(same(defaults(FIELDS), without, FIELDS));
  assert.ok(!same(defaults(FIELDS), { ...without, hidden: 9 }, FIELDS));
});

test("a field that does not matter is at its default, and one that needs nothing always matters", () => {
  const fields = /** @type {any[]} */ ([
    { name: "data", kind: "choice", default: "sentence" },
    { name: "text", kind: "text", default: "a b", needs: { data: ["sentence"] } },
    { name: "model", kind: "text", default: null, optional: true },
    { name: "gain", kind: "number", default: 1, needs: { model: [null] } },
  ]);
  const drawn = { data: "adding", text: "my own", model: null, gain: 2 };
  assert.deepEqual(settled(drawn, fields), { ...drawn, text: "a b" });
  assert.ok(matters(fields[0], drawn) && matters(fields[3], drawn));
  assert.equal(settled({ ...drawn, model: "f00" }, fields).gain, 1);
});

test("a shipped model brings its recipe along, and the query holds what differs from that", () => {
  const brings = { dates: { cell: "gru", hidden: 48, window: 5 } };
  const model = { ...named("window"), name: "model", kind: /** @type {const} */ ("text"), brings };
  const fields = [...FIELDS, model];
  const opened = fromQuery("?model=dates", fields);
  assert.deepEqual([opened.cell, opened.hidden, opened.window], ["gru", 48, 5]);
  assert.equal(toQuery(opened, fields), "model=dates");
  const other = { ...opened, hidden: named("hidden").default, window: null };
  assert.deepEqual(fromQuery(toQuery(other, fields), fields), other);
  assert.equal(fromQuery("?model=feed", fields).hidden, named("hidden").default);
});

test("a text that is too long is shortened at a unit's end", () => {
  const text = "Don’t stop, said the well-known cat.";
  assert.equal(shortened(text, { nearest: 3, unit: "word" }), "Don’t stop, said");
  assert.equal(shortened(text, { nearest: 5, unit: "word" }), "Don’t stop, said the well-known");
  assert.equal(shortened(text, { nearest: 4, unit: "character" }), "Don’");
  assert.equal(shortened("🐕🐈🐕", { nearest: 2, unit: "character" }), "🐕🐈");
  assert.equal(shortened(text, { nearest: 40, unit: "word" }), null);
  assert.equal(shortened(text, null), null);
});

test("a file of the visitor's own is a choice, and all such files are of one sort", () => {
  const data = { ...named("cell"), name: "data", default: "sentence", choices: ["sentence", "names"] };
  const example = { ...named("window"), name: "example", needs: { data: ["names", "own"] } };
  assert.deepEqual(check({ data: "own-0123456789abcdef" }, [data]), []);
  assert.equal(check({ data: "other" }, [data]).length, 1);
  assert.ok(matters(example, { data: "own-0123456789abcdef" }));
  assert.ok(!matters(example, { data: "sentence" }));
});
