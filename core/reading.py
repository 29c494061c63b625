"""Reading a trace by node: values and gradients of anything in the cell's graph, and how terms are written down."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.equations import Node
from core.looks import Look
from core.notation import bracketed, latex, symbol
from core.ops import OPS, Floats, apply, slope
from core.recipe import Recipe
from core.trace import Trace
from core.wiring import wiring_of

MOST_PARTS = 12


@dataclass(frozen=True)
class Term:
    """One summand of an equation: its LaTeX, its words, its value, and what that value is made of."""

    latex: str
    label: str
    value: float
    parts: tuple[tuple[str, float], ...] = ()
    product: bool = False

    def figures(self) -> str:
        """The value as LaTeX, or its factors where it is a product."""
        if not self.product:
            return figure(self.value)
        return r" \cdot ".join(figure(v) if v >= 0 else f"({figure(v)})" for _, v in self.parts)

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        parts = [{"label": name, "value": number(v)} for name, v in self.parts]
        return {"latex": self.latex, "label": self.label, "value": number(self.value), "parts": parts}


def number(value: float) -> float | None:
    """A float that JSON can carry."""
    return float(value) if np.isfinite(value) else None


class Reader:
    """Values and gradients of any node of one block of a trace, also of those without a name.

    `t` counts the steps as the trace has them; a block that reads backwards comes to step t after step t + 1.
    """

    def __init__(self, trace: Trace, block: str = "") -> None:
        self.trace, self.wiring = trace, wiring_of(Recipe(trace.recipe))
        self.block = next(b for b in self.wiring.blocks if b.name == block)
        recipe = Recipe(trace.recipe)
        alone = self.wiring.name == "one-to-one"  # the equations as they were written: what they miss is zero
        self.cell, self.prefix = recipe.cell if alone else self.wiring.cells[block], f"{block}/" if block else ""
        self.axis = self.wiring.axis(self.block)
        self.T = trace.dims[self.axis]
        self.clamps = [c for c in trace.recipe.get("interventions", ()) if _holds_in(c, block)]
        looks = [Look(self, a) for a in self.cell.attentions]
        self.looks = {name: look for look in looks for name in (look.spec.name, look.spec.weights)}

    def later(self, t: int) -> int | None:
        """The step that this block came to after step t, if it goes on with the states of step t."""
        found = t - 1 if self.block.reverse else t + 1
        return found if 0 <= found < self.T and self.wiring.name != "one-to-one" else None

    def first(self) -> int:
        """The step that this block came to first."""
        return self.T - 1 if self.block.reverse else 0

    def last(self) -> int:
        """The step that this block came to last."""
        return 0 if self.block.reverse else self.T - 1

    def value(self, name: str, t: int) -> Floats:
        """A node at step t: (H,), (I,) for the input, (S,) for attention's weights."""
        node = self.cell.nodes[name]
        if node.op == "parameter":
            return self.trace[f"param/{self.prefix}{name}"]
        if node.op == "constant":
            return np.array(node.value)
        if node.op == "input":
            return self.read(t)
        if f"{self.prefix}{name}" in self.trace.arrays:
            return np.asarray(self.trace[f"{self.prefix}{name}"][t, 0])
        return self.computed(node, t)

    def read(self, t: int) -> Floats:
        """What the block reads at step t."""
        outputs = {b.name: f"{b.name}/{self.wiring.cells[b.name].output}" for b in self.wiring.blocks}
        return np.concatenate([self.trace[outputs.get(r, r)][t, 0] for r in self.block.reads])

    def read_labels(self) -> list[str]:
        """A name for each number that the block reads."""
        named = {"x": "input", "y": "output"}
        found = [self.trace.labels[named[r]] if r in named else self.units(r) for r in self.block.reads]
        return [name for part in found for name in part]

    def units(self, block: str = "") -> list[str]:
        """A name for each unit, with its block where there are several to be told apart."""
        told = f"{block}, " if block and len(self.block.reads) > 1 else ""
        return [f"{told}unit {j}" for j in range(self.trace.dims["hidden"])]

    def computed(self, node: Node, t: int) -> Floats:
        """A node from its arguments."""
        if node.name in self.looks:
            look = self.looks[node.name]
            return look.mixed(t) if node.op == "mix" else look.weights(t)
        inner = [self.value(a, t) for a in node.args]
        if node.op == "sum":
            return np.asarray(sum(s * v for s, v in zip(node.signs, inner, strict=True)))
        if node.op in "*@":
            return np.asarray(inner[0] * inner[1] if node.op == "*" else inner[0] @ inner[1])
        return apply(OPS[node.op], inner[0])

    def gradient(self, name: str, t: int) -> Floats:
        """dJ/d(node) at step t: (H,)."""
        key = f"grad/{self.prefix}{name}"
        if key in self.trace.arrays:
            return np.asarray(self.trace[key][t, 0])
        pulls = [self.pull(n, place, t) for n, place in self.consumers(name)]
        return np.asarray(sum(pulls, np.zeros(self.trace.dims["hidden"])))

    def passed(self, name: str, t: int) -> Floats:
        """What of dJ/d(node) goes on to what the node was computed from: nothing where it was held, (H,)."""
        return self.gradient(name, t) * self.free(name, t) if self.clamps else self.gradient(name, t)

    def free(self, name: str, t: int) -> Floats:
        """1 where a node at step t is what its equation makes of it, 0 where it was held: (H,)."""
        found = np.ones(self.trace.dims["hidden"])
        for clamp in self.clamps:
            if clamp["node"].rpartition("/")[2] == name and clamp["first"] <= t <= clamp["last"]:
                found[slice(None) if clamp["units"] is None else list(clamp["units"])] = 0.0
        return found

    def consumers(self, name: str) -> Iterator[tuple[Node, int]]:
        """Every use of a node in the same step: by which node, and as which of its arguments."""
        return ((n, i) for n in self.cell.nodes.values() for i, a in enumerate(n.args) if a == name)

    def pull(self, node: Node, place: int, t: int) -> Floats:
        """dJ/d(node) carried over to one of its arguments: (H,)."""
        if node.name in self.looks:
            return self.looks[node.name].to_query(t) if node.op == "softmax" else np.zeros(self.trace.dims["hidden"])
        above = self.passed(node.name, t)
        if node.op == "@":
            return np.asarray(above @ self.value(node.args[0], t))
        if node.op == "sum":
            return np.asarray(node.signs[place] * above)
        return np.asarray(above * self.local(node, place, t)[1])

    def local(self, node: Node, place: int, t: int) -> tuple[str, Floats]:
        """d(node)/d(argument) of an element-wise node: its LaTeX, and its value (H,) or ()."""
        if node.op == "*":
            other = node.args[1 - place]
            return self.factor_latex(node, place), self.value(other, t)
        return self.factor_latex(node, place), slope(OPS[node.op], np.asarray(self.value(node.args[0], t)))

    def factor_latex(self, node: Node, place: int) -> str:
        """The LaTeX of d(node)/d(argument)."""
        if node.op != "*":
            return self.slope_latex(node, "t")
        other = node.args[1 - place]
        return bracketed(self.cell, other, latex(self.cell, other, top=False))

    def pull_latex(self, node: Node, place: int) -> tuple[float, str]:
        """The same as a sign and LaTeX, down from the first gradient that has a name."""
        if node.name in self.looks:
            return 1.0, self.looks[node.name].latex()
        sign, above = self.above_latex(node)
        if node.op == "@":
            inner = rf"\left({above}\right)" if r"\odot" in above else rf"\,{above}"
            return sign, rf"{symbol(self.cell, node.args[0])}^{{\top}}{inner}"
        if node.op == "sum":
            return sign * node.signs[place], above
        factor = self.factor_latex(node, place)
        return sign, rf"{factor} \odot {above}" if factor else above

    def above_latex(self, node: Node) -> tuple[float, str]:
        """dJ/d(node) itself, spelled out while the node has no name."""
        if f"grad/{self.prefix}{node.name}" in self.trace.arrays:
            return 1.0, rf"\frac{{\partial J}}{{\partial {symbol(self.cell, node.name)}}}"
        return self.pull_latex(*next(self.consumers(node.name)))

    def slope_latex(self, node: Node, when: str) -> str:
        """The derivative of a function as people write it."""
        y, x = latex(self.cell, node.name, when, top=False), latex(self.cell, node.args[0], when, top=False)
        y = y if node.name in self.cell.names else rf"{y}"
        known = {"sigmoid": rf"{y}\,(1 - {y})", "tanh": rf"\left(1 - {_squared(y)}\right)", "identity": "", "exp": y}
        return known.get(node.op, rf"\operatorname{{{node.op.replace('_', ' ')}}}'\!\left({x}\right)")


def _holds_in(intervention: dict[str, Any], block: str) -> bool:
    """Whether it holds a node of this block."""
    return intervention["kind"] == "clamp" and str(intervention["node"]).rpartition("/")[0] == block


def _squared(text: str) -> str:
    return rf"{text}^{{2}}" if len(text) < 8 and "^" not in text else rf"\left({text}\right)^{{2}}"


def largest(labels: list[str], each: Floats) -> tuple[tuple[str, float], ...]:
    """The twelve largest entries that are not zero."""
    order = [int(i) for i in np.argsort(-np.abs(each), kind="stable")[:MOST_PARTS] if each[i] != 0]
    return tuple((labels[i], float(each[i])) for i in order)


def figure(value: float) -> str:
    """A number as LaTeX, three significant digits."""
    if not np.isfinite(value):
        return r"\mathrm{NaN}" if np.isnan(value) else r"\infty" if value > 0 else r"-\infty"
    text = f"{value + 0.0:.3g}"  # no minus in front of a zero
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def error(trace: Trace, t: int) -> Floats:
    """dJ/dlogits at step t where a loss is counted, else zero: p - y, or twice the difference of a squared error."""
    head, y = trace.topology.get("head", "softmax"), trace["target"][t, 0]
    if head == "linear":
        return np.asarray(2.0 * (trace["prediction"][t, 0] - y) * trace["mask"][t, 0])
    delta = trace["probs"][t, 0].copy()
    if head == "sigmoid":
        delta -= y
    else:
        delta[int(y)] -= 1.0
    return np.asarray(delta * trace["mask"][t, 0])


def error_latex(trace: Trace) -> str:
    """dJ/dz as people write it."""
    squared = trace.topology.get("head") == "linear"
    return r"\,2\left(z_{t} - y_{t}\right)" if squared else r"\left(p_{t} - y_{t}\right)"


def mirrored(told: Any) -> Any:
    """The same formulas for a chain that comes from the other end: t - 1 is t + 1, and back."""
    if isinstance(told, dict):
        return {key: mirrored(value) for key, value in told.items()}
    if isinstance(told, list):
        return [mirrored(value) for value in told]
    if isinstance(told, str):
        return told.replace("{t-1}", "{@}").replace("{t+1}", "{t-1}").replace("{@}", "{t+1}")
    return told


def side(text: str, terms: list[Term], value: float, outer: str = "") -> dict[str, Any]:
    """One equation: its symbols, its numbers, its terms; `outer` is a function around the sum."""
    total = " + ".join(term.figures() for term in terms).replace("+ -", "- ") or "0"
    numbers = f"{outer.format(total) if outer else total} = {figure(value)}"
    return {"latex": text, "numbers": numbers, "value": number(value), "terms": [term.shown() for term in terms]}


def place(node: str, words: str, t: int, unit: int, value: float) -> dict[str, Any]:
    """Where an explanation stands."""
    return {"node": node, "label": words, "t": t, "unit": unit, "value": number(value)}
