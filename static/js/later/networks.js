// The pictures that a chain which reads words does without: all chains of a network, attention, numbers that go in. They come
// in a pack of their own, before the first picture where that needs them.

import { view as attention } from "../views/attention.js";
import { view as chains } from "../views/chains.js";
import { view as input } from "../views/input.js";

/** What stands in a frame, and what stands by itself. */
export const framed = [input, attention];
export const free = /** @type {[any, string][]} */ ([[chains, "#chains"]]);
