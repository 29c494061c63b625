// A strip chart: lines that somebody recorded, each in a band of its own, with what people have labelled shaded.

import { across, ends, line, shade } from "../motion/rows.js";
import { short } from "../numbers.js";

/** @typedef {import('../motion/rows.js').Picture} Picture */

const MOST = 4;

/** @param {Picture} picture */
const lines = ({ arrays }) =>
  Object.entries(arrays)
    .filter(([name, { shape }]) => name !== "label" && shape.length === 1)
    .slice(0, MOST);

/** @type {import('../motion/rows.js').Row} */
export const row = {
  name: "strip-chart",
  height: (picture) => (picture.kind === "strip-chart" ? 34 + 38 * lines(picture).length : 0),
  paint(pen, place) {
    const { picture, scene } = place;
    const found = lines(picture);
    const height = place.height / found.length - 6;
    shade(pen, place, picture.arrays.label);
    for (const [index, [, { data }]] of found.entries()) {
      const [low, high] = ends(data);
      const top = place.top + index * (height + 6) + 3;
      line(pen, data, { x: (i) => across(place, i + 0.5), low, high, top, height, color: scene.palette.meaning.input });
      Object.assign(pen, {
        fillStyle: scene.palette.ink3,
        font: `${scene.palette.small}px ${scene.palette.font}`,
        textAlign: "right",
      });
      pen.fillText(short(high), scene.timeline.left - 6, top + 9);
      pen.fillText(short(low), scene.timeline.left - 6, top + height);
    }
  },
  columns: (picture) =>
    lines(picture).map(([name, { data }]) => ({
      name,
      at: (t) => short(data[Math.min(data.length - 1, Math.floor(t * (picture.hop ?? 1)))]),
    })),
};
