import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { createApi } from "../../static/js/api.js";
import { createFrameReader } from "../../static/js/frames.js";
import { ApiError, backoff } from "../../static/js/network.js";
import { FRAMES, frame, H, state, T, TRACE } from "./wire.js";

const WHOLE = {
  ...TRACE,
  arrays: { s: { dims: ["time"], shape: [1], dtype: "float64", data: "AAAAAAAA8D8=" } },
};

/** @type {string[]} */
let asked = [];
/** @type {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => void} */
let answer = () => {};
const server = createServer((request, response) => {
  asked.push(request.url ?? "");
  answer(request, response);
});
let base = "";
/** @type {number[]} */
let waits = [];

before(
  () =>
    new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        base = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/api/v1/`;
        resolve(undefined);
      });
    }),
);
after(() => server.close());

/** @param {typeof answer} next */
function serving(next) {
  asked = [];
  waits = [];
  answer = next;
  return createApi({
    base,
    random: () => 0.5,
    wait: async (milliseconds) => void waits.push(milliseconds),
  });
}

/** @param {import("node:http").IncomingMessage} request */
const startOf = (request) => Number(new URL(request.url ?? "", base).searchParams.get("start") ?? 0);

/** Write the bytes in pieces of the given length, then end or cut. @param {import("node:http").ServerResponse} response @param {Buffer} bytes @param {number} piece @param {boolean} [cut] */
async function dribble(response, bytes, piece, cut = false) {
  response.writeHead(200, { "content-type": "application/octet-stream" });
  for (let offset = 0; offset < bytes.length; offset += piece) {
    response.write(bytes.subarray(offset, offset + piece));
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (cut) setTimeout(() => response.destroy(), 20);
  else response.end();
}

/** @param {any} trace */
function isWhole(trace) {
  assert.deepEqual(trace.labels, TRACE.labels);
  assert.ok(trace.arrays.s.data instanceof Float64Array);
  assert.deepEqual(trace.arrays.s.shape, [T, 1, H]);
  assert.deepEqual([...trace.arrays.s.data], Array.from({ length: T }, (_, t) => [...state(t)]).flat());
  for (let t = 0; t < T; t += 1) {
    for (let unit = 0; unit < H; unit += 1) {
      assert.equal(trace.arrays["grad/s"].data[t * H + unit], (t + unit / 4) * 10 ** (-60 * (T - t)));
    }
  }
  assert.deepEqual(trace.arrays["grad/U"].data, [2]);
  assert.deepEqual(trace.arrays["param/U"].data, [1]);
}

/** @param {string} url */
const startQuery = (url) => new URL(url, base).searchParams.get("start");

test("a streamed trace is the trace, for any chunking, with an event for each step", async () => {
  for (const piece of [1, 5, 16, 333, 1e6]) {
    const api = serving((_, response) => dribble(response, Buffer.concat(FRAMES), piece));
    /** @type {[string, number][]} */
    const events = [];
    isWhole(await api.fetchTrace("hidden=3", { onEvent: ({ kind, t }) => events.push([kind, t]) }));
    assert.deepEqual(events.slice(0, 3), [
      ["start", 0],
      ["forward", 0],
      ["forward", 1],
    ]);
    assert.equal(events.length, FRAMES.length);
    assert.equal(asked.length, 1);
    assert.match(asked[0], /\/api\/v1\/traces\/stream\?hidden=3$/);
  }
});

test("what has not come yet is not a number", async () => {
  const api = serving((_, response) => dribble(response, Buffer.concat(FRAMES), 1e6));
  /** @type {boolean[]} */
  const unknown = [];
  await api.fetchTrace("", {
    onEvent: ({ kind, t, trace }) => {
      const data = /** @type {Float64Array} */ (trace.arrays.s.data);
      if (kind === "forward" && t < T - 1) unknown.push(Number.isNaN(data[(t + 1) * H]));
    },
  });
  assert.deepEqual(unknown, [true, true, true, true]);
});

test("a cut anywhere is mended without gap or double", async () => {
  const bytes = Buffer.concat(FRAMES);
  for (const cut of [0, 1, 15, 16, 200, FRAMES[0].length, FRAMES[0].length + 3, bytes.length - 40, bytes.length - 1]) {
    const api = serving((request, response) => {
      const rest = Buffer.concat(FRAMES.slice(startOf(request)));
      if (asked.length === 1) dribble(response, rest.subarray(0, cut), 9, true);
      else dribble(response, rest, 13);
    });
    /** @type {number[]} */
    const numbers = [];
    isWhole(await api.fetchTrace("", { onEvent: ({ number }) => numbers.push(number) }));
    assert.deepEqual(
      numbers,
      FRAMES.map((_, number) => number),
      `cut at ${cut}`,
    );
    assert.equal(asked.length, 2);
    const whole = numbersIn(bytes.subarray(0, cut));
    assert.equal(startQuery(asked[1]), whole === 0 ? null : String(whole));
  }
});

/** @param {Buffer} bytes */
const numbersIn = (bytes) => createFrameReader()(bytes).length;

test("a stream that is cut after every single step still arrives", async () => {
  const api = serving((request, response) => dribble(response, FRAMES[startOf(request)], 1e6, true));
  isWhole(await api.fetchTrace(""));
  assert.equal(asked.length, FRAMES.length);
  assert.ok(
    waits.every((wait) => wait === backoff(1, () => 0.5)),
    "progress resets the wait",
  );
});

test("a stream that ends politely but early is resumed too", async () => {
  const api = serving((request, response) =>
    dribble(response, Buffer.concat(FRAMES.slice(startOf(request), startOf(request) + 4)), 50),
  );
  isWhole(await api.fetchTrace(""));
});

test("steps that a proxy repeats are taken once, a skipped step is asked for again", async () => {
  const api = serving((request, response) => {
    const start = startOf(request);
    if (asked.length === 1) dribble(response, Buffer.concat([...FRAMES.slice(0, 3), ...FRAMES.slice(4)]), 100);
    else dribble(response, Buffer.concat(FRAMES.slice(Math.max(0, start - 2))), 100);
  });
  isWhole(await api.fetchTrace(""));
  assert.deepEqual(asked.map(startQuery), [null, "3"]);
});

test("a dead server is given up on, in words, with growing waits", async () => {
  const api = serving((request) => request.socket.destroy());
  await assert.rejects(
    api.fetchTrace(""),
    (error) => error instanceof ApiError && /connection was lost/.test(error.title),
  );
  assert.equal(waits.length, 5);
  assert.ok(waits.every((wait, index) => index === 0 || wait > waits[index - 1]));
});

test("a busy server is asked again when it says", async () => {
  const api = serving((_, response) => {
    if (asked.length < 3) response.writeHead(503, { "retry-after": "7" }).end();
    else dribble(response, Buffer.concat(FRAMES), 1e6);
  });
  isWhole(await api.fetchTrace(""));
  assert.deepEqual(waits, [7000, 7000]);
});

test("a server that leaves is asked again when it said, and no step is lost", async () => {
  const drain = frame("drain", 0, 0, Buffer.from(JSON.stringify({ retry_ms: 3000 })));
  const api = serving((request, response) => {
    const rest = FRAMES.slice(startOf(request));
    if (asked.length === 1) dribble(response, Buffer.concat([...rest.slice(0, 4), drain]), 30);
    else dribble(response, Buffer.concat(rest), 30);
  });
  isWhole(await api.fetchTrace(""));
  assert.deepEqual([waits, asked.map(startQuery)], [[3000], [null, "4"]]);
});

test("a run that fails on the way is told in the server's words, once", async () => {
  const problem = { title: "The computation was ended", detail: "It took too long.", status: 422 };
  const failure = frame("problem", 0, 3, Buffer.from(JSON.stringify(problem)));
  const api = serving((_, response) => dribble(response, Buffer.concat([...FRAMES.slice(0, 3), failure]), 30));
  await assert.rejects(api.fetchTrace(""), /The computation was ended: It took too long/);
  assert.equal(asked.length, 1);
});

test("a refused recipe is told at once, in the server's words", async () => {
  const errors = [{ pointer: "/hidden", message: "hidden is an integer from 1 to 256", allowed: 256 }];
  const api = serving((_, response) => {
    response.writeHead(422, { "content-type": "application/problem+json" });
    response.end(JSON.stringify({ title: "Invalid recipe", detail: "1 field", errors }));
  });
  for (const call of [
    () => api.fetchTrace("hidden=999"),
    () => api.explain("hidden=999", { node: "s", t: 0, unit: 0 }),
  ]) {
    await assert.rejects(call, (/** @type {any} */ error) => {
      assert.deepEqual(
        [error.status, error.title, error.detail, error.errors],
        [422, "Invalid recipe", "1 field", errors],
      );
      return true;
    });
  }
  assert.equal(asked.length, 2);
});

test("an answer that is no JSON still makes a sensible error", async () => {
  const api = serving((_, response) => void response.writeHead(404).end("<html>"));
  await assert.rejects(api.explain("", { node: "s" }), /The server answered 404/);
});

test("where frames are not to be had, the whole trace comes as JSON", async () => {
  for (const refuse of [
    (/** @type {any} */ response) => response.writeHead(406).end(),
    (/** @type {any} */ response) => response.writeHead(200, { "content-type": "text/html" }).end("hello"),
  ]) {
    const api = serving((request, response) => {
      if (request.url?.includes("stream")) refuse(response);
      else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(WHOLE));
    });
    /** @type {string[]} */
    const events = [];
    assert.deepEqual(await api.fetchTrace("seed=1", { onEvent: ({ kind }) => events.push(kind) }), WHOLE);
    assert.match(asked[1], /traces\?seed=1&encoding=base64$/);
    assert.deepEqual(events, ["done"]);
  }
});

test("an aborted fetch stops and does not try again", async () => {
  const control = new AbortController();
  const api = serving((_, response) => dribble(response, Buffer.concat(FRAMES).subarray(0, 500), 50, true));
  const fetching = api.fetchTrace("", { signal: control.signal, onEvent: () => control.abort() });
  await assert.rejects(fetching, { name: "AbortError" });
  assert.equal(asked.length, 1);
});

test("an explanation is fetched once and remembered, a failure is not", async () => {
  const api = serving((_, response) => {
    if (asked.length === 1) response.writeHead(500).end();
    else response.writeHead(200).end(JSON.stringify({ node: "f", value: asked.length }));
  });
  await assert.rejects(api.explain("seed=1", { node: "f", t: 1, unit: 0 }));
  assert.deepEqual(await api.explain("seed=1", { node: "f", t: 1, unit: 0 }), {
    node: "f",
    value: 2,
  });
  assert.deepEqual(await api.explain("seed=1", { node: "f", t: 1, unit: 0 }), {
    node: "f",
    value: 2,
  });
  assert.deepEqual(await api.explain("seed=2", { node: "f", t: 1, unit: 0 }), {
    node: "f",
    value: 3,
  });
  assert.match(asked[1], /explain\?seed=1&node=f&t=1&unit=0$/);
});
