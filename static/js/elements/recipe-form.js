// <recipe-form>: the experiment's recipe. It adopts the server's plain form: what changes there is checked, and when it is
// allowed the whole recipe goes out as `recipe-change`; what is not allowed is said under its field, with the nearest that is.

import { make } from "../dom.js";
import { diceButton } from "../panel/dice.js";
import { createSlider } from "../panel/slider.js";
import { check, defaults, fixed, fromQuery, isEquations, matters, parse, same, settled, shortened } from "../recipe.js";
import { t } from "../strings.js";

/**
 * @typedef {import('../recipe.js').Field} Field
 * @typedef {import('../recipe.js').Value} Value
 * @typedef {import('../recipe.js').Values} Values
 * @typedef {{name: string, message: string, allowed: Value, label?: string}} Told `label` says what the nearest is, where it is long
 * @typedef {{fields: Field[], recipe: Values, cells: {id: string, parameters: {name: string}[]}[], steps: number,
 *   here?: () => Values}} Given `here` is the recipe of the present address
 */

/** How long to wait for more of the same, in milliseconds: what a slider would give is seen at once. @type {Record<string, number>} */
const PATIENCE = { text: 450, number: 350, range: 350 };

/** On a narrow screen these lie on the sheet too. */
const NARROW = "(max-width: 56rem)";
const FOLDED = ["seed", "hidden", "example", "length", "data"];

export class RecipeForm extends HTMLElement {
  /** @type {Field[]} */
  fields = [];
  /** @type {Values} */
  sent = {};
  /** @type {Given['cells']} */
  cells = [];
  /** @type {Map<string, ReturnType<typeof createSlider>>} */
  sliders = new Map();
  waiting = 0;
  drafted = false;
  #steps = 1;

  /** @param {Given} given */
  adopt({ fields, recipe, cells, steps, here = () => fromQuery(location.search, fields) }) {
    this.fields = fields;
    this.cells = cells;
    this.#steps = steps;
    for (const field of fields) this.#furnish(field);
    this.form.noValidate = true; // our own words, under the field
    this.form.addEventListener("input", (event) => this.#input(/** @type {any} */ (event.target)));
    this.form.addEventListener("change", () => this.apply());
    this.form.addEventListener("keydown", (event) => this.#key(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.apply();
    });
    this.querySelector(".reset")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.show(defaults(fields), true);
    });
    document.addEventListener("pointerdown", (event) => this.#leave(/** @type {Node} */ (event.target)));
    window.addEventListener("popstate", () => this.show(here()));
    document.addEventListener("unrolled:problem", (event) =>
      this.complain(/** @type {CustomEvent} */ (event).detail?.errors ?? []),
    );
    document.addEventListener("window-choose", (event) =>
      this.show({ ...this.sent, window: /** @type {CustomEvent} */ (event).detail }),
    );
    this.#fit(matchMedia(NARROW).matches);
    matchMedia(NARROW).addEventListener("change", ({ matches }) => this.#fit(matches));
    this.show(location.search ? here() : recipe);
    this.classList.add("is-live");
  }

  get form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }

  /** Bring a field under the visitor's hand, wherever it lies. @param {string} name */
  lead(name) {
    const host = /** @type {HTMLElement | null} */ (this.querySelector(`[data-field="${name}"]`));
    if (host?.closest(".more-sheet")) this.more.open = true;
    const control = /** @type {HTMLElement | null} */ (
      host?.querySelector("input:not([type=hidden]), select, textarea")
    );
    control?.focus();
    host?.classList.add("is-led");
    setTimeout(() => host?.classList.remove("is-led"), 2000);
  }

  get more() {
    return /** @type {HTMLDetailsElement} */ (this.querySelector(".more"));
  }

  /** How many steps the run has: as far as a window can reach. @param {number} steps */
  set steps(steps) {
    if (steps === this.#steps) return;
    this.#steps = steps;
    const field = this.fields.find(({ name }) => name === "window");
    if (field) this.sliders.get("window")?.range(field, steps);
    this.#draw(this.values());
  }

  /** Put a recipe into the form, from elsewhere. @param {Values} values @param {boolean} [announce] */
  show(values, announce = false) {
    clearTimeout(this.waiting);
    for (const field of this.fields) this.#write(field, values[field.name] ?? null);
    this.#draw(values);
    const problems = this.#judge(values);
    if (announce) this.apply();
    else if (problems.length === 0) this.sent = values;
  }

  /** @returns {Values} */
  values() {
    const read = this.fields.map((field) => [field.name, parse(field, this.#read(field))]);
    return settled(Object.fromEntries(read), this.fields); // what is typed into a field that does not matter stays there
  }

  /** Send the recipe as it stands, if it is another and allowed. */
  apply() {
    clearTimeout(this.waiting);
    const values = this.values();
    this.#draw(values);
    if (this.#judge(values).length > 0 || (!this.drafted && same(values, this.sent, this.fields))) return;
    this.sent = values;
    this.drafted = false;
    this.dispatchEvent(new CustomEvent("recipe-change", { bubbles: true, detail: values }));
  }

  /** What the server found wrong. @param {{pointer: string, message: string, allowed?: any}[]} errors */
  complain(errors) {
    const ours = check(this.values(), this.fields);
    for (const { pointer, message, allowed } of errors) {
      const field = this.fields.find(({ name }) => pointer === `/${name}`);
      if (!field) continue;
      const offered = field.name === "text" ? shortened(this.#read(field), allowed) : allowed?.nearest;
      const near = offered ?? ours.find(({ name }) => name === field.name)?.allowed ?? null;
      const label =
        offered && allowed?.unit ? t(`form.shorten.${allowed.unit}`, { count: allowed.nearest }) : undefined;
      this.#tell({ name: field.name, message: t("form.fault", { label: field.label, message }), allowed: near, label });
    }
    if (errors.length > 0) this.sent = {}; // the same recipe may be sent again
  }

  /** @param {boolean} narrow */
  #fit(narrow) {
    const sheet = this.querySelector(".more-sheet");
    for (const name of narrow ? FOLDED : [...FOLDED].reverse()) {
      const box = this.#box(name);
      const group = this.fields.find((field) => field.name === name)?.group;
      if (box && narrow) sheet?.querySelector(`[data-group="${group}"] legend`)?.after(box);
      else if (box) this.more.before(box);
    }
    this.#draw(this.values());
  }

  /** Give a field what needs JavaScript: a slider, a dice. @param {Field} field */
  #furnish(field) {
    const box = this.#box(field.name);
    const input = this.#control(field.name);
    if (!box || !(input instanceof HTMLInputElement) || input.type !== "number") return;
    if (field.name === "seed") return input.after(this.#seeded(field));
    const choose = (/** @type {Value} */ value) => {
      this.#write(field, value);
      this.#input(input, "range");
    };
    const slider = createSlider(field, choose, () => this.apply(), t);
    slider.range(field, field.name === "window" ? this.#steps : undefined);
    this.sliders.set(field.name, slider);
    input.after(slider.host);
  }

  /** @param {Field} field */
  #seeded(field) {
    return diceButton(t("form.dice"), (seed) => {
      this.#write(field, seed);
      this.apply();
    });
  }

  /** Something was typed: say at once what is wrong with it, send it when it rests. @param {HTMLInputElement} target @param {string} [kind] */
  #input(target, kind) {
    const name = target.closest("[data-field]")?.getAttribute("data-field") ?? "";
    const values = this.values();
    this.#draw(values);
    const told = check(values, this.fields).find((problem) => problem.name === name);
    if (told === undefined) this.#clear(name);
    if (kind === "range") this.#draft(values);
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(
      () => this.apply(),
      PATIENCE[kind ?? (target instanceof HTMLTextAreaElement ? "text" : target.type)] ?? 0,
    );
  }

  /** A slider moves: what it stands for is wanted for now. @param {Values} values */
  #draft(values) {
    if (check(values, this.fields).length > 0) return;
    this.drafted = true;
    this.dispatchEvent(new CustomEvent("recipe-draft", { bubbles: true, detail: values }));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Enter" && !event.shiftKey && event.target instanceof HTMLTextAreaElement && !event.isComposing) {
      event.preventDefault();
      this.apply();
    }
    if (event.key === "Escape" && this.more.open) {
      this.more.open = false;
      this.more.querySelector("summary")?.focus();
      event.stopPropagation();
    }
  }

  /** A click elsewhere closes the sheet. @param {Node} target */
  #leave(target) {
    if (this.more.open && !this.more.contains(target)) this.more.open = false;
  }

  /** @param {Values} values @returns {Told[]} */
  #judge(values) {
    const problems = check(values, this.fields);
    for (const { name } of this.fields) if (!problems.some((problem) => problem.name === name)) this.#clear(name);
    for (const problem of problems) this.#tell(problem);
    return problems;
  }

  /** What depends on the values: sliders, which fields matter, how many lie on the sheet. @param {Values} values */
  #draw(values) {
    for (const [name, slider] of this.sliders) slider.draw(values[name] ?? null);
    const gated = this.cells.find(({ id }) => id === values.cell)?.parameters ?? [];
    const bias = this.#box("forget_bias");
    for (const field of this.fields) {
      const box = this.#box(field.name);
      if (box) box.hidden = !matters(field, values) || (field.name === "model" && !values.model);
    }
    if (bias && !bias.hidden)
      bias.hidden = !gated.some(({ name }) => name === "b_f") && !String(values.cell).includes("b_f");
    this.#fix(fixed(values, this.fields));
    const groups = /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(".more-group"));
    for (const group of groups) group.hidden = group.querySelector(".field:not([hidden])") === null;
    const inSheet = this.fields.filter(({ name }) => this.more.contains(this.#box(name)));
    const changed = inSheet.filter((field) => (values[field.name] ?? null) !== (field.default ?? null)).length;
    const count = /** @type {HTMLElement} */ (this.querySelector(".more-count"));
    count.hidden = changed === 0;
    count.textContent = String(changed);
    count.title = t("form.changed", { count: changed });
  }

  /** What a trained model settles is read, and cannot be changed. @param {string[]} names */
  #fix(names) {
    for (const { name, help } of this.fields) {
      const box = this.#box(name);
      const away = names.includes(name);
      if (!box || box.classList.contains("is-fixed") === away) continue;
      box.classList.toggle("is-fixed", away);
      box.title = away ? t("form.fixed") : help;
      /** @type {NodeListOf<HTMLInputElement>} */
      const controls = box.querySelectorAll("input, select, textarea, button");
      for (const control of controls) control.disabled = away;
    }
  }

  /** @param {Told} told */
  #tell({ name, message, allowed, label }) {
    const place = this.#problem(name);
    const field = this.fields.find((each) => each.name === name);
    if (!place || !field) return;
    const offer = allowed ?? null;
    const said = `${message} ${offer}`;
    if (!place.hidden && place.dataset.said === said) return; // a button that is being clicked must stay
    place.dataset.said = said;
    const mend = make(
      "button",
      { type: "button", class: "mend" },
      label ?? t("form.use", { value: shown(field, offer) }),
    );
    mend.addEventListener("click", () => {
      this.#write(field, offer);
      this.apply();
    });
    place.replaceChildren(message, ...(offer === null ? [] : [" ", mend]));
    place.hidden = false;
    this.#box(name)?.classList.add("is-wrong");
    const control = this.#control(name);
    control?.setAttribute("aria-invalid", "true");
    control?.setAttribute("aria-describedby", place.id);
    if (this.more.contains(place)) this.more.open = true;
  }

  /** @param {string} name */
  #clear(name) {
    const place = this.#problem(name);
    if (!place || place.hidden) return;
    place.hidden = true;
    this.#box(name)?.classList.remove("is-wrong");
    this.#control(name)?.removeAttribute("aria-invalid");
    this.#control(name)?.removeAttribute("aria-describedby");
  }

  /** @param {string} name */
  #problem = (name) => /** @type {HTMLElement | null} */ (this.querySelector(`#problem-${name}`));

  /** @param {string} name */
  #box = (name) => /** @type {HTMLElement | null} */ (this.querySelector(`[data-field="${name}"]`));

  /** @param {string} name @returns {HTMLElement | null} */
  #control = (name) => this.querySelector(`#recipe-${name}`);

  /** @param {Field} field */
  #read({ name }) {
    const control = this.form.elements.namedItem(name); // a form's data would lack what is fixed
    return control !== null && "value" in control ? String(control.value) : "";
  }

  /** @param {Field} field @param {Value} value */
  #write(field, value) {
    const control = this.form.elements.namedItem(field.name);
    const text = value === null ? "" : String(value);
    if (control instanceof HTMLSelectElement && isEquations(field, value)) own(control, text);
    if (control === null || !("value" in control)) return;
    if (control.value !== text) control.value = text;
  }
}

/** A cell of one's own is one more choice. @param {HTMLSelectElement} select @param {string} source */
function own(select, source) {
  if ([...select.options].some(({ value }) => value === source)) return;
  select.querySelector("[data-own]")?.remove();
  select.append(
    make("option", { value: source, "data-own": true }, t(select.name === "data" ? "form.own.data" : "form.own")),
  );
}

/** @param {Field} field @param {Value} value */
function shown(field, value) {
  const text = field.choice_labels?.[String(value)] ?? String(value).replace("-", "−");
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}

if (!customElements.get("recipe-form")) customElements.define("recipe-form", RecipeForm);
