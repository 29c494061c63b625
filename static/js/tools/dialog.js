// A dialog of the page: a title, what it holds, a way out.

import { make } from "../dom.js";
import { loadSheet } from "../sheets.js";
import { addWords, t } from "../strings.js";

/** @type {Record<string, string>} */
const ENGLISH = {
  "dialog.close": "Close",
};

addWords(ENGLISH);

/**
 * @param {string} name of its style @param {string} title @param {...Node} content
 * @returns {HTMLDialogElement} in the page, not yet open
 */
export function makeDialog(name, title, ...content) {
  const close = make("button", { type: "button", class: "icon dialog-close", "aria-label": t("dialog.close") }, "×");
  const heading = make("h2", { id: `dialog-${name}` }, title);
  const dialog = make(
    "dialog",
    { class: `dialog dialog-${name}`, "aria-labelledby": heading.id },
    make("header", { class: "dialog-head" }, heading, close),
    ...content,
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  document.body.append(dialog);
  return dialog;
}

/** @param {HTMLDialogElement} dialog */
export async function show(dialog) {
  await loadSheet("css/dialogs.css");
  if (!dialog.open) dialog.showModal();
}
