// From a cell's graph of operations to the handful of parts that a person would draw: a squashing function with the weighted
// sum inside it is one box, element-wise products and sums are small circles, a state runs along a lane of its own.

/**
 * @typedef {{id: string, op: string, glyph: string, label: string, latex: string}} GraphNode a product's `label` is its weight
 * @typedef {{name: string, label: string, latex: string, role: string, equation?: string}} NamedNode
 * @typedef {{name: string, latex: string, group: string}} Weight
 * @typedef {{id: string, title: string, states: string[], output: string, reversed?: boolean, nodes: NamedNode[], parameters: Weight[],
 *   graph: {nodes: GraphNode[], edges: {from: string, to: string}[]}}} DrawnCell
 * @typedef {'input' | 'previous' | 'box' | 'op' | 'linear'} PartKind
 * @typedef {{id: string, kind: PartKind, op: string, glyph: string, inputs: string[], biases: string[]}} Part
 * @typedef {{state: string, previous: string, path: string[]}} Lane `path` runs from the previous state to the new one, both included
 * @typedef {{parts: Part[], lanes: Lane[], states: string[], output: string}} Drawing
 * @typedef {{id: string, op: string, glyph: string, args: string[], weight: string | null, biases: string[]}} Operation
 * @typedef {Map<string, Operation>} Graph
 */

const ELEMENTWISE = new Set(["*", "sum"]);
const NOT_A_FUNCTION = new Set(["input", "previous", "@", ...ELEMENTWISE]);
const BESIDE = " \\odot ";

/** @param {DrawnCell} cell @returns {Drawing} */
export function draw(cell) {
  const graph = read(cell);
  const squashes = [...graph.values()].filter(isSquash);
  const open = squashes.length <= 1; // a cell of one function is drawn with what is inside it
  const parts = [...graph.values()].map((node) => part(graph, node, open)).filter((drawn) => drawn !== null);
  const lanes = cell.states.flatMap((state) => lane(parts, state, open));
  return { parts, lanes, states: cell.states, output: cell.output };
}

/** @param {DrawnCell} cell @returns {Graph} */
function read({ graph: { nodes, edges }, parameters }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return new Map(
    nodes.map((node) => {
      const args = edges.filter(({ to }) => to === node.id).map(({ from }) => from);
      const inner = args.map((arg) => byId.get(arg)?.latex ?? "");
      const factor = node.op === "*" && args.length === 1 ? besides(node.latex, inner[0]) : null;
      const number = factor !== null && Number.isFinite(Number(factor));
      const weight = node.op === "@" ? node.label : number ? null : factor;
      const glyph = factor === null ? node.glyph : `${factor}×`;
      return [
        node.id,
        {
          id: node.id,
          op: node.op,
          glyph,
          args,
          weight,
          biases: node.op === "sum" ? biases(node, inner, parameters) : [],
        },
      ];
    }),
  );
}

/** The other factor of a product that reads one value. @param {string} latex @param {string} value */
const besides = (latex, value) => latex.split(BESIDE).find((factor) => factor !== value) ?? "";

/** The weights that a sum adds by themselves: among its terms, but in none of its parts. @param {GraphNode} node @param {string[]} inner @param {Weight[]} parameters */
function biases({ latex }, inner, parameters) {
  const added = parameters.filter(({ group, latex: weight }) => group === "b" && hasTerm(latex, weight));
  return added.filter(({ latex: weight }) => !inner.some((part) => hasTerm(part, weight))).map(({ name }) => name);
}

/** @param {string} latex @param {string} weight */
const hasTerm = (latex, weight) => latex.split(/ [+-] |\\left\(|\\right\)/).includes(weight);

/** @param {Operation} node */
const isSquash = ({ op }) => !NOT_A_FUNCTION.has(op);

/** Whether weights act here: a product with a matrix or a vector of weights, or a sum that holds one. @param {Graph} graph @param {string} id @returns {boolean} */
function isWeighted(graph, id) {
  const { op, weight, biases: added, args } = at(graph, id);
  return weight !== null || added.length > 0 || (op === "sum" && args.some((arg) => isWeighted(graph, arg)));
}

/** @param {Graph} graph @param {string} id @returns {Operation} */
function at(graph, id) {
  const node = graph.get(id);
  if (!node) throw new Error(`the graph of this cell has no node ${id}`);
  return node;
}

/** @param {Graph} graph @param {Operation} node @param {boolean} open @returns {Part | null} null for what disappears inside another part */
function part(graph, node, open) {
  const hidden = !open && isWeighted(graph, node.id);
  if (hidden && isAbsorbed(graph, node.id)) return null;
  const kind = hidden ? "linear" : kindOf(node);
  const inputs = open || kind === "op" ? node.args : unique(node.args.flatMap((arg) => leaves(graph, arg)));
  const glyph = kind === "linear" ? (weightOf(graph, node) ?? node.glyph) : node.glyph;
  return { id: node.id, op: node.op, kind, glyph, inputs, biases: open ? node.biases : [] };
}

/** @param {Operation} node @returns {PartKind} */
function kindOf(node) {
  if (node.op === "input" || node.op === "previous") return node.op;
  if (node.op === "@") return "linear";
  return isSquash(node) ? "box" : "op";
}

/** The weight that multiplies here. @param {Graph} graph @param {Operation} node @returns {string | undefined} */
function weightOf(graph, { weight, args }) {
  return weight ?? args.map((arg) => at(graph, arg).weight).find((inner) => inner !== null) ?? undefined;
}

/** A weighted sum is drawn inside whoever reads it, if all who read it can take it in. @param {Graph} graph @param {string} id @returns {boolean} */
function isAbsorbed(graph, id) {
  const readers = [...graph.values()].filter(({ args }) => args.includes(id));
  return readers.every((reader) => isSquash(reader) || (isWeighted(graph, reader.id) && reader.op !== "*"));
}

/** The values that a weighted sum reads. @param {Graph} graph @param {string} id @returns {string[]} */
function leaves(graph, id) {
  if (!isWeighted(graph, id)) return [id];
  return unique(at(graph, id).args.flatMap((arg) => leaves(graph, arg)));
}

/** @param {string[]} list */
const unique = (list) => [...new Set(list)];

/** The straight way of a state through the cell, if there is one. @param {Part[]} parts @param {string} state @param {boolean} open @returns {Lane[]} */
function lane(parts, state, open) {
  const previous = `${state}_prev`;
  const elementwise = ways(parts, state, previous, (kind) => kind === "op");
  const any = open && elementwise.length === 0 ? ways(parts, state, previous, () => true) : elementwise;
  const path = any.sort((one, other) => other.length - one.length)[0];
  return path ? [{ state, previous, path }] : [];
}

/** @param {Part[]} parts @param {string} id @param {string} goal @param {(kind: PartKind) => boolean} allowed @returns {string[][]} */
function ways(parts, id, goal, allowed) {
  if (id === goal) return [[goal]];
  const here = parts.find((candidate) => candidate.id === id);
  if (!here || !allowed(here.kind)) return [];
  return here.inputs.flatMap((input) => ways(parts, input, goal, allowed)).map((way) => [...way, id]);
}
