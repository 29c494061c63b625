// What an embed is told, and how it answers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { handOn } from "../../static/js/embed/keys.js";
import { answer, isOurs } from "../../static/js/embed/messages.js";
import { readOptions } from "../../static/js/embed/options.js";
import { createAttention } from "../../static/js/embed/seen.js";
import { createPlayer } from "../../static/js/player.js";

const player = () => createPlayer({ T: 8 }, { frame: (tell) => tell() });
const nowhere = { search: "", hash: "" };

test("an address, then what the server wrote, then what is usual", () => {
  assert.deepEqual(
    { ...readOptions({}, nowhere) },
    { keys: "deck", play: "slide", fs: 1, still: false, theme: "", speed: null, at: "" },
  );
  const written = { fs: "1.5", keys: "self", at: "t=5" };
  assert.equal(readOptions(written, nowhere).fs, 1.5);
  assert.equal(readOptions(written, { search: "?fs=2", hash: "" }).fs, 2);
  assert.equal(readOptions(written, { search: "?fs=90", hash: "" }).fs, 3);
  assert.equal(readOptions(written, { search: "?fs=large", hash: "" }).fs, 1);
  assert.equal(readOptions(written, { search: "?step=3&phase=forward", hash: "" }).at, "phase=forward&t=3");
  assert.equal(readOptions(written, { search: "?step=3", hash: "#t=1" }).at, "t=1");
  assert.equal(readOptions(written, nowhere).at, "t=5");
  assert.equal(readOptions({}, { search: "?theme=pink&keys=mine&static=1", hash: "" }).theme, "");
});

test("a message is an object with our name and a deed", () => {
  for (const other of ["slide:start", null, 3, {}, { unrolled: 1 }, { do: "get" }, [1]])
    assert.equal(isOurs(other), false);
  assert.equal(isOurs({ unrolled: 1, do: "get" }), true);
});

test("get, set, step, play and pause are answered with the id that asked", () => {
  const own = player();
  /** @param {object} more @returns {any} */
  const asked = (more) => answer({ unrolled: 1, id: "a", ...more }, own);
  assert.deepEqual(asked({ do: "get" }), {
    ...{ unrolled: 1, id: "a", ok: true },
    state: { t: 0, k: 0, phase: "whole", playing: false, speed: 2, focus: null, steps: 8 },
  });
  assert.equal(asked({ do: "set", state: { t: 3, phase: "forward", focus: { node: "s" } } }).state.t, 3);
  assert.deepEqual(own.state.focus, { node: "s", unit: 0, parameter: null });
  assert.equal(asked({ do: "step" }).state.t, 4);
  assert.equal(asked({ do: "step", by: -2 }).state.t, 2);
  assert.equal(asked({ do: "set", state: { t: 99 } }).state.t, 7);
  assert.equal(asked({ do: "play" }).state.playing, true);
  assert.equal(asked({ do: "pause" }).state.playing, false);
});

test("what cannot be done is answered with what can", () => {
  const own = player();
  const before = own.state;
  for (const [wrong, said] of /** @type {[object, RegExp][]} */ ([
    [{ do: "jump" }, /get, set, step, play, pause/],
    [{ do: "constructor" }, /get, set/],
    [{ do: 3 }, /get, set/],
    [{ do: "set" }, /object/],
    [{ do: "set", state: { tool: "train" } }, /not known; t, k, phase/],
    [{ do: "set", state: { t: -1 } }, /0 or more/],
    [{ do: "set", state: { t: "3" } }, /0 or more/],
    [{ do: "set", state: { phase: "sideways" } }, /forward, loss/],
    [{ do: "set", state: { focus: { node: {} } } }, /null, or/],
    [{ do: "step", by: 1e9 }, /-1000 to 1000/],
    [{ do: "get", unrolled: 2 }, /version 1/],
  ])) {
    const reply = /** @type {any} */ (answer({ unrolled: 1, id: 7, ...wrong }, own));
    assert.equal(reply.ok, false);
    assert.match(String(reply.error), said);
    assert.equal(reply.id, 7);
  }
  assert.deepEqual(own.state, before);
});

test("a deck gets its keys as an order that reveal.js takes, and as an object for anyone", () => {
  /** @type {unknown[]} */
  const posted = [];
  const press = (/** @type {string} */ key, shiftKey = false) =>
    handOn(/** @type {KeyboardEvent} */ ({ key, shiftKey }), (message) => posted.push(message));
  assert.equal(press("ArrowRight"), true);
  assert.deepEqual(posted.splice(0), ['{"method":"right"}', { unrolled: 1, event: "key", key: "ArrowRight" }]);
  press(" ", true);
  assert.equal(posted[0], '{"method":"prev"}');
  posted.splice(0);
  press("f");
  assert.equal(posted[0], '{"method":"triggerKey","args":[70]}');
  posted.splice(0);
  assert.equal(press("x"), false);
  assert.deepEqual(posted, []);
});

test("what nobody sees waits, and goes on when it is seen", () => {
  const own = player();
  let first = 0;
  const attention = createAttention(own, () => (first += 1));
  attention.turn(true);
  assert.deepEqual([own.state.playing, first], [false, 1]);
  own.play();
  attention.turn(false);
  attention.turn(false);
  assert.equal(own.state.playing, false);
  attention.turn(true);
  assert.deepEqual([own.state.playing, first], [true, 1]);
  attention.turn(false);
  attention.forget();
  attention.turn(true);
  assert.equal(own.state.playing, false);
});
