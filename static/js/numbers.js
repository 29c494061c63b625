// Numbers as people read them: true minus signs, raised exponents, no more digits than they carry.

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten, raised if it is a whole one. @param {number} exponent @returns {string} */
export function power(exponent) {
  if (!Number.isInteger(exponent)) return short(10 ** exponent, 2);
  const digits = [...String(Math.abs(exponent))].map((digit) => RAISED[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** @param {string} text */
const minus = (text) => text.replace("-", "−");

/** Three digits at most: 0.0312, 12.4, 3.1·10⁻⁷. @param {number} value @param {number} [digits] */
export function short(value, digits = 3) {
  if (!Number.isFinite(value)) return oddity(value);
  const size = Math.abs(value);
  if (size === 0) return "0";
  const rounded = Number(size.toExponential(Math.max(0, digits - 2))); // 0.00099 is no 1·10⁻³ beside 0.001
  if (rounded < 1e-3 || size >= 1e5) return scientific(value, digits);
  return minus(String(Number(value.toPrecision(digits))));
}

/** @param {number} value @param {number} digits */
function scientific(value, digits) {
  const [mantissa, exponent] = value.toExponential(Math.max(0, digits - 2)).split("e");
  return `${minus(mantissa)}·${power(Number(exponent))}`;
}

/** @param {number} value */
function oddity(value) {
  if (Number.isNaN(value)) return "not a number";
  return value > 0 ? "∞" : "−∞";
}

/** @param {number} share */
export function percent(share) {
  const value = share * 100;
  if (value > 0 && value < 0.1) return "<0.1%";
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}%`;
}

/** The next 1, 2 or 5 times a power of ten: a scale that small states fill too. @param {number} value */
export function roundUp(value) {
  if (!(value > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(value) + 1e-9);
  return Number((([1, 2, 5].find((factor) => factor * unit >= value * (1 - 1e-9)) ?? 10) * unit).toPrecision(1));
}

/** At most `count` round numbers from low to high, both ends in reach. @param {number} low @param {number} high @param {number} count */
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5, 10].find((factor) => factor * unit >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}
