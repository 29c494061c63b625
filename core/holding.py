"""A cell some of whose nodes can be held at a value: node = keep * free + put, with keep and put given for each step.

`f.free` is what the node would have been, `f` what it was made. Held where keep is 0, a node passes no gradient to
what it was computed from, and everything that reads a run (gradients, contributions, Jacobians) is right by itself.
`f.keep_prev` and `f.put_prev` are nodes that no equation ever writes, so their buffers hold what is put there.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.equations import Cell, Equation, Node
from core.errors import UnrolledError
from core.unroll import Chain


def holdable(cell: Cell) -> tuple[str, ...]:
    """The nodes that can be held: all with a name but what attention mixed, and the pre-activations."""
    return (*(n for n in cell.names if cell.nodes[n].op != "mix"), *cell.pre_activations)


def with_holds(cell: Cell, names: Sequence[str]) -> Cell:
    """The cell with `names` holdable; the other nodes keep their names, their order and their values."""
    if any(n.endswith(".keep_prev") for n in cell.nodes):
        raise UnrolledError("this cell's nodes are held already: operate on the run before, with all interventions")
    unknown = [n for n in names if n not in holdable(cell)]
    if unknown:
        raise UnrolledError(f"`{unknown[0]}` cannot be held; there are {', '.join(holdable(cell))}")
    nodes: dict[str, Node] = {}
    for node in cell.nodes.values():
        for made in _held(node) if node.name in names else (node,):
            nodes[made.name] = made
    equations = [made for e in cell.equations for made in (_freed(e), e)[0 if e.name in names else 1 :]]
    return replace(cell, source=f"{cell.source}\n# held: {', '.join(names)}", nodes=nodes, equations=tuple(equations))


def _held(node: Node) -> tuple[Node, ...]:
    """What stands in a node's place: itself under another name, what is given, and the two together."""
    free, keep, put, kept = (f"{node.name}.{what}" for what in ("free", "keep_prev", "put_prev", "kept"))
    return (
        replace(node, name=free),
        Node(keep, "previous"),
        Node(put, "previous"),
        Node(kept, "*", (keep, free)),
        Node(node.name, "sum", (kept, put), signs=(1.0, 1.0)),
    )


def _freed(equation: Equation) -> Equation:
    return Equation(f"{equation.name}.free", equation.text, f"{equation.label}, left alone")


def release(ws: Chain, names: Sequence[str]) -> None:
    """Hold nothing anywhere."""
    for name in names:
        ws.buffers.column(f"{name}.keep_prev")[...] = 1.0
        ws.buffers.column(f"{name}.put_prev")[...] = 0.0


def hold(ws: Chain, name: str, steps: slice, units: Sequence[int] | None, value: float) -> None:
    """Make a node `value` at some steps, in some units or in all, from the next run on."""
    which = slice(None) if units is None else np.array(units, dtype=int)
    ws.buffers.column(f"{name}.keep_prev")[steps, ..., which] = 0.0
    ws.buffers.column(f"{name}.put_prev")[steps, ..., which] = value
