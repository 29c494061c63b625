"""What the sweep did not need but people want to see: dJ/d(node) of every named node, and norms at each step."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from core.adjoint import ONE
from core.buffers import Buffers, Store
from core.coefficients import Coefficients, scratch, stretches
from core.norms import BOUNDS, norms
from core.ops import Call, Floats


class Instruments:
    """Gradients of all named nodes and pre-activations as columns (T, ..., H), and their norms (T,)."""

    def __init__(self, buffers: Buffers) -> None:
        b, cell = buffers, buffers.cell
        forms = b.backward.forms
        self.names = [n for n in (*cell.names, *cell.pre_activations) if n in forms]
        slots = {(s.base, s.coefficient): s.name for s in b.backward.slots}
        own = [n for n in self.names if forms[n][1] != ONE and forms[n] not in slots]
        self.store = Store(own, b.sizes.T, b.sizes)
        self.places = {n: (b.D, slots[forms[n]]) for n in self.names if forms[n] in slots}
        self.places |= {n: (b.G, forms[n][0]) for n in self.names if forms[n][1] == ONE}
        self.places |= {n: (self.store, n) for n in own}
        self._measure(b)
        parts = stretches(b)
        room = scratch(b, parts[0].stop)
        self.calls = [call for part in parts for call in self._calls(b, part, Coefficients(b, part, room))]

    def _calls(self, b: Buffers, part: slice, coefficients: Coefficients) -> Iterator[Call]:
        """A stretch of time: the gradients that no slot has, then the squared lengths of all."""
        for name in self.store.names:
            (base, coefficient), out = b.backward.forms[name], self.store.column(name)[part]
            yield from coefficients.times(coefficient, b.G.column(base)[part], out)
        for rows, lengths in zip(self.rows, self.parts, strict=True):
            yield np.vecdot, (rows[part], rows[part], lengths[part])

    def _measure(self, b: Buffers) -> None:
        """Euclidean norms over units and batch at every step, of the slots that are shown, all in one array."""
        T, used = b.sizes.T, {(id(store), slot) for store, slot in self.places.values()}
        stores = [(s, _stretch([(id(s), n) in used for n in s.names])) for s in (self.store, b.G, b.D)]
        stores = [(s, run) for s, run in stores if run.stop]
        ends = np.cumsum([0, *(T * (run.stop - run.start) for _, run in stores)])
        self.all_lengths, self.sure = b.sizes.zeros(ends[-1]), np.ones(ends[-1], dtype=bool)
        parts = [slice(a, z) for a, z in pairwise(ends)]
        self.rows = [s.data[:T, run].reshape(T, run.stop - run.start, -1) for s, run in stores]
        self.parts = [self.all_lengths[p].reshape(T, -1) for p in parts]
        self.lengths = {id(s): (p, s.names[run]) for (s, run), p in zip(stores, self.parts, strict=True)}
        for (store, run), part in zip(stores, parts, strict=True):
            self.sure[part].reshape(T, -1)[0] = [not self._starts_at_zero(b, store, n) for n in store.names[run]]

    def _starts_at_zero(self, b: Buffers, store: Store, name: str) -> bool:
        """Whether a gradient is zero at the first step for certain: it is multiplied by a state before it."""
        if store is b.G:
            return False
        coefficients = {s.name: s.coefficient for s in b.backward.slots}
        coefficient = b.backward.forms[name][1] if store is self.store else coefficients[name]
        return all(any(f.endswith("_prev") for f in factors) for _, factors in coefficient)

    def run(self) -> None:
        """Fill everything."""
        for function, arguments in self.calls:
            function(*arguments)
        low, high = BOUNDS[self.all_lengths.dtype]
        least = np.minimum.reduce(self.all_lengths, where=self.sure, initial=np.inf)
        lost = not (least > low and np.maximum.reduce(self.all_lengths) < high)
        np.sqrt(self.all_lengths, self.all_lengths)
        for rows, part in zip(self.rows, self.parts, strict=True) if lost else ():
            norms(rows, part)

    def gradient(self, name: str) -> Floats:
        """dJ/d(name): (T, ..., H)."""
        store, slot = self.places[name]
        return store.column(slot)

    def norm(self, name: str) -> Floats:
        """||dJ/d(name)|| at each step: (T,)."""
        store, slot = self.places[name]
        lengths, names = self.lengths[id(store)]
        return lengths[:, names.index(slot)]


def _stretch(wanted: list[bool]) -> slice:
    """The shortest stretch that has all that is wanted; empty where nothing is."""
    index = [i for i, w in enumerate(wanted) if w]
    return slice(index[0], index[-1] + 1) if index else slice(0, 0)
