// The picture of what is read: it comes with the first data that have one, once what the visitor acts through is coming too.

import { find } from "./dom.js";
import { sortOf } from "./recipe.js";

/** @param {any} page @param {any} stage */
export function watchPicture(page, stage) {
  const { needs } = page.catalog.fields.find((/** @type {any} */ { name }) => name === "example") ?? { needs: {} };
  let come = false;
  const look = async () => {
    if (come || !needs.data?.includes(sortOf(stage.trace.recipe.data))) return;
    come = true;
    const { mount } = await import("./later/data.js");
    const picture = mount(find(document, "#data", HTMLElement), stage.context);
    stage.join(picture);
    picture.draw(stage.seen, stage.player.state);
  };
  stage.join({ draw: look });
  look();
}
