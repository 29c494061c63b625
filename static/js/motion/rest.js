// Plotly at rest. It is fetched after the first picture is on the screen; whenever nothing has moved for a moment, it takes
// over the figures that changed, one at a time. Without it everything still works on the canvases.

/**
 * @typedef {{name: string, layer: HTMLElement, figure: () => any, settled: () => void}} Member a figure that Plotly may take over
 * @typedef {{stale: () => void, save: (format: 'png' | 'svg') => Promise<void>, leave: () => void}} Seat
 * @typedef {{resolve: typeof import('../figures.js').resolve, dress: typeof import('../figures.js').dress,
 *   loadSheet: typeof import('../sheets.js').loadSheet}} Tools they come with the desk
 * @typedef {{templates: Record<string, any>, address: string, playing: () => boolean, page: Document}} Means
 */

export const QUIET = 400;
const FILE = { width: 1200, height: 700 };

export class Rest {
  /** @param {Means} means */
  constructor(means) {
    this.means = means;
    /** @type {Set<Member>} */
    this.stale = new Set();
    /** @type {any} */
    this.plotly = null;
    /** @type {Tools | null} */
    this.tools = null;
    this.timer = 0;
    this.settled = false;
    /** Whether something else keeps the figures moving. */
    this.busy = () => false;
  }

  /** Fetch Plotly and hand the figures over; resolves when that is done, or Plotly is known not to come. @param {Tools} tools */
  async load(tools) {
    const { page, address } = this.means;
    this.tools = tools;
    // With this sheet of its own on the page, Plotly writes no styles that the page's policy would refuse.
    const marks = { id: "plotly.js-style-global", className: "no-inline-styles" };
    await Promise.all([tools.loadSheet("vendor/plotly-cartesian-4.1.1/plotly.css", marks), loadScript(page, address)]);
    this.plotly = /** @type {any} */ (globalThis).Plotly ?? null;
    await this.settle();
  }

  /** Something changed: look again once nothing has moved for a moment. */
  soon() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.settle(), this.settled ? QUIET : 0);
  }

  async settle() {
    if (this.plotly === null) return;
    for (const member of [...this.stale]) {
      if (this.means.playing() || this.busy()) return this.soon();
      if (this.stale.delete(member)) await this.hand(member);
      await breath();
    }
    this.settled = true;
  }

  /** @param {Member} member */
  async hand(member) {
    const drawn = this.drawn(member, true);
    if (drawn === null) return;
    await this.plotly.react(member.layer, drawn.data, drawn.layout, drawn.config);
    if (!this.stale.has(member)) member.settled();
  }

  /** A member's figure: dressed for the page, or as it leaves it. @param {Member} member @param {boolean} dressed @returns {any} */
  drawn(member, dressed) {
    const asked = member.figure();
    const template = this.means.templates[asked?.chart.template ?? member.name];
    if (asked === null || template === undefined || this.tools === null) return null;
    const figure = this.tools.resolve(template, asked.trace, asked.scene);
    return dressed ? this.tools.dress(figure, asked) : figure;
  }

  /** @param {Member} member @returns {Seat} */
  join(member) {
    return {
      stale: () => {
        this.stale.add(member);
        this.soon();
      },
      save: async (format) => {
        const drawn = this.drawn(member, false);
        if (this.plotly === null || drawn === null) return;
        await this.plotly.downloadImage(drawn, { ...FILE, format, filename: `unrolled-${member.name}` });
      },
      leave: () => {
        this.stale.delete(member);
        this.plotly?.purge(member.layer);
      },
    };
  }
}

/** Let the page answer between two figures. */
const breath = () => new Promise((resolve) => setTimeout(resolve, 0));

/** @param {Document} page @param {string} address @returns {Promise<void>} also when it does not come */
function loadScript(page, address) {
  return new Promise((resolve) => {
    const script = page.createElement("script");
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () => resolve();
    page.head.append(script);
  });
}
