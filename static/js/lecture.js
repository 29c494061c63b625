// The contents of the lecture: formulas set, and how far this visitor has come, as this browser remembers it.

import { make } from "./dom.js";
import { listenToLanguage } from "./language.js";
import { typeset } from "./math.js";

listenToLanguage(window);

for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-math]"))) {
  const parts = (row.textContent ?? "").split("$");
  row.replaceChildren(
    ...parts.map((text, place) => {
      if (place % 2 === 0) return document.createTextNode(text);
      const host = make("span");
      typeset(host, text);
      return host;
    }),
  );
}

for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-lesson]"))) {
  const { lesson, steps } = row.dataset;
  let seen = 0;
  try {
    for (let step = 1; step <= Number(steps); step++)
      seen += Number(localStorage.getItem(`lesson ${lesson} ${step}`) !== null);
  } catch {
    // a browser that remembers nothing shows no progress
  }
  const place = row.querySelector(".lesson-progress");
  const words = /** @type {HTMLElement} */ (row.parentElement).dataset;
  if (place && seen > 0) place.textContent = `, ${seen === Number(steps) ? words.done : `${seen} ${words.seen}`}`;
}
