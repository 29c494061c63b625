// Copying a text: into the clipboard where there is one, else into a field that stands there selected.

import { make } from "../dom.js";

/**
 * A button that copies, and says that it has.
 * @param {string} label @param {string} hint @param {() => string} text @param {(key: string) => string} t
 */
export function copyButton(label, hint, text, t) {
  const said = make("span", { class: "copy-said", "aria-live": "polite" });
  const button = make(
    "button",
    { type: "button", class: "copy", title: hint },
    make("span", { class: "copy-name" }, label),
    said,
  );
  let quiet = 0;
  button.addEventListener("click", async () => {
    const copied = await write(text());
    said.textContent = t(copied ? "panel.copied" : "panel.select");
    button.classList.toggle("has-copied", copied);
    if (!copied) offer(button, text());
    clearTimeout(quiet);
    quiet = window.setTimeout(() => {
      said.textContent = "";
      button.classList.remove("has-copied");
    }, 1600);
  });
  return button;
}

/** @param {string} text @returns {Promise<boolean>} */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text); // missing on plain http away from localhost, and refused in some frames
    return true;
  } catch {
    return false;
  }
}

/** Show the text, selected, for the reader to copy by hand. @param {HTMLElement} button @param {string} text */
function offer(button, text) {
  const host = button.parentElement;
  host?.parentElement?.querySelector(".copy-field")?.remove();
  const field = make("textarea", { class: "copy-field", readonly: true, rows: "3", "aria-label": button.title });
  field.value = text;
  field.addEventListener("blur", () => field.remove());
  field.addEventListener("keydown", (event) => event.key === "Escape" && field.remove());
  host?.after(field);
  field.focus();
  field.select();
}
