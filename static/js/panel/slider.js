// A slider beside a number: over the field's own stops, close together where values are small.

import { make } from "../dom.js";
import { stops } from "../recipe.js";

/**
 * @typedef {import('../recipe.js').Field} Field
 * @typedef {import('../recipe.js').Value} Value
 */

/**
 * @param {Field} field @param {(value: Value) => void} choose while it is dragged @param {() => void} done
 * @param {(key: string, values?: Record<string, unknown>) => string} t
 */
export function createSlider({ label, optional }, choose, done, t) {
  const host = make("input", {
    type: "range",
    class: "slider",
    min: "0",
    step: "1",
    "aria-label": t("form.slider", { label }),
  });
  /** @type {(number | null)[]} */
  let places = [];
  host.addEventListener("input", (event) => {
    event.stopPropagation(); // the number speaks for both
    choose(places[Number(host.value)] ?? null);
  });
  host.addEventListener("change", (event) => {
    event.stopPropagation();
    done();
  });
  return {
    host,
    /** @param {Field} field @param {number} [end] where an optional field ends: its last place is none @returns {void} */
    range(field, end) {
      places = optional ? [...stops(field, Math.max(1, (end ?? 1) - 1)), null] : stops(field, end);
      host.max = String(places.length - 1);
    },
    /** @param {Value} value */
    draw(value) {
      host.value = String(value === null ? places.length - 1 : place(places, Number(value)));
      const share = Number(host.value) / Math.max(1, places.length - 1);
      host.style.setProperty("--share", `${(share * 100).toFixed(1)}%`);
      host.setAttribute("aria-valuetext", value === null ? t("form.none") : String(value));
    },
  };
}

/** The stop nearest to a value. @param {(number | null)[]} places @param {number} value */
function place(places, value) {
  let best = 0;
  places.forEach((stop, index) => {
    if (stop !== null && Math.abs(stop - value) < Math.abs((places[best] ?? 0) - value)) best = index;
  });
  return best;
}
