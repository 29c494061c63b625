// Style sheets that the first picture does without, fetched when their part of the page is.

/** @param {string} name under static/ @param {{id?: string, className?: string}} [marks] @returns {Promise<void>} also when it does not come */
export function loadSheet(name, marks = {}) {
  const href = new URL(`../${name}`, import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((resolve) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href, ...marks });
    link.onload = () => resolve();
    link.onerror = () => resolve();
    document.head.append(link);
  });
}
