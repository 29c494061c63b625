// Bring your own weights: a safetensors file is dropped or chosen, the page says what it found in it and runs it. The present
// weights, drawn or learnt, can be taken along as such a file.

import { hide, make, write } from "../dom.js";
import { inquiries, Refused } from "../inquiries.js";
import { annotated, foreign } from "../safetensors.js";
import { wholeOf } from "./asked.js";
import * as models from "./model.js";
import { t } from "./words.js";

/**
 * @typedef {import('./model.js').Model} Model
 */

const LARGEST = 64 * 2 ** 20;
class WeightsTool {
  /** @param {HTMLElement} host @param {any} context */
  constructor(host, context) {
    this.host = host;
    this.context = context;
    this.asked = 0;
    /** @type {Uint8Array<ArrayBuffer> | null} */
    this.bytes = null;
    this.fileName = "";
    /** @type {Record<string, string>} */
    this.choice = {};
    /** @type {Model | null} */
    this.model = null;
    this.input = make("input", { type: "file", id: "weights-file", class: "drop-input", accept: ".safetensors" });
    this.drop = make(
      "label",
      { class: "drop", for: "weights-file" },
      make("b", {}, t("tool.weights.drop")),
      make("span", {}, t("tool.weights.kinds")),
    );
    this.status = make("p", { class: "tool-note", role: "status" });
    this.problem = make("div", { class: "tool-problem", role: "alert", hidden: true });
    this.found = make("section", { class: "weights-found", hidden: true, "aria-label": t("tool.weights.found") });
    this.present = make("section", { class: "weights-present" });
    this.host.append(
      make(
        "div",
        { class: "tool tool-weights" },
        make("div", { class: "drop-box" }, this.input, this.drop),
        this.status,
        this.problem,
        this.found,
        this.present,
      ),
    );
    this.listen();
  }

  listen() {
    this.input.addEventListener("change", () => {
      const file = this.input.files?.[0];
      this.input.value = ""; // the same file may be chosen again
      if (file) this.take(file);
    });
  }

  /** Look at a file before it is sent: most that cannot be taken is known here. @param {File} file */
  async take(file) {
    this.choice = {};
    this.fileName = file.name;
    if (file.size > LARGEST)
      return this.refuse(
        t("tool.weights.large", { size: models.megabytes(file.size), most: models.megabytes(LARGEST) }),
      );
    this.bytes = new Uint8Array(await file.arrayBuffer());
    const kind = foreign(this.bytes);
    if (kind) return this.refuse(t(`tool.weights.${kind}`), kind === "pickle" ? models.SAVE : undefined);
    await this.send();
  }

  /** Send the file, with what was said about it. */
  async send() {
    const own = ++this.asked;
    hide(this.problem, true);
    write(this.status, t("tool.weights.sending", { name: this.fileName }));
    try {
      const model = await inquiries.model(new Blob([this.bytes ?? new Uint8Array()]), this.choice);
      if (own !== this.asked) return;
      this.model = model;
      write(this.status, t("tool.weights.took", { name: this.fileName, size: models.kilobytes(model.bytes) }));
      this.describe(model);
      this.run(model);
    } catch (problem) {
      if (own !== this.asked) return;
      if (problem instanceof Refused)
        this.refuse(models.capital(problem.message), undefined, models.prefixesOf(problem.told.detail ?? ""));
      else this.refuse(t("tool.away"));
    }
  }

  /** @param {string} text @param {string} [code] @param {string[]} [prefixes] */
  refuse(text, code, prefixes = []) {
    write(this.status, "");
    hide(this.found, true);
    this.problem.replaceChildren(make("p", {}, text));
    if (code) this.problem.append(make("pre", { tabindex: "0" }, code));
    for (const prefix of prefixes) {
      const button = make("button", { type: "button", class: "button" }, prefix);
      button.addEventListener("click", () => {
        this.choice = { ...this.choice, prefix };
        this.send();
      });
      this.problem.append(button, " ");
    }
    hide(this.problem, false);
  }

  /** What was found, and what is left to say. @param {Model} model */
  describe(model) {
    const parts = [models.facts(model, this.context.catalog), models.tensors(model), ...this.choices(model)];
    this.found.replaceChildren(make("h3", {}, t("tool.weights.found")), ...parts);
    hide(this.found, false);
  }

  /** What the file does not say. @param {Model} model */
  choices(model) {
    const found = [];
    if (model.file?.module === "RNN") found.push(this.squash(model));
    if (model.file && model.inputs.length === 0) found.push(this.naming(model));
    return found;
  }

  /** nn.RNN does not write down its nonlinearity. @param {Model} model */
  squash(model) {
    const select = make("select", { id: "weights-squash" });
    for (const name of ["tanh", "relu"]) select.append(make("option", { value: name }, name));
    select.value = model.cell === "rnn-relu" ? "relu" : "tanh";
    select.addEventListener("change", () => {
      this.choice = { ...this.choice, nonlinearity: select.value };
      this.send();
    });
    return make(
      "div",
      { class: "tool-field" },
      make("label", { for: "weights-squash" }, t("tool.weights.squash")),
      select,
    );
  }

  /** A vocabulary for a file that has none: it goes into the file's own notes. @param {Model} model */
  naming(model) {
    const field = make("textarea", {
      id: "weights-names",
      rows: "3",
      spellcheck: "false",
      placeholder: t("tool.weights.names.hint"),
    });
    const said = make("p", { class: "tool-note", role: "status" });
    const button = make("button", { type: "button", class: "button" }, t("tool.weights.names.use"));
    button.addEventListener("click", () => {
      const names = models.namesIn(field.value, model.input);
      if (names.length !== model.input)
        return write(said, t("tool.weights.names.count", { count: names.length, needed: model.input }));
      const text = JSON.stringify(names);
      const notes = { inputs: text, ...(model.output === model.input && { outputs: text }) };
      const file = annotated(this.bytes ?? new Uint8Array(), notes);
      if (file) this.bytes = file;
      this.send();
    });
    const more = make("details", { class: "tool-more" });
    more.append(
      make("summary", {}, t("tool.weights.names")),
      make("label", { class: "hidden", for: "weights-names" }, t("tool.weights.names")),
      field,
      button,
      said,
    );
    return more;
  }

  /** Run the model on the page: its cell, size and topology are then its own. @param {Model} model */
  run(model) {
    const recipe = this.context.recipe();
    const names = new Set(model.inputs);
    const text = models.fitting(String(recipe.text ?? ""), model, names);
    this.context.ask({ ...recipe, ...text, model: model.id });
  }

  /** What runs now, and the way to take it along. @param {any} seen @param {any} _state */
  update(seen, _state) {
    const trace = wholeOf(seen);
    if (trace.partial || trace.id === this.seen) return;
    this.seen = trace.id;
    const names = trace.names.filter((/** @type {string} */ name) => name.startsWith("param/"));
    const count = names.reduce(
      (/** @type {number} */ sum, /** @type {string} */ name) => sum + (trace.get(name)?.data.length ?? 0),
      0,
    );
    const button = make("button", { type: "button", class: "button" }, t("tool.weights.save"));
    button.addEventListener("click", () =>
      models.download(models.fileOf(trace), `${models.nameOf(trace)}.safetensors`),
    );
    const kind = trace.recipe.model
      ? "tool.weights.from.model"
      : this.context.player.state.epoch > 0
        ? "tool.weights.from.training"
        : "tool.weights.from.seed";
    const said = t(kind, { seed: trace.recipe.seed, epoch: this.context.player.state.epoch });
    const actions = make("div", { class: "weights-actions" }, button);
    if (trace.recipe.model) actions.append(this.without());
    this.present.replaceChildren(
      make("h3", {}, t("tool.weights.present")),
      make("p", { class: "tool-note" }, t("tool.weights.numbers", { said, arrays: names.length, count })),
      actions,
    );
  }

  without() {
    const button = make("button", { type: "button", class: "button" }, t("tool.weights.without"));
    button.addEventListener("click", () => {
      hide(this.found, true);
      write(this.status, "");
      this.context.ask({ ...this.context.recipe(), model: null });
    });
    return button;
  }

  destroy() {
    this.asked += 1;
    this.host.replaceChildren();
  }
}

export const tool = {
  name: "weights",
  /** @param {HTMLElement} host @param {any} context */
  mount: (host, context) => new WeightsTool(host, context),
};
