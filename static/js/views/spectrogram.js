// A spectrogram: which bands of a sound are strong at each step, the lowest below; words stand where they end.

import { enlarge, pixels } from "../motion/paint.js";
import { ends, light } from "../motion/rows.js";
import { t as say } from "../strings.js";

/** @typedef {import('../motion/rows.js').Picture} Picture */

/** @param {Picture} picture */
const levels = ({ arrays }) => arrays.log_mel ?? arrays.mfcc;

/** The word that ends at a step, if one does: it stands behind the time. @param {string} label */
export const wordIn = (label) => label.match(/^[\d.]+ s (.+)$/)?.[1] ?? "";

/** @type {import('../motion/rows.js').Row} */
export const row = {
  name: "spectrogram",
  label: ({ arrays }) => (arrays.log_mel ? "spectrogram" : "coefficients"),
  height: (picture) => (levels(picture) ? 96 : 0),
  paint(pen, place) {
    const { picture, scene } = place;
    const { data, shape } = levels(picture);
    const [steps, bands] = [Math.min(shape[0], scene.timeline.T), shape[1]];
    const value = (/** @type {number} */ band, /** @type {number} */ t) => data[t * bands + bands - 1 - band];
    const image = pixels({ value, rows: bands, columns: steps }, light(...ends(data)), scene.palette, document);
    const rate = picture.arrays.waveform ? 1 : (picture.hop ?? 1);
    const box = {
      left: scene.timeline.left,
      width: (steps * scene.timeline.step) / rate,
      top: place.top + 16,
      height: place.height - 16,
    };
    enlarge(pen, image, box, scene.palette.paper);
    Object.assign(pen, {
      fillStyle: scene.palette.ink2,
      font: `${scene.palette.small}px ${scene.palette.font}`,
      textAlign: "right",
    });
    for (const [t, label] of picture.time.entries()) {
      const word = wordIn(label);
      if (word)
        pen.fillText(
          word,
          Math.max(scene.timeline.left + pen.measureText(word).width, scene.timeline.edge(t + 1)),
          place.top + 11,
        );
    }
  },
  columns(picture) {
    const found = levels(picture);
    if (!found) return [];
    const bands = found.shape[1];
    const loudest = (/** @type {number} */ t) => {
      const step = found.data.subarray(t * bands, (t + 1) * bands);
      return String(step.indexOf(Math.max(...step)) + 1);
    };
    return [{ name: say(picture.arrays.log_mel ? "data.row.band" : "data.row.coefficient"), at: loudest }];
  },
};
