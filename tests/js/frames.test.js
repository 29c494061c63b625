import assert from "node:assert/strict";
import { test } from "node:test";
import { createFrameReader, KINDS, size, unpack } from "../../static/js/frames.js";
import { FRAMES } from "./wire.js";

test("frames are read whole however the bytes are cut", () => {
  const bytes = Buffer.concat(FRAMES);
  for (const piece of [1, 2, 3, 7, 15, 16, 17, 31, 64, 1000, bytes.length]) {
    const read = createFrameReader();
    const frames = [];
    for (let offset = 0; offset < bytes.length; offset += piece)
      frames.push(...read(bytes.subarray(offset, offset + piece)));
    assert.deepEqual(
      frames.map(({ kind, number }) => [kind, number]),
      FRAMES.map((sent, number) => [KINDS[sent.readUInt16LE(4)], number]),
    );
    assert.ok(frames.every(({ payload }, index) => Buffer.from(payload).equals(FRAMES[index].subarray(16))));
  }
});

test("an empty chunk is no frame, and garbage is refused at once", () => {
  const read = createFrameReader();
  assert.deepEqual(read(new Uint8Array(0)), []);
  assert.throws(() => read(new Uint8Array(16).fill(255)), /no frame of ours/);
});

test("a step that does not fit its layout is refused", () => {
  const slots = /** @type {import("../../static/js/frames.js").Slot[]} */ ([{ name: "s", shape: [1, 2], dtype: "f4" }]);
  assert.equal(size([3, 4]), 12);
  assert.throws(() => unpack(new Uint8Array(12), slots, 0, () => new Float64Array(2)), /does not fit its layout/);
});
