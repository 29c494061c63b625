// The exact (t, k) matrix: row = the error at time t, column = the use of the weight at time k. Its rows, columns and whole
// sum to the gradient. Over it lies the band that truncated backpropagation keeps.

import { errorsOf, lag, reachable, reaches, reachOf } from "../blocks.js";
import { between, isLight } from "../color.js";
import { make, put, svg, symbol, write } from "../dom.js";
import { scaleOf } from "../motion/bands.js";
import { mountChart } from "../motion/chart.js";
import { drawHead, GROUPS } from "../motion/matrix-head.js";
import { magnitude, numbered, rampOf, signed } from "../motion/paint.js";
import { percent, short } from "../numbers.js";
import { errorAt } from "../player.js";
import { reasonOf } from "../reasons.js";
import { t } from "../strings.js";
import { labelEvery } from "../timeline.js";
import { largest } from "../trace.js";

/**
 * @typedef {import('../motion/chart.js').Definition} Definition
 * @typedef {import('../motion/chart.js').Context} Context
 * @typedef {import('../motion/paint.js').Matrix & {parameter: string, share: boolean, names: string[], own: boolean, template?: string}} Chart `own` when rows and
 *   columns are steps of one axis
 * @typedef {import('../player.js').State} State
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../timeline.js').Timeline} Timeline
 * @typedef {{width: number, height: number}} Size
 */

/** The weights that have a matrix: the groups first, then each gate's own. @param {Trace} trace */
export function parameters(trace) {
  const { names: all } = trace.like ?? trace;
  const names = all.filter((name) => name.startsWith("contribution/")).map((name) => name.slice(13));
  const groups = GROUPS.filter((name) => names.includes(name));
  return [...groups, ...names.filter((name) => !groups.includes(name))];
}

/** The matrix comes last: while its run grows, its place is kept. @param {Trace} trace */
function toCome(trace) {
  const size = trace.dims.time * errorsOf(trace).steps;
  return trace.partial ? { data: new Float64Array(size).fill(Number.NaN) } : undefined;
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
      rows: errorsOf(trace).steps,
      reach: reachOf(trace),
      own: errorsOf(trace).own,
      scale,
      decades,
      parameter,
      share,
      template: share ? "shares" : undefined,
      names,
    });
  },
  key: (trace, state) => `${shown(trace, state)} ${state.look.share}`,
  hit(/** @type {Chart} */ chart, { t: k, share }) {
    const row = Math.floor(share * chart.rows);
    return chart.own ? { t: row, k } : { t: k, k, error: row };
  },
  spot: (chart, hover) => ({ top: (hover.error ?? hover.t ?? 0) / chart.rows, height: 1 / chart.rows }),
  readout(/** @type {Chart} */ chart, { t: at, k, error }, trace) {
    const step = error ?? at;
    if (step === null || k === undefined) return "";
    if (!reaches(chart.reach, step, k)) return t(`contributions.none.${chart.reach}`);
    const { parameter } = chart;
    const said = t("contributions.readout", { t: step, k, parameter, value: short(entry(chart, step, k)) });
    const reason = reasonOf(trace, { parameter, t: step, k });
    return reason === "zeros" || (reason && chart.share) ? `${said}, ${t(`contributions.reason.${reason}`)}` : said;
  },
  summary(/** @type {Chart} */ chart) {
    const { low, high } = chart.decades;
    const said = { parameter: chart.parameter, ...peak(chart) };
    if (chart.share) return t("contributions.summary.share", { ...said, p: percent(entry(chart, said.t, said.k)) });
    return t("contributions.summary", { ...said, low: short(10 ** low, 2), high: short(10 ** high, 2) });
  },
  table,
  choose({ t: at, k, error }, { player, trace }) {
    const step = error ?? at;
    if (step === null || k === undefined || !reaches(reachOf(trace()), step, k)) return;
    player.choose(shown(trace(), player.state), step, k);
  },
  extra({ svg: marks, plot, head }, chart, state, context, fresh, size) {
    if (fresh) {
      plot.parentElement?.setAttribute("data-reach", chart.reach);
      drawHead({ head, plot }, chart, state, context);
      marks.replaceChildren(
        svg("path", { class: "cut" }),
        svg("g", { class: "values" }),
        svg("path", { class: "cut-edge" }),
        svg("path", { class: "chosen-row" }),
        svg("path", { class: "chosen-halo" }),
        svg("path", { class: "chosen-cell" }),
      );
      drawValues(marks, chart, context, size);
      drawRows(plot, chart, size);
      plot.querySelector(".scale")?.remove();
      plot.append(scaleOf(chart.scale, { top: 28, height: Math.min(120, size.height - 28) }, context.scene.palette));
    }
    drawCut(marks, state.hover?.window ?? context.trace().recipe.window ?? null, context, chart, size);
    drawChosen(marks, state, context.scene.timeline, chart, size);
  },
};

/** @param {Chart} chart @param {Trace} trace @param {Context} context @returns {import('../motion/chart.js').Table} */
function table(chart, trace, { player }) {
  const words = errorsOf(trace).words;
  const uses = Array.from({ length: Math.min(chart.T, MOST_STEPS) }, (_, k) => k);
  const errors = Array.from({ length: Math.min(chart.rows, MOST_STEPS) }, (_, step) => step);
  const head = [
    `${t("contributions.row")} ↓  ${t("contributions.column")} →`,
    ...uses.map((k) => use(chart, trace, k)),
  ];
  const rows = errors.map((step) => [
    `${step} ${words[step] ?? ""}`,
    ...uses.map((k) => {
      if (!reaches(chart.reach, step, k)) return "";
      const value = short(entry(chart, step, k));
      const button = make("button", { type: "button", "aria-label": t("frame.choose", { t: step, k, value }) }, value);
      button.addEventListener("click", () => player.choose(chart.parameter, step, k));
      return button;
    }),
  ]);
  const cut = uses.length < chart.T || errors.length < chart.rows;
  return { head, rows, note: cut ? t("frame.cut", { from: 0, to: MOST_STEPS - 1, T: chart.T }) : undefined };
}

/** The name of a column; where rows are steps of something else, its word is needed too. @param {Chart} chart @param {Trace} trace @param {number} k */
const use = (chart, trace, k) => (chart.own ? String(k) : `${k} ${trace.labels.time?.[k] ?? ""}`);

/** Write the numbers into cells that are large enough. @param {SVGElement} marks @param {Chart} chart @param {Context} context @param {Size} size */
function drawValues(marks, chart, { scene }, size) {
  const { step, centre } = scene.timeline;
  const high = size.height / chart.rows;
  const group = /** @type {SVGElement} */ (marks.querySelector(".values"));
  if (!numbered(step, high)) return;
  const ramp = rampOf(scene.palette, chart.scale);
  for (let row = 0; row < chart.rows; row += 1) {
    const [from, to] = reachable(chart.reach, row, chart.T);
    for (let k = from; k < to; k += 1) {
      const value = entry(chart, row, k);
      if (Number.isNaN(value)) continue;
      const share = chart.scale.share(value);
      const light = Number.isNaN(share) ? isLight(scene.palette.zero) : isLight(between(ramp, share));
      const text = svg("text", {
        x: String(centre(k)),
        y: String((row + 0.5) * high),
        "data-t": String(row),
        "data-k": String(k),
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
  const high = size.height / chart.rows;
  const every = labelEvery(high, 13);
  for (let row = 0; row < chart.rows; row += every) {
    const name = symbol(`J_${row}`);
    name.classList.add("row-name");
    name.ariaHidden = "true"; // its table names them
    name.style.top = `${Math.max(7, (row + 0.5) * high)}px`;
    plot.append(name);
  }
}

/** What a window leaves out: uses that lie `window` steps from the error or more. @param {SVGElement} marks @param {number | null} window @param {Context} context @param {Chart} chart @param {Size} size */
function drawCut(marks, window, { scene, trace }, chart, { height }) {
  const cut = /** @type {SVGElement} */ (marks.querySelector(".cut"));
  const key = `${window} ${scene.version} ${height}`;
  if (cut.dataset.key === key) return;
  cut.dataset.key = key;
  const { edge } = scene.timeline;
  const y = (/** @type {number} */ row) => (row * height) / chart.rows;
  const seen = trace();
  let [area, stairs] = chart.reach === "lower" ? corner(window, scene.timeline, y) : ["", ""];
  for (let row = 0; chart.reach !== "lower" && window !== null && row < chart.rows; row += 1) {
    for (const [from, to] of cuts(chart, (k) => lag(seen, row, k) >= window, row)) {
      area += `M${edge(from)},${y(row)}H${edge(to)}V${y(row + 1)}H${edge(from)}Z`;
      stairs += stair(from, to, row, { chart, edge, y, beyond: (r, k) => lag(seen, r, k) >= window });
    }
  }
  put(cut, "d", area);
  for (const { dataset, classList } of /** @type {NodeListOf<SVGElement>} */ (marks.querySelectorAll(".values text")))
    classList.toggle("is-cut", window !== null && lag(seen, Number(dataset.t), Number(dataset.k)) >= window);
  put(marks.querySelector(".cut-edge"), "d", stairs);
}

/** The corner of a triangle that is cut off, and its edge in one line. @param {number | null} window @param {Timeline} timeline @param {(row: number) => number} y */
function corner(window, { T, left, edge }, y) {
  if (window === null || window >= T) return ["", ""];
  let stairs = `M${left},${y(window)}`;
  for (let row = window; row < T; row += 1) stairs += `H${edge(row - window + 1)}V${y(row + 1)}`;
  return [`${stairs}H${left}Z`, stairs];
}

/** The stretches of a row that are left out. @param {Chart} chart @param {(k: number) => boolean} beyond @param {number} row @returns {[number, number][]} */
function cuts(chart, beyond, row) {
  const [first, end] = reachable(chart.reach, row, chart.T);
  /** @type {[number, number][]} */
  const found = [];
  for (let k = first; k < end; k += 1) {
    if (!beyond(k)) continue;
    const last = found[found.length - 1];
    if (last?.[1] === k) last[1] = k + 1;
    else found.push([k, k + 1]);
  }
  return found;
}

/**
 * The edge between what is kept and what is left out, along one stretch of a row.
 * @param {number} from @param {number} to @param {number} row
 * @param {{chart: Chart, edge: (k: number) => number, y: (row: number) => number, beyond: (row: number, k: number) => boolean}} means
 */
function stair(from, to, row, { chart, edge, y, beyond }) {
  const kept = (/** @type {number} */ r, /** @type {number} */ k) =>
    r >= 0 && r < chart.rows && k >= 0 && k < chart.T && reaches(chart.reach, r, k) && !beyond(r, k);
  let d = "";
  for (const [k, x] of [
    [from - 1, edge(from)],
    [to, edge(to)],
  ])
    if (kept(row, k)) d += `M${x},${y(row)}V${y(row + 1)}`;
  for (let k = from; k < to; k += 1) {
    if (kept(row - 1, k)) d += `M${edge(k)},${y(row)}H${edge(k + 1)}`;
    if (kept(row + 1, k)) d += `M${edge(k)},${y(row + 1)}H${edge(k + 1)}`;
  }
  return d;
}

/** Frame the chosen cell, and the errors' way back to it. @param {SVGElement} marks @param {State} state @param {Timeline} timeline @param {Chart} chart @param {Size} size */
function drawChosen(marks, state, { edge }, chart, { height }) {
  const row = errorAt(state);
  const chosen = state.focus?.parameter && row < chart.rows && reaches(chart.reach, row, state.k);
  const high = height / chart.rows;
  const box = (/** @type {number} */ from, /** @type {number} */ to) =>
    chosen ? `M${edge(from)},${row * high}H${edge(to)}v${high}H${edge(from)}Z` : "";
  const cell = box(state.k, state.k + 1);
  const way = chart.own ? box(Math.min(state.k, row), Math.max(state.k, row) + 1) : cell;
  for (const [name, d] of Object.entries({ row: way, halo: cell, cell })) {
    put(marks.querySelector(`.chosen-${name}`), "d", d);
  }
}

export const view = {
  name: definition.name,
  reads: definition.reads,
  /** @param {HTMLElement} host @param {Context} context */
  mount: (host, context) => mountChart(host, context, definition),
};
