"""The backward sweep with many rows of gradient side by side.

Row t carries dJ_t alone; at step k the rows k..T-1 are alive. Rows stand first, (rows, B, H), so that the rows
alive are one block and every product is one call. With the rows summed this is backpropagation through time;
kept apart they are the contributions of each step to each error; cut at a distance they are truncated BPTT.

A chain that does not end in an output layer of its own (a lower layer, an encoder) gets `seeds` from outside: the
gradient of every error t in its state at every step k, and then rows need not be its own timesteps.

A sweep may be `lean`: where several slots of one base feed a product, their coefficients are multiplied into the
matrices, (sum of diag(c_s) P_s), and the deltas themselves are never formed; what a reader wants of a delta c * g it
has from the base g. A sweep may be `scaled`: a row that has become very small or large is brought back by a power of
two, which `exponents` (rows,) count. In float32 it would else end in subnormal numbers, slow and without digits.
"""

from collections.abc import Callable, Iterator

import numpy as np

from core.adjoint import Base, Use
from core.attention import asked_rows
from core.coefficients import slot_coefficients
from core.ops import Call, Floats, run
from core.program import runs, slots_run
from core.unroll import Chain, Workspace

Visit = Callable[[int, Floats], None]
Views = list[Floats]
Column = list[Call]
Seeds = dict[str, dict[int, Floats]]
OFTEN, FAR = {"float64": 32, "float32": 8}, {"float64": 128, "float32": 16}  # steps; powers of two


class Rows:
    """Buffers and calls of a sweep over all T rows; `deltas` (T, B, slots, H) is what step k leaves behind."""

    def __init__(self, chain: Chain, count: int | None = None, *, causal: bool = True) -> None:
        """`count` rows, T if not given; rows that are not `causal` are all alive at every step."""
        self.chain, self.plan, self.causal = chain, chain.buffers.backward, causal
        s, zeros = chain.sizes, chain.sizes.zeros
        self.count = s.T if count is None else count
        self.lives = [slice(k if causal else None, None) for k in range(s.T)]
        self.names = [slot.name for slot in self.plan.slots]
        self.deltas = zeros(self.count, s.B, len(self.names), s.H)
        self.coefficients = zeros(s.T, s.B, len(self.names), s.H)
        room = (self.count, s.B, s.H)
        self.carried = {state: zeros(*room) for state, slots in self.plan.carries.items() if slots}
        # Two of each: a step reads what the step after it left in one and leaves its own in the other.
        self.products = {v: (zeros(*room), zeros(*room)) for v in chain.backward.results}
        self.bases = {b.name: zeros(*room) for b in self.plan.bases if not self._alone(b)}
        self.single = self._single()
        self.scaled = {
            (b.name, lean): self._scaled(b.name, lean=lean) for b in self.plan.bases for lean in (False, True)
        }
        self.weights = chain.backward.matrices
        self.feeding = {u.value: self.plan.feeding(u.value) for u in self.plan.uses if u.value}
        self.diagonal, self.part = zeros(s.T, s.B, s.H), zeros(*room)
        self.folded, self.term = zeros(s.H, s.H), zeros(s.H, s.H)
        self.exponents = np.zeros(self.count, dtype=np.intc)
        self.stacks: dict[str, list[tuple[str, list[int], Floats, Floats]]] = {}
        self.seeds: Seeds = {}
        self.lean, self.slopes = False, dict[str, Floats]()
        self.programs: dict[bool, list[tuple[Call, ...]]] = {}

    def alive(self, k: int) -> slice:
        """The rows whose error can depend on step k."""
        return self.lives[k]

    def load(self, diagonal: Floats | None = None, seeds: Seeds | None = None) -> None:
        """Coefficients and weights of the chain's last run, and where gradients enter.

        `diagonal` (T, B, H): dJ_t/dh_t at the output state. `seeds` by state and step, (rows, B, H): of every
        error.
        """
        self.diagonal.fill(0.0)
        if diagonal is not None:
            np.copyto(self.diagonal, diagonal)
        self.seeds, self.stacks = seeds or {}, {}
        K = slot_coefficients(self.chain.buffers)
        np.copyto(self.coefficients, K.swapaxes(1, 2) if self.chain.sizes.batch else K[:, None])

    def run(self, visit: Visit, *, lean: bool = False, scaled: bool = False) -> None:
        """Sweep from k = T - 1 down to 0; `visit(k, deltas)` sees the rows alive of all slots, (rows, B, slots, H).

        In a `lean` sweep the deltas mean nothing, and `gradient` tells what there is.
        """
        lean, often = lean and self._gains(), OFTEN[self.chain.sizes.dtype]
        for incoming in (*(p for pair in self.products.values() for p in pair), *self.carried.values()):
            incoming.fill(0.0)
        self.exponents.fill(0)
        self.lean = lean
        if lean not in self.programs:
            self.programs[lean] = list(zip(*self._columns(lean=lean), strict=True))
        with np.errstate(all="ignore"):
            for k in range(self.chain.sizes.T - 1, -1, -1):
                run(self.programs[lean][k])
                visit(k, self.deltas[self.alive(k)])
                if scaled and k % often == 0:
                    self._rescale(k)

    def slot(self, name: str, k: int = 0) -> Floats:
        """The rows alive at step k of one slot: (rows, B, H)."""
        return self.deltas[self.alive(k), :, self.names.index(name)]

    def gradient(self, base: str, k: int) -> Floats:
        """The rows alive at step k of a base: (rows, B, H)."""
        found = self.bases[base] if base in self.bases else self.products[f"{base}_prev"][(k + 1) % 2]
        return found[self.alive(k)]

    def through(self, value: str, k: int) -> Floats:
        """What the rows alive at step k send through all the matrices that multiplied `value`: (rows, B, columns)."""
        if not self.lean:
            each = [self.slot(u.slot, k) @ self.chain.params[u.parameter] for u in self.feeding[value]]
            return np.asarray(sum(each[1:], each[0]))
        parts = []
        for base, places, stack, room in self._stacks(value):
            np.multiply(self.coefficients[k, 0, places][:, :, None], stack, room)
            parts.append(self.gradient(base, k)[:, 0] @ np.add.reduce(room, axis=0))
        return np.asarray(sum(parts[1:], parts[0]))[:, None]

    def _stacks(self, value: str) -> list[tuple[str, list[int], Floats, Floats]]:
        """By base: its slots that met `value`, their matrices (n, H, columns), and as much room; made once a load."""
        if value not in self.stacks:
            self.stacks[value] = []
            for base, uses in self._by_base(value).items():
                stack = np.stack([self.chain.params[u.parameter] for _, u in uses])
                places = [self.names.index(u.slot) for _, u in uses]
                self.stacks[value].append((base, places, stack, np.empty_like(stack)))
        return self.stacks[value]

    def before(self) -> dict[str, Floats]:
        """The gradient of every row in the states before the first step, once the sweep is done: (rows, B, H)."""
        found = {}
        for state in self.chain.cell.states:
            own = self.products.get(f"{state}_prev")
            parts = [p for p in (self.carried.get(state), own and own[0]) if p is not None]
            found[state] = np.asarray(sum(parts[1:], parts[0])) if parts else np.zeros_like(self.part)
        return found

    # -- one step -----------------------------------------------------------------------------------------

    def _alone(self, base: Base) -> bool:
        """Whether all that a base gets from its own chain is one product of the step after it."""
        return not base.slots and not base.product and base.name not in self.carried and self._comes_back(base.name)

    def _comes_back(self, state: str) -> bool:
        return f"{state}_prev" in self.products

    def _slots(self, name: str) -> Views:
        """One slot at every step: its rows alive."""
        return self._alive(self.deltas[:, :, self.names.index(name)])

    def _gradients(self, base: str) -> Views:
        """A base at every step: its rows alive."""
        return self._alive(self.bases[base]) if base in self.bases else self._later(f"{base}_prev")

    def _alive(self, array: Floats) -> Views:
        """The rows alive of an array at every step."""
        return [array[alive] for alive in self.lives]

    def _later(self, value: str) -> Views:
        """What the step after sent back to a value."""
        pair = self.products[value]
        return [pair[(k + 1) % 2][self.alive(k)] for k in range(self.chain.sizes.T)]

    def _own(self, value: str) -> Views:
        """Where a step puts what it sends back to a value."""
        pair = self.products[value]
        return [pair[k % 2][self.alive(k)] for k in range(self.chain.sizes.T)]

    def _columns(self, *, lean: bool) -> Iterator[Column]:
        """Calls at every step, one after another: bases in the plan's order, each scaled into its slots; products."""
        for base in self.plan.bases:
            if base.product:
                yield from self._product(base.name, lean=lean)
            yield from self._sum(base, lean=lean)
            yield from self._scale(base.name, lean=lean)
        for value in self.products:
            if value.endswith("_prev"):
                yield from self._product(value, lean=lean)
        for state, carried in self.carried.items():
            for number, name in enumerate(self.plan.carries[state]):
                if not lean or name not in self.single:
                    pairs = zip(self._slots(name), self._alive(carried), strict=True)
                    yield [(np.add, (out, term, out)) if number else (np.copyto, (out, term)) for term, out in pairs]

    def _sum(self, base: Base, *, lean: bool) -> Iterator[Column]:
        """The rows of a base: its own product, the terms of this step and, for a state, what the next one sent back."""
        out = self._gradients(base.name)
        if base.name in self.bases:
            terms = [self._slots(s) for s in base.slots if not lean or s not in self.single]
            for name in set(base.slots) & self.single if lean else ():
                terms.append(self._alive(self.part))
                yield self._times(name, terms[-1])
            terms += [self._own(base.name)] if base.product else []
            terms += [self._later(f"{base.name}_prev")] if self._comes_back(base.name) else []
            terms += [self._alive(self.carried[base.name])] if base.name in self.carried else []
            yield from _added(terms, out)
        if self.causal and base.name == self.chain.cell.output:
            yield [(np.add, (rows[0], own, rows[0])) for rows, own in zip(out, self.diagonal, strict=True)]
        if base.name in self.chain.cell.states:
            yield [(self._add_seeds, (base.name, k, rows)) for k, rows in enumerate(out)]

    def _add_seeds(self, state: str, k: int, out: Floats) -> None:
        """What comes into a state from outside the chain."""
        found = self.seeds.get(state, {}).get(k)
        if found is not None:
            np.add(out, found[self.alive(k)], out)

    def _scale(self, base: str, *, lean: bool) -> Iterator[Column]:
        """Slots of a base, all rows at once; neighbours in one call; a lean sweep has few."""
        for part in self.scaled[base, lean]:
            columns = self._gradients(base), self._alive(self.deltas[:, :, part])
            three = zip(self.coefficients[:, :, part], *columns, strict=True)
            yield [(np.multiply, (c, rows[:, :, None], out)) for c, rows, out in three]
        for state, (name, *_) in ((s, self.plan.carries[s]) for s in self.carried) if lean else ():
            if name in self.single and self.plan.slots[self.names.index(name)].base == base:
                yield self._times(name, self._alive(self.carried[state]))

    def _scaled(self, base: str, *, lean: bool) -> list[slice]:
        """The stretches of slots that are formed from a base."""
        terms = {s for group in self._terms() for s in group} - self.single
        return runs([s.base == base and (not lean or s.name in terms) for s in self.plan.slots])

    def _terms(self) -> list[tuple[str, ...]]:
        """The slots that are added up to a base, or carried to a state."""
        return [b.slots for b in self.plan.bases] + list(self.plan.carries.values())

    def _single(self) -> frozenset[str]:
        """Slots that a lean sweep puts where they go: the only term of a base, or of what a state carries to itself."""
        base = {s.name: s.base for s in self.plan.slots}
        crossed = {slots for state, slots in self.plan.carries.items() if any(base[s] != state for s in slots)}
        shared = {s for group in self._terms() if len(group) > 1 or group in crossed for s in group}
        return frozenset({s for group in self._terms() for s in group} - shared)

    def _times(self, slot: str, out: Views) -> Column:
        """out = coefficient * gradient."""
        index = self.names.index(slot)
        three = zip(self.coefficients[:, :, index], self._gradients(self.plan.slots[index].base), out, strict=True)
        return [(np.multiply, each) for each in three]

    def _product(self, value: str, *, lean: bool) -> Iterator[Column]:
        """delta P for all the matrices that multiplied `value`, and what attention asked with it."""
        out = self._own(value)
        if value not in self.weights:
            yield [(rows.fill, (0.0,)) for rows in out]
        else:
            yield from self._folded(value, out) if lean else self._matrices(value, out)
        for attend in (a for a in self.chain.attends if a.spec.query == value):
            pairs = enumerate(zip(self._gradients(attend.spec.name), out, strict=True))
            yield [(asked_rows, (attend, k, found, rows, self.slopes)) for k, (found, rows) in pairs]

    def _matrices(self, value: str, out: Views) -> Iterator[Column]:
        uses, H, part = self.feeding[value], self.chain.sizes.H, self._alive(self.part)
        run = slots_run(self.plan, [u.slot for u in uses])
        if run is not None:
            deltas = self.deltas.reshape(*self.deltas.shape[:2], -1)[:, :, run.start * H : run.stop * H]
            yield [
                (np.matmul, (d.reshape(-1, d.shape[-1]), self.weights[value], rows.reshape(-1, H)))
                for d, rows in zip(self._alive(deltas), out, strict=True)
            ]
            return
        for i, use in enumerate(uses):
            block = self.weights[value][i * H : (i + 1) * H]
            yield [(np.matmul, (d, block, o)) for d, o in zip(self._slots(use.slot), part if i else out, strict=True)]
            if i:
                yield [(np.add, (rows, p, rows)) for rows, p in zip(out, part, strict=True)]

    # -- lean and scaled ----------------------------------------------------------------------------------

    def _by_base(self, value: str) -> dict[str, list[tuple[int, Use]]]:
        """The uses of a value, with their places in its stack of matrices, by the base of their slot."""
        base = {s.name: s.base for s in self.plan.slots}
        found: dict[str, list[tuple[int, Use]]] = {}
        for place, use in enumerate(self.feeding[value]):
            found.setdefault(base[use.slot], []).append((place, use))
        return found

    def _gains(self) -> bool:
        """Whether folding spares products: several slots of one base feed the same one. A batch has no one matrix."""
        return self.chain.sizes.B == 1 and any(len(u) > 1 for v in self.weights for u in self._by_base(v).values())

    def _folded(self, value: str, out: Views) -> Iterator[Column]:
        """out = the sum over bases of g times the sum over their slots of diag(c) P."""
        H, T, part = self.chain.sizes.H, self.chain.sizes.T, self._alive(self.part)
        for i, (base, uses) in enumerate(self._by_base(value).items()):
            for j, (place, use) in enumerate(uses):
                index, block = self.names.index(use.slot), self.weights[value][place * H : (place + 1) * H]
                room = self.term if j else self.folded
                yield [(np.multiply, (column[0, :, None], block, room)) for column in self.coefficients[:, :, index]]
                if j:
                    yield [(np.add, (self.folded, self.term, self.folded))] * T
            pairs = zip(self._gradients(base), part if i else out, strict=True)
            yield [(np.matmul, (g[:, 0], self.folded, o[:, 0])) for g, o in pairs]
            if i:
                yield [(np.add, (rows, p, rows)) for rows, p in zip(out, part, strict=True)]

    def _rescale(self, k: int) -> None:
        """Bring rows that have strayed back to about 1, by a power of two."""
        alive = self.alive(k)
        incoming = [pair[k % 2][alive] for v, pair in self.products.items() if v.endswith("_prev")]
        incoming += [c[alive] for c in self.carried.values()]
        if not incoming:
            return
        sizes = np.maximum.reduce([np.abs(i).max(axis=(1, 2)) for i in incoming])
        powers = np.where(np.isfinite(sizes), np.frexp(sizes)[1], 0)
        if np.abs(powers).max() > FAR[self.chain.sizes.dtype]:
            factor = np.ldexp(1.0, -powers).astype(self.part.dtype)[:, None, None]
            for rows in incoming:
                np.multiply(rows, factor, rows)
            self.exponents[alive] += powers.astype(np.intc)


def _added(terms: list[Views], out: Views) -> Iterator[Column]:
    """out = the sum of the terms, 0 without any."""
    if len(terms) > 1:
        yield [(np.add, three) for three in zip(*terms[:2], out, strict=True)]
    elif terms:
        yield [(np.copyto, pair) for pair in zip(out, terms[0], strict=True)]
    else:
        yield [(rows.fill, (0.0,)) for rows in out]
    for term in terms[2:]:
        yield [(np.add, (rows, more, rows)) for rows, more in zip(out, term, strict=True)]


def rows_of(ws: Workspace) -> Rows:
    """Rows for every timestep of a workspace's own output layer."""
    return reload(Rows(ws), ws)


def reload(rows: Rows, ws: Workspace) -> Rows:
    """The same rows for the workspace's last run."""
    seeds = np.zeros_like(ws.buffers.G.column(ws.cell.output))
    ws.seed(ws.head.delta, seeds)
    rows.load(diagonal=ws.shown(seeds))
    return rows
