// A timestep in slow motion: the operations of a cell in the order of its graph, each with its place in the drawing.

/**
 * @typedef {import('./player.js').State} State
 * @typedef {{id: string, op: string, latex: string, stem: string, way: string[]}} Substep `stem` is the named node that it is a part of, `way` leads there
 * @typedef {{nodes: {name: string}[], graph?: {nodes: {id: string, op: string, latex: string}[], edges: {from: string, to: string}[]}}} Graphed
 */

const GIVEN = new Set(["input", "previous", "parameter", "constant", "memory"]);

/** @type {WeakMap<object, readonly Substep[]>} */
const known = new WeakMap();

/** What is computed in one timestep, in order; the graph lists a node after all that it reads. @param {Graphed | undefined} cell @returns {readonly Substep[]} */
export function substepsOf(cell) {
  if (!cell?.graph) return [];
  const found = known.get(cell);
  if (found) return found;
  const names = new Set(cell.nodes.map(({ name }) => name));
  const readers = new Map(cell.graph.edges.map(({ from, to }) => [from, to]));
  const steps = cell.graph.nodes
    .filter(({ op }) => !GIVEN.has(op))
    .map(({ id, op, latex }) => {
      const way = wayFrom(id, names, readers);
      return { id, op, latex, way, stem: way[way.length - 1] };
    });
  known.set(cell, steps);
  return steps;
}

/** From an operation on to the first that has a name. @param {string} id @param {ReadonlySet<string>} names @param {ReadonlyMap<string, string>} readers */
function wayFrom(id, names, readers) {
  const way = [id];
  for (let at = id; !names.has(at) && readers.has(at); way.push(at)) at = readers.get(at) ?? at;
  return way;
}

/** Whether slow motion has something to show at this moment. @param {Pick<State, 'sub' | 'phase'>} state */
export const isSlow = ({ sub, phase }) => sub !== null && (phase === "forward" || phase === "backward");

/** Which operation it is now: the way back goes through them from the last to the first. @param {State} state @param {number} count */
export function orderAt({ sub, phase }, count) {
  const at = Math.min(sub ?? 0, count - 1);
  return phase === "backward" ? count - 1 - at : at;
}

/** Where an operation is drawn: itself, or the box that has taken it in. @param {Substep} step @param {ReadonlySet<string>} shapes */
export const shapeOf = ({ way, stem }, shapes) => way.find((id) => shapes.has(id)) ?? stem;

/**
 * Which shapes are at work, and which have not been yet. A box is at work while anything in it is.
 * @param {readonly Substep[]} steps @param {State} state @param {ReadonlySet<string>} shapes
 */
export function lightOf(steps, state, shapes) {
  const order = orderAt(state, steps.length);
  const now = shapeOf(steps[order], shapes);
  const back = state.phase === "backward";
  const begun = back ? steps.slice(order) : steps.slice(0, order + 1);
  const done = new Set(begun.map((step) => shapeOf(step, shapes)));
  const later = new Set(steps.map((step) => shapeOf(step, shapes)).filter((id) => !done.has(id)));
  return { now, later, back, last: begun.length === steps.length };
}

/** What kind of operation it is, in a word of the catalogue of sentences. @param {string} op */
export function kindOf(op) {
  if (op === "@") return "product";
  if (op === "sum") return "sum";
  if (op === "*") return "times";
  return ["tanh", "sigmoid"].includes(op) ? "squash" : "apply";
}
