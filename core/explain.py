"""Both equations of a node with their numbers: what made it, and what its gradient is made of.

Forward, the terms are those of the sum inside the equation; backward, those of the chain rule: one for each
place where the node was used. Each term is taken apart into its largest parts.
"""

from typing import Any

import numpy as np

from core.equations import Cell
from core.errors import Problem, RecipeError
from core.explain_chain import chain_of, too_long
from core.explain_head import explain_head, head_nodes
from core.explain_look import explain_weights
from core.explain_steps import steps_of
from core.explain_terms import backward_terms, forward_terms
from core.notation import label as human
from core.notation import latex, numpy_source, symbol, weight
from core.ops import OPS
from core.reading import Reader, Term, figure, mirrored, number, place, side
from core.recipe import Recipe
from core.trace import Trace
from core.wiring import Wiring, wiring_of


def explain(trace: Trace, *, node: str, t: int, unit: int) -> dict[str, Any]:
    """The forward and the backward equation of one unit of one node at one step, with their numbers.

    Of several chains a node is named with its own: `encoder/h`. Attention's weights have a place of the memory for
    a unit. Raises RecipeError for a node, step or unit that the trace does not have.
    """
    if node in head_nodes(trace):
        _check(trace.dims, {"t": (t, "time"), "unit": (unit, "output")})
        return explain_head(Reader(trace, _outputs(trace)[0]), node, t, unit)
    block, _, name = _known(trace, node).rpartition("/")
    r = Reader(trace, block)
    looks = name in r.looks and r.cell.nodes[name].kind == "source"
    _check(trace.dims, {"t": (t, r.axis), "unit": (unit, "source" if looks else "hidden")})
    told = explain_weights(r, name, t, unit) if looks else _explained(r, name, t, unit)
    return _of_block(r, told, node)


def _of_block(r: Reader, told: dict[str, Any], node: str) -> dict[str, Any]:
    """With the chain's name; in a chain that reads backwards the step before is t + 1."""
    named = {**told, "node": node, "block": r.block.name}
    if r.block.name:
        named["label"] = f"{told['label']} of {r.block.name}"
    return dict(mirrored(named)) if r.block.reverse else named


def _explained(r: Reader, node: str, t: int, unit: int) -> dict[str, Any]:
    value, gradient = float(r.value(node, t)[unit]), float(r.gradient(node, t)[unit])
    made = _made(r, node, t, unit) if r.free(node, t)[unit] else _held(r, node, t, unit)
    return {
        **place(node, human(r.cell, node), t, unit, value),
        **made,
        "backward": side(_chain_rule(r, node, t, unit), backward_terms(r, node, t, unit), gradient, ""),
        "steps": steps_of(r, t, unit),
    }


def _made(r: Reader, node: str, t: int, unit: int) -> dict[str, Any]:
    """A node by its equation."""
    forward, value = forward_terms(r, node, t, unit), float(r.value(node, t)[unit])
    return {
        "forward": side(f"{symbol(r.cell, node)} = {latex(r.cell, node)}", forward, value, _outer(r.cell, node)),
        "numpy": f"{node.replace('.', '_')} = {numpy_source(r.cell, node)}",
        "notes": _notes(r, node, t),
    }


def _held(r: Reader, node: str, t: int, unit: int) -> dict[str, Any]:
    """A node that was held where its equation would have put something else."""
    value, free = float(r.value(node, t)[unit]), float(r.computed(r.cell.nodes[node], t)[unit])
    told = "This node is held here, so no gradient passes on to what its equation reads."
    return {
        "forward": side(f"{symbol(r.cell, node)} = {figure(value)}", [Term(figure(value), "held", value)], value),
        "numpy": f"{node.replace('.', '_')} = {value!r}",
        "notes": [f"{told} Left alone it would be {free:.4g}.", *_notes(r, node, t)],
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
    if node in r.cell.states and t == r.first():
        begun = f"its states are the last ones of {r.block.start}" if r.block.start else "every state is zero"
        found.append(f"Before the first step {begun}.")
    if node in r.cell.states and r.later(t) is None:
        alone = r.wiring.name == "one-to-one"
        found.append(
            "Each step stands alone: nothing comes back from a later one."
            if alone
            else "This is the last step: nothing comes back from a later one."
        )
    return found


def _wiring(trace: Trace) -> Wiring:
    return wiring_of(Recipe(trace.recipe))


def _outputs(trace: Trace) -> list[str]:
    return [b.name for b in _wiring(trace).blocks if not (t := _wiring(trace).topology) or b.name in t.output]


def _known(trace: Trace, node: str) -> str:
    """The node, if there is one of that name."""
    known = []
    for block, cell in _wiring(trace).cells.items():
        names = [*cell.names, *cell.pre_activations, *(a.weights for a in cell.attentions)]
        known += [f"{block}/{n}" if block else n for n in names]
    known += head_nodes(trace)
    if node not in known:
        raise RecipeError(Problem("/node", "is not a node of this network", known))
    return node


def _check(dims: Any, places: dict[str, tuple[int, str]]) -> None:
    """The address must exist."""
    for name, (value, dim) in places.items():
        high = dims[dim] - 1
        if not 0 <= value <= high:
            allowed = {"min": 0, "max": high, "nearest": min(max(value, 0), high)}
            raise RecipeError(Problem(f"/{name}", f"must be between 0 and {high}", allowed))


def explain_contribution(trace: Trace, *, parameter: str, t: int, k: int) -> dict[str, Any]:
    """How much the use of a weight at step k contributed to the gradient of the error at step t."""
    known = [n.removeprefix("contribution/") for n in trace.arrays if n.startswith("contribution/")]
    if parameter not in known:
        raise RecipeError(Problem("/parameter", "is not a weight of this network", known))
    block, _, bare = parameter.rpartition("/")
    r = Reader(trace, block)
    _check(trace.dims, {"t": (t, "time"), "k": (k, r.axis)})
    value = float(trace[f"contribution/{parameter}"][t, k])
    met = _met(r, bare)
    notes = _lateness(r, t, k)
    if len(met) > 1:
        notes.append("These matrices met different vectors, so the norm is not one product.")
    if r.clamps:
        notes.append("Some node is held in this run; the chain of Jacobians is told of runs that are left alone.")
    elif too_long(trace, r.wiring, t, k):
        notes.append("So many Jacobians of this size are not multiplied here, factor by factor.")
    factors = _factors(r, met, value, k) if len(met) == 1 and met[0] not in ("M", "score") else []
    left = rf"\left\lVert \frac{{\partial J_{{{t}}}}}{{\partial {weight(bare)}}}\Big|_{{k={k}}} \right\rVert"
    right = r" \cdot ".join(f.latex for f in factors)
    numbers = " \\cdot ".join(figure(f.value) for f in factors)
    return {
        "parameter": parameter,
        "block": block,
        "t": t,
        "k": k,
        "value": number(value),
        "share": number(float(trace[f"contribution_dot/{parameter}"][t, k])),
        "latex": f"{left} = {right}" if factors else left,
        "numbers": f"{numbers} = {figure(value)}" if factors else figure(value),
        "factors": [f.shown() for f in factors],
        "numpy": f"contribution = {' * '.join(repr(f.value) for f in factors) or repr(value)}",
        "notes": notes,
        "chain": None if r.clamps else chain_of(trace, r.wiring, t, k),
    }


def _lateness(r: Reader, t: int, k: int) -> list[str]:
    """Where no way leads from the use to the error, why."""
    before = t <= k if r.block.reverse else k <= t
    if before or r.axis == "source" or len(r.wiring.blocks) > 2:
        return []
    if r.block.reverse:
        return [f"This chain comes to step {k} after step {t}: what it reads later cannot contribute to that error."]
    return [f"Step {k} comes after step {t}: what happens later cannot contribute to an earlier error."]


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
    """The nodes that a weight, or all weights of a kind, multiplied; None for a bias, M for the memory."""
    names = [p.name for p in r.cell.parameters]
    members = [parameter] if parameter in names else [p.name for p in r.cell.parameters if p.group == parameter]
    found = {n.args[0]: n.args[1] for n in r.cell.nodes.values() if n.op == "@"}
    found |= {m: "M" for a in r.cell.attentions for m in (a.keys, a.values) if m}
    found |= {a.score: "score" for a in r.cell.attentions if a.score}
    return list(dict.fromkeys(found.get(m) for m in members))
