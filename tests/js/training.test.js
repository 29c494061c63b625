import assert from "node:assert/strict";
import { test } from "node:test";
import { Chronicle } from "../../static/js/chronicle.js";
import { Epochs } from "../../static/js/epochs.js";
import { KINDS } from "../../static/js/frames.js";
import { fitting } from "../../static/js/tabs.js";
import { apart, Columns, span } from "../../static/js/tools/log-chart.js";
import { namesOf, queryOf, racersOf, wholeRuns } from "../../static/js/tools/racers.js";
import { byDistance, nearest } from "../../static/js/tools/train-lines.js";
import { createRuns, follow } from "../../static/js/training.js";

const text = (/** @type {unknown} */ value) => new TextEncoder().encode(JSON.stringify(value));

/** @param {string} kind @param {number} number @param {number} t @param {Uint8Array} payload @param {number} [run] */
function frame(kind, number, t, payload, run = 0) {
  const bytes = new Uint8Array(16 + payload.length);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, payload.length, true);
  head.setUint16(4, KINDS.indexOf(/** @type {any} */ (kind)), true);
  head.setUint16(6, run, true);
  head.setUint32(8, t, true);
  head.setUint32(12, number, true);
  bytes.set(payload, 16);
  return bytes;
}

const START = { options: { updates: 3 }, layout: { step: ["loss", "norm"] }, baseline: { value: 1 } };

/** A whole run of three updates, as the server sends it. */
function story() {
  const step = (/** @type {number} */ u) => new Uint8Array(Float64Array.of(1 / u, 2 * u).buffer);
  return [
    frame("start", 0, 0, text(START)),
    frame("snapshot", 1, 0, text({ update: 0 })),
    frame("step", 2, 1, step(1)),
    frame("step", 3, 2, step(2)),
    frame("snapshot", 4, 2, text({ update: 2 })),
    frame("step", 5, 3, step(3)),
    frame("diverged", 6, 3, text({ update: 4, array: "h", index: [0], value: "inf", t: 5 })),
    frame("finished", 7, 3, text({ update: 3, reason: "diverged" })),
  ];
}

/** A server that cuts its line after some frames. @param {number[]} cuts */
function server(cuts) {
  /** @type {string[]} */
  const asked = [];
  const fetch = async (/** @type {any} */ url) => {
    asked.push(url.searchParams.get("start") ?? "0");
    const from = Number(url.searchParams.get("start") ?? 0);
    const until = cuts.shift() ?? 99;
    const body = new ReadableStream({
      start(control) {
        for (const each of story().slice(from, until)) control.enqueue(each);
        control.close();
      },
    });
    return new Response(body, { headers: { "content-type": "application/octet-stream" } });
  };
  return {
    asked,
    means: { base: "http://a/", fetch: /** @type {any} */ (fetch), wait: async () => {}, random: () => 0 },
  };
}

test("a run that is cut twice is taken up where it broke, and says so", async () => {
  const { asked, means } = server([3, 5]);
  const runs = createRuns(1);
  /** @type {string[]} */
  const told = [];
  const line = { lost: (/** @type {number} */ n) => told.push(`lost ${n}`), back: () => told.push("back") };
  await follow({ query: "cell=lstm" }, runs, { signal: new AbortController().signal, line }, means);
  assert.deepEqual(asked, ["0", "3", "5"]);
  assert.deepEqual(told, ["lost 1", "back", "lost 1", "back"]);
  const [run] = runs.runs;
  assert.deepEqual([...(run.column("loss") ?? [])], [1, 1 / 2, 1 / 3]);
  assert.deepEqual([...(run.column("norm") ?? [])], [2, 4, 6]);
  assert.deepEqual(run.snapshots, [0, 2]);
  assert.equal(run.diverged?.array, "h");
  assert.equal(run.ended, "diverged");
});

test("a line that never comes back is given up in words", async () => {
  const means = {
    base: "http://a/",
    fetch: async () => Promise.reject(new TypeError("no")),
    wait: async () => {},
    tries: 2,
  };
  const signal = new AbortController().signal;
  await assert.rejects(() => follow({}, createRuns(1), { signal }, /** @type {any} */ (means)), /connection was lost/);
});

test("an event that is missing is noticed, one that comes twice is not", () => {
  const runs = createRuns(1);
  const [start, snapshot, step] = story().map((bytes, number) => ({
    ...{ kind: /** @type {any} */ (["start", "snapshot", "step"][number]), number },
    ...{ flags: 0, t: 0, payload: bytes.slice(16) },
  }));
  runs.take(start);
  runs.take(snapshot);
  runs.take(snapshot);
  assert.equal(runs.runs[0].snapshots.length, 1);
  assert.throws(() => runs.take({ ...step, number: 3 }), /skipped/);
});

test("columns grow past their first room", () => {
  const runs = createRuns(1);
  runs.take({ kind: "start", flags: 0, t: 0, number: 0, payload: text(START) });
  for (let u = 1; u <= 3000; u += 1)
    runs.take({ kind: "step", flags: 0, t: u, number: u, payload: new Uint8Array(Float64Array.of(u, 0).buffer) });
  assert.equal(runs.runs[0].column("loss")?.[2999], 3000);
});

/** @param {number} update @param {number} size */
const wire = (update, size) => ({
  id: String(update),
  arrays: {
    "contribution/W": {
      dims: ["a", "b"],
      shape: [size, 1],
      dtype: "float64",
      data: new Float64Array(size).fill(10 ** -update),
    },
  },
});
const sizes = (/** @type {any} */ trace) => [trace.get("contribution/W").data];

test("a snapshot is asked for once, and what was seen longest ago goes first", async () => {
  /** @type {number[]} */
  const asked = [];
  const fetch = async (/** @type {string} */ _query, /** @type {number} */ update) => {
    asked.push(update);
    return wire(update, 10);
  };
  const epochs = new Epochs({ fetch, sizes, room: 170 });
  epochs.of("cell=lstm");
  await Promise.all([epochs.want(1), epochs.want(1)]);
  await epochs.want(2);
  await epochs.want(1);
  await epochs.want(3);
  assert.deepEqual(asked, [1, 2, 3]);
  assert.ok(epochs.get(1) && epochs.get(3) && !epochs.get(2));
  assert.deepEqual(epochs.decades, { low: -4, high: -1 });
  epochs.of("cell=gru");
  assert.equal(epochs.get(3), undefined);
});

test("what lies nearest is fetched ahead, all of it in the end", async () => {
  /** @type {number[]} */
  const asked = [];
  const fetch = async (/** @type {string} */ _query, /** @type {number} */ update) => {
    asked.push(update);
    return wire(update, 1);
  };
  const epochs = new Epochs({ fetch, sizes });
  epochs.of("q");
  epochs.ahead(8, [0, 1, 2, 4, 8, 16]);
  for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(asked.slice(0, 2), [8, 4]);
  assert.deepEqual(
    [...asked].sort((one, other) => one - other),
    [1, 2, 4, 8, 16],
  );
});

test("changes of one kind in quick succession are one entry, of two kinds two, and places are none", () => {
  /** @type {string[]} */
  const did = [];
  let here = "/";
  let now = 0;
  const history = {
    state: null,
    pushState: (/** @type {any} */ state, /** @type {string} */ _title, /** @type {any} */ url) => {
      here = url;
      did.push(`push ${state.at}`);
    },
    replaceState: (/** @type {any} */ state, /** @type {string} */ _title, /** @type {any} */ url) => {
      here = url ?? here;
      did.push(`replace ${state.at}`);
    },
    back: () => did.push("back"),
    forward: () => did.push("forward"),
  };
  const chronicle = new Chronicle({ history, now: () => now, here: () => here });
  chronicle.write("/?a", "recipe");
  chronicle.write("/?b", "recipe");
  chronicle.write("/?b#tool=train", "tool");
  chronicle.write("/?b#tool=train&t=1", "place");
  now = 5000;
  chronicle.write("/?c#tool=train&t=1", "tool");
  assert.deepEqual(did, ["replace 0", "push 1", "replace 1", "push 2", "replace 2", "push 3"]);
  assert.ok(chronicle.undoable && !chronicle.redoable);
  chronicle.undo();
  chronicle.travelled({ at: 2 });
  assert.ok(chronicle.redoable);
  chronicle.write("/?d", "recipe");
  assert.ok(!chronicle.redoable, "what comes after an undo takes the place of what was undone");
  assert.equal(chronicle.at, 3);
});

test("the open tab is always in the row", () => {
  assert.deepEqual(fitting([50, 50, 50], 150, 40, 0), [0, 1, 2]);
  assert.deepEqual(fitting([50, 50, 50, 50], 190, 40, 3), [0, 1, 3]);
  assert.deepEqual(fitting([50, 50, 50, 50], 60, 40, 2), [2]);
});

test("columns keep the least, the most and what it tends to", () => {
  const columns = new Columns(100, 10);
  const data = Float64Array.from({ length: 100 }, (_, u) => (u % 2 === 0 ? 1 : 3));
  columns.grow(data.subarray(0, 50), true);
  columns.grow(data, true);
  assert.deepEqual([...columns.low], Array(10).fill(1));
  assert.deepEqual([...columns.high], Array(10).fill(3));
  assert.ok(columns.mean > 1.5 && columns.mean < 2.9);
  const odd = new Columns(2, 2);
  odd.grow([Number.NaN, Number.POSITIVE_INFINITY], true);
  assert.ok(Number.isNaN(odd.high[0]));
});

test("a log axis ends at half decades and keeps to fourteen", () => {
  assert.deepEqual(span(0.02, 0.5), { low: -2, high: 0 });
  assert.deepEqual(span(1e-300, 1), { low: -14, high: 0 });
  assert.deepEqual(span(Number.POSITIVE_INFINITY, 0), { low: -1, high: 1 });
});

test("names that would lie on one another are pushed apart in their order", () => {
  assert.deepEqual(apart([10, 10, 10], 12, 100), [10, 22, 34]);
  assert.deepEqual(apart([95, 90], 12, 100), [100, 88]);
});

const FIELDS = /** @type {any[]} */ ([
  {
    name: "cell",
    kind: "choice",
    default: "rnn-tanh",
    choices: ["rnn-tanh", "lstm"],
    choice_labels: { lstm: "LSTM" },
    label: "Cell",
  },
  {
    name: "init",
    kind: "choice",
    default: "normal",
    choices: ["normal", "identity"],
    choice_labels: {},
    label: "Init",
  },
  { name: "seed", kind: "integer", default: 0, label: "Seed" },
]);
const OPTIONS = /** @type {any[]} */ ([
  {
    name: "clip",
    kind: "choice",
    default: "norm",
    choices: ["norm", "none"],
    choice_labels: { norm: "by norm", none: "not at all" },
    label: "Clipping",
  },
  { name: "updates", kind: "integer", default: 1000, label: "Updates" },
]);
const TABLES = { fields: FIELDS, options: OPTIONS };

test("racers share the seed and the options, and another cell begins its own way", () => {
  const runs = wholeRuns({ cell: "lstm", init: "identity", seed: 3 }, { updates: "50" }, racersOf({}), TABLES);
  assert.deepEqual(runs[0], { seed: 3, updates: 50, cell: "rnn-tanh" });
  assert.equal(queryOf(runs[1], TABLES), "cell=lstm&seed=3&updates=50");
  assert.deepEqual(namesOf(runs, TABLES), ["tanh", "LSTM", "GRU"]);
  const clips = wholeRuns({ cell: "lstm" }, {}, racersOf({ race: "clips" }), TABLES);
  assert.deepEqual(namesOf(clips, TABLES), ["clipping by norm", "clipping not at all"]);
  assert.equal(clips[1].cell, "lstm");
});

test("a state of the race that cannot be read is an empty race", () => {
  assert.deepEqual(racersOf({ runs: "{" }), []);
  assert.deepEqual(racersOf({ runs: "7" }), []);
  assert.equal(racersOf({ runs: "[{},{},{},{},{}]" }).length, 4);
});

test("a matrix is read along its diagonals", () => {
  const trace = { get: () => ({ shape: [3, 3], data: Float64Array.of(1, 0, 0, 4, 2, 0, 9, 6, 3) }) };
  assert.deepEqual([...byDistance(/** @type {any} */ (trace), "W")], [2, 5, 9]);
  assert.equal(nearest([0, 4, 8], 5), 4);
});
