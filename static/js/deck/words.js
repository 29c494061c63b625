// The sentences of a deck.

import { addWords, t as say } from "../strings.js";

/** @type {Record<string, string>} */
export const ENGLISH = {
  "deck.coming": "This step is on its way.",
  "deck.place": "{place} of {count}",
  "deck.next": "Next: {title}",
  "deck.last": "This is the last step.",
  "deck.clock": "{minutes}:{seconds} since the beginning",
};

addWords(ENGLISH);
export const t = say;
