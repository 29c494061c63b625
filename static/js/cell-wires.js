// The ways that a wire may take over the grid of a cell, and what each would cost among the wires that already lie.

/**
 * @typedef {{row: number, col: number}} Spot
 * @typedef {Map<string, Spot>} Spots
 */

export const PRICE = {
  backward: 1000,
  blocked: 100,
  overlap: 40,
  crossing: 4,
  bend: 0.6,
  column: 2,
  disorder: 0.1,
};

/** @param {number} from @param {number} to both included */
export const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** @param {number} row @param {number} floor */
export const nearestFirst = (row, floor) =>
  range(0, floor).sort((one, other) => Math.abs(one - row) - Math.abs(other - row));

/** @param {Spot} start @param {Spot} end @param {number} floor @returns {Spot[][]} */
export function ways(start, end, floor) {
  if (start.row === end.row || start.col === end.col) {
    const straight = [start, end];
    return start.row === end.row ? [straight, ...detours(start, end, floor)] : [straight];
  }
  return [between(start, end, start.row), between(start, end, end.row), ...detours(start, end, floor)];
}

/** @param {Spot} start @param {Spot} end @param {number} floor */
function detours(start, end, floor) {
  return range(0, floor)
    .filter((row) => row !== start.row && row !== end.row)
    .map((row) => between(start, end, row));
}

/** The way that runs along a row. @param {Spot} start @param {Spot} end @param {number} row @returns {Spot[]} */
export function between(start, end, row) {
  const path = [start, { row, col: start.col }, { row, col: end.col }, end];
  return path.filter(
    (spot, index) => index === 0 || spot.row !== path[index - 1].row || spot.col !== path[index - 1].col,
  );
}

/** Which wires already run where. @param {Spots} spots */
export function createBoard(spots) {
  const nodes = new Set([...spots.values()].map(key));
  /** @type {Map<number, string>} */
  const owners = new Map();
  const isForeign = (/** @type {number} */ place, /** @type {string} */ from) =>
    owners.has(place) && owners.get(place) !== from;
  return {
    /** @param {string} from @param {Spot[]} path */
    price(from, path) {
      let price = (path.length - 2) * PRICE.bend;
      for (const { place, axis, isEnd, segment } of steps(path)) {
        price += 1 + (isForeign(segment, from) ? PRICE.overlap : 0);
        if (isEnd) continue;
        price += nodes.has(place) ? PRICE.blocked : 0;
        price += isForeign(point(place, 1 - axis), from) ? PRICE.crossing : 0;
      }
      return price;
    },
    /** @param {string} from @param {Spot[]} path */
    lay(from, path) {
      for (const { place, axis, isEnd, segment } of steps(path)) {
        owners.set(segment, from);
        if (!isEnd) owners.set(point(place, axis), from);
      }
    },
  };
}

/** @param {Spot} spot */
const key = ({ row, col }) => row * 256 + col;

/** A wire that runs across (axis 0) or down (axis 1) through a place. @param {number} place @param {number} axis */
const point = (place, axis) => place * 4 + axis;

/** The unit steps of a path: the place each leads to, its axis, and the stretch of grid that it takes. @param {Spot[]} path */
function steps(path) {
  const found = [];
  for (let corner = 1; corner < path.length; corner += 1) {
    const [from, to] = [key(path[corner - 1]), key(path[corner])];
    const axis = path[corner - 1].row === path[corner].row ? 0 : 1;
    const stride = Math.sign(to - from) * (axis === 0 ? 1 : 256);
    for (let place = from + stride; place !== to + stride; place += stride) {
      const isEnd = place === to && corner === path.length - 1;
      found.push({ place, axis, isEnd, segment: Math.min(place, place - stride) * 4 + 2 + axis });
    }
  }
  return found;
}
