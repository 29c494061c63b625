// What the service says, in the language of the page: it speaks English to everybody, and a page in another language has
// the words for that. A name between braces stands for whatever is filled in.

/** English sentences and what this page says instead; filled in where the page is packed. @type {Record<string, string>} */
const TEXTS = {};

const HOLE = /\{(\w*)\}/;

const SHAPES = Object.keys(TEXTS)
  .filter((text) => HOLE.test(text))
  .map((text) => ({ text, names: text.split(HOLE).filter((_, place) => place % 2 === 1), shape: shape(text) }));

/** A sentence whose holes may hold anything. @param {string} text */
function shape(text) {
  const parts = text.split(HOLE).filter((_, place) => place % 2 === 0);
  return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(.+)")}$`, "s");
}

/** A sentence of the service, as this page says it. @param {string} sentence @returns {string} */
export function said(sentence) {
  if (Object.hasOwn(TEXTS, sentence)) return TEXTS[sentence] ?? sentence;
  for (const { text, names, shape } of SHAPES) {
    const found = shape.exec(sentence);
    if (found) return fill(TEXTS[text] ?? sentence, names, found.slice(1));
  }
  const [, name = "", rest] = /^([a-z_0-9]+: )(.+)$/s.exec(sentence) ?? [];
  return rest ? name + said(rest) : sentence;
}

/** Several complaints in one breath. @param {string} detail */
export function complaints(detail) {
  const whole = said(detail);
  return whole === detail ? detail.split("; ").map(said).join("; ") : whole;
}

/** What is wrong with each value. @template {{message: string}} T @param {readonly T[]} errors @returns {T[]} */
export const faults = (errors) => errors.map((error) => ({ ...error, message: said(error.message) }));

/** The members of an answer that are words for people. */
const WORDY = new Set(["label", "title", "note", "notes"]);

/** An answer of the service with its words as this page says them; a page in English has it as it is. @template T @param {T} answer @returns {T} */
export function spelled(answer) {
  return Object.keys(TEXTS).length > 0 ? worded(answer, false) : answer;
}

/** @param {any} value @param {boolean} wordy @returns {any} */
function worded(value, wordy) {
  if (typeof value === "string") return wordy ? said(value) : value;
  if (Array.isArray(value)) return value.map((each) => worded(each, wordy));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, worded(each, WORDY.has(name))]));
}

/** @param {string} text @param {string[]} names @param {string[]} values */
const fill = (text, names, values) =>
  text.replace(/\{(\w*)\}/g, (whole, name) => said(values[names.indexOf(name)] ?? whole));
