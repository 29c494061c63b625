// The recipe's fields as the page gets them, for the tests of the modules that walk over them.

/** @type {import("../../static/js/recipe.js").Field[]} */
export const FIELDS = [
  field("cell", "choice", "rnn-tanh", {
    choices: ["rnn-tanh", "rnn-relu", "lstm", "gru"],
    label: "Cell",
  }),
  field("text", "text", "This morning I took the dog for a walk.", { high: 2000, label: "Text" }),
  field("hidden", "integer", 8, { low: 1, high: 256, step: 1, label: "Hidden units" }),
  field("gain", "number", 1, { low: 0, high: 100, step: 0.1, label: "Gain" }),
  field("seed", "integer", 0, { low: 0, high: Number.MAX_SAFE_INTEGER, label: "Seed" }),
  field("forget_bias", "number", 0, { low: -10, high: 10, label: "Forget bias" }),
  field("window", "integer", null, { low: 1, label: "Window", optional: true }),
];

/**
 * @param {string} name @param {import("../../static/js/recipe.js").Field["kind"]} kind
 * @param {import("../../static/js/recipe.js").Value} value
 * @param {Partial<import("../../static/js/recipe.js").Field>} more
 * @returns {import("../../static/js/recipe.js").Field}
 */
function field(name, kind, value, more) {
  return { name, kind, default: value, label: name, help: "", ...more };
}
