// The doors at the top of the page: sharing, examples, the tour, the keys. What stands behind one is fetched when it is opened.

import { find, make } from "./dom.js";
import { hiding } from "./hiding.js";
import { matters } from "./recipe.js";
import { t } from "./strings.js";

/**
 * @typedef {import('./recipe.js').Values} Values
 * @typedef {{share: import('./tools/share.js').Means, examples: import('./tools/gallery.js').Means,
 *   tour: import('./tools/tour.js').Means, away: () => void}} Means
 * @typedef {{page: any, player: import('./player.js').Player, stage: any, whole: {recipe: Values}, hash: () => string,
 *   address: (recipe: Values, hash: string) => string, query: (recipe: Values) => string, go: (address: string) => void,
 *   notice: {problem: (text: string) => void}}} Desk
 */

/** @type {Record<string, () => Promise<{open: (means: any) => unknown}>>} */
const DOORS = {
  share: () => import("./tools/share.js"),
  examples: () => import("./tools/gallery.js"),
  tour: () => import("./tools/tour.js"),
};
const SEEN = "unrolled:tour";

/** Where the whole site begins, under whatever prefix a proxy gave it. */
const root = new URL("../../", import.meta.url);

/** @param {Desk} desk @returns {() => void} what shows the keys */
export function openDoors(desk) {
  const means = meansOf(desk);
  const keys = find(document, "#keys", HTMLDialogElement);
  const help = () => keys.showModal();
  find(document, "#show-keys").addEventListener("click", help);
  for (const name of Object.keys(DOORS)) {
    find(document, `#${name}`).addEventListener("click", () => {
      if (keys.open) keys.close();
      enter(name, means);
    });
  }
  if (document.documentElement.dataset.hide) keys.append(everything());
  else if (isFirst()) offer(desk.player, (name) => enter(name, means));
  return help;
}

/** @param {string} name @param {Means} means */
async function enter(name, means) {
  if (name === "tour") remember();
  const door = await DOORS[name]().catch(() => null);
  if (door === null) return means.away();
  return door.open(means[/** @type {'share' | 'examples' | 'tour'} */ (name)]);
}

/** Who may see less than there is can ask for all. */
function everything() {
  const link = make("a", { href: hiding(new URL(location.href), []).href }, t("hide.all"));
  return make("p", { class: "keys-all" }, t("hide.some"), " ", link);
}

/** A plain first visit: nothing was asked for that a tour would disturb. */
function isFirst() {
  if (location.search !== "" || location.hash !== "" || location.pathname !== root.pathname) return false;
  try {
    return localStorage.getItem(SEEN) === null;
  } catch {
    return false; // no memory: then never, rather than each time
  }
}

function remember() {
  document.querySelector(".offer")?.remove();
  try {
    localStorage.setItem(SEEN, "1");
  } catch {
    // no memory, no harm
  }
}

/** A quiet line under the tools; it goes when the visitor begins by themselves. @param {import('./player.js').Player} player @param {(name: string) => void} begin */
function offer(player, begin) {
  const yes = make("button", { type: "button", class: "button" }, t("tour.begin"));
  const some = make("button", { type: "button", class: "button" }, t("tour.examples"));
  const no = make("button", { type: "button", class: "button" }, t("tour.no"));
  yes.addEventListener("click", () => begin("tour"));
  some.addEventListener("click", () => begin("examples"));
  no.addEventListener("click", remember);
  const line = make("p", { class: "offer" }, make("span", {}, t("tour.offer")), yes, some, no);
  find(document, "#bench").append(line);
  const begun = player.subscribe(({ phase, focus, tool }) => {
    if (phase === "whole" && focus === null && tool === "inspect") return;
    line.remove();
    begun();
  });
}

/** What those behind the doors need to know. @param {Desk} desk @returns {Means} */
function meansOf(desk) {
  const { player, page, stage } = desk;
  const recipe = () => desk.whole.recipe;
  const share = {
    here: () => new URL(desk.address(recipe(), desk.hash()), location.href),
    query: () => desk.query(recipe()),
    hash: () => desk.hash(),
    brought: () => isBrought(recipe().model, page.fields),
    edits: () => (player.state.tool === "edit" ? (player.state.own.edits ?? "") : ""),
    fields: () => page.fields.filter((/** @type {import('./recipe.js').Field} */ field) => matters(field, recipe())),
    views: () => stage.frames.filter(isShown).map(titled),
    ...{ root, lesson: Boolean(page.lesson) },
  };
  const go = page.lesson ? null : (/** @type {string} */ address) => desk.go(address);
  return {
    ...{ share, examples: { root, go }, tour: { player, recipe } },
    away: () => desk.notice.problem(t("tool.away")),
  };
}

/** @param {{frame: HTMLElement}} each */
const isShown = ({ frame }) => !frame.hidden;

/** A figure's name and title. @param {{name: string}} each @returns {[string, string]} */
const titled = ({ name }) => [name, document.getElementById(`title-${name}`)?.textContent ?? name];

/** Whether a visitor sent these weights. @param {import('./recipe.js').Value} model @param {import('./recipe.js').Field[]} fields */
function isBrought(model, fields) {
  const shipped = fields.find(({ name }) => name === "model")?.brings ?? {};
  return Boolean(model) && !Object.hasOwn(shipped, String(model));
}
