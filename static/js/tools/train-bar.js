// The buttons of a run and the line that says how far it is.

import { hide, make, put, write } from "../dom.js";
import { t } from "./train-words.js";

/** @typedef {import('./train-run.js').Trainer} Trainer */

export class RunBar {
  /** @param {Trainer} trainer @param {{begin: () => void, resume: () => void, words: {go: string, again: string}}} means */
  constructor(trainer, { begin, resume, words }) {
    this.trainer = trainer;
    this.words = words;
    this.go = button("run-go button", begin);
    this.hold = button("button", () => (trainer.stage === "paused" ? resume() : trainer.pause()));
    this.end = button("button", () => trainer.stop());
    this.progress = make("progress", { "aria-label": t("train.progress"), max: "1", value: "0" });
    this.said = make("p", { class: "run-said", role: "status" });
    const buttons = make("div", { class: "run-buttons" }, this.go, this.hold, this.end, this.progress);
    this.host = make("div", { class: "run-bar" }, buttons, this.said);
  }

  /** @param {string} text @param {number} share how far the run is */
  draw(text, share) {
    const { stage, busy } = this.trainer;
    const live = busy || stage === "paused";
    write(this.go, t(stage === "idle" ? this.words.go : this.words.again));
    write(this.hold, t(stage === "paused" ? "train.on" : "train.pause"));
    write(this.end, t("train.stop"));
    hide(this.go, live);
    hide(this.hold, !live);
    hide(this.end, !live);
    put(this.progress, "value", String(share));
    this.progress.classList.toggle("is-over", !live);
    write(this.said, text);
  }
}

/** @param {string} name @param {() => void} does */
function button(name, does) {
  const element = make("button", { type: "button", class: name });
  element.addEventListener("click", does);
  return element;
}
