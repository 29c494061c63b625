// Colour from numbers. The colours themselves stand in css/tokens.css; here they become tables that a canvas can read.

/**
 * @typedef {[number, number, number]} RGB
 * @typedef {Uint32Array} Table 256 colours as a canvas stores them
 * @typedef {{low: number, high: number}} Decades two powers of ten
 * @typedef {{ink: string, ink2: string, ink3: string, paper: string, line: string, lineStrong: string, stroke: number,
 *   meaning: Record<string, string>, signed: RGB[], gradient: RGB[], zero: RGB, font: string, small: number}} Palette
 */

export const MEANINGS = [
  "input",
  "state",
  "cell",
  "forget",
  "update",
  "candidate",
  "outgate",
  "reset",
  "output",
  "loss",
  "gradient",
];

/** Runs side by side: a colour each, and a dash. */
export const RUNS = ["run-a", "run-b", "run-c", "run-d"];

/** Which meaning a node of a cell has, by its name in the equations. */
const BY_NAME = /** @type {Record<string, string>} */ ({
  x: "input",
  s: "state",
  h: "state",
  c: "cell",
  f: "forget",
  i: "update",
  z: "update",
  g: "candidate",
  n: "candidate",
  o: "outgate",
  r: "reset",
  logits: "output",
  probs: "output",
  prediction: "output",
  y: "output",
  loss: "loss",
  J: "loss",
});

/** @param {string} name such as f, f.pre, h_prev @param {string} [role] */
export function meaningOf(name, role = "state") {
  const stem = name.split(".")[0].replace(/_prev$/, "");
  return BY_NAME[stem] ?? { gate: "update", candidate: "candidate" }[role] ?? "state";
}

/** @param {string} css as the browser computes it: rgb(r, g, b) or rgb(r g b / a) @returns {RGB} */
export function channels(css) {
  const [r = 0, g = 0, b = 0] = (css.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

const count = (/** @type {number} */ most, /** @type {string} */ name) =>
  Array.from({ length: most }, (_, n) => `${name}-${n}`);
const [SIGNED, GRADIENT] = [count(9, "ramp-signed"), count(8, "ramp-gradient")];
const TOKENS = [
  ...["c-ink", "c-ink-2", "c-ink-3", "c-paper", "c-line", "c-line-strong", "ramp-zero"],
  ...[...MEANINGS, ...RUNS].map((name) => `c-${name}`),
  ...SIGNED,
  ...GRADIENT,
];

/** The page's colours as they are now. @param {Document} page @returns {Palette} */
export function readPalette(page) {
  const probes = TOKENS.map((token) => {
    const probe = page.createElement("i");
    probe.style.color = `var(--${token})`;
    return probe;
  });
  page.body.append(...probes); // all of them, then asked: the browser works the styles out once
  const colors = new Map(probes.map((probe, index) => [TOKENS[index], getComputedStyle(probe).color]));
  const color = (/** @type {string} */ token) => colors.get(token) ?? "";
  const root = getComputedStyle(page.documentElement);
  const palette = {
    ink: color("c-ink"),
    ink2: color("c-ink-2"),
    ink3: color("c-ink-3"),
    paper: color("c-paper"),
    line: color("c-line"),
    lineStrong: color("c-line-strong"),
    stroke: Number.parseFloat(root.getPropertyValue("--stroke-wire")),
    meaning: Object.fromEntries([...MEANINGS, ...RUNS].map((name) => [name, color(`c-${name}`)])),
    signed: SIGNED.map((token) => channels(color(token))),
    gradient: GRADIENT.map((token) => channels(color(token))),
    zero: channels(color("ramp-zero")),
    font: root.getPropertyValue("--font-text"),
    small: Math.max(8, 0.6875 * Number.parseFloat(root.fontSize)),
  };
  for (const probe of probes) probe.remove();
  return palette;
}

/** @param {RGB[]} ramp @param {number} share 0 .. 1 @returns {RGB} */
export function between(ramp, share) {
  const place = Math.min(1, Math.max(0, share)) * (ramp.length - 1);
  const at = Math.min(ramp.length - 2, Math.floor(place));
  const rest = place - at;
  return /** @type {RGB} */ (ramp[at].map((low, axis) => low + (ramp[at + 1][axis] - low) * rest));
}

/** @type {WeakMap<RGB[], string[]>} */
const shades = new WeakMap();

/** The colour of a share of a ramp, in the words of a canvas: one of 256, made once. @param {RGB[]} ramp @param {number} share */
export function shadeOf(ramp, share) {
  const made = shades.get(ramp) ?? Array.from({ length: 256 }, (_, index) => css(between(ramp, index / 255)));
  shades.set(ramp, made);
  return made[Math.round(255 * Math.min(1, Math.max(0, share)))];
}

/** @type {WeakMap<RGB[], Table>} */
const tables = new WeakMap();

/** A ramp as a table, made once. @param {RGB[]} ramp @returns {Table} */
export function table(ramp) {
  const made = tables.get(ramp) ?? makeTable(ramp);
  tables.set(ramp, made);
  return made;
}

/** @param {RGB[]} ramp @returns {Table} */
function makeTable(ramp) {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    const [r, g, b] = between(ramp, index / 255);
    return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
  });
}

/** @param {RGB} color */
export const css = ([r, g, b]) => `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`;

/** The ramp of a gate: shut is nothing, open is its colour. @param {Palette} palette @param {string} meaning @returns {RGB[]} */
export const gateRamp = (palette, meaning) => [palette.zero, channels(palette.meaning[meaning])];

/** Where a signed value stands on a scale with zero in the middle. @param {number} value @param {number} limit */
export const signedShare = (value, limit) => 0.5 + value / (2 * limit);

/** Where a magnitude stands on the shared log scale; nothing at all has no place. @param {number} value @param {Decades} decades */
export function logShare(value, { low, high }) {
  if (!(value > 0)) return Number.NaN;
  return Math.min(1, Math.max(0, (Math.log10(value) - low) / (high - low)));
}

const DEEPEST = 12;

/**
 * One log scale for every picture of gradients: from the largest down to the smallest, at least one decade and at most twelve.
 * @param {ArrayLike<number>[]} magnitudes @returns {Decades}
 */
export function decades(magnitudes) {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const data of magnitudes) {
    for (let index = 0; index < data.length; index += 1) {
      const size = Math.abs(data[index]);
      if (size > 0 && size < least) least = size;
      if (size > most && size < Number.POSITIVE_INFINITY) most = size;
    }
  }
  if (most === 0) return { low: -3, high: 0 };
  const high = Math.log10(most);
  return { low: Math.min(high - 1, Math.max(high - DEEPEST, Math.log10(least))), high };
}

/** Whether dark letters read better than light ones on a colour. @param {RGB} color */
export function isLight([r, g, b]) {
  return 0.299 * r + 0.587 * g + 0.114 * b > 140;
}
