// The sentences of the pictures that only lessons have.

import { addWords } from "../strings.js";

/** @type {Record<string, string>} */
export const ENGLISH = {
  "window.note":
    "{size} words of {width} numbers each: {inputs} numbers go in, and {ones} of them are not zero. The first layer has {parameters} weights.",
  "window.summary":
    "The window holds {words}; the next word is “{next}”. {inputs} numbers go in, {ones} of them ones; {parameters} weights.",
  "window.place": "place of the one",
  "window.size": "Window: {size}",
  "window.slider": "How many words the window holds",
  "bag.note": "After step {t}: {words} words have been counted, {left} of the vocabulary are not in the bag.",
  "bag.same": "After step {t} both bags hold the same: not one of {words} counts differs.",
  "bag.differ": "After step {t} the two bags differ in {differ} of {words} counts.",
  "bag.before": "before the change",
  "bag.now": "after it",
  "bag.count": "count",
  "curse.parameters": "weights of the first layer",
  "curse.unseen": "windows never seen before",
  "curse.possible": "possible windows",
  "curse.contexts": "different windows in the text",
  "curse.size": "words in the window",
  "curse.column": "a window of {size}: {value}",
  "curse.note":
    "{size} words of {width} can be put together in {possible} ways; the text holds {contexts} of them. Of the windows in a part that was not read, {unseen} are new.",
  "reach.convolution": "Convolution in time",
  "reach.recurrence": "Recurrence",
  "reach.all": "Step {t} depends on all {count} steps so far.",
  "reach.some": "Step {t} depends on the last {count} steps, and on none before.",
  "reach.note":
    "A row is a step t, a column a step k before it; the stronger, the more t depends on k, each picture on a log scale of its own. Empty is exactly nothing.",
  "reach.summary": "{name}: step {t} depends on {count} steps.",
  "reach.from": "how step {t} depends on k",
  "space.picture": "the picture",
  "space.under": "under the filter",
  "space.filter": "the filter",
  "space.map": "what it finds",
  "space.row": "row",
  "space.note":
    "At row {row}, column {column} the products of the nine pairs sum to {value}. The same nine weights everywhere. Click the picture to move the filter, or use the arrow keys, with Shift from column to column.",
  "beams.label": "The tree of the search, as a picture; the table of this figure has all of it",
  "beams.note":
    "Up to step {t}: {weighed} beginnings weighed, at most {width} kept at each step. Here these go on: {list}.",
  "beams.found":
    "{weighed} beginnings weighed, at most {width} kept at each step. Found, with the logarithm of the chance: {list}.",
  "beams.key":
    "A box is a beginning: its last sign, how likely that was after the rest, and the score of the whole. Thick: the best. With a square: finished. Dashed: cut.",
  "beams.kept": "“{text}” goes on: the last with {p}, score {score}",
  "beams.finished": "“{text}” is finished: the last with {p}, score {score}",
  "beams.pruned": "“{text}” is cut: the last with {p}, score {score}",
  "beams.fate.kept": "goes on",
  "beams.fate.finished": "finished",
  "beams.fate.pruned": "cut",
  "beams.fate": "what became of it",
  "beams.text": "beginning",
  "beams.chance": "chance of the last",
  "beams.score": "score",
  "beams.width": "Beam: {width}",
  "beams.slider": "How many beginnings are kept at each step",
};

addWords(ENGLISH);
