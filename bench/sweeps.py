"""Figures (b) and the second of (c): the (t, k) matrix and the Jacobian norms against PyTorch loops."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from bench.engine import agree, prepared, times
from bench.measure import duel
from bench.problems import Problem, make_problem
from bench.report import Figure
from bench.torch_loops import TorchLoop, jacobian_products
from core.gradients import contributions
from core.jacobians import jacobians
from core.sweep import Rows


def matrix(rounds: int) -> Iterator[Figure]:
    """(b) Forward, backward and the whole (t, k) matrix of W, U and b, against PyTorch's."""
    for cell, target, best in (("rnn-tanh", 60.0, 9.0), ("lstm", 45.0, 5.5)):
        problem = make_problem(cell, 200, 64)
        job, loop = with_matrix(problem), TorchLoop(problem)
        mine = job()
        for name, value in loop.contributions().items():
            agree(mine[f"contribution/{name}"].data, value.numpy(), f"contribution/{name}")
        few, more = 3, max(3, rounds // 3)
        found = duel(job, loop.contributions, rounds=few)
        yield times(f"{cell} (200, 64): autograd.grad loop over (t, k) matrix", found, "b", target)
        found = duel(job, loop.delta_norms, rounds=more)
        yield times(f"{cell} (200, 64): torch.func.jacrev over (t, k) matrix", found, "b", best)
        found = duel(with_matrix(problem, shares=True), job, rounds=more)
        name = f"{cell} (200, 64): (t, k) matrix with signed shares over without"
        yield Figure("b", name, found.first, found.second, "ms", found.ratio)


def single(rounds: int) -> Iterator[Figure]:
    """(k) The (t, k) matrix in float32 over float64, T = 400, H = 128, and how far it is off."""
    for cell in ("rnn-tanh", "lstm", "gru"):
        problem = make_problem(cell, 400, 128)
        short, long = alone(problem, "float32"), alone(problem, "float64")
        far = max(distance(short(), long()))
        found = duel(short, long, rounds=max(3, rounds // 8))
        name = f"{cell} (400, 128): (t, k) matrix in float32 over float64"
        yield Figure("k", name, found.first, found.second, "ms", found.ratio, "<=", 0.7)
        yield Figure("k", f"{cell} (400, 128): largest relative error of an entry", far, None, "", far, "<=", 1e-3)


def alone(problem: Problem, dtype: str) -> Callable[[], dict[str, Any]]:
    """The job: the matrix after a run."""
    ws, run = prepared(problem, dtype)
    run()
    rows = Rows(ws)
    return lambda: dict(contributions(ws, shares=False, rows=rows))


def distance(short: dict[str, Any], long: dict[str, Any]) -> Iterator[float]:
    """The largest relative error of each matrix."""
    for name, right in long.items():
        there = right.data > 0
        yield float((np.abs(short[name].data - right.data)[there] / right.data[there]).max())


def with_matrix(problem: Problem, *, shares: bool = False) -> Callable[[], dict[str, Any]]:
    """The job: forward, backward, then the sweep with T rows, all in reused buffers."""
    ws, run = prepared(problem)
    run()
    rows = Rows(ws)

    def job() -> dict[str, Any]:
        run()
        return dict(contributions(ws, shares=shares, rows=rows))

    return job


def jacobian_norms(_rounds: int) -> Iterator[Figure]:
    """(c) All pairs of |ds_t/ds_k| against the loop of products."""
    problem = make_problem("rnn-tanh", 200, 64)
    problem.params["U"] = np.linalg.qr(problem.params["U"])[0]
    ws, job = prepared(problem)
    job()
    slopes = torch.tensor(1 - ws.arrays["s"].data[:, 0] ** 2)
    U = torch.tensor(problem.params["U"])
    agree(jacobians(ws)["jacobian/fro"].data, jacobian_products(U, slopes).numpy(), "jacobian/fro")
    found = duel(lambda: jacobians(ws), lambda: jacobian_products(U, slopes), rounds=3)
    yield times("rnn-tanh (200, 64): Jacobian norms, torch products over ours", found, "c", 5.0)
