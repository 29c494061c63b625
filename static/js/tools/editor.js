// An editor for equations: a plain text field, and under it the same text in colours with the fault marked. Whoever types,
// selects, undoes or leaves by Tab meets an ordinary field.

import { hide, make, write } from "../dom.js";
import { highlight, likely, wordAt } from "./highlight.js";

/**
 * @typedef {{line: number, column: number, message: string, misspelled?: boolean}} Fault line from 1, column from 0
 * @typedef {{change: (text: string) => void, run: () => void, t: (key: string, values?: Record<string, unknown>) => string}} Means
 */

export class Editor {
  /** @param {Means} means */
  constructor({ change, run, t }) {
    this.t = t;
    /** @type {string[]} */
    this.functions = [];
    /** @type {Fault | null} */
    this.fault = null;
    this.change = change;
    this.field = make("textarea", {
      class: "editor-field",
      id: "cell-equations",
      spellcheck: "false",
      autocapitalize: "off",
      autocomplete: "off",
      autocorrect: "off",
      wrap: "off",
      "aria-describedby": "cell-verdict",
    });
    this.paint = make("pre", { class: "editor-paint", "aria-hidden": "true" });
    this.caret = make("span", { class: "editor-caret", "aria-hidden": "true", hidden: true });
    this.sheet = make("div", { class: "editor-sheet" }, this.paint, this.caret);
    this.told = make("span", { class: "editor-told" });
    this.where = make("button", { type: "button", class: "mend" }, t("tool.cell.there"));
    this.mend = make("button", { type: "button", class: "mend", hidden: true });
    this.verdict = make(
      "p",
      { class: "editor-verdict", id: "cell-verdict", role: "status" },
      this.told,
      " ",
      this.where,
      " ",
      this.mend,
    );
    this.host = make(
      "div",
      { class: "editor" },
      make("div", { class: "editor-box" }, this.sheet, this.field),
      this.verdict,
    );
    this.#listen(run);
    this.judge(null);
  }

  get text() {
    return this.field.value;
  }

  /** Put a text there, from elsewhere. @param {string} text */
  set text(text) {
    if (this.field.value === text) return;
    this.field.value = text;
    this.fault = null;
    this.draw();
  }

  /** Put words where the caret is, as typing would; they can be undone. @param {string} words @param {number} [back] how far the caret goes back into them */
  insert(words, back = 0) {
    this.field.focus();
    const { selectionStart: start, selectionEnd: end } = this.field;
    // The old command is the only one that keeps the field's own undo.
    const typed = document.execCommand?.("insertText", false, words);
    if (!typed) {
      this.field.setRangeText(words, start, end, "end");
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const at = start + words.length - back;
    this.field.setSelectionRange(at, at);
  }

  /** Say what is wrong, or that nothing is. @param {Fault | null} fault @param {string} [praise] */
  judge(fault, praise = "") {
    this.fault = fault;
    const { t } = this;
    this.host.classList.toggle("is-wrong", fault !== null);
    if (fault) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
    write(this.told, fault ? t("tool.cell.fault", { ...fault, column: fault.column + 1 }) : praise);
    hide(this.where, fault === null);
    this.#offer();
    this.draw();
  }

  /** A function that does not exist may be one misspelled. */
  #offer() {
    const found = this.fault && wordAt(this.#line(this.fault), this.fault.column);
    const meant = found && this.fault?.misspelled ? likely(found.word, this.functions) : null;
    hide(this.mend, meant === null);
    if (meant === null || !found || !this.fault) return;
    write(this.mend, this.t("form.use", { value: meant }));
    const start = this.#offset({ ...this.fault, column: found.start });
    this.mend.onclick = () => {
      this.field.focus();
      this.field.setSelectionRange(start, start + found.word.length);
      this.insert(meant);
    };
  }

  draw() {
    const lines = highlight(this.text, this.functions);
    this.field.rows = Math.max(3, lines.length + 1);
    this.paint.replaceChildren(...lines.map((tokens) => make("div", { class: "editor-line" }, ...tokens.map(span))));
    hide(this.caret, this.fault === null);
    if (this.fault) {
      const { line, column } = this.fault;
      this.caret.style.transform = `translate(calc(${column} * 1ch), calc(${line} * var(--editor-line)))`;
      const token = this.#tokenAt(line, column);
      token?.classList.add("is-fault");
    }
    this.#scroll();
  }

  /** @param {number} line @param {number} column */
  #tokenAt(line, column) {
    let at = 0;
    for (const token of this.paint.children[line - 1]?.children ?? []) {
      at += token.textContent?.length ?? 0;
      if (column < at) return token;
    }
    return null;
  }

  /** @param {Fault} fault */
  #line({ line }) {
    return this.text.split("\n")[line - 1] ?? "";
  }

  /** @param {Pick<Fault, 'line' | 'column'>} place where that is in the text */
  #offset({ line, column }) {
    const before = this.text.split("\n").slice(0, line - 1);
    return Math.min(this.text.length, before.reduce((sum, each) => sum + each.length + 1, 0) + column);
  }

  #scroll() {
    this.sheet.style.transform = `translate(${-this.field.scrollLeft}px, ${-this.field.scrollTop}px)`;
  }

  /** @param {() => void} run */
  #listen(run) {
    this.field.addEventListener("input", () => {
      this.draw();
      this.change(this.text);
    });
    this.field.addEventListener("scroll", () => this.#scroll());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        run();
      }
    });
    this.where.addEventListener("click", () => {
      if (this.fault === null) return;
      const at = this.#offset(this.fault);
      this.field.focus();
      this.field.setSelectionRange(at, at + 1);
    });
  }
}

/** @param {import('./highlight.js').Token} token */
const span = ({ text, kind, meaning }) =>
  make("span", { class: meaning ? `is-${kind} of-${meaning}` : `is-${kind}` }, text);
