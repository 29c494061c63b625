import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurn } from "../../static/js/motion/turn.js";

/** A parent with as much of a tree as is needed here. @param {number} count */
function belt(count) {
  const host = /** @type {any} */ ({ children: [], moves: 0 });
  host.insertBefore = (/** @type {any} */ element, /** @type {any} */ before) => {
    host.moves += 1;
    host.children.splice(host.children.indexOf(element), 1);
    const at = before === null ? host.children.length : host.children.indexOf(before);
    host.children.splice(at, 0, element);
  };
  const ring = Array.from({ length: count }, (_, name) => ({
    element: /** @type {any} */ ({ name, parentNode: host }),
  }));
  for (const { element } of ring) {
    Object.defineProperty(element, "nextSibling", {
      get: () => host.children[host.children.indexOf(element) + 1] ?? null,
    });
    host.children.push(element);
  }
  return { host, ring, order: () => host.children.map((/** @type {any} */ { name }) => name) };
}

test("a ring begins with whatever element is wanted, and the others follow in its order", () => {
  const { ring, order } = belt(5);
  const turn = createTurn();
  for (const first of [0, 1, 2, 4, 3, 0, 3, 1]) {
    turn(ring, first);
    assert.deepEqual(
      order(),
      [0, 1, 2, 3, 4].map((step) => (first + step) % 5),
    );
  }
});

test("a step of the lens moves a single element, forward and back", () => {
  const { host, ring } = belt(12);
  const turn = createTurn();
  for (const first of [1, 2, 1, 0, 11, 10]) turn(ring, first);
  assert.equal(host.moves, 6);
});
