// The same picture in another language: a new page at the same address, which holds all that is seen. What the address does
// not hold, how far the page is scrolled, is handed on; the choice is kept for the next visit.

const KEPT = "scrolled";

/** The language of this page; tests without a page speak English. */
export const language = () => globalThis.document?.documentElement.lang || "en";

/** The address of a page in a language. @param {string} here @param {string} language */
export function inLanguage(here, language) {
  const url = new URL(here);
  url.searchParams.set("lang", language);
  return url.href;
}

/** @param {Window} window @param {string} language */
function speak({ document, location, sessionStorage, scrollX, scrollY }, language) {
  document.cookie = `lang=${language}; path=/; max-age=31536000; samesite=lax`;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([scrollX, scrollY]));
  } catch {
    // a browser that keeps nothing begins at the top
  }
  location.replace(inLanguage(location.href, language));
}

/** Where the page in the other language was scrolled to. @param {Window} window */
export function scrollBack(window) {
  try {
    const [x, y] = JSON.parse(window.sessionStorage.getItem(KEPT) ?? "[0,0]");
    window.sessionStorage.removeItem(KEPT);
    if (y > 0) window.scrollTo(x, y);
  } catch {
    // nothing kept
  }
}

/** @param {Window} window */
export function listenToLanguage(window) {
  const link = /** @type {HTMLAnchorElement | null} */ (window.document.querySelector("#language"));
  link?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a page of its own, as links do
    event.preventDefault();
    speak(window, link.hreflang);
  });
}
