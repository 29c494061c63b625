// The geometry of the unrolled network: rows from the loss down to the input, and the wires between them. Pure numbers.

/**
 * @typedef {{top: number, height: number}} Place
 * @typedef {{next: Place, loss: Place, output: Place, cell: Place, input: Place, height: number}} Rows
 * @typedef {{wide: number, states: number}} CellShape
 * @typedef {{name: string, d: string, head: string}} Wire
 */

const HEIGHTS = /** @type {[string, number, number][]} name, height, gap below */ ([
  ["next", 24, 4],
  ["loss", 26, 14],
  ["output", 38, 25],
  ["cell", 104, 25],
  ["input", 28, 0],
]);

/** A chain that the output layer does not read has nothing above it but the way on. */
const HEADLESS = /** @type {[string, number, number][]} */ ([
  ["next", 0, 0],
  ["loss", 0, 0],
  ["output", 0, 25],
  ["cell", 104, 25],
  ["input", 28, 0],
]);

/** @param {number} scale 1 on a laptop, more in a lecture hall @param {boolean} [headless] @returns {Rows} */
export function networkRows(scale, headless = false) {
  /** @type {Record<string, any>} */
  const rows = {};
  let top = 0;
  for (const [name, height, gap] of headless ? HEADLESS : HEIGHTS) {
    rows[name] = { top: top * scale, height: height * scale };
    top += height + gap;
  }
  return /** @type {Rows} */ ({ ...rows, height: top * scale });
}

/** How wide a cell is drawn in a column. @param {number} step @param {number} states @param {number} scale */
export function cellWidth(step, states, scale) {
  const wanted = (states > 1 ? 84 : 52) * scale;
  return Math.min(wanted, step * 0.72);
}

/** The heights at which states run from cell to cell, the output state lowest. @param {Place} cell @param {number} states */
export function lanes(cell, states) {
  const inner = states === 1 ? [0.5] : Array.from({ length: states }, (_, index) => 0.3 + (0.4 * index) / (states - 1));
  return inner.map((share) => cell.top + share * cell.height);
}

const HEAD = 4;

/** An arrow head at a point. @param {number} x @param {number} y @param {'up' | 'down' | 'left' | 'right'} way */
function head(x, y, way) {
  const [dx, dy] = { up: [0, -1], down: [0, 1], left: [-1, 0], right: [1, 0] }[way];
  const back = [x - dx * HEAD * 1.6, y - dy * HEAD * 1.6];
  return `M${x},${y}L${back[0] + dy * HEAD},${back[1] + dx * HEAD}L${back[0] - dy * HEAD},${back[1] - dx * HEAD}Z`;
}

/** @param {number} x @param {number} from @param {number} to @returns {{d: string, head: string}} */
const upright = (x, from, to) => ({ d: `M${x},${from}V${to}`, head: head(x, to, to < from ? "up" : "down") });

/** @param {number} y @param {number} from @param {number} to @returns {{d: string, head: string}} */
const level = (y, from, to) => ({ d: `M${from},${y}H${to}`, head: head(to, y, to > from ? "right" : "left") });

const AIR = 3;

/**
 * The wires of one column, in its own coordinates: x from 0 to step, the previous cell to the left of 0.
 * @param {Rows} rows @param {number} step @param {number} wide @param {number} states @param {boolean} first
 * @param {boolean} [reversed] then the previous cell is to the right @returns {{forward: Wire[], backward: Wire[]}}
 */
export function wires(rows, step, wide, states, first, reversed = false) {
  const x = step / 2;
  const left = x - wide / 2 - AIR;
  const before = first ? left - Math.min(26, step / 2 - wide / 2 - AIR) : -step / 2 + wide / 2 + AIR;
  const { loss, output, cell, input } = rows;
  const bottom = (/** @type {Place} */ { top, height }) => top + height + AIR;
  /** @param {string} name @param {{d: string, head: string}} wire */
  const named = (name, wire) => ({ name, ...wire });
  const between = lanes(cell, states);
  const flip = (/** @type {number} */ at) => (reversed ? step - at : at);
  const along = (/** @type {number} */ y, /** @type {number} */ from, /** @type {number} */ to) =>
    level(y, flip(from), flip(to));
  return {
    forward: [
      named("w", upright(x, input.top - AIR, bottom(cell))),
      named("v", upright(x, cell.top - AIR, bottom(output))),
      named("j", upright(x, output.top - AIR, bottom(loss))),
      ...between.map((y, index) => named(`u${index}`, along(y, before, left))),
    ],
    backward: [
      named("w", upright(x, bottom(cell), input.top - AIR)),
      named("v", upright(x, bottom(output), cell.top - AIR)),
      named("j", upright(x, bottom(loss), output.top - AIR)),
      ...(first ? [] : between.map((y, index) => named(`u${index}`, along(y, left, before)))),
    ],
  };
}
