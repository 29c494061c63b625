import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHash, toHash } from "../../static/js/address.js";
import { due } from "../../static/js/motion/clock.js";
import {
  change,
  comfortable,
  createPlayer,
  lookAt,
  moment,
  position,
  reached,
  SPEEDS,
} from "../../static/js/player.js";

/** A player whose frames come when the test says so. @param {number} T @param {any} [initial] */
function still(T, initial = {}) {
  /** @type {(() => void)[]} */
  const frames = [];
  const player = createPlayer({ T }, { frame: (callback) => frames.push(callback), initial });
  return { player, frame: () => frames.splice(0).map((callback) => callback()), frames };
}

test("a run is one line of places: forward, the losses, backward, the whole", () => {
  const T = 3;
  const places = Array.from({ length: 2 * T + 2 }, (_, place) => moment(place, T));
  assert.deepEqual(
    places.map(({ t, phase }) => `${phase} ${t}`),
    ["forward 0", "forward 1", "forward 2", "loss 2", "backward 2", "backward 1", "backward 0", "whole 0"],
  );
});

test("a place and its moment are one another's inverse", () => {
  for (const T of [1, 2, 8, 100]) {
    for (let place = 0; place <= 2 * T + 1; place += 1) assert.equal(position(moment(place, T), T), place);
  }
});

test("places beyond the ends are the ends", () => {
  assert.deepEqual(moment(-5, 4), { t: 0, phase: "forward" });
  assert.deepEqual(moment(1e9, 4), { t: 0, phase: "whole" });
  assert.deepEqual(moment(Number.NaN, 4), { t: 0, phase: "forward" });
});

test("a change is clamped to the run and frozen", () => {
  const { player } = still(4);
  player.set({ t: 99, k: -3, epoch: -7 });
  assert.equal(player.state.t, 3);
  assert.equal(player.state.k, 0);
  assert.equal(player.state.epoch, 0);
  assert.ok(Object.isFrozen(player.state));
});

test("an unknown phase, a speed of nothing and a step that is no number change nothing", () => {
  const { player } = still(4);
  const changed = change(player.state, /** @type {any} */ ({ phase: "sideways", speed: 0, t: Number.NaN }), { T: 4 });
  assert.equal(changed.phase, "whole");
  assert.equal(changed.speed, player.state.speed);
  assert.equal(changed.t, 0);
});

test("listeners hear once a frame, of the last state and the one they heard before", () => {
  const { player, frame, frames } = still(8);
  /** @type {[number, number][]} */
  const heard = [];
  player.subscribe((state, previous) => heard.push([state.t, previous.t]));
  player.set({ t: 1 });
  player.set({ t: 2 });
  player.set({ t: 5 });
  assert.equal(frames.length, 1);
  assert.deepEqual(heard, []);
  frame();
  assert.deepEqual(heard, [[5, 0]]);
  player.set({ t: 6 });
  frame();
  assert.deepEqual(heard[1], [6, 5]);
});

test("a listener that leaves hears no more", () => {
  const { player, frame } = still(8);
  let count = 0;
  const leave = player.subscribe(() => (count += 1));
  leave();
  player.set({ t: 3 });
  frame();
  assert.equal(count, 0);
});

test("playing from rest starts at the first step and ends at rest", () => {
  const { player } = still(3);
  player.play();
  assert.deepEqual([player.state.phase, player.state.t, player.state.playing], ["forward", 0, true]);
  const seen = [];
  while (player.state.playing) {
    player.advance();
    seen.push(player.state.phase);
  }
  assert.deepEqual(seen, ["forward", "forward", "loss", "backward", "backward", "backward", "whole"]);
  assert.equal(player.state.t, 0);
});

test("play goes on from where a run was paused", () => {
  const { player } = still(8, { phase: "backward", t: 5 });
  player.play();
  assert.deepEqual([player.state.phase, player.state.t], ["backward", 5]);
});

test("a step moves along the run; at rest it moves the cursor", () => {
  const { player } = still(3, { phase: "forward", t: 2 });
  player.step(1);
  assert.equal(player.state.phase, "loss");
  player.step(1);
  assert.deepEqual([player.state.phase, player.state.t], ["backward", 2]);
  player.set({ phase: "whole", t: 1 });
  player.step(-1);
  player.step(-1);
  assert.deepEqual([player.state.phase, player.state.t], ["whole", 0]);
});

test("what has happened depends on the moment", () => {
  assert.deepEqual(reached({ t: 2, phase: "forward" }, 8), { forward: 2, loss: false, backward: 8 });
  assert.deepEqual(reached({ t: 7, phase: "loss" }, 8), { forward: 7, loss: true, backward: 8 });
  assert.deepEqual(reached({ t: 5, phase: "backward" }, 8), { forward: 7, loss: true, backward: 5 });
  assert.deepEqual(reached({ t: 5, phase: "whole" }, 8), { forward: 7, loss: true, backward: 0 });
});

test("looking at a step leaves a run where it is, but a finished one rests", () => {
  const base = createPlayer({ T: 8 }, { frame: () => 0 }).state;
  assert.deepEqual(lookAt({ ...base, phase: "forward", t: 3 }, 1), { t: 1, playing: false });
  assert.equal(lookAt({ ...base, phase: "backward", t: 0 }, 4).phase, "whole");
  assert.equal(lookAt({ ...base, phase: "whole" }, 4).phase, "whole");
});

test("a shorter trace pulls the player in", () => {
  const { player } = still(100, { t: 80, k: 70 });
  player.resize({ T: 8 });
  assert.deepEqual([player.state.t, player.state.k, player.T], [7, 7, 8]);
});

test("speeds go up and down one by one and stop at the ends", () => {
  const { player } = still(8, { speed: 30 });
  player.faster(1);
  player.faster(1);
  assert.equal(player.state.speed, SPEEDS[SPEEDS.length - 1]);
  for (let i = 0; i < 20; i += 1) player.faster(-1);
  assert.equal(player.state.speed, SPEEDS[0]);
});

test("a comfortable run takes some seconds, however long", () => {
  assert.equal(comfortable(8), 2);
  assert.equal(comfortable(100), 30);
  assert.equal(comfortable(5000), 60);
});

test("the clock gives the steps that are due and keeps the rest of the time", () => {
  assert.deepEqual(due(499, 2), { steps: 0, left: 499 });
  assert.deepEqual(due(500, 2), { steps: 1, left: 0 });
  const { steps, left } = due(40, 60);
  assert.equal(steps, 2);
  assert.ok(Math.abs(left - (40 - 2000 / 60)) < 1e-9);
});

test("after a long pause the clock does not race", () => {
  assert.equal(due(10_000, 60).steps, 4);
});

test("the hash holds what differs from the run at rest, and only that", () => {
  const { player } = still(8);
  assert.equal(toHash(player.state), "");
  player.set({ phase: "backward", t: 3 });
  assert.equal(toHash(player.state), "phase=backward&t=3");
  player.set({ phase: "whole", t: 5, k: 2, focus: { node: null, unit: null, parameter: "U" } });
  assert.equal(toHash(player.state), "t=5&k=2&parameter=U");
  player.set({ focus: { node: "s", unit: 3, parameter: null }, look: { share: true, large: "contributions" } });
  assert.equal(toHash(player.state), "t=5&node=s&unit=3&share=1&large=contributions");
});

test("every state comes back from its hash", () => {
  const cases = [
    { phase: "forward", t: 4 },
    { phase: "loss", t: 7 },
    { phase: "whole", t: 6, k: 1, focus: { node: null, unit: null, parameter: "W_f" } },
    { phase: "whole", t: 0, focus: { node: "f.pre", unit: 5, parameter: null } },
    { phase: "whole", t: 0, look: { share: true, large: null } },
  ];
  for (const wanted of cases) {
    const { player } = still(8, wanted);
    const again = still(8, fromHash(`#${toHash(player.state)}`)).player;
    for (const key of /** @type {const} */ (["t", "k", "phase", "focus", "look"])) {
      assert.deepEqual(again.state[key], player.state[key], key);
    }
  }
});

test("a hash made of nonsense is a run at rest", () => {
  const { player } = still(8, fromHash("#t=-1&phase=up&k=1e9&unit=x&<script>=1&node="));
  assert.deepEqual([player.state.t, player.state.k, player.state.phase, player.state.focus], [0, 0, "whole", null]);
});
