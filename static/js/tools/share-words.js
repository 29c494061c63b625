// The sentences of sharing.

import { addWords, t as say } from "../strings.js";

/** @type {Record<string, string>} */
export const ENGLISH = {
  "share.title": "Share what you see",
  "share.link": "Link",
  "share.link.lead": "The address is the whole state: who opens it sees this.",
  "share.link.hidden": "{count} controls are hidden in it.",
  "share.model":
    "Weights that you brought are kept by this server for a while only: later this link may find them gone.",
  "share.long": "This address is too long for a QR code.",
  "share.dense": "A long address makes a dense code: show it large.",
  "share.qr": "QR code of the link",
  "share.copy": "Copy",
  "share.copy.link": "Copy the link",
  "share.copy.embed": "Copy the code that embeds it",
  "share.copy.rest": "Copy the call that fetches the numbers",
  "share.open": "Open it",
  "share.embed": "Embed",
  "share.embed.lead": "For slides and pages of your own: a frame that plays, without the controls around it.",
  "share.embed.view": "Picture",
  "share.embed.theme": "Look",
  "share.embed.keys": "Arrow keys",
  "share.keys.deck": "go to the slides",
  "share.keys.self": "step the picture",
  "share.theme.auto": "as the reader's system",
  "share.theme.light": "light",
  "share.theme.dark": "dark",
  "share.theme.projector": "projector",
  "share.theme.transparent": "transparent",
  "share.step": "this step of the lesson",
  "share.rest": "Numbers",
  "share.rest.lead": "Every number on the page, as JSON or NumPy's npz, from the REST API.",
  "share.hide": "Hide controls",
  "share.hide.lead": "What is ticked is not there for those who open the link.",
  "share.hide.none": "Hide nothing",
  "share.hide.parts": "Parts of the page",
  "share.hide.fields": "Fields of the recipe",
  "share.hide.tools": "Tools",
  "share.hide.views": "Figures",
  "hide.recipe": "The whole recipe",
  "hide.more": "The settings",
  "hide.network": "Network",
  "hide.bench": "Tools and numbers",
  "hide.tabs": "Choice of tools",
  "hide.player": "Player",
  "hide.corner": "Buttons at the top",
};

addWords(ENGLISH);

export const t = say;
