"""The coefficients of the backward pass as calls over many timesteps at once."""

from collections.abc import Iterator

import numpy as np

from core.adjoint import Coefficient
from core.buffers import Buffers
from core.ops import OPS, Call, Calls, Floats, number, run
from core.program import signed_sum

CACHED = 1 << 19


class Coefficients:
    """Calls that compute coefficients for a stretch of timesteps at once; several may share their `scratch`."""

    def __init__(self, buffers: Buffers, part: slice, scratch: list[Floats]) -> None:
        self.b, self.part = buffers, part
        self.scratch = [s[: part.stop - part.start] for s in scratch]

    def _column(self, name: str) -> Floats:
        """A node over this stretch of time, or what broadcasts to it."""
        column = self.b.column(name)
        return column[self.part] if column.ndim > 1 else column

    def _block(self, names: list[str]) -> Floats | None:
        """Nodes that stand together, over this stretch of time."""
        block = self.b.block(names)
        return None if block is None else block[self.part]

    def of_slots(self, out: Floats) -> Iterator[Call]:
        """Fill `out` (steps, slots, ..., H): slopes of neighbours in one call, then their factors, then the rest."""
        slots = self.b.backward.slots
        plain = [self._plain(s.coefficient) for s in slots]
        for stretch in self._alike(plain):
            yield from self._group([p for p in plain[stretch] if p], out[:, stretch])
        for index, slot in enumerate(slots):
            if plain[index] is None:
                yield from self.calls(slot.coefficient, out[:, index])

    def _plain(self, coefficient: Coefficient) -> tuple[str, str | None] | None:
        """(slope, value) of a coefficient that is one slope times at most one value."""
        if len(coefficient) > 1 or coefficient[0][0] != 1.0 or len(coefficient[0][1]) > 2:
            return None
        slopes = [f[:-1] for f in coefficient[0][1] if f.endswith("'")]
        values = [f for f in coefficient[0][1] if not f.endswith("'")]
        if len(slopes) != 1 or not self._one_call([(slopes[0], None)]):
            return None
        return slopes[0], values[0] if values else None

    def _alike(self, plain: list[tuple[str, str | None] | None]) -> Iterator[slice]:
        """The longest stretches of slots whose slopes are one call."""
        start = 0
        for end in range(1, len(plain) + 1):
            if end == len(plain) or not self._one_call(plain[start : end + 1]):
                if plain[start] is not None:
                    yield slice(start, end)
                start = end

    def _one_call(self, plain: list[tuple[str, str | None] | None]) -> bool:
        names = [p[0] for p in plain if p]
        nodes = [self.b.cell.nodes[n] for n in names]
        same = len(names) == len(plain) and len({n.op for n in nodes}) == 1
        return same and all(self.b.block(g) is not None for g in (names, [n.args[0] for n in nodes]))

    def _group(self, plain: list[tuple[str, str | None]], out: Floats) -> Iterator[Call]:
        """Slopes of a stretch of slots, then the values that multiply them."""
        names = [p[0] for p in plain]
        nodes = [self.b.cell.nodes[n] for n in names]
        x, y = self._block([n.args[0] for n in nodes]), self._block(names)
        if x is not None and y is not None:
            yield from OPS[nodes[0].op].slope(x, y, out)
        todo = [i for i, p in enumerate(plain) if p[1] is not None]
        for first, last in self._value_runs(plain, todo):
            block = self._block([str(p[1]) for p in plain[first:last]])
            if block is not None:
                yield np.multiply, (out[:, first:last], block, out[:, first:last])
            else:
                yield np.multiply, (out[:, first], self._column(str(plain[first][1])), out[:, first])

    def _value_runs(self, plain: list[tuple[str, str | None]], todo: list[int]) -> Iterator[tuple[int, int]]:
        """Neighbours whose values are neighbours too, else one by one."""
        while todo:
            first, last = todo[0], todo[0] + 1
            while last in todo and self._block([str(p[1]) for p in plain[first : last + 1]]) is not None:
                last += 1
            yield first, last
            todo = [i for i in todo if i >= last]

    def calls(self, coefficient: Coefficient, out: Floats) -> Iterator[Call]:
        """out = the coefficient: what its monomials share, times the sum of what they do not."""
        if len(coefficient) == 1:
            yield from self._monomial(*coefficient[0], out)
            return
        shared = _shared([list(f) for _, f in coefficient])
        rests = [(scale, _without(factors, shared)) for scale, factors in coefficient]
        rests.sort(key=lambda r: -r[0])
        part = self.scratch[1]
        total = self.scratch[0] if shared else out
        if shared:
            yield from self._monomial(1.0, tuple(shared), out)
        if all(abs(s) == 1 and len(f) == 1 and not f[0].endswith("'") for s, f in rests):
            yield from signed_sum([self._column(f[0]) for _, f in rests], [s for s, _ in rests], total)
        else:
            yield total.fill, (0.0,)
            for scale, factors in rests:
                yield from self._monomial(scale, factors, part)
                yield np.add, (total, part, total)
        if shared:
            yield np.multiply, (out, total, out)

    def times(self, coefficient: Coefficient, gradient: Floats, out: Floats) -> Iterator[Call]:
        """out = the coefficient times a gradient."""
        (scale, factors), *more = coefficient
        values = [self._column(f) for f in factors if not f.endswith("'")]
        if more or scale != 1.0 or len(values) < max(1, len(factors)):
            yield from self.calls(coefficient, out)
            values = [out]
        yield np.multiply, (values[0], gradient, out)
        yield from ((np.multiply, (out, value, out)) for value in values[1:])

    def _monomial(self, scale: float, factors: tuple[str, ...], out: Floats) -> Iterator[Call]:
        """out = scale * the product of the factors; slopes first, since they need `out` to work in."""
        slopes = [f[:-1] for f in factors if f.endswith("'")]
        values = [self._column(f) for f in factors if not f.endswith("'")]
        if slopes:
            yield from self._slope(slopes[0], out)
        elif len(values) > 1:
            yield np.multiply, (values.pop(), values.pop(), out)
        elif values:
            yield np.copyto, (out, values.pop())
        else:
            yield out.fill, (1.0,)
        for name in slopes[1:]:
            yield from self._slope(name, self.scratch[2])
            yield np.multiply, (out, self.scratch[2], out)
        for value in values:
            yield np.multiply, (out, value, out)
        if scale != 1.0:
            yield np.multiply, (out, number(scale, out), out)

    def _slope(self, name: str, out: Floats) -> Calls:
        node = self.b.cell.nodes[name]
        return OPS[node.op].slope(self._column(node.args[0]), self._column(name), out)


def _shared(lists: list[list[str]]) -> list[str]:
    """The factors that all monomials have."""
    first, *others = lists
    found = []
    for factor in first:
        if all(factor in other for other in others):
            found.append(factor)
            for other in others:
                other.remove(factor)
    return found


def _without(factors: tuple[str, ...], shared: list[str]) -> tuple[str, ...]:
    rest = list(factors)
    for factor in shared:
        rest.remove(factor)
    return tuple(rest)


def slot_coefficients(buffers: Buffers) -> Floats:
    """The coefficients of the last forward pass: (T, slots, ..., H)."""
    out = np.empty_like(buffers.D.data[: buffers.sizes.T])
    whole = slice(0, buffers.sizes.T)
    with np.errstate(all="ignore"):
        run(tuple(Coefficients(buffers, whole, scratch(buffers, whole.stop)).of_slots(out)))
    return out


def scratch(buffers: Buffers, steps: int) -> list[Floats]:
    """Room for what coefficients are put together from."""
    return [buffers.sizes.zeros(steps, *buffers.sizes.batch, buffers.sizes.H) for _ in range(3)]


def stretches(buffers: Buffers) -> list[slice]:
    """All of time in stretches whose coefficients stay in the cache until they are used."""
    T = buffers.sizes.T
    steps = max(1, min(T, CACHED * T // max(1, buffers.D.data.nbytes)))
    return [slice(t, min(t + steps, T)) for t in range(0, T, steps)]
