// The sentences of four tools: they come with the tools, not with the page.

import { addWords, t as say } from "../strings.js";

/** @type {Record<string, string>} */
export const ENGLISH = {
  // write your own cell
  "tool.cell.example": "Begin from",
  "tool.cell.own": "own equations",
  "tool.cell.hint": "Change anything: the page runs what you write as soon as it can be read.",
  "tool.cell.mine": "Your own equations. The address of this page holds them.",
  "tool.cell.equations": "Equations of one timestep",
  "tool.cell.palette": "Write at the caret",
  "tool.cell.there": "Go there",
  "tool.cell.fault": "Line {line}, column {column}: {message}.",
  "tool.cell.good": "Can be run: it carries {states} to the next step and learns {weights} weights.",
  "tool.cell.share": "Copy link",
  "tool.cell.share.hint": "Copy the address of this page, with these equations in it",
  "tool.cell.away": "The server cannot be reached: what you write is not checked.",

  // a range of steps
  "tool.range.words": "The sequence: shift and the arrow keys choose a stretch of it",
  "tool.range.from": "From step",
  "tool.range.to": "to step",

  // find states
  "tool.find.lead":
    "Which units are on in just one part of the sequence? Drag over the words, here or under the network.",
  "tool.find.among": "Among",
  "tool.find.states": "states",
  "tool.find.all": "states and gates",
  "tool.find.corpus": "Look for them in another text, too",
  "tool.find.corpus.hint": "Any text of the words that this network knows",
  "tool.find.none": "No unit changes at all in this run.",
  "tool.find.just": "{count} are on at every step of the range and at no other; the wider the gap, the clearer.",
  "tool.find.near":
    "None is on in just this range. Nearest first: how many pairs of a step inside and one outside they tell apart.",
  "tool.find.unknown": "{count} of the other text's words are unknown to this network and read as nothing.",
  "tool.find.gap": "gap {gap}",
  "tool.find.pairs": "{pairs} of pairs",
  "tool.find.high": "{label}, unit {unit}: high in the range, {inside} on average, {outside} elsewhere",
  "tool.find.low": "{label}, unit {unit}: low in the range, {inside} on average, {outside} elsewhere",
  "tool.find.here": "Also on in this run",
  "tool.find.only": "Nowhere else in this run",
  "tool.find.there": "In the other text",
  "tool.find.nowhere": "Nowhere in the other text",

  // bring your own weights
  "tool.weights.drop": "Drop a file of weights here, or choose one",
  "tool.weights.kinds": ".safetensors: PyTorch's nn.RNN, nn.GRU, nn.LSTM, or saved here",
  "tool.weights.sending": "Reading {name}",
  "tool.weights.took": "{name}, {size}. It runs on the left.",
  "tool.weights.large": "This file has {size}; at most {most} are read.",
  "tool.weights.empty": "This file is empty.",
  "tool.weights.pickle":
    "This is a file that PyTorch pickled: opening one can run any program in it, so it is not opened. Save the weights as safetensors instead:",
  "tool.weights.hdf5": "This is an HDF5 file, as Keras writes them. Only safetensors is read.",
  "tool.weights.gguf": "This is a GGUF file, made for language models. Only safetensors is read.",
  "tool.weights.numpy":
    "This is a NumPy file. Only safetensors is read: safetensors.numpy.save_file writes one from a dict of arrays.",
  "tool.weights.found": "What was found",
  "tool.weights.module": "written by",
  "tool.weights.ours": "this page",
  "tool.weights.cell": "cell",
  "tool.weights.units": "hidden units",
  "tool.weights.layers": "layers",
  "tool.weights.directions": "directions",
  "tool.weights.one": "one, forward",
  "tool.weights.both": "two: forward and backward",
  "tool.weights.gates": "order of the gates",
  "tool.weights.gate.i": "update (input)",
  "tool.weights.gate.f": "forget",
  "tool.weights.gate.c": "candidate",
  "tool.weights.gate.o": "output",
  "tool.weights.gate.r": "reset",
  "tool.weights.gate.z": "update",
  "tool.weights.gate.n": "candidate",
  "tool.weights.embedding": "embedding",
  "tool.weights.embedded": "of {symbols} symbols, multiplied into W",
  "tool.weights.input": "reads",
  "tool.weights.named": "{count} symbols, all of them named in the file",
  "tool.weights.unnamed":
    "{count} symbols without names: the words of a text take their places in the order in which they come",
  "tool.weights.head": "outputs",
  "tool.weights.headless": "none in the file: the output layer is drawn from the seed",
  "tool.weights.unused": "not understood",
  "tool.weights.nothing": "nothing; all of the file is used",
  "tool.weights.arrays": "All {count} arrays",
  "tool.weights.squash": "nn.RNN does not say: squashed by",
  "tool.weights.names": "Name the symbols",
  "tool.weights.names.hint": "In the order of their numbers: one a line, or the characters in one row",
  "tool.weights.names.use": "Use these names",
  "tool.weights.names.count": "Here are {count} names; the model has {needed} symbols.",
  "tool.weights.present": "The weights that run now",
  "tool.weights.from.seed": "Drawn from seed {seed}",
  "tool.weights.from.model": "Your model",
  "tool.weights.from.training": "Learnt in {epoch} updates",
  "tool.weights.numbers": "{said}: {count} numbers in {arrays} arrays.",
  "tool.weights.save": "Save as safetensors",
  "tool.weights.without": "Go on without the model",
};

addWords(ENGLISH);

export const t = say;
