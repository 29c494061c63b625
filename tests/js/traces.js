// A small trace, as the API sends one, with numbers that can be checked by eye. T = 4, H = 2, O = 3.

const T = 4;
const words = ["the", "dog", "saw", "a"];
const HIDDEN = ["time", "batch", "hidden"];

/** @param {number[][]} rows one row a step @param {string[]} dims */
const steps = (rows, dims) => ({
  dims,
  shape: [rows.length, 1, rows[0].length],
  dtype: "float64",
  data: rows.map((row) => [row]),
});

/** @param {(t: number, k: number) => number} value */
const triangle = (value) => ({
  dims: ["time_t", "time_k"],
  shape: [T, T],
  dtype: "float64",
  data: Array.from({ length: T }, (_, t) => Array.from({ length: T }, (_, k) => (k > t ? 0 : value(t, k)))),
});

/** @param {number[]} data a number a step */
const scalars = (data) => ({
  dims: ["time", "batch"],
  shape: [T, 1],
  dtype: "float64",
  data: data.map((value) => [value]),
});

/** @param {string} name @param {number[]} data */
const vector = (name, data) => ({ dims: [name], shape: [data.length], dtype: "float64", data });

const ARRAYS = {
  s: steps(
    [
      [0.5, -0.5],
      [0.25, 0],
      [-1, 1],
      [0.1, 0.2],
    ],
    HIDDEN,
  ),
  s_prev: steps(
    [
      [0, 0],
      [0.5, -0.5],
      [0.25, 0],
      [-1, 1],
    ],
    HIDDEN,
  ),
  "s.pre": steps(
    [
      [1, -1],
      [1, -1],
      [1, -1],
      [1, -1],
    ],
    HIDDEN,
  ),
  "grad/s": steps(
    [
      [0.001, 0],
      [0.01, 0],
      [0.1, 0],
      [1, 0],
    ],
    HIDDEN,
  ),
  "grad_norm/s": vector("time", [0.001, 0.01, 0.1, 1]),
  probs: steps(
    [
      [0.2, 0.5, 0.3],
      [0.1, 0.8, 0.1],
      [0.3, 0.3, 0.4],
      [0.6, 0.2, 0.2],
    ],
    ["time", "batch", "output"],
  ),
  target: scalars([0, 1, 2, 2]),
  mask: scalars([1, 1, 0, 1]),
  loss: scalars([1.6, 0.2, 0.9, 1.5]),
  "contribution/W": triangle((t, k) => 10 ** (k - t)),
  "contribution/U": triangle((t, k) => (k === 0 ? 0 : 10 ** (k - t - 1))),
  "contribution/b": triangle((t, k) => 10 ** (k - t)),
  "contribution_dot/W": triangle((t, k) => (t === k ? 0.25 : 0)),
  "truncation/cosine_by_window": vector("window", [0.9, 0.95, 0.99, 1]),
  "truncation/norm_ratio_by_window": vector("window", [0.8, 0.9, 0.97, 1]),
};

/** @param {Record<string, any>} [more] arrays to add or to replace */
export const wireTrace = (more = {}) => ({
  id: "abc",
  engine: "1.0.0",
  recipe: { cell: "rnn-tanh", text: "the dog saw a cat", hidden: 2, window: null },
  dims: { time: T, batch: 1, input: 3, hidden: 2, output: 3 },
  labels: { time: words, output: ["dog", "saw", "cat"] },
  nonfinite: [],
  arrays: { ...ARRAYS, ...more },
});

export const CELL = {
  id: "rnn-tanh",
  title: "Vanilla RNN",
  states: ["s"],
  output: "s",
  gates: [],
  nodes: [{ name: "s", label: "hidden state", latex: "s_t", role: "state" }],
  parameters: ["W", "U", "b"].map((name) => ({ name, latex: name, group: name })),
};

/** @type {any} a palette of plain colours */
export const PALETTE = {
  ink: "black",
  ink2: "black",
  ink3: "grey",
  paper: "white",
  line: "silver",
  lineStrong: "grey",
  stroke: 1.5,
  small: 11,
  font: "sans-serif",
  meaning: { state: "rgb(0, 0, 255)", output: "rgb(0, 100, 0)", loss: "rgb(255, 0, 0)", gradient: "rgb(200, 100, 0)" },
  signed: [
    [0, 0, 255],
    [255, 255, 255],
    [255, 0, 0],
  ],
  gradient: [
    [255, 255, 255],
    [100, 50, 0],
  ],
  zero: [250, 250, 250],
};
