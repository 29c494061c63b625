// The line under the top of the page: how far a run has come, what went wrong, what a result means.

import { make, write } from "./dom.js";
import { t } from "./strings.js";

const PATIENCE = 350;

/** @param {string} key @param {() => void} does */
function button(key, does) {
  const element = make("button", { type: "button", class: "button" }, t(key));
  element.addEventListener("click", does);
  return element;
}

class Notice {
  /** @param {HTMLElement} host @param {{cancel: () => void}} does */
  constructor(host, { cancel }) {
    this.host = host;
    this.cancel = cancel;
    this.timer = 0;
    /** @type {HTMLProgressElement | null} */
    this.bar = null;
    this.words = make("span");
  }

  hide() {
    clearTimeout(this.timer);
    this.host.hidden = true;
    this.bar = null;
  }

  /** @param {string} kind @param {...Node} content */
  show(kind, ...content) {
    clearTimeout(this.timer);
    this.host.dataset.kind = kind;
    this.host.replaceChildren(...content);
    this.host.hidden = false;
  }

  /** A run has been asked for: only one that takes its time is worth a bar. */
  wait() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.begin(), PATIENCE);
  }

  begin() {
    this.bar = make("progress", { "aria-label": t("page.progress") });
    write(this.words, t("page.asking"));
    const cancel = button("page.cancel", () => {
      this.hide();
      this.cancel();
    });
    this.show("progress", this.words, this.bar, cancel);
  }

  /** @param {number} done @param {number} total */
  progress(done, total) {
    if (this.bar === null) return;
    this.bar.max = total;
    this.bar.value = done;
    write(this.words, t("page.computing", { done, total }));
  }

  /** What a run means. @param {string} text */
  result(text) {
    this.tell("result", text);
  }

  /** @param {string} text @param {() => void} [again] for what a second try may mend */
  problem(text, again) {
    this.tell("problem", text, ...(again ? [button("page.again", again)] : []));
  }

  /** The server does not answer; it is asked again. @param {number} tries */
  lost(tries) {
    if (this.bar === null) {
      clearTimeout(this.timer);
      this.begin();
    }
    write(this.words, t("page.lost", { tries }));
  }

  /** @param {string} kind @param {string} text @param {...Node} doing */
  tell(kind, text, ...doing) {
    this.bar = null;
    this.show(
      kind,
      make("span", {}, text),
      ...doing,
      button("page.dismiss", () => this.hide()),
    );
  }
}

/** @param {HTMLElement} host @param {{cancel: () => void}} does */
export const createNotice = (host, does) => new Notice(host, does);
