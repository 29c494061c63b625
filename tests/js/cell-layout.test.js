import assert from "node:assert/strict";
import { test } from "node:test";
import { draw } from "../../static/js/cell-graph.js";
import { arrange } from "../../static/js/cell-grid.js";
import { layoutCell } from "../../static/js/cell-layout.js";
import { rounded } from "../../static/js/polyline.js";
import { CELLS } from "./cells.js";

/** @typedef {import("../../static/js/cell-layout.js").Shape} Shape */

/** @param {string} name @param {(layout: import("../../static/js/cell-layout.js").Layout) => void} check */
const forEveryCell = (name, check) => {
  for (const [id, cell] of Object.entries(CELLS)) test(`${name}: ${id}`, () => check(layoutCell(cell)));
};

/** @param {Shape} shape @param {number} [by] */
const box = ({ x, y, width, height }, by = 0) => ({
  left: x - width / 2 + by,
  right: x + width / 2 - by,
  top: y - height / 2 + by,
  bottom: y + height / 2 - by,
});

/** @param {Shape} one @param {Shape} other */
function overlaps(one, other) {
  const [a, b] = [box(one), box(other)];
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** @param {import("../../static/js/polyline.js").Point[]} points @param {Shape} shape */
function passesThrough(points, shape) {
  const { left, right, top, bottom } = box(shape, 2);
  return points.some(([x, y], index) => {
    const [toX, toY] = points[index + 1] ?? [x, y];
    const [l, r, u, d] = [Math.min(x, toX), Math.max(x, toX), Math.min(y, toY), Math.max(y, toY)];
    return l < right && r > left && u < bottom && d > top;
  });
}

forEveryCell("no two shapes overlap", ({ shapes }) => {
  shapes.forEach((one, index) => {
    for (const other of shapes.slice(index + 1)) assert.ok(!overlaps(one, other), `${one.id} lies on ${other.id}`);
  });
});

forEveryCell("every shape lies on the sheet", ({ shapes, width, height }) => {
  for (const shape of shapes) {
    const { left, right, top, bottom } = box(shape);
    assert.ok(left >= 0 && top >= 0 && right <= width && bottom <= height, shape.id);
  }
});

forEveryCell("every wire runs along two axes and never to the left", ({ lines }) => {
  for (const { from, to, points } of lines) {
    points.slice(1).forEach(([x, y], index) => {
      const [beforeX, beforeY] = points[index];
      assert.ok(x === beforeX || y === beforeY, `${from} to ${to} runs askew`);
      if (from !== "x") assert.ok(x >= beforeX, `${from} to ${to} runs back`);
    });
  }
});

forEveryCell("every wire starts and ends on the edge of its shapes", ({ lines, shapes }) => {
  const at = (/** @type {string} */ id) => shapes.find((shape) => shape.id === id) ?? assert.fail(id);
  for (const { from, to, points } of lines) {
    for (const [shape, [x, y]] of /** @type {const} */ ([
      [at(from), points[0]],
      [at(to), points[points.length - 1]],
    ])) {
      const { left, right, top, bottom } = box(shape);
      assert.ok(x >= left && x <= right && y >= top && y <= bottom, `${from} to ${to} misses ${shape.id}`);
      assert.ok(x === left || x === right || y === top || y === bottom, `${from} to ${to} enters ${shape.id}`);
    }
  }
});

forEveryCell(
  "states enter at the left, the input below, states leave at the right, the prediction at the top",
  ({ shapes, width, height }) => {
    const inner = shapes.filter(({ kind }) => ["box", "op", "linear", "pill"].includes(kind));
    const [left, right] = [Math.min(...inner.map(({ x }) => x)), Math.max(...inner.map(({ x }) => x))];
    const [top, bottom] = [Math.min(...inner.map(({ y }) => y)), Math.max(...inner.map(({ y }) => y))];
    for (const { kind, x, y } of shapes) {
      if (kind === "previous") assert.ok(x < left);
      if (kind === "out") assert.ok(x > right);
      if (kind === "input") assert.ok(y > bottom);
      if (kind === "head") assert.ok(y < top);
    }
    assert.ok(width < 480 && height < 360, `${width} by ${height}`);
  },
);

forEveryCell("every part is drawn and every input of a part has its wire", ({ lines, shapes }) => {
  for (const { id, kind } of shapes) {
    if (kind !== "previous" && kind !== "input" && kind !== "bias")
      assert.ok(
        lines.some(({ to }) => to === id),
        `nothing enters ${id}`,
      );
    if (kind !== "out" && kind !== "head")
      assert.ok(
        lines.some(({ from }) => from === id),
        `nothing leaves ${id}`,
      );
  }
});

for (const id of ["rnn", "lstm", "gru", "gru-reset-after", "minimal", "leaky"]) {
  test(`no wire of the ${id} runs through a shape that it does not belong to`, () => {
    const { lines, shapes } = layoutCell(CELLS[id]);
    for (const { from, to, points } of lines) {
      const others = shapes.filter((shape) => shape.id !== from && shape.id !== to);
      for (const shape of others) assert.ok(!passesThrough(points, shape), `${from} to ${to} crosses ${shape.id}`);
    }
  });
}

test("the cell state of an LSTM runs straight along the top", () => {
  const { lines, shapes } = layoutCell(CELLS.lstm);
  const way = ["c_prev", "c.1", "c", "out:c"].map((id) => shapes.find((shape) => shape.id === id));
  assert.equal(new Set(way.map((shape) => shape?.y)).size, 1);
  const others = shapes.filter(({ id, kind }) => !["c_prev", "c.1", "c", "out:c"].includes(id) && kind !== "head");
  assert.ok(others.every(({ y }) => y > (way[0]?.y ?? 0)));
  assert.deepEqual(lines.find(({ from, to }) => from === "c_prev" && to === "c.1")?.points.length, 2);
});

test("a cell of one function shows its weights, a cell of several folds them in", () => {
  const glyphs = (/** @type {string} */ id) => layoutCell(CELLS[id]).shapes.map(({ glyph }) => glyph);
  for (const weight of ["W", "U", "b"]) assert.ok(glyphs("rnn").includes(weight));
  assert.ok(!glyphs("lstm").includes("W_f"));
  assert.ok(glyphs("gru-reset-after").includes("U_n"), "a weighted sum that is multiplied stands by itself");
  assert.deepEqual(
    ["1−", "0.9×"].filter((sign) => [...glyphs("gru"), ...glyphs("leaky")].includes(sign)),
    ["1−", "0.9×"],
  );
});

test("only what has a name of its own can be asked about", () => {
  const named = layoutCell(CELLS.lstm)
    .shapes.filter(({ kind }) => kind === "box")
    .map(({ node }) => node);
  assert.deepEqual(named.sort(), ["f", "g", "i", "o"]);
  assert.equal(layoutCell(CELLS.lstm).shapes.find(({ kind }) => kind === "pill")?.node, null);
});

test("the gates stand in the order of the text where that costs nothing", () => {
  const order = (/** @type {string} */ id) =>
    layoutCell(CELLS[id])
      .shapes.filter(({ kind }) => kind === "box")
      .sort((one, other) => one.x - other.x)
      .map(({ node }) => node);
  assert.deepEqual(order("lstm"), ["f", "i", "g", "o"]);
  assert.deepEqual(order("gru"), ["z", "r", "n"]);
});

test("the same cell always gives the same picture, and the picture does not change the cell", () => {
  const before = structuredClone(CELLS.gru);
  assert.deepEqual(layoutCell(CELLS.gru), layoutCell(CELLS.gru));
  assert.deepEqual(CELLS.gru, before);
});

test("a cell of as many equations as the engine takes is laid out within a blink", () => {
  const gates = Array.from({ length: 20 }, (_, index) => `g${index} = sigmoid`);
  const drawn = (/** @type {string} */ id, /** @type {string} */ op) => ({
    id,
    op,
    glyph: op,
    label: id,
    latex: id,
  });
  const graph = {
    nodes: [
      drawn("x", "input"),
      drawn("h_prev", "previous"),
      ...gates.flatMap((_, index) => [drawn(`m${index}.1`, "@"), drawn(`g${index}`, "sigmoid")]),
      drawn("h", "sum"),
    ],
    edges: gates.flatMap((_, index) => [
      { from: index % 2 ? "x" : "h_prev", to: `m${index}.1` },
      { from: `m${index}.1`, to: `g${index}` },
      { from: `g${index}`, to: "h" },
    ]),
  };
  const nodes = ["h", ...gates.map((_, index) => `g${index}`)].map((name) => ({
    name,
    label: name,
    latex: name,
    role: "node",
  }));
  const started = performance.now();
  const { shapes } = layoutCell({
    id: "wide",
    title: "",
    states: ["h"],
    output: "h",
    nodes,
    parameters: [],
    graph,
  });
  assert.ok(performance.now() - started < 2000, `${performance.now() - started} ms`);
  shapes.forEach((one, index) => {
    for (const other of shapes.slice(index + 1)) assert.ok(!overlaps(one, other), `${one.id} lies on ${other.id}`);
  });
});

test("the drawing of an LSTM has no fault on its grid", () => {
  for (const id of ["rnn", "lstm", "gru", "gru-reset-after"]) assert.equal(arrange(draw(CELLS[id])).faults, 0, id);
});

test("a corner is rounded by no more than its sides allow", () => {
  assert.equal(
    rounded(
      [
        [0, 0],
        [10, 0],
      ],
      4,
    ),
    "M0,0L10,0",
  );
  assert.equal(
    rounded(
      [
        [0, 0],
        [10, 0],
        [10, 20],
      ],
      4,
    ),
    "M0,0L6,0Q10,0 10,4L10,20",
  );
  assert.equal(
    rounded(
      [
        [0, 0],
        [4, 0],
        [4, 20],
      ],
      4,
    ),
    "M0,0L2,0Q4,0 4,2L4,20",
  );
});
