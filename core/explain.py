"""Both equations of a node with their numbers: what made it, and what its gradient is made of.

Forward, the terms are those of the sum inside the equation; backward, those of the chain rule: one for each
place where the node was used. Each term is taken apart into its largest parts.
"""

from typing import Any

import numpy as np

from core.equations import Cell, Node
from core.errors import Problem, RecipeError
from core.explain_head import HEAD, explain_head
from core.notation import label as human
from core.notation import latex, numpy_source, symbol, weight
from core.ops import OPS, Floats
from core.reading import Reader, Term, error, figure, largest, number, place, side
from core.trace import Trace

# -- forward ------------------------------------------------------------------------------------------------


def forward_terms(r: Reader, name: str, t: int, unit: int) -> list[Term]:
    """The summands of a node, or of the sum inside its squashing function, largest first."""
    node = r.cell.nodes[name]
    inner = r.cell.nodes[node.args[0]] if node.op in OPS and node.args else node
    signs, args = (inner.signs, inner.args) if inner.op == "sum" else ((1.0,), (inner.name,))
    pairs = zip(signs, args, strict=True)
    return sorted((_term(r, sign, a, t, unit) for sign, a in pairs), key=lambda x: -_size(x.value))


def _size(value: float) -> float:
    return abs(value) if np.isfinite(value) else np.inf


def _term(r: Reader, sign: float, name: str, t: int, unit: int) -> Term:
    value = sign * float(_at(r.value(name, t), unit))
    text = latex(r.cell, name, top=False)
    product = r.cell.nodes[name].op == "*" and sign > 0
    return Term(text if sign > 0 else f"-{text}", _words(r, name), value, _parts(r, sign, name, t, unit), product)


def _at(value: Floats, unit: int) -> Any:
    return value[unit] if value.ndim else value


def _parts(r: Reader, sign: float, name: str, t: int, unit: int) -> tuple[tuple[str, float], ...]:
    """What a term is made of: the entries of a product with a matrix, or the factors of a product."""
    node = r.cell.nodes[name]
    if node.op == "@":
        each = sign * r.value(node.args[0], t)[unit] * r.value(node.args[1], t)
        labels = r.trace.labels["input"] if node.args[1] == "x" else [f"unit {j}" for j in range(len(each))]
        return largest(labels, each)
    if node.op == "*":
        return tuple((latex(r.cell, a, top=False), float(_at(r.value(a, t), unit))) for a in node.args)
    return ()


def _words(r: Reader, name: str) -> str:
    node = r.cell.nodes[name]
    if node.op == "@":
        return "from the input" if node.args[1] == "x" else "from the state before"
    if node.op == "parameter":
        return "bias"
    return human(r.cell, name) if name in r.cell.names else ""


# -- backward -----------------------------------------------------------------------------------------------


def backward_terms(r: Reader, name: str, t: int, unit: int) -> list[Term]:
    """One term of the chain rule for each use of a node: in this step, one step later, and in the output layer."""
    terms = [_pulled(r, use, t, unit) for use in r.consumers(name)]
    if name in r.cell.states and t + 1 < r.T:
        terms += [_pulled(r, use, t + 1, unit, later=True) for use in r.consumers(f"{name}_prev")]
    if name == r.cell.output:
        terms.append(_from_head(r, t, unit))
    return sorted(terms, key=lambda x: -_size(x.value))


def _pulled(r: Reader, use: tuple[Node, int], t: int, unit: int, *, later: bool = False) -> Term:
    """The term that one use of a node brings back."""
    node, argument = use
    sign, text = r.pull_latex(node, argument)
    text = f"-{text}" if sign < 0 else text
    words = "through " + human(r.cell, node.name.split(".")[0])
    if later:
        text, words = _later(text), f"{words} of the next step"
    product = node.op not in ("@", "sum") and sign > 0
    return Term(text, words, float(r.pull(node, argument, t)[unit]), _back_parts(r, use, t, unit), product)


def _later(text: str) -> str:
    """The same formula one step on: t-1 becomes t, and t becomes t+1."""
    return text.replace("{t-1}", "{@}").replace("_{t}", "_{t+1}").replace("{@}", "{t}")


def _back_parts(r: Reader, use: tuple[Node, int], t: int, unit: int) -> tuple[tuple[str, float], ...]:
    """The entries of a product with a matrix, or the local derivative and the gradient that it multiplies."""
    node, argument = use
    above = r.gradient(node.name, t)
    if node.op == "@":
        each = r.value(node.args[0], t)[:, unit] * above
        return largest([f"unit {j}" for j in range(len(each))], each)
    if node.op == "sum":
        return ()
    factor, local = r.local(node, argument, t)
    return (factor, float(_at(local, unit))), (r.above_latex(node)[1], float(above[unit]))


def _from_head(r: Reader, t: int, unit: int) -> Term:
    """V^T (p - y): the error at this very step."""
    each = r.trace["param/V"][:, unit] * error(r.trace, t)
    words = "from the loss of this step"
    return Term(
        r"V^{\top}\left(p_{t} - y_{t}\right)", words, float(each.sum()), largest(r.trace.labels["output"], each)
    )


# -- the whole answer ---------------------------------------------------------------------------------------


def explain(trace: Trace, *, node: str, t: int, unit: int) -> dict[str, Any]:
    """The forward and the backward equation of one unit of one node at one step, with their numbers.

    Raises RecipeError for a node, step or unit that the trace does not have.
    """
    r = Reader(trace)
    _check(trace, r.cell, node, t, unit)
    if node in HEAD:
        return explain_head(r, node, t, unit)
    value, gradient = float(r.value(node, t)[unit]), float(r.gradient(node, t)[unit])
    forward = forward_terms(r, node, t, unit)
    return {
        **place(node, human(r.cell, node), t, unit, value),
        "forward": side(f"{symbol(r.cell, node)} = {latex(r.cell, node)}", forward, value, _outer(r.cell, node)),
        "backward": side(_chain_rule(r, node, t, unit), backward_terms(r, node, t, unit), gradient, ""),
        "numpy": f"{node.replace('.', '_')} = {numpy_source(r.cell, node)}",
        "notes": _notes(r, node, t),
    }


def _chain_rule(r: Reader, node: str, t: int, unit: int) -> str:
    terms = backward_terms(r, node, t, unit)
    right = " + ".join(term.latex for term in terms).replace("+ -", "- ") or "0"
    return rf"\frac{{\partial J}}{{\partial {symbol(r.cell, node)}}} = {right}"


def _outer(cell: Cell, node: str) -> str:
    """The function around the sum, as a pattern with one place."""
    op = cell.nodes[node].op
    return OPS[op].latex if op in OPS and op != "identity" else ""


def _notes(r: Reader, node: str, t: int) -> list[str]:
    found = []
    if node in r.cell.states and t == 0:
        found.append("Before the first step every state is zero.")
    if node in r.cell.states and t == r.T - 1:
        found.append("This is the last step: nothing comes back from a later one.")
    return found


def _check(trace: Trace, cell: Cell, node: str, t: int, unit: int) -> None:
    """The address must exist."""
    known = [*cell.names, *cell.pre_activations, *HEAD]
    if node not in known:
        raise RecipeError(Problem("/node", "is not a node of this cell", known))
    last = trace.dims["output" if node in HEAD else "hidden"] - 1
    for name, value, high in (("t", t, trace.dims["time"] - 1), ("unit", unit, last)):
        if not 0 <= value <= high:
            allowed = {"min": 0, "max": high, "nearest": min(max(value, 0), high)}
            raise RecipeError(Problem(f"/{name}", f"must be between 0 and {high}", allowed))


def explain_contribution(trace: Trace, *, parameter: str, t: int, k: int) -> dict[str, Any]:
    """How much the use of a weight at step k contributed to the gradient of the error at step t."""
    r = Reader(trace)
    known = [n.removeprefix("contribution/") for n in trace.arrays if n.startswith("contribution/")]
    if parameter not in known:
        raise RecipeError(Problem("/parameter", "is not a weight of this cell", known))
    for name, step in (("t", t), ("k", k)):
        if not 0 <= step < r.T:
            raise RecipeError(Problem(f"/{name}", f"must be between 0 and {r.T - 1}", {"min": 0, "max": r.T - 1}))
    value = float(trace[f"contribution/{parameter}"][t, k])
    met = _met(r, parameter)
    notes = (
        [] if k <= t else [f"Step {k} comes after step {t}: what happens later cannot contribute to an earlier error."]
    )
    if len(met) > 1:
        notes.append("These matrices met different vectors, so the norm is not one product.")
    factors = _factors(r, met, value, k) if len(met) == 1 else []
    left = rf"\left\lVert \frac{{\partial J_{{{t}}}}}{{\partial {weight(parameter)}}}\Big|_{{k={k}}} \right\rVert"
    right = r" \cdot ".join(f.latex for f in factors)
    numbers = " \\cdot ".join(figure(f.value) for f in factors)
    return {
        "parameter": parameter,
        "t": t,
        "k": k,
        "value": number(value),
        "share": number(float(trace[f"contribution_dot/{parameter}"][t, k])),
        "latex": f"{left} = {right}" if factors else left,
        "numbers": f"{numbers} = {figure(value)}" if factors else figure(value),
        "factors": [f.shown() for f in factors],
        "numpy": f"contribution = {' * '.join(repr(f.value) for f in factors) or repr(value)}",
        "notes": notes,
    }


def _factors(r: Reader, met: list[str | None], value: float, k: int) -> list[Term]:
    """The two norms that a rank-one contribution is the product of."""
    name = met[0]
    size = 1.0 if name is None else float(np.linalg.norm(r.value(name, k)))
    text = "1" if name is None else latex(r.cell, name, "k", top=False)
    delta = value / size if size else 0.0
    return [
        Term(r"\left\lVert \delta_{t,k} \right\rVert", "the error's gradient that reaches this step", delta),
        Term(rf"\left\lVert {text} \right\rVert", "what the weight met there", size),
    ]


def _met(r: Reader, parameter: str) -> list[str | None]:
    """The nodes that a weight, or all weights of a kind, multiplied; None for a bias."""
    names = [p.name for p in r.cell.parameters]
    members = [parameter] if parameter in names else [p.name for p in r.cell.parameters if p.group == parameter]
    found = {n.args[0]: n.args[1] for n in r.cell.nodes.values() if n.op == "@"}
    return list(dict.fromkeys(found.get(m) for m in members))
