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
OFTEN, FAR = {"float64": 32, "float32": 8}, {"float64": 128, "float32": 16}  # steps; powers of two


class Rows:
    """Buffers and calls of a sweep over all T rows; `deltas` (T, B, slots, H) is what step k leaves behind."""

    def __init__(self, chain: Chain, count: int | None = None, *, causal: bool = True) -> None:
        """`count` rows, T if not given; rows that are not `causal` are all alive at every step."""
        self.chain, self.plan, self.causal = chain, chain.buffers.backward, causal
        s, zeros = chain.sizes, chain.sizes.zeros
        self.count = s.T if count is None else count
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
        self.diagonal, self.part = zeros(s.T, s.B, s.H), zeros(*room)
        self.folded, self.term = zeros(s.H, s.H), zeros(s.H, s.H)
        self.exponents = np.zeros(self.count, dtype=np.intc)
        self.seeds: dict[str, Floats] = {}
        self.lean, self.slopes = False, dict[str, Floats]()
        self.programs: dict[bool, list[tuple[Call, ...]]] = {}

    def alive(self, k: int) -> slice:
        """The rows whose error can depend on step k."""
        return slice(k, None) if self.causal else slice(None)

    def load(self, diagonal: Floats | None = None, seeds: dict[str, Floats] | None = None) -> None:
        """Coefficients and weights of the chain's last run, and where gradients enter.

        `diagonal` (T, B, H): dJ_t/dh_t at the output state. `seeds` by state (T, rows, B, H): at every step,
        of every error.
        """
        self.diagonal.fill(0.0)
        if diagonal is not None:
            np.copyto(self.diagonal, diagonal)
        self.seeds = seeds or {}
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
            self.programs[lean] = [tuple(self._step(k, lean=lean)) for k in range(self.chain.sizes.T)]
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
        found = self.bases[base] if base in self.bases else self._later(f"{base}_prev", k)
        return found[self.alive(k)]

    def through(self, value: str, k: int) -> Floats:
        """What the rows alive at step k send through all the matrices that multiplied `value`: (rows, B, columns)."""
        if not self.lean:
            each = [self.slot(u.slot, k) @ self.chain.params[u.parameter] for u in self.plan.feeding(value)]
            return np.asarray(sum(each[1:], each[0]))
        parts = []
        for base, uses in self._by_base(value).items():
            places = [self.names.index(u.slot) for _, u in uses]
            stack = np.stack([self.chain.params[u.parameter] for _, u in uses])
            folded = np.multiply(self.coefficients[k, 0, places][:, :, None], stack).sum(axis=0)
            parts.append(self.gradient(base, k)[:, 0] @ folded)
        return np.asarray(sum(parts[1:], parts[0]))[:, None]

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

    def _later(self, value: str, k: int) -> Floats:
        """What the step after k sent back to a value."""
        return self.products[value][(k + 1) % 2]

    def _own(self, value: str, k: int) -> Floats:
        """Where step k puts what it sends back to a value."""
        return self.products[value][k % 2]

    def _step(self, k: int, *, lean: bool) -> Iterator[Call]:
        """One step of the sweep, as in the plan: bases in order, each scaled into its slots, then the products."""
        for base in self.plan.bases:
            if base.product:
                yield from self._product(base.name, k, lean=lean)
            yield from self._sum(base, k, lean=lean)
            yield from self._scale(base.name, k, lean=lean)
        for value in self.products:
            if value.endswith("_prev"):
                yield from self._product(value, k, lean=lean)
        for state, carried in self.carried.items():
            for number, name in enumerate(self.plan.carries[state]):
                if not lean or name not in self.single:
                    term, out = self.slot(name, k), carried[self.alive(k)]
                    yield (np.add, (out, term, out)) if number else (np.copyto, (out, term))

    def _sum(self, base: Base, k: int, *, lean: bool) -> Iterator[Call]:
        """The rows of a base: its own product, the terms of this step and, for a state, what step k + 1 sent back."""
        alive, out = self.alive(k), self.gradient(base.name, k)
        if base.name in self.bases:
            terms = [self.slot(s, k) for s in base.slots if not lean or s not in self.single]
            for name in set(base.slots) & self.single if lean else ():
                yield self._times(name, k, self.part[alive])
                terms.append(self.part[alive])
            terms += [self._own(base.name, k)[alive]] if base.product else []
            terms += [self._later(f"{base.name}_prev", k)[alive]] if self._comes_back(base.name) else []
            terms += [self.carried[base.name][alive]] if base.name in self.carried else []
            yield from _added(terms, out)
        if self.causal and base.name == self.chain.cell.output:
            yield np.add, (out[0], self.diagonal[k], out[0])
        if base.name in self.chain.cell.states:
            yield self._add_seeds, (base.name, k, out)

    def _add_seeds(self, state: str, k: int, out: Floats) -> None:
        """What comes into a state from outside the chain."""
        if state in self.seeds:
            np.add(out, self.seeds[state][k, self.alive(k)], out)

    def _scale(self, base: str, k: int, *, lean: bool) -> Iterator[Call]:
        """Slots of a base, all rows at once; neighbours in one call; a lean sweep has few."""
        for part in self.scaled[base, lean]:
            rows = self.gradient(base, k)[:, :, None]
            yield np.multiply, (self.coefficients[k, :, part], rows, self.deltas[self.alive(k), :, part])
        for state, (name, *_) in ((s, self.plan.carries[s]) for s in self.carried) if lean else ():
            if name in self.single and self.plan.slots[self.names.index(name)].base == base:
                yield self._times(name, k, self.carried[state][self.alive(k)])

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

    def _times(self, slot: str, k: int, out: Floats) -> Call:
        """out = coefficient * gradient."""
        index = self.names.index(slot)
        return np.multiply, (self.coefficients[k, :, index], self.gradient(self.plan.slots[index].base, k), out)

    def _product(self, value: str, k: int, *, lean: bool) -> Iterator[Call]:
        """delta P for all the matrices that multiplied `value`, and what attention asked with it."""
        out = self._own(value, k)[self.alive(k)]
        if value not in self.weights:
            yield out.fill, (0.0,)
        else:
            yield from self._folded(value, k, out) if lean else self._matrices(value, k, out)
        for attend in (a for a in self.chain.attends if a.spec.query == value):
            yield asked_rows, (attend, k, self.gradient(attend.spec.name, k), out, self.slopes)

    def _matrices(self, value: str, k: int, out: Floats) -> Iterator[Call]:
        uses, B, H = self.plan.feeding(value), self.chain.sizes.B, self.chain.sizes.H
        part = slots_run(self.plan, [u.slot for u in uses])
        if part is not None:
            rows = self.deltas.reshape(-1, len(self.names) * H)[k * B * self.causal :, part.start * H : part.stop * H]
            yield np.matmul, (rows, self.weights[value], out.reshape(-1, H))
            return
        for i, use in enumerate(uses):
            block = self.weights[value][i * H : (i + 1) * H]
            yield np.matmul, (self.slot(use.slot, k), block, self.part[self.alive(k)] if i else out)
            if i:
                yield np.add, (out, self.part[self.alive(k)], out)

    # -- lean and scaled ----------------------------------------------------------------------------------

    def _by_base(self, value: str) -> dict[str, list[tuple[int, Use]]]:
        """The uses of a value, with their places in its stack of matrices, by the base of their slot."""
        base = {s.name: s.base for s in self.plan.slots}
        found: dict[str, list[tuple[int, Use]]] = {}
        for place, use in enumerate(self.plan.feeding(value)):
            found.setdefault(base[use.slot], []).append((place, use))
        return found

    def _gains(self) -> bool:
        """Whether folding spares products: several slots of one base feed the same one. A batch has no one matrix."""
        return self.chain.sizes.B == 1 and any(len(u) > 1 for v in self.weights for u in self._by_base(v).values())

    def _folded(self, value: str, k: int, out: Floats) -> Iterator[Call]:
        """out = the sum over bases of g times the sum over their slots of diag(c) P."""
        H, part = self.chain.sizes.H, self.part[self.alive(k)]
        for i, (base, uses) in enumerate(self._by_base(value).items()):
            for j, (place, use) in enumerate(uses):
                column = self.coefficients[k, 0, self.names.index(use.slot)][:, None]
                block = self.weights[value][place * H : (place + 1) * H]
                yield np.multiply, (column, block, self.term if j else self.folded)
                if j:
                    yield np.add, (self.folded, self.term, self.folded)
            yield np.matmul, (self.gradient(base, k)[:, 0], self.folded, (part if i else out)[:, 0])
            if i:
                yield np.add, (out, part, out)

    def _rescale(self, k: int) -> None:
        """Bring rows that have strayed back to about 1, by a power of two."""
        alive = self.alive(k)
        incoming = [self._own(v, k)[alive] for v in self.products if v.endswith("_prev")]
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


def _added(terms: list[Floats], out: Floats) -> Iterator[Call]:
    """out = the sum of the terms, 0 without any."""
    if len(terms) > 1:
        yield np.add, (terms[0], terms[1], out)
    elif terms:
        yield np.copyto, (out, terms[0])
    else:
        yield out.fill, (0.0,)
    yield from ((np.add, (out, term, out)) for term in terms[2:])


def rows_of(ws: Workspace) -> Rows:
    """Rows for every timestep of a workspace's own output layer."""
    return reload(Rows(ws), ws)


def reload(rows: Rows, ws: Workspace) -> Rows:
    """The same rows for the workspace's last run."""
    seeds = np.zeros_like(ws.buffers.G.column(ws.cell.output))
    ws.seed(ws.head.delta, seeds)
    rows.load(diagonal=ws.shown(seeds))
    return rows
