// A file of weights in words: what was found in it, which text it can read; and the present weights as such a file.

import { make } from "../dom.js";
import { pack } from "../safetensors.js";
import { t } from "./words.js";

/**
 * @typedef {{module: string | null, layers: number, directions: number, gates: string[], embedding: number | null,
 *   outputs: number | null, unused: string[]}} Written
 * @typedef {{id: string, cell: string, topology: string, bytes: number, file: Written | null, hidden: number, layers: number,
 *   input: number, output: number | null, inputs: string[], outputs: string[], parameters: Record<string, number[]>}} Model
 */

const GATES = /** @type {Record<string, string>} */ ({
  i: "tool.weights.gate.i",
  f: "tool.weights.gate.f",
  c: "tool.weights.gate.c",
  o: "tool.weights.gate.o",
  r: "tool.weights.gate.r",
  z: "tool.weights.gate.z",
  n: "tool.weights.gate.n",
});

/** What was found, line by line. @param {Model} model @param {any} catalog */
export function facts(model, catalog) {
  const { file } = model;
  const gates = file?.gates.map((gate) => t(GATES[gate] ?? gate)).join(", ");
  const rows = /** @type {[string, string | null | undefined][]} */ ([
    ["tool.weights.module", file?.module ? `nn.${file.module}` : t("tool.weights.ours")],
    ["tool.weights.cell", model.cell.includes("=") ? t("form.own") : titleOf(model.cell, catalog)],
    ["tool.weights.units", String(model.hidden)],
    ["tool.weights.layers", String(file?.layers ?? model.layers)],
    ["tool.weights.directions", t(model.topology === "bidirectional" ? "tool.weights.both" : "tool.weights.one")],
    ["tool.weights.gates", gates || null],
    ["tool.weights.embedding", file?.embedding ? t("tool.weights.embedded", { symbols: file.embedding }) : null],
    [
      "tool.weights.input",
      t(model.inputs.length ? "tool.weights.named" : "tool.weights.unnamed", { count: model.input }),
    ],
    ["tool.weights.head", model.output === null ? t("tool.weights.headless") : String(model.output)],
    ["tool.weights.unused", file?.unused.length ? file.unused.join(", ") : t("tool.weights.nothing")],
  ]);
  const list = make("dl", { class: "facts" });
  for (const [key, value] of rows) {
    if (value) list.append(make("div", {}, make("dt", {}, t(key)), make("dd", {}, value)));
  }
  return list;
}

/** Every array by our names, folded away. @param {Model} model */
export function tensors({ parameters }) {
  const list = make("ul", { class: "tensors" });
  for (const [name, shape] of Object.entries(parameters))
    list.append(make("li", {}, make("code", {}, name), ` ${shape.join(" × ")}`));
  const more = make("details", { class: "tool-more" });
  more.append(make("summary", {}, t("tool.weights.arrays", { count: Object.keys(parameters).length })), list);
  return more;
}

export const SAVE = `from safetensors.torch import save_file
save_file(model.state_dict(), "model.safetensors")`;
const NETWORK = ["cell", "hidden", "topology", "layers", "scoring", "reader"];

/** The weights of a trace as a file that this page and others can read. @param {any} trace */
export function fileOf(trace) {
  const names = trace.names.filter((/** @type {string} */ name) => name.startsWith("param/"));
  const tensors = Object.fromEntries(names.map((/** @type {string} */ name) => [name.slice(6), trace.get(name)]));
  const network = Object.fromEntries(
    NETWORK.filter((name) => name in trace.recipe).map((name) => [name, trace.recipe[name]]),
  );
  return pack(tensors, {
    format: "unrolled",
    engine: trace.engine,
    cell: trace.recipe.cell,
    recipe: JSON.stringify(network),
    inputs: JSON.stringify(trace.labels.input ?? []),
    outputs: JSON.stringify(trace.labels.output ?? []),
  });
}

/** @param {any} trace */
export const nameOf = ({ recipe, id }) =>
  `unrolled-${recipe.cell.includes("=") ? "own" : recipe.cell}-${id.slice(0, 8)}`;

/** @param {Uint8Array<ArrayBuffer>} bytes @param {string} name */
export function download(bytes, name) {
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = make("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** The names in a text: one a line, or parted by blanks; or, if that is just as many, its characters. @param {string} text @param {number} wanted */
export function namesIn(text, wanted) {
  const lines = text.split("\n").filter((line) => line !== "");
  const words = text.split(/\s+/).filter(Boolean);
  const characters = [...text.replace(/\n$/, "")];
  const far = (/** @type {string[]} */ names) => Math.abs(names.length - wanted);
  return [lines, words, characters].reduce((best, names) => (far(names) < far(best) ? names : best));
}

/** A text that a model can read: the present one if its words are known and few enough, else of the model's own. @param {string} text @param {Model} model @param {Set<string>} names */
export function fitting(text, model, names) {
  const single = names.size > 0 && [...names].every((name) => [...name].length === 1);
  const units = single ? [...new Set(text)] : [...new Set(text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [])];
  const known = names.size === 0 ? units.length <= model.input : units.every((unit) => names.has(unit));
  if (known) return single ? { data: "characters" } : {};
  if (names.size > 0)
    return { data: single ? "characters" : "sentence", text: [...names].slice(0, 12).join(single ? "" : " ") };
  return {
    data: "characters",
    text: [..."abcdefghijklmnopqrstuvwxyz"].slice(0, Math.max(2, Math.min(26, model.input))).join(""),
  };
}

/** The prefixes among which a refusal lets one choose. @param {string} message */
export const prefixesOf = (message) =>
  /there are: (.+)$/
    .exec(message)?.[1]
    .split(", ")
    .filter((name) => name !== "none" && name !== "(no prefix)") ?? [];

/** @param {string} cell @param {any} catalog */
const titleOf = (cell, catalog) => catalog.cells.find((/** @type {any} */ { id }) => id === cell)?.title ?? cell;

/** @param {string} text */
export const capital = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`;

/** @param {number} bytes */
export const kilobytes = (bytes) =>
  bytes < 2 ** 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : megabytes(bytes);
