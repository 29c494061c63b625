// Formulas on the page. KaTeX comes when the first one is wanted; until then its place shows the LaTeX itself.

/** @type {Promise<void> | null} */
let loading = null;
/** @type {typeof import('../vendor/katex-0.19.1/katex.mjs').default | null} */
let katex = null;

/** @type {import('../vendor/katex-0.19.1/katex.mjs').KatexOptions} */
const OPTIONS = {
  output: "htmlAndMathml", // the second is for screen readers
  throwOnError: false,
  strict: false,
  trust: (context) => context.command === "\\htmlClass" && /^of-[a-z]+$/.test(context.class),
};

/** Begin to load KaTeX, once the first picture is on the screen. @returns {Promise<void>} */
export function prepare() {
  loading ??= painted()
    .then(() => import("../vendor/katex-0.19.1/katex.mjs"))
    .then((module) => {
      katex = module.default;
    });
  return loading;
}

/** @returns {Promise<void>} */
const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/** The formula that an element shows or waits for. @type {WeakMap<Element, string>} */
const wanted = new WeakMap();

/** Show a formula, at once if KaTeX is there. The same formula twice costs nothing. @param {HTMLElement} host @param {string} latex */
export function typeset(host, latex) {
  if (wanted.get(host) === latex) return;
  wanted.set(host, latex);
  if (katex === null) {
    host.textContent = plain(latex);
    prepare().then(
      () => set(host, latex),
      () => {},
    ); // without KaTeX the plain text stays
    return;
  }
  set(host, latex);
}

/** @param {HTMLElement} host @param {string} latex */
function set(host, latex) {
  if (katex === null || wanted.get(host) !== latex) return;
  host.replaceChildren(rendered(latex).cloneNode(true));
}

const REMEMBERED = 400;
/** Formulas come back with every step and every node: copying one is far cheaper than setting it. @type {Map<string, DocumentFragment>} */
const known = new Map();

/** @param {string} latex @returns {DocumentFragment} */
function rendered(latex) {
  const old = known.get(latex);
  if (old) return old;
  const fragment = document.createDocumentFragment();
  const host = document.createElement("span");
  katex?.render(latex, host, OPTIONS); // builds nodes; markup in a string would break the page's policy
  fragment.append(...host.childNodes);
  known.set(latex, fragment);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value ?? "");
  return fragment;
}

/** LaTeX as near to plain text as it gets. @param {string} latex */
export function plain(latex) {
  return latex
    .replaceAll(/\\htmlClass\{[^}]*\}|\\(left|right|operatorname|mathrm|Big|bigl|bigr)\b|[{}]/g, "")
    .replaceAll(/\\odot/g, "⊙")
    .replaceAll(/\\cdot/g, "·")
    .replaceAll(/\\partial\s*/g, "∂")
    .replaceAll(
      /\\(sigma|delta|tanh|sum|log)/g,
      (_, name) => ({ sigma: "σ", delta: "δ", sum: "Σ" })[/** @type {string} */ (name)] ?? name,
    )
    .replaceAll(/\\[a-zA-Z]+|\\[,!;]/g, "")
    .trim();
}
