// The words of a lesson's step: prose with numbers read from the run that is shown, a prediction to make before it is told,
// what should be seen and whether it is so, and what to change. When another run is shown, the numbers are that run's.

import { find, make, write } from "../dom.js";
import { inquiries } from "../inquiries.js";
import { createLatest } from "../panel/latest.js";
import { t } from "../strings.js";
import { guesses, prose, questioned } from "./ask.js";
import { Searching } from "./searching.js";

/**
 * @typedef {import('./ask.js').Piece} Piece
 * @typedef {import('./ask.js').Ask} Ask
 * @typedef {{say: Piece[], exercises?: Ask[], ask: Ask | null, see: {say: Piece[], holds: boolean | null}[],
 *   change: {say: Piece[], fields: string[]} | null}} Scene
 * @typedef {{query: () => string, focus: (field: string) => void,
 *   label: (field: string) => string}} Means
 */

export class LessonPanel {
  /** @param {HTMLElement} host @param {{id: string, step: number}} lesson @param {Means} means */
  constructor(host, lesson, means) {
    this.host = /** @type {HTMLElement} */ (host.querySelector(".lesson-body"));
    this.lesson = lesson;
    this.means = means;
    this.kept = guesses(`lesson ${lesson.id} ${lesson.step}`);
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
    if (scene.ask) parts.push(questioned(scene.ask, { kept: this.kept, id: "lesson-guess" }));
    if (scene.see.length > 0) parts.push(this.seen(scene.see));
    if (scene.change) parts.push(this.changed(scene.change));
    if (scene.exercises?.length) parts.push(this.trained(scene.exercises));
    this.host.replaceChildren(...parts);
    if (!scene.ask || this.kept.read() !== null) this.kept.write(this.kept.read() ?? "");
  }

  away() {
    if (this.host.childElementCount === 0) this.host.replaceChildren(make("p", { role: "alert" }, t("lesson.away")));
  }

  /** What to work out by oneself: each with its answer. @param {Ask[]} exercises */
  trained(exercises) {
    const items = exercises.map((ask, place) => {
      const key = `lesson ${this.lesson.id} exercise ${place + 1}`;
      return make("li", {}, questioned(ask, { kept: guesses(key), id: `exercise-${place + 1}` }));
    });
    return make(
      "details",
      { class: "lesson-exercises" },
      make("summary", {}, t("ask.exercises", { count: items.length })),
      make("ol", {}, ...items),
    );
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

/** The words of a page's lesson, and its search if it has one; `update` when another run is shown. @param {any} desk */
export function teach(desk) {
  const { lesson, fields } = desk.page;
  const asked = () => desk.query(desk.whole.recipe);
  lesson.own = desk.query(lesson.recipe);
  const label = (/** @type {string} */ name) =>
    fields.find((/** @type {{name: string}} */ field) => field.name === name)?.label ?? name;
  const focus = (/** @type {string} */ field) => desk.form.lead(field);
  const query = () => (lesson.own === asked() ? "" : asked());
  const panel = new LessonPanel(find(document, "#lesson", HTMLElement), lesson, { query, focus, label });
  const { player, stage } = desk;
  const searching = lesson.decode && new Searching({ player, stage, query: asked, decode: lesson.decode });
  const update = () => {
    panel.update();
    searching?.follow();
  };
  update();
  return { update };
}
