// What is seen, as a place in the address bar: the hash holds the player's state, each part only where it differs.

import { PHASES } from "./player.js";

/** @typedef {import('./player.js').State} State */

/** @param {string | null} text @returns {number | undefined} */
function whole(text) {
  return text !== null && /^\d{1,7}$/.test(text) ? Number(text) : undefined;
}

/** What a hash says of the player; all else in it belongs to the tool that is open. */
const KNOWN = [
  "t",
  "k",
  "phase",
  "node",
  "unit",
  "parameter",
  "share",
  "large",
  "tool",
  "epoch",
  "block",
  "error",
  "sub",
  "size",
];
/** How a page looks and speaks, and what it hides: what an address keeps, whatever is seen. */
const CARRIED = ["theme", "lang", "hide"];
/** What of an address is neither a recipe's nor a tool's. */
const BESIDE = ["own", ...CARRIED];
const NAME = /^[a-z][a-z-]{0,23}$/;
const LONGEST = 4000;

/** @param {URLSearchParams} given @returns {Readonly<Record<string, string>>} */
function ownOf(given) {
  const own = [...given].filter(([name, text]) => !KNOWN.includes(name) && NAME.test(name) && text.length <= LONGEST);
  return Object.freeze(Object.fromEntries(own));
}

/** @param {URLSearchParams} given @returns {State['focus']} */
function focusOf(given) {
  const [node, parameter] = [given.get("node"), given.get("parameter")];
  if (!node && !parameter) return null;
  if (!parameter) return { node, unit: whole(given.get("unit")) ?? 0, parameter: null };
  const error = whole(given.get("error"));
  return { node: null, unit: null, parameter, ...(error !== undefined && { error }) };
}

/** The part of a state that a hash tells; what it does not tell stands as in `whole run, nothing in focus`. @param {string} hash @returns {Partial<State>} */
export function fromHash(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const phase = /** @type {State['phase']} */ (given.get("phase"));
  const block = given.get("block");
  const size = whole(given.get("size"));
  return {
    t: whole(given.get("t")) ?? 0,
    k: whole(given.get("k")) ?? 0,
    phase: PHASES.includes(phase) ? phase : "whole",
    focus: focusOf(given),
    look: Object.freeze({
      share: given.get("share") === "1",
      large: given.get("large"),
      ...(block && { block }),
      ...(size && { size }),
    }),
    epoch: whole(given.get("epoch")) ?? 0,
    sub: whole(given.get("sub")) ?? null,
    tool: given.get("tool") ?? "inspect",
    own: ownOf(given),
  };
}

/** @param {string} search */
export const carried = (search) => [...new URLSearchParams(search)].filter(([name]) => CARRIED.includes(name));

/** @param {State} state @returns {string} without the # */
export function toHash({ t, k, phase, focus, look, tool, own, epoch, sub }) {
  const hash = new URLSearchParams();
  if (tool !== "inspect") {
    hash.set("tool", tool);
    for (const [name, text] of Object.entries(own)) hash.set(name, text);
  }
  if (epoch > 0) hash.set("epoch", String(epoch));
  if (phase !== "whole") hash.set("phase", phase);
  if (t > 0) hash.set("t", String(t));
  if (focus?.parameter) {
    hash.set("k", String(k));
    hash.set("parameter", focus.parameter);
    if (focus.error !== undefined) hash.set("error", String(focus.error));
  } else if (focus?.node) {
    hash.set("node", focus.node);
    hash.set("unit", String(focus.unit ?? 0));
  }
  if (Number.isInteger(sub)) hash.set("sub", String(sub));
  const { share, large, block, size } = look;
  for (const [name, value] of Object.entries({ share: Number(share), large, block, size }))
    if (value) hash.set(name, String(value));
  return hash.toString();
}

/** Whether the visitor went back or forward before anyone listened: the address is no longer that of the page that came. */
export function elsewhere() {
  const [came] = performance.getEntriesByType("navigation");
  return came !== undefined && new URL(came.name).search !== location.search;
}

/** What of a state is the tools': a change of it is an entry in the history. @param {Partial<State>} state */
export const toolOf = ({ tool, own, epoch }) => JSON.stringify([tool, tool === "inspect" ? {} : own, epoch]);

/** What a tool remembers, changed; what is null is forgotten. @param {Readonly<Record<string, string>>} own @param {Record<string, string | null>} change */
export function kept(own, change) {
  const all = Object.entries({ ...own, ...change }).filter(([, text]) => text !== null && text !== "");
  return /** @type {Readonly<Record<string, string>>} */ (Object.freeze(Object.fromEntries(all)));
}

/** @param {string} search @param {{name: string}[]} fields */
export function optionsOf(search, fields) {
  const taken = new Set([...BESIDE, ...fields.map(({ name }) => name)]);
  return Object.freeze(Object.fromEntries([...new URLSearchParams(search)].filter(([name]) => !taken.has(name))));
}
