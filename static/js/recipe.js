// A recipe is a table of fields. This module carries its values between the form, the address bar and the API:
// the query holds only what differs from the default, in the order of the table, and round-trips exactly. A value may bring
// others along: a shipped model brings its recipe, and the query then holds what differs from that.

import { t } from "./strings.js";

/**
 * @typedef {string | number | null} Value
 * @typedef {Record<string, Value>} Values
 * @typedef {object} Field
 * @property {string} name
 * @property {'choice' | 'integer' | 'number' | 'text'} kind
 * @property {Value} default
 * @property {readonly string[] | null} [choices]
 * @property {Record<string, string>} [choice_labels] what people call them
 * @property {number | null} [low]
 * @property {number | null} [high]
 * @property {number | null} [step]
 * @property {string | null} [unit]
 * @property {string} label
 * @property {string} help
 * @property {boolean} [optional]
 * @property {string} [group]
 * @property {Record<string, readonly (string | null)[]>} [needs] at which values of other fields this one matters
 * @property {Record<string, Values>} [brings] what comes along with a value of this field, where nothing else is said
 * @typedef {{name: string, message: string, allowed: Value}} Problem
 */

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** @param {readonly Field[]} fields @returns {Values} */
export function defaults(fields) {
  return Object.fromEntries(fields.map((field) => [field.name, field.default ?? null]));
}

/** What some values bring along for other fields. @param {Values} values @param {readonly Field[]} fields @returns {Values} */
const brought = (values, fields) =>
  Object.assign({}, ...fields.map(({ name, brings }) => brings?.[String(values[name])] ?? {}));

/** Whether a field changes anything beside these values of the others. @param {Field} field @param {Values} values */
export const matters = ({ needs = {} }, values) =>
  Object.entries(needs).every(([name, allowed]) => allowed.includes(/** @type {any} */ (sortOf(values[name] ?? null))));

/** Every file that a visitor sent is of one sort. @param {Value} value */
export const sortOf = (value) => (typeof value === "string" && value.startsWith("own-") ? "own" : value);

/** Which fields change nothing beside a trained model: its network is its own, and only what is drawn by a rule or left out of a file needs a seed. @param {Values} values @param {readonly Field[]} fields @returns {string[]} */
export function fixed(values, fields) {
  if (values.model === null || values.model === undefined) return [];
  const named = (/** @type {string} */ name) => fields.find((field) => field.name === name);
  const network = fields.filter(({ group }) => group === "network").map(({ name }) => name);
  const shipped = String(values.model) in (named("model")?.brings ?? {});
  const [length, example] = [named("length"), named("example")];
  const drawn = length && example && matters(length, values) && !matters(example, values);
  return shipped && !drawn ? [...network, "seed"] : network;
}

/** A recipe as the engine keeps it: what does not matter is at its default. @param {Values} values @param {readonly Field[]} fields @returns {Values} */
export function settled(values, fields) {
  const away = fields.filter((field) => !matters(field, values));
  return { ...values, ...defaults(away) };
}

/**
 * What a text typed into a field means; a text that is no number stays a text, so that `check` can say so.
 * @param {Field} field @param {string} text @returns {Value}
 */
export function parse(field, text) {
  const trimmed = text.trim();
  if (field.optional && (trimmed === "" || trimmed === "none")) return null;
  if (field.kind === "text" || field.kind === "choice") return text;
  return NUMBER.test(trimmed) ? Number(trimmed) : text;
}

/** @param {string} search the query, with or without its question mark @param {readonly Field[]} fields @returns {Values} */
export function fromQuery(search, fields) {
  const given = new URLSearchParams(search);
  const values = { ...defaults(fields), ...brought(Object.fromEntries(given), fields) };
  for (const field of fields) {
    const text = given.get(field.name);
    if (text !== null) values[field.name] = parse(field, text);
  }
  return values;
}

/** @param {Values} values @param {readonly Field[]} fields @returns {string} without a question mark; empty for the default recipe */
export function toQuery(values, fields) {
  const query = new URLSearchParams();
  const usual = { ...defaults(fields), ...brought(values, fields) };
  for (const { name } of fields) {
    const value = values[name];
    if (value !== undefined && value !== usual[name]) query.append(name, String(value ?? "none"));
  }
  return query.toString();
}

/** @param {Values} one @param {Values} other @param {readonly Field[]} fields */
export function same(one, other, fields) {
  return fields.every(({ name }) => (one[name] ?? null) === (other[name] ?? null));
}

/** @param {Values} values @param {readonly Field[]} fields @returns {Problem[]} every problem, in the order of the table */
export function check(values, fields) {
  return fields.flatMap((field) => {
    const value = values[field.name] ?? null;
    const message = complaint(field, value);
    return message === null ? [] : [{ name: field.name, message, allowed: nearest(field, value) }];
  });
}

/** @param {Field} field @param {Value} value @returns {string | null} one sentence, or null when the value is allowed */
function complaint(field, value) {
  if (value === null) return field.optional ? null : t("form.needed", { label: field.label });
  return COMPLAINTS[field.kind](field, value);
}

/** @type {Record<Field['kind'], (field: Field, value: string | number) => string | null>} */
const COMPLAINTS = {
  choice: (field, value) =>
    allowed(field).includes(String(value)) || isEquations(field, value)
      ? null
      : t("form.choices", { label: field.label, choices: allowed(field).join(", ") }),
  integer: (field, value) =>
    Number.isSafeInteger(value) && within(field, Number(value))
      ? null
      : t("form.integer", { label: field.label, span: span(field) }),
  number: (field, value) =>
    Number.isFinite(value) && within(field, Number(value))
      ? null
      : t("form.number", { label: field.label, span: span(field) }),
  text: textComplaint,
};

/** The values of a choice. @param {Field} field */
const allowed = ({ choices }) => choices ?? [];

/** @param {Field} field @param {string | number} value */
function textComplaint(field, value) {
  const text = String(value);
  if (text.trim() === "") return t("form.empty", { label: field.label });
  if (LONE_SURROGATE.test(text)) return t("form.half", { label: field.label });
  if (length(text) > (field.high ?? Number.POSITIVE_INFINITY))
    return t("form.long", { label: field.label, high: field.high });
  return null;
}

/** A cell may also be written out as equations, and data may be the visitor's own. @param {Field} field @param {Value} value */
export function isEquations(field, value) {
  if (field.name === "data") return sortOf(value) === "own";
  return field.name === "cell" && typeof value === "string" && value.includes("=");
}

/** @param {Field} field @param {number} value */
function within(field, value) {
  return value >= (field.low ?? Number.NEGATIVE_INFINITY) && value <= (field.high ?? Number.POSITIVE_INFINITY);
}

/** @param {Field} field */
function span({ low, high }) {
  const floor = low ?? null;
  const ceiling = high ?? null;
  if (floor !== null && ceiling !== null) return t("form.between", { low: grouped(floor), high: grouped(ceiling) });
  if (floor !== null) return t("form.least", { low: grouped(floor) });
  return ceiling === null ? "" : t("form.most", { high: grouped(ceiling) });
}

/** @param {number} value */
const grouped = (value) => String(value).replace("-", "−");

/** @param {string} text in characters, not in UTF-16 units */
const length = (text) => [...text].length;

/**
 * The allowed value that lies nearest to what was typed.
 * @param {Field} field @param {Value} value @returns {Value}
 */
export function nearest(field, value) {
  if (field.kind === "choice") return closest(allowed(field), String(value ?? "")) ?? field.default;
  if (field.kind === "text") return nearestText(field, String(value ?? ""));
  const number = typeof value === "number" ? value : Number.parseFloat(String(value));
  if (Number.isNaN(number)) return field.default;
  const most = field.kind === "integer" ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE;
  const clamped = Math.min(Math.max(number, field.low ?? -most), field.high ?? most);
  return field.kind === "integer" ? Math.round(clamped) : clamped;
}

/** @param {Field} field @param {string} text */
function nearestText(field, text) {
  const whole = [...text].filter((character) => !LONE_SURROGATE.test(character));
  const kept = whole.slice(0, field.high ?? whole.length).join("");
  return kept.trim() === "" ? field.default : kept;
}

/** The choice that shares the longest beginning with the text. @param {readonly string[]} choices @param {string} text */
function closest(choices, text) {
  const shared = choices.map((choice) => commonPrefix(choice, text.trim().toLowerCase()));
  const best = Math.max(...shared);
  return best > 0 ? choices[shared.indexOf(best)] : undefined;
}

/** @param {string} one @param {string} other */
function commonPrefix(one, other) {
  let count = 0;
  while (count < one.length && one[count] === other[count]) count += 1;
  return count;
}

/**
 * The values that a slider for a field stops at: even steps at first, then each a quarter more than the one before.
 * @param {Pick<Field, 'low' | 'high' | 'step' | 'kind'>} field @param {number} [end] where to end, if sooner
 */
export function stops({ low, high, step, kind }, end = Number.POSITIVE_INFINITY) {
  const [first, by] = [low ?? 0, step || 1];
  const last = Math.min(high ?? Number.POSITIVE_INFINITY, end);
  const found = [first];
  for (let value = first; value < last; ) {
    const even = tidy(value + by);
    const next = found.length < EVEN || first < 0 ? even : Math.max(even, tidy(value * 1.25, 2));
    value = Math.min(last, kind === "integer" ? Math.round(next) : next);
    found.push(value);
  }
  return found;
}

/** A word, as the engine cuts a text into them. */
const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

/** The beginning of a text that has no more units than are allowed. @param {string} text @param {{nearest?: number, unit?: string} | null | undefined} allowed @returns {string | null} */
export function shortened(text, allowed) {
  const most = allowed?.nearest;
  if (typeof most !== "number" || !(most > 0)) return null;
  if (allowed?.unit === "character") return [...text].slice(0, most).join("");
  const last = [...text.matchAll(WORD)][most - 1];
  return last ? text.slice(0, last.index + last[0].length) : null;
}

const EVEN = 40;

/** Without the dust of binary fractions. @param {number} value @param {number} [digits] */
const tidy = (value, digits = 10) => Number(value.toPrecision(digits));
