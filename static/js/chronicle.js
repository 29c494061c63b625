// What has been seen, as the browser's own history: every recipe and every state of a tool is an entry, so that undo is the
// way back and redo the way forth, and the buttons of the browser do the same.

/**
 * @typedef {'recipe' | 'tool' | 'place'} Kind recipes in quick succession are one entry, as while a slider moves; another place is none
 * @typedef {{history: Pick<History, 'pushState' | 'replaceState' | 'back' | 'forward' | 'state'>, now: () => number,
 *   here: () => string}} Means
 */

const TOGETHER = 1500;

export class Chronicle {
  /** @param {Means} means @param {() => void} [changed] */
  constructor(means, changed = () => {}) {
    this.means = means;
    this.changed = changed;
    this.at = Number(means.history.state?.at ?? 0);
    this.last = this.at;
    this.pushed = -Infinity; // the first change is an entry, however soon it comes
    /** @type {Kind} */
    this.kind = "place";
    if (means.history.state === null) means.history.replaceState({ at: this.at }, ""); // to be known on the way back
  }

  /** @param {string} address @param {Kind} kind */
  write(address, kind) {
    const { history, here, now } = this.means;
    if (address === here()) return;
    const together = kind === "place" || (kind === "recipe" && kind === this.kind && now() - this.pushed < TOGETHER);
    if (together) history.replaceState({ at: this.at }, "", address);
    else {
      this.at += 1;
      this.last = this.at;
      this.kind = kind;
      history.pushState({ at: this.at }, "", address);
    }
    if (kind !== "place") this.pushed = now();
    this.changed();
  }

  /** The browser went back or forth; an address that someone typed is an entry of its own. @param {{at?: number} | null} state */
  travelled(state) {
    this.pushed = -Infinity;
    if (typeof state?.at === "number") this.at = state.at;
    else {
      this.at += 1;
      this.means.history.replaceState({ at: this.at }, "");
      this.last = this.at;
    }
    this.last = Math.max(this.last, this.at);
    this.changed();
  }

  get undoable() {
    return this.at > 0;
  }

  get redoable() {
    return this.at < this.last;
  }

  undo() {
    if (this.undoable) this.means.history.back();
  }

  redo() {
    if (this.redoable) this.means.history.forward();
  }
}
