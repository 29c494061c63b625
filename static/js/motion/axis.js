// The time axis under the figures: a number for every step that has room for one, the words where they fit.

import { make } from "../dom.js";
import { labelEvery } from "../timeline.js";

/** What stands under each step. @param {string[]} words @param {import('../timeline.js').Timeline} timeline */
export function axisLabels(words, { T, step }) {
  const every = labelEvery(step, 26);
  const fits = step >= 44;
  return Array.from({ length: Math.ceil(T / every) }, (_, index) => ({
    t: index * every,
    word: fits ? (words[index * every] ?? "") : "",
  }));
}

/** @param {HTMLElement} host @param {import('../trace.js').Trace} trace @param {import('../timeline.js').Timeline} timeline */
export function drawAxis(host, trace, timeline) {
  const labels = axisLabels(trace.labels.time ?? [], timeline);
  const key = JSON.stringify([labels, timeline.left, timeline.step]);
  if (host.dataset.key === key) return;
  host.dataset.key = key;
  const marks = labels.map(({ t, word }) => {
    const mark = make("span", { class: "axis-mark" }, make("b", {}, String(t)), word ? ` ${word}` : "");
    mark.style.transform = `translateX(${timeline.centre(t)}px) translateX(-50%)`;
    mark.style.maxWidth = `${Math.max(26, timeline.step)}px`;
    return mark;
  });
  host.replaceChildren(
    make("span", { class: "axis-title symbol" }, make("i", {}, "t"), ", ", make("i", {}, "k")),
    ...marks,
  );
}
