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
    /** What the search that is shown was asked with. @type {string} */
    this.known = this.asked();
    this.latest = createLatest(
      (/** @type {Record<string, string>} */ query, signal) => inquiries.decode(query, { signal }),
      { answer: (search) => this.show(search), fail: () => {} },
    );
    means.player.subscribe(() => this.follow());
  }

  /** The question as it stands now. */
  asked() {
    const { player, query, decode } = this.means;
    const wanted = new URLSearchParams(query());
    for (const [name, value] of Object.entries(decode)) wanted.set(name, String(value));
    const { size } = player.state.look;
    if (size && decode.method === "beam") wanted.set("width", String(size));
    return String(wanted);
  }

  /** Ask again if the question is another one. */
  follow() {
    const asked = this.asked();
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
