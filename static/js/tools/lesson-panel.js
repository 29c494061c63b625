// The words of a lesson's step: prose with numbers read from the run that is shown, a prediction to make before it is told,
// what should be seen and whether it is so, and what to change. When another run is shown, the numbers are that run's.

import { make, put, write } from "../dom.js";
import { inquiries } from "../inquiries.js";
import { typeset } from "../math.js";
import { short } from "../numbers.js";
import { createLatest } from "../panel/latest.js";
import { t } from "../strings.js";

/**
 * @typedef {{kind: 'plain' | 'em' | 'math' | 'number', text: string, quote?: string}} Piece
 * @typedef {{question: Piece[], options: Piece[][], answer: number | null, within: number, because: Piece[]}} Ask
 * @typedef {{say: Piece[], ask: Ask | null, see: {say: Piece[], holds: boolean | null}[],
 *   change: {say: Piece[], fields: string[]} | null}} Scene
 * @typedef {{query: () => string, focus: (field: string) => void,
 *   label: (field: string) => string}} Means
 */

/** @param {Piece} piece @returns {Node} */
function shown({ kind, text, quote }) {
  if (kind === "plain") return document.createTextNode(text);
  if (kind === "em") return make("em", {}, text);
  if (kind === "number") return make("output", { class: "lesson-number", title: quote }, text);
  const host = make("span", { class: "lesson-math" });
  typeset(host, text);
  return host;
}

/** @param {Piece[]} pieces */
const prose = (pieces) => pieces.map(shown);

/** Whether a guess is near enough. @param {number} guess @param {number} truth @param {number} within */
export function near(guess, truth, within) {
  return Math.abs(guess - truth) <= Math.max(within * Math.abs(truth), 1e-9);
}

/** What was guessed, kept while the page lives and for the next visit. @param {string} key */
function guesses(key) {
  try {
    return {
      read: () => localStorage.getItem(key),
      write: (/** @type {string} */ text) => localStorage.setItem(key, text),
    };
  } catch {
    return { read: () => null, write: () => {} };
  }
}

export class LessonPanel {
  /** @param {HTMLElement} host @param {{id: string, step: number}} lesson @param {Means} means */
  constructor(host, lesson, means) {
    this.host = /** @type {HTMLElement} */ (host.querySelector(".lesson-body"));
    this.lesson = lesson;
    this.means = means;
    this.kept = guesses(`lesson ${lesson.id} ${lesson.step}`);
    this.guess = this.kept.read();
    this.latest = createLatest(
      (/** @type {string} */ query, signal) => inquiries.lesson(lesson.id, lesson.step, query, { signal }),
      { answer: (scene) => this.draw(scene), fail: () => this.away() },
    );
  }

  /** Another run is shown, or the first. */
  update() {
    const query = this.means.query();
    this.latest.want(query, "", query);
  }

  /** @param {Scene} scene */
  draw(scene) {
    /** @type {HTMLElement[]} */
    const parts = [make("p", { class: "lesson-say" }, ...prose(scene.say))];
    if (scene.ask) parts.push(this.asked(scene.ask));
    if (scene.see.length > 0) parts.push(this.seen(scene.see));
    if (scene.change) parts.push(this.changed(scene.change));
    this.host.replaceChildren(...parts);
    if (!scene.ask || this.guess !== null) this.kept.write(this.guess ?? "");
  }

  away() {
    if (this.host.childElementCount === 0) this.host.replaceChildren(make("p", { role: "alert" }, t("lesson.away")));
  }

  /** @param {Ask} ask @returns {HTMLElement} */
  asked(ask) {
    const form = make("form", { class: "lesson-ask" });
    const verdict = make("p", { class: "lesson-verdict", role: "status" });
    const told = (/** @type {string} */ guess) => {
      this.guess = guess;
      this.kept.write(guess);
      this.tell(ask, guess, verdict, form);
    };
    form.append(ask.options.length > 0 ? this.choices(ask, told) : this.number(ask, told), verdict);
    if (this.guess) this.tell(ask, this.guess, verdict, form);
    return form;
  }

  /** @param {Ask} ask @param {(guess: string) => void} told */
  choices(ask, told) {
    const set = make("fieldset", {}, make("legend", {}, ...prose(ask.question)));
    for (const [place, option] of ask.options.entries()) {
      const input = make("input", {
        type: "radio",
        name: "guess",
        value: String(place),
        checked: this.guess === String(place),
      });
      input.addEventListener("change", () => told(String(place)));
      set.append(
        make(
          "label",
          { class: "lesson-option", "data-place": String(place) },
          input,
          make("span", {}, ...prose(option)),
        ),
      );
    }
    return set;
  }

  /** @param {Ask} ask @param {(guess: string) => void} told */
  number(ask, told) {
    const input = make("input", {
      type: "text",
      inputmode: "decimal",
      id: "lesson-guess",
      autocomplete: "off",
      value: this.guess ?? "",
    });
    const button = make("button", { class: "button" }, t("lesson.compare"));
    const line = make("div", { class: "lesson-guess" }, input, button);
    const label = make("label", { for: "lesson-guess" }, ...prose(ask.question));
    const host = make("div", {}, label, line);
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const guess = input.value.trim().replace(",", ".").replace("−", "-");
      const wrong = guess === "" || !Number.isFinite(Number(guess));
      put(input, "aria-invalid", String(wrong));
      if (!wrong) told(guess);
    });
    return host;
  }

  /** The truth, once there is a guess. @param {Ask} ask @param {string} guess @param {HTMLElement} verdict @param {HTMLElement} form */
  tell(ask, guess, verdict, form) {
    if (ask.answer === null) return;
    const right = ask.options.length > 0 ? Number(guess) === ask.answer : near(Number(guess), ask.answer, ask.within);
    put(form, "data-right", String(right));
    for (const label of form.querySelectorAll(".lesson-option"))
      label.classList.toggle("is-answer", label.getAttribute("data-place") === String(ask.answer));
    const word =
      ask.options.length > 0
        ? t(right ? "lesson.right" : "lesson.wrong")
        : t(right ? "lesson.near" : "lesson.far", { value: short(ask.answer) });
    verdict.replaceChildren(make("b", {}, word), " ", ...prose(ask.because));
  }

  /** @param {Scene["see"]} see */
  seen(see) {
    const list = make("ul", { class: "lesson-see", "aria-label": t("lesson.see") });
    for (const { say, holds } of see) {
      const mark = { true: "✓", false: "✗", null: "–" }[String(holds)] ?? "–";
      const word = t(`lesson.${{ true: "so", false: "not", null: "unknown" }[String(holds)] ?? "unknown"}`);
      const sign = make(
        "span",
        { class: "lesson-mark", "data-holds": String(holds), title: word },
        make("span", { "aria-hidden": "true" }, mark),
        make("span", { class: "hidden" }, word),
      );
      list.append(make("li", {}, sign, make("span", {}, ...prose(say))));
    }
    return list;
  }

  /** @param {NonNullable<Scene["change"]>} change */
  changed({ say, fields }) {
    const buttons = fields.map((field) => {
      const button = make("button", { type: "button", class: "button" });
      write(button, this.means.label(field));
      button.addEventListener("click", () => this.means.focus(field));
      return button;
    });
    return make(
      "div",
      { class: "lesson-change" },
      make("p", {}, ...prose(say)),
      make("div", { class: "lesson-fields" }, ...buttons),
    );
  }
}
