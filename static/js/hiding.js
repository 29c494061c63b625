// What an address may hide of its page, so that students see what they are to see. css/hide.css says how parts are hidden, by
// the same names; a field of the recipe goes by its own name, a figure by `view-` and its name.

/** @type {Record<string, readonly string[]>} */
export const HIDEABLE = Object.freeze({
  parts: ["recipe", "more", "network", "bench", "tabs", "player", "corner"],
  tools: ["train", "race", "edit", "find", "cell", "geometry", "weights", "library"].map((name) => `tool-${name}`),
});

/** What an address hides. @param {string} search @returns {string[]} */
export const hiddenIn = (search) =>
  (new URLSearchParams(search).get("hide") ?? "").split(",").filter((name) => name !== "");

/** An address that hides these and nothing else. @param {URL} address @param {readonly string[]} names */
export function hiding(address, names) {
  const found = new URL(address);
  found.searchParams.delete("hide");
  if (names.length === 0) return found;
  const search = found.searchParams.toString();
  found.search = `${search}${search ? "&" : ""}hide=${names.map(encodeURIComponent).join(",")}`; // commas that can be read
  return found;
}
