// The inside of a cell as SVG: wires with bridges where they cross, boxes that hold their units as bars, signs, chips.

import { meaningOf } from "../color.js";
import { put, svg, write } from "../dom.js";
import { firstSymbol } from "../latex.js";
import { rounded } from "../polyline.js";
import { nameOf } from "./twin.js";
import { bars } from "./units.js";

/**
 * @typedef {import('../cell-layout.js').Layout} Layout
 * @typedef {import('../cell-layout.js').Shape} Shape
 * @typedef {import('../cell-graph.js').DrawnCell} DrawnCell
 * @typedef {(key: string, values?: Record<string, unknown>) => string} Translate
 * @typedef {{choose: (shape: Shape, unit: number | null) => void, hover: (shape: Shape | null) => void, t: Translate}} Means
 * @typedef {{values: Float64Array, range: {low: number, high: number}}} Filling
 * @typedef {{units: (name: string) => Filling | null, unit: number | null, focus: {node: string | null} | null, phase: string, input: string,
 *   light: ReturnType<typeof import('../substeps.js').lightOf> | null}} Moment
 * @typedef {{shape: Shape, group: SVGElement, fill: SVGElement | null, mark: SVGElement | null, floor: SVGElement, area: Area | null}} Drawn
 * @typedef {{x: number, y: number, width: number, height: number}} Area
 */

const CORNER = 7;
const LARGEST = 1.3; // small cells grow no further than this

/** @param {Layout} layout @param {DrawnCell} cell @param {Means} means */
export function createDrawing(layout, cell, means) {
  const colours = coloursOf(layout, cell);
  const origins = [...new Set(layout.lines.map(({ from }) => from))];
  const wires = origins.map((from) => drawWires(layout, from, colours.get(from) ?? null));
  const drawn = layout.shapes.map((shape) => drawShape(shape, cell, colours.get(shape.id) ?? null, means.t));
  const host = svg("svg", {
    class: "cell-drawing",
    viewBox: `0 0 ${layout.width} ${layout.height}`,
    role: "group",
    "aria-label": means.t("cell.label", { title: cell.title }),
  });
  host.append(...wires, ...drawn.map(({ group }) => group));
  host.style.maxWidth = `${(layout.width * LARGEST) / 16}rem`;
  for (const part of drawn) listen(part, means);
  lightWires(host, drawn);
  return {
    host,
    ids: new Set(drawn.map(({ shape }) => shape.id)),
    /** @param {Moment} moment */
    draw(moment) {
      host.dataset.phase = moment.phase;
      host.classList.toggle("is-slow", moment.light !== null);
      for (const part of drawn) {
        fill(part, moment);
        light(part, moment.light);
      }
    },
  };
}

/** @param {string | null | undefined} meaning */
const worn = (meaning) => (meaning ? `of-${meaning}` : "of-nothing");

/** The colour of each shape, and so of the wires that leave it: a lane has the colour of its state throughout. @param {Layout} layout @param {DrawnCell} cell */
function coloursOf({ shapes, lanes }, cell) {
  const colours = new Map(shapes.map((shape) => [shape.id, colourOf(shape, cell)]));
  for (const { state, path } of lanes)
    for (const id of path) colours.set(id, colours.get(id) ?? meaningOf(state, "state"));
  return colours;
}

/** @param {Shape} shape @param {DrawnCell} cell @returns {string | null} null for what has no meaning of its own */
function colourOf({ kind, node }, cell) {
  if (kind === "input") return "input";
  if (kind === "head") return "output";
  if (node === null || node.endsWith(".pre")) return null;
  const stem = node.replace(/_prev$/, "");
  return meaningOf(stem, cell.nodes.find(({ name }) => name === stem)?.role);
}

/**
 * The wires of one origin: first a strip of paper under each, so that they bridge what already lies there but not one another.
 * @param {Layout} layout @param {string} from @param {string | null} meaning
 */
function drawWires({ lines, joints }, from, meaning) {
  const own = lines.filter((line) => line.from === from);
  const sharp = joints.filter(({ of }) => of === from).map(({ at }) => at);
  const ways = own.map(({ points, to }) => ({ to, points, d: rounded(points, CORNER, sharp) }));
  const group = svg(
    "g",
    { class: `wires ${worn(meaning)}` },
    ...ways.map(({ d }) => svg("path", { class: "wire-bridge", d })),
  );
  for (const { to, points, d } of ways) {
    const tips = [
      tip(points[points.length - 2], points[points.length - 1], "wire-tip"),
      tip(points[1], points[0], "wire-tip is-back"),
    ];
    group.append(
      svg("g", { class: "wire", "data-from": from, "data-to": to }, svg("path", { class: "wire-line", d }), ...tips),
    );
  }
  group.append(...sharp.map(([x, y]) => svg("circle", { class: "joint", cx: String(x), cy: String(y), r: "2.6" })));
  return group;
}

/** An arrow's head at `to`. @param {[number, number]} from @param {[number, number]} to @param {string} name */
function tip(from, [x, y], name) {
  const [dx, dy] = [Math.sign(x - from[0]), Math.sign(y - from[1])];
  const [backX, backY] = [x - dx * 6, y - dy * 6];
  return svg("path", {
    class: name,
    d: `M${x},${y}L${backX + dy * 3},${backY + dx * 3}L${backX - dy * 3},${backY - dx * 3}Z`,
  });
}

/** @param {Shape} shape @param {DrawnCell} cell @param {string | null} meaning @param {Translate} t @returns {Drawn} */
function drawShape(shape, cell, meaning, t) {
  const { kind, node, x, y, width, height } = shape;
  const [left, top] = [x - width / 2, y - height / 2];
  const isActive = node !== null;
  const group = svg("g", {
    class: `part part-${kind} ${worn(meaning)}`,
    ...(isActive && { role: "button", tabindex: "0", "data-node": node }),
  });
  const radius = kind === "op" ? height / 2 : kind === "pill" || kind === "input" || kind === "head" ? 11 : 7;
  group.append(
    svg("rect", {
      class: "part-body",
      x: String(left),
      y: String(top),
      width: String(width),
      height: String(height),
      rx: String(radius),
    }),
  );
  const holds = kind === "box" || kind === "previous" || kind === "out";
  /** @type {Area | null} */
  const area = holds ? { x: left + 5, y: top + 19, width: width - 10, height: height - 23 } : null;
  const bar = area ? svg("path", { class: "part-units" }) : null;
  const mark = area ? svg("path", { class: "part-unit" }) : null;
  const floor = svg("path", { class: "part-floor", d: "" });
  if (area && bar && mark && (kind === "box" || node)) group.append(floor, bar, mark);
  group.append(...letters(shape, cell, { left, top }));
  if (isActive) group.setAttribute("aria-label", `${group.textContent}, ${nameOf(shape, cell, t)}`); // what is seen, then what it is
  return { shape, group, fill: bar, mark, floor, area };
}

/** What is written on a shape. @param {Shape} shape @param {DrawnCell} cell @param {{left: number, top: number}} corner @returns {SVGElement[]} */
function letters(shape, cell, { left, top }) {
  const { kind, glyph, node, x, y, width } = shape;
  if (kind === "box")
    return [
      math({ ...symbolOf(node ?? "", cell), below: "" }, left + 7, top + 15, "start"),
      words(glyph, left + width - 6, top + 14.5, "part-glyph"),
    ];
  if (kind === "previous" || kind === "out") return [math(symbolOf(node ?? "", cell), x, top + 15, "middle")];
  if (kind === "linear" || kind === "bias")
    return [math({ base: glyph.split("_")[0], below: glyph.split("_").slice(1).join(" ") }, x, y + 5, "middle")];
  if (kind === "head") return [math({ base: "p", below: "t" }, x, y + 5, "middle")];
  return [
    words(
      kind === "input" ? "" : glyph,
      x,
      y + (kind === "op" ? 5 : 4),
      kind === "op" ? "part-sign" : "part-glyph is-middle",
    ),
  ];
}

/** @param {string} node @param {DrawnCell} cell */
function symbolOf(node, cell) {
  const stem = node.replace(/_prev$|\.pre$/, "");
  const { base, lower } = firstSymbol(cell.nodes.find(({ name }) => name === stem)?.latex ?? stem);
  const letter = base.replace(/\\mathrm\{(.*)\}/, "$1");
  return { base: letter, below: node.endsWith("_prev") ? (cell.reversed ? "t+1" : "t−1") : lower };
}

/** @param {{base: string, below: string}} symbol @param {number} x @param {number} y @param {string} anchor */
function math({ base, below }, x, y, anchor) {
  const text = svg("text", { class: "part-symbol", x: String(x), y: String(y), "text-anchor": anchor });
  const letter = svg("tspan", { class: "part-letter" });
  letter.textContent = base;
  text.append(letter, ...below.split(/(?<=[a-z])|(?=[a-z])/i).map((piece, index) => lowered(piece, index === 0)));
  return text;
}

/** A piece of what stands below: letters slanted, signs and digits upright. @param {string} piece @param {boolean} first */
function lowered(piece, first) {
  const small = svg("tspan", {
    class: `part-below${/[a-z]/i.test(piece) ? " is-letter" : ""}`,
    ...(first && { dy: "3" }),
  });
  small.textContent = piece;
  return small;
}

/** @param {string} content @param {number} x @param {number} y @param {string} name */
function words(content, x, y, name) {
  const text = svg("text", { class: name, x: String(x), y: String(y) });
  text.textContent = content;
  return text;
}

/** @param {Drawn} part @param {Means} means */
function listen({ shape, group, area }, { choose, hover }) {
  group.addEventListener("pointerenter", () => hover(shape));
  group.addEventListener("pointerleave", () => hover(null));
  if (shape.node === null) return;
  group.addEventListener("focus", () => hover(shape));
  group.addEventListener("blur", () => hover(null));
  group.addEventListener("click", (event) => choose(shape, unitAt(/** @type {MouseEvent} */ (event), group, area)));
  group.addEventListener("keydown", (event) => {
    const { key } = /** @type {KeyboardEvent} */ (event);
    if (key !== "Enter" && key !== " ") return;
    event.preventDefault();
    event.stopPropagation(); // space plays elsewhere on the page
    choose(shape, null);
  });
}

/** The unit whose bar was clicked. @param {MouseEvent} event @param {SVGElement} group @param {Area | null} area */
function unitAt(event, group, area) {
  const count = Number(group.dataset.count ?? 0);
  const body = group.querySelector(".part-body")?.getBoundingClientRect();
  if (!area || !count || !body || event.detail === 0) return null;
  const scale = body.width / (area.width + 10);
  const share = (event.clientX - body.left - 5 * scale) / (area.width * scale);
  const inside = event.clientY > body.top + 17 * scale && share >= 0 && share < 1;
  return inside ? Math.floor(share * count) : null;
}

/** Hovering a shape lights the wires that it has. @param {Element} host @param {Drawn[]} drawn */
function lightWires(host, drawn) {
  const wires = [...host.querySelectorAll(".wire")];
  for (const { shape, group } of drawn) {
    const own = wires.filter(
      (wire) => wire.getAttribute("data-from") === shape.id || wire.getAttribute("data-to") === shape.id,
    );
    const light = (/** @type {boolean} */ on) => {
      for (const wire of own) wire.classList.toggle("is-lit", on);
    };
    for (const name of ["pointerenter", "focus"]) group.addEventListener(name, () => light(true));
    for (const name of ["pointerleave", "blur"]) group.addEventListener(name, () => light(false));
  }
}

/** Where a step's values go to, and where its gradients do. */
const ENDS = { on: ["out", "head"], back: ["previous", "input"] };

/** In slow motion one part is at work, and some have not been yet; where it all leads comes last. @param {Drawn} part @param {Moment['light']} given */
function light({ shape, group }, given) {
  const last = ENDS[given?.back ? "back" : "on"].includes(shape.kind);
  group.classList.toggle("is-now", given?.now === shape.id);
  group.classList.toggle("is-later", given !== null && (given.later.has(shape.id) || (last && !given.last)));
}

/** @param {Drawn} part @param {Moment} moment */
function fill({ shape, group, fill: path, mark, floor: line, area }, { units, unit, focus, input }) {
  const stem = shape.node ?? "";
  group.classList.toggle("is-focused", focus?.node !== null && focus?.node === stem && shape.kind !== "previous");
  if (shape.kind === "input") return inscribe(group, input);
  if (!area || !path || !mark) return;
  const filling = units(stem);
  group.dataset.count = String(filling?.values.length ?? 0);
  path.setAttribute("d", filling ? bars(filling.values, filling.range, area) : "");
  const floor = filling ? area.y + area.height * (filling.range.high / (filling.range.high - filling.range.low)) : 0;
  put(line, "d", filling ? `M${area.x},${floor.toFixed(1)}h${area.width}` : "");
  put(
    mark,
    "d",
    filling && unit !== null && unit < filling.values.length ? column(area, unit, filling.values.length) : "",
  );
}

/** @param {Area} area @param {number} unit @param {number} count */
function column({ x, y, width, height }, unit, count) {
  const wide = Math.max(2, width / count);
  return `M${(x + (unit * width) / count).toFixed(2)},${y}h${wide.toFixed(2)}v${height}h${(-wide).toFixed(2)}z`;
}

/** The word at the input, as much of it as fits. @param {SVGElement} group @param {string} word */
function inscribe(group, word) {
  const text = group.querySelector("text");
  if (text) write(text, word.length > 9 ? `${word.slice(0, 8)}…` : word);
}
