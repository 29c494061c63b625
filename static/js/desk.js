// What the visitor acts through, furnished once the first picture is there: the recipe form and the runs it asks for, the
// panel of what is in focus, the keyboard, the theme, and the address that holds them all.

import { carried, elsewhere, fromHash, kept, optionsOf, toHash, toolOf } from "./address.js";
import api from "./api.js";
import { Bench } from "./bench.js";
import { lensOf } from "./blocks.js";
import { Chronicle } from "./chronicle.js";
import { find, write } from "./dom.js";
import { openDoors } from "./doors.js";
import { listenToDrafts } from "./drafts.js";
import { view as focus } from "./elements/focus-panel.js";
import { RecipeForm } from "./elements/recipe-form.js";
import { dress, resolve } from "./figures.js";
import { listenToKeys } from "./keys.js";
import { listenToLanguage, scrollBack } from "./language.js";
import { createNotice } from "./notice.js";
import { short } from "./numbers.js";
import { meetCell, meetChains } from "./own-cells.js";
import { comfortable } from "./player.js";
import { fromQuery, toQuery } from "./recipe.js";
import { createRunner } from "./run.js";
import { complaints } from "./said.js";
import { exploded, moment, total } from "./say.js";
import { loadSheet } from "./sheets.js";
import { t } from "./strings.js";
import { listenToTheme } from "./theme.js";
import { shownTools } from "./tools.js";
import { TrainingTime } from "./training-time.js";

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./player.js').State} State
 * @typedef {Record<string, any>} Values
 * @typedef {{page: any, player: import('./player.js').Player, stage: ReturnType<typeof import('./stage.js').createStage>}} Opened
 */

const SETTLED = 200;

class Desk {
  /** @param {Opened} opened */
  constructor({ page, player, stage }) {
    page.fields ??= page.catalog.fields;
    this.page = page;
    this.player = player;
    this.stage = stage;
    this.live = find(document, "#live");
    this.form = find(document, "recipe-form", RecipeForm);
    /** The last trace that is whole. */
    this.whole = stage.trace;
    this.notice = createNotice(find(document, "#notice", HTMLElement), { cancel: () => this.cancel() });
    this.runner = createRunner(api, this);
    this.chronicle = new Chronicle(
      { history, now: () => performance.now(), here: () => location.pathname + location.search + location.hash },
      () => this.draw(),
    );
    /** @type {{update: () => void} | null} */
    this.lesson = null;
    this.writing = 0;
    this.asked = /** @type {Values} */ ({});
    this.travelled = false;
    /** What the query holds beside the recipe: the options of the tools, as text. @type {Readonly<Record<string, string>>} */
    this.options = optionsOf(location.search, page.fields);
    this.time = new TrainingTime({
      ...{ player, stage, api, fields: page.fields },
      query: () => this.query(this.whole.recipe, this.options),
      whole: () => this.whole,
      waiting: (waits) => stage.host.classList.toggle("is-waiting", waits),
      failed: (problem) => this.failed(problem),
    });
    /** Where the player is to stand once the run that an address asks for is there. @type {Partial<State> | null} */
    this.wanted = null;
  }

  open() {
    const { page, stage } = this;
    const recipe = page.recipe ?? stage.trace.recipe;
    const steps = stage.trace.dims.time;
    this.form.adopt({ fields: page.fields, recipe, cells: page.catalog.cells, steps, here: () => this.here() });
    const context = Object.assign(stage.context, this.means());
    stage.mount(focus, find(document, "#focus", HTMLElement));
    this.bench = new Bench(find(document, "#bench", HTMLElement), { rows: shownTools(document), context });
    stage.join(this.bench);
    this.bench.draw(stage.seen, this.player.state);
    this.draw();
    this.teach();
    this.time.see(this.player.state);
    if (page.problem) this.failed(page.problem);
    else if (elsewhere()) this.travelTo(this.here());
    else if (this.query(recipe) !== this.query(stage.trace.recipe)) this.travelTo(recipe);
    else this.explain();
  }

  /** The words of a lesson's page stand above the tools. */
  async teach() {
    if (!this.page.lesson) return;
    const { teach } = await import("./tools/lesson-panel.js");
    this.lesson = teach(this);
  }

  /** What the tools may do, beside what every picture may. */
  means() {
    const { player, stage } = this;
    return {
      request: this.time.request(),
      time: this.time,
      fields: this.page.fields,
      whole: () => this.whole,
      recipe: () => this.whole.recipe,
      ask: (/** @type {Values} */ values) => {
        this.form.show(values);
        return this.ask(values);
      },
      lead: (/** @type {string} */ field) => this.form.lead(field),
      show: (/** @type {Trace | null} */ trace) => stage.show(trace ?? this.whole),
      keep: (/** @type {Record<string, string | null>} */ change) =>
        player.set({ own: kept(player.state.own, change) }),
      options: () => this.options,
      setOptions: (/** @type {Record<string, string>} */ options) => this.setOptions(options),
      say: (/** @type {string} */ text) => write(this.live, text),
      mark: (/** @type {string} */ name, /** @type {string} */ text) => this.bench?.mark(name, text),
    };
  }

  /** Undo and redo are as far as there is something. */
  draw() {
    find(document, "#undo", HTMLButtonElement).disabled = !this.chronicle.undoable;
    find(document, "#redo", HTMLButtonElement).disabled = !this.chronicle.redoable;
  }

  /** @param {Values} values @param {Readonly<Record<string, string>>} [options] that stand behind the recipe */
  query(values, options = {}) {
    const query = new URLSearchParams(toQuery(values, this.page.fields));
    for (const [name, text] of Object.entries(options)) query.set(name, text);
    return query.toString();
  }

  /** @param {Values} values @param {boolean} [remember] whether this becomes a new entry in the history */
  ask(values, remember = true) {
    this.travelled = !remember;
    if (remember) this.time.forget();
    this.asked = values;
    this.notice.wait();
    meetCell(this.page.catalog, values.cell).then((learnt) => learnt && this.stage.refresh());
    const include = this.page.lesson?.include;
    return this.runner.load(this.query(values, include ? { include } : {}));
  }

  cancel() {
    this.runner.cancel();
    this.restore();
    this.form.show(this.whole.recipe);
  }

  /** What had begun to grow gives way to what was there. */
  restore() {
    if (this.stage.trace.partial || this.stage.trace.like) this.stage.show(this.whole);
  }

  /** A new run has begun. @param {Trace} trace */
  show(trace) {
    this.pace(trace);
    this.stage.show(trace);
  }

  grow() {
    this.stage.refresh();
  }

  /** @param {number} done @param {number} total */
  waiting(done, total) {
    this.notice.progress(done, total);
  }

  /** A run is there whole. @param {Trace} trace */
  done(trace) {
    meetChains(this.page.catalog, trace, () => this.stage.refresh());
    this.pace(trace);
    this.stage.show(trace);
    if (this.wanted) this.stage.place(this.wanted);
    this.wanted = null;
    this.whole = trace;
    this.time.see(this.player.state);
    this.form.steps = trace.dims.time;
    if (trace.recipe.model) this.form.show(trace.recipe); // cell and size are the model's, whatever was asked for
    this.explain();
    if (!this.travelled) this.chronicle.write(this.address(trace.recipe, this.hash()), "recipe");
    this.lesson?.update();
    write(this.live, t("page.ready", { T: trace.dims.time, loss: short(total(trace)) }));
  }

  /** A run of another length plays at another speed. @param {Trace} trace */
  pace(trace) {
    const { time } = lensOf(trace, this.player.state.look.block).dims;
    if (time !== this.player.T) this.player.set({ speed: comfortable(time) });
  }

  /** @param {{message?: string, title?: string, detail?: string, passing?: boolean}} problem */
  failed(problem) {
    this.wanted = null;
    this.restore();
    const text = problem.message ?? complaints(problem.detail ?? problem.title ?? t("page.failed"));
    document.dispatchEvent(new CustomEvent("unrolled:problem", { detail: problem }));
    const said = document.querySelector(".field-problem:not([hidden])"); // where it is said under its field, once is enough
    if (problem.passing) this.notice.problem(`${text} ${t("page.stays")}`, () => this.ask(this.asked, !this.travelled));
    else if (said === null) this.notice.problem(text);
    else this.notice.hide();
    if (said !== null) write(this.live, said.textContent ?? "");
  }

  /** The server does not answer, and is asked again. @param {number} tries */
  lost = (tries) => this.notice.lost(tries);

  /** Values that explode are a result, and worth a sentence. */
  explain() {
    const odd = exploded(this.whole, this.page.catalog);
    if (odd) this.notice.result(t("page.exploded", odd));
    else this.notice.hide();
  }

  /** Where the player stands, as the end of an address. */
  hash = () => toHash(this.player.state).replace(/^(?=.)/, "#");

  /** @param {Values} recipe @param {string} hash */
  address(recipe, hash) {
    const { lesson } = this.page;
    const taught = lesson && this.query(recipe) === this.query(lesson.recipe);
    const query = new URLSearchParams(this.query(taught ? {} : recipe, this.options));
    if (lesson && !taught) query.set("own", "1");
    for (const [name, text] of carried(location.search)) query.set(name, text);
    return `${location.pathname}${query.size > 0 ? `?${query}` : ""}${hash}`;
  }

  /** @param {Record<string, string>} options */
  setOptions(options) {
    if (this.query({}, options) === this.query({}, this.options)) return;
    this.options = Object.freeze({ ...options });
    this.time.forget();
    this.chronicle.write(this.address(this.whole.recipe, this.hash()), "tool");
  }

  /** The recipe of the present address: a lesson's page is about its own, unless it says otherwise. @returns {Values} */
  here() {
    const { lesson, fields } = this.page;
    return lesson && !new URLSearchParams(location.search).has("own")
      ? lesson.recipe
      : fromQuery(location.search, fields);
  }

  /** As on the first visit: the form goes back to the first recipe, the tools forget. */
  reset() {
    this.options = Object.freeze({});
    this.time.forget();
    this.player.set({ own: Object.freeze({}) });
    if (this.query(this.whole.recipe) === "")
      this.chronicle.write(this.address(this.whole.recipe, this.hash()), "tool");
  }

  /** The visitor went back or forward. */
  travel(/** @type {PopStateEvent} */ event) {
    this.chronicle.travelled(event.state);
    this.arrive();
  }

  /** To another address of this page, without loading it again. @param {string} address */
  go(address) {
    this.chronicle.write(address, "tool");
    this.form.show(this.here());
    this.arrive();
  }

  /** The address is another one now. */
  arrive() {
    this.options = optionsOf(location.search, this.page.fields);
    const values = this.here();
    if (this.query(values) !== this.query(this.whole.recipe)) this.travelTo(values);
    else this.stage.place({ ...fromHash(location.hash), playing: false });
  }

  /** An address holds a run and a place in it: the place is taken when the run is there. @param {Values} values */
  travelTo(values) {
    this.wanted = { ...fromHash(location.hash), playing: false };
    return this.ask(values, false);
  }

  /** Keep the hash in step with the player, once it rests. @param {State} state */
  follow(state) {
    clearTimeout(this.writing);
    if (state.playing || this.wanted) return;
    this.writing = window.setTimeout(() => {
      const kind = toolOf(fromHash(location.hash)) === toolOf(this.player.state) ? "place" : "tool";
      this.chronicle.write(`${location.pathname}${location.search}${this.hash()}`, kind);
    }, SETTLED);
  }

  /** Say where the player stands, when it stands. @param {State} state @param {State} previous */
  say(state, previous) {
    const moved = state.t !== previous.t || state.phase !== previous.phase || previous.playing;
    if (moved && !state.playing) write(this.live, moment(this.stage.seen, state, this.stage.scene.cell.output));
  }
}

/** @param {Desk} desk */
function listen(desk) {
  const { player, stage, chronicle } = desk;
  const detail = (/** @type {Event} */ event) => /** @type {CustomEvent} */ (event).detail;
  document.addEventListener("recipe-change", (event) => desk.ask(detail(event)));
  listenToDrafts(document, desk);
  document.addEventListener("window-choose", (event) => desk.ask({ ...desk.whole.recipe, window: detail(event) }));
  window.addEventListener("popstate", (event) => desk.travel(event));
  find(document, ".reset").addEventListener("click", () => desk.reset());
  find(document, "#undo").addEventListener("click", () => desk.chronicle.undo());
  find(document, "#redo").addEventListener("click", () => desk.chronicle.redo());
  find(document, ".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the hash holds the player's state, not a place of the page
    find(document, "#network", HTMLElement).focus();
  });
  player.subscribe((state, previous) => {
    desk.time.see(state);
    desk.follow(state);
    desk.say(state, previous);
  });
  const help = openDoors(desk);
  const release = () => player.set({ focus: null, look: { ...player.state.look, large: null } });
  listenToKeys(document, { player, help, release, undo: () => chronicle.undo(), redo: () => chronicle.redo() });
  listenToLanguage(window);
  listenToTheme(document, () => stage.restyle());
}

/** Furnish the desk; what is given lets Plotly take over the figures. @param {Opened} opened */
export async function furnish(opened) {
  await loadSheet("css/desk.pack.css");
  const desk = new Desk(opened);
  desk.open();
  listen(desk);
  scrollBack(window);
  return () => opened.stage.rest.load({ resolve, dress, loadSheet });
}
