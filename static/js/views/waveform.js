// A sound as it swings: at every place of the screen the lowest and the highest sample there.

import { across } from "../motion/rows.js";
import { short } from "../numbers.js";
import { t as say } from "../strings.js";
import { largest } from "../trace.js";

/** Lowest and highest sample in each of some equal columns. @param {ArrayLike<number>} samples @param {number} columns @returns {[number, number][]} */
export function envelope(samples, columns) {
  const each = samples.length / columns;
  return Array.from({ length: columns }, (_, column) => {
    let [low, high] = [0, 0];
    for (let i = Math.floor(column * each); i < Math.ceil((column + 1) * each) && i < samples.length; i += 1) {
      low = Math.min(low, samples[i]);
      high = Math.max(high, samples[i]);
    }
    return [low, high];
  });
}

/** @type {import('../motion/rows.js').Row} */
export const row = {
  name: "waveform",
  height: ({ arrays }) => (arrays.waveform ? 64 : 0),
  paint(pen, place) {
    const { data } = place.picture.arrays.waveform;
    const { timeline, palette } = place.scene;
    const shown = Math.min(data.length, Math.ceil(timeline.T * (place.picture.hop ?? 1)));
    const wide = Math.max(1, Math.round(across(place, shown) - timeline.left));
    const most = largest(data) || 1;
    pen.fillStyle = palette.meaning.input;
    for (const [column, [low, high]] of envelope(data.subarray(0, shown), wide).entries()) {
      const top = place.top + (place.height / 2) * (1 - high / most);
      pen.fillRect(timeline.left + column, top, 1, Math.max(1, ((high - low) / most) * (place.height / 2)));
    }
  },
  columns: ({ arrays, hop }) => {
    if (!arrays.waveform) return [];
    const each = hop ?? 1;
    const at = (/** @type {number} */ t) => largest(arrays.waveform.data.subarray(t * each, (t + 1) * each));
    return [{ name: say("data.row.waveform"), at: (t) => short(at(t)) }];
  },
};
