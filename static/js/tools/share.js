// Share: the address with what it hides, as a link, as a QR code, as a frame for slides, as a call of the API. Everything is
// made anew when something is ticked, so that what is copied is what is seen.

import { make, write } from "../dom.js";
import { HIDEABLE, hiddenIn, hiding } from "../hiding.js";
import { copyButton } from "../panel/copy.js";
import { qrCode } from "../qr.js";
import { makeDialog, show } from "./dialog.js";
import { ENGLISH, t } from "./share-words.js";
import { embedOf, frameOf, THEMES } from "./snippets.js";

/**
 * @typedef {{here: () => URL, root: URL, query: () => string, hash: () => string, lesson: boolean, brought: () => boolean,
 *   edits: () => string, fields: () => {name: string, label: string, help: string}[], views: () => [string, string][]}} Means `here` is the address of what is seen, `root` that of
 *   the whole site, `query` the recipe as a query, `brought` says whether its weights were sent by a visitor
 */

/** Modules along a side beyond which a code is hard to read across a room. */
const DENSE = 57;

/** A text to copy, and the button that does it. @param {string} key @param {() => string} text */
function copyable(key, text) {
  const field = make("textarea", {
    class: "share-text",
    readonly: true,
    rows: "2",
    "aria-label": t(key),
    spellcheck: "false",
  });
  field.addEventListener("focus", () => field.select());
  const host = make("div", { class: "share-copy" }, field, copyButton(t("share.copy"), t(key), text, t));
  return { host, draw: () => (field.value = text()) };
}

/** @param {string} label @param {readonly [string, string][]} choices @param {() => void} changed */
function choice(label, choices, changed) {
  const select = make("select", {}, ...choices.map(([value, text]) => make("option", { value }, text)));
  select.addEventListener("change", changed);
  return { select, host: make("label", { class: "share-choice" }, make("span", {}, label), select) };
}

class Share {
  /** @param {Means} means */
  constructor(means) {
    this.means = means;
    this.hidden = new Set(hiddenIn(location.search));
    this.fields = means.fields();
    this.views = means.views();
    const draw = () => this.draw();
    this.link = copyable("share.copy.link", () => this.address().href);
    this.embed = copyable("share.copy.embed", () => this.snippet());
    this.rest = copyable("share.copy.rest", () => this.call());
    this.code = make("div", { class: "share-code" });
    this.note = make("p", { class: "share-note", role: "status" });
    this.open = make("a", { class: "share-open", target: "_blank", rel: "noopener" }, t("share.open"));
    this.view = choice(t("share.embed.view"), this.pictures(), draw);
    this.theme = choice(
      t("share.embed.theme"),
      THEMES.map((name) => [name, t(`share.theme.${name}`)]),
      draw,
    );
    this.keys = choice(
      t("share.embed.keys"),
      ["deck", "self"].map((name) => [name, t(`share.keys.${name}`)]),
      draw,
    );
    this.dialog = makeDialog("share", t("share.title"), this.body());
  }

  /** What can be framed: a lesson's step whole, else one picture of those on the page. @returns {[string, string][]} */
  pictures() {
    const step = /** @type {[string, string][]} */ (this.means.lesson ? [["", t("share.step")]] : []);
    return [...step, ["network", t("hide.network")], ...this.views];
  }

  body() {
    const choices = make("div", { class: "share-choices" }, this.view.host, this.theme.host, this.keys.host);
    return make(
      "div",
      { class: "dialog-body share" },
      make("section", { class: "share-link" }, heading("link"), lead("link"), this.link.host, this.note, this.open),
      this.code,
      make("section", {}, heading("embed"), lead("embed"), choices, this.embed.host),
      this.toHide(),
      make("section", {}, heading("rest"), lead("rest"), this.rest.host),
    );
  }

  toHide() {
    const none = make("button", { type: "button", class: "button" }, t("share.hide.none"));
    none.addEventListener("click", () => {
      this.hidden.clear();
      this.draw();
    });
    const fields = this.fields.map(({ name }) => name);
    const groups = { ...HIDEABLE, fields, views: this.views.map(([name]) => `view-${name}`) };
    const boxes = Object.entries(groups).map(([group, names]) => this.ticks(group, names));
    return make("details", { class: "share-hide" }, make("summary", {}, t("share.hide")), lead("hide"), ...boxes, none);
  }

  /** @param {string} group @param {readonly string[]} names */
  ticks(group, names) {
    const ticks = names.map((name) => {
      const box = make("input", { type: "checkbox", value: name });
      box.addEventListener("change", () => {
        if (box.checked) this.hidden.add(name);
        else this.hidden.delete(name);
        this.draw();
      });
      const title = this.fields.find((field) => field.name === name)?.help;
      return make("label", { title }, box, this.nameOf(name));
    });
    return make("fieldset", {}, make("legend", {}, t(`share.hide.${group}`)), ...ticks);
  }

  /** @param {string} name */
  nameOf(name) {
    if (name.startsWith("tool-")) return t(name.replace("-", "."));
    if (`hide.${name}` in ENGLISH) return t(`hide.${name}`);
    const found = this.views.find(([view]) => name === `view-${view}`);
    return found?.[1] ?? this.fields.find((field) => field.name === name)?.label ?? name;
  }

  address() {
    return hiding(this.means.here(), [...this.hidden].sort());
  }

  snippet() {
    const { means } = this;
    const options = { view: this.view.select.value, theme: this.theme.select.value, keys: this.keys.select.value };
    return frameOf(embedOf(means, options), this.view.select.selectedOptions[0]?.textContent ?? "");
  }

  call() {
    const url = new URL("api/v1/traces", this.means.root);
    url.search = this.means.query();
    return `curl "${url.href}"`;
  }

  draw() {
    for (const each of [this.link, this.embed, this.rest]) each.draw();
    const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (this.dialog.querySelectorAll("input[type=checkbox]"));
    for (const box of boxes) box.checked = this.hidden.has(box.value);
    this.open.href = this.address().href;
    return this.drawCode();
  }

  async drawCode() {
    const { href } = this.address();
    const code = await qrCode(href, t("share.qr")).catch(() => null);
    if (href !== this.address().href) return; // ticked on meanwhile
    this.code.replaceChildren(...(code ? [code] : []));
    const modules = Number(code?.getAttribute("viewBox")?.split(" ")[2] ?? 0) - 8;
    const { size } = this.hidden;
    const said = [
      size > 0 && t("share.link.hidden", { count: size }),
      this.means.brought() && t("share.model"),
      code === null && t("share.long"),
      modules > DENSE && t("share.dense"),
    ];
    write(this.note, said.filter(Boolean).join(" "));
  }
}

/** @param {string} name */
const heading = (name) => make("h3", {}, t(`share.${name}`));

/** @param {string} name */
const lead = (name) => make("p", { class: "dialog-lead" }, t(`share.${name}.lead`));

/** @type {Share | null} */
let share = null;

/** @param {Means} means */
export function open(means) {
  share?.dialog.remove(); // the pictures of the page may be others now
  share = new Share(means);
  share.draw();
  return show(share.dialog);
}
