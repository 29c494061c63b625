// The search of a lesson's step: the one that came with the page, and another as soon as the beam or the run is another one.

import { inquiries } from "../inquiries.js";
import { createLatest } from "../panel/latest.js";

/**
 * @typedef {import('../player.js').State} State
 * @typedef {{stage: any, player: import('../player.js').Player, query: () => string, decode: Record<string, string | number>}} Means
 */

export class Searching {
  /** @param {Means} means */
  constructor(means) {
    this.means = means;
    /** What the search that is shown was asked with: that which came with the page with the lesson's own beam. @type {string} */
    this.known = means.stage.trace.search ? this.asked(undefined) : "";
    this.latest = createLatest(
      (/** @type {Record<string, string>} */ query, signal) => inquiries.decode(query, { signal }),
      { answer: (search) => this.show(search), fail: () => {} },
    );
    means.player.subscribe(() => this.follow());
    this.follow();
  }

  /** The question as it stands now. @param {number | undefined} size of the beam, where it is not the lesson's own */
  asked(size) {
    const { query, decode } = this.means;
    const wanted = new URLSearchParams(query());
    for (const [name, value] of Object.entries(decode)) wanted.set(name, String(value));
    if (size && decode.method === "beam") wanted.set("width", String(size));
    return String(wanted);
  }

  /** Ask again if the question is another one. */
  follow() {
    const asked = this.asked(this.means.player.state.look.size);
    if (asked === this.known) return;
    this.known = asked;
    this.latest.want(asked, "", Object.fromEntries(new URLSearchParams(asked)));
  }

  /** @param {any} search */
  show(search) {
    const { stage } = this.means;
    stage.trace.search = search;
    stage.refresh();
  }
}
