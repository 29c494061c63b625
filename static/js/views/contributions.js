// The exact (t, k) matrix: row = the error at time t, column = the use of the weight at time k. Its rows, columns and whole
// sum to the gradient. Over it lies the band that truncated backpropagation keeps.

import { between, isLight } from "../color.js";
import { make, put, svg, symbol, write } from "../dom.js";
import { scaleOf } from "../motion/bands.js";
import { mountChart } from "../motion/chart.js";
import { mountInset } from "../motion/inset.js";
import { magnitude, numbered, rampOf, signed } from "../motion/paint.js";
import { short } from "../numbers.js";
import { t } from "../strings.js";
import { labelEvery } from "../timeline.js";
import { largest } from "../trace.js";

/**
 * @typedef {import('../motion/chart.js').Definition} Definition
 * @typedef {import('../motion/chart.js').Context} Context
 * @typedef {import('../motion/paint.js').Matrix & {parameter: string, share: boolean, names: string[]}} Chart
 * @typedef {import('../player.js').State} State
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../timeline.js').Timeline} Timeline
 * @typedef {{width: number, height: number}} Size
 */

/** The weights that have a matrix: the groups first, then each gate's own. @param {Trace} trace */
export function parameters(trace) {
  const names = trace.names.filter((name) => name.startsWith("contribution/")).map((name) => name.slice(13));
  const groups = ["W", "U", "b"].filter((name) => names.includes(name));
  return [...groups, ...names.filter((name) => !groups.includes(name))];
}

/** The matrix comes last: while its run grows, its place is kept. @param {Trace} trace */
function toCome({ partial, dims }) {
  return partial ? { data: new Float64Array(dims.time ** 2).fill(Number.NaN) } : undefined;
}

/** Which weight's matrix is shown. @param {Trace} trace @param {State} state */
export function shown(trace, state) {
  const names = parameters(trace);
  const asked = state.focus?.parameter ?? "";
  return names.includes(asked) ? asked : (names[0] ?? "W");
}

/** @param {Chart} chart @param {number} step @param {number} k */
const entry = (chart, step, k) => chart.data[step * chart.T + k];

/** Where the largest entry stands. @param {Chart} chart */
function peak(chart) {
  let at = 0;
  for (let index = 1; index < chart.data.length; index += 1)
    if (Math.abs(chart.data[index]) > Math.abs(chart.data[at])) at = index;
  return { t: Math.floor(at / chart.T), k: at % chart.T };
}

const MOST_STEPS = 60;

/** @type {Definition} */
export const definition = {
  name: "contributions",
  reads: ["contribution/W", "contribution_dot/W"],
  shows: "backward",
  data(trace, state, { decades }) {
    const parameter = shown(trace, state);
    const share = state.look.share;
    const array = trace.get(`${share ? "contribution_dot" : "contribution"}/${parameter}`) ?? toCome(trace);
    if (array === undefined) return null;
    const scale = share ? signed(largest(array.data) || 1) : magnitude(decades);
    const names = parameters(trace);
    return /** @type {Chart} */ ({
      kind: "matrix",
      data: array.data,
      T: trace.dims.time,
      scale,
      decades,
      parameter,
      share,
      names,
    });
  },
  key: (trace, state) => `${shown(trace, state)} ${state.look.share}`,
  hit: (chart, { t: k, share }) => ({ t: Math.floor(share * chart.T), k }),
  spot: (chart, hover) => ({ top: (hover.t ?? 0) / chart.T, height: 1 / chart.T }),
  readout(/** @type {Chart} */ chart, { t: step, k }) {
    if (step === null || k === undefined) return "";
    if (k > step) return t("contributions.none");
    return t("contributions.readout", {
      t: step,
      k,
      parameter: chart.parameter,
      value: short(entry(chart, step, k)),
    });
  },
  summary(/** @type {Chart} */ chart) {
    const { low, high } = chart.decades;
    const at = peak(chart);
    return t("contributions.summary", {
      parameter: chart.parameter,
      low: short(10 ** low, 2),
      high: short(10 ** high, 2),
      ...at,
    });
  },
  table,
  choose({ t: step, k }, { player, trace }) {
    if (step === null || k === undefined || k > step) return;
    player.look(step, { k, focus: { node: null, unit: null, parameter: shown(trace(), player.state) } });
  },
  extra({ svg: marks, plot, head }, chart, state, context, fresh, size) {
    if (fresh) {
      drawHead(head, chart, state, context);
      marks.replaceChildren(
        svg("g", { class: "values" }),
        svg("path", { class: "cut" }),
        svg("path", { class: "cut-edge" }),
        svg("path", { class: "chosen-row" }),
        svg("path", { class: "chosen-halo" }),
        svg("path", { class: "chosen-cell" }),
      );
      drawValues(marks, chart, context, size);
      drawRows(plot, chart, size);
      plot.querySelector(".scale")?.remove();
      plot.append(scaleOf(chart.scale, { top: 28, height: Math.min(120, size.height - 28) }, context.scene.palette));
      mountInset(head, context);
    }
    drawCut(marks, state.hover?.window ?? context.trace().recipe.window ?? null, context.scene.timeline, size);
    drawChosen(marks, state, context.scene.timeline, size);
  },
};

/** @param {Chart} chart @param {Trace} trace @param {Context} context @returns {import('../motion/chart.js').Table} */
function table(chart, trace, { player }) {
  const count = Math.min(chart.T, MOST_STEPS);
  const steps = Array.from({ length: count }, (_, step) => step);
  const head = [`${t("contributions.row")} ↓  ${t("contributions.column")} →`, ...steps.map(String)];
  const rows = steps.map((step) => [
    `${step} ${trace.labels.time?.[step] ?? ""}`,
    ...steps.map((k) => {
      if (k > step) return "";
      const value = short(entry(chart, step, k));
      const button = make("button", { type: "button", "aria-label": t("frame.choose", { t: step, k, value }) }, value);
      button.addEventListener("click", () =>
        player.look(step, { k, focus: { node: null, unit: null, parameter: chart.parameter } }),
      );
      return button;
    }),
  ]);
  return { head, rows, note: count < chart.T ? t("frame.cut", { from: 0, to: count - 1, T: chart.T }) : undefined };
}

/** The title and the choice of weight and reading. @param {HTMLElement} head @param {Chart} chart @param {State} state @param {Context} context */
function drawHead(head, chart, state, { player }) {
  const focus = (/** @type {string} */ parameter) =>
    player.set({ focus: { node: null, unit: null, parameter }, k: Math.min(player.state.k, player.state.t) });
  const choices = chart.names
    .filter((name) => name.length === 1)
    .map((name) => {
      const button = make(
        "button",
        { type: "button", class: "choice", "aria-pressed": String(name === chart.parameter) },
        symbol(name),
      );
      button.addEventListener("click", () => focus(name));
      return button;
    });
  const group = make("div", { class: "choices", role: "group", "aria-label": t("contributions.weight") }, ...choices);
  const gated = chart.names.filter((name) => name.length > 1);
  if (gated.length > 0) group.append(gateChoice(gated, chart.parameter, focus));
  const share = make(
    "button",
    { type: "button", class: "choice", "aria-pressed": String(state.look.share) },
    t("contributions.share"),
  );
  share.addEventListener("click", () =>
    player.set({ look: { ...player.state.look, share: !player.state.look.share } }),
  );
  const title = make("span", { class: "head-title" }, t("contributions.heading"));
  const top = make("div", { class: "head-top" }, title, group, make("div", { class: "choices" }, share));
  head.replaceChildren(top);
}

/** @param {string[]} names @param {string} current @param {(name: string) => void} focus */
function gateChoice(names, current, focus) {
  const select = make("select", { class: "choice", "aria-label": t("contributions.gate") });
  select.append(
    make("option", { value: "" }, t("contributions.gates")),
    ...names.map((name) => make("option", { value: name }, name)),
  );
  select.value = names.includes(current) ? current : "";
  select.addEventListener("change", () => focus(select.value || current[0]));
  return select;
}

/** Write the numbers into cells that are large enough. @param {SVGElement} marks @param {Chart} chart @param {Context} context @param {Size} size */
function drawValues(marks, chart, { scene }, size) {
  const { step, centre } = scene.timeline;
  const high = size.height / chart.T;
  const group = /** @type {SVGElement} */ (marks.querySelector(".values"));
  if (!numbered(step, high)) return;
  const ramp = rampOf(scene.palette, chart.scale);
  for (let row = 0; row < chart.T; row += 1) {
    for (let k = 0; k <= row; k += 1) {
      const value = entry(chart, row, k);
      if (Number.isNaN(value)) continue;
      const share = chart.scale.share(value);
      const light = Number.isNaN(share) ? isLight(scene.palette.zero) : isLight(between(ramp, share));
      const text = svg("text", {
        x: String(centre(k)),
        y: String((row + 0.5) * high),
        class: light ? "on-light" : "on-dark",
      });
      write(text, short(value, 2));
      group.append(text);
    }
  }
}

/** Name the rows in the gutter: J at every t that there is room for. @param {HTMLElement} plot @param {Chart} chart @param {Size} size */
function drawRows(plot, chart, size) {
  for (const old of plot.querySelectorAll(".row-name")) old.remove();
  const high = size.height / chart.T;
  const every = labelEvery(high, 13);
  for (let row = 0; row < chart.T; row += every) {
    const name = symbol(`J_${row}`);
    name.classList.add("row-name");
    name.style.top = `${Math.max(7, (row + 0.5) * high)}px`;
    plot.append(name);
  }
}

/** What a window leaves out: everything with t - k >= window. @param {SVGElement} marks @param {number | null} window @param {Timeline} timeline @param {Size} size */
function drawCut(marks, window, { T, left, edge }, { height }) {
  const y = (/** @type {number} */ row) => (row * height) / T;
  let area = "";
  let stairs = "";
  if (window !== null && window < T) {
    stairs = `M${left},${y(window)}`;
    for (let row = window; row < T; row += 1) stairs += `H${edge(row - window + 1)}V${y(row + 1)}`;
    area = `${stairs}H${left}Z`;
  }
  put(marks.querySelector(".cut"), "d", area);
  put(marks.querySelector(".cut-edge"), "d", stairs);
}

/** Frame the chosen cell, and the errors' way back to it. @param {SVGElement} marks @param {State} state @param {Timeline} timeline @param {Size} size */
function drawChosen(marks, state, { T, edge }, { height }) {
  const chosen = state.focus?.parameter && state.k <= state.t;
  const high = height / T;
  const box = (/** @type {number} */ from, /** @type {number} */ to) =>
    chosen ? `M${edge(from)},${state.t * high}H${edge(to)}v${high}H${edge(from)}Z` : "";
  const cell = box(state.k, state.k + 1);
  for (const [name, d] of Object.entries({ row: box(state.k, state.t + 1), halo: cell, cell })) {
    put(marks.querySelector(`.chosen-${name}`), "d", d);
  }
}

export const view = {
  name: definition.name,
  reads: definition.reads,
  /** @param {HTMLElement} host @param {Context} context */
  mount: (host, context) => mountChart(host, context, definition),
};
