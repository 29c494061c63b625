"""Truncated backpropagation in a network: the gradients that a window leaves, and how far they are from the whole.

The lag of a use at step k for the error at t is how many steps lie between them: |t - k| where both are steps of the
answer; for a chain that reads a source, the t steps of the answer and those that the chain still had to go. A pair
further apart than the window is dropped on whatever way its gradient came, also by the shortcut of attention.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.arrays import Array
from core.gradients import MOST_DELTAS, uses_of, values
from core.network_gradients import errors_of, sweeps
from core.networks import Block, Network
from core.norms import largest
from core.ops import Floats
from core.sweep import Rows, Visit
from core.unroll import weight_dims

Cut = dict[str, Floats]


@dataclass(frozen=True)
class Kept:
    """The deltas of one block summed by bins of lags: slots (bins, T, B, slots, H), bases of attentions alike."""

    block: Block
    slots: Floats
    names: tuple[str, ...]
    asked: Cut


def network_truncation(net: Network, window: int | None) -> dict[str, Array]:
    """`truncated/<block>/P` of a window, and `truncation/...`: cosine and ratio of norms, of it and of every window."""
    longest = _longest(net)
    steps = longest if window is None else min(window, longest)
    size = sum(c.sizes.T * c.sizes.B * c.sizes.H * len(c.buffers.backward.slots) for c in net.chains.values())
    every = size * longest <= MOST_DELTAS
    kept = [_kept(net, *parts, edges=None if every else steps) for parts in sweeps(net)]
    pairs, cut = [], {}
    for number, total in enumerate(_growing(net, kept, longest if every else 1), start=1):
        pairs.append(_compared(net, total))
        if number == (steps if every else 1):
            cut = {n: g.copy() for n, g in total.items()}
    if every:
        pairs[-1] = (1.0, 1.0)  # the longest window leaves everything
    cut = _whole(net) if steps >= longest else cut
    pairs = pairs if every or steps < longest else [(1.0, 1.0)]
    found = {f"truncated/{n}": Array(g, _dims(net, n)) for n, g in cut.items()} if window else {}
    at = pairs[steps - 1 if every else 0]
    for i, name in enumerate(("cosine", "norm_ratio")):
        found[f"truncation/{name}"] = Array(np.array(at[i]), ())
        if every:
            found[f"truncation/{name}_by_window"] = Array(np.array([p[i] for p in pairs]), ("window",))
    return found


def _longest(net: Network) -> int:
    """The window that leaves everything."""
    return net.T + max((c.sizes.T for n, c in net.chains.items() if _is_source(net, n)), default=0)


def _is_source(net: Network, name: str) -> bool:
    """Whether a chain is read by another one's memory or start, and so ends before the answer begins."""
    return any(name == b.start or name in b.memory for b in net.topology.blocks)


def _lags(net: Network, block: Block, k: int, errors: Any) -> Any:
    """How far each error is from the block's own step k."""
    T = net.chains[block.name].sizes.T
    if _is_source(net, block.name):
        return errors + T - k
    return np.abs(errors - (T - 1 - k if block.reverse else k))


def _kept(net: Network, block: Block, rows: Rows, alone: bool, visit: Visit, *, edges: int | None) -> Kept:
    """Sweep a block; rows of one lag are summed, or all within a window and all beyond it."""
    chain = net.chains[block.name]
    bins, T, B, H = 2 if edges else _longest(net), chain.sizes.T, chain.sizes.B, chain.sizes.H
    slots = np.zeros((bins, T, B, len(rows.names), H))
    asked = {a.spec.name: np.zeros((bins, T, B, H)) for a in chain.attends}

    def gather(k: int, deltas: Floats) -> None:
        lags = _lags(net, block, k, errors_of(net, block, rows, k, alone=alone))
        where = (lags >= edges) * 1 if edges else lags
        np.add.at(slots[:, k], where, deltas)
        for name, each in asked.items():
            np.add.at(each[:, k], where, rows.bases[name][rows.alive(k)])
        visit(k, deltas)

    rows.run(gather)
    return Kept(block, slots, tuple(rows.names), asked)


def _growing(net: Network, kept: list[Kept], bins: int) -> Iterator[Cut]:
    """The gradients that window 1, 2, ... leaves, each the one before and one more lag."""
    total = {n: np.zeros_like(g) for n, g in _whole(net).items()}
    looked = [_looked(net, part) for part in kept]
    for lag in range(bins):
        for part in kept:
            for name, piece in _of_lag(net, part, lag):
                total[name] += piece.reshape(total[name].shape)
        for name, pieces in (pair for each in looked for pair in each.items()):
            total[name] += pieces[lag].reshape(total[name].shape)
        yield total


def _of_lag(net: Network, part: Kept, lag: int) -> Iterator[tuple[str, Floats]]:
    """What one lag gives to the gradient of each weight that met vectors of a block."""
    chain, name = net.chains[part.block.name], part.block.name
    for use in uses_of(chain):
        deltas, met = part.slots[lag, :, :, part.names.index(use.slot)], values(chain, use)
        yield f"{name}/{use.parameter}", deltas.reshape(-1, deltas.shape[-1]).T @ met.reshape(-1, met.shape[-1])


def _looked(net: Network, part: Kept) -> Cut:
    """What every lag gives to the gradient of each weight of attention: (bins, H, columns)."""
    chain, found = net.chains[part.block.name], dict[str, Floats]()
    for attend in chain.attends:
        rows = part.asked[attend.spec.name]
        for t in range(chain.sizes.T):
            for parameter, pieces in attend.parameter_rows(t, rows[:, t]).items():
                name = f"{part.block.name}/{parameter}"
                found[name] = found[name] + pieces if t else pieces
    return found


def _whole(net: Network) -> Cut:
    """The gradients of every weight but those of the output layer."""
    return {n: g for n, g in net.grads.items() if n not in ("V", "d")}


def _dims(net: Network, name: str) -> tuple[str, ...]:
    block, _, parameter = name.partition("/")
    return weight_dims(net.chains[block].cell, parameter)


def _compared(net: Network, cut: Cut) -> tuple[float, float]:
    """Cosine and ratio of norms between a truncated gradient and the whole, all weights as one vector."""
    scale = largest(*_whole(net).values())
    nothing = np.zeros(0)  # a cell may have no weights at all
    whole = np.concatenate([nothing, *(g.ravel() for g in _whole(net).values())]) / scale
    part = np.concatenate([nothing, *(cut[n].ravel() for n in _whole(net))]) / scale
    if np.array_equal(part, whole):
        return 1.0, 1.0
    norm, size = np.sqrt(whole @ whole), np.sqrt(part @ part)
    cosine = float(part @ whole / (size * norm)) if size * norm > 0 else 0.0
    return cosine, float(size / norm) if norm else 0.0
