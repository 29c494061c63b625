"""The backward sweep with many rows of gradient side by side.

Row t carries dJ_t alone; at step k the rows k..T-1 are alive. Rows stand first, (rows, B, H), so that the rows
alive are one block and every product is one call. With the rows summed this is backpropagation through time;
kept apart they are the contributions of each step to each error; cut at a distance they are truncated BPTT.

A chain that does not end in an output layer of its own (a lower layer, an encoder) gets `seeds` from outside: the
gradient of every error t in its state at every step k, and then rows need not be its own timesteps.
"""

from collections.abc import Callable, Iterator

import numpy as np

from core.adjoint import Base
from core.attention import asked_rows
from core.coefficients import slot_coefficients
from core.ops import Call, Floats
from core.program import runs, slots_run
from core.unroll import Chain, Workspace

Visit = Callable[[int, Floats], None]


class Rows:
    """Buffers and calls of a sweep over all T rows; `deltas` (T, B, slots, H) is what step k leaves behind."""

    def __init__(self, chain: Chain, count: int | None = None, *, causal: bool = True) -> None:
        """`count` rows, T if not given; rows that are not `causal` are all alive at every step."""
        self.chain, self.plan, self.causal = chain, chain.buffers.backward, causal
        T, B, H = chain.sizes.T, chain.sizes.B, chain.sizes.H
        self.count = T if count is None else count
        self.names = [s.name for s in self.plan.slots]
        self.deltas = np.zeros((self.count, B, len(self.names), H))
        self.coefficients = np.zeros((T, B, len(self.names), H))
        room = (self.count, B, H)
        self.bases = {b.name: np.zeros(room) for b in self.plan.bases}
        self.carried = {s: np.zeros(room) for s, slots in self.plan.carries.items() if slots}
        self.products = {v: np.zeros(room) for v in chain.backward.results}
        self.weights = chain.backward.matrices
        self.diagonal, self.part = np.zeros((T, B, H)), np.zeros(room)
        self.seeds: dict[str, Floats] = {}
        self.program = [tuple(self._step(k)) for k in range(T)]

    def alive(self, k: int) -> slice:
        """The rows whose error can depend on step k."""
        return slice(k, None) if self.causal else slice(None)

    def load(self, diagonal: Floats | None = None, seeds: dict[str, Floats] | None = None) -> None:
        """Coefficients and weights of the chain's last run, and where gradients enter.

        `diagonal` (T, B, H): dJ_t/dh_t at the output state. `seeds` by state (rows, T, B, H): of every error at
        every step.
        """
        self.diagonal.fill(0.0)
        if diagonal is not None:
            np.copyto(self.diagonal, diagonal)
        self.seeds = seeds or {}
        K = slot_coefficients(self.chain.buffers)
        np.copyto(self.coefficients, K.swapaxes(1, 2) if self.chain.sizes.batch else K[:, None])
        for incoming in (*self.products.values(), *self.carried.values()):
            incoming.fill(0.0)

    def run(self, visit: Visit) -> None:
        """Sweep from k = T - 1 down to 0; `visit(k, deltas)` sees the rows alive of all slots, (rows, B, slots, H)."""
        with np.errstate(all="ignore"):
            for k in range(self.chain.sizes.T - 1, -1, -1):
                for function, arguments in self.program[k]:
                    function(*arguments)
                visit(k, self.deltas[self.alive(k)])

    def slot(self, name: str, k: int = 0) -> Floats:
        """The rows alive at step k of one slot: (rows, B, H)."""
        return self.deltas[self.alive(k), :, self.names.index(name)]

    def before(self) -> dict[str, Floats]:
        """The gradient of every row in the states before the first step, once the sweep is done: (rows, B, H)."""
        found = {}
        for state in self.chain.cell.states:
            parts = [p for p in (self.carried.get(state), self.products.get(f"{state}_prev")) if p is not None]
            found[state] = np.asarray(sum(parts[1:], parts[0])) if parts else np.zeros_like(self.part)
        return found

    def _step(self, k: int) -> Iterator[Call]:
        """One step of the sweep, as in the plan: bases in order, each scaled into its slots, then the products."""
        for base in self.plan.bases:
            if base.product:
                yield from self._product(base.name, k)
            yield from self._sum(base, k)
            yield from self._scale(base.name, k)
        for value in self.products:
            if value.endswith("_prev"):
                yield from self._product(value, k)
        for state, carried in self.carried.items():
            for number, name in enumerate(self.plan.carries[state]):
                term, out = self.slot(name, k), carried[self.alive(k)]
                yield (np.add, (out, term, out)) if number else (np.copyto, (out, term))

    def _sum(self, base: Base, k: int) -> Iterator[Call]:
        """The rows of a base: its own product, the terms of this step and, for a state, what step k + 1 sent back."""
        alive = self.alive(k)
        out = self.bases[base.name][alive]
        incoming = (self.products.get(base.name), self.products.get(f"{base.name}_prev"), self.carried.get(base.name))
        terms = [self.slot(s, k) for s in base.slots] + [i[alive] for i in incoming if i is not None]
        if len(terms) > 1:
            yield np.add, (terms[0], terms[1], out)
        elif terms:
            yield np.copyto, (out, terms[0])
        else:
            yield out.fill, (0.0,)
        yield from ((np.add, (out, term, out)) for term in terms[2:])
        if self.causal and base.name == self.chain.cell.output:
            yield np.add, (out[0], self.diagonal[k], out[0])
        if base.name in self.chain.cell.states:
            yield self._add_seeds, (base.name, k, out)

    def _add_seeds(self, state: str, k: int, out: Floats) -> None:
        """What comes into a state from outside the chain."""
        if state in self.seeds:
            np.add(out, self.seeds[state][self.alive(k), k], out)

    def _scale(self, base: str, k: int) -> Iterator[Call]:
        """Slots of a base, all rows at once; neighbours in one call."""
        for run in runs([s.base == base for s in self.plan.slots]):
            rows = self.bases[base][self.alive(k), :, None]
            yield np.multiply, (self.coefficients[k, :, run], rows, self.deltas[self.alive(k), :, run])

    def _product(self, value: str, k: int) -> Iterator[Call]:
        """delta P for all the matrices that multiplied `value`, and what attention asked with it."""
        out = self.products[value][self.alive(k)]
        if value in self.weights:
            yield from self._matrices(value, k)
        else:
            yield out.fill, (0.0,)
        for attend in (a for a in self.chain.attends if a.spec.query == value):
            yield asked_rows, (attend, k, self.bases[attend.spec.name][self.alive(k)], out)

    def _matrices(self, value: str, k: int) -> Iterator[Call]:
        uses, B, H = self.plan.feeding(value), self.chain.sizes.B, self.chain.sizes.H
        run, out = slots_run(self.plan, [u.slot for u in uses]), self.products[value][self.alive(k)]
        if run is not None:
            rows = self.deltas.reshape(-1, len(self.names) * H)[k * B * self.causal :, run.start * H : run.stop * H]
            yield np.matmul, (rows, self.weights[value], out.reshape(-1, H))
            return
        for i, use in enumerate(uses):
            block = self.weights[value][i * H : (i + 1) * H]
            yield np.matmul, (self.slot(use.slot, k), block, self.part[self.alive(k)] if i else out)
            if i:
                yield np.add, (out, self.part[self.alive(k)], out)


def rows_of(ws: Workspace) -> Rows:
    """Rows for every timestep of a workspace's own output layer."""
    return reload(Rows(ws), ws)


def reload(rows: Rows, ws: Workspace) -> Rows:
    """The same rows for the workspace's last run."""
    seeds = np.zeros_like(ws.buffers.G.column(ws.cell.output))
    ws.seed(ws.head.delta, seeds)
    rows.load(diagonal=ws.shown(seeds))
    return rows
