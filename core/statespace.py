"""A cell as a map of its state space: fixed points, Lyapunov exponents, vector fields, principal components, spectra.

A point is a joint state (n,): all states of the cell side by side, as (h, c). Under a constant input a timestep is
a map s -> F(s), and everything here is a reading of F and of its exact Jacobian.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.arrays import Array
from core.equations import Cell
from core.errors import UnrolledError
from core.jacobians import step_jacobians
from core.ops import Floats
from core.step import Named, advance, jacobian, push
from core.unroll import Workspace

Complexes = np.ndarray[Any, np.dtype[np.complex128]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
MARGIN, SAME = 1e-6, 1e-5  # from the unit circle; between points that are one


@dataclass(frozen=True)
class FixedPoint:
    """F(s) = s to within `residual`; `eigenvalues` (n,) of dF/ds there, largest first.

    `kind`: an `attractor` pulls from all sides, a `repeller` pushes to all, a `saddle` does both, and `marginal` is
    one with an eigenvalue on the unit circle. `turns` says whether the leading eigenvalue has an angle.
    """

    state: Floats
    residual: float
    eigenvalues: Complexes

    @property
    def kind(self) -> str:
        """What happens near it."""
        sizes = np.abs(self.eigenvalues)
        if (np.abs(sizes - 1) < MARGIN).any():
            return "marginal"
        return "attractor" if (sizes < 1).all() else "repeller" if (sizes > 1).all() else "saddle"

    @property
    def turns(self) -> bool:
        """Whether what starts nearby spirals or alternates instead of coming straight."""
        leading = self.eigenvalues[0]
        return bool(abs(leading.imag) > MARGIN * abs(leading) or leading.real < 0)


def fixed_points(
    cell: Cell, params: Named, x: Floats, starts: Floats, *, steps: int = 200, within: float = 1e-11
) -> tuple[FixedPoint, ...]:
    """The distinct fixed points under a constant input x (I,) that a search from `starts` (N, n) reaches.

    Minimises ||F(s) - s||^2 from every start at once; a minimum that is not zero to `within` is no fixed point.
    """
    with np.errstate(all="ignore"):
        points = _descend(cell, params, x, starts, steps)
        residuals = np.linalg.norm(advance(cell, params, x, points) - points, axis=-1)
    good = residuals <= within * (1 + np.abs(points).max(axis=-1))
    return tuple(_classified(cell, params, x, points[i]) for i in _distinct(points, residuals, good))


def _descend(cell: Cell, params: Named, x: Floats, starts: Floats, steps: int) -> Floats:
    """Newton's method, damped by mu ||r||^2: (A^T A + mu ||r||^2) step = -A^T r with A = J - I, r = F(s) - s.

    The damping vanishes at a root, so convergence stays quadratic; a step that would not help is not taken and
    makes mu larger.
    """
    points, mu = starts.copy(), np.ones(len(starts))
    for _ in range(steps):
        r = advance(cell, params, x, points) - points
        size = np.vecdot(r, r)
        A = jacobian(cell, params, x, points) - np.eye(points.shape[-1])
        moved = points - _damped_solution(A, r, mu * np.minimum(size, 1.0))
        after = advance(cell, params, x, moved) - moved
        better = np.vecdot(after, after) < size
        points = np.where(better[:, None], moved, points)
        mu = np.where(better, mu / 4, mu * 4)
        if not (better | ((size > 0) & (mu < 1e12))).any():
            break
    return points


def _damped_solution(A: Floats, r: Floats, damping: Floats) -> Floats:
    """(A^T A + damping)^-1 A^T r for each of N: (N, n, n), (N, n), (N,) -> (N, n)."""
    normal = A.transpose(0, 2, 1) @ A
    least = 1e-13 * np.einsum("nii->n", normal) + 1e-300  # a singular J - I must not stop the others
    normal += (damping + least)[:, None, None] * np.eye(A.shape[-1])
    finite = np.isfinite(normal.sum(axis=(1, 2)) + r.sum(axis=1))
    normal[~finite], right = np.eye(A.shape[-1]), np.where(finite[:, None], np.einsum("nij,ni->nj", A, r), 0.0)
    return np.asarray(np.linalg.solve(normal, right[..., None])[..., 0])


def _distinct(points: Floats, residuals: Floats, good: Bools) -> list[int]:
    """One index for each group of equal points, the most exact, in the order of the points' coordinates."""
    chosen: list[int] = []
    for i in sorted(np.flatnonzero(good).tolist(), key=lambda i: float(residuals[i])):
        gaps = np.linalg.norm(points[chosen] - points[i], axis=-1)
        if not (gaps < SAME * (1 + np.linalg.norm(points[i]))).any():
            chosen.append(i)
    return sorted(chosen, key=lambda i: tuple(points[i].tolist()))


def _classified(cell: Cell, params: Named, x: Floats, state: Floats) -> FixedPoint:
    found = np.linalg.eigvals(jacobian(cell, params, x, state)).astype(complex)
    residual = float(np.linalg.norm(advance(cell, params, x, state) - state))
    return FixedPoint(state, residual, _by_size(found))


def _by_size(values: Complexes) -> Complexes:
    """(..., n) by falling absolute value; of a conjugate pair the one with the positive angle first."""
    order = np.lexsort((-values.imag, -np.abs(values).round(12)), axis=-1)
    return np.take_along_axis(values, order, axis=-1)


# -- along a trajectory -------------------------------------------------------------------------------------


def lyapunov(
    cell: Cell, params: Named, inputs: Floats, start: Floats, directions: Floats, *, skip: int = 0
) -> tuple[Floats, Floats]:
    """Lyapunov exponents (K,), largest first, and how each direction grew at each step (T, K), as logarithms.

    The method of QR: `directions` (n, K) are pushed through the Jacobians of a run over inputs (T, I) from `start`
    (n,) and made orthonormal again at each step. The first `skip` steps, while they turn, do not count.
    """
    state, Q = start, np.linalg.qr(directions)[0]
    growth = np.zeros((len(inputs), Q.shape[1]))
    with np.errstate(divide="ignore"):
        for t, x in enumerate(inputs):
            state, moved = push(cell, params, x, state, Q)
            Q, R = np.linalg.qr(moved)
            growth[t] = np.log(np.abs(np.diag(R)))
    return np.sort(growth[skip:].mean(axis=0))[::-1], growth


def trajectory(cell: Cell, params: Named, inputs: Floats, start: Floats) -> Floats:
    """The joint states from `start` (n,) on, which comes first: inputs (T, I) -> (T + 1, n)."""
    states = [start]
    for x in inputs:
        states.append(advance(cell, params, x, states[-1]))
    return np.stack(states)


def grid(low: Floats, high: Floats, count: int) -> Floats:
    """Points of a rectangle with corners (2,): (count, count, 2); [i, j] has its first coordinate from i."""
    axes = [np.linspace(a, b, count) for a, b in zip(low, high, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def vector_field(cell: Cell, params: Named, inputs: Floats, points: Floats) -> Floats:
    """How far a step moves each point under each input: inputs (K, I), points (..., 2) -> (K, ..., 2).

    For joint states of two numbers: two units, or one unit of a cell with two states.
    """
    if points.shape[-1] != 2:
        raise UnrolledError(f"a vector field needs a joint state of two numbers, not of {points.shape[-1]}")
    return np.stack([advance(cell, params, x, points) - points for x in inputs])


@dataclass(frozen=True)
class Components:
    """Principal components: `center` (n,), orthonormal `axes` (C, n), their `shares` (C,) of the variance.

    `places` (T, C) are the points on those axes.
    """

    center: Floats
    axes: Floats
    shares: Floats
    places: Floats

    def place(self, points: Floats) -> Floats:
        """Other points of the same space on the same axes: (..., n) -> (..., C)."""
        return np.asarray((points - self.center) @ self.axes.T)


def principal_components(points: Floats, count: int) -> Components:
    """The `count` directions along which points (T, n) vary most; each points to its largest coordinate."""
    center = points.mean(axis=0)
    _, sizes, axes = np.linalg.svd(points - center, full_matrices=False)
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    axes = (axes * np.where(largest < 0, -1.0, 1.0))[:count]
    total = np.square(sizes).sum()
    shares = np.square(sizes[:count]) / (total if total > 0 else 1.0)
    return Components(center, axes, shares, (points - center) @ axes.T)


def eigenvalues(ws: Workspace, b: int = 0) -> dict[str, Array]:
    """The spectrum of each step's Jacobian, by falling size: `jacobian/eigen/real` and `/imag`, (T, n)."""
    found = eigenvalue_rows(step_jacobians(ws, b))
    return {f"jacobian/eigen/{part}": Array(getattr(found, part), ("time", "joint")) for part in ("real", "imag")}


def eigenvalue_rows(J: Floats) -> Complexes:
    """The eigenvalues of each matrix, by falling size, nan where it is not finite: (T, n, n) -> (T, n)."""
    finite = np.isfinite(J).all(axis=(1, 2))
    found = np.full(J.shape[:2], np.nan, dtype=complex)
    found[finite] = _by_size(np.linalg.eigvals(J[finite]).astype(complex))
    return found
