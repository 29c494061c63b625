// The options of training as a small form, from the engine's own table: the few that matter most, the rest on demand. Only what
// differs from the default is told to others, as text.

import { make, write } from "../dom.js";
import { check, defaults, nearest, parse } from "../recipe.js";
import { t } from "./train-words.js";

/**
 * @typedef {import('../recipe.js').Field} Field
 * @typedef {import('../recipe.js').Value} Value
 * @typedef {{box: HTMLElement, input: HTMLInputElement | HTMLSelectElement, problem: HTMLElement}} Row
 */

const FIRST = ["updates", "optimiser", "rate", "clip"];
const REST = 350;

export class OptionsForm {
  /** @param {readonly Field[]} fields @param {(options: Record<string, string>) => void} changed @param {string} id */
  constructor(fields, changed, id) {
    this.fields = fields;
    this.changed = changed;
    this.id = id;
    this.waiting = 0;
    /** @type {Map<string, Row>} */
    this.rows = new Map(fields.map((field) => [field.name, this.row(field)]));
    const boxes = (/** @type {boolean} */ first) =>
      fields.filter(({ name }) => FIRST.includes(name) === first).map(({ name }) => this.rowOf(name).box);
    const more = make("details", { class: "options-more" }, make("summary", {}, t("train.more")), ...boxes(false));
    this.more = more;
    this.host = make("form", { class: "options", "aria-label": t("train.options") }, ...boxes(true), more);
    this.host.noValidate = true;
    this.host.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.host.addEventListener("input", () => this.typed());
    this.host.addEventListener("change", () => this.send());
  }

  /** @param {string} name */
  rowOf(name) {
    return /** @type {Row} */ (this.rows.get(name));
  }

  /** @param {Field} field @returns {Row} */
  row(field) {
    const id = `${this.id}-${field.name}`;
    const input =
      field.kind === "choice"
        ? make(
            "select",
            { id, name: field.name },
            ...(field.choices ?? []).map((value) => make("option", { value }, field.choice_labels?.[value] ?? value)),
          )
        : make("input", {
            ...{ id, name: field.name, type: "text", autocomplete: "off" },
            inputmode: field.kind === "integer" ? "numeric" : "decimal",
            placeholder: field.optional ? t("form.none") : "",
          });
    const problem = make("p", { class: "options-problem", role: "alert", id: `${id}-problem`, hidden: true });
    const label = make("label", { for: id }, field.label);
    return { box: make("div", { class: "options-row", title: field.help }, label, input, problem), input, problem };
  }

  /** @returns {Record<string, Value>} */
  get values() {
    return Object.fromEntries(
      this.fields.map((field) => [field.name, parse(field, this.rowOf(field.name).input.value)]),
    );
  }

  /** Those that differ from their default, as text. @returns {Record<string, string>} */
  get options() {
    const { values } = this;
    const others = this.fields.filter(({ name, default: usual }) => (values[name] ?? null) !== (usual ?? null));
    return Object.fromEntries(others.map(({ name }) => [name, String(values[name] ?? "")]));
  }

  /** @param {Readonly<Record<string, string>>} options */
  show(options) {
    const usual = defaults(this.fields);
    for (const { name } of this.fields) {
      const text = options[name] ?? String(usual[name] ?? "");
      const { input } = this.rowOf(name);
      if (input !== document.activeElement && input.value !== text) input.value = text;
    }
    this.judge();
  }

  typed() {
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => this.send(), REST);
  }

  /** Tell what stands here, if it is allowed. @returns {boolean} */
  send() {
    clearTimeout(this.waiting);
    if (!this.judge()) return false;
    this.changed(this.options);
    return true;
  }

  judge() {
    const problems = check(this.values, this.fields);
    for (const field of this.fields) {
      const found = problems.find(({ name }) => name === field.name);
      if (found) this.tell(field, found.message, found.allowed);
      else this.clear(field.name);
    }
    return problems.length === 0;
  }

  /** What the server found wrong. @param {{pointer: string, message: string, allowed?: any}[]} errors @returns {boolean} whether all of it has a place here */
  complain(errors) {
    const ours = errors.map((error) => ({ ...error, name: error.pointer.replace(/^.*\//, "") }));
    for (const { name, message, allowed } of ours) {
      const field = this.fields.find((each) => each.name === name);
      if (field)
        this.tell(
          field,
          t("form.fault", { label: field.label, message }),
          allowed?.nearest ?? nearest(field, this.values[name]),
        );
    }
    return ours.length > 0 && ours.every(({ name }) => this.rows.has(name));
  }

  /** @param {Field} field @param {string} message @param {Value} offer */
  tell(field, message, offer) {
    const { input, problem, box } = this.rowOf(field.name);
    const text = offer === null ? t("form.none") : (field.choice_labels?.[String(offer)] ?? String(offer));
    const mend = make("button", { type: "button", class: "mend" }, t("form.use", { value: text }));
    mend.addEventListener("click", () => {
      input.value = String(offer ?? "");
      this.send();
    });
    problem.replaceChildren(`${message} `, mend);
    problem.hidden = false;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", problem.id);
    for (let fold = box.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null)
      fold.open = true;
  }

  /** @param {string} name */
  clear(name) {
    const { input, problem } = this.rowOf(name);
    if (problem.hidden) return;
    problem.hidden = true;
    write(problem, "");
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
}
