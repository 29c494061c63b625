// What a decoder looks at: attention's weights in a trace, whichever chain of it is seen.

/**
 * @typedef {import('../trace.js').Trace} Trace
 * @typedef {import('./rows.js').Numbers} Numbers
 */

/** Attention's weights of a network that looks: a step of the answer by a step of the source. @param {Trace} trace @returns {Numbers | null} */
export function looks(trace) {
  const whole = trace.whole ?? trace;
  const name = whole.names.find((each) => {
    const dims = whole.dimsOf(each);
    return (
      !/^(grad|param|contribution|jacobian)/.test(each) &&
      dims.length === 3 &&
      dims[0] === "time" &&
      dims[2] === "source"
    );
  });
  return name ? (whole.get(name) ?? null) : null;
}

/** The weights of one step of the answer. @param {Numbers} array @param {number} t */
export const weightsAt = ({ data, shape }, t) =>
  data.subarray(t * shape[1] * shape[2], t * shape[1] * shape[2] + shape[2]);

/** The weights at a step of the answer, if the chain that is seen gives it. @param {Trace} trace @param {number} t */
export function looking(trace, t) {
  const array = trace.block?.axis === "time" ? looks(trace) : null;
  return array ? weightsAt(array, t) : null;
}
