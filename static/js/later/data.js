// What a recipe reads, seen and heard: the picture of its example on the page's time axis, its licence, its sound. It comes
// when data are shown that have one.

import { hide, make, write } from "../dom.js";
import { inquiries } from "../inquiries.js";
import { sharp } from "../motion/chart.js";
import { Sounding } from "../motion/sound.js";
import { reached } from "../player.js";
import { sortOf } from "../recipe.js";
import { loadSheet } from "../sheets.js";
import { row as chance, fires } from "../views/chance.js";
import { row as passage } from "../views/passage.js";
import { t } from "./data-words.js";
import { decoded, questionOf, ROWS } from "./reading.js";

/**
 * @typedef {import('../motion/rows.js').Picture} Picture
 * @typedef {import('../motion/rows.js').Row} Row
 * @typedef {import('../motion/rows.js').Place} Place
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 */

const GAP = 8;

/** The elements of the section. @param {HTMLElement} host */
function furnish(host) {
  const button = (/** @type {string} */ sign, /** @type {string} */ label) =>
    make(
      "button",
      { type: "button", class: "icon", "aria-label": label },
      make("span", { "aria-hidden": "true" }, sign),
    );
  const head = {
    title: make("h2", { class: "data-title" }),
    badge: make("span", { class: "data-badge" }),
    what: make("span", { class: "data-what" }),
    back: button("‹", t("data.before")),
    count: make("span", { class: "data-count" }),
    on: button("›", t("data.after")),
    own: make("button", { type: "button", class: "button data-own", hidden: true }, t("data.own")),
    listen: make("button", { type: "button", class: "button data-listen", hidden: true }, t("data.listen")),
    mute: make("span", { class: "data-count", hidden: true }, t("data.mute")),
  };
  const drawn = {
    base: make("canvas", { "aria-hidden": "true" }),
    over: make("canvas", { "aria-hidden": "true" }),
    names: make("div", { class: "data-names", "aria-hidden": "true" }),
  };
  const below = {
    text: make("div", { class: "data-text" }),
    words: make("p", { class: "hidden" }),
    from: make("p", { class: "data-from" }),
    twin: make("details", { class: "data-twin" }, make("summary", {}, t("data.table"))),
  };
  const { title, badge, what, back, count, on, own, listen, mute } = head;
  const stepper = make("span", { class: "data-stepper" }, back, count, on);
  const plot = make("div", { class: "data-plot" }, ...Object.values(drawn));
  const top = make("header", { class: "data-head" }, title, badge, what, stepper, own, listen, mute);
  host.replaceChildren(top, plot, ...Object.values(below));
  return { ...head, ...drawn, ...below, plot };
}

class Data {
  /** @param {HTMLElement} host @param {any} context */
  constructor(host, context) {
    this.host = host;
    this.context = context;
    /** @type {Picture | null} */
    this.picture = null;
    this.asked = "";
    this.drawn = "";
    this.seen = "";
    this.sound = new Sounding(context.player, { changed: () => this.tellSound(), failed: () => this.silent() });
    /** @type {{row: Row, place: Place}[]} */
    this.rows = [];
    this.size = { width: 0, height: 0 };
    /** The moment that is drawn. */
    this.at = "";
    this.parts = furnish(host);
    this.attend();
  }

  attend() {
    const { back, on, own, listen, twin, plot } = this.parts;
    const { player } = this.context;
    back.addEventListener("click", () => this.turn(-1));
    on.addEventListener("click", () => this.turn(1));
    own.addEventListener("click", () => this.write());
    listen.addEventListener("click", () => this.sound.toggle());
    twin.addEventListener("toggle", () => this.tabulate());
    plot.addEventListener("click", ({ clientX }) => player.look(this.stepAt(clientX)));
    plot.addEventListener("pointermove", ({ clientX }) => player.set({ hover: { t: this.stepAt(clientX) } }));
    plot.addEventListener("pointerleave", () => player.set({ hover: null }));
  }

  /** @param {number} x */
  stepAt(x) {
    return this.context.scene.timeline.at(x - this.parts.plot.getBoundingClientRect().left);
  }

  /** Another example of the same data. @param {number} by */
  turn(by) {
    const { picture, context } = this;
    const recipe = context.recipe?.();
    if (!picture || !recipe) return;
    context.ask({ ...recipe, example: (recipe.example + by + picture.count) % picture.count });
  }

  /** The model reads the visitor's own text, which begins as this example. */
  async write() {
    const { picture, context } = this;
    const recipe = context.recipe?.();
    if (!picture?.own_text || !recipe) return;
    const text = picture.own_text === "sentence" ? picture.time.join(" ") : picture.title;
    await context.ask({ ...recipe, data: picture.own_text, text, example: 0, length: null });
    context.lead?.("text");
  }

  /** @param {Trace} trace @param {State} state */
  draw(trace, state) {
    this.fetch(trace);
    if (!this.picture || this.asked !== this.drawn) return;
    this.paint(trace);
    this.follow(trace, state);
    this.sound.follow(state);
  }

  /** Ask for the picture of what is read, once for each example. @param {Trace} trace */
  async fetch(trace) {
    const { catalog } = this.context;
    const question = pictured(trace, catalog) ? questionOf(trace.recipe, catalog.fields) : "";
    if (question === this.asked) return;
    this.asked = question;
    this.drawn = "";
    hide(this.host, question === "");
    if (question === "") return;
    try {
      const [picture] = await Promise.all([inquiries.picture(question), loadSheet("css/data.css")]);
      if (this.asked !== question) return;
      this.picture = decoded(picture);
      this.drawn = question;
      this.seen = "";
      this.introduce(this.picture, trace);
      this.draw(this.context.trace(), this.context.player.state);
    } catch {
      if (this.asked === question) this.refuse();
    }
  }

  refuse() {
    const again = make("button", { type: "button", class: "button" }, t("data.again"));
    again.addEventListener("click", () => {
      this.asked = "";
      this.draw(this.context.trace(), this.context.player.state);
    });
    this.parts.text.replaceChildren(make("p", { role: "alert" }, t("data.away")), again);
  }

  /** @param {Picture} picture @param {Trace} trace */
  introduce(picture, trace) {
    const { licence, origin, caution, sound, answer } = picture;
    write(this.parts.title, picture.name);
    write(this.parts.badge, t(picture.real ? "data.real" : "data.generated"));
    this.parts.badge.classList.toggle("is-real", picture.real);
    const said =
      answer && !picture.title.toLowerCase().includes(answer.toLowerCase()) ? t("data.answer", { answer }) : "";
    const example = ["text", "pairs"].includes(picture.kind) ? "" : picture.title;
    write(this.parts.what, [example, picture.kind === "text" ? "" : said].filter(Boolean).join(" · "));
    write(this.parts.count, t("data.example", { n: (trace.recipe.example % picture.count) + 1, count: picture.count }));
    const notes = [caution, sound?.made ? t("data.made") : ""].filter(Boolean).join(" ");
    write(this.parts.from, `${sourceOf(licence, origin)} ${notes}`);
    this.host.setAttribute("aria-label", t("data.label", { name: picture.name }));
    write(this.parts.words, this.summary(picture, trace));
    hide(this.parts.own, !picture.own_text || !(trace.whole ?? trace).recipe.model);
    hide(this.parts.listen, sound === null);
    hide(this.parts.mute, sound !== null || picture.kind !== "spectrogram");
    if (sound) this.sound.load(inquiries.soundOf(this.asked), stepsASecond(picture), fires(trace));
    this.parts.text.replaceChildren();
    this.parts.twin.open = false;
  }

  /** @param {Picture} picture @param {Trace} trace */
  summary({ name, title, time }, trace) {
    const found = fires(trace);
    const told = chance.height(/** @type {any} */ ({}), trace) === 0 ? "" : this.fired(found, time);
    return `${t("data.summary", { name, title, count: time.length })} ${told}`.trim();
  }

  /** @param {number[]} found @param {string[]} time */
  fired(found, time) {
    return found.length > 0
      ? t("data.fired", { times: found.map((at) => time[at] ?? at).join(", ") })
      : t("data.quiet");
  }

  /** The rows that have something to show, each at its place. @param {Trace} trace @returns {{row: Row, place: Place}[]} */
  laid(trace) {
    const { scene } = this.context;
    const picture = /** @type {Picture} */ (this.picture);
    let top = 0;
    return ROWS.map((row) => {
      const height = Math.round(row.height(picture, trace) * (scene.scale > 1.2 ? 1.3 : 1));
      const place = { picture, trace, scene, top, height };
      top += height > 0 ? height + GAP : 0;
      return { row, place };
    });
  }

  /** @param {Trace} trace */
  paint(trace) {
    const { scene } = this.context;
    const key = `${scene.version} ${this.drawn} ${trace.id} ${trace.block?.name ?? ""}`;
    if (key === this.seen) return;
    this.seen = key;
    this.rows = this.laid(trace);
    const high = Math.max(0, ...this.rows.map(({ place }) => (place.height > 0 ? place.top + place.height : 0)));
    this.size = { width: scene.timeline.width, height: high };
    this.parts.plot.style.height = `${high}px`;
    const pen = sharp(this.parts.base, this.size);
    pen.clearRect(0, 0, this.size.width, high);
    const shown = this.rows.filter(({ place }) => place.height > 0);
    for (const { row, place } of shown) row.paint?.(pen, place);
    this.parts.names.replaceChildren(...shown.map(({ row, place }) => name(row, place)));
    this.sound.chimes = fires(trace);
    this.at = "";
  }

  /** @param {Trace} trace @param {State} state */
  follow(trace, state) {
    const { forward } = reached(state, trace.dims.time);
    const moment = { t: state.t, forward };
    const key = `${state.t} ${forward} ${trace.partial}`;
    if (key === this.at) return;
    this.at = key;
    const pen = sharp(this.parts.over, this.size);
    pen.clearRect(0, 0, this.size.width, this.size.height);
    for (const { row, place } of this.rows) {
      const here = { ...place, trace };
      if (place.height > 0) row.follow?.(pen, here, moment);
      if (place.height > 0 || row === passage) row.write?.(this.parts.text, here, moment);
    }
  }

  /** The same in numbers and words. */
  tabulate() {
    const { picture } = this;
    if (!this.parts.twin.open || !picture) return;
    const trace = this.context.trace();
    const columns = ROWS.flatMap((row) =>
      row.height(picture, trace) > 0 ? (row.columns?.(picture, trace) ?? []) : [],
    );
    const heads = [t("data.step"), t("data.word"), ...columns.map(({ name }) => name)];
    const line = (/** @type {number} */ at) => [
      String(at),
      picture.time[at] ?? "",
      ...columns.map((column) => column.at(at)),
    ];
    const cells = (/** @type {string[]} */ texts, /** @type {"td" | "th"} */ tag) =>
      texts.map((text) => make(tag, {}, text));
    const lines = Array.from({ length: trace.dims.time }, (_, at) => make("tr", {}, ...cells(line(at), "td")));
    const table = make(
      "table",
      {},
      make("thead", {}, make("tr", {}, ...cells(heads, "th"))),
      make("tbody", {}, ...lines),
    );
    const [summary] = this.parts.twin.children;
    this.parts.twin.replaceChildren(
      summary,
      make("div", { class: "data-table", tabindex: "0", role: "region", "aria-label": t("data.table") }, table),
    );
  }

  tellSound() {
    write(this.parts.listen, t(this.sound.on ? "data.hush" : "data.listen"));
    this.parts.listen.setAttribute("aria-pressed", String(this.sound.on));
  }

  silent() {
    if (this.sound.on) this.sound.stop();
    this.context.say?.(t("data.silent"));
  }
}

/** @param {Row} row @param {Place} place */
function name(row, place) {
  const label = make("span", { class: "data-name" }, t(`data.row.${row.label?.(place.picture) ?? row.name}`));
  label.style.top = `${place.top + place.height / 2}px`;
  return label;
}

/** Whose the data are. @param {string} licence @param {string} origin */
const sourceOf = (licence, origin) =>
  t(licence === "none needed" ? "data.ours" : "data.from", {
    licence,
    origin: origin[0].toUpperCase() + origin.slice(1),
  });

/** How fast the steps of something audible go by. @param {Picture} picture */
const stepsASecond = ({ rate, hop }) => (rate ?? 1) / (hop ?? 1);

/** Whether what a trace read has a picture. @param {Trace} trace @param {any} catalog */
export const pictured = (trace, catalog) =>
  (catalog.fields.find((/** @type {any} */ { name }) => name === "example")?.needs.data ?? []).includes(
    sortOf(trace.recipe.data),
  );

/** @param {HTMLElement} host @param {any} context */
export const mount = (host, context) => new Data(host, context);
