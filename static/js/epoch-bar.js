// The bar of training time: which snapshot of a run the page shows. It is there as soon as something has been trained.

import { hide, make, put, write } from "./dom.js";
import { t } from "./strings.js";

const BEAT = 120;

/** @typedef {import('./training-time.js').TrainingTime} TrainingTime */

export class EpochBar {
  /** @param {import('./player.js').Player} player @param {TrainingTime} time */
  constructor(player, time) {
    this.player = player;
    this.time = time;
    this.timer = 0;
    this.range = make("input", { type: "range", class: "slider", min: "0", step: "1", "aria-label": t("epoch.range") });
    this.words = make("output", { class: "epoch-words" });
    this.playing = make("button", { type: "button", class: "icon epoch-play" });
    this.back = make("button", { type: "button", class: "tabs-item epoch-back" }, t("epoch.back"));
    this.host = make(
      "div",
      { class: "epoch-bar", role: "group", "aria-label": t("epoch.label"), hidden: true },
      this.playing,
      this.range,
      this.words,
      this.back,
    );
    this.range.addEventListener("input", () => this.choose(Number(this.range.value)));
    this.playing.addEventListener("click", () => (this.timer ? this.stop() : this.play()));
    this.back.addEventListener("click", () => {
      this.stop();
      time.live = false;
      player.set({ epoch: 0 });
    });
    this.label();
  }

  /** The updates that can be seen, the one that is shown among them. */
  get marks() {
    const { epoch } = this.player.state;
    const { known } = this.time;
    return known.includes(epoch) ? known : [...new Set([0, ...known, epoch])].sort((one, other) => one - other);
  }

  /** @param {number} place */
  choose(place) {
    this.stop();
    this.time.live = false;
    this.player.set({ epoch: this.marks[place] ?? 0 });
  }

  /** Through all of training, a snapshot a beat, each once it is there. */
  play() {
    const { marks } = this;
    this.time.live = false;
    let place = marks.indexOf(this.player.state.epoch);
    if (place === marks.length - 1) place = -1;
    const next = () => {
      place += 1;
      if (place >= this.marks.length) return this.stop();
      this.player.set({ epoch: this.marks[place] });
      const after =
        this.marks[place] === 0 ? Promise.resolve() : this.time.epochs.want(this.marks[place]).catch(() => {});
      after.then(() => {
        if (this.timer) this.timer = window.setTimeout(next, BEAT);
      });
    };
    this.timer = -1;
    next();
    this.label();
  }

  stop() {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.label();
  }

  label() {
    const text = t(this.timer ? "epoch.pause" : "epoch.play");
    put(this.playing, "aria-label", text);
    put(this.playing, "title", text);
    this.host.classList.toggle("is-playing", this.timer !== 0);
  }

  draw() {
    const { epoch } = this.player.state;
    const { marks } = this;
    hide(this.host, marks.length < 2);
    if (marks.length < 2) return;
    const place = marks.indexOf(epoch);
    put(this.range, "max", String(marks.length - 1));
    this.range.value = String(place);
    this.range.style.setProperty("--share", `${(100 * place) / (marks.length - 1)}%`);
    const text = t(["epoch.start", "epoch.one"][epoch] ?? "epoch.at", { update: epoch });
    write(this.words, text);
    put(this.range, "aria-valuetext", text);
    this.back.disabled = epoch === 0;
  }
}
