// The sentences of the gallery.

import { addWords, t as say } from "../strings.js";

/** @type {Record<string, string>} */
export const ENGLISH = {
  "examples.title": "Examples",
  "examples.lead": "Each opens at once and can be changed; each picture is drawn from the example's own numbers.",
  "examples.gradients": "Gradients through time",
  "examples.cells": "Cells",
  "examples.networks": "Networks",
  "examples.data": "Data",
  "examples.tools": "Learn, race, operate",
  "example.fades": "The gradient fades",
  "example.fades.about": "The error of the last word hardly reaches the first.",
  "example.keeps": "A gate lets it through",
  "example.keeps.about": "An LSTM whose forget gate is wide open: the same error, all the way back.",
  "example.explodes": "The gradient explodes",
  "example.explodes.about": "Rectified units with large weights: each step back makes it larger.",
  "example.cut": "Cut after three steps",
  "example.cut.about": "Truncated backpropagation, and what the gradient loses by it.",
  "example.gates": "Inside an LSTM",
  "example.gates.about": "The cell state over time, and a forget gate with its numbers.",
  "example.update": "A GRU's update gate",
  "example.update.about": "How much of each unit is new at each step.",
  "example.slowly": "One step, slowly",
  "example.slowly.about": "A step of an LSTM, operation by operation.",
  "example.both-ways": "Read from both ends",
  "example.both-ways.about": "Two chains: one of them begins with the last word.",
  "example.looks": "Where attention looks",
  "example.looks.about": "A trained network writes a date as digits: each digit looks at its own place.",
  "example.writes": "Reads its own output",
  "example.writes.about": "One input, then every guess is the next input.",
  "example.adding": "The adding problem",
  "example.adding.about": "Two marked numbers among forty are to be added: the error comes at the very end.",
  "example.heart": "A heartbeat",
  "example.heart.about": "A recorded electrocardiogram; a trained network foretells each next value.",
  "example.alarm": "A stolen card",
  "example.alarm.about": "A bank account, payment by payment, and when a trained network raises the alarm.",
  "example.praise": "Praise or blame",
  "example.praise.about": "A trained network reads a sentence and judges, word by word.",
  "example.learns": "Watch it learn",
  "example.learns.about": "A GRU learns to count; then go back and forth through its training.",
  "example.race": "A race on parity",
  "example.race.about": "Four cells, the same seed, the same data: which one learns it?",
  "example.held": "Close a gate",
  "example.held.about": "The forget gate shut at one step: what differs from then on.",
  "example.plane": "A state in a plane",
  "example.plane.about": "Two units only: the field that moves them, and the points that stay.",
};

addWords(ENGLISH);

export const t = say;
