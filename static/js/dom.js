// Making elements without markup in strings.

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, string | boolean | undefined>} [attributes] @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) attribute(element, name, value);
  element.append(...children);
  return element;
}

/** @param {string} tag @param {Record<string, string | boolean | undefined>} [attributes] @param {Node[]} children */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) attribute(element, name, value);
  element.append(...children);
  return element;
}

/** @param {Element} element @param {string} name @param {string | boolean | undefined} value */
function attribute(element, name, value) {
  if (value === true) element.setAttribute(name, "");
  else if (value !== false && value !== undefined) element.setAttribute(name, value);
}

/** Write a text only where it differs: the browser lays out again after every write. @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Set an attribute only where it differs. @param {Element | null} element @param {string} name @param {string} value */
export function put(element, name, value) {
  if (element !== null && element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Show or hide, where that changes anything. @param {HTMLElement} element @param {boolean} hidden */
export function hide(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/**
 * The one descendant that a selector names.
 * @template {Element} E
 * @param {ParentNode} root @param {string} selector @param {new (...args: any) => E} [type] @returns {E}
 */
export function find(root, selector, type) {
  const element = root.querySelector(selector);
  if (element === null || (type && !(element instanceof type))) throw new Error(`the page lacks ${selector}`);
  return /** @type {E} */ (element);
}

/** A symbol such as s or s_t in the letters of mathematics: the part after _ is set below. @param {string} text @param {string} [meaning] */
export function symbol(text, meaning) {
  const [stem, below] = text.split("_");
  const element = make("span", { class: `symbol${meaning ? ` of-${meaning}` : ""}` }, make("i", {}, stem));
  if (below) element.append(make("sub", { class: /^\d/.test(below) ? "digits" : undefined }, below));
  return element;
}
