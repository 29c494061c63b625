// A race: up to four recipes from the same seed on the same data, side by side. One bar of training time and one cursor for all.

import { RUNS as COLOURS, decades } from "../color.js";
import { hide, make, write } from "../dom.js";
import { createSnapshots, Epochs } from "../epochs.js";
import { roundUp, short } from "../numbers.js";
import { largest } from "../trace.js";
import { Lane, lossAt, matrixOf, stateOf } from "./lane.js";
import { LogChart } from "./log-chart.js";
import { OptionsForm } from "./options-form.js";
import { lean, MOST, namesOf, PRESETS, queryOf, racersOf, wholeRuns, without } from "./racers.js";
import { RunBar } from "./train-bar.js";
import { nearest } from "./train-lines.js";
import { Trainer } from "./train-run.js";
import { t } from "./train-words.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {Record<string, any>} Values
 */

const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
const WANTED = "forward,contributions";

class RaceTool {
  /** @param {HTMLElement} host @param {any} context */
  constructor(host, context) {
    this.host = host;
    this.context = context;
    this.tables = { fields: context.fields, options: context.catalog.options };
    this.snapshots = createSnapshots();
    /** @type {Lane[]} */
    this.lanes = [];
    /** @type {Epochs[]} */
    this.epochs = [];
    /** @type {string[]} */
    this.names = [];
    this.key = "";
    this.line = "";
    this.trainer = new Trainer({
      changed: () => this.turned(),
      failed: (problem) => this.failed(problem),
      lost: (tries) => this.tell(t("train.lost", { tries })),
      back: () => this.tell(t("train.back")),
    });
    this.build();
    this.gather();
    if (context.player.state.epoch > 0) this.begin();
  }

  build() {
    const { context, trainer } = this;
    const words = { go: "race.go", again: "race.again" };
    this.bar = new RunBar(trainer, { begin: () => this.begin(), resume: () => this.resume(), words });
    this.form = new OptionsForm(context.catalog.options, (options) => context.setOptions(options), "race");
    this.preset = make("select", { id: "race-preset" });
    for (const name of [...Object.keys(PRESETS), "own"])
      this.preset.append(make("option", { value: name }, t(`race.${name}`)));
    this.preset.addEventListener("change", () => this.choose(this.preset?.value ?? "cells"));
    this.add = make("button", { type: "button", class: "button" }, t("race.add"));
    this.add.addEventListener("click", () => this.join());
    this.trouble = make("p", { class: "tool-trouble", role: "alert", hidden: true });
    this.loss = new LogChart({ title: t("train.loss"), height: 150, choose: (update) => this.seek(update) });
    this.scales = make("p", { class: "tool-note" });
    this.list = make("ol", { class: "lanes" });
    const label = make("label", { for: "race-preset" }, t("race.preset"));
    const who = make("div", { class: "options-row" }, label, this.preset);
    const choice = make("div", { class: "race-who" }, who, this.add);
    const how = make("details", { class: "race-how" }, make("summary", {}, t("train.options")), this.form.host);
    const parts = [this.bar.host, this.trouble, choice, how, this.loss.host, this.list, this.scales];
    this.host.append(make("div", { class: "tool tool-race" }, ...parts));
  }

  /** Every run as a whole recipe with its options. @returns {Values[]} */
  get wanted() {
    const { context } = this;
    return wholeRuns(context.recipe(), context.options(), racersOf(context.player.state.own), this.tables);
  }

  /** Who races now, if that is another set than before. */
  gather() {
    const { wanted } = this;
    const key = JSON.stringify(wanted);
    if (key === this.key) return;
    this.key = key;
    this.trainer.forget();
    this.names = namesOf(wanted, this.tables);
    this.epochs = wanted.map((run) => this.createEpochs(run));
    this.lanes = wanted.map((_, index) => this.createLane(index));
    this.list?.replaceChildren(...this.lanes.map(({ host }) => host));
    const { own } = this.context.player.state;
    if (this.preset) this.preset.value = own.runs === undefined ? (own.race ?? "cells") : "own";
    if (this.add) this.add.disabled = wanted.length >= MOST;
    this.form?.show(this.context.options());
    this.draw();
  }

  /** @param {Values} run */
  createEpochs(run) {
    const epochs = new Epochs({
      fetch: (query, update, signal) => this.snapshots.trace(`${query}&include=${WANTED}`, update, signal),
      sizes: (trace) => [matrixOf(trace)?.data ?? []],
      room: 48 * 2 ** 20,
    });
    epochs.of(queryOf(run, this.tables));
    return epochs;
  }

  /** @param {number} index */
  createLane(index) {
    const lane = new Lane({
      meaning: COLOURS[index],
      look: (at) => this.context.player.look(at),
      remove: () => this.keep(racersFixed(this).filter((_, other) => other !== index)),
      open: () => this.open(index),
    });
    lane.fresh = () => this.draw();
    return lane;
  }

  /** @param {string} name */
  choose(name) {
    if (name === "own") return this.keep(racersFixed(this));
    this.context.keep({ race: name === "cells" ? null : name, runs: null });
  }

  /** The recipe of the page races too. */
  join() {
    const mine = lean(this.context.recipe(), this.tables.fields);
    const added = { ...mine, cell: this.context.recipe().cell };
    this.keep([...racersFixed(this), without(added, ["seed", "data", "text"])].slice(0, MOST));
  }

  /** @param {Values[]} runs */
  keep(runs) {
    this.context.keep({ race: null, runs: JSON.stringify(runs) });
  }

  /** A run's recipe becomes the page's; the race stays what it is. @param {number} index */
  open(index) {
    const run = this.wanted[index];
    const fixed = this.wanted.map((each) =>
      without(each, ["seed", "data", "text", ...Object.keys(this.context.options())]),
    );
    this.keep(fixed);
    const recipe = Object.fromEntries(
      this.tables.fields.map((/** @type {any} */ { name, default: usual }) => [name, run[name] ?? usual ?? null]),
    );
    this.context.ask(recipe);
  }

  begin() {
    if (!this.form?.send()) return;
    this.gather();
    const runs = this.wanted;
    if (runs.length === 0) return;
    this.tell("");
    if (this.trouble) hide(this.trouble, true);
    this.context.time.live = this.context.player.state.epoch === 0;
    this.trainer.begin({ body: { runs }, count: runs.length });
    this.tick();
  }

  resume() {
    this.context.time.resume();
    this.trainer.go();
    this.tick();
  }

  tick() {
    if (JSON.stringify(this.wanted) !== this.key && this.context.player.state.tool === "race") return this.gather();
    this.hear();
    if (this.trainer.busy) requestAnimationFrame(() => this.tick());
  }

  hear() {
    const { runs } = this.trainer;
    this.trainer.heard();
    if (runs.length < this.lanes.length) return;
    const going = runs.filter(({ diverged }) => diverged === null);
    const counted = going.length > 0 ? going : runs;
    const shared = counted[0].snapshots.filter((update) => counted.every((run) => run.snapshots.includes(update)));
    this.context.time.learn(shared, runs[0].total);
    this.draw();
  }

  turned() {
    const { trainer, context } = this;
    context.mark("race", trainer.busy ? t("train.live") : "");
    if (trainer.stage === "done") {
      this.hear();
      context.say(this.words());
    }
    if (!trainer.busy) context.time.live = false;
    this.draw();
  }

  /** @param {string} line */
  tell(line) {
    this.line = line;
    this.draw();
  }

  /** @param {any} problem */
  failed(problem) {
    if (this.form?.complain(problem?.errors ?? []) || !this.trouble) return;
    write(this.trouble, problem?.message ?? String(problem));
    hide(this.trouble, false);
  }

  /** @param {number} update */
  seek(update) {
    const { time, player } = this.context;
    if (time.known.length === 0) return;
    time.live = false;
    player.set({ epoch: nearest(time.known, update) });
  }

  words() {
    const { trainer, line } = this;
    const { runs, stage } = trainer;
    if (line && trainer.busy) return line;
    if (this.lanes.length === 0) return t("race.empty");
    if (stage === "waiting") return t("train.waiting");
    if (runs.length === 0) return t("race.idle");
    const said = { update: Math.max(...runs.map((run) => run.length)), total: runs[0].total };
    if (stage !== "done")
      return t(stage === "running" ? "race.running" : `train.${stage === "failed" ? "stopped" : stage}`, said);
    return `${t("race.done", said)}. ${this.ahead()}`;
  }

  /** Who has the least loss at the end. */
  ahead() {
    const ends = this.trainer.runs.map((run) => (run.diverged ? Number.POSITIVE_INFINITY : lossAt(run, run.length)));
    const best = ends.indexOf(Math.min(...ends));
    return Number.isFinite(ends[best]) ? t("race.ahead", { name: this.names[best], loss: short(ends[best]) }) : "";
  }

  draw() {
    const { runs } = this.trainer;
    const { state } = this.context.player;
    this.bar?.draw(this.words(), runs[0] ? Math.max(...runs.map((run) => run.length)) / runs[0].total : 0);
    for (const [index, lane] of this.lanes.entries()) lane.say(this.names[index], runs[index], state.epoch);
    if (this.host.hidden) return;
    this.drawLoss(state);
    this.drawLanes(state);
  }

  /** @param {State} state */
  drawLoss({ epoch }) {
    const { runs } = this.trainer;
    const { palette } = this.context.scene;
    const lines = runs.map((run, index) => ({
      ...{ key: run, name: this.names[index], meaning: COLOURS[index], dash: DASHES[index] },
      ...{ data: run.column("loss") ?? [], raw: true },
    }));
    const value = runs[0]?.start.baseline.value ?? null;
    const list = lines.map(({ name, data }) => `${name} ${short(data[data.length - 1] ?? Number.NaN)}`).join(", ");
    const picture = {
      lines,
      palette,
      total: runs[0]?.total ?? 1,
      at: epoch,
      level: value === null ? null : { value, text: "" },
    };
    this.loss?.draw({ ...picture, marks: this.context.time.known }, t("race.loss.label", { list }));
  }

  /** @param {State} state */
  drawLanes(state) {
    const traces = this.lanes.map((_, index) => this.traceOf(index, state.epoch));
    const there = traces.filter((trace) => trace !== null);
    const scales = this.scale(there);
    if (this.scales) hide(this.scales, there.length === 0);
    const { low, high } = scales.decades;
    const said = {
      low: short(-scales.limit),
      high: short(scales.limit),
      least: short(10 ** low),
      most: short(10 ** high),
    };
    if (this.scales) write(this.scales, t("race.scales", said));
    const { catalog, scene } = this.context;
    const means = { catalog, palette: scene.palette, scales, at: state.t, version: String(scene.version) };
    for (const [index, lane] of this.lanes.entries()) lane.draw(traces[index], means);
  }

  /** One scale for all lanes. @param {Trace[]} traces */
  scale(traces) {
    const states = traces.map((trace) => largest(stateOf(trace, this.context.catalog)?.data ?? []));
    const all = this.epochs.flatMap((epochs) => epochs.decades ?? []);
    const joined =
      all.length > 0
        ? { low: Math.min(...all.map(({ low }) => low)), high: Math.max(...all.map(({ high }) => high)) }
        : null;
    return { limit: roundUp(Math.max(...states, 0)), decades: joined ?? decades([]) };
  }

  /** The trace of a run at an update, or the last that is there while another comes. @param {number} index @param {number} epoch @returns {Trace | null} */
  traceOf(index, epoch) {
    const run = this.trainer.runs[index];
    const epochs = this.epochs[index];
    const known = run?.snapshots ?? [];
    if (known.length === 0) return this.lanes[index].trace;
    const update = known.reduce((best, each) => (each <= epoch ? each : best), known[0]);
    const here = epochs.get(update);
    if (here) {
      epochs.ahead(update, known);
      return here;
    }
    if (epochs.coming.size < 2)
      epochs.want(update).then(
        () => this.draw(),
        () => {},
      );
    return this.lanes[index].trace;
  }

  /** @param {Trace} _trace @param {State} _state */
  update(_trace, _state) {
    this.gather();
    this.form?.show(this.context.options());
    this.draw();
  }

  destroy() {
    this.trainer.forget();
    this.host.replaceChildren();
  }
}

/** The racers as they stand, whatever named them. @param {RaceTool} race */
const racersFixed = (race) => racersOf(race.context.player.state.own).map((racer) => ({ ...racer }));

export const tool = {
  name: "race",
  /** @param {HTMLElement} host @param {any} context */
  mount: (host, context) => new RaceTool(host, context),
};
