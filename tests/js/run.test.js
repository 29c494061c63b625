import assert from "node:assert/strict";
import { test } from "node:test";
import { createRunner } from "../../static/js/run.js";
import { wireTrace } from "./traces.js";

/** A stage that writes down what happens on it. */
function witness() {
  /** @type {string[]} */
  const seen = [];
  return {
    seen,
    stage: {
      whole: /** @type {any} */ ("the whole one"),
      show: (/** @type {any} */ trace) => seen.push(`show ${trace.like ?? trace.partial}`),
      grow: (/** @type {any} */ _trace, /** @type {number} */ steps) => seen.push(`grow ${steps}`),
      waiting: () => {},
      done: (/** @type {any} */ trace) => seen.push(`done ${trace.partial}`),
      failed: (/** @type {any} */ problem) => seen.push(`failed ${problem.message}`),
    },
  };
}

const now = (/** @type {() => void} */ callback) => callback();

test("the old picture stays until the first step of the new one, then it grows, then it is whole", async () => {
  const { seen, stage } = witness();
  const api = {
    fetchTrace: async (/** @type {string} */ _query, /** @type {any} */ { onEvent }) => {
      const trace = /** @type {any} */ (wireTrace());
      onEvent({ kind: "start", trace });
      assert.deepEqual(seen, []);
      onEvent({ kind: "forward", trace });
      onEvent({ kind: "forward", trace });
      onEvent({ kind: "done", trace });
      return trace;
    },
  };
  assert.equal(await createRunner(api, stage, { frame: now }).load(""), true);
  assert.deepEqual(seen, ["show true", "grow 1", "grow 2", "done false"]);
});

test("steps that come faster than frames are shown together", async () => {
  const { seen, stage } = witness();
  /** @type {(() => void)[]} */
  const frames = [];
  const api = {
    fetchTrace: async (/** @type {string} */ _query, /** @type {any} */ { onEvent }) => {
      const trace = wireTrace();
      for (let i = 0; i < 5; i += 1) onEvent({ kind: "forward", trace });
      frames.splice(0).map((callback) => callback());
      return trace;
    },
  };
  await createRunner(api, stage, { frame: (callback) => frames.push(callback) }).load("");
  assert.deepEqual(seen.slice(0, 2), ["show true", "grow 5"]);
});

test("the latest wish wins: an earlier one is given up in silence", async () => {
  const { seen, stage } = witness();
  /** @type {((value: any) => void)[]} */
  const answers = [];
  /** @type {AbortSignal[]} */
  const signals = [];
  const api = {
    fetchTrace: (/** @type {string} */ _query, /** @type {any} */ { signal }) => {
      signals.push(signal);
      return new Promise((resolve) => answers.push(resolve));
    },
  };
  const runner = createRunner(api, stage, { frame: now });
  const first = runner.load("a");
  const second = runner.load("b");
  assert.ok(signals[0].aborted && !signals[1].aborted);
  answers[0](wireTrace());
  answers[1](wireTrace());
  assert.deepEqual(await Promise.all([first, second]), [false, true]);
  assert.deepEqual(seen, ["done false"]);
});

test("a run that is refused says why; one that is cancelled says nothing", async () => {
  const { seen, stage } = witness();
  const refusing = { fetchTrace: () => Promise.reject(new Error("hidden is at most 256")) };
  assert.equal(await createRunner(refusing, stage, { frame: now }).load(""), false);
  assert.deepEqual(seen, ["failed hidden is at most 256"]);
  const slow = {
    fetchTrace: (/** @type {string} */ _query, /** @type {any} */ { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
  };
  const runner = createRunner(slow, stage, { frame: now });
  const waiting = runner.load("");
  assert.ok(runner.busy);
  runner.cancel();
  assert.equal(await waiting, false);
  assert.equal(seen.length, 1);
  assert.ok(!runner.busy);
});

test("while a hand moves, the newest wish is shown whole and light; what it rests on does not grow again", async () => {
  const { seen, stage } = witness();
  /** @type {[string, (value: any) => void][]} */
  const asked = [];
  const api = {
    fetchTrace: (/** @type {string} */ query, /** @type {any} */ { onEvent }) => {
      assert.equal(onEvent, undefined);
      return new Promise((resolve) => asked.push([query, resolve]));
    },
  };
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  const runner = createRunner(api, stage, { frame: now });
  for (const gain of [1, 2, 3]) runner.draft(`gain=${gain}`);
  asked[0][1](wireTrace());
  await settled();
  asked[1][1](wireTrace());
  await settled();
  const whole = runner.load("gain=3");
  asked[2][1](wireTrace());
  assert.equal(await whole, true);
  const light = "&include=forward,backward,matrix";
  assert.deepEqual(
    asked.map(([query]) => query),
    [`gain=1${light}`, `gain=3${light}`, "gain=3"],
  );
  assert.deepEqual(seen, ["show the whole one", "show the whole one", "done false"]);
  runner.draft("gain=4", true);
  assert.match(asked[3][0], /contributions$/);
});

test("what was drafted and comes late does not take the place of the run that came", async () => {
  const { seen, stage } = witness();
  /** @type {((value: any) => void)[]} */
  const answers = [];
  const api = { fetchTrace: () => new Promise((resolve) => answers.push(resolve)) };
  const runner = createRunner(api, stage, { frame: now });
  runner.draft("gain=1");
  const whole = runner.load("gain=1");
  answers[1](wireTrace());
  await whole;
  answers[0](wireTrace());
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(seen, ["done false"]);
});
