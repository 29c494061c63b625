// Models and data to choose from: each a card with its picture, its licence, what it is bad at, and how well it does beside
// what needs no memory. A card opens its own address.

import { make, write } from "../dom.js";
import { inquiries } from "../inquiries.js";
import { thumbnail } from "../later/reading.js";
import { percent, short } from "../numbers.js";
import { defaults } from "../recipe.js";
import { t } from "./library-words.js";
import { OwnData } from "./own-data.js";

/**
 * @typedef {{name: string, value: number, low: number, high: number, n: number, by: string}} Figure
 * @typedef {{id: string, title: string, description: string, weakness?: string, caution?: string, licence?: string, origin?: string,
 *   real?: boolean, parameters?: number, figures?: Figure[], baselines?: Figure[], relation?: string, opens?: Record<string, any>,
 *   recipe?: Record<string, any>}} Card
 */

const KINDS = ["models", "collections", "own"];
const SHARES = /^(accuracy|exact|precision|recall|triggers)/;

/** A measured number as people read it. @param {string} name @param {number} value */
export const measured = (name, value) => (SHARES.test(name) ? percent(value) : short(value));

/** A figure beside those of its baselines, best first. @param {Figure} figure @param {readonly Figure[]} baselines */
export function beside(figure, baselines) {
  const better = /error|loss|false/.test(figure.name) ? 1 : -1;
  const same = baselines.filter(({ name }) => name === figure.name);
  return same.sort((a, b) => better * (a.value - b.value));
}

/** The least recipe that reads a data set. @param {Card} card */
export const reading = ({ id, relation }) => ({
  data: id,
  ...(relation === "pairs" && { topology: "attention", cell: "gru" }),
});

class Library {
  /** @param {HTMLElement} host @param {any} context */
  constructor(host, context) {
    this.host = host;
    this.context = context;
    /** @type {any} */
    this.catalog = null;
    this.kind = "";
    this.own = new OwnData(context);
    this.status = make("p", { class: "tool-note", role: "status" }, t("library.coming"));
    this.list = make("div", { class: "library-list" });
    this.choices = make("div", { class: "library-kinds", role: "group", "aria-label": t("library.label") });
    host.append(make("div", { class: "tool tool-library" }, this.choices, this.status, this.list));
    this.eye = new IntersectionObserver((seen) => this.look(seen), { rootMargin: "200px" });
    /** @type {WeakMap<Element, Card>} */
    this.cards = new WeakMap();
    this.fetch();
  }

  async fetch() {
    try {
      this.catalog = await inquiries.catalog();
      write(this.status, "");
      this.choices.replaceChildren(...KINDS.map((kind) => this.choice(kind)));
      this.show(this.context.player.state.own.kind ?? "models");
    } catch {
      write(this.status, t("tool.away"));
    }
  }

  /** @param {string} kind */
  choice(kind) {
    const button = make("button", { type: "button", class: "button", "data-kind": kind }, t(`library.${kind}`));
    button.addEventListener("click", () => this.context.keep({ kind: kind === "models" ? null : kind }));
    return button;
  }

  /** @param {string} wanted */
  show(wanted) {
    const kind = KINDS.includes(wanted) ? wanted : "models";
    if (kind === this.kind || !this.catalog) return;
    this.kind = kind;
    for (const button of this.choices.children)
      button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.kind === kind));
    if (kind === "own") return this.list.replaceChildren(this.own.host);
    const cards = this.catalog[kind].map((/** @type {Card} */ card) => this.card(card));
    this.list.replaceChildren(...cards);
    for (const card of cards) this.eye.observe(card);
    this.mark();
  }

  /** A file that is dropped is data of one's own, whatever is listed. @param {File} file */
  take(file) {
    this.context.keep({ kind: "own" });
    this.own.take(file);
  }

  /** @param {Card} card */
  card(card) {
    const link = make("a", { href: `?${new URLSearchParams(this.query(card))}` }, card.title);
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open(card);
    });
    const about = make("p", {}, card.description);
    const host = make("article", { class: "library-card" }, make("div", { class: "library-picture" }));
    const weak = card.weakness || card.caution;
    host.append(make("h3", {}, link), about);
    if (card.figures) host.append(this.figures(card));
    if (weak) host.append(make("p", { class: "library-weak" }, t("library.weak", { weak })));
    host.append(make("p", { class: "library-from" }, this.source(card)));
    this.cards.set(host, card);
    return host;
  }

  /** What an address says of a card. @param {Card} card @returns {Record<string, string>} */
  query(card) {
    return card.opens ? { model: card.id } : reading(card);
  }

  /** @param {Card} card */
  open(card) {
    const values = {
      ...defaults(this.context.fields),
      ...(card.opens ? { ...card.opens, model: card.id } : reading(card)),
    };
    this.context.ask(values);
    this.context.say(t("library.opening", { title: card.title }));
  }

  /** Whose the data are: a model's are those that it learnt from. @param {Card} card */
  source(card) {
    const data = card.recipe
      ? this.catalog.collections.find((/** @type {Card} */ { id }) => id === card.recipe?.data)
      : card;
    if (!data) return "";
    const kind = t(data.real ? "library.real" : "library.generated");
    const size = card.parameters ? t("library.parameters", { count: card.parameters }) : "";
    const licence = data.licence === "none needed" ? "" : data.licence;
    return [size, kind, card.recipe ? data.title : "", licence, data.origin].filter(Boolean).join(" · ");
  }

  /** @param {Card} card */
  figures({ figures = [], baselines = [] }) {
    const heads = ["library.figure", "library.here", "library.others"].map((key) =>
      make("th", { scope: "col" }, t(key)),
    );
    const lines = figures.map((figure) => {
      const { name, value, low, high } = figure;
      const [best] = beside(figure, baselines);
      const sure = make("small", {}, ` ${measured(name, low)} – ${measured(name, high)}`);
      const other = best ? `${measured(name, best.value)}, ${t(`library.by.${best.by}`)}` : "–";
      const row = make("th", { scope: "row" }, t(`library.of.${name}`));
      return make("tr", {}, row, make("td", {}, make("b", {}, measured(name, value)), sure), make("td", {}, other));
    });
    return make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines));
  }

  /** Pictures come when their cards are seen. @param {IntersectionObserverEntry[]} seen */
  look(seen) {
    for (const { target, isIntersecting } of seen) {
      const card = this.cards.get(target);
      if (!isIntersecting || !card) continue;
      this.eye.unobserve(target);
      this.draw(/** @type {HTMLElement} */ (target.querySelector(".library-picture")), card);
    }
  }

  /** @param {HTMLElement} host @param {Card} card */
  async draw(host, card) {
    const recipe = { ...defaults(this.context.fields), ...(card.recipe ?? reading(card)), example: 0 };
    try {
      host.replaceChildren(await thumbnail(recipe, this.context));
    } catch {
      host.remove(); // the card says all that its picture shows
    }
  }

  /** The card that is open now. */
  mark() {
    const { model, data } = this.context.recipe();
    for (const host of this.list.children) {
      const card = this.cards.get(host);
      const here = card?.opens ? card.id === model : !model && card?.id === data;
      host.classList.toggle("is-here", here === true);
    }
  }

  /** @param {any} _trace @param {any} state */
  update(_trace, state) {
    this.show(state.own.kind ?? "models");
    this.mark();
  }

  destroy() {
    this.eye.disconnect();
    this.host.replaceChildren();
  }
}

export const tool = {
  name: "library",
  /** @param {HTMLElement} host @param {any} context */
  mount: (host, context) => new Library(host, context),
};
