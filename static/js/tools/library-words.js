// The sentences of the gallery of models and data: they come with it, not with the page.

import { addWords, t as say } from "../strings.js";

/** @type {Record<string, string>} */
export const ENGLISH = {
  "library.label": "What to choose from",
  "library.coming": "One moment",
  "library.models": "Trained models",
  "library.collections": "Data sets",
  "library.own": "Your own data",
  "library.opening": "Opening {title}",
  "library.weak": "Limits: {weak}",
  "library.real": "real data",
  "library.generated": "generated data",
  "library.parameters": "{count} parameters",
  "library.figure": "held out",
  "library.here": "this model (95 % sure)",
  "library.others": "without memory, at best",
  "library.of.accuracy": "accuracy",
  "library.of.accuracy on pairs": "accuracy on pairs in which only the order differs",
  "library.of.exact": "exact answers",
  "library.of.recall": "found (recall)",
  "library.of.precision": "rightly found (precision)",
  "library.of.loss": "loss",
  "library.of.squared error": "squared error",
  "library.of.triggers caught": "triggers caught",
  "library.of.false alarms a minute": "false alarms a minute",
  "library.of.rise at the label": "rise of the error at the label",
  "library.by.majority": "the most frequent answer",
  "library.by.bigram": "a table of one symbol",
  "library.by.trigram": "a table of two symbols",
  "library.by.bag of words": "a bag of words",
  "library.by.each step alone": "each step alone",
  "library.by.persistence": "the last value again",
  "library.by.mean of all steps": "the mean of all steps",
  "library.by.linear in eight values": "a line through eight values",
  "own.drop": "Drop a text, a table (CSV) or a sound (WAV) here, or choose one",
  "own.kinds":
    "UTF-8 text up to 20,000 characters; CSV with 20 to 20,000 rows and up to 16 columns; WAV up to 30 s. Up to 4 MB.",
  "own.private": "It is read, kept in memory for a while under the hash of its content, and given to nobody.",
  "own.sending": "Reading {name}",
  "own.took": "{name}: {what}. It runs on the page now.",
  "own.text": "a text of {count} characters",
  "own.table": "a table of {steps} rows, {columns} columns",
  "own.sound": "a sound of {steps} steps",
  "own.large": "{name} has {size} MB; at most {most} MB are read.",
  "own.file": "The file {message}.",
};

addWords(ENGLISH);

export const t = say;
