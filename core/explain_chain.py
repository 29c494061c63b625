"""The chain behind a contribution: delta_t J_t ... J_{k+1}, factor by factor, for a single chain of steps."""

from functools import reduce
from typing import Any

import numpy as np

from core.geometry import Way, is_plain, way_of
from core.norms import norms
from core.ops import Floats
from core.reading import error, number
from core.trace import Trace
from core.wiring import Wiring

MOST, FIRST = 12, 5  # factors told one by one; with more, so many of them before the fold
WIDEST, MOST_VALUES = 16, 16  # matrices up to this size are told whole; so many singular values
MOST_WORK = 2.5e8  # steps n^3 beyond which nothing is multiplied


def chain_of(trace: Trace, wiring: Wiring, t: int, k: int) -> dict[str, Any] | None:
    """The error's gradient at step t and each Jacobian on its way back to step k; None where no such way is.

    Every factor has its singular values; `norm` is that of the product of all Jacobians so far, and `carried` that of
    the error's gradient times this product: what of it still arrives. A factor from step a to step b < a - 1 is the
    product of those between.
    """
    if not is_plain(wiring) or k > t or too_long(trace, wiring, t, k):
        return None
    way = way_of(trace)
    n = way.n
    delta = _delta(trace, way, t)
    J = way.jacobians(slice(k + 1, t + 1))[::-1] if t > k else np.zeros((0, n, n))
    product, factors = np.eye(n), []
    with np.errstate(all="ignore"):
        for start, end in _spans(t, k):
            factor = reduce(np.matmul, J[t - start : t - end])
            product = product @ factor
            factors.append(_factor(start, end, factor) | _sizes(product, delta))
    return {"t": t, "k": k, "states": list(way.cell.states), "delta": _told_delta(delta), "factors": factors}


def too_long(trace: Trace, wiring: Wiring, t: int, k: int) -> bool:
    """Whether multiplying the Jacobians of a single chain from step t back to step k would take too long."""
    n = sum(len(cell.states) for cell in wiring.cells.values()) * trace.dims["hidden"]
    return is_plain(wiring) and (t - k) * n**3 > MOST_WORK


def _spans(t: int, k: int) -> list[tuple[int, int]]:
    """From which step to which each factor leads; the middle of a long chain is one."""
    steps = [(j, j - 1) for j in range(t, k, -1)]
    if len(steps) <= MOST:
        return steps
    rest = MOST - FIRST - 1
    return [*steps[:FIRST], (t - FIRST, k + rest), *steps[-rest:]]


def _delta(trace: Trace, way: Way, t: int) -> Floats:
    """The gradient of the error of step t by the joint state after it: (n,), only through the output layer."""
    H, states = trace.dims["hidden"], way.cell.states
    out = np.zeros(way.n)
    at = states.index(way.cell.output) * H
    out[at : at + H] = error(trace, t) @ trace["param/V"]
    return out


def _told_delta(delta: Floats) -> dict[str, Any]:
    return {"norm": _norm(delta), "vector": _rounded(delta) if len(delta) <= WIDEST else None}


def _factor(start: int, end: int, J: Floats) -> dict[str, Any]:
    found = np.linalg.svd(J, compute_uv=False)[:MOST_VALUES] if np.isfinite(J).all() else np.zeros(0)
    matrix = [_rounded(row) for row in J] if len(J) <= WIDEST else None
    return {"from": start, "to": end, "singular": found.tolist(), "matrix": matrix}


def _sizes(product: Floats, delta: Floats) -> dict[str, Any]:
    return {"norm": _norm(product), "carried": _norm(delta @ product)}


def _norm(values: Floats) -> float | None:
    """The Euclidean norm of all of them."""
    out = np.zeros(1)
    norms(np.ascontiguousarray(values).reshape(1, -1), out)
    return number(float(out[0]))


def _rounded(row: Floats) -> list[float | None]:
    """Six digits are enough for a picture."""
    return [None if (v := number(value)) is None else float(f"{v:.6g}") for value in row.tolist()]
