// Light, dark, projector. The address decides (?theme=dark), else the visitor's system.

export const THEMES = ["light", "dark", "projector"];

/** Take the theme that the address asks for. @param {Document} page */
export function takeTheme(page) {
  const asked = new URLSearchParams(location.search).get("theme") ?? "";
  if (THEMES.includes(asked)) page.documentElement.dataset.theme = asked;
}

/** The theme that follows the one shown. @param {string} shown */
export const after = (shown) => THEMES[(THEMES.indexOf(shown) + 1) % THEMES.length];

/** @param {Document} page */
export function nextTheme(page) {
  const root = page.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const next = after(root.dataset.theme ?? system);
  root.dataset.theme = next;
  const address = new URL(location.href);
  address.searchParams.set("theme", next);
  history.replaceState(null, "", address);
}

/** The visitor chooses another, or the system has another. @param {Document} page @param {() => void} changed */
export function listenToTheme(page, changed) {
  page.querySelector("#theme")?.addEventListener("click", () => {
    nextTheme(page);
    changed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
