// Lines that run along two axes: what turns, where they part, and how they are drawn with round corners.

/**
 * @typedef {[number, number]} Point
 * @typedef {{from: string, to: string, points: Point[]}} Line
 */

/** Drop points that do not turn. @param {Point[]} points @returns {Point[]} */
export function tidy(points) {
  return points.filter(([x, y], index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (before && before[0] === x && before[1] === y) return false;
    return !(before && after && ((before[0] === x && after[0] === x) || (before[1] === y && after[1] === y)));
  });
}

/** Where wires of one origin part. @param {Line[]} lines @returns {{of: string, at: Point}[]} */
export function joints(lines) {
  const found = new Map();
  lines.forEach((line, index) => {
    for (const other of lines.slice(index + 1).filter(({ from }) => from === line.from)) {
      const at = parting(line.points, other.points);
      if (at) found.set(`${line.from} ${at}`, { of: line.from, at });
    }
  });
  return [...found.values()];
}

/** The last point that two ways from one start have in common, unless they part at once. @param {Point[]} one @param {Point[]} other @returns {Point | null} */
function parting(one, other) {
  if (String(one[0]) !== String(other[0])) return null;
  let at = one[0];
  for (let index = 1; index < one.length && index < other.length; index += 1) {
    const [a, b] = [one[index], other[index]];
    if (direction(at, a) !== direction(at, b)) break;
    at = distance(at, a) < distance(at, b) ? a : b;
    if (String(a) !== String(b)) break;
  }
  return String(at) === String(one[0]) ? null : at;
}

/** @param {Point} from @param {Point} to */
const direction = (from, to) => `${Math.sign(to[0] - from[0])},${Math.sign(to[1] - from[1])}`;

/** @param {Point} from @param {Point} to */
const distance = (from, to) => Math.abs(to[0] - from[0]) + Math.abs(to[1] - from[1]);

/** The path of a line whose corners are rounded, but for those where other lines join. @param {Point[]} points @param {number} radius @param {Point[]} [sharp] */
export function rounded(points, radius, sharp = []) {
  const isSharp = (/** @type {Point} */ [x, y]) => sharp.some((point) => point[0] === x && point[1] === y);
  const turns = points
    .slice(1, -1)
    .map((corner, index) => turn(points[index], corner, points[index + 2], isSharp(corner) ? 0 : radius));
  return `M${pair(points[0])}${turns.join("")}L${pair(points[points.length - 1])}`;
}

/** @param {Point} before @param {Point} corner @param {Point} after @param {number} radius */
function turn(before, corner, after, radius) {
  if (radius === 0) return `L${pair(corner)}`;
  const reach = Math.min(radius, distance(before, corner) / 2, distance(corner, after) / 2);
  return `L${pair(toward(corner, before, reach))}Q${pair(corner)} ${pair(toward(corner, after, reach))}`;
}

/** @param {Point} from @param {Point} to @param {number} reach @returns {Point} */
function toward([x, y], [toX, toY], reach) {
  return [x + Math.sign(toX - x) * reach, y + Math.sign(toY - y) * reach];
}

/** @param {Point} point */
const pair = ([x, y]) => `${Number(x.toFixed(2))},${Number(y.toFixed(2))}`;
