// Where the parts of a cell stand on a grid: lanes of states on top, gates below in the order of the text, the rest between
// them, so that every wire runs from left to right and is short. Small cells are searched, and the cheapest picture wins.

import { between, createBoard, nearestFirst, PRICE, range, ways } from "./cell-wires.js";

/**
 * @typedef {import('./cell-graph.js').Drawing} Drawing
 * @typedef {import('./cell-graph.js').Part} Part
 * @typedef {import('./cell-wires.js').Spot} Spot
 * @typedef {import('./cell-wires.js').Spots} Spots
 * @typedef {{from: string, to: string, path: Spot[]}} Wire `to` is a part, or `out:` and a state
 * @typedef {{spots: Spots, wires: Wire[], cost: number, faults: number, rows: number, last: number}} Grid
 */

const MOST_PLANS = 120;

/** @param {Drawing} drawing @returns {Grid} */
export function arrange(drawing) {
  const simple = search(frameOf(drawing, 1));
  return simple.faults === 0 ? simple : [simple, search(frameOf(drawing, 2))].sort(byCost)[0];
}

/** @param {Frame} frame @returns {Grid} */
function search(frame) {
  const tried = plans(frame).map((plan) => measure(frame, place(frame, plan)));
  return improve(frame, tried.sort(byCost)[0]);
}

/** @param {Grid} one @param {Grid} other */
const byCost = (one, other) => one.cost - other.cost;

/**
 * What every arrangement of a cell shares.
 * @typedef {{drawing: Drawing, parts: Map<string, Part>, lanes: Map<string, number>, gates: string[], sources: Set<string>,
 *   floor: number}} Frame
 * @param {Drawing} drawing @param {number} middles how many rows lie between the lanes and the gates @returns {Frame}
 */
function frameOf(drawing, middles) {
  const parts = new Map(drawing.parts.map((part) => [part.id, part]));
  const sources = new Set(drawing.parts.filter(isSource).map(({ id }) => id));
  const lanes = new Map(
    drawing.lanes.flatMap(({ path }, row) => path.map((id) => /** @type {[string, number]} */ ([id, row]))),
  );
  const readsSource = (/** @type {Part} */ part) =>
    part.kind !== "op" && part.inputs.some((input) => sources.has(input));
  const gates = drawing.parts.filter((part) => readsSource(part) && !lanes.has(part.id)).map(({ id }) => id);
  return { drawing, parts, lanes, gates, sources, floor: drawing.lanes.length + middles };
}

/** @param {Part} part */
const isSource = ({ kind }) => kind === "input" || kind === "previous";

/**
 * What to try: an order of the gates, and which of the parts between them stand in the gates' own row.
 * @typedef {{order: string[], low: Set<string>}} Plan
 * @param {Frame} frame @returns {Plan[]}
 */
function plans(frame) {
  const feeders = frame.drawing.parts.filter((part) => isFeeder(frame, part)).map(({ id }) => id);
  const lows = subsets(feeders).map((low) => new Set(low));
  return orders(frame.gates).flatMap((order) => lows.map((low) => ({ order, low })));
}

/** Whether a part stands between gates: free itself, and read by one. @param {Frame} frame @param {Part} part */
function isFeeder({ gates, lanes, sources, parts }, { id }) {
  const isFree = !(gates.includes(id) || lanes.has(id) || sources.has(id));
  return isFree && gates.some((gate) => parts.get(gate)?.inputs.includes(id));
}

/** All orders, the given one first; only that one when there are too many. @param {string[]} gates */
function orders(gates) {
  let all = [/** @type {string[]} */ ([])];
  for (const gate of gates) {
    const longer = all.flatMap((order) => [...order, ""].map((_, at) => inserted(order, order.length - at, gate)));
    if (longer.length > MOST_PLANS) return [gates];
    all = longer;
  }
  return all;
}

/** @param {string[]} list @param {number} at @param {string} item */
const inserted = (list, at, item) => [...list.slice(0, at), item, ...list.slice(at)];

/** @param {string[]} list @returns {string[][]} */
function subsets(list) {
  const few = list.slice(0, 3);
  return few.reduce((found, item) => found.flatMap((set) => [set, [...set, item]]), [/** @type {string[]} */ ([])]);
}

/** @param {Frame} frame @param {Plan} plan @returns {Spots} */
function place(frame, { order, low }) {
  /** @type {Spots} */
  const spots = new Map();
  const rest = frame.drawing.parts
    .map(({ id }) => id)
    .filter((id) => !frame.sources.has(id) && !frame.gates.includes(id));
  const ready = (/** @type {string} */ id) => !spots.has(id) && inputs(frame, id).every((input) => spots.has(input));
  for (let next = first(rest, order, ready); next !== undefined; next = first(rest, order, ready)) {
    spots.set(next, spotFor(frame, spots, next, low.has(next) ? frame.floor : rowOf(frame, next)));
  }
  return spots;
}

/** @param {string[]} rest @param {string[]} order @param {(id: string) => boolean} ready */
const first = (rest, order, ready) => rest.find(ready) ?? order.find(ready);

/** The parts on the grid that a part reads. @param {Frame} frame @param {string} id */
const inputs = ({ parts, sources }, id) => (parts.get(id)?.inputs ?? []).filter((input) => !sources.has(input));

/** @param {Frame} frame @param {Spots} spots @param {string} id @param {number} row @returns {Spot} */
function spotFor(frame, spots, id, row) {
  const read = inputs(frame, id).map((input) => /** @type {Spot} */ (spots.get(input)));
  const isGate = frame.gates.includes(id);
  const after = read.map((spot) => spot.col + (spot.row === row || isGate ? 1 : 0));
  const inRow = [...spots.values()].filter((spot) => spot.row === row).map(({ col }) => col + 1);
  const keepsOrder = row === frame.floor || frame.lanes.has(id);
  let col = Math.max(1, ...after, ...(keepsOrder ? inRow : []));
  while (isTaken(spots, row, col)) col += 1;
  return { row, col };
}

/** @param {Frame} frame @param {string} id */
function rowOf({ lanes, gates, drawing, floor }, id) {
  return lanes.get(id) ?? (gates.includes(id) || drawing.states.includes(id) ? floor : floor - 1);
}

/** @param {Spots} spots @param {number} row @param {number} col */
function isTaken(spots, row, col) {
  for (const spot of spots.values()) if (spot.row === row && spot.col === col) return true;
  return false;
}

/** Move one part at a time to a neighbouring place, as long as that makes the picture cheaper. @param {Frame} frame @param {Grid} grid */
function improve(frame, grid) {
  let best = grid;
  for (let better = true; better; ) {
    better = false;
    for (const id of grid.spots.keys()) {
      for (const spots of moves(frame, best.spots, id)) {
        const moved = measure(frame, spots);
        if (moved.cost < best.cost - 1e-9) {
          best = moved;
          better = true;
        }
      }
    }
  }
  return best;
}

/** @param {Frame} frame @param {Spots} spots @param {string} id @returns {Spots[]} */
function moves(frame, spots, id) {
  const { row, col } = /** @type {Spot} */ (spots.get(id));
  const isFree = !frame.lanes.has(id) && !frame.gates.includes(id);
  const rows = isFree ? range(frame.drawing.lanes.length, frame.floor) : [row];
  const wanted = rows.flatMap((to) => [-2, -1, 0, 1, 2].map((by) => ({ row: to, col: col + by })));
  return wanted
    .filter((spot) => spot.col >= 1 && !isTaken(spots, spot.row, spot.col))
    .map((spot) => new Map(spots).set(id, spot));
}

/** @param {Frame} frame @param {Spots} spots @returns {Grid} */
function measure(frame, spots) {
  const last = Math.max(...[...spots.values()].map(({ col }) => col));
  const board = createBoard(spots);
  let cost = last * PRICE.column + PRICE.disorder * disorder(frame, spots);
  /** @type {Wire[]} */
  const wires = [];
  let faults = 0;
  for (const { from, to, ways } of wanted(frame, spots, last)) {
    const priced = ways.map((path) => ({ path, price: board.price(from, path) }));
    const { path, price } = priced.reduce((best, other) => (other.price < best.price - 1e-9 ? other : best));
    board.lay(from, path);
    wires.push({ from, to, path });
    cost += price;
    faults += price >= PRICE.overlap ? 1 : 0;
  }
  const tapped = taps(frame, spots);
  cost += tapped + wires.filter(isBackward).length * PRICE.backward;
  faults += tapped >= PRICE.blocked ? 1 : 0;
  return { spots, wires, cost, faults, rows: frame.floor + 1, last };
}

/** How many pairs of gates stand in another order than in the text. @param {Frame} frame @param {Spots} spots */
function disorder({ gates }, spots) {
  const cols = gates.map((gate) => spots.get(gate)?.col ?? 0);
  return cols.reduce((count, col, index) => count + cols.slice(index + 1).filter((later) => later < col).length, 0);
}

/** @param {Wire} wire */
const isBackward = ({ path }) => path.some((spot, index) => index > 0 && spot.col < path[index - 1].col);

/** Sources reach a part from the rails below it: whoever stands between is in the way. @param {Frame} frame @param {Spots} spots */
function taps({ parts, sources, lanes, floor }, spots) {
  let cost = 0;
  for (const [id, spot] of spots) {
    const tapped = (parts.get(id)?.inputs ?? []).some((input) => sources.has(input) && lanes.get(input) !== spot.row);
    if (!tapped) continue;
    cost += spot.col + (floor - spot.row);
    for (let row = spot.row + 1; row <= floor; row += 1) cost += isTaken(spots, row, spot.col) ? PRICE.blocked : 0;
  }
  return cost;
}

/** Every wire between parts, with the ways it might take. @param {Frame} frame @param {Spots} spots @param {number} last */
function wanted(frame, spots, last) {
  /** @type {{from: string, to: string, ways: Spot[][]}[]} */
  const wires = [];
  for (const [to, end] of spots) {
    for (const from of frame.parts.get(to)?.inputs ?? []) {
      const start = startOf(frame, spots, from, end);
      if (start) wires.push({ from, to, ways: ways(start, end, frame.floor) });
    }
  }
  for (const state of frame.drawing.states) {
    const start = spots.get(state);
    const rows = start ? nearestFirst(start.row, frame.floor) : [];
    if (start)
      wires.push({
        from: state,
        to: `out:${state}`,
        ways: rows.map((row) => between(start, { row, col: last + 1 }, row)),
      });
  }
  return wires;
}

/** @param {Frame} frame @param {Spots} spots @param {string} from @param {Spot} end @returns {Spot | undefined} */
function startOf({ lanes, sources }, spots, from, end) {
  if (!sources.has(from)) return spots.get(from);
  return lanes.get(from) === end.row ? { row: end.row, col: 0 } : undefined;
}
