"""Jacobians of the state: ds_t/ds_{t-1} for every step, and the norms of all their products.

For a cell with several states the state is the joint vector, as (h, c). The norms of all T^2 products need no
products: with a pivot m between k and t, ||L R||_F^2 = <L^T L, R R^T>, so the pairs across m are one product of
two tall matrices, and both sides recurse. L^T L is the sum of what the rows of each state give, so the norms of the
states' own blocks come on the way. Everything is rescaled and kept in logarithms: 1e-300 comes out right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from core.arrays import PAIR, Array
from core.coefficients import slot_coefficients
from core.ops import Floats
from core.unroll import Chain

Span = tuple[int, int]
LEAST_ALIGNED = 1e-8
LEAF, LARGE = 8, 96  # ranges so short are done whole; half as short where a matrix is large and a call costs nothing
LOW, HIGH = 1e-40, 1e40  # a running product beyond is brought back to norm 1


@dataclass(frozen=True)
class Part:
    """Gradient rows of the identity, (T, S, H) while every block is diagonal, (T, S, H, H) once a matrix mixed it."""

    data: Floats

    @property
    def diagonal(self) -> bool:
        """Whether no matrix has mixed the units yet."""
        return self.data.ndim == 3

    def scaled(self, k: Floats) -> "Part":
        """Times a coefficient (T, H) of the columns."""
        return Part(self.data * (k[:, None] if self.diagonal else k[:, None, None]))

    def times(self, matrix: Floats) -> Floats:
        """Times a matrix (H, H): (T, S, H, H)."""
        return self.data[..., None] * matrix if self.diagonal else self.data @ matrix

    def dense(self) -> Floats:
        """(T, S, H, H), whatever it was."""
        return self.data[..., None] * np.eye(self.data.shape[-1]) if self.diagonal else self.data


def _sum(parts: list[Part]) -> Part:
    """Their sum, diagonal if all are."""
    if all(p.diagonal for p in parts):
        return Part(reduce(np.add, [p.data for p in parts]))
    return Part(reduce(np.add, [p.dense() for p in parts]))


def step_jacobians(ws: Chain, b: int = 0) -> Floats:
    """d(state_t)/d(state_{t-1}) of sequence `b` for t = 0..T-1: (T, S * H, S * H), the pull-back of the identity.

    Rows and columns are blocks of H, one a state, in the order of `cell.states`.
    """
    plan, states, H, T = ws.buffers.backward, ws.cell.states, ws.sizes.H, ws.sizes.T
    K = slot_coefficients(ws.buffers)
    K = K[:, :, b] if ws.sizes.batch else K
    slots: dict[str, Part] = {}
    totals: dict[str, Part] = {}
    for base in plan.bases:
        terms = [slots[s] for s in base.slots]
        terms += [_unit(T, len(states), states.index(base.name), H)] if base.name in states else []
        terms += [Part(_product(ws, base.name, slots) + _asked(ws, base.name, totals, b))] if base.product else []
        total = totals[base.name] = _sum(terms)
        slots |= {s.name: total.scaled(K[:, i]) for i, s in enumerate(plan.slots) if s.base == base.name}
    out = np.zeros((T, len(states), H, len(states), H))
    for i, state in enumerate(states):
        out[:, :, :, i] = _product(ws, f"{state}_prev", slots) + _asked(ws, f"{state}_prev", totals, b)
        for name in plan.carries.get(state, ()):
            out[:, :, :, i] += slots[name].dense()
    return out.reshape(T, len(states) * H, -1)


def _unit(steps: int, count: int, which: int, H: int) -> Part:
    """The rows of the identity that belong to one state."""
    data = np.zeros((steps, count, H))
    data[:, which] = 1.0
    return Part(data)


def _product(ws: Chain, value: str, slots: dict[str, Part]) -> Floats:
    """delta P of every matrix that multiplied `value`: (T, S, H, H)."""
    parts = [slots[u.slot].times(ws.params[u.parameter]) for u in ws.buffers.backward.feeding(value)]
    return reduce(np.add, parts) if parts else np.zeros(())


def _asked(ws: Chain, value: str, totals: dict[str, Part], b: int) -> Floats:
    """What attention brings back to its query: (T, S, H, H), or nothing."""
    found = np.zeros(())
    for attend in (a for a in ws.attends if a.spec.query == value):
        rows = totals[attend.spec.name].dense()
        flat = np.zeros((len(rows), rows.shape[1] * rows.shape[2], ws.sizes.B, ws.sizes.H))
        flat[:, :, b] = rows.reshape(len(rows), -1, ws.sizes.H)
        pulled = np.stack([attend.pull(t, r)[:, b] for t, r in enumerate(flat)])
        found = found + pulled.reshape(rows.shape)
    return np.asarray(found)


def jacobians(ws: Chain) -> dict[str, Array]:
    """`jacobian/fro` (T, T): ||ds_t/ds_k||_F of the first sequence, and `jacobian/<state>/fro` for joint states."""
    states = ws.cell.states
    names = ["jacobian/fro", *(f"jacobian/{s}/fro" for s in states if len(states) > 1)]
    logs = log_norms(step_jacobians(ws), len(states))
    with np.errstate(all="ignore"):
        return {name: Array(np.exp(log), PAIR) for name, log in zip(names, logs, strict=True)}


def log_norms(J: Floats, states: int = 1) -> list[Floats]:
    """log ||J_t ... J_{k+1}||_F for all t >= k, -inf elsewhere: (T, T), and of the blocks of several states.

    J is (T, n, n); J[0], the derivative by the state before the first step, is not used.
    """
    blocks = [slice(h, h + J.shape[1] // states) for h in range(0, J.shape[1], J.shape[1] // states)]
    outs = [np.full((len(J), len(J)), -np.inf) for _ in (*blocks, *blocks[1:2])]
    leaf = LEAF if J.shape[1] < LARGE else LEAF // 2
    room = np.empty((4 if states == 1 else 6, max(len(J) // 2 + 1, leaf), *J.shape[1:]))
    with np.errstate(all="ignore"):
        for span in _ranges(0, len(J) - 1, leaf):
            (_leaf if span[1] - span[0] < leaf else _across)(J, span, blocks, outs, room)
    return outs


def _ranges(low: int, high: int, leaf: int) -> Iterator[Span]:
    """Every range that the recursion splits."""
    todo = [(low, high)]
    while todo:
        low, high = todo.pop()
        yield low, high
        if high - low < leaf:
            continue
        middle = (low + high) // 2
        todo += [(a, b) for a, b in ((low, middle - 1), (middle + 1, high)) if a <= b]


def _across(J: Floats, span: Span, blocks: list[slice], outs: list[Floats], room: Floats) -> None:
    """All pairs k <= m <= t of a range with the pivot m in its middle."""
    low, high = span
    m = (low + high) // 2
    left, left_log = _chain([J[t] for t in range(m + 1, high + 1)], room[0], after=True)
    right, right_log = _chain([J[k] for k in range(m, low, -1)], room[1], after=False)
    for inner, out in zip(_inner(left, right, blocks, room[2:]), outs, strict=True):
        logs = 0.5 * np.log(inner) + left_log[:, None] + right_log
        out[m : high + 1, low : m + 1] = logs[:, ::-1]


def _leaf(J: Floats, span: Span, blocks: list[slice], outs: list[Floats], room: Floats) -> None:
    """All pairs of a short range by their products, from one room to the other and back."""
    low, high = span
    logs = np.zeros(high - low + 1)
    for i in range(high - low + 1):
        products, before = room[i % 2, : i + 1], room[(i + 1) % 2, :i]
        np.matmul(J[low + i], before[:-1], products[: max(i - 1, 0)])
        products[i - 1] = J[low + i]
        products[i] = np.eye(J.shape[1])
        for block, out in zip((slice(None), *blocks), outs, strict=False):
            part = products[:, block, block].reshape(i + 1, -1)
            out[low + i, low : low + i + 1] = 0.5 * np.log(np.vecdot(part, part)) + logs[: i + 1]
        sizes = np.maximum(products.max(axis=(1, 2)), -products.min(axis=(1, 2)))
        strayed = np.isfinite(sizes) & (sizes > 0) & ~((sizes > LOW) & (sizes < HIGH))
        for k in np.flatnonzero(strayed):
            products[k] /= sizes[k]
            logs[k] += np.log(sizes[k])


def _inner(L: Floats, R: Floats, blocks: list[slice], room: Floats) -> Iterator[Floats]:
    """||L_t R_k||_F^2 for all t and k, (n_t, n_k), and the same of every block where there are several."""
    whole, *pairs = [(part[: len(L)], other[: len(R)]) for part, other in zip(room[::2], room[1::2], strict=True)]
    found = []
    for number, block in enumerate(blocks):
        G, K = pairs[0] if number else whole
        np.matmul(L[:, block].swapaxes(1, 2), L[:, block], G)  # NumPy knows that these are symmetric
        np.matmul(R[:, :, block], R[:, :, block].swapaxes(1, 2), K)
        found += [_met(G, K, L[:, block], R[:, :, block])]
        if number:
            np.add(whole[0], G, whole[0])
            np.add(whole[1], K, whole[1])
    return iter([_met(*whole, L, R), *found] if pairs else found)


def _met(G: Floats, K: Floats, L: Floats, R: Floats) -> Floats:
    """<G_t, K_k> for all t and k, G = L^T L and K = R R^T: (n_t, n_k)."""
    inner = G.reshape(len(G), -1) @ K.reshape(len(K), -1).T
    bound = np.einsum("tii->t", G)[:, None] * np.einsum("kii->k", K)
    for t, k in np.argwhere((inner < LEAST_ALIGNED * bound) & (bound > 0)):
        inner[t, k] = np.square(L[t] @ R[k]).sum()  # nearly orthogonal: the product itself is more exact
    return np.asarray(inner)


def _chain(factors: list[Floats], room: Floats, *, after: bool) -> tuple[Floats, Floats]:
    """The running products of `factors`, from the identity on, each within bounds, and the logarithms left out."""
    products, logs = room[: len(factors) + 1], np.zeros(len(factors) + 1)
    products[0] = np.eye(room.shape[1])
    for i, factor in enumerate(factors, 1):
        first, second = (factor, products[i - 1]) if after else (products[i - 1], factor)
        if i == 1:
            np.copyto(products[1], factor)
        else:
            np.dot(first, second, out=products[i])
        square, logs[i] = float(np.vdot(products[i], products[i])), logs[i - 1]
        if not LOW**2 < square < HIGH**2:
            size = float(np.abs(products[i]).max())
            if size > 0 and np.isfinite(size):
                products[i] /= size
                logs[i] += np.log(size)
    return products, logs


def spectra(ws: Chain) -> dict[str, Array]:
    """`jacobian/spectral` (T, T): the largest singular value of every ds_t/ds_k, exact, one SVD a pair."""
    J = step_jacobians(ws)
    T, n = len(J), J.shape[1]
    out = np.zeros((T, T))
    with np.errstate(all="ignore"):
        for k in range(T):
            products, logs = _chain(list(J[k + 1 :]), np.empty((T - k, n, n)), after=True)
            finite = np.isfinite(products).all(axis=(1, 2))
            largest = np.full(len(products), np.nan)
            largest[finite] = np.linalg.svd(products[finite], compute_uv=False)[:, 0]
            out[k:, k] = largest * np.exp(logs)
    return {"jacobian/spectral": Array(out, PAIR)}
