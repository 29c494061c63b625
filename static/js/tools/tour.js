// A tour in a few stops: each points at a part of the page and says one thing to do. The page stays free to be used meanwhile;
// what is done is noticed. Esc or Skip ends it.

import { hide, make, write } from "../dom.js";
import { loadSheet } from "../sheets.js";
import { addWords, t } from "../strings.js";

/**
 * @typedef {import('../player.js').State} State
 * @typedef {{player: import('../player.js').Player, recipe: () => Record<string, any>}} Means
 * @typedef {{name: string, at: string, done: (state: State, recipe: Record<string, any>) => boolean}} Stop
 */

/** @type {Record<string, string>} */
const ENGLISH = {
  "tour.count": "{at} of {count}",
  "tour.skip": "Skip",
  "tour.back": "Back",
  "tour.next": "Next",
  "tour.end": "Done",
  "tour.did": "That is it.",
  "tour.play.title": "A sentence, read word by word",
  "tour.play":
    "Press the space bar, or this button: the state runs from left to right, and at each step a next word is guessed.",
  "tour.back-in-time.title": "Blame runs back",
  "tour.back-in-time":
    "Press Backward, or B: the gradient of the loss runs from the last step to the first. Watch it fade.",
  "tour.matrix.title": "Who contributed to which error",
  "tour.matrix":
    "Click a cell: its row is an error, its column the step at which the weight was used. The way between them lights up.",
  "tour.cut.title": "Cut the way back",
  "tour.cut": "Drag the black bar to the left: so many steps are kept, and the curve tells what the gradient loses.",
  "tour.cell.title": "Another cell",
  "tour.cell": "Choose LSTM: everything is computed anew, and its gates appear as rows.",
  "tour.numbers.title": "Every number has its equation",
  "tour.numbers": "Click a part of this drawing: both equations with their numbers, forward and backward.",
  "tour.share.title": "All of this is an address",
  "tour.share": "Copy the link, embed it in slides, show its QR code. The examples beside it are such links too.",
};

addWords(ENGLISH);

/** @type {Stop[]} */
const STOPS = [
  { name: "play", at: ".transport .play", done: ({ playing, phase }) => playing || phase === "forward" },
  { name: "back-in-time", at: ".phases", done: ({ phase }) => phase === "backward" },
  { name: "matrix", at: "#view-contributions .frame-plot", done: ({ focus }) => Boolean(focus?.parameter) },
  { name: "cut", at: "#view-contributions .frame-plot", done: (_, { window }) => window !== null },
  { name: "cell", at: ".field-cell", done: (_, { cell }) => cell === "lstm" },
  { name: "numbers", at: ".panel-cell", done: ({ focus }) => Boolean(focus?.node) },
  { name: "share", at: "#share", done: () => false },
];

const GAP = 12;

/** @param {Stop} stop @returns {HTMLElement | null} nothing where a part of the page is hidden */
function anchorOf({ at }) {
  const found = /** @type {HTMLElement | null} */ (document.querySelector(at));
  return found && found.getClientRects().length > 0 ? found : null;
}

/**
 * Where the card stands: beside its anchor, on the side with the most room, inside the window.
 * @param {{left: number, top: number, right: number, bottom: number}} anchor @param {{width: number, height: number}} card
 * @param {{width: number, height: number}} room
 */
export function beside(anchor, card, room) {
  const clamp = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(GAP, Math.min(value, most - GAP));
  const left = clamp((anchor.left + anchor.right - card.width) / 2, room.width - card.width);
  const above = anchor.top - GAP - card.height;
  const below = anchor.bottom + GAP;
  if (below + card.height <= room.height) return { left, top: below };
  if (above >= GAP) return { left, top: above };
  const right = anchor.right + GAP;
  const sideways = right + card.width <= room.width ? right : anchor.left - GAP - card.width;
  return { left: clamp(sideways, room.width - card.width), top: clamp(anchor.top, room.height - card.height) };
}

class Tour {
  /** @param {Means} means */
  constructor(means) {
    this.means = means;
    this.stops = STOPS.filter(anchorOf);
    this.at = 0;
    this.over = new AbortController();
    this.title = make("h2", { id: "tour-title" });
    this.words = make("p", { id: "tour-words" });
    this.did = make("p", { class: "tour-did", role: "status" });
    this.count = make("span", { class: "tour-count" });
    this.back = this.button("tour.back", () => this.go(this.at - 1));
    this.next = this.button("tour.next", () => this.go(this.at + 1));
    this.skip = this.button("tour.skip", () => this.end());
    this.card = make(
      "section",
      {
        class: "tour",
        role: "dialog",
        "aria-labelledby": "tour-title",
        "aria-describedby": "tour-words",
        tabindex: "-1",
      },
      this.title,
      this.words,
      this.did,
      make("div", { class: "tour-foot" }, this.count, this.skip, this.back, this.next),
    );
    document.body.append(this.card);
    this.listen();
    this.go(0);
  }

  /** @param {string} key @param {() => void} does */
  button(key, does) {
    const element = make("button", { type: "button", class: "button" }, t(key));
    element.addEventListener("click", does);
    return element;
  }

  listen() {
    const { signal } = this.over;
    const place = () => this.place();
    window.addEventListener("resize", place, { signal });
    window.addEventListener("scroll", place, { signal, passive: true, capture: true });
    document.addEventListener("keydown", (event) => this.key(event), { signal, capture: true });
    this.leave = this.means.player.subscribe(() => this.look());
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const inside = this.card.contains(/** @type {Node} */ (event.target));
    if (event.key === "Escape" && !document.querySelector("dialog[open], details[open]")) this.end();
    else if (event.key === "Enter" && event.target === this.card) this.go(this.at + 1);
    else if (!(event.key === "Tab" && inside)) return;
    if (event.key !== "Tab") {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** @param {number} at */
  go(at) {
    if (at >= this.stops.length) return this.end();
    this.at = Math.max(0, at);
    const stop = this.stops[this.at];
    write(this.title, t(`tour.${stop.name}.title`));
    write(this.words, t(`tour.${stop.name}`));
    write(this.count, t("tour.count", { at: this.at + 1, count: this.stops.length }));
    write(this.next, t(this.at + 1 < this.stops.length ? "tour.next" : "tour.end"));
    hide(this.back, this.at === 0);
    this.before = stop.done(this.means.player.state, this.means.recipe()); // what was so already is not what was done
    this.point(anchorOf(stop));
    this.look();
    this.card.focus({ preventScroll: true });
  }

  /** @param {HTMLElement | null} anchor */
  point(anchor) {
    this.anchor?.classList.remove("is-toured");
    this.anchor = anchor;
    anchor?.classList.add("is-toured");
    anchor?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    this.place();
  }

  place() {
    if (!this.anchor) return;
    const { offsetWidth: width, offsetHeight: height } = this.card;
    const room = { width: document.body.clientWidth, height: window.innerHeight };
    const { left, top } = beside(this.anchor.getBoundingClientRect(), { width, height }, room);
    this.card.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  /** Whether the visitor has done it. */
  look() {
    const done = this.stops[this.at].done(this.means.player.state, this.means.recipe());
    if (!done) this.before = false;
    const now = done && !this.before;
    write(this.did, now ? t("tour.did") : "");
    this.next.classList.toggle("is-ready", now);
  }

  end() {
    this.anchor?.classList.remove("is-toured");
    this.over.abort();
    this.leave?.();
    this.card.remove();
    tour = null;
    /** @type {HTMLElement | null} */ (document.querySelector("#network"))?.focus({ preventScroll: true });
  }
}

/** @type {Tour | null} */
let tour = null;

/** @param {Means} means */
export async function open(means) {
  await loadSheet("css/dialogs.css");
  tour?.end();
  tour = new Tour(means);
}
