"""The (t, k) matrices of a network: every error followed down through all its chains.

The chain under the output layer gets each error at its own step; every other chain gets, from the chain above,
the gradient of every error at every one of its steps, and rows are then no longer its own timesteps.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from core.arrays import Array
from core.gradients import chain_contributions, grouped
from core.jacobians import jacobians
from core.networks import Block, Network
from core.ops import Floats
from core.sweep import Rows, Visit
from core.unroll import Chain

Seeds = dict[str, dict[str, dict[int, Floats]]]  # by block, state and step: the rows of all errors


def network_contributions(net: Network, *, shares: bool = True) -> dict[str, Array]:
    """`contribution/<block>/P` and `contribution_dot/<block>/P` of every block: rows are the errors t of the output.

    Columns are the block's own steps, in the order of time of its input. Sequences of different lengths are
    refused where a chain runs backwards: its steps have then no common order.
    """
    found: dict[str, Array] = {}
    for block, rows, alone, visit in sweeps(net):
        for name, array in chain_contributions(net.chains[block.name], rows, shares=shares, also=visit).items():
            kind, parameter = name.split("/")
            found[f"{kind}/{block.name}/{parameter}"] = Array(_in_order(block, array.data, alone=alone), array.dims)
    return found


def sweeps(net: Network) -> Iterator[tuple[Block, Rows, bool, Visit]]:
    """The loaded rows of every block from the last to the first, each to be run, with `Visit`, before the next.

    Where rows are a block's own timesteps, in its own order, they stand `alone`; else they are the output's errors.
    """
    if net.lengths is not None and any(b.reverse for b in net.topology.blocks):
        raise ValueError("contributions of a reversed chain need sequences of one length")
    above: Seeds = {}
    for block in reversed(net.topology.blocks):
        own = net.head_seeds().get(block.name)
        alone = own is not None and block.name not in above
        rows = _diagonal_rows(net, block, own) if alone and own is not None else _full_rows(net, block, own, above)
        yield block, rows, alone, _passing_on(net, block, rows, above, alone=alone)


def errors_of(net: Network, block: Block, rows: Rows, k: int, *, alone: bool) -> Any:
    """Which errors the rows alive at the block's own step k are."""
    return np.arange(net.T)[:: -1 if alone and block.reverse else 1][rows.alive(k)]


def _diagonal_rows(net: Network, block: Block, own: Floats) -> Rows:
    """Rows in the block's own order of time, each entering at its own step."""
    rows = Rows(net.chains[block.name])
    rows.load(diagonal=own)
    return rows


def _full_rows(net: Network, block: Block, own: Floats | None, above: Seeds) -> Rows:
    """One row for each error of the output, entering wherever the chains above let it in."""
    chain = net.chains[block.name]
    for t, part in enumerate(() if own is None else net.turn(block, own)):
        _add(net, above, (block.name, chain.cell.output, t), t, part)
    rows, last = Rows(chain, net.T, causal=_causal(net, block)), chain.sizes.T - 1
    entering = above.get(block.name, {})
    rows.load(seeds={s: {last - t if block.reverse else t: r for t, r in v.items()} for s, v in entering.items()})
    return rows


def _causal(net: Network, block: Block) -> bool:
    """Whether nothing that a block does can tell in an error before: all the way up, time runs forward."""
    above = [b for b in net.topology.blocks if block.name in (*b.reads, *b.memory, b.start)]
    return not block.reverse and all(block.name in b.reads and _causal(net, b) for b in above)


def _add(net: Network, above: Seeds, place: tuple[str, str, int], errors: Any, part: Floats) -> None:
    """To what comes into the state of a block at a step, in the input's order of time: more of some errors."""
    name, state, time = place
    steps = above.setdefault(name, {}).setdefault(state, {})
    whole = (net.T, net.B, net.H)
    if time not in steps and isinstance(errors, slice) and part.shape == whole:
        steps[time] = part  # the first, of every error in order: nobody else holds it
    else:
        steps.setdefault(time, np.zeros(whole))[errors] += part


def _passing_on(net: Network, block: Block, rows: Rows, above: Seeds, *, alone: bool) -> Visit:
    """What all rows send, at every step, to what the block read and looked at; at the first, to what began it."""
    look = _Look(net, block, rows) if block.memory else None
    below = "x" in rows.feeding and any(r in net.chains for r in block.reads)

    def visit(k: int, _deltas: Floats) -> None:
        turned = alone and block.reverse
        errors = errors_of(net, block, rows, k, alone=alone) if turned else rows.alive(k)
        if below:
            _pass_down(net, block, rows, above, (k, errors))
        if look:
            look.keep(k, errors)
        if look and k == 0:
            look.send(above)
        if block.start and k == 0:
            for state, part in rows.before().items():
                for b, time in enumerate(net.last(block.start)):
                    _add(net, above, (block.start, state, int(time)), (errors, b), part[:, b])

    return visit


At = tuple[int, Any]


def _pass_down(net: Network, block: Block, rows: Rows, above: Seeds, at: At) -> None:
    """To the blocks below, through the matrices that act on the input."""
    (k, errors), chain = at, net.chains[block.name]
    time = chain.sizes.T - 1 - k if block.reverse else k
    for name, part in zip(block.reads, net.split(block, rows.through("x", k)), strict=True):
        if name in net.chains:
            _add(net, above, (name, net.chains[name].cell.output, time), errors, part)


class _Look:
    """What attention sends back to all steps of the blocks in memory: the shortcut past the chain."""

    def __init__(self, net: Network, block: Block, rows: Rows) -> None:
        self.net, self.block, self.rows = net, block, rows
        self.attends = net.chains[block.name].attends
        T, room = net.chains[block.name].sizes.T, (rows.count, net.B, net.H)
        self.values = [np.zeros((T, *room)) for _ in self.attends]
        self.slopes = [a.waiting(rows.count) for a in self.attends]

    def keep(self, k: int, errors: Any) -> None:
        """The gradients of step k; they wait for the others, so that all steps are one product."""
        for attend, values, slopes in zip(self.attends, self.values, self.slopes, strict=True):
            values[k, errors] = self.rows.gradient(attend.spec.name, k)
            slopes[:, k, errors] = self.rows.slopes[attend.spec.name].transpose(1, 0, 2)

    def send(self, above: Seeds) -> None:
        """All of it to the blocks in memory."""
        net, causal = self.net, self.rows.causal and not self.block.reverse
        for attend, values, slopes in zip(self.attends, self.values, self.slopes, strict=True):
            memory = attend.pull_all(values, slopes, causal=causal)
            for name, part in zip(self.block.memory, np.split(memory, len(self.block.memory), axis=-1), strict=True):
                for time, rows in enumerate(part):
                    _add(net, above, (name, net.chains[name].cell.output, time), slice(None), rows)


def _in_order(block: Block, matrix: Floats, *, alone: bool) -> Floats:
    """The matrix with errors and steps in the input's order of time."""
    if not block.reverse:
        return matrix
    return matrix[::-1, ::-1] if alone else matrix[:, ::-1]


Norms = Callable[[Chain], dict[str, Array]]


def network_jacobians(net: Network, read: Norms = jacobians) -> dict[str, Array]:
    """`jacobian/<block>/fro` of every block, or `spectral`: how far its own state carries, its input held fixed."""
    found = {}
    for block in net.topology.blocks:
        for name, array in read(net.chains[block.name]).items():
            kind, rest = name.split("/", 1)
            found[f"{kind}/{block.name}/{rest}"] = Array(_in_order(block, array.data, alone=True), array.dims)
    return found


def groups(net: Network) -> dict[str, tuple[str, ...]]:
    """The parameters behind every matrix of contributions."""
    return {
        f"{name}/{group}": tuple(f"{name}/{m}" for m in members)
        for name, chain in net.chains.items()
        for group, members in grouped(chain).items()
    }
