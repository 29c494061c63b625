// What the tools ask the server beside runs: a cell's text, a file of weights, units of a kind. Answers to the same question
// are asked for once.

import { language } from "./language.js";
import { complaints, faults, spelled } from "./said.js";

/**
 * @typedef {{status: number, title: string, detail: string, errors: {pointer: string, message: string, allowed?: any}[]}} Told
 */

const REMEMBERED = 64;

/** The language of what is asked for, where it is not the usual one. @returns {Record<string, string>} */
const spoken = () => (language() === "en" ? {} : { lang: language() });

/** What the server would not do, in its words. */
export class Refused extends Error {
  /** @param {number} status @param {any} told */
  constructor(status, told) {
    super(complaints(told?.detail ?? told?.title ?? `The server answered ${status}`));
    this.name = "Refused";
    this.status = status;
    this.told = { ...told, ...(told?.errors && { errors: faults(told.errors) }) };
  }
}

/** @param {{base?: string | URL, fetch?: typeof globalThis.fetch}} [means] */
export function createInquiries(means = {}) {
  const base = () => means.base ?? new URL("../../api/v1/", import.meta.url); // asked late: a page may have no address
  const fetch = means.fetch ?? ((input, init) => globalThis.fetch(input, init));
  /** @type {Map<string, Promise<any>>} */
  const known = new Map();

  /** @param {string} route @param {RequestInit} init @param {Record<string, string>} [query] */
  const ask = async (route, init, query = {}) => {
    const url = new URL(route, base());
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const response = await fetch(url, { credentials: "omit", ...init });
    if (!response.ok) throw new Refused(response.status, await response.json().catch(() => null));
    return spelled(await response.json());
  };

  /** @param {string} route @param {unknown} body @param {{signal?: AbortSignal}} options @param {Record<string, string>} [query] */
  const post = (route, body, { signal }, query) =>
    ask(
      route,
      {
        method: "POST",
        headers: { accept: "application/json", "content-type": "application/json" },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      },
      query,
    );

  /** @param {string} route @param {Record<string, string>} [query] */
  const get = (route, query) => ask(route, { headers: { accept: "application/json" } }, query);

  /** @param {string} key @param {() => Promise<any>} question */
  const once = (key, question) => {
    const answer = known.get(key) ?? question();
    known.set(key, answer);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value ?? "");
    answer.catch(() => known.delete(key));
    return answer;
  };

  /** @param {string} route @param {Blob} body @param {Record<string, string>} query @param {AbortSignal} [signal] */
  const send = (route, body, query, signal) => {
    const headers = { accept: "application/json", "content-type": "application/octet-stream" };
    return ask(route, { method: "POST", headers, body, ...(signal && { signal }) }, query);
  };

  return {
    /** What there is to begin a cell from. @returns {Promise<{examples: any[], functions: {name: string, glyph: string}[]}>} */
    examples: () => once("cells", () => get("cells")),
    /** A cell, described; refused with the place of its fault. @param {string} cell @param {{signal?: AbortSignal}} [options] */
    cell: (cell, options = {}) => once(`cell ${cell}`, () => post("cells", { cell }, options)),
    /** A trace after surgery. @param {Record<string, unknown>} body @param {{signal?: AbortSignal}} [options] */
    trace: (body, options = {}) => post("traces", body, options, { encoding: "base64" }),
    /** Units that are on in a range. @param {Record<string, unknown>} body @param {{signal?: AbortSignal}} [options] */
    find: (body, options = {}) => post("finding", body, options),
    /** The geometry of a run's state. @param {Record<string, unknown>} body @param {Record<string, string>} query @param {{signal?: AbortSignal}} [options] */
    geometry: (body, query, options = {}) => post("geometry", body, options, query),
    /** A step of a lesson, its numbers read from a run. @param {string} id @param {number} step @param {string} query @param {{signal?: AbortSignal}} [options] */
    lesson: (id, step, query, options = {}) =>
      ask(
        `lessons/${id}/${step}`,
        { headers: { accept: "application/json" }, ...options },
        { ...Object.fromEntries(new URLSearchParams(query)), ...spoken() },
      ),
    /** The whole tree of a search. @param {Record<string, string>} query @param {{signal?: AbortSignal}} [options] */
    decode: (query, options = {}) => ask("decode", { headers: { accept: "application/json" }, ...options }, query),
    /** What a recipe reads, as a picture. @param {string} query */
    picture: (query) => once(`picture ${query}`, () => get(`pictures?${query}`)),
    /** All that there is to choose from, in the language of the page. */
    catalog: () => once("catalog", () => get("catalog", spoken())),
    /** A visitor's own text, table or sound. @param {File} file */
    data: (file) => send("data", file, /\.(csv|tsv)$/i.test(file.name) ? { kind: "table" } : {}),
    /** Where the sound of what a recipe reads is. @param {string} query */
    soundOf: (query) => new URL(`sounds?${query}`, base()).href,
    /** What is in a file of weights. @param {Blob} file @param {Record<string, string>} [query] @param {{signal?: AbortSignal}} [options] */
    model: (file, query = {}, { signal } = {}) => send("models", file, query, signal),
  };
}

export const inquiries = createInquiries();
