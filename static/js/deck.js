// The lecture as slides: one page, one stage, one player; a slide is a step with its run. What it has brought once it keeps, so it
// never gets stuck: neither when the network of the hall goes, nor as a file that has no server.

import { fromHash } from "./address.js";
import { blocksOf, lensOf } from "./blocks.js";
import { listenToDeckKeys } from "./deck/keys.js";
import { createLink } from "./deck/link.js";
import { bring, createSlides } from "./deck/slides.js";
import { t } from "./deck/words.js";
import { find, hide, make, put, write } from "./dom.js";
import { PlayerBar } from "./elements/player-bar.js";
import { ViewFrame } from "./elements/view-frame.js";
import * as networks from "./later/networks.js";
import * as scenes from "./later/scenes.js";
import { runClock } from "./motion/clock.js";
import { comfortable, createPlayer } from "./player.js";
import { moment } from "./say.js";
import { bringer, createStage } from "./stage.js";
import { LessonPanel } from "./tools/lesson-panel.js";
import { decodeTrace } from "./trace.js";

const LONG = 14;
const more = bringer({ networks: async () => networks, scenes: async () => scenes });
const root = document.documentElement;
const element = (/** @type {string} */ name) => find(document, name, HTMLElement);

/** The pictures of the first slide that has a run; the others take their place. @param {any} trace @param {any[]} packs @param {any} catalog */
function openStage(trace, packs, catalog) {
  const player = createPlayer({ T: lensOf(trace).dims.time });
  const stage = createStage({ player, trace, catalog, figures: {}, plotly: "", more });
  const bar = find(document, "player-bar", PlayerBar);
  const say = () => moment(stage.seen, player.state, stage.scene.cell.output);
  bar.adopt(player, () => stage.scene.timeline, say);
  stage.join(bar);
  stage.complete(packs);
  stage.restyle();
  runClock(player);
  player.subscribe(stage.draw);
  player.subscribe(({ playing, t: at, phase }, before) => {
    if (!playing && (at !== before.t || phase !== before.phase || before.playing)) write(element("#live"), say());
  });
  return { player, stage };
}

class Deck {
  /** @param {any} page @param {ReturnType<typeof createSlides>} deck @param {ReturnType<typeof openStage>} opened */
  constructor(page, deck, { player, stage }) {
    this.page = page;
    this.deck = deck;
    this.player = player;
    this.stage = stage;
    this.place = -1;
    /** Which slide's run is on the stage. */
    this.drawn = "";
    /** @type {Map<string, any>} */
    this.decoded = new Map();
    this.link = createLink("unrolled deck", (where) => this.follow(where));
    player.subscribe(() => this.tell());
  }

  get slide() {
    return this.deck.slides[this.place];
  }

  /** @param {number} wanted */
  go(wanted) {
    const place = Math.min(this.deck.slides.length - 1, Math.max(0, wanted));
    if (place === this.place) return;
    this.place = place;
    this.drawn = "";
    hide(element(".deck-overview"), true);
    this.words();
    this.show();
    this.remember();
    this.tell();
  }

  /** The run of this slide, once it is there. */
  show() {
    const { slide, deck, stage, player } = this;
    const wire = deck.traceOf(this.place);
    hide(element(".deck-coming"), wire !== null);
    root.classList.toggle("is-coming", wire === null);
    if (wire === null || this.drawn === slide.trace + slide.title) return;
    this.drawn = slide.trace + slide.title;
    const trace = this.traceOf(slide, wire);
    stage.host.dataset.only = slide.views.join(" ");
    root.classList.toggle("is-long", trace.dims.time > LONG);
    root.classList.toggle("has-chains", blocksOf(trace).length > 0);
    const begins = fromHash(slide.at);
    player.set({ playing: false, focus: null, sub: null, look: begins.look });
    stage.show(trace);
    stage.place({ ...begins, playing: false, speed: comfortable(player.T) });
    stage.restyle();
  }

  /** Slides share their runs; what a search found is a slide's own. @param {import('./deck/slides.js').Slide} slide @param {any} wire */
  traceOf({ trace: name, search, lesson, step }, wire) {
    const key = search ? `${name} ${lesson} ${step}` : name;
    const trace = this.decoded.get(key) ?? Object.assign(decodeTrace(wire), { search });
    this.decoded.set(key, trace);
    return trace;
  }

  /** What is said beside the pictures. */
  words() {
    const { slide, deck } = this;
    write(element(".lesson-way"), `${slide.number} ${slide.chapter}`);
    write(element(".lesson-title"), slide.title);
    write(element(".deck-place"), t("deck.place", { place: this.place + 1, count: deck.slides.length }));
    const following = deck.slides[this.place + 1];
    write(element(".deck-following"), following ? t("deck.next", { title: following.title }) : t("deck.last"));
    document.title = `${slide.title} · Unrolled`;
    put(element("[data-deed=previous]"), "aria-disabled", String(this.place === 0));
    put(element("[data-deed=next]"), "aria-disabled", String(!following));
    const host = element(".lesson");
    element(".lesson-body").replaceChildren();
    const notes = element(".deck-notes");
    notes.replaceChildren();
    if (!slide.scene) return;
    const means = { query: () => "", focus: () => {}, label: (/** @type {string} */ name) => name };
    new LessonPanel(host, { id: slide.lesson, step: slide.step }, means).draw({ ...slide.scene, change: null });
    notes.append(
      ...(slide.scene.notes ?? []).map((/** @type {{text: string}} */ { text }) => document.createTextNode(text)),
    );
  }

  /** Something has come: perhaps it is what this slide waits for. */
  came() {
    if (this.place < 0 || this.drawn) return;
    this.words();
    this.show();
  }

  /** A page that has an address keeps it in step. */
  remember() {
    if (!this.page.sources) return;
    const { lesson, step } = this.slide;
    history.replaceState(null, "", `/lecture/${lesson}/${step}/deck${location.search}${location.hash}`);
  }

  tell() {
    const { t: at, k, phase, playing } = this.player.state;
    this.link.say({
      place: this.place,
      black: root.classList.contains("is-black"),
      state: { t: at, k, phase, playing },
    });
  }

  /** The other window has moved. @param {import('./deck/link.js').Where} where */
  follow({ place, black, state }) {
    root.classList.toggle("is-black", black);
    this.go(place);
    this.player.set(/** @type {any} */ (state));
  }

  /** @param {boolean} [on] */
  black(on = !root.classList.contains("is-black")) {
    root.classList.toggle("is-black", on);
    this.tell();
  }

  overview() {
    const host = element(".deck-overview");
    hide(host, !host.hidden);
    if (host.hidden) return;
    const chapters = new Map();
    for (const [place, slide] of this.deck.slides.entries()) {
      const list = chapters.get(slide.lesson) ?? make("ol", {});
      if (!chapters.has(slide.lesson)) host.append(make("h2", {}, `${slide.number} ${slide.chapter}`), list);
      chapters.set(slide.lesson, list);
      const current = place === this.place ? "true" : undefined;
      const button = make(
        "button",
        { type: "button", "data-place": String(place), "aria-current": current },
        slide.title,
      );
      list.append(make("li", {}, button));
    }
    /** @type {HTMLElement | null} */ (host.querySelector("[aria-current]"))?.focus();
  }

  presenter() {
    window.open(`${location.href.replace(/#.*/, "")}#presenter`, "unrolled presenter", "width=1100,height=760");
  }

  /** @param {number} by */
  size(by) {
    const now = Number(root.style.getPropertyValue("--fs") || 1);
    root.style.setProperty("--fs", String(Math.min(1.6, Math.max(0.7, now + by))));
    this.stage.restyle();
  }

  async full() {
    try {
      await (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
    } catch {
      // a frame may not have the right to: then it stays as large as it is
    }
  }

  /** @returns {import('./deck/keys.js').Deeds} */
  deeds() {
    const { player } = this;
    return {
      next: () => this.go(this.place + 1),
      previous: () => this.go(this.place - 1),
      first: () => this.go(0),
      last: () => this.go(this.deck.slides.length - 1),
      overview: () => this.again(() => this.overview()),
      black: () => this.black(),
      full: () => void this.full(),
      presenter: () => this.presenter(),
      away: () => this.away(),
      back: () => player.step(-1),
      on: () => player.step(1),
      play: () => (player.state.playing ? player.pause() : player.play()),
      larger: () => this.size(0.1),
      smaller: () => this.size(-0.1),
    };
  }

  /** @param {() => void} deed that fills the overview anew */
  again(deed) {
    if (element(".deck-overview").hidden) element(".deck-overview").replaceChildren();
    deed();
  }

  away() {
    hide(element(".deck-overview"), true);
    this.black(false);
  }
}

/** @param {Deck} deck */
function listen(deck) {
  const deeds = deck.deeds();
  listenToDeckKeys(document, deeds);
  document.addEventListener("click", ({ target }) => {
    const at = /** @type {Element} */ (target);
    const deed = at.closest("[data-deed]")?.getAttribute("data-deed");
    if (deed) deeds[/** @type {keyof typeof deeds} */ (deed)]();
    const place = at.closest("[data-place]")?.getAttribute("data-place");
    if (place && at.closest(".deck-overview")) deck.go(Number(place));
    if (at.closest(".deck-black")) deck.black(false);
  });
  for (const question of ["(prefers-color-scheme: dark)", "print"])
    matchMedia(question).addEventListener("change", () => deck.stage.restyle());
}

/** How long it has been, for the lecturer. @param {HTMLElement} host @param {() => number} now */
function keepTime(host, now) {
  const began = now();
  const tick = () => {
    const seconds = Math.floor((now() - began) / 1000);
    const [whole, rest] = [Math.floor(seconds / 60), String(seconds % 60).padStart(2, "0")];
    write(host, t("deck.clock", { minutes: whole, seconds: rest }));
  };
  tick();
  setInterval(tick, 1000);
}

const page = JSON.parse(find(document, "#page-data").textContent ?? "{}");
customElements.define("view-frame", ViewFrame);
customElements.define("player-bar", PlayerBar);
if (location.hash === "#presenter") {
  root.classList.add("is-presenter");
  keepTime(element(".deck-clock"), () => performance.now());
}
/** @type {Deck | null} */
let opened = null;
const slides = createSlides(page, (part) => {
  for (const cell of part.cells)
    if (!page.catalog.cells.some((/** @type {any} */ known) => known.id === cell.id)) page.catalog.cells.push(cell);
  opened?.came();
});
const first = Object.assign(decodeTrace(slides.traceOf(page.first)), { search: page.slides[page.first].search });

Promise.all(more(first)).then((packs) => {
  opened = new Deck(page, slides, openStage(first, packs, page.catalog));
  listen(opened);
  opened.go(page.first);
  Object.assign(window, { unrolled: opened });
  root.dataset.ready = "interactive";
  const wait = (/** @type {number} */ milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (page.sources)
    bring(slides, page.sources, () => opened?.place ?? 0, {
      ask: (url) => fetch(url, { credentials: "omit" }),
      wait: /** @type {any} */ (wait),
    });
});
