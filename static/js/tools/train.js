// Train the network of the page and watch it learn: the loss, the gradients, the gates, what it expects. Afterwards the bar of
// training time goes back and forth through its snapshots.

import { hide, make, write } from "../dom.js";
import { short } from "../numbers.js";
import { words } from "../say.js";
import { LogChart } from "./log-chart.js";
import { OptionsForm } from "./options-form.js";
import { RunBar } from "./train-bar.js";
import { byDistance, lossLine, meaningOfParameter, meanOf, nearest, normLines, parameterOf } from "./train-lines.js";
import { Trainer } from "./train-run.js";
import { t } from "./train-words.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {import('../training.js').Run} Run
 */

const MOST_WORDS = 40;

class TrainTool {
  /** @param {HTMLElement} host @param {any} context */
  constructor(host, context) {
    this.host = host;
    this.context = context;
    this.query = context.time.query();
    this.line = "";
    this.seen = "";
    /** The mean of each gate at each snapshot that was seen. @type {Map<number, Record<string, number>>} */
    this.gates = new Map();
    this.trainer = new Trainer({
      changed: () => this.turned(),
      failed: (problem) => this.failed(problem),
      lost: (tries) => this.tell(t("train.lost", { tries })),
      back: () => this.tell(t("train.back")),
    });
    this.build();
    this.draw();
    if (context.player.state.epoch > 0) this.begin();
  }

  build() {
    const { context } = this;
    const choose = (/** @type {number} */ update) => this.choose(update);
    const read = (/** @type {number} */ update) => this.read(update);
    this.bar = new RunBar(this.trainer, {
      begin: () => this.begin(),
      resume: () => this.resume(),
      words: { go: "train.go", again: "train.again" },
    });
    this.form = new OptionsForm(context.catalog.options, (options) => context.setOptions(options), "train");
    this.trouble = make("div", { class: "tool-trouble", role: "alert", hidden: true });
    this.baseline = make("p", { class: "tool-note" });
    this.loss = new LogChart({ title: t("train.loss"), height: 132, choose, read });
    this.norms = new LogChart({ title: t("train.norms"), height: 132, choose });
    this.distance = new LogChart({ title: t("train.distance"), height: 96 });
    const far = (/** @type {number} */ place) => choose((place * (this.run?.total ?? 1)) / this.fine);
    this.means = new LogChart({ title: t("train.gates"), height: 96, choose: far });
    this.expects = make("ol", { class: "train-words" });
    this.said = make(
      "section",
      { class: "tool-figure" },
      make("h3", { class: "chart-title" }, t("train.words")),
      this.expects,
    );
    const charts = [this.loss.host, this.baseline, this.said, this.norms.host, this.distance.host, this.means.host];
    this.results = make("div", { class: "train-results" }, ...charts);
    this.host.append(
      make("div", { class: "tool tool-train" }, this.bar.host, this.trouble, this.form.host, this.results),
    );
    this.form.show(context.options());
  }

  get run() {
    return this.trainer.runs[0];
  }

  /** Places on the axis of the gates, of which only the snapshots are known. */
  get fine() {
    return Math.min(this.run?.total ?? 1, 2000);
  }

  begin() {
    const { time } = this.context;
    if (!this.form?.send()) return;
    this.query = time.query();
    this.tell("");
    this.gates.clear();
    this.show();
    time.live = this.context.player.state.epoch === 0;
    this.trainer.begin({ query: this.query });
    this.tick();
  }

  resume() {
    this.context.time.resume();
    this.trainer.go();
    this.tick();
  }

  /** While a run is under way, look once a frame at what has come. */
  tick() {
    if (this.query !== this.context.time.query()) return this.forget();
    this.hear();
    if (this.trainer.busy) requestAnimationFrame(() => this.tick());
  }

  hear() {
    const { run, trainer } = this;
    trainer.heard();
    if (!run) return;
    this.context.time.learn([...run.snapshots], run.total);
    if (run.diverged && this.trouble?.hidden) this.diverged(run.diverged);
    this.draw();
  }

  /** The recipe or the options are others now: what was trained is not theirs. */
  forget() {
    this.query = this.context.time.query();
    this.gates.clear();
    this.line = "";
    this.show();
    this.trainer.forget();
  }

  turned() {
    const { trainer, context } = this;
    context.mark("train", trainer.busy ? t("train.live") : "");
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
    const placed = this.form?.complain(problem?.errors ?? []);
    if (!placed) this.show(problem?.message ?? String(problem));
  }

  /** @param {...(string | Node)} content */
  show(...content) {
    this.trouble?.replaceChildren(...content);
    if (this.trouble) hide(this.trouble, content.length === 0);
  }

  /** @param {import('../training.js').Divergence} found */
  diverged({ update, array, value, t: at }) {
    const where = at === undefined ? "" : t("train.diverged.t", { t: at });
    const { rate, clip } = this.run.start.options;
    const usual = Number(rate ?? this.run.column("rate")?.[0] ?? 0.01);
    const less = Number((usual / 10).toPrecision(3));
    const tries = make(
      "p",
      { class: "tool-tries" },
      t("train.try"),
      " ",
      this.offer("train.try.rate", { rate: String(less) }),
    );
    if (clip !== "norm") tries.append(" ", this.offer("train.try.clip", { clip: "norm", threshold: "1" }));
    this.show(make("p", {}, t("train.diverged", { update, array, value, where })), tries);
  }

  /** @param {string} key @param {Record<string, string>} change */
  offer(key, change) {
    const button = make("button", { type: "button", class: "mend" }, t(key));
    button.addEventListener("click", () => {
      this.form?.show({ ...this.context.options(), ...change });
      this.begin();
    });
    return button;
  }

  /** Go to the snapshot nearest to an update. @param {number} update */
  choose(update) {
    const { time, player } = this.context;
    if (time.known.length === 0) return;
    time.live = false;
    player.set({ epoch: nearest(time.known, update) });
  }

  /** @param {number} update */
  read(update) {
    const value = this.run?.column("loss")?.[Math.max(0, update - 1)];
    return value === undefined ? "" : t("train.at", { update, value: short(value) });
  }

  /** How the run stands. */
  words() {
    const { run, trainer, line } = this;
    if (line && trainer.busy) return line;
    if (trainer.stage === "waiting") return t("train.waiting");
    if (!run) return t("train.idle");
    const loss = run.column("loss") ?? [];
    const said = {
      ...{ update: run.length, total: run.total },
      ...{ first: short(loss[0] ?? Number.NaN), loss: short(loss[run.length - 1] ?? Number.NaN) },
    };
    const key = trainer.stage === "done" && run.diverged ? "stopped" : trainer.stage;
    return t(`train.${key === "failed" ? "stopped" : key}`, said);
  }

  draw() {
    const { run } = this;
    this.bar?.draw(this.words(), run ? run.length / run.total : 0);
    if (this.results) hide(this.results, !run || run.length === 0);
    if (!run || run.length === 0 || this.host.hidden) return;
    this.drawCurves(run);
    this.drawSnapshot(this.context.trace(), this.context.player.state);
  }

  /** @param {Run} run */
  drawCurves(run) {
    const { palette } = this.context.scene;
    const { baseline } = run.start;
    const shared = { total: run.total, palette, at: this.context.player.state.epoch };
    const level = baseline.value === null ? null : { value: baseline.value, text: "" };
    const line = lossLine(run, short(run.column("loss")?.[run.length - 1] ?? Number.NaN));
    this.loss?.draw({ ...shared, lines: [{ ...line, name: "J" }], level, marks: run.snapshots }, this.lossWords(run));
    const norms = normLines(run);
    const list = norms.map(({ name, data }) => `${name} ${short(data[data.length - 1])}`).join(", ");
    this.norms?.grow(Math.max(132, 13 * norms.length + 16));
    this.norms?.draw({ ...shared, lines: norms }, t("train.norms.label", { done: run.length, list }));
    const value = baseline.value === null ? "" : short(baseline.value);
    if (this.baseline) {
      hide(this.baseline, value === "");
      write(this.baseline, `- - - ${t("train.baseline", { value, formula: baseline.formula })}`);
    }
  }

  /** @param {Run} run */
  lossWords(run) {
    const loss = run.column("loss") ?? [];
    const smooth = this.loss?.kept.get("J")?.columns.mean ?? Number.NaN;
    const said = { first: short(loss[0]), last: short(loss[run.length - 1]), smooth: short(smooth) };
    return t("train.loss.label", { done: run.length, total: run.total, ...said });
  }

  /** What the weights of a snapshot do. @param {Trace} trace @param {State} state */
  drawSnapshot(trace, state) {
    const { scene } = this.context;
    const key = `${trace.id} ${scene.version} ${scene.parameter} ${this.context.time.epochs.kept.size}`;
    if (key === this.seen) return;
    this.seen = key;
    this.drawDistance(trace);
    this.drawGates(trace, state);
    this.drawWords(trace);
  }

  /** @param {Trace} trace */
  drawDistance(trace) {
    const { scene } = this.context;
    const parameter = parameterOf(trace, scene.parameter);
    const meaning = meaningOfParameter(parameter);
    const now = byDistance(trace, parameter);
    const first = byDistance(this.context.whole(), parameter);
    const steps = now.length - 1;
    /** @type {import('./log-chart.js').Line[]} */
    const lines = now.length === 0 ? [] : [{ key: now, name: t("train.distance.now"), data: now, meaning }];
    if (first.length > 0 && trace !== this.context.whole())
      lines.unshift({ key: first, name: t("train.distance.first"), data: first, meaning, faint: true, dash: [4, 3] });
    const label = t("train.distance.label", { parameter, first: short(now[0]), last: short(now[steps]), steps });
    this.distance?.draw({ lines, total: Math.max(1, now.length), palette: scene.palette }, label);
  }

  /** @param {Trace} trace @param {State} state */
  drawGates(trace, { epoch }) {
    const { scene } = this.context;
    const names = scene.cell.nodes
      .filter((/** @type {any} */ { role }) => role === "gate")
      .map((/** @type {any} */ { name }) => name);
    const means = (/** @type {Trace} */ each) => names.map((/** @type {string} */ name) => [name, meanOf(each, name)]);
    const found = means(trace);
    for (const [update, kept] of [[0, { trace: this.context.whole() }], ...this.context.time.epochs.kept])
      if (!this.gates.has(update)) this.gates.set(update, Object.fromEntries(means(kept.trace)));
    const total = this.fine;
    const share = total / this.run.total;
    const lines = names.map((/** @type {string} */ name) => gateLine(name, this.gates, total, share));
    const list = found.map((/** @type {[string, number]} */ [name, mean]) => `${name} ${short(mean)}`).join(", ");
    const picture = {
      lines,
      total,
      palette: scene.palette,
      at: epoch * share,
      fixed: /** @type {[number, number]} */ ([0, 1]),
    };
    this.means?.draw(picture, t("train.gates.label", { list }));
  }

  /** @param {Trace} trace */
  drawWords(trace) {
    if (!this.said || !this.expects) return;
    hide(this.said, !trace.get("probs") || !trace.labels.time);
    if (this.said.hidden) return;
    const count = Math.min(MOST_WORDS, trace.dims.time);
    const items = Array.from({ length: count }, (_, at) => item(words(trace, at), at));
    this.expects.replaceChildren(...items);
  }

  /** @param {Trace} trace @param {State} state */
  update(trace, state) {
    if (this.query !== this.context.time.query()) this.forget();
    this.form?.show(this.context.options());
    if (!this.run || this.run.length === 0) return;
    this.drawCurves(this.run);
    this.drawSnapshot(trace, state);
  }

  destroy() {
    this.trainer.forget();
    this.host.replaceChildren();
  }
}

/** A gate's means at the snapshots seen, in the order of training. @param {string} name @param {Map<number, Record<string, number>>} seen @param {number} total @param {number} share */
function gateLine(name, seen, total, share) {
  const data = new Float64Array(total + 1).fill(Number.NaN);
  for (const [update, means] of seen) data[Math.round(update * share)] = means[name] ?? Number.NaN;
  return { key: data, name, data, meaning: meaningOfParameter(`_${name}`) };
}

/** @param {ReturnType<typeof words>} said @param {number} at */
function item({ word, guess, target, p }, at) {
  const text = t("train.word", { word, guess, target, p });
  const right = guess === target;
  const share = make("span", { class: "train-share", "aria-hidden": "true" });
  share.style.setProperty("--p", p.startsWith("<") ? "0%" : p);
  return make(
    "li",
    { class: right ? "is-right" : "is-wrong", title: text, "data-t": String(at) },
    make("span", { "aria-hidden": "true" }, guess),
    share,
    make("span", { class: "hidden" }, text),
  );
}

export const tool = {
  name: "train",
  /** @param {HTMLElement} host @param {any} context */
  mount: (host, context) => new TrainTool(host, context),
};
