// Where the weights of the page come from, in words beside the pictures: drawn by chance, or those of a trained model. What was
// trained here has the bar of training time, which says more.

import { hide, put, write } from "./dom.js";

/** @typedef {Record<string, any>} Values */

export class Origin {
  /** @param {ParentNode} page @param {{fields: any[], ask: (values: Values) => void, recipe: () => Values}} context @param {{name: string}[]} tools those that there are @param {(tool: string) => void} open */
  constructor(page, { fields, ask, recipe }, tools, open) {
    this.shipped = fields.find(({ name }) => name === "model")?.brings ?? {};
    this.places = /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll(".origin"));
    const away = [...this.places].flatMap((place) => [...place.querySelectorAll("[data-does]")]);
    for (const way of away) {
      const does = way.getAttribute("data-does");
      if (does !== "without" && !tools.some(({ name }) => name === does)) way.remove();
    }
    for (const place of this.places)
      place.addEventListener("click", ({ target }) => {
        const does = /** @type {Element} */ (target).closest("[data-does]")?.getAttribute("data-does");
        if (does === "without") ask({ ...recipe(), model: null });
        else if (does) open(does);
      });
  }

  /** @param {Values} recipe @param {boolean} learnt whether the bar of training time is there */
  draw({ model }, learnt) {
    for (const place of this.places) {
      hide(place, learnt);
      put(place, "data-origin", model ? "model" : "drawn");
      const name = /** @type {HTMLElement} */ (place.querySelector(".origin-name"));
      if (model) write(name, model in this.shipped ? model : (name.dataset.own ?? ""));
    }
  }
}
