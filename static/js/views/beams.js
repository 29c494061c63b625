// The tree of a search: at every step what was weighed; what was kept goes on, what finished stands, of what was cut the best
// are shown. In time with the player: what has not been written yet is not there.

import { make, svg, write } from "../dom.js";
import { sketched } from "../motion/sketch.js";
import { percent, short } from "../numbers.js";
import { t } from "../strings.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {{node: number[], parent: number[], t: number[], token: number[], log_probability: number[], total: number[], score: number[],
 *   fate: string[]}} Tree
 * @typedef {{node: number, parent: number, t: number, word: string, text: string, p: number, total: number, score: number, fate: string,
 *   best: boolean, row: number}} Leaf
 * @typedef {{leaves: Leaf[], steps: number, rows: number, shown: number, width: number, weighed: number, sequences: {text: string, score: number}[],
 *   prompt: string, method: string}} Seen
 */

/** Of what was cut, so many are drawn at each step. */
const STUBS = 2;
const WIDEST = 6;

/** @param {Tree} tree @param {{labels: string[], sequences: {node: number}[], between?: string}} found @returns {Leaf[]} */
function leavesOf(tree, { labels, sequences }) {
  const at = new Map(tree.node.map((node, i) => [node, i]));
  const best = new Set();
  for (let node = sequences[0]?.node; node; node = tree.parent[at.get(node) ?? 0]) best.add(node);
  /** @param {number} i @returns {string[]} */
  const words = (i) => [...(tree.parent[i] ? words(at.get(tree.parent[i]) ?? 0) : []), labels[tree.token[i]]];
  return tree.node.map((node, i) => ({
    node,
    parent: tree.parent[i],
    t: tree.t[i],
    word: labels[tree.token[i]],
    text: words(i).join(labels.every((label) => label.length === 1 || label.startsWith("(")) ? "" : " "),
    p: Math.exp(tree.log_probability[i]),
    total: tree.total[i],
    score: tree.score[i],
    fate: tree.fate[i],
    best: best.has(node),
    row: 0,
  }));
}

/** What is drawn of a step: all that was kept or finished, and the best of what was cut, each at a row of its own. @param {Leaf[]} leaves */
function drawn(leaves) {
  const [cut, alive] = [true, false].map((pruned) =>
    leaves.filter(({ fate }) => (fate === "pruned") === pruned).sort((a, b) => b.score - a.score),
  );
  const all = [...alive, ...cut.slice(0, STUBS)];
  for (const [row, leaf] of all.entries()) leaf.row = row;
  return all;
}

/** @param {Trace} trace @param {State} state @returns {Seen | null} */
export function data(trace, { t: now, phase }) {
  const { search } = trace.whole ?? trace;
  if (!search) return null;
  const every = leavesOf(search.tree, search);
  const steps = 1 + Math.max(...search.tree.t);
  const shown = phase === "forward" ? Math.min(now, steps - 1) : steps - 1;
  const parents = new Set(every.filter(({ t: step }) => step <= shown).map(({ parent }) => parent));
  const seen = every.filter(({ t: step, fate, node }) => step <= shown && (fate !== "pruned" || !parents.has(node)));
  const kept = every.filter(({ node, fate, t: step }) => step <= shown && fate === "pruned" && parents.has(node));
  for (const leaf of kept) leaf.fate = "kept"; // it went on for a while
  const leaves = Array.from({ length: shown + 1 }, (_, step) =>
    drawn([...seen, ...kept].filter((leaf) => leaf.t === step)),
  ).flat();
  return {
    leaves,
    steps,
    shown,
    rows: 1 + Math.max(...leaves.map(({ row }) => row)),
    width: search.decoding.method === "beam" ? search.decoding.width : 1,
    weighed: every.filter((leaf) => leaf.t <= shown).length,
    sequences: shown < steps - 1 ? [] : search.sequences.slice(0, WIDEST),
    prompt: search.prompt.length > 4 ? "" : search.prompt.join(""),
    method: search.decoding.method,
  };
}

const [WIDE, HIGH, BOX, TALL, EDGE] = [88, 46, 64, 32, 34];

/** @param {Leaf} leaf */
const place = ({ t: step, row }) => ({ x: EDGE + 40 + step * WIDE, y: 8 + row * HIGH });

/** The line from a prefix to what may follow. @param {Leaf} leaf @param {Map<number, Leaf>} known */
function line(leaf, known) {
  const { x, y } = place(leaf);
  const from = known.get(leaf.parent);
  const [left, top] = from ? [place(from).x + BOX, place(from).y + TALL / 2] : [EDGE, 8 + TALL / 2];
  const bend = (x - left) / 2;
  return svg("path", {
    class: `beam-line is-${leaf.fate}${leaf.best ? " is-best" : ""}`,
    d: `M${left},${top}C${left + bend},${top} ${x - bend},${y + TALL / 2} ${x},${y + TALL / 2}`,
  });
}

/** @param {number} x @param {number} y @param {string} name @param {string} text */
function words(x, y, name, text) {
  const host = svg("text", { x: String(x), y: String(y), class: name });
  write(host, text);
  return host;
}

/** One prefix: its last word, how likely that was, and the score of the whole. @param {Leaf} leaf */
function box(leaf) {
  const { x, y } = place(leaf);
  const frame = { x: String(x), y: String(y), width: String(BOX), height: String(TALL), rx: "5" };
  const title = svg("title");
  write(title, t(`beams.${leaf.fate}`, { text: leaf.text, p: percent(leaf.p), score: short(leaf.score) }));
  return svg(
    "g",
    { class: `beam is-${leaf.fate}${leaf.best ? " is-best" : ""}` },
    title,
    svg("rect", frame),
    words(x + 8, y + 14, "beam-word", leaf.word.length > 8 ? `${leaf.word.slice(0, 7)}…` : leaf.word),
    words(x + 8, y + 27, "beam-score", leaf.fate === "finished" ? `■ ${short(leaf.score)}` : short(leaf.score)),
    words(x + BOX - 5, y + 14, "beam-chance", percent(leaf.p)),
  );
}

/** @param {Seen} seen */
function drawing({ leaves, steps, rows, prompt }) {
  const known = new Map(leaves.map((leaf) => [leaf.node, leaf]));
  const size = { width: String(EDGE + 48 + steps * WIDE), height: String(16 + rows * HIGH) };
  const root = words(4, 8 + TALL / 2 + 5, "beam-root", prompt || "▸");
  return make(
    "div",
    { class: "beams", tabindex: "0", role: "group", "aria-label": t("beams.label") },
    svg(
      "svg",
      { ...size, viewBox: `0 0 ${size.width} ${size.height}`, "aria-hidden": "true" },
      root,
      ...leaves.map((leaf) => line(leaf, known)),
      ...leaves.map(box),
    ),
  );
}

/** @param {Seen} seen */
function note({ leaves, shown, weighed, width, sequences }) {
  const listed = (/** @type {{text: string, score: number}[]} */ found) =>
    found.map(({ text, score }) => `${text} (${short(score)})`).join(", ");
  const here = leaves.filter(({ t: step, fate }) => step === shown && fate !== "pruned");
  if (sequences.length === 0) return t("beams.note", { t: shown, weighed, width, list: listed(here) });
  const list = listed(sequences);
  return t("beams.found", { weighed, width, list });
}

export const view = sketched({
  name: "beams",
  reads: [],
  data,
  draw: (/** @type {Seen} */ seen) => [
    drawing(seen),
    make("p", { class: "sketch-note" }, note(seen)),
    make("p", { class: "sketch-note beam-key" }, t("beams.key")),
  ],
  summary: note,
  table: (/** @type {Seen} */ { leaves }) => ({
    head: [t("frame.step"), t("beams.text"), t("beams.chance"), t("beams.score"), t("beams.fate")],
    rows: leaves.map((leaf) => [
      String(leaf.t),
      leaf.text,
      percent(leaf.p),
      short(leaf.score),
      t(`beams.fate.${leaf.fate}`),
    ]),
  }),
  controls(head, /** @type {Seen} */ { width, method }, { player }) {
    const label = head.querySelector("output") ?? make("output", { class: "sketch-value" });
    const slider = head.querySelector("input") ?? made(head, label, player);
    slider.value = String(width);
    head.hidden = method === "greedy";
    write(label, t("beams.width", { width }));
  },
});

/** The slider for how many prefixes are kept. @param {HTMLElement} head @param {HTMLElement} label @param {import('../player.js').Player} player */
function made(head, label, player) {
  const slider = make("input", {
    type: "range",
    min: "1",
    max: String(WIDEST),
    step: "1",
    "aria-label": t("beams.slider"),
  });
  slider.addEventListener("input", () => player.set({ look: { ...player.state.look, size: Number(slider.value) } }));
  head.replaceChildren(make("label", { class: "sketch-control" }, label, slider));
  return slider;
}
