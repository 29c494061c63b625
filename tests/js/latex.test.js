import assert from "node:assert/strict";
import { test } from "node:test";
import {
  colour,
  colourNumbers,
  figure,
  firstSymbol,
  isProduct,
  listed,
  mainMeaning,
  meanings,
  ofHead,
} from "../../static/js/latex.js";

const LSTM = {
  nodes: [
    { name: "f", latex: "f_{t}", role: "gate" },
    { name: "g", latex: "g_{t}", role: "candidate" },
    { name: "c", latex: "c_{t}", role: "state" },
    { name: "h", latex: "h_{t}", role: "state" },
    { name: "my_gate", latex: "\\mathrm{my}^{\\mathrm{gate}}_{t}", role: "gate" },
  ],
};
const of = meanings(LSTM);

/** @param {string} latex the classes that a LaTeX gets, in order */
const worn = (latex) => [...colour(latex, of).matchAll(/\\htmlClass\{of-([a-z]+)\}\{/g)].map(([, name]) => name);

test("every symbol of an equation wears the colour of its meaning, weights and functions none", () => {
  assert.equal(
    colour("f_{t} = \\sigma\\left(W_{f} x_{t} + U_{f} h_{t-1} + b_{f}\\right)", of),
    "\\htmlClass{of-forget}{f_{t}} = \\sigma\\left(W_{f} \\htmlClass{of-input}{x_{t}} + U_{f} \\htmlClass{of-state}{h_{t-1}} + b_{f}\\right)",
  );
});

test("a gradient wears its own colour, its loss and its node theirs", () => {
  assert.deepEqual(worn("\\frac{\\partial J}{\\partial c_{t+1}}"), ["gradient", "loss", "gradient", "cell"]);
  assert.deepEqual(worn("\\left\\lVert \\delta_{t,k} \\right\\rVert \\cdot \\left\\lVert h_{k-1} \\right\\rVert"), [
    "gradient",
    "state",
  ]);
});

test("what is taken away from the colours is the same LaTeX", () => {
  for (const latex of [
    "c_{t} = f_{t} \\odot c_{t-1} + i_{t} \\odot g_{t}",
    "\\left(1 - \\left(\\tanh\\left(c_{t}\\right)\\right)^{2}\\right) \\odot o_{t}",
    "U_{c}^{\\top}\\,\\frac{\\partial J}{\\partial a^{g}_{t+1}}",
    "p_{t} = \\operatorname{softmax}\\left(V h_{t} + d\\right)",
    "f_t^2 + x_{10} - \\mathrm{NaN}",
    "",
  ]) {
    assert.equal(
      colour(latex, of).replace(/\\htmlClass\{of-[a-z]+\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}/g, "$1"),
      latex,
    );
  }
});

test("a pre-activation has the colour of its node, at any step", () => {
  assert.deepEqual(worn("a^{f}_{t+1}"), ["forget"]);
  assert.deepEqual(worn("a^{g}_{3}"), ["candidate"]);
});

test("a power is not part of a name, a transposed weight is no node", () => {
  assert.equal(firstSymbol("f_{t}^{2}").text, "f_{t}");
  assert.deepEqual(worn("g_{t}^{2}"), ["candidate"]);
  assert.deepEqual(worn("W_{f}^{\\top}"), []);
  assert.deepEqual(worn("f"), [], "a letter without a time is no node");
});

test("names of more than one letter are symbols too, functions are none", () => {
  assert.equal(worn("\\mathrm{my}^{\\mathrm{gate}}_{t} + 1").length, 1);
  assert.deepEqual(worn("\\operatorname{ReLU}\\left(x_{t}\\right)"), ["input"]);
});

test("z is a gate inside a cell and a logit in the output layer", () => {
  const gru = meanings({ nodes: [{ name: "z", latex: "z_{t}", role: "gate" }] });
  assert.equal(mainMeaning("z_{t}", gru), "update");
  assert.equal(mainMeaning("z_{t,3}", ofHead(gru)), "output");
});

test("figures are written as the engine writes them", () => {
  const written = [0.373119, -0.0724, 0, 12.34, 999.6, 1234, 6.7e-5, -1e-12, 0.0001, 100].map(figure);
  assert.deepEqual(written, [
    "0.373",
    "-0.0724",
    "0",
    "12.3",
    "1 \\cdot 10^{3}",
    "1.23 \\cdot 10^{3}",
    "6.7 \\cdot 10^{-5}",
    "-1 \\cdot 10^{-12}",
    "0.0001",
    "100",
  ]);
  assert.equal(figure(null), "\\mathrm{NaN}");
});

/** @param {string} latex @param {number} value @param {{label: string, value: number}[]} [parts] */
const term = (latex, value, parts) => ({ latex, label: "", value, ...(parts && { parts }) });
const INPUT = term("W_{f} x_{t}", -0.446, [{ label: "took", value: -0.446 }]);
const STATE = term("U_{f} h_{t-1}", -0.0724, [
  { label: "unit 3", value: 0.1 },
  { label: "unit 4", value: -0.2 },
]);
const GATED = term("f_{t} \\odot c_{t-1}", -0.186, [
  { label: "f_{t}", value: 0.484 },
  { label: "c_{t-1}", value: -0.386 },
]);

test("the numbers of a sum wear the colours of their terms", () => {
  assert.equal(
    colourNumbers("\\sigma\\left(-0.446 - 0.0724 + 0\\right) = 0.373", [INPUT, STATE, term("b_{f}", 0)], of),
    "\\sigma\\left( - \\htmlClass{of-input}{0.446} - \\htmlClass{of-state}{0.0724} + 0\\right) = 0.373",
  );
});

test("a product shows its factors, each in its colour", () => {
  assert.equal(
    colourNumbers("0.484 \\cdot (-0.386) + 0.5 = 0.314", [GATED, term("x_{t}", 0.5)], of),
    "\\htmlClass{of-forget}{0.484} \\cdot \\htmlClass{of-cell}{(-0.386)} + \\htmlClass{of-input}{0.5} = 0.314",
  );
});

test("numbers that only say that a number equals itself are left out, unknown ones stay as they are", () => {
  assert.equal(colourNumbers("-0.103 = -0.103", [term("c_{t}", -0.103)], of), "");
  assert.equal(colourNumbers("1", [], of), "");
  assert.equal(
    colourNumbers("-\\log 0.109 = 2.22", [term("p_{t,3}", 0.109)], of),
    "-\\log \\htmlClass{of-output}{0.109} = 2.22",
  );
  assert.equal(colourNumbers("something = else", [INPUT], of), "something = else");
});

test("words and units are no factors, however many", () => {
  assert.deepEqual([INPUT, STATE, GATED].map(isProduct), [false, false, true]);
  assert.ok(
    !isProduct(
      term("W_{f} x_{t}", 1, [
        { label: "f_{x}", value: 1 },
        { label: "a", value: 2 },
      ]),
    ),
  );
});

test("a lone product is listed as its factors", () => {
  assert.deepEqual(
    listed([GATED]).map(({ latex, value }) => [latex, value]),
    [
      ["f_{t}", 0.484],
      ["c_{t-1}", -0.386],
    ],
  );
  assert.deepEqual(listed([GATED, INPUT]), [GATED, INPUT]);
});
