// What an embed is told: its address, and what the server wrote into the page for those that have no address of their own
// (a file, a frame whose page was written into its address).

/**
 * @typedef {{keys: 'deck' | 'self', play: 'slide' | 'seen' | 'no', fs: number, still: boolean, theme: string, speed: number | null,
 *   at: string}} Options
 */

export const KEYS = ["deck", "self"];
export const PLAYS = ["slide", "seen", "no"];
export const THEMES = ["light", "dark", "projector", "transparent", "transparent-dark"];
const PLACES = ["t", "k", "phase", "node", "unit", "parameter", "error", "share", "block", "sub"];
const [SMALLEST, LARGEST] = [0.5, 3];

/** One of a few words, else the first. @param {string | undefined} word @param {string[]} allowed */
const oneOf = (word, allowed) => (word !== undefined && allowed.includes(word) ? word : allowed[0]);

/** A number within bounds, else what is usual. @param {string | undefined} text @param {number} low @param {number} high @param {number} usual */
function within(text, low, high, usual) {
  const value = Number(text ?? Number.NaN);
  return text !== "" && Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : usual;
}

/** The place of the player that an address asks for, as a hash says it; `step` is another word for `t`. @param {Record<string, string>} told */
function placeOf(told) {
  const place = new URLSearchParams();
  for (const name of PLACES) if (told[name] !== undefined) place.set(name, told[name]);
  if (told.step !== undefined && told.t === undefined) place.set("t", told.step);
  return place.toString();
}

/** @param {Record<string, string>} written what the server wrote @param {{search: string, hash: string}} address @returns {Options} */
export function readOptions(written, { search, hash }) {
  const told = { ...written, ...Object.fromEntries(new URLSearchParams(search)) };
  const speed = within(told.speed, 0.5, 60, 0);
  return Object.freeze({
    keys: /** @type {Options['keys']} */ (oneOf(told.keys, KEYS)),
    play: /** @type {Options['play']} */ (oneOf(told.play, PLAYS)),
    fs: within(told.fs, SMALLEST, LARGEST, 1),
    still: told.static === "1" || told.static === "",
    theme: told.theme !== undefined && THEMES.includes(told.theme) ? told.theme : "",
    speed: speed || null,
    at: hash.replace(/^#/, "") || placeOf(told) || told.at || "",
  });
}
