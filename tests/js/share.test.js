// Sharing as data: what an address hides, what a frame's address says, which squares of a code are dark.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hiddenIn, hiding } from "../../static/js/hiding.js";
import { pathOf } from "../../static/js/qr.js";
import { levels } from "../../static/js/tools/gallery.js";
import { embedOf, frameOf } from "../../static/js/tools/snippets.js";
import { beside } from "../../static/js/tools/tour.js";
import { generate } from "../../static/vendor/lean-qr-2.7.4/lean-qr.mjs";

const ROOT = new URL("http://localhost/u/");

/** @param {string} path @param {string} query @param {string} [hash] @param {string} [edits] */
const seen = (path, query, hash = "", edits = "") => ({
  root: ROOT,
  here: () => new URL(`${path}?${query}${hash}`, ROOT),
  query: () => query,
  hash: () => hash,
  edits: () => edits,
});

test("an address hides what is asked for, in commas that can be read, and keeps all else", () => {
  const address = hiding(new URL("http://localhost/?cell=lstm&hide=seed#t=3"), ["more", "tool-train"]);
  assert.equal(address.href, "http://localhost/?cell=lstm&hide=more,tool-train#t=3");
  assert.deepEqual(hiddenIn(address.search), ["more", "tool-train"]);
  assert.equal(hiding(address, []).href, "http://localhost/?cell=lstm#t=3");
  assert.equal(hiding(new URL("http://localhost/"), ["seed"]).href, "http://localhost/?hide=seed");
});

test("a frame shows the recipe and the place, without what belongs to the page around it", () => {
  const own = seen("", "cell=lstm&hide=seed&theme=dark", "#tool=train&t=3&node=f&unit=2");
  const options = { view: "gates", theme: "auto", keys: "deck" };
  assert.equal(embedOf(own, options), "http://localhost/u/embed/gates?cell=lstm#t=3&node=f&unit=2");
  const other = { view: "network", theme: "dark", keys: "self" };
  assert.equal(embedOf(seen("", ""), other), "http://localhost/u/embed/network?theme=dark&keys=self");
});

test("a frame of a lesson's step has the lesson's own address", () => {
  const options = { view: "", theme: "projector", keys: "deck" };
  const found = embedOf(seen("lecture/gates/2", "own=1&cell=gru", "#t=1"), options);
  assert.equal(found, "http://localhost/u/embed/lecture/gates/2?own=1&cell=gru&theme=projector#t=1");
});

test("a frame carries surgery as the API reads it", () => {
  const url = new URL(embedOf(seen("", "", "", "clamp,f,0,2,4"), { view: "gates", theme: "auto", keys: "deck" }));
  const [held] = JSON.parse(url.searchParams.get("interventions") ?? "[]");
  assert.deepEqual(held, { kind: "clamp", node: "f", value: 0, from: 2, to: 4 });
});

test("nothing in a snippet can end its attribute", () => {
  const snippet = frameOf('http://localhost/embed/gates?text="><b>&t=1', 'a "title"');
  assert.equal(snippet.match(/"/g)?.length, 12);
  assert.ok(!snippet.includes("<b>"));
});

test("the path of a code has every dark square and no other", () => {
  const code = generate("http://localhost/?cell=lstm#t=3");
  const dark = new Set();
  for (const [, x, y, width] of pathOf(code).matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let dx = 0; dx < Number(width); dx += 1) dark.add(`${Number(x) + dx} ${y}`);
  let count = 0;
  for (let y = 0; y < code.size; y += 1)
    for (let x = 0; x < code.size; x += 1) {
      assert.equal(dark.has(`${x} ${y}`), code.get(x, y));
      count += Number(code.get(x, y));
    }
  assert.equal(dark.size, count);
  assert.ok(count > 100);
});

test("a card of the tour stands beside its anchor and inside the window", () => {
  const card = { width: 300, height: 150 };
  const room = { width: 1000, height: 800 };
  assert.deepEqual(beside({ left: 400, right: 500, top: 100, bottom: 140 }, card, room), { left: 300, top: 152 });
  assert.deepEqual(beside({ left: 0, right: 20, top: 700, bottom: 760 }, card, room), { left: 12, top: 538 });
  const tall = beside({ left: 100, right: 500, top: 10, bottom: 790 }, card, room);
  assert.deepEqual(tall, { left: 512, top: 12 });
});

test("a picture's bytes come back as they were", () => {
  const data = btoa(String.fromCharCode(0, 1, 255));
  assert.deepEqual([...levels({ kind: "signed", rows: 1, columns: 3, data })], [0, 1, 255]);
});
