"""Figures (a) and the first of (c): a trace against NumPy by hand and against PyTorch loops."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench.measure import Duel, duel, pooled
from bench.opponents.gru import PlainGru, PlainGruAfter
from bench.opponents.lstm import PlainLstm
from bench.opponents.rnn import AugmentedRnn, PlainRnn
from bench.problems import Floats, Problem, make_problem
from bench.report import Figure
from bench.torch_loops import TorchLoop
from core.cells import CELLS
from core.unroll import Workspace

Plain = Callable[[int, int, int, int], Any]

PLAIN: dict[str, Plain] = {
    "rnn-tanh": PlainRnn,
    "lstm": PlainLstm,
    "gru": PlainGru,
    "gru-reset-after": PlainGruAfter,
}
SIZES = ((10, 8, 16, 1.5), (50, 32, 32, 1.25), (100, 64, 64, 1.25), (200, 128, 64, 1.25))


def prepared(problem: Problem, dtype: str = "float64") -> tuple[Workspace, Callable[[], object]]:
    """Our workspace with the problem's weights, and the job: one instrumented forward and backward."""
    ws = Workspace(CELLS[problem.cell], T=problem.T, I=problem.I, H=problem.H, O=problem.O, dtype=dtype)
    ws.load(problem.params)
    x: Floats = problem.x[:, None, :]
    target: Any = problem.target[:, None]
    return ws, lambda: ws.run(x, target)


def agree(ours: Floats, theirs: Floats, name: str) -> None:
    """Contenders that do not compute the same are not compared."""
    error = float(np.abs(ours - theirs).max() / np.abs(theirs).max())
    if not error < 1e-10:
        raise AssertionError(f"{name}: ours and the opponent's differ by {error:.1e}")


def check_gradients(ws: Workspace, theirs: dict[str, Any]) -> None:
    """Every parameter's gradient is the same on both sides."""
    for name, value in theirs.items():
        agree(ws.arrays[f"grad/{name}"].data, value, f"grad/{name}")


def against_plain(problem: Problem, make: Plain, rounds: int) -> Duel:
    """The instrumented run against a plain one."""

    def pair() -> tuple[Callable[[], object], Callable[[], object]]:
        plain = make(problem.T, problem.I, problem.H, problem.O)
        plain.load(problem.params)
        ws, job = prepared(problem)
        job()
        plain.run(problem.x, problem.target)
        check_gradients(ws, plain.gradients())
        return job, lambda: plain.run(problem.x, problem.target)

    return pooled(pair, builds=max(1, rounds // 5), rounds=5)


def instrumented(rounds: int) -> Iterator[Figure]:
    """(a) Everything kept and every norm taken, over loss and gradients only."""
    for T, H, I, target in SIZES:
        for cell, make in PLAIN.items():
            found = against_plain(make_problem(cell, T, H, I=I), make, rounds)
            name = f"{cell} ({T}, {H}): trace over plain NumPy"
            yield Figure("a", name, found.first, found.second, "ms", found.ratio, "<=", target)
    for T, H, I, _ in SIZES[:2]:
        found = against_plain(make_problem("rnn-tanh", T, H, I=I), AugmentedRnn, rounds)
        name = f"rnn-tanh ({T}, {H}): trace over augmented NumPy"
        yield Figure("a", name, found.first, found.second, "ms", found.ratio)


def traces(rounds: int) -> Iterator[Figure]:
    """(c) Our trace against the same gates in a PyTorch loop with retained gradients."""
    for T, H, target in ((50, 32, 7.0), (100, 64, 5.0)):
        for cell in ("rnn-tanh", "lstm"):
            problem = make_problem(cell, T, H)
            (ws, job), loop = prepared(problem), TorchLoop(problem)
            job()
            loop.trace()
            check_gradients(ws, loop.gradients())
            found = duel(job, loop.trace, rounds=rounds)
            yield times(f"{cell} ({T}, {H}): torch gate loop over trace", found, "c", target)


def times(name: str, found: Duel, key: str, target: float | None) -> Figure:
    """A figure in which the opponent's time stands above ours."""
    return Figure(key, name, found.first, found.second, "ms", 1 / found.ratio, ">=", target)
