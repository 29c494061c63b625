// The pictures that only lessons have: what stands beside recurrence. They come with the traces that carry their arrays.

import { view as bag } from "../views/bag.js";
import { view as beams } from "../views/beams.js";
import { view as curse } from "../views/curse.js";
import { view as reach } from "../views/reach.js";
import { view as space } from "../views/space.js";
import { view as fixed } from "../views/window.js";
import { ENGLISH } from "./scene-words.js";

/** What stands in a frame, and what stands by itself. */
export const framed = [fixed, bag, curse, reach, space, beams];
export const free = /** @type {[any, string][]} */ ([]);
export const words = ENGLISH;
