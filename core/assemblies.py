"""A network of several chains unrolled to whatever length is asked for, with one set of weights: for training.

Stacked layers carry their states on; what reads backwards or begins with another chain's end has none to carry.
A decoder is given what it should have said the step before, and nothing at first.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.data import Batch
from core.equations import Cell
from core.material import ends
from core.networks import Network, Topology
from core.ops import Floats
from core.recipe import Recipe
from core.unrolled import first_weights, given_to
from core.unrollings import Fault, States, first_fault
from core.wiring import wiring_of


class Assembly:
    """A topology of one cell unless `cells` names others; a network is made once for each (T, B) and kept."""

    def __init__(
        self,
        cell: Cell,
        topology: Topology,
        *,
        I: int,
        H: int,
        O: int,
        head: str,
        cells: Mapping[str, Cell] | None = None,
        dtype: str = "float64",
    ) -> None:
        self.cell, self.topology, self.head, self.shape = cell, topology, head, (I, H, O)
        self.cells, self.dtype = cells or {}, dtype
        self.made: dict[tuple[int, int], Network] = {}
        self.params = {n: np.zeros(s, dtype) for n, s in self.network(1, 1).shapes().items()}
        self.carries = not any(b.reverse or b.start for b in topology.blocks)

    def network(self, T: int, B: int) -> Network:
        """The network of a size."""
        if (T, B) not in self.made:
            I, H, O = self.shape
            widths = {"x": I, "y": O}
            read = {r for b in self.topology.blocks for r in b.reads if r in widths}
            streams = {r: (T, widths[r]) for r in sorted(read)}
            more: dict[str, Any] = {"head": self.head, "cells": self.cells, "dtype": self.dtype}
            self.made[T, B] = Network(self.cell, self.topology, streams=streams, H=H, O=O, B=B, **more)
        return self.made[T, B]

    def learn(self, batch: Batch, states: States | None = None) -> Network:
        """Forward and backward through a batch, layers beginning with their states `layer1/h` (B, H) or with zeros."""
        T, B = batch.x.shape[:2]
        self.latest = net = self.network(T, B)
        net.load(self.params)
        zeros = np.zeros((B, self.shape[1]))
        for block in self.topology.blocks:
            if not block.start:
                cell = net.chains[block.name].cell
                begun = {s: (states or {}).get(f"{block.name}/{s}", zeros) for s in cell.states}
                net.chains[block.name].begin(begun)
        net.run(given_to(net, batch), batch.target, mask=batch.mask, lengths=self._lengths(batch), instruments=False)
        return net

    def _lengths(self, batch: Batch) -> Any:
        """Where each sequence ends; nothing if all end together or nobody begins at an end."""
        found = ends(batch)
        return None if self.carries or (found == len(batch.mask)).all() else found

    def states_before(self, t: int) -> dict[str, Floats]:
        """The states (B, H) of every layer before step t of the last pass, as copies."""
        found = {}
        for name, chain in self.latest.chains.items() if self.carries else ():
            for s in chain.cell.states:
                column = chain.buffers.column(f"{s}_prev" if t < chain.sizes.T else s)
                found[f"{name}/{s}"] = chain.shown(column)[min(t, chain.sizes.T - 1)].copy()
        return found

    def fault(self) -> Fault | None:
        """Where the first number that is not finite arose in the last pass."""
        self.latest.measure()
        names = [f"{b.name}/{n}" for b in self.topology.blocks for n in self.latest.chains[b.name].cell.names]
        return first_fault(self.latest.arrays(), names)

    def loss(self, batch: Batch) -> float:
        """The mean of the counted losses of a batch."""
        return self.learn(batch).loss / float(batch.mask.sum())

    def predictions(self, batch: Batch) -> Floats:
        """What the head says: chances or values (T, B, O), as a copy."""
        net = self.learn(batch)
        return net.arrays()[net.head.shows[-1]].data.copy()

    def drawn(self, recipe: Recipe) -> Mapping[str, Floats]:
        """First weights as a recipe draws them, block by block, then V and d."""
        return first_weights(recipe, wiring_of(recipe), {n: p.shape for n, p in self.params.items()})
