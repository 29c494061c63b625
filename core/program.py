"""Plans bound to buffers: flat lists of calls, built once and run as often as one likes.

A call is (function, arguments) with every view made beforehand, so a timestep costs its ufuncs and little else.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np

from core.adjoint import Backward, Base
from core.attention import Attend, asked_into
from core.buffers import Buffers
from core.ops import OPS, Call, Floats, minus
from core.plan import Step

Columns = Iterable[Iterable[Call]]


def interleave(columns: Columns) -> list[Call]:
    """One list over time from one list a call: all calls of t = 0, then all of t = 1, and so on."""
    return list(chain.from_iterable(zip(*columns, strict=True)))


def signed_sum(views: Sequence[Floats], signs: Sequence[float], out: Floats) -> Iterator[Call]:
    """out = the sum of sign * view, in as few calls as there are pluses and minuses."""
    if len(views) == 1:
        yield (np.copyto, (out, views[0])) if signs[0] > 0 else minus(views[0], out)
        return
    first, second = views[:2]
    if signs[0] > 0:
        yield (np.add if signs[1] > 0 else np.subtract), (first, second, out)
    elif signs[1] > 0:
        yield np.subtract, (second, first, out)
    else:
        yield from ((np.add, (first, second, out)), minus(out, out))
    for view, sign in zip(views[2:], signs[2:], strict=True):
        yield (np.add if sign > 0 else np.subtract), (out, view, out)


class ForwardProgram:
    """The timesteps of a forward pass; `matrices`, a view (H, H) for each P, are filled by whoever has the weights."""

    def __init__(self, buffers: Buffers, attends: tuple[Attend, ...] = ()) -> None:
        self.b, self.T, self.attends = buffers, buffers.sizes.T, attends
        self.matrices: list[tuple[list[Floats], Step]] = []
        columns = [c for step in buffers.forward.steps for c in self._columns(step)]
        self.calls = interleave(columns)

    def _columns(self, step: Step) -> list[list[Call]]:
        if step.kind == "product":
            return self._product(step)
        if step.kind == "add":
            return self._add(step)
        if step.kind == "mix":
            return [[(a.forward, (t,)) for t in range(self.T)] for a in self.attends if a.spec.name in step.outs]
        stacked = any(len(set(column)) == 1 for column in step.args)
        views = [self.b.steps(names, stacked) for names in (step.outs, *step.args)]
        if len(step.outs) > 1 and any(v is None for v in views):
            return [c for one in _singles(step) for c in self._columns(one)]
        outs, *args = [v for v in views if v is not None]
        return _transposed([tuple(self._calls(step, a, o)) for *a, o in zip(*args, outs, strict=True)])

    def _calls(self, step: Step, args: list[Floats], out: Floats) -> Iterable[Call]:
        if step.kind == "sum":
            return signed_sum(args, step.signs, out)
        if step.kind == "*":
            return ((np.multiply, (args[0], args[1], out)),)
        op, name = OPS[step.kind], step.args[0][0]
        folded = name in self.b.forward.affine and self.b.forward.affine[name].sign == op.sign
        if op.sign > 0 or folded:
            return op.calls(args[0], out)
        return minus(args[0], out), *op.calls(out, out)

    def _product(self, step: Step) -> list[list[Call]]:
        """Z[outs] += P @ v: one product for all rows that share v, if they are neighbours."""
        names = tuple(n for n in self.b.forward.z if n in step.outs)
        rows = self.b.steps(names)
        if rows is None:
            return [c for one in _singles(step) for c in self._product(one)]
        order = [step.outs.index(n) for n in names]
        signs = tuple(step.signs[i] * self.b.forward.affine[step.outs[i]].sign for i in order)
        blocks, product, result = self._room(len(names))
        params = tuple(step.args[0][i] for i in order)
        self.matrices.append((blocks, Step("product", names, (params, step.args[1]), signs)))
        values = self.b.steps(step.args[1]) or []
        return [[product(v) for v in values], [(np.add, (r, result, r)) for r in rows]]

    def _room(self, n: int) -> tuple[list[Floats], Callable[[Floats], Call], Floats]:
        """Room for n matrices, the call that multiplies all with one value, and where its result will be."""
        s = self.b.sizes
        if s.B == 1:
            matrix, result = s.zeros(s.H, n * s.H).T, s.zeros(n * s.H)
            return [matrix[i * s.H : (i + 1) * s.H] for i in range(n)], lambda v: (matrix.dot, (v, result)), result
        stack, results = s.zeros(n, s.H, s.H), s.zeros(n, s.B, s.H)
        if n == 1:
            return [stack[0].T], lambda v: (v.dot, (stack[0], results[0])), results[0]
        return [m.T for m in stack], lambda v: (np.matmul, (v, stack, results)), results

    def _add(self, step: Step) -> list[list[Call]]:
        name = step.outs[0]
        function = np.add if step.signs[0] * self.b.forward.affine[name].sign > 0 else np.subtract
        rows, terms = self.b.steps(step.outs) or [], self.b.steps(step.args[0]) or []
        return [[(function, (r, v, r)) for r, v in zip(rows, terms, strict=True)]]

    def unfold(self, part: slice) -> list[Call]:
        """Turn the slots that were kept with a minus back into pre-activations, over a stretch of time."""
        negative = [self.b.forward.affine[n].sign < 0 for n in self.b.Z.names]
        return [minus(self.b.Z.data[part, r], self.b.Z.data[part, r]) for r in runs(negative)]


def _singles(step: Step) -> Iterator[Step]:
    """A group's members, each as a step of its own."""
    for i, out in enumerate(step.outs):
        if step.kind == "product":
            yield Step("product", (out,), ((step.args[0][i],), step.args[1]), (step.signs[i],))
        else:
            yield Step(step.kind, (out,), tuple((c[i],) for c in step.args), step.signs)


def _transposed(rows: list[tuple[Call, ...]]) -> list[list[Call]]:
    return [list(column) for column in zip(*rows, strict=True)]


def runs(flags: Sequence[bool]) -> list[slice]:
    """The stretches of True."""
    edges = np.flatnonzero(np.diff([0, *flags, 0]))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


class BackwardProgram:
    """The timesteps of a backward pass with one row of gradient; `matrices` (n * H, H) by what they multiplied."""

    def __init__(self, buffers: Buffers, seeded: frozenset[str], attends: tuple[Attend, ...] = ()) -> None:
        self.b, self.plan, self.seeded, self.attends = buffers, buffers.backward, seeded, attends
        s = buffers.sizes
        values = dict.fromkeys(u.value for u in self.plan.uses if u.value and u.value != "x")
        self.matrices = {v: s.zeros(len(self.plan.feeding(v)) * s.H, s.H) for v in values}
        asked = dict.fromkeys(a.spec.query for a in attends)
        self.results = {v: s.zeros(*s.batch, s.H) for v in {**values, **asked}}
        self.columns = self._columns()

    def reset(self) -> list[Call]:
        """Nothing comes from beyond the last step."""
        return [(self.results[v].fill, (0.0,)) for v in self.results if v.endswith("_prev")]

    def calls(self, part: slice) -> list[Call]:
        """A stretch of time, from its last step to its first."""
        return interleave([column[part][::-1] for column in self.columns])

    def _columns(self) -> list[list[Call]]:
        columns = []
        for base in self.plan.bases:
            columns += self._sum(base) + self._scale(base.name)
        for value in self.results:
            if value.endswith("_prev"):
                columns += self._multiply(value, [self.results[value]] * self.b.sizes.T)
        return columns

    def _sum(self, base: Base) -> list[list[Call]]:
        """The gradient of a base: what the slots of this step, a product and the step after it bring."""
        b, name = self.b, base.name
        target = b.G.steps(_one(b.G.names, name))
        terms = [b.D.steps(_one(b.D.names, s)) for s in base.slots]
        terms += [b.D.steps(_one(b.D.names, s), first=1) for s in self.plan.carries.get(name, ())]
        columns: list[list[Call]] = []
        later = f"{name}_prev" in self.results
        if base.product and not terms and not later and name not in self.seeded:
            return self._multiply(name, target)
        if base.product:
            columns += self._multiply(name, [self.results[name]] * b.sizes.T)
            terms.append([self.results[name]] * b.sizes.T)
        if later:
            terms.append([self.results[f"{name}_prev"]] * b.sizes.T)
        if name in self.seeded:
            terms.insert(0, target)
            return columns + _transposed(
                [_into(o, list(v)) for o, v in zip(target, zip(*terms, strict=True), strict=True)]
            )
        if not terms:
            return [*columns, [(o.fill, (0.0,)) for o in target]]
        sums = [tuple(signed_sum(v, [1.0] * len(v), o)) for o, v in zip(target, zip(*terms, strict=True), strict=True)]
        return columns + _transposed(sums)

    def _scale(self, base: str) -> list[list[Call]]:
        """All slots of a base: coefficient * gradient in place; one call where three or more are neighbours.

        What is spread over slots goes NumPy's long way, which takes longer than two calls that go the short one.
        """
        b = self.b
        columns: list[list[Call]] = []
        for run in (r for found in runs([s.base == base for s in self.plan.slots]) for r in _worth(found)):
            wide = run.stop - run.start > 1
            source = b.G.steps(_one(b.G.names, base))
            columns.append(
                [(np.multiply, (d, g, d)) for d, g in zip(b.D.steps(run, stacked=wide), source, strict=True)]
            )
        return columns

    def _multiply(self, value: str, results: list[Floats]) -> list[list[Call]]:
        """result = delta P, for all the matrices that multiplied `value`, and what attention asked with it."""
        columns: list[list[Call]] = [[(r.fill, (0.0,)) for r in results]]
        columns = self._matrices(value, results) if value in self.matrices else columns
        for attend in (a for a in self.attends if a.spec.query == value):
            rows = self.b.G.steps(_one(self.b.G.names, attend.spec.name))
            pairs = enumerate(zip(rows, results, strict=True))
            columns.append([(asked_into, (attend, t, g, r)) for t, (g, r) in pairs])
        return columns

    def _matrices(self, value: str, results: list[Floats]) -> list[list[Call]]:
        b, uses = self.b, self.plan.feeding(value)
        run = slots_run(self.plan, [u.slot for u in uses])
        if run is not None:
            return self._whole(run, self.matrices[value], results)
        h, part = b.sizes.H, np.zeros_like(results[0])
        columns: list[list[Call]] = []
        for i, use in enumerate(uses):
            block = self.matrices[value][i * h : (i + 1) * h]
            pairs = list(zip(b.D.steps(_one(b.D.names, use.slot)), results, strict=True))
            columns.append([(np.matmul, (d, block, part if i else r)) for d, r in pairs])
            if i:
                columns.append([(np.add, (r, part, r)) for _, r in pairs])
        return columns

    def _whole(self, run: slice, matrix: Floats, results: list[Floats]) -> list[list[Call]]:
        """result = delta P for neighbouring slots at once; a batch takes small products and adds them up: faster."""
        s, deltas, n = self.b.sizes, self.b.D.steps(run), run.stop - run.start
        if s.B == 1:
            return [[(matrix.T.dot, pair) for pair in zip(deltas, results, strict=True)]]
        if n == 1:
            return [[(d.dot, (matrix, r)) for d, r in zip(deltas, results, strict=True)]]
        stack, parts = matrix.reshape(n, s.H, s.H), s.zeros(n, s.B, s.H)
        columns: list[list[Call]] = [[(np.matmul, (d, stack, parts)) for d in deltas]]
        while n > 2:
            half = n // 2
            columns.append([(np.add, (parts[:half], parts[n - half : n], parts[:half]))] * s.T)
            n -= half
        return [*columns, [(np.add, (parts[0], parts[1], r)) for r in results]]


def _call(function: Callable[..., Any], *arguments: Any) -> Call:
    return function, arguments


def slots_run(plan: Backward, names: Sequence[str]) -> slice | None:
    """The neighbouring slots that `names` are, if they are."""
    order = [s.name for s in plan.slots]
    start = order.index(names[0])
    return slice(start, start + len(names)) if order[start : start + len(names)] == list(names) else None


def _worth(run: slice) -> list[slice]:
    """A run as it is, a pair as two."""
    if run.stop - run.start != 2:
        return [run]
    return [slice(run.start, run.start + 1), slice(run.start + 1, run.stop)]


def _one(names: Sequence[str], name: str) -> slice:
    return slice(names.index(name), names.index(name) + 1)


def _into(out: Floats, terms: list[Floats]) -> tuple[Call, ...]:
    """out += every term but the first, which is `out` itself."""
    return tuple((np.add, (out, v, out)) for v in terms[1:])
