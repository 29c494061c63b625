import assert from "node:assert/strict";
import { test } from "node:test";
import { answerAt } from "../../static/js/answers.js";
import { fill, resolve } from "../../static/js/figures.js";
import { taken } from "../../static/js/keys.js";
import { kept, linePath } from "../../static/js/motion/inset.js";
import { curveY, rows } from "../../static/js/motion/paint.js";
import { ways } from "../../static/js/motion/pulse.js";
import { networkRows } from "../../static/js/motion/wires.js";
import { percent, power, roundUp, short, ticks } from "../../static/js/numbers.js";
import { createPlayer } from "../../static/js/player.js";
import { explosion, moment, total } from "../../static/js/say.js";
import { magnitudes } from "../../static/js/scene.js";
import { t } from "../../static/js/strings.js";
import { after } from "../../static/js/theme.js";
import { makeTimeline } from "../../static/js/timeline.js";
import { decodeTrace } from "../../static/js/trace.js";
import * as contributions from "../../static/js/views/contributions.js";
import { definition as gates } from "../../static/js/views/gates.js";
import { definition as gradients, logTicks } from "../../static/js/views/gradients.js";
import { definition as loss, losses } from "../../static/js/views/loss.js";
import { definition as output } from "../../static/js/views/output.js";
import { data as given } from "../../static/js/views/sequence.js";
import { definition as states } from "../../static/js/views/states.js";
import { chosenPath, framedUnit, data as stepData } from "../../static/js/views/unrolled.js";
import { CELL, PALETTE, wireTrace } from "./traces.js";

const trace = decodeTrace(wireTrace());
const { state } = createPlayer({ T: 4 }, { frame: () => 0 });
/** @type {any} */
const scene = {
  cell: CELL,
  palette: PALETTE,
  decades: { low: -3, high: 0 },
  parameter: "W",
  version: 1,
  timeline: makeTimeline({ width: 500, left: 50, right: 50, T: 4 }),
};
const VIEWS = [states, gates, loss, gradients, contributions.definition, output];

test("a step of the network says what was read, expected, right and lost", () => {
  const { word, guess, target, p, loss, strips, norm, share } = stepData(trace, 1, scene);
  assert.deepEqual([word, guess, target, p, loss], ["dog", "saw", "saw", 0.8, 0.2]);
  assert.deepEqual([...strips[0].values], [0.25, 0]);
  assert.deepEqual([...(strips[0].gradient ?? [])], [0.01, 0]);
  assert.equal(norm, 0.01);
  assert.ok(Math.abs(share - 1 / 3) < 1e-12);
});

test("a step without a loss says so", () => {
  assert.ok(Number.isNaN(stepData(trace, 2, scene).loss));
  assert.ok(Number.isNaN(losses(trace)?.[2] ?? 0));
  assert.ok(Math.abs(total(trace) - 3.3) < 1e-12);
});

test("a chosen contribution lights the way from the error back to the use", () => {
  const focus = { node: null, unit: null, parameter: "U" };
  assert.deepEqual(chosenPath({ ...state, t: 3, k: 1, focus }, trace), { t: 3, k: 1, low: 1, high: 3, own: true });
  assert.deepEqual(chosenPath({ ...state, t: 1, k: 3, focus }, trace), { t: 1, k: 1, low: 1, high: 1, own: true });
  assert.equal(chosenPath({ ...state, focus: { node: "s", unit: 0, parameter: null } }, trace), null);
});

test("the unit under the pointer is framed where the pointer and the player are", () => {
  const hovering = { ...state, t: 3, hover: { t: 1, unit: 0 } };
  assert.equal(framedUnit(hovering, 1), 0);
  assert.equal(framedUnit(hovering, 3), 0);
  assert.equal(framedUnit(hovering, 2), undefined);
  const focused = { ...state, t: 2, focus: { node: "s", unit: 1, parameter: null } };
  assert.equal(framedUnit(focused, 2), 1);
  assert.equal(framedUnit({ ...focused, focus: { node: "loss", unit: 1, parameter: null } }, 2), undefined);
});

test("a heat map has a band for each state, on a scale that just holds it", () => {
  const chart = /** @type {any} */ (states.data(trace, state, scene));
  assert.equal(chart.bands.length, 1);
  assert.deepEqual(chart.bands[0].scale.ends, [-1, 1]);
  assert.equal(chart.bands[0].scale.share(0), 0.5);
});

test("a cell without gates has no picture of gates", () => {
  assert.equal(gates.data(trace, state, scene), null);
});

test("hovering a heat map finds its step and unit, and the unit its row", () => {
  const chart = /** @type {any} */ (states.data(trace, state, scene));
  assert.deepEqual(states.hit(chart, { t: 2, share: 0.75 }), { t: 2, unit: 1 });
  assert.deepEqual(states.spot(chart, { t: 2, unit: 1 }), { top: 0.5, height: 0.5 });
  assert.match(states.readout(chart, { t: 2, unit: 1 }, trace), /s = 1$/);
});

test("the curve of the losses leaves out what is not counted", () => {
  const chart = /** @type {any} */ (loss.data(trace, state, scene));
  assert.ok(Number.isNaN(chart.series[0].data[2]));
  assert.match(loss.summary(chart, trace), /total 3.3/);
});

test("gradient norms share the decades of all gradients", () => {
  const chart = /** @type {any} */ (gradients.data(trace, state, scene));
  assert.ok(chart.log && chart.low < -3 && chart.high > 0);
  assert.equal(curveY(chart, 10 ** chart.high, 100), 0);
  assert.equal(Math.round(curveY(chart, 10 ** chart.low, 100)), 100);
  assert.equal(magnitudes(trace, CELL).length, 4);
});

test("a log axis has round marks, however short it is", () => {
  assert.deepEqual(
    logTicks(-3.2, 0.1, 4).map(({ at }) => at),
    [-3, -2, -1, 0],
  );
  assert.ok(logTicks(-11, 1, 3).length <= 6);
  assert.deepEqual(
    logTicks(-0.9, -0.1, 3).map(({ text }) => text),
    ["0.2", "0.5"],
  );
});

test("the matrix shows the weight in focus, else W, and only weights that it has", () => {
  assert.equal(contributions.shown(trace, state), "W");
  const focus = (/** @type {string} */ parameter) => ({ ...state, focus: { node: null, unit: null, parameter } });
  assert.equal(contributions.shown(trace, focus("U")), "U");
  assert.equal(contributions.shown(trace, focus("V")), "W");
  assert.deepEqual(contributions.parameters(trace), ["W", "U", "b"]);
});

test("a place on the matrix is an error and a use; the future contributes nothing", () => {
  const chart = /** @type {any} */ (contributions.definition.data(trace, state, scene));
  const hover = contributions.definition.hit(chart, { t: 1, share: 0.8 });
  assert.deepEqual(hover, { t: 3, k: 1 });
  assert.match(contributions.definition.readout(chart, hover, trace), /0.01$/);
  assert.match(contributions.definition.readout(chart, { t: 0, k: 2 }, trace), /future/);
});

test("signed shares stand on a signed scale", () => {
  const chart = /** @type {any} */ (
    contributions.definition.data(trace, { ...state, look: { share: true, large: null } }, scene)
  );
  assert.equal(chart.scale.ramp, "signed");
  assert.deepEqual(chart.scale.ends, [-0.25, 0.25]);
});

test("clicking a cell of the matrix looks at the error and the use, but never at the future", () => {
  /** @type {any[]} */
  const looked = [];
  const context = /** @type {any} */ ({
    player: { state, choose: (/** @type {any[]} */ ...args) => looked.push(args) },
    trace: () => trace,
  });
  contributions.definition.choose?.({ t: 3, k: 1 }, context);
  contributions.definition.choose?.({ t: 0, k: 2 }, context);
  assert.deepEqual(looked, [["W", 3, 1]]);
});

test("a prediction names what is expected and what is right", () => {
  assert.deepEqual(answerAt(trace, 0), { guess: "saw", target: "dog", p: 0.2, top: 1, right: 0 });
  assert.deepEqual([...given(trace)], [0.2, 0.8, 0.4, 0.2]);
});

test("every view has its picture in words", () => {
  for (const view of VIEWS) {
    const chart = view.data(trace, state, scene);
    if (chart === null) continue;
    const words = view.summary(chart, trace);
    assert.ok(words.length > 20 && !/undefined|NaN|\{/.test(words), `${view.name}: ${words}`);
  }
});

test("every view says which arrays it reads, and they are there or filled in by the cell", () => {
  for (const view of VIEWS) {
    assert.ok(view.reads.length > 0, view.name);
    for (const name of view.reads) {
      const filled = name.replace("{state}", "s");
      if (!filled.includes("{")) assert.ok(trace.names.includes(filled), `${view.name} reads ${filled}`);
    }
  }
});

test("what truncation keeps is drawn from the arrays of every window", () => {
  assert.deepEqual([...(kept(trace)?.cosine ?? [])], [0.9, 0.95, 0.99, 1]);
  assert.match(linePath(Float64Array.of(0, 1)), /^M0,40L100,2$/);
});

test("a run says its moment in a sentence", () => {
  for (const phase of /** @type {const} */ (["forward", "loss", "backward", "whole"])) {
    const said = moment(trace, { ...state, phase, t: 1 }, "s");
    assert.ok(said.length > 10 && !/undefined|NaN|\{/.test(said), said);
  }
  assert.match(
    moment(trace, { ...state, phase: "forward", t: 1 }, "s"),
    /reads “dog”, expects “saw”, right is “saw” with 80%/,
  );
});

test("an explosion is found where it first happened, and counted", () => {
  assert.equal(explosion(trace, CELL), null);
  const data = [[[1, 1]], [[1, 1e300]], [[Infinity, 1]], [[NaN, NaN]]];
  const exploded = decodeTrace(
    wireTrace({ s: { dims: ["time", "batch", "hidden"], shape: [4, 1, 2], dtype: "float64", data } }),
  );
  assert.deepEqual(explosion(exploded, CELL), { array: "s", t: 2, count: 3 });
  const steps = { dims: ["time", "batch", "hidden"], shape: [4, 1, 2], dtype: "float64", data };
  assert.deepEqual(explosion(decodeTrace(wireTrace({ "grad/s": steps })), CELL), { array: "grad/s", t: 2, count: 3 });
});

test("a template is repeated for each node and its references resolved", () => {
  const template = {
    each: ["state"],
    data: [
      { type: "heatmap", z: "@{name}", zmax: "@max {scale} {name}", yaxis: "y{axis}", colorscale: "@ramp signed" },
    ],
    layout: { title: { text: "States" }, "yaxis{axis}": { title: "{name}" } },
  };
  const { data, layout } = resolve(template, trace, scene);
  assert.deepEqual([...data[0].z[1]], [-0.5, 0, 1, 0.2]);
  assert.equal(data[0].zmax, 1);
  assert.equal(data[0].yaxis, "y");
  assert.deepEqual(layout.yaxis.domain, [0, 1]);
  assert.equal(data[0].colorscale.length, 3);
});

test("a matrix is drawn by powers of ten, its own numbers beside them", () => {
  const template = {
    each: [],
    data: [{ z: "@log10 contribution/{parameter}", customdata: "@contribution/{parameter}", zmin: "@least" }],
    layout: { title: "{parameter}" },
  };
  const { data, layout } = resolve(template, trace, scene);
  assert.deepEqual([...data[0].z[1]].slice(0, 2), [-1, 0]);
  assert.ok(Number.isNaN(data[0].z[0][1]));
  assert.equal(data[0].customdata[1][0], 0.1);
  assert.equal(data[0].zmin, -3);
  assert.equal(layout.title, "W");
});

test("what is not a name is left as it is: Plotly's own braces stay", () => {
  assert.equal(fill("t = %{x}<br>{name} = %{z:.4g}", { name: "s" }), "t = %{x}<br>s = %{z:.4g}");
});

test("pulses run as the run does: up and on, then down and back", () => {
  const shape = { rows: networkRows(1), step: 100, wide: 52, states: 1, scale: 1 };
  const forward = ways({ ...state, phase: "forward", t: 2 }, shape);
  const backward = ways({ ...state, phase: "backward", t: 2 }, shape);
  assert.equal(forward.length, 3);
  assert.equal(backward.length, 4);
  assert.ok(forward[0].from[1] > forward[0].to[1] && backward[0].from[1] < backward[0].to[1]);
  assert.deepEqual(ways({ ...state, phase: "whole" }, shape), []);
  assert.equal(ways({ ...state, phase: "forward", t: 0 }, shape).length, 2);
});

test("rows share a height with air between", () => {
  assert.deepEqual(rows(105, 2, 5), [
    { top: 0, height: 50 },
    { top: 55, height: 50 },
  ]);
});

test("numbers read as people write them", () => {
  assert.equal(short(0.0312), "0.0312");
  assert.equal(short(-0.5), "−0.5");
  assert.equal(short(3.21659), "3.22");
  assert.equal(short(0), "0");
  assert.equal(short(3.1e-7), "3.1·10⁻⁷");
  assert.equal(short(Infinity), "∞");
  assert.equal(short(NaN), "not a number");
  assert.equal(power(-12), "10⁻¹²");
  assert.equal(power(-0.5), "0.32");
  assert.equal(percent(0.116), "12%");
  assert.equal(percent(0.0004), "<0.1%");
});

test("scales end on round numbers", () => {
  assert.deepEqual([0.93, 1, 1.01, 0.034, 0].map(roundUp), [1, 1, 2, 0.05, 1]);
  assert.deepEqual(ticks(0, 3.4, 3), [0, 2]);
});

test("the three themes follow one another", () => {
  assert.deepEqual([after("light"), after("dark"), after("projector")], ["dark", "projector", "light"]);
});

test("a text has its names filled in; one that is missing shows its key", () => {
  assert.equal(t("net.loss.before", { t: 3 }), "Loss at step 3:");
  assert.equal(t("no.such.key"), "no.such.key");
});

test("keys belong to what is being typed in", () => {
  const element = (/** @type {string[]} */ ...matching) =>
    /** @type {any} */ ({
      closest: (/** @type {string} */ list) =>
        matching.some((one) => list.split(/,(?![^(]*\))/).some((part) => part.trim().startsWith(one))) || null,
    });
  assert.ok(taken(element("textarea"), "ArrowLeft"));
  assert.ok(taken(element("button"), " "));
  assert.ok(!taken(element("button"), "ArrowLeft"));
  assert.ok(!taken(element(), " "));
});
