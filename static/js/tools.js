// The tools of the bench, in the order of their tabs: one line each. A tool is a module of its own, fetched when it is first
// opened; `panel` is there from the beginning.

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./player.js').State} State
 * @typedef {{update: (trace: Trace, state: State) => void, destroy: () => void, take?: (file: File) => void}} Mounted `update` comes once a frame while the tool is seen, `take` gets a file that is dropped
 * @typedef {{name: string, mount: (host: HTMLElement, context: any) => Mounted}} Tool
 * @typedef {{name: string, sheet?: string, load: (() => Promise<{tool: Tool}>) | null}} Row its title is the text "tool.<name>"
 */

/** Those that the page's address does not hide. @param {Document} page */
export function shownTools(page) {
  const hidden = (page.documentElement.dataset.hide ?? "").split(" ");
  return TOOLS.filter(({ name }) => !hidden.includes(`tool-${name}`));
}

/** @type {Row[]} */
export const TOOLS = [
  { name: "inspect", load: null },
  { name: "train", sheet: "css/tool-train.css", load: () => import("./tools/train.js") },
  { name: "race", sheet: "css/tool-train.css", load: () => import("./tools/race.js") },
  { name: "edit", sheet: "css/tool-edit.css", load: () => import("./tools/edit.js") },
  { name: "find", sheet: "css/tool-find.css", load: () => import("./tools/find.js") },
  { name: "cell", sheet: "css/tool-cell.css", load: () => import("./tools/cell.js") },
  { name: "geometry", sheet: "css/tool-geometry.css", load: () => import("./tools/geometry.js") },
  { name: "weights", sheet: "css/tool-weights.css", load: () => import("./tools/weights.js") },
  { name: "library", sheet: "css/tool-library.css", load: () => import("./tools/library.js") },
];
