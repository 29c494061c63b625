// A visitor's own data: a text, a table or a sound is dropped or chosen, read by the server, and run on the page.

import { hide, make, write } from "../dom.js";
import { inquiries, Refused } from "../inquiries.js";
import { t } from "./library-words.js";

const LARGEST = 4 * 2 ** 20;

export class OwnData {
  /** @param {any} context */
  constructor(context) {
    this.context = context;
    this.input = make("input", { type: "file", id: "own-file", class: "drop-input", accept: ".txt,.csv,.tsv,.wav" });
    this.drop = make(
      "label",
      { class: "drop", for: "own-file" },
      make("b", {}, t("own.drop")),
      make("span", {}, t("own.kinds")),
    );
    this.status = make("p", { class: "tool-note", role: "status" });
    this.problem = make("p", { class: "tool-problem", role: "alert", hidden: true });
    const box = make("div", { class: "drop-box" }, this.input, this.drop);
    this.host = make("div", { class: "own-data" }, box, make("p", { class: "tool-note" }, t("own.private")));
    this.host.append(this.status, this.problem);
    this.listen();
  }

  listen() {
    const { input } = this;
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      if (file) this.take(file);
      input.value = ""; // the same file may be chosen again
    });
  }

  /** @param {File} file */
  async take(file) {
    const mega = (/** @type {number} */ bytes) => (bytes / 2 ** 20).toFixed(1);
    const { name, size } = file;
    if (size > LARGEST) return this.refuse(t("own.large", { name, size: mega(size), most: mega(LARGEST) }));
    hide(this.problem, true);
    write(this.status, t("own.sending", { name }));
    try {
      const found = await inquiries.data(file);
      const said = t(`own.${found.kind}`, found);
      write(this.status, t("own.took", { name, what: said }));
      this.context.ask({
        ...this.context.recipe(),
        model: null,
        topology: "chain",
        example: 0,
        length: null,
        ...found.recipe,
      });
    } catch (problem) {
      this.refuse(problem instanceof Refused ? complaint(problem) : t("tool.away"));
    }
  }

  /** @param {string} text */
  refuse(text) {
    write(this.status, "");
    write(this.problem, text);
    hide(this.problem, false);
  }
}

/** What is wrong with a file, and what would be right. @param {Refused} problem */
export function complaint({ message, told }) {
  const [first] = told.errors ?? [];
  if (!first) return message;
  const allowed = typeof first.allowed === "object" ? Object.entries(first.allowed ?? {}) : [];
  const bounds = allowed.map(([name, value]) => `${name}: ${value}`).join(", ");
  return `${t("own.file", { message: first.message })}${bounds ? ` (${bounds})` : ""}`;
}
