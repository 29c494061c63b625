// Which run a trace on the page is, as the server reads it: its recipe, and where the weights were learnt here or cut into, whose.

import { fromQuery, toQuery } from "../recipe.js";

/** The query that stands for a trace: its own, where it has one, else its recipe's. @param {any} trace @param {any} context */
export const queryOf = (trace, { fields }) => trace.query ?? toQuery(trace.recipe, fields);

/** The recipe of a trace with its weights by their id. @param {any} trace @param {any} context @returns {Promise<Record<string, unknown>>} */
export async function recipeOf(trace, context) {
  const query = queryOf(trace, context);
  return fromQuery((await context.time?.named(query)) ?? query, context.fields);
}
