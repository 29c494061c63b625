"""The arrays that a plan runs in, and how a name is found in them.

All of one kind stand in one array (rows, slots, H) or, for batches, (rows, slots, B, H). A row is a timestep, of which
each slot is contiguous, and neighbouring slots are too: one call takes them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.adjoint import Backward, backward_plan
from core.equations import Cell
from core.ops import Floats, aligned
from core.plan import Forward, forward_plan


@dataclass(frozen=True)
class Sizes:
    """T timesteps, B sequences, I inputs, H hidden units, O outputs; numbers are float64 or float32."""

    T: int
    B: int
    I: int
    H: int
    O: int
    dtype: str = "float64"

    @property
    def batch(self) -> tuple[int, ...]:
        """The batch axis, absent for a single sequence so that products are matrix times vector."""
        return () if self.B == 1 else (self.B,)

    def zeros(self, *shape: int) -> Floats:
        """An array of this precision that begins on a cache line."""
        return aligned(*shape, dtype=self.dtype)


class Store:
    """One array of slots; `names` say which slot is whose."""

    def __init__(self, names: Sequence[str], rows: int, sizes: Sizes) -> None:
        self.names, self.rows, self.sizes = tuple(names), rows, sizes
        self.data = sizes.zeros(rows, len(self.names), *sizes.batch, sizes.H)

    def column(self, name: str, first: int = 0, count: int | None = None) -> Floats:
        """(T, ..., H) of one slot, beginning with row `first`, or `count` rows."""
        return self.data[first : first + (count or self.sizes.T), self.names.index(name)]

    def neighbours(self, first: str, count: int) -> Floats:
        """(T, ..., count * H) of the slots from `first` on; a copy where they lie apart."""
        start = self.names.index(first)
        found = self.data[: self.sizes.T, start : start + count]
        return np.moveaxis(found, 1, -2).reshape(self.sizes.T, *self.sizes.batch, -1)

    def steps(self, run: slice, first: int = 0, stacked: bool = False) -> list[Floats]:
        """One view a timestep of neighbouring slots: (n * H,), or (n, ..., H) if `stacked` and for batches if n > 1."""
        rows = self.data[first : first + self.sizes.T, run]
        if run.stop - run.start == 1 and self.sizes.B > 1:
            rows = rows[:, 0]
        views = list(rows if stacked or self.sizes.B > 1 else rows.reshape(len(rows), -1))
        return views * self.sizes.T if self.rows == 1 < self.sizes.T else views

    def block(self, run: slice, first: int = 0) -> Floats:
        """(T, n, ..., H) of neighbouring slots, beginning with row `first`."""
        return self.data[first : first + self.sizes.T, run]


class Buffers:
    """Every array of one cell at one size: Z and A forward, D deltas, G gradients of bases.

    D first holds the coefficients of the backward pass, which the sweep then multiplies in place: fewer arrays
    stay in the cache.
    """

    def __init__(self, cell: Cell, sizes: Sizes) -> None:
        self.cell, self.sizes = cell, sizes
        self.forward: Forward = forward_plan(cell)
        self.backward: Backward = backward_plan(cell)
        slots = [s.name for s in self.backward.slots]
        self.Z = Store(self.forward.z, sizes.T, sizes)
        kept = kept_nodes(cell, self.backward)
        self.A = Store([n for n in self.forward.a if n in kept], sizes.T + 1, sizes)
        self.scratch = Store([n for n in self.forward.a if n not in kept], 1, sizes)
        self.D = Store(slots, sizes.T + 1, sizes)
        self.G = Store([b.name for b in self.backward.bases], sizes.T, sizes)
        self.vectors = {p.name: sizes.zeros(sizes.H) for p in cell.parameters if p.columns is None}
        self.constants = {n.name: np.array(n.value, sizes.dtype) for n in cell.nodes.values() if n.op == "constant"}

    def place(self, name: str) -> tuple[Store, int, str] | None:
        """Where a node lives: its store, the row of t = 0 and the slot; None for constants and weights."""
        if name in self.forward.affine:
            return self.Z, 0, name
        if name in self.cell.states:
            return self.A, 1, f"{name}_prev"
        home = self.A if name in self.A.names else self.scratch
        return (home, 0, name) if name in home.names else None

    def column(self, name: str) -> Floats:
        """A node over all time: (T, ..., H), or what broadcasts to it for a constant or a bias."""
        place = self.place(name)
        if place:
            return place[0].column(place[2], place[1])
        return self.vectors[name] if name in self.vectors else self.constants[name]

    def block(self, names: Sequence[str]) -> Floats | None:
        """Several nodes over all time, (T, n, ..., H), or None if they do not stand together."""
        run = _run([self.place(n) for n in names])
        return run[0].block(run[2], run[1]) if run else None

    def steps(self, names: Sequence[str], stacked: bool = False) -> list[Floats] | None:
        """One view a timestep of several nodes as one call takes them, or None if they do not stand together."""
        if len(set(names)) == 1:
            place = self.place(names[0])
            if place is None:
                return [self.column(names[0])] * self.sizes.T
            index = place[0].names.index(place[2])
            return place[0].steps(slice(index, index + 1), place[1])
        places = [self.place(n) for n in names]
        run = _run(places)
        return run[0].steps(run[2], run[1], stacked) if run else None


def kept_nodes(cell: Cell, backward: Backward) -> frozenset[str]:
    """The nodes whose every timestep is kept: those with a name and those that the backward pass reads."""
    factors = {f for slot in backward.slots for _, fs in slot.coefficient for f in fs}
    factors |= {f for _, coefficient in backward.forms.values() for _, fs in coefficient for f in fs}
    slopes = {f[:-1] for f in factors if f.endswith("'")}
    arguments = {a for n in slopes for a in cell.nodes[n].args}
    values = {u.value for u in backward.uses if u.value}
    previous = {n for n in cell.nodes if n.endswith("_prev")} | {a.query for a in cell.attentions}
    return frozenset({*cell.names, *cell.pre_activations, *factors, *slopes, *arguments, *values, *previous})


def _run(places: Sequence[tuple[Store, int, str] | None]) -> tuple[Store, int, slice] | None:
    """The neighbouring slots that the places are, if they are."""
    known = [p for p in places if p is not None]
    if len(known) < len(places) or len({(id(p[0]), p[1]) for p in known}) > 1:
        return None
    store, first, name = known[0]
    start = store.names.index(name)
    together = tuple(p[2] for p in known) == store.names[start : start + len(known)]
    return (store, first, slice(start, start + len(known))) if together else None
