// Who races: recipes that differ in a few fields and share the rest, as short texts for the address and as names for people.

import { parse, toQuery } from "../recipe.js";

/**
 * @typedef {import('../recipe.js').Field} Field
 * @typedef {Record<string, any>} Values
 */

export const MOST = 4;

/** Sets that show something. @type {Record<string, Values[]>} */
export const PRESETS = {
  cells: [{ cell: "rnn-tanh" }, { cell: "lstm" }, { cell: "gru" }],
  inits: [{ cell: "rnn-relu", init: "identity" }, { cell: "rnn-tanh" }, { cell: "lstm" }],
  clips: [{ clip: "norm" }, { clip: "none" }],
};

/** A recipe without what is at its default. @param {Values} values @param {readonly Field[]} fields @returns {Values} */
export const lean = (values, fields) =>
  Object.fromEntries(
    fields
      .filter(({ name, default: usual }) => (values[name] ?? null) !== (usual ?? null))
      .map(({ name }) => [name, values[name]]),
  );

/** The runs that a tool's state names, each over what all share. @param {Readonly<Record<string, string>>} own @returns {Values[]} */
export function racersOf(own) {
  if (own.runs === undefined) return PRESETS[own.race ?? "cells"] ?? [];
  try {
    const runs = JSON.parse(own.runs);
    return Array.isArray(runs) ? runs.filter((run) => run && typeof run === "object").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/**
 * Whole runs: the shared recipe and options, and over them what each changes; of a recipe all that makes it what it is.
 * @param {Values} recipe of the page @param {Record<string, string>} options as text @param {Values[]} racers
 * @param {{fields: readonly Field[], options: readonly Field[]}} tables @returns {Values[]}
 */
export function wholeRuns(recipe, options, racers, tables) {
  const typed = Object.fromEntries(
    tables.options
      .filter(({ name }) => name in options)
      .map((field) => [field.name, parse(field, options[field.name])]),
  );
  const base = lean(recipe, tables.fields);
  return racers.map((racer) => {
    const own = "cell" in racer ? without(base, OF_A_CELL) : base;
    return { ...own, ...typed, ...racer };
  });
}

/** What belongs to the cell of the page, not to another's. */
const OF_A_CELL = ["cell", "init", "gain", "forget_bias", "model"];

/** @param {Values} values @param {string[]} names */
export const without = (values, names) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

/** One run as a query for its traces. @param {Values} run @param {{fields: readonly Field[], options: readonly Field[]}} tables */
export const queryOf = (run, { fields, options }) => toQuery(run, [...fields, ...options]);

/** What tells the runs apart, in words. @param {Values[]} runs @param {{fields: readonly Field[], options: readonly Field[]}} tables @returns {string[]} */
export function namesOf(runs, tables) {
  const all = [...tables.fields, ...tables.options];
  const value = (/** @type {Values} */ run, /** @type {Field} */ field) => run[field.name] ?? field.default ?? null;
  const differing = all.filter((field) => runs.some((run) => value(run, field) !== value(runs[0], field)));
  const told = differing.length > 0 ? differing : all.slice(0, 1);
  return runs.map((run) =>
    told
      .map((field) => said(field, value(run, field), run))
      .filter(Boolean)
      .join(", "),
  );
}

const BRIEF = /** @type {Record<string, string>} */ ({
  "rnn-tanh": "tanh",
  "rnn-sigmoid": "sigmoid",
  "rnn-relu": "ReLU",
  gru: "GRU",
  "gru-reset-after": "GRU, reset after",
});

/** @param {Field} field @param {any} value @param {Values} run */
function said(field, value, run) {
  if (field.name === "cell") return BRIEF[value] ?? field.choice_labels?.[value] ?? "own cell";
  if (value === (field.default ?? null) && !(field.name in run)) return "";
  const text = field.choice_labels?.[String(value)] ?? String(value ?? "none").replace("-", "−");
  return field.name === "init" ? text : `${field.label.toLowerCase()} ${text}`;
}
