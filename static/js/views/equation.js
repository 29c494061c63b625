// What is in focus, explained: a node with both of its equations, or a cell of the (t, k) matrix. What the trace knows is
// shown at once; the rest comes from the server, and until it does the last answer stands.

import { errorsOf, fullName, fullParameter } from "../blocks.js";
import { make } from "../dom.js";
import { meanings } from "../latex.js";
import { prepare } from "../math.js";
import { createContribution } from "../panel/contribution.js";
import { createLatest } from "../panel/latest.js";
import { createNode } from "../panel/node.js";
import { errorAt } from "../player.js";
import { toQuery } from "../recipe.js";

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('../player.js').State} State
 * @typedef {{query: string, params: Record<string, string | number>}} Question
 */

const AT_PLAY = 150;

/** @param {State} state @param {Trace} trace @returns {Record<string, string | number> | null} what to ask about, or null when nothing is in focus */
export function asked({ focus, t, k }, trace) {
  if (focus?.parameter) return { parameter: focus.parameter, t: focus.error ?? t, k };
  if (!focus?.node) return null;
  const size =
    trace
      .get(focus.node)
      ?.shape.slice(2)
      .reduce((product, length) => product * length, 1) ?? 1;
  return { node: focus.node, t, unit: Math.min(focus.unit ?? 0, size - 1) };
}

export const view = {
  name: "equation",
  reads: ["{state}"],
  /** @param {HTMLElement} host @param {any} context */
  mount(host, context) {
    const explained = createExplained(context);
    let asking = 0;
    host.append(explained.host);
    prepare();
    return {
      /** @param {Trace} trace @param {State} state */
      draw(trace, state) {
        const params = asked(state, trace);
        explained.host.hidden = params === null;
        if (params === null) return explained.stop();
        explained.begin(trace, params);
        if (trace.like) return; // the numbers behind a value are asked for when the hand rests
        const now = performance.now();
        if (state.playing && now - asking < AT_PLAY) return; // the value follows every step, the numbers behind it a few times a second
        asking = now;
        explained.ask({
          query: trace.query ?? toQuery(trace.recipe, context.catalog.fields),
          params: named(params, trace),
        });
      },
      destroy() {
        explained.stop();
        explained.host.remove();
      },
    };
  },
};

/** The two kinds of explanation, one of them shown, and the asking. @param {any} context */
function createExplained(context) {
  const { player, t, request } = context;
  /** @type {{explained: any, question: Question} | null} */
  let last = null;
  const means = {
    t,
    back: () => player.set({ focus: null }),
    copy: () =>
      last && { explained: last.explained, url: request.explainURL(last.question.query, last.question.params) },
  };
  const node = createNode({ ...means, choose: (unit) => player.set({ focus: { ...player.state.focus, unit } }) });
  const contribution = createContribution({ ...means, move: (change) => move(context, change) });
  const trouble = make("p", { class: "trouble", role: "status", hidden: true });
  const host = make("div", { class: "explained", hidden: true }, node.host, contribution.host, trouble);
  const colours = createColours(context);

  const settle = (/** @type {string} */ problem) => {
    trouble.textContent = problem;
    trouble.hidden = problem === "";
    host.classList.remove("is-waiting");
  };
  const latest = createLatest(
    (/** @type {Question} */ { query, params }, signal) => request.explain(query, params, { signal }),
    {
      answer(explained, question) {
        last = { explained, question };
        settle("");
        if (explained.parameter) contribution.draw(explained, colours());
        else node.draw(explained, colours());
      },
      fail: (problem) => settle(problem instanceof Error ? problem.message : t("page.failed")),
    },
  );

  return {
    host,
    stop: latest.stop,
    /** What the trace knows. @param {Trace} trace @param {Record<string, string | number>} params */
    begin(trace, params) {
      node.host.hidden = params.node === undefined;
      contribution.host.hidden = !node.host.hidden;
      if (node.host.hidden) contribution.begin(trace, /** @type {any} */ (params));
      else node.begin(trace, /** @type {any} */ (params), context.scene, colours());
    },
    /** @param {Question} question */
    ask(question) {
      if (last && subjectOf(last.question) !== subjectOf(question)) host.classList.add("is-waiting");
      if (last && keyOf(last.question) === keyOf(question)) latest.stop();
      else latest.want(keyOf(question), subjectOf(question), question);
    },
  };
}

/** To another use, or another error; one that is a step of another axis is not where the player stands. @param {any} context @param {{t?: number, k?: number}} change */
function move({ player, trace }, change) {
  const { state } = player;
  if (errorsOf(trace()).own) return player.set({ ...change, playing: false });
  player.choose(state.focus.parameter, change.t ?? errorAt(state), change.k ?? state.k);
}

/** A question in the names of all of the network. @param {Record<string, string | number>} params @param {Trace} trace */
function named(params, trace) {
  const { node, parameter } = params;
  if (node !== undefined) return { ...params, node: fullName(trace, String(node)) };
  return { ...params, parameter: fullParameter(trace, String(parameter)) };
}

/** The colours of the cell's symbols, read again when the scene is another. @param {any} context @returns {() => import('../latex.js').Meaning} */
function createColours({ scene }) {
  let version = -1;
  /** @type {import('../latex.js').Meaning} */
  let colours = () => null;
  return () => {
    if (version !== scene.version) {
      version = scene.version;
      colours = meanings(scene.cell);
    }
    return colours;
  };
}

/** @param {Question} question */
const keyOf = ({ query, params }) => `${query} ${JSON.stringify(params)}`;

/** What a question is about, wherever the playhead stands. @param {Question} question */
const subjectOf = ({ query, params }) => `${query} ${params.node ?? ""} ${params.parameter ?? ""}`;
