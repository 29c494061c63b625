// A page and a pen for tests of pictures: elements that remember what they were given, a canvas that remembers what was drawn.

/**
 * @typedef {{tag: string, attributes: Record<string, string>, children: any[], style: Record<string, string>, textContent: string}} Made
 * @typedef {{name: string, args: any[], fill: string, stroke: string, alpha: number}} Mark one call of a pen, with its colours then
 */

/** @param {any[]} children @returns {string} */
const textOf = (children) =>
  children.map((child) => (typeof child === "string" ? child : textOf(child.children))).join("");

/** An image of single pixels as it was put on a canvas. */
function canvas() {
  /** @type {any} */
  const made = { tag: "canvas", width: 0, height: 0 };
  const createImageData = (/** @type {number} */ wide, /** @type {number} */ high) => ({
    data: new Uint8ClampedArray(4 * wide * high),
  });
  const putImageData = (/** @type {{data: Uint8ClampedArray}} */ image) => {
    made.pixels = image.data;
  };
  return Object.assign(made, { getContext: () => ({ createImageData, putImageData }) });
}

/** @param {string} tag */
function element(tag) {
  /** @type {any} */
  const made = { tag, attributes: {}, children: [], style: {} };
  made.style.setProperty = (/** @type {string} */ name, /** @type {string} */ value) => {
    made.style[name] = value;
  };
  made.setAttribute = (/** @type {string} */ name, /** @type {string} */ value) => {
    made.attributes[name] = value;
  };
  made.append = (/** @type {any[]} */ ...more) => made.children.push(...more);
  made.replaceChildren = (/** @type {any[]} */ ...more) => {
    made.children = more;
  };
  Object.defineProperty(made, "textContent", { get: () => textOf(made.children) });
  return made;
}

/** An element that stands nowhere. @returns {any} */
export const host = () => element("div");

/** Give the modules under test a document. */
export function furnish() {
  /** @type {any} */ (globalThis).document = {
    createElement: (/** @type {string} */ tag) => (tag === "canvas" ? canvas() : element(tag)),
  };
}

/** Every descendant of a tag. @param {any} root @param {string} tag @returns {Made[]} */
export const all = (root, tag) =>
  root.children.flatMap((/** @type {any} */ child) =>
    typeof child === "string" ? [] : [...(child.tag === tag ? [child] : []), ...all(child, tag)],
  );

/** A pen that writes down what it is asked to draw. @returns {any} */
export function pen() {
  /** @type {Mark[]} */
  const marks = [];
  /** @type {Record<string, any>} */
  const set = { fillStyle: "", strokeStyle: "", globalAlpha: 1, marks };
  return new Proxy(set, {
    get(held, name) {
      const key = String(name);
      if (key in held) return held[key];
      if (key === "measureText") return (/** @type {string} */ text) => ({ width: 6 * text.length });
      return (/** @type {any[]} */ ...args) => {
        marks.push({ name: key, args, fill: set.fillStyle, stroke: set.strokeStyle, alpha: set.globalAlpha });
      };
    },
  });
}

/** The calls of one name, of one colour if one is given. @param {any} from @param {string} name @param {string} [fill] @returns {Mark[]} */
export const marks = (from, name, fill) =>
  from.marks.filter((/** @type {Mark} */ mark) => mark.name === name && (fill === undefined || mark.fill === fill));

/** The red of each pixel of an image. @param {any} image @returns {number[]} */
export const reds = (image) => [...image.pixels].filter((_, at) => at % 4 === 0);
