// Where the page stands in training time: the player's epoch, the traces of its snapshots, and who is told of them.

import { decades } from "./color.js";
import { createSnapshots, Epochs } from "./epochs.js";
import { toQuery } from "./recipe.js";
import { magnitudes } from "./scene.js";

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./player.js').State} State
 * @typedef {{player: import('./player.js').Player, stage: any, api: any, fields: any[], query: () => string, whole: () => Trace,
 *   waiting: (waits: boolean) => void, failed: (problem: any) => void}} Means `query` asks for the recipe and its options
 */

/** How a question names the weights of a snapshot before they have an id. @param {number} epoch */
const marked = (epoch) => `at-${epoch}`;

export class TrainingTime {
  /** @param {Means} means */
  constructor(means) {
    this.means = means;
    this.snapshots = createSnapshots();
    this.epochs = this.createEpochs();
    /** Updates whose weights can be seen, in order. @type {readonly number[]} */
    this.known = [];
    this.total = 0;
    /** Whether the newest snapshot is shown as it comes. */
    this.live = false;
    this.seen = "";
    means.stage.rest.busy = () => this.live;
    /** @type {Map<string, string>} the ids of weights, by the query that names them */
    this.models = new Map();
  }

  /** What asks for this run, with its options. */
  query() {
    return this.means.query();
  }

  createEpochs() {
    const sizes = (/** @type {Trace} */ trace) => magnitudes(trace, this.means.stage.scene.cell);
    return new Epochs({ fetch: this.snapshots.trace, sizes, heard: () => this.means.player.set({}) });
  }

  /** What a run has so far. @param {readonly number[]} known @param {number} total */
  learn(known, total) {
    this.known = known;
    this.total = total;
    this.epochs.of(this.means.query());
    const newest = known[known.length - 1] ?? 0;
    if (this.live && newest !== this.means.player.state.epoch) this.means.player.set({ epoch: newest });
    else this.epochs.ahead(this.means.player.state.epoch, known);
  }

  /** A run goes on after a rest: whoever saw its newest weights sees them come again. */
  resume() {
    this.live = this.means.player.state.epoch === (this.known[this.known.length - 1] ?? 0);
  }

  /** Another recipe or other options: what was trained is gone. */
  forget() {
    this.learn([], 0);
    this.live = false;
    this.means.player.set({ epoch: 0 });
  }

  /** @param {State} state */
  async see({ epoch }) {
    const { query, whole, waiting } = this.means;
    this.epochs.of(query());
    const wanted = `${this.epochs.query} ${whole().id} ${epoch}`;
    if (wanted === this.seen) return;
    this.seen = wanted;
    if (epoch === 0) return this.present(whole());
    const here = this.epochs.get(epoch);
    if (here) return this.present(here, epoch);
    waiting(true);
    try {
      const trace = await this.epochs.want(epoch);
      if (wanted === this.seen) this.present(trace, epoch);
    } catch (problem) {
      if (wanted === this.seen) this.mend(problem, epoch);
    } finally {
      waiting(false);
    }
  }

  /** @param {Trace} trace @param {number} [epoch] */
  present(trace, epoch = 0) {
    const { stage, fields, player, whole } = this.means;
    if (epoch > 0) trace.query ??= toQuery({ ...trace.recipe, model: marked(epoch) }, fields);
    const trained = this.epochs.decades;
    const first = decades(magnitudes(whole(), stage.scene.cell));
    stage.scene.common = trained && { low: Math.min(trained.low, first.low), high: Math.max(trained.high, first.high) };
    if (stage.trace !== trace) stage.show(trace);
    if (this.known.length > 0) this.epochs.ahead(player.state.epoch, this.known);
  }

  /** An address may name an update of which there is no snapshot: the nearest is meant. @param {any} problem @param {number} epoch */
  mend(problem, epoch) {
    if (problem?.name === "AbortError") return;
    const nearest = problem?.errors?.find((/** @type {any} */ { pointer }) => pointer === "/update")?.allowed?.nearest;
    this.means.player.set({ epoch: typeof nearest === "number" && nearest !== epoch ? nearest : 0 });
    if (typeof nearest !== "number") this.means.failed(problem);
  }

  /** The network's door, through which questions about a snapshot find its weights. */
  request() {
    const { api } = this.means;
    return {
      ...api,
      explain: async (/** @type {string} */ query, /** @type {any} */ params, /** @type {any} */ options) =>
        api.explain(await this.named(query), params, options),
      explainURL: (/** @type {string} */ query, /** @type {any} */ params) =>
        api.explainURL(this.models.get(query) ?? query, params),
    };
  }

  /** A query in which weights of a snapshot have their id. @param {string} query */
  async named(query) {
    const asked = new URLSearchParams(query);
    const epoch = asked.get("model")?.match(/^at-(\d+)$/)?.[1];
    if (epoch === undefined) return query;
    asked.set("model", await this.snapshots.model(this.epochs.query, Number(epoch)));
    this.models.set(query, String(asked));
    return String(asked);
  }
}
