"""Jacobians of the state: ds_t/ds_{t-1} for every step, and the norms of all their products.

For a cell with several states the state is the joint vector, as (h, c). The norms of all T^2 products need no
products: with a pivot m between k and t, ||L R||_F^2 = <L^T L, R R^T>, so the pairs across m are one product of
two tall matrices, and both sides recurse. Everything is rescaled and kept in logarithms: 1e-300 comes out right.
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
Blocks = tuple[slice, ...]
LEAST_ALIGNED, LEAF = 1e-8, 8
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
    states, H = ws.cell.states, ws.sizes.H
    blocks = {"jacobian/fro": slice(None)}
    if len(states) > 1:
        blocks |= {f"jacobian/{s}/fro": slice(i * H, (i + 1) * H) for i, s in enumerate(states)}
    logs = log_norms(step_jacobians(ws), tuple(blocks.values()))
    with np.errstate(all="ignore"):
        return {name: Array(np.exp(log), PAIR) for name, log in zip(blocks, logs, strict=True)}


def log_norms(J: Floats, blocks: Blocks = (slice(None),)) -> list[Floats]:
    """log ||(J_t ... J_{k+1})[block, block]||_F for all t >= k, -inf elsewhere: (T, T) for each block.

    J is (T, n, n); J[0], the derivative by the state before the first step, is not used.
    """
    outs = [np.full((len(J), len(J)), -np.inf) for _ in blocks]
    room = np.empty((5, max(len(J) // 2 + 1, LEAF), *J.shape[1:]))
    with np.errstate(all="ignore"):
        for span in _ranges(0, len(J) - 1):
            _across(J, span, blocks, outs, room)
    return outs


def _ranges(low: int, high: int) -> Iterator[Span]:
    """Every range that the recursion splits."""
    todo = [(low, high)]
    while todo:
        low, high = todo.pop()
        yield low, high
        if high - low < LEAF:
            continue
        middle = (low + high) // 2
        todo += [(a, b) for a, b in ((low, middle - 1), (middle + 1, high)) if a <= b]


def _across(J: Floats, span: Span, blocks: Blocks, outs: list[Floats], room: Floats) -> None:
    """All pairs k <= m <= t of a range with the pivot m in its middle; a short range is done whole."""
    low, high = span
    if high - low < LEAF:
        return _leaf(J, span, blocks, outs, room)
    m = (low + high) // 2
    left, left_log = _chain([J[t] for t in range(m + 1, high + 1)], room[0], after=True)
    right, right_log = _chain([J[k] for k in range(m, low, -1)], room[1], after=False)
    for block, out in zip(blocks, outs, strict=True):
        inner = _inner(left[:, block], right[:, :, block], room[2:])
        logs = 0.5 * np.log(inner) + left_log[:, None] + right_log
        out[m : high + 1, low : m + 1] = logs[:, ::-1]
    return None


def _leaf(J: Floats, span: Span, blocks: Blocks, outs: list[Floats], room: Floats) -> None:
    """All pairs of a short range by their products, from one room to the other and back."""
    low, high = span
    logs = np.zeros(high - low + 1)
    for i in range(high - low + 1):
        products, before = room[i % 2, : i + 1], room[(i + 1) % 2, :i]
        np.matmul(J[low + i], before, products[:i])
        products[i] = np.eye(J.shape[1])
        for block, out in zip(blocks, outs, strict=True):
            part = products[:, block, block].reshape(i + 1, -1)
            out[low + i, low : low + i + 1] = 0.5 * np.log(np.vecdot(part, part)) + logs[: i + 1]
        sizes = np.maximum(products.max(axis=(1, 2)), -products.min(axis=(1, 2)))
        strayed = np.isfinite(sizes) & (sizes > 0) & ~((sizes > LOW) & (sizes < HIGH))
        for k in np.flatnonzero(strayed):
            products[k] /= sizes[k]
            logs[k] += np.log(sizes[k])


def _inner(L: Floats, R: Floats, room: Floats) -> Floats:
    """||L_t R_k||_F^2 for all t and k: (n_t, n_k)."""
    # The copies keep NumPy from the symmetric product, which is slower at these sizes.
    copy, G, K = (part[: max(len(L), len(R))] for part in room)
    G, K, wide, tall = G[: len(L)], K[: len(R)], _shaped(copy, L.shape), _shaped(copy, R.swapaxes(1, 2).shape)
    np.copyto(wide, L)
    np.matmul(L.swapaxes(1, 2), wide, G)
    np.copyto(tall, R.swapaxes(1, 2))
    np.matmul(R, tall, K)
    inner = G.reshape(len(G), -1) @ K.reshape(len(K), -1).T
    bound = np.einsum("tii->t", G)[:, None] * np.einsum("kii->k", K)
    for t, k in np.argwhere((inner < LEAST_ALIGNED * bound) & (bound > 0)):
        inner[t, k] = np.square(L[t] @ R[k]).sum()  # nearly orthogonal: the product itself is more exact
    return np.asarray(inner)


def _shaped(room: Floats, shape: tuple[int, ...]) -> Floats:
    """The beginning of a room in this shape."""
    return room.reshape(-1)[: np.prod(shape, dtype=int)].reshape(shape)


def _chain(factors: list[Floats], room: Floats, *, after: bool) -> tuple[Floats, Floats]:
    """The running products of `factors`, from the identity on, each within bounds, and the logarithms left out."""
    products, logs = room[: len(factors) + 1], np.zeros(len(factors) + 1)
    products[0] = np.eye(room.shape[1])
    for i, factor in enumerate(factors, 1):
        first, second = (factor, products[i - 1]) if after else (products[i - 1], factor)
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
