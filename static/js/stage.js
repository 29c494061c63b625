// The stage: every picture of one trace, kept in step with the player. It knows nothing of recipes or addresses.

import { blocksOf, errorsOf, isReversed, lensOf, reachOf } from "./blocks.js";
import { find } from "./dom.js";
import { ViewFrame } from "./elements/view-frame.js";
import { drawAxis } from "./motion/axis.js";
import { mountCursors } from "./motion/cursor.js";
import { Rest } from "./motion/rest.js";
import { makeScene } from "./scene.js";
import { t } from "./strings.js";
import { substepsOf } from "./substeps.js";
import { cellOf } from "./trace.js";
import { view as contributions } from "./views/contributions.js";
import { view as gates } from "./views/gates.js";
import { view as gradients } from "./views/gradients.js";
import { view as loss } from "./views/loss.js";
import { view as output } from "./views/output.js";
import { view as sequence } from "./views/sequence.js";
import { view as states } from "./views/states.js";
import { view as unrolled } from "./views/unrolled.js";

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./player.js').Player} Player
 * @typedef {import('./motion/chart.js').Context} Context
 * @typedef {{name: string, reads: string[], mount: (host: any, context: any) => any}} View
 * @typedef {{framed: View[], free: [View, string][]}} Pack
 */

/** Up to this many steps a second there is time to glide. */
const WALKING = 8;

export const FRAMED = [states, gates, loss, gradients, contributions, output];
const FREE = /** @type {[View, string][]} */ ([
  [unrolled, "#network"],
  [sequence, "#overview"],
]);

/** @param {Context} context @param {View[]} views */
function mountFrames(context, views) {
  const { player } = context;
  return views.map((view) => {
    const frame = find(document, `#view-${view.name}`, ViewFrame);
    const mounted = view.mount(frame, context);
    frame.adopt(mounted, () => {
      const { look } = player.state;
      player.set({ look: { ...look, large: look.large === view.name ? null : view.name } });
    });
    return { frame, mounted, name: view.name };
  });
}

/** Call when an element gets another width. @param {HTMLElement} host @param {() => void} changed */
function watchWidth(host, changed) {
  let width = -1;
  new ResizeObserver(([{ contentRect }]) => {
    const other = width >= 0 && Math.abs(contentRect.width - width) >= 1;
    width = contentRect.width;
    if (other) changed();
  }).observe(host);
}

/** The height of the top of the page is one of the measures of the rest. */
export function measureTop() {
  const top = find(document, ".masthead", HTMLElement);
  const filling = [".screenful", "#bench"].map((part) => find(document, part, HTMLElement));
  let known = 53;
  new ResizeObserver(([{ borderBoxSize }]) => {
    const height = Math.round(borderBoxSize[0].blockSize);
    if (height === known) return;
    known = height;
    for (const { style } of filling) style.setProperty("--masthead", `${height}px`);
  }).observe(top);
}

/** What the player keeps to while a trace is seen. @param {Trace} seen @param {any} catalog @returns {import('./player.js').Limits} */
function limits(seen, catalog) {
  const { steps, own } = errorsOf(seen);
  const subs = substepsOf(cellOf(seen, catalog)).length;
  return { subs, T: seen.dims.time, reversed: isReversed(seen), reach: reachOf(seen), errors: own ? undefined : steps };
}

const WORDS = ["sentence", "characters"];

/** Whether a trace has more to show than one chain that reads words. @param {Trace} trace */
const needsMore = (trace) => blocksOf(trace).length > 0 || !WORDS.includes(trace.recipe.data ?? "sentence");

/** The packs of pictures that come later, each with the traces that need it. @type {Record<string, (trace: Trace) => boolean>} */
const LATER = {
  networks: needsMore,
  scenes: ({ names, search }) => names.includes("bag") || Boolean(search),
};

/** The packs that a trace needs, as somebody brings them. @param {Record<string, () => Promise<Pack>>} bring @returns {(trace: Trace) => Promise<Pack>[]} */
export const bringer = (bring) => (trace) =>
  Object.keys(LATER)
    .filter((name) => LATER[name](trace))
    .map((name) => bring[name]());

class Stage {
  /** @param {{player: Player, catalog: any, figures: Record<string, any>, plotly: string, trace: Trace, more: (trace: Trace) => Promise<Pack>[]}} means */
  constructor({ player, catalog, figures, plotly, trace, more }) {
    this.player = player;
    this.more = more;
    this.trace = trace;
    /** What the pictures show of the trace: one chain of its network. */
    this.seen = lensOf(trace, player.state.look.block);
    this.catalog = catalog;
    /** How many operations a step has. @type {number | undefined} */
    this.subs = undefined;
    player.resize(limits(this.seen, catalog));
    this.host = find(document, "#figures", HTMLElement);
    const { scene, update, theme } = makeScene(this.host, catalog);
    this.scene = scene;
    this.update = update;
    this.theme = theme;
    this.rest = new Rest({
      templates: figures,
      address: plotly,
      playing: () => player.state.playing,
      page: document,
    });
    /** @type {Context} */
    this.context = { player, catalog, t, request: null, scene, rest: this.rest, trace: () => this.seen };
    /** @type {ReturnType<typeof mountFrames>} */
    this.frames = [];
    /** @type {{draw: (trace: Trace, state: any) => void, arrange?: () => void}[]} */
    this.pictures = FREE.map(([view, place]) => view.mount(find(document, place, HTMLElement), this.context));
    this.cursors = mountCursors(this.host, this.context);
    /** @type {Set<Pack>} */
    this.extended = new Set();
    this.draw = this.draw.bind(this);
  }

  draw() {
    this.aim();
    const { seen: trace, scene } = this;
    const { state } = this.player;
    document.documentElement.classList.toggle("is-paced", state.playing && state.speed <= WALKING);
    scene.parameter = state.focus?.parameter ?? "W";
    for (const picture of this.pictures) picture.draw(trace, state);
    for (const { frame, mounted, name } of this.frames) {
      frame.large = state.look.large === name;
      mounted.draw(trace, state);
    }
    this.cursors.draw(state);
  }

  /** The figures below the network, which what is drawn first need not wait for. @param {Pack[]} packs what else this trace needs */
  complete(packs) {
    this.frames = mountFrames(this.context, FRAMED);
    for (const pack of packs) this.extend(pack);
    return this;
  }

  /** Mount the pictures that not every network needs; a page that has no frame for one does without. @param {Pack} more */
  extend(more) {
    if (this.extended.has(more)) return;
    this.extended.add(more);
    const framed = more.framed.filter(({ name }) => document.querySelector(`#view-${name}`));
    this.frames.push(...mountFrames(this.context, framed));
    for (const [view, place] of more.free) this.join(view.mount(find(document, place, HTMLElement), this.context));
  }

  /** Look at the chain that the player asks for. */
  aim() {
    const { player, trace } = this;
    const wanted = lensOf(trace, player.state.look.block);
    if (wanted === this.seen) return;
    this.seen = wanted;
    player.resize(limits(wanted, this.catalog));
    this.refresh();
  }

  /** Go to a place in a chain of the network: the chain first, for it says which places there are. @param {Partial<import('./player.js').State>} wanted */
  place(wanted) {
    if (wanted.look) this.player.set({ look: wanted.look });
    this.aim();
    this.player.set(wanted);
  }

  /** The trace has grown, or the page has another shape. */
  refresh() {
    this.update(this.seen);
    const bounds = limits(this.seen, this.catalog);
    if (bounds.subs !== this.subs) this.player.resize(bounds); // a cell of the visitor's own may be known only by now
    this.subs = bounds.subs;
    if (this.frames.length > 0) drawAxis(find(document, "#axis", HTMLElement), this.seen, this.scene.timeline);
    for (const picture of this.pictures) picture.arrange?.();
    this.draw();
  }

  /** @param {Trace} trace */
  show(trace) {
    this.trace = trace.whole ?? trace;
    this.seen = lensOf(this.trace, this.player.state.look.block);
    this.player.resize(limits(this.seen, this.catalog));
    this.refresh();
    for (const coming of this.more(this.trace))
      coming.then((more) => {
        if (this.extended.has(more)) return;
        this.extend(more);
        this.refresh();
      });
  }

  /** Other colours, other sizes. */
  restyle() {
    this.theme();
    this.refresh();
  }

  /** One more picture, kept in step from now on. @param {{draw: (trace: Trace, state: any) => void, arrange?: () => void}} picture */
  join(picture) {
    this.pictures.push(picture);
  }

  /** @param {View} view @param {HTMLElement} host */
  mount(view, host) {
    const picture = view.mount(host, this.context);
    this.join(picture);
    picture.draw(this.seen, this.player.state);
  }
}

/** @param {ConstructorParameters<typeof Stage>[0]} means */
export function createStage(means) {
  const stage = new Stage(means);
  watchWidth(stage.host, () => stage.refresh());
  return stage;
}
