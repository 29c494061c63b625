// Cells as graphs of operations, made from a few lines of text, for the tests of the drawing.

/** @typedef {import("../../static/js/cell-graph.js").DrawnCell} DrawnCell */

const LSTM = `f = sigmoid W_f@x U_f@h_prev b_f; i = sigmoid W_i@x U_i@h_prev b_i; g = tanh W_c@x U_c@h_prev b_c;
 c.1 = * f c_prev; c.2 = * i g; c = sum c.1 c.2; o = sigmoid W_o@x U_o@h_prev b_o; h.1 = tanh c; h = * o h.1`;
const GRU_END = "h.1 = * z h_prev; h.3 = sum 1.0 z; h.2 = * h.3 n; h = sum h.1 h.2";
const GRU = `z = sigmoid W_z@x U_z@h_prev b_z; r = sigmoid W_r@x U_r@h_prev b_r; n.0 = * r h_prev; n = tanh W_n@x U_n@n.0 b_n; ${GRU_END}`;
const RESET_AFTER = `r = sigmoid W_r@x U_r@h_prev b_r; z = sigmoid W_z@x U_z@h_prev b_z; n.9 = @ U_n h_prev; n.8 = sum n.9 b_hn;
 n.7 = * r n.8; n = tanh W_n@x b_n n.7; ${GRU_END}`;
const PEEPHOLE = `f.7 = * p_f c_prev; f = sigmoid W_f@x U_f@h_prev f.7 b_f; i.7 = * p_i c_prev; i = sigmoid W_i@x U_i@h_prev i.7 b_i;
 g = tanh W_c@x U_c@h_prev b_c; c.1 = * f c_prev; c.2 = * i g; c = sum c.1 c.2; o.7 = * p_o c; o = sigmoid W_o@x U_o@h_prev o.7 b_o; h.1 = tanh c; h = * o h.1`;
const MINIMAL = `f = sigmoid W_f@x U_f@h_prev b_f; n.0 = * f h_prev; n = tanh W_n@x U_n@n.0 b_n; h.2 = sum 1.0 f; h.1 = * h.2 h_prev; h.3 = * f n; h = sum h.1 h.3`;
const LEAKY = "s.1 = * 0.9 s_prev; s.3 = tanh W@x U@s_prev b; s.2 = * 0.1 s.3; s = sum s.1 s.2";
const TWO_STORIES = "s = tanh W@x U@s_prev b; q = tanh A@s B@q_prev e";

const SIGNS = /** @type {Record<string, string>} */ ({ sum: " + ", "*": " \\odot ", "@": " " });

const WEIGHTS = ["parameter", "constant"];

export const CELLS = /** @type {Record<string, DrawnCell>} */ ({
  rnn: cell("s = tanh W@x U@s_prev b", ["s"]),
  lstm: cell(LSTM, ["c", "h"]),
  gru: cell(GRU, ["h"]),
  "gru-reset-after": cell(RESET_AFTER, ["h"]),
  peephole: cell(PEEPHOLE, ["c", "h"]),
  minimal: cell(MINIMAL, ["h"]),
  leaky: cell(LEAKY, ["s"]),
  stories: cell(TWO_STORIES, ["s", "q"]),
});

/** @typedef {{id: string, op: string, args: string[]}} Node */

/** @param {string} text `name = op arg ...` apart by semicolons; a function takes the sum of its arguments, `A@v` is a product @param {string[]} states @returns {DrawnCell} */
function cell(text, states) {
  const nodes = read(text);
  const named = [...nodes.keys()].filter((id) => isNamed(nodes, id));
  const weights = [...nodes.values()].filter(({ op }) => op === "parameter");
  return {
    id: "test",
    title: "test",
    states,
    output: states[states.length - 1],
    nodes: named.map((name) => ({
      name,
      label: name,
      latex: name,
      role: states.includes(name) ? "state" : "gate",
    })),
    parameters: weights.map(({ id }) => ({
      name: id,
      latex: id,
      group: /^b|^e$/.test(id) ? "b" : "W",
    })),
    graph: graph(nodes),
  };
}

/** @param {string} text @returns {Map<string, Node>} */
function read(text) {
  /** @type {Map<string, Node>} */
  const nodes = new Map();
  const add = (/** @type {string} */ id, /** @type {string} */ op, /** @type {string[]} */ args) => {
    if (!nodes.has(id)) nodes.set(id, { id, op, args });
    return id;
  };
  const leaf = (/** @type {string} */ id) => add(id, leafOp(id), []);
  const term = (/** @type {string} */ word) => {
    const [matrix, vector] = word.split("@");
    return vector === undefined ? leaf(word) : add(`${word}.m`, "@", [leaf(matrix), leaf(vector)]);
  };
  for (const line of text.split(";")) {
    const [name, op, ...words] = line.replace("=", "").trim().split(/\s+/);
    const args = words.map(term);
    const isFunction = !["*", "sum", "@"].includes(op) && args.length > 1;
    add(name, op, isFunction ? [add(`${name}.pre`, "sum", args)] : args);
  }
  return nodes;
}

/** @param {Map<string, Node>} nodes @returns {DrawnCell["graph"]} */
function graph(nodes) {
  const shown = [...nodes.values()].filter(({ op }) => !WEIGHTS.includes(op));
  const isShown = (/** @type {string} */ id) => shown.some((node) => node.id === id);
  return {
    nodes: shown.map(({ id, op, args }) => {
      const glyph = args[0] === "1.0" ? "1−" : op === "sigmoid" ? "σ" : op;
      return { id, op, glyph, label: op === "@" ? args[0] : "", latex: latex(nodes, id) };
    }),
    edges: shown.flatMap(({ id, args }) => args.filter(isShown).map((from) => ({ from, to: id }))),
  };
}

/** @param {Map<string, Node>} nodes @param {string} id @returns {string} */
function latex(nodes, id) {
  const node = nodes.get(id);
  if (!node?.args.length) return id;
  return node.args.map((arg) => (isNamed(nodes, arg) ? arg : latex(nodes, arg))).join(SIGNS[node.op] ?? " ");
}

/** @param {Map<string, Node>} nodes @param {string} id */
function isNamed(nodes, id) {
  return !id.includes(".") && (nodes.get(id)?.args.length ?? 0) > 0;
}

/** @param {string} id */
function leafOp(id) {
  if (id === "x") return "input";
  if (id.endsWith("_prev")) return "previous";
  return Number.isNaN(Number(id)) ? "parameter" : "constant";
}
