// The ways between the chains of a network: what is handed over, what is read, and where attention looks. Pure numbers.

/**
 * @typedef {import('../blocks.js').Block} Block
 * @typedef {import('../timeline.js').Timeline} Timeline
 * @typedef {{block: Block, top: number, height: number, timeline: Timeline}} Row the place of a chain in the picture of all
 * @typedef {{d: string, weight: number, kind: 'start' | 'reads' | 'looks'}} Link
 */

const PITCH = 44;
const HIGH = 30;
const WORDS = 16;
const APART = 26;

/**
 * Rows from the output down to the input; where they go through steps of two kinds, with room for the words of both and for the ways
 * between them.
 * @param {readonly Block[]} blocks @param {(block: Block) => Timeline} line @param {number} scale @returns {{rows: Row[], height: number}}
 */
export function chainRows(blocks, line, scale) {
  const axes = new Set(blocks.map(({ axis }) => axis)).size;
  let top = axes > 1 ? WORDS : 0;
  const down = [...blocks].reverse();
  const rows = down.map((block, index) => {
    const row = { block, top: top * scale, height: HIGH * scale, timeline: line(block) };
    const next = down[index + 1];
    top += PITCH + (next && next.axis !== block.axis ? APART : 0);
    return row;
  });
  return { rows, height: (top - PITCH + HIGH + (axes > 1 ? WORDS : 0)) * scale };
}

/** @param {Row} row @param {number} n the n-th step that the chain comes to */
const stepAt = ({ block, timeline }, n) => timeline.centre(block.direction === "backward" ? block.steps - 1 - n : n);

/** From the last state of one chain to where another begins. @param {Row[]} rows @returns {Link[]} */
export const handovers = (rows) =>
  rows.flatMap((row) => {
    const from = rows.find(({ block }) => block.name === row.block.start);
    if (!from) return [];
    const [x1, y1] = [stepAt(from, from.block.steps - 1), from.top];
    const [x2, y2] = [stepAt(row, 0), row.top + row.height];
    const middle = (y1 + y2) / 2;
    return [
      {
        d: `M${x1},${y1}C${x1},${middle} ${x2},${middle} ${x2},${y2}`,
        weight: 1,
        kind: /** @type {const} */ ("start"),
      },
    ];
  });

/** What a chain reads of the one right below it, step by step, while steps can be told apart. @param {Row[]} rows @returns {Link[]} */
export const readings = (rows) =>
  rows.flatMap((row, index) => {
    const below = rows.slice(index + 1).find(({ block }) => row.block.reads.includes(block.name));
    if (!below || below !== rows[index + 1] || row.timeline.step < 10) return [];
    const [from, to] = [below.top - 2, row.top + row.height + 2];
    const ways = Array.from({ length: row.block.steps }, (_, at) => {
      const x = row.timeline.centre(at);
      return `M${x},${from}V${to}m-2.5,3.5l2.5,-3.5l2.5,3.5`;
    });
    return [{ d: ways.join(""), weight: 1, kind: /** @type {const} */ ("reads") }];
  });

const FAINTEST = 0.02;

/**
 * Where a chain looks, as lines: from the step that is seen of the one to all of the other. @param {Row} looks @param {Row} memory
 * @param {{at: number, weight: (t: number, j: number) => number, fromMemory: boolean}} means `at` is a step of the memory if `fromMemory`
 * @returns {Link[]}
 */
export function lookings(looks, memory, { at, weight, fromMemory }) {
  const [y1, y2] = [looks.top + looks.height, memory.top];
  const middle = (y1 + y2) / 2;
  const count = fromMemory ? looks.block.steps : memory.block.steps;
  const pairs = Array.from({ length: count }, (_, other) => (fromMemory ? [other, at] : [at, other]));
  return pairs.flatMap(([t, j]) => {
    const share = weight(t, j);
    if (!(share > FAINTEST)) return [];
    const [x1, x2] = [looks.timeline.centre(t), memory.timeline.centre(j)];
    return [
      {
        d: `M${x1},${y1}C${x1},${middle} ${x2},${middle} ${x2},${y2}`,
        weight: share,
        kind: /** @type {const} */ ("looks"),
      },
    ];
  });
}
