// The sentences of training and racing: they come with these tools, not with the page.

import { addWords, t as say } from "../strings.js";

/** @type {Record<string, string>} */
export const ENGLISH = {
  // training
  "train.go": "Train",
  "train.again": "Train again",
  "train.pause": "Pause",
  "train.on": "Go on",
  "train.stop": "Stop",
  "train.options": "How it is trained",
  "train.more": "More options",
  "train.fewer": "Fewer options",
  "train.idle":
    "Train this network on what it reads. While it learns, every figure of the page shows the newest weights; afterwards the bar above goes back and forth in training time.",
  "train.waiting": "Asking for the run",
  "train.running": "Update {update} of {total}, loss {loss}",
  "train.paused": "Held at update {update} of {total}",
  "train.stopped": "Stopped at update {update} of {total}",
  "train.done": "{total} updates, loss from {first} to {loss}",
  "train.fit": "It runs again with another recipe or other options.",
  "train.lost": "The connection is lost. Trying again ({tries}); what has come stays.",
  "train.back": "The connection is back: the run goes on where it was.",
  "train.progress": "How far training has come",
  "train.live": "Training",
  "train.diverged":
    "Diverged at update {update}: {array} is {value}{where}. A number left the range of what can be written down, so no update can follow; the weights seen are those before it.",
  "train.diverged.t": " at step {t}",
  "train.try": "What often helps:",
  "train.try.clip": "clip by norm",
  "train.try.rate": "a tenth of the rate",
  "train.loss": "Loss",
  "train.loss.label":
    "Loss over {done} of {total} updates on a log scale: {first} at first, {last} now, smoothed {smooth}.",
  "train.baseline": "baseline {value}: {formula}",
  "train.raw": "raw and smoothed",
  "train.norms": "Gradient norm of each parameter",
  "train.norms.label": "Norm of the gradient of each parameter over {done} updates: {list}.",
  "train.distance": "Gradient by distance t − k",
  "train.distance.label":
    "Mean contribution of a use of {parameter} to the gradient of a loss that lies so many steps later: {first} at distance 0, {last} at distance {steps}.",
  "train.distance.now": "now",
  "train.distance.first": "untrained",
  "train.gates": "Mean of each gate over training",
  "train.gates.label": "Mean of each gate at the snapshots seen so far: {list}.",
  "train.words": "What it expects at each step",
  "train.word": "After “{word}” it expects “{guess}”; the right one, “{target}”, has {p}",
  "train.at": "update {update}: {value}",

  // racing
  "race.go": "Race",
  "race.again": "Race again",
  "race.preset": "Who races",
  "race.cells": "tanh, LSTM, GRU",
  "race.inits": "ReLU identity, tanh, LSTM",
  "race.clips": "clipping on, off",
  "race.own": "chosen one by one",
  "race.add": "Add this recipe",
  "race.full": "Four can race at once",
  "race.remove": "Remove {name}",
  "race.open": "Show {name} on the page",
  "race.idle":
    "Up to four recipes from the same seed on the same data. One bar goes through training time for all of them.",
  "race.same": "Same seed, same data, {updates} updates each",
  "race.empty": "Nobody races yet. Choose a set, or add the recipe that the page shows.",
  "race.loss.label": "Loss of each run on a log scale: {list}.",
  "race.lane": "{name}: loss {loss}",
  "race.matrix": "(t, k) matrix of {name}: {low} to {high}",
  "race.states": "States of {name} over {steps} steps",
  "race.running": "Update {update} of {total}",
  "race.done": "All have run {total} updates",
  "race.diverged": "diverged at {update}: {array} is {value}",
  "race.ahead": "{name} is ahead: loss {loss}",
  "race.scales": "One scale for all: states from {low} to {high}, contributions from {least} to {most}",
};

addWords(ENGLISH);

export const t = say;
