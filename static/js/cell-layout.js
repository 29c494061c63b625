// From a cell to a picture in pixels: boxes, circles, chips and rounded wires. A pure function of the cell's graph.
// States enter at the left and leave at the right, the input comes from below, the prediction leaves at the top.

import { draw } from "./cell-graph.js";
import { arrange } from "./cell-grid.js";
import { joints, tidy } from "./polyline.js";

/**
 * @typedef {import('./cell-graph.js').DrawnCell} DrawnCell
 * @typedef {import('./cell-graph.js').Part} Part
 * @typedef {import('./cell-grid.js').Grid} Grid
 * @typedef {import('./cell-grid.js').Spot} Spot
 * @typedef {import('./polyline.js').Point} Point
 * @typedef {import('./polyline.js').Line} Line
 * @typedef {{id: string, kind: 'box' | 'pill' | 'op' | 'linear' | 'previous' | 'input' | 'bias' | 'out' | 'head',
 *   node: string | null, glyph: string, x: number, y: number, width: number, height: number}} Shape x and y are the centre
 * @typedef {{width: number, height: number, shapes: Shape[], lines: Line[], joints: {of: string, at: Point}[],
 *   lanes: import('./cell-graph.js').Lane[]}} Layout
 */

const SIZES = /** @type {Record<Shape['kind'], Point>} */ ({
  box: [46, 46],
  pill: [38, 22],
  op: [22, 22],
  linear: [32, 30],
  previous: [42, 36],
  input: [68, 24],
  bias: [24, 20],
  out: [42, 36],
  head: [34, 24],
});
const GAP = { column: 12, row: 16, rail: 16, first: 20, chip: 14, head: 26, port: 16 };
const EDGE = 4;
/** What a shape needs beside its sign: room on both sides, in a box also for its letter. */
const MARGIN = /** @type {Partial<Record<Shape["kind"], number>>} */ ({ box: 24, pill: 12, op: 8, linear: 8 });

/** @param {DrawnCell} cell @returns {Layout} */
export function layoutCell(cell) {
  const drawing = draw(cell);
  const grid = arrange(drawing);
  const sheet = sheetOf(cell, drawing, grid);
  const lines = [...innerLines(sheet), ...sourceLines(sheet), ...headLine(sheet), ...biasLines(sheet)];
  const shapes = [...sheet.shapes.values()];
  const width = Math.max(...shapes.map(({ x, width: wide }) => x + wide / 2)) + EDGE;
  const height = Math.max(...shapes.map(({ y, height: high }) => y + high / 2)) + EDGE;
  return { width, height, shapes, lines, joints: joints(lines), lanes: drawing.lanes };
}

/**
 * @typedef {{cell: DrawnCell, drawing: import('./cell-graph.js').Drawing, grid: Grid, shapes: Map<string, Shape>,
 *   columns: number[], rows: number[], rails: Map<string, number>, parts: Map<string, Part>}} Sheet
 * @param {DrawnCell} cell @param {import('./cell-graph.js').Drawing} drawing @param {Grid} grid @returns {Sheet}
 */
function sheetOf(cell, drawing, grid) {
  const parts = new Map(drawing.parts.map((part) => [part.id, part]));
  const nodes = new Set([
    ...cell.nodes.map(({ name }) => name),
    ...cell.graph.nodes.map(({ id }) => id).filter((id) => id.endsWith(".pre")),
  ]);
  const shapes = new Map([...grid.spots.keys()].map((id) => [id, shapeOf(/** @type {Part} */ (parts.get(id)), nodes)]));
  const columns = columnCentres(grid, shapes);
  const rows = rowCentres(grid, shapes);
  for (const [id, { row, col }] of grid.spots)
    Object.assign(/** @type {Shape} */ (shapes.get(id)), { x: columns[col], y: rows[row] });
  const sheet = { cell, drawing, grid, shapes, columns, rows, rails: new Map(), parts };
  addRails(sheet);
  addChips(sheet);
  return sheet;
}

/** @param {Part} part @param {Set<string>} nodes @returns {Shape} */
function shapeOf({ id, kind, glyph }, nodes) {
  const node = nodes.has(id) ? id : null;
  const drawn = kind === "box" && node === null ? "pill" : kind;
  return shape(id, drawn, node, glyph);
}

/** @param {string} id @param {Shape['kind']} kind @param {string | null} node @param {string} glyph @param {number} [x] @param {number} [y] @returns {Shape} */
function shape(id, kind, node, glyph, x = 0, y = 0) {
  const [width, height] = SIZES[kind];
  const wide = Math.max(width, (MARGIN[kind] ?? Number.NEGATIVE_INFINITY) + 7 * glyph.length);
  return { id, kind, node, glyph, x, y, width: wide, height };
}

/** Column 0 holds what enters, the last what leaves. @param {Grid} grid @param {Map<string, Shape>} shapes @returns {number[]} */
function columnCentres({ spots, last }, shapes) {
  const widths = Array.from({ length: last + 2 }, (_, col) => (col === 0 || col > last ? SIZES.out[0] : SIZES.op[0]));
  for (const [id, { col }] of spots) widths[col] = Math.max(widths[col], shapes.get(id)?.width ?? 0);
  let x = EDGE;
  return widths.map((width, col) => {
    x += col === 0 ? 0 : GAP.column + (col === 1 ? GAP.port / 2 : 0) + (col === last + 1 ? GAP.port : 0);
    x += width;
    return x - width / 2;
  });
}

/** Rows without parts and wires take no room. @param {Grid} grid @param {Map<string, Shape>} shapes @returns {number[]} */
function rowCentres({ spots, wires, rows }, shapes) {
  const heights = new Array(rows).fill(0);
  for (const { path } of wires) for (const row of rowsAlong(path)) heights[row] = Math.max(heights[row], 10);
  for (const [id, { row, col }] of spots) {
    const chip = col <= 1 || wires.some(({ to, path }) => to.startsWith("out:") && path[path.length - 1].row === row);
    heights[row] = Math.max(heights[row], shapes.get(id)?.height ?? 0, chip ? SIZES.out[1] : 0);
  }
  let y = EDGE + SIZES.head[1] + GAP.head / 2;
  return heights.map((height) => {
    const centre = y + height / 2;
    y += height === 0 ? 0 : height + GAP.row;
    return centre;
  });
}

/** @param {Spot[]} path */
const rowsAlong = (path) => path.flatMap(({ row }, index) => (index > 0 && path[index - 1].row === row ? [row] : []));

/** The lane along which a state enters, or -1. @param {Pick<Sheet, 'drawing'>} sheet @param {string} source */
const laneOf = ({ drawing }, source) => drawing.lanes.findIndex(({ previous }) => previous === source);

/** Whom a source reaches from below rather than along a lane. @param {Sheet} sheet @param {string} source */
function tapped({ drawing, grid }, source) {
  const lane = laneOf({ drawing }, source);
  const readers = drawing.parts.filter(({ inputs }) => inputs.includes(source)).map(({ id }) => id);
  const spots = readers.map((id) => ({ id, .../** @type {Spot} */ (grid.spots.get(id)) }));
  return spots.filter(({ row }) => row !== lane).sort((one, other) => one.col - other.col);
}

/** States first, the input last: nearest to the bottom, where it comes from. @param {Sheet} sheet */
function sources({ drawing }) {
  const found = drawing.parts.filter(({ kind }) => kind === "input" || kind === "previous");
  return found.sort((one, other) => Number(one.kind === "input") - Number(other.kind === "input"));
}

/** @param {Sheet} sheet */
function addRails(sheet) {
  const { rows, shapes, grid, rails } = sheet;
  const bottom = Math.max(...[...grid.spots].map(([id, { row }]) => rows[row] + (shapes.get(id)?.height ?? 0) / 2));
  const railed = sources(sheet).filter(({ id }) => tapped(sheet, id).length > 0);
  let y = bottom + GAP.first - GAP.rail;
  let above = false;
  for (const { id, kind } of railed) {
    const chip = kind === "previous" && laneOf(sheet, id) < 0; // two chips at rails need room for both
    y += above && chip ? SIZES.previous[1] + GAP.rail / 2 : GAP.rail;
    rails.set(id, y);
    above = chip;
  }
}

/** What enters and what leaves. @param {Sheet} sheet */
function addChips(sheet) {
  const { grid, shapes, columns, rows, rails } = sheet;
  const bottom = Math.max(...rails.values(), rows[rows.length - 1]);
  for (const { id, kind, glyph } of sources(sheet)) {
    const lane = laneOf(sheet, id);
    const y = kind === "input" ? bottom + GAP.chip + SIZES.input[1] / 2 : lane < 0 ? (rails.get(id) ?? 0) : rows[lane];
    shapes.set(
      id,
      shape(id, kind, kind === "input" ? null : id, glyph, kind === "input" ? inputX(sheet, id) : columns[0], y),
    );
  }
  for (const { to, path } of grid.wires.filter(({ to }) => to.startsWith("out:"))) {
    const end = path[path.length - 1];
    shapes.set(to, shape(to, "out", to.slice(4), "", columns[end.col], rows[end.row]));
  }
  const x = headX(sheet);
  shapes.set("head", shape("head", "head", "probs", "", x, EDGE + SIZES.head[1] / 2));
}

/** The input stands under the first part that reads it. @param {Sheet} sheet @param {string} id */
function inputX(sheet, id) {
  const first = tapped(sheet, id)[0];
  return first ? tapX(sheet, id, first.id) : sheet.columns[1];
}

/** @param {Sheet} sheet */
function headX({ columns, grid }) {
  return columns[grid.last + 1] - SIZES.out[0] / 2 - (GAP.column + GAP.port) / 2;
}

/** Where the wire of a source enters a part from below: side by side with the other sources. @param {Sheet} sheet @param {string} source @param {string} id */
function tapX(sheet, source, id) {
  const { x, width } = /** @type {Shape} */ (sheet.shapes.get(id));
  const { inputs } = /** @type {Part} */ (sheet.parts.get(id));
  const below = sources(sheet)
    .map((part) => part.id)
    .filter((other) => inputs.includes(other) && tapped(sheet, other).some((tap) => tap.id === id));
  const spread = Math.min(GAP.port, (width - 12) / Math.max(1, below.length - 1));
  return x + (below.indexOf(source) - (below.length - 1) / 2) * spread;
}

/** @param {Sheet} sheet @returns {Line[]} */
function innerLines({ grid, shapes, columns, rows }) {
  return grid.wires.map(({ from, to, path }) => {
    const points = path.map(({ row, col }) => /** @type {Point} */ ([columns[col], rows[row]]));
    leave(points, /** @type {Shape} */ (shapes.get(from)));
    leave(points.reverse(), /** @type {Shape} */ (shapes.get(to)));
    return { from, to, points: points.reverse() };
  });
}

/** Let the first point stand on the edge of its shape. @param {Point[]} points @param {Shape} from */
function leave(points, { width, height }) {
  const [[x, y], [nextX, nextY]] = points;
  points[0] = [x + (Math.sign(nextX - x) * width) / 2, y + (Math.sign(nextY - y) * height) / 2];
}

/** @param {Sheet} sheet @returns {Line[]} */
function sourceLines(sheet) {
  return sources(sheet).flatMap(({ id, kind }) => {
    const chip = /** @type {Shape} */ (sheet.shapes.get(id));
    const rail = sheet.rails.get(id) ?? 0;
    return tapped(sheet, id).map((tap) => {
      const x = tapX(sheet, id, tap.id);
      const end = /** @type {Shape} */ (sheet.shapes.get(tap.id));
      /** @type {Point[]} */
      const start = kind === "input" ? [[chip.x, chip.y - chip.height / 2]] : fromLeft(chip, rail);
      const points = tidy([...start, [start[start.length - 1][0], rail], [x, rail], [x, end.y + end.height / 2]]);
      return { from: id, to: tap.id, points };
    });
  });
}

/** A state leaves its chip to the right, and turns down at once if it came along a lane. @param {Shape} chip @param {number} rail @returns {Point[]} */
function fromLeft(chip, rail) {
  const right = chip.x + chip.width / 2;
  return chip.y === rail
    ? [[right, chip.y]]
    : [
        [right, chip.y],
        [right + GAP.port / 2, chip.y],
      ];
}

/** The output state also goes up, to the prediction. @param {Sheet} sheet @returns {Line[]} */
function headLine({ grid, shapes, drawing }) {
  const out = grid.wires.find(({ to }) => to === `out:${drawing.output}`);
  const chip = shapes.get(`out:${drawing.output}`);
  const [head, from] = [shapes.get("head"), shapes.get(drawing.output)];
  if (!out || !chip || !head || !from) return [];
  const start = /** @type {Point} */ ([from.x + from.width / 2, from.y]);
  const straight =
    chip.y === from.y
      ? [start]
      : [/** @type {Point} */ ([from.x, from.y - from.height / 2]), /** @type {Point} */ ([from.x, chip.y])];
  return [
    {
      from: drawing.output,
      to: "head",
      points: [...straight, [head.x, chip.y], [head.x, head.y + head.height / 2]],
    },
  ];
}

/** Biases hang above the sums that take them in. @param {Sheet} sheet @returns {Line[]} */
function biasLines({ parts, shapes }) {
  return [...parts.values()].flatMap(({ id, biases }) =>
    biases.map((bias, index) => {
      const sum = /** @type {Shape} */ (shapes.get(id));
      const chip = shape(bias, "bias", null, bias, sum.x + index * 28, EDGE + SIZES.head[1] / 2);
      shapes.set(bias, chip);
      return {
        from: bias,
        to: id,
        points: [
          [chip.x, chip.y + chip.height / 2],
          [chip.x, sum.y - sum.height / 2],
        ],
      };
    }),
  );
}
