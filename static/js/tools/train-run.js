// One training run under way, or several of a race: begun, held, let go, stopped; what it says of itself.

import { createRuns, follow } from "../training.js";

/**
 * @typedef {import('../training.js').Wish} Wish
 * @typedef {import('../training.js').Run} Run
 * @typedef {'idle' | 'waiting' | 'running' | 'paused' | 'stopped' | 'done' | 'failed'} Stage
 * @typedef {{changed: () => void, failed: (problem: any) => void, lost: (tries: number) => void, back: () => void}} Told
 */

export class Trainer {
  /** @param {Told} told @param {typeof follow} [read] */
  constructor(told, read = follow) {
    this.told = told;
    this.read = read;
    /** @type {Stage} */
    this.stage = "idle";
    /** @type {Wish} */
    this.wish = {};
    this.events = createRuns(0);
    this.control = new AbortController();
  }

  /** @returns {Run[]} */
  get runs() {
    return this.events.runs;
  }

  get busy() {
    return this.stage === "running" || this.stage === "waiting";
  }

  /** @param {Wish} wish */
  begin(wish) {
    this.control.abort();
    this.wish = wish;
    this.events = createRuns(wish.count ?? 1);
    return this.go();
  }

  /** Read on from where the run stands. */
  async go() {
    const control = new AbortController();
    this.control = control;
    this.turn("waiting");
    const { lost, back } = this.told;
    try {
      await this.read(this.wish, this.events, { signal: control.signal, line: { lost, back } });
      if (!control.signal.aborted) this.turn("done");
    } catch (problem) {
      if (control.signal.aborted) return;
      this.turn("failed");
      this.told.failed(problem);
    }
  }

  /** @param {Stage} stage */
  turn(stage) {
    this.stage = stage;
    this.told.changed();
  }

  /** Something has come. */
  heard() {
    if (this.stage === "waiting" && this.runs.length > 0) this.turn("running");
  }

  pause() {
    this.control.abort();
    this.turn("paused");
  }

  stop() {
    this.control.abort();
    this.turn("stopped");
  }

  /** As if nothing had been. */
  forget() {
    this.control.abort();
    this.events = createRuns(0);
    this.turn("idle");
  }
}
