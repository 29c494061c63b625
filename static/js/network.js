// How the page asks the network: addresses, answers, problems in the server's words, and when to try again.

import { complaints, faults, said } from "./said.js";

/**
 * @typedef {import('./frames.js').Frame} Frame
 * @typedef {{pointer: string, message: string, allowed?: any}} Fault
 * @typedef {Record<string, string | number>} Params
 * @typedef {{base: string | URL, fetch: typeof globalThis.fetch, random: () => number,
 *   wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>, tries: number}} Means
 */

const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
/** What went wrong, in the server's words where it spoke. */
export class ApiError extends Error {
  /** @param {{status?: number, title: string, detail?: string, errors?: Fault[], retryAfter?: number}} problem */
  constructor({ status = 0, title, detail = "", errors = [], retryAfter = 0 }) {
    super(detail ? `${said(title)}: ${complaints(detail)}` : said(title));
    this.name = "ApiError";
    this.status = status;
    this.title = said(title);
    this.detail = complaints(detail);
    this.errors = faults(errors);
    this.retryAfter = retryAfter;
  }

  /** Whether asking again later can help. */
  get passing() {
    return this.status === 0 || PASSING.has(this.status);
  }
}

/** What there is in a browser, beside what is given. @param {Partial<Means>} means @returns {Means} */
export const settle = (means) => ({
  base: new URL("../../api/v1/", import.meta.url), // beside static/, under whatever prefix a proxy gave us
  fetch: (input, init) => globalThis.fetch(input, init),
  random: Math.random,
  wait: pause,
  tries: 5,
  ...means,
});

/** @param {Means} means @param {string} route @param {string} query @param {Params} [params] */
export function address(means, route, query, params = {}) {
  const url = new URL(route, means.base);
  url.search = query;
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value));
  return url;
}

/** Throw what no second try can mend; else say how long the server asked us to wait. @param {unknown} error @param {AbortSignal} [signal] */
export function forgive(error, signal) {
  if (signal?.aborted) throw error;
  if (error instanceof ApiError && !error.passing) throw error;
  return error instanceof ApiError ? error.retryAfter * 1000 : 0;
}

/** @param {unknown} error */
export function lost(error) {
  if (error instanceof ApiError && error.status !== 0) return error;
  return new ApiError({
    title: "The connection was lost",
    detail: "The server did not answer, several times over. Is it still running?",
  });
}

/** Full jitter: many pages that were cut together do not come back together. @param {number} failures @param {() => number} random */
export function backoff(failures, random) {
  return 100 + random() * Math.min(8000, 200 * 2 ** failures);
}

/** What the server says instead of a step: that it leaves and is back soon, or what went wrong. @param {Frame} frame */
export function spoken({ kind, payload }) {
  const told = JSON.parse(utf8(payload));
  if (kind === "problem") return new ApiError({ status: 500, title: "The run failed", ...told });
  return new ApiError({ status: 503, title: "The server is leaving", retryAfter: Number(told.retry_ms) / 1000 || 0 });
}

/** @param {Uint8Array} bytes */
export const utf8 = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

/** @param {Means} means @param {URL} url @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function getJSON(means, url, signal) {
  const response = await means.fetch(url, init("application/json", signal)).catch((error) => {
    throw signal?.aborted ? error : lost(error);
  });
  if (!response.ok) throw await problem(response);
  return response.json();
}

/** @param {string} accept @param {AbortSignal} [signal] @returns {RequestInit} */
export const init = (accept, signal) => ({
  headers: { accept },
  credentials: "omit",
  ...(signal && { signal }),
});

/** @param {Response} response @returns {Promise<ApiError>} */
export async function problem(response) {
  const told = await response.json().catch(() => ({}));
  return new ApiError({
    status: response.status,
    title: typeof told?.title === "string" ? told.title : `The server answered ${response.status}`,
    detail: typeof told?.detail === "string" ? told.detail : "",
    errors: Array.isArray(told?.errors) ? told.errors : [],
    retryAfter: Number(response.headers.get("retry-after")) || 0,
  });
}

/** @param {number} milliseconds @param {AbortSignal} [signal] @returns {Promise<void>} */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}
