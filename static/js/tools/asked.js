// Which run a trace on the page is, as the server reads it: all of its network, its recipe, and whose weights it has.

import { fromQuery, toQuery } from "../recipe.js";

/** All of a network, of which the page may show one chain. @param {any} trace */
export const wholeOf = (trace) => trace.whole ?? trace;

/** What a name of the chain that is seen is called in all of its network. @param {any} trace @param {string} name @returns {string} */
export const fullName = (trace, name) => trace.full?.(name) ?? name;

/** A name without its chain, and the chain. @param {string} name @returns {{stem: string, block: string | null}} */
export function apart(name) {
  const at = name.lastIndexOf("/");
  return { stem: name.slice(at + 1), block: at < 0 ? null : name.slice(0, at) };
}

/** The query that stands for a trace: its own, where it has one, else its recipe's. @param {any} trace @param {any} context */
export const queryOf = (trace, { fields }) => trace.query ?? toQuery(trace.recipe, fields);

/** The recipe of a trace with its weights by their id. @param {any} trace @param {any} context @returns {Promise<Record<string, unknown>>} */
export async function recipeOf(trace, context) {
  const query = queryOf(trace, context);
  return fromQuery((await context.time?.named(query)) ?? query, context.fields);
}
