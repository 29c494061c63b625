// The picture of what is read: it comes with the first data that have one.

import { find } from "./dom.js";

/** @type {WeakSet<object>} the stages that have it */
const have = new WeakSet();

/** @param {{fields: any[]}} page @param {any} stage */
export async function bringPicture({ fields }, stage) {
  const { needs } = fields.find(({ name }) => name === "example") ?? { needs: {} };
  if (have.has(stage) || !needs.data?.includes(stage.trace.recipe.data)) return;
  have.add(stage);
  const { mount } = await import("./later/data.js");
  const picture = mount(find(document, "#data", HTMLElement), stage.context);
  stage.join(picture);
  picture.draw(stage.seen, stage.player.state);
}
