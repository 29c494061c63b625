"""One timestep of a cell by walking its graph, for when nobody knows yet what comes next.

`core.unroll` runs whole sequences fast; this is the same arithmetic one node at a time, on rows: x (..., I) and
states (..., H). The *joint* state (..., n) is all states of a cell side by side, in the order of `cell.states`.
"""

from collections.abc import Mapping
from functools import reduce

import numpy as np

from core.equations import Cell, Node
from core.ops import OPS, Floats, apply, slope

Named = Mapping[str, Floats]


def step(cell: Cell, params: Named, x: Floats, states: Named) -> dict[str, Floats]:
    """The states after one timestep: x (..., I), states (..., H) -> states (..., H)."""
    values = _values(cell, params, x, states)
    return {s: np.broadcast_to(values[s], np.broadcast_shapes(values[s].shape, states[s].shape)) for s in cell.states}


def zero_states(cell: Cell, H: int) -> dict[str, Floats]:
    """Where every run begins: (H,) of zeros for each state."""
    return {s: np.zeros(H) for s in cell.states}


def advance(cell: Cell, params: Named, x: Floats, joint: Floats) -> Floats:
    """The map s -> F(s) of the joint state under an input: (..., n) -> (..., n)."""
    return join(cell, step(cell, params, x, split(cell, joint)))


def push(cell: Cell, params: Named, x: Floats, joint: Floats, directions: Floats) -> tuple[Floats, Floats]:
    """F(s) and J directions, with J = dF/ds never formed: (..., n), (..., n, K) -> (..., n), (..., n, K)."""
    values = _values(cell, params, x, split(cell, joint))
    blocks = np.split(directions, len(cell.states), axis=-2)
    tangents: dict[str, Floats | None] = {f"{s}_prev": b for s, b in zip(cell.states, blocks, strict=True)}
    for node in cell.nodes.values():
        if node.op != "previous":
            tangents[node.name] = _tangent(node, values, tangents)
    moved = [_whole(tangents[s], blocks[0]) for s in cell.states]
    states = [
        np.broadcast_to(values[s], np.broadcast_shapes(values[s].shape, m.shape[:-1]))
        for s, m in zip(cell.states, moved, strict=True)
    ]
    return np.concatenate(states, axis=-1), np.concatenate(moved, axis=-2)


def jacobian(cell: Cell, params: Named, x: Floats, joint: Floats) -> Floats:
    """dF/ds at a joint state, or at many: (..., n) -> (..., n, n)."""
    n = joint.shape[-1]
    return push(cell, params, x, joint, np.broadcast_to(np.eye(n), (*joint.shape, n)))[1]


def split(cell: Cell, joint: Floats) -> dict[str, Floats]:
    """(..., n) as one (..., H) for each state."""
    return dict(zip(cell.states, np.split(joint, len(cell.states), axis=-1), strict=True))


def join(cell: Cell, states: Named) -> Floats:
    """One (..., H) for each state as (..., n)."""
    return np.concatenate([states[s] for s in cell.states], axis=-1)


def _values(cell: Cell, params: Named, x: Floats, states: Named) -> dict[str, Floats]:
    """Every node of the timestep."""
    given = {"x": x, **{f"{s}_prev": v for s, v in states.items()}, **params}
    values: dict[str, Floats] = {}
    for node in cell.nodes.values():
        values[node.name] = _value(node, given, values)
    return values


def _value(node: Node, given: Named, values: Named) -> Floats:
    if node.op == "constant":
        return np.asarray(node.value)
    if not node.args:
        return given[node.name]
    args = [values[a] for a in node.args]
    if node.op == "sum":
        return np.asarray(reduce(np.add, [a if sign > 0 else -a for sign, a in zip(node.signs, args, strict=True)]))
    if node.op == "*":
        return args[0] * args[1]
    return args[1] @ args[0].T if node.op == "@" else apply(OPS[node.op], args[0])


def _tangent(node: Node, values: Named, tangents: Mapping[str, Floats | None]) -> Floats | None:
    """How a node moves with the directions, (..., H, K); None if it does not."""
    moved = [tangents[a] for a in node.args]
    if all(m is None for m in moved):
        return None
    if node.op == "sum":
        return _added([None if m is None else s * m for s, m in zip(node.signs, moved, strict=True)])
    if node.op == "*":
        others = [values[a][..., None] for a in node.args[::-1]]
        return _added([None if m is None else m * o for m, o in zip(moved, others, strict=True)])
    inner = _added(moved)
    if node.op == "@":
        return np.asarray(values[node.args[0]] @ inner)
    return np.asarray(slope(OPS[node.op], values[node.args[0]])[..., None] * inner)


def _added(terms: list[Floats | None]) -> Floats:
    return np.asarray(reduce(np.add, [t for t in terms if t is not None]))


def _whole(tangent: Floats | None, like: Floats) -> Floats:
    """A tangent as (..., H, K), zeros where a state does not depend on the step before."""
    return np.zeros_like(like) if tangent is None else np.broadcast_to(tangent, like.shape)
