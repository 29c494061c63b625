// The slides of a deck and where their runs come from: with the page, or lesson by lesson behind it, the next one first, so that
// sooner or later nothing is asked of the server any more.

/**
 * @typedef {{lesson: string, step: number, steps: number, number: number, chapter: string, title: string, views: string[], at: string,
 *   trace: string, scene: any, search?: any}} Slide `trace` and `scene` are missing until they have come
 * @typedef {{slides: Slide[], traces: Record<string, any>, cells: any[]}} Part
 */

/** Two slides are one when they are the same step. @param {Slide} a @param {Slide} b */
const same = (a, b) => a.lesson === b.lesson && a.step === b.step;

/** @param {Part & {sources?: Record<string, string>}} page @param {(part: Part) => void} [came] */
export function createSlides(page, came = () => {}) {
  const slides = [...page.slides];
  const traces = { ...page.traces };
  return {
    slides,
    /** @param {number} place */
    traceOf: (place) => traces[slides[place].trace] ?? null,
    /** @param {Part} part */
    take(part) {
      Object.assign(traces, part.traces);
      for (const slide of part.slides) {
        const at = slides.findIndex((known) => same(known, slide));
        if (at >= 0) slides[at] = slide;
      }
      came(part);
    },
    /** The lessons that are still to come, from a place on and round. @param {number} place */
    missing(place) {
      const order = [...slides.slice(place), ...slides.slice(0, place)];
      const names = order.filter(({ trace }) => !trace || !traces[trace]).map(({ lesson }) => lesson);
      return [...new Set(names)];
    },
  };
}

const PATIENCE = 4000;

/** Fetch what is missing, one lesson at a time; what fails is tried again later, for ever: halls lose their network. @param {ReturnType<typeof createSlides>} deck @param {Record<string, string>} sources @param {() => number} place @param {{ask: (url: string) => Promise<Response>, wait: (milliseconds: number) => Promise<void>}} means */
export async function bring(deck, sources, place, { ask, wait }) {
  for (let [next] = deck.missing(place()); next && sources[next]; [next] = deck.missing(place())) {
    try {
      const answer = await ask(sources[next]);
      if (!answer.ok) throw new Error(String(answer.status));
      deck.take(await answer.json());
    } catch {
      await wait(PATIENCE);
    }
  }
}
