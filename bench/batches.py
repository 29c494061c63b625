"""Figures (i) and (j): batches against NumPy by hand, and traces against JAX's jitted scan."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench.engine import agree, times
from bench.measure import Job, duel, pooled
from bench.opponents.batch import Batched, BatchGru, BatchLstm, BatchRnn
from bench.opponents.jax_scan import JaxScan
from bench.problems import Floats, make_problem
from bench.report import Figure
from core.cells import CELLS
from core.unroll import Workspace

PLAIN: dict[str, type[Batched]] = {"rnn-tanh": BatchRnn, "lstm": BatchLstm, "gru": BatchGru}


class Contest:
    """A workspace with weights, and a batch for it."""

    def __init__(self, cell: str, T: int, B: int, H: int) -> None:
        problem, rng = make_problem(cell, T, H), np.random.default_rng(1)
        self.cell, self.params, self.sizes = cell, problem.params, (T, B, problem.I, H, problem.O)
        self.x, self.target = rng.standard_normal((T, B, problem.I)), rng.integers(0, problem.O, (T, B))
        self.ws = Workspace(CELLS[cell], T=T, B=B, I=problem.I, H=H, O=problem.O)
        self.ws.load(self.params)

    def trace(self) -> None:
        """Everything kept and every norm taken."""
        self.ws.run(self.x, self.target)

    def keep(self) -> None:
        """Everything kept: all values, deltas and gradients of states; no other gradient of a node, and no norm."""
        ws = self.ws
        np.copyto(ws.x, self.x)
        np.copyto(ws.target, self.target)
        with np.errstate(all="ignore"):
            ws.run_forward()
            ws.run_backward()
            ws.run_gradients()

    def check(self, theirs: dict[str, Floats]) -> None:
        """Every parameter's gradient is the same on both sides."""
        self.trace()
        for name, value in theirs.items():
            agree(self.ws.grads[name], value, f"grad/{name}")


def batches(rounds: int) -> Iterator[Figure]:
    """(i) B = 16 and 32 against plain NumPy."""
    for B in (16, 32):
        for cell, make in PLAIN.items():
            for kept, target in ((True, 1.15), (False, 1.6)):
                found = pooled(pairs(cell, make, B, kept=kept), builds=max(1, rounds // 8), rounds=5)
                what = "everything kept" if kept else "kept, with norms"
                name = f"{cell} (100, 64), B = {B}: {what} over plain NumPy"
                yield Figure("i", name, found.first, found.second, "ms", found.ratio, "<=", target)


def pairs(cell: str, make: type[Batched], B: int, *, kept: bool) -> Callable[[], tuple[Job, Job]]:
    """What builds the two contenders anew."""

    def pair() -> tuple[Job, Job]:
        ours = Contest(cell, 100, B, 64)
        plain = make(*ours.sizes[:3], 64, ours.sizes[-1])
        plain.load(ours.params)
        plain.run(ours.x, ours.target)
        ours.check(plain.gradients())
        return ours.keep if kept else ours.trace, lambda: plain.run(ours.x, ours.target)

    return pair


def compiled(rounds: int) -> Iterator[Figure]:
    """(j) The same outputs by JAX, compiled before."""
    for T, B, H in ((50, 1, 32), (100, 1, 64), (100, 16, 64), (100, 32, 64)):
        for cell in PLAIN:
            ours = Contest(cell, T, B, H)
            theirs: Any = JaxScan(cell, ours.params, ours.x, ours.target)
            ours.check(theirs.gradients())
            found = duel(ours.trace, theirs.trace, rounds=max(3, rounds // 3))
            yield times(f"{cell} ({T}, {H}), B = {B}: JAX's scan over trace", found, "j", 1.0)
