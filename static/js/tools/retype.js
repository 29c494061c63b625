// Another word in place of one under the network: click it and type. A word that the network knows is read at that step only,
// what was to be predicted stays; or the text itself is changed, and with it what is to be predicted.

import { find, make } from "../dom.js";
import { t } from "./words.js";

/**
 * @typedef {{tokens: readonly string[], isText: boolean, swap: (at: number, token: string) => void, rewrite: (at: number, word: string) => void}} Means
 * @param {() => Means} means
 */
export function listenForWords(means) {
  const network = find(document, "#network", HTMLElement);
  const away = new AbortController();
  /** @type {HTMLFormElement | null} */
  let open = null;
  const close = () => {
    open?.remove();
    open = null;
  };
  network.addEventListener(
    "click",
    (event) => {
      const target = /** @type {Element} */ (event.target);
      const input = target.closest(".step > .input");
      const column = input?.closest(".step");
      if (!(input instanceof HTMLElement) || !(column instanceof HTMLElement) || means().tokens.length === 0)
        return close();
      close();
      open = form(Number(column.dataset.t), input.textContent ?? "", means(), close);
      place(open, input);
      open.querySelector("input")?.select();
    },
    { signal: away.signal },
  );
  document.addEventListener(
    "pointerdown",
    (event) => {
      const target = /** @type {Node} */ (event.target);
      if (open && !open.contains(target) && !network.contains(target)) close();
    },
    { signal: away.signal },
  );
  return () => {
    close();
    away.abort();
  };
}

/** @param {HTMLElement} form @param {HTMLElement} word */
function place(form, word) {
  const figures = find(document, "#figures", HTMLElement); // the network itself is cut off at its edges
  figures.append(form);
  const [own, around] = [word.getBoundingClientRect(), figures.getBoundingClientRect()];
  const left = own.left + own.width / 2 - around.left - form.offsetWidth / 2;
  form.style.left = `${Math.max(0, Math.min(around.width - form.offsetWidth, left))}px`;
  form.style.top = `${own.top - around.top - 4}px`;
}

/** @param {number} at @param {string} word @param {Means} means @param {() => void} close */
function form(at, word, { tokens, isText, swap, rewrite }, close) {
  const input = make("input", {
    type: "text",
    "aria-label": t("tool.edit.retype", { t: at, word }),
    list: "retype-words",
    autocomplete: "off",
  });
  const words = make(
    "datalist",
    { id: "retype-words" },
    ...tokens.slice(0, 200).map((token) => make("option", { value: token })),
  );
  const here = make("button", { type: "submit", class: "button" }, t("tool.edit.here"));
  const everywhere = make("button", { type: "button", class: "button", hidden: !isText }, t("tool.edit.text"));
  const host = make("form", { class: "retype" }, input, words, make("div", {}, here, everywhere));
  input.value = word;
  const known = () => tokens.includes(input.value.trim());
  const mind = () => {
    here.disabled = !known();
    here.title = known() ? t("tool.edit.here.hint") : t("tool.edit.unknown");
  };
  mind();
  input.addEventListener("input", mind);
  const done = (/** @type {(at: number, word: string) => void} */ act) => {
    const typed = input.value.trim();
    close();
    if (typed !== "" && typed !== word) act(at, typed);
  };
  host.addEventListener("submit", (event) => {
    event.preventDefault();
    done(known() ? swap : rewrite);
  });
  everywhere.addEventListener("click", () => done(rewrite));
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !known() && isText) done(rewrite); // a disabled button would not submit
    event.stopPropagation();
  });
  return host;
}
