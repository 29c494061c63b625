"""Readings of the backward sweep: who contributed what to which error, and what truncation loses.

For B = 1 the contribution of a matrix P at step k to the error at t is delta_{t,k} v_k^T, rank one: its Frobenius
norm is |delta| |v|, so no weight-shaped array is formed. For a batch it is a sum of B such terms, whose squared
norm is the inner product of two B x B Gram matrices.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from core.adjoint import Use
from core.arrays import PAIR, Array
from core.norms import BOUNDS, largest, norms, stacked, steady
from core.ops import Floats
from core.sweep import Rows, Visit, reload, rows_of
from core.unroll import Chain, Workspace, weight_dims

MOST_DELTAS = 16_000_000


def uses_of(ws: Chain) -> tuple[Use, ...]:
    """The uses of the cell's parameters, in the order in which the cell declares them."""
    order = [p.name for p in ws.cell.parameters]
    return tuple(sorted(ws.buffers.backward.uses, key=lambda u: order.index(u.parameter)))


def values(ws: Chain, use: Use) -> Floats:
    """What the parameter met at each step: (T, B, columns), or ones for a bias."""
    if use.value is None:
        return np.ones((ws.sizes.T, ws.sizes.B, 1))
    return ws.x if use.value == "x" else ws.shown(ws.buffers.column(use.value))


def gradient(ws: Chain, use: Use) -> Floats:
    """The whole gradient of a use's parameter as (H, columns)."""
    return ws.grads[use.parameter].reshape(ws.sizes.H, -1)


def contributions(ws: Workspace, *, shares: bool = True, rows: Rows | None = None) -> dict[str, Array]:
    """The (t, k) matrices of the last run: see `chain_contributions`."""
    return chain_contributions(ws, reload(rows, ws) if rows else rows_of(ws), shares=shares)


def chain_contributions(ws: Chain, sweep: Rows, *, shares: bool = True, also: Visit | None = None) -> dict[str, Array]:
    """The (t, k) matrices of a loaded sweep: `contribution/P` norms, and signed shares `contribution_dot/P`.

    Rows are errors t, columns uses k; all entries with k > t are zero. `P` is each parameter, and for cells with
    several of a kind also W, U and b for all of them stacked. `also` sees every step of the sweep, too.
    """
    uses, shape = uses_of(ws), (sweep.count, ws.sizes.T)
    sizes, dots = ({p.name: np.zeros(shape) for p in ws.cell.parameters} for _ in range(2))
    scale = largest(*(ws.grads[p.name] for p in ws.cell.parameters))
    scaled = ws.sizes.B == 1 and not (sweep.seeds or also or ws.attends)  # what reads these knows of exponents
    reader = _Norms(ws, sweep, uses, scaled=scaled) if ws.sizes.B == 1 else None
    readers = [reader.visit if reader else _gram_reader(ws, sweep, uses, sizes)]
    readers += [_share_reader(ws, sweep, dots, scale, scaled=scaled)] if shares else []
    readers += [_attention_reader(ws, sweep, sizes, dots, scale)] if ws.attends else []
    readers += [also] if also else []

    def visit(k: int, deltas: Floats) -> None:
        for read in readers:
            read(k, deltas)

    sweep.run(visit if len(readers) > 1 else readers[0], lean=True, scaled=scaled)
    with np.errstate(all="ignore"):
        if reader:
            reader.finish(sizes)
        return _gathered(ws, sizes, {n: d / scale for n, d in dots.items()} if shares else {}, scale)


def _gathered(ws: Chain, sizes: dict[str, Floats], dots: dict[str, Floats], scale: float) -> dict[str, Array]:
    """The matrices of every parameter and group; `dots` are inner products with the gradient, both over `scale`."""
    found = {}
    for name, members in grouped(ws).items():
        found[f"contribution/{name}"] = Array(stacked([sizes[m] for m in members]), PAIR)
        if dots:
            whole = sum(float(np.square(ws.grads[m] / scale).sum()) for m in members)
            share = sum(dots[m] for m in members) / (whole or 1.0)
            found[f"contribution_dot/{name}"] = Array(np.asarray(share), PAIR)
    return found


def grouped(ws: Chain) -> dict[str, tuple[str, ...]]:
    """Each parameter alone, and W, U, b as all parameters of a kind, unless one of them has that very name."""
    single = {p.name: (p.name,) for p in ws.cell.parameters}
    kinds = {g: tuple(p.name for p in ws.cell.parameters if p.group == g) for g in "WUb"}
    return {n: names for n, names in {**kinds, **single}.items() if names}


class _Norms:
    """|delta| of every slot that a parameter meets, from squares that are looked at once the sweep is done."""

    def __init__(self, ws: Chain, sweep: Rows, uses: tuple[Use, ...], *, scaled: bool) -> None:
        self.ws, self.sweep, self.uses, self.scaled = ws, sweep, uses, scaled
        wanted = [i for i, n in enumerate(sweep.names) if n in {u.slot for u in uses}]
        self.picked, self.place = _picked(wanted), {sweep.names[i]: j for j, i in enumerate(wanted)}
        self.squares = np.ones((ws.sizes.T, sweep.count, len(wanted)), ws.sizes.dtype)
        self.exponents = np.zeros(self.squares.shape[:2], dtype=np.intc)
        with np.errstate(all="ignore"):
            self.fill = _squares(sweep, self.place)

    def visit(self, k: int, deltas: Floats) -> None:
        """Squares of step k."""
        self.fill(k, deltas, self.squares[k, self.sweep.alive(k)])
        if self.scaled:
            self.exponents[k] = self.sweep.exponents

    def _again(self, k: int, deltas: Floats) -> None:
        """The same as norms, where squares have lost digits."""
        self.visit(k, deltas)
        steady(deltas[:, 0, self.picked], self.squares[k, self.sweep.alive(k)])

    def finish(self, sizes: dict[str, Floats]) -> None:
        """sizes[P] (rows, T) = |delta| |v|; a sweep whose squares have lost digits is done over with care."""
        if not self.place:
            return
        if self._lost():
            self.sweep.run(self._again, scaled=self.scaled)
        else:
            np.sqrt(self.squares, self.squares)
        norms_of = self.squares.transpose(2, 1, 0).astype(np.float64, order="C")
        if self.scaled and self.exponents.any():
            np.ldexp(norms_of, self.exponents.T, norms_of)
        if self.sweep.causal:
            norms_of *= np.tri(self.sweep.count)
        met = np.zeros((self.ws.sizes.T, 1))
        for use in self.uses:
            norms(values(self.ws, use), met)
            np.multiply(norms_of[self.place[use.slot]], met[:, 0], out=sizes[use.parameter])

    def _lost(self) -> bool:
        """Whether a square is beyond the bounds, but for zeros that are certain: no coefficient, or no loss at all."""
        by_slot, (low, high) = self.squares.swapaxes(1, 2), BOUNDS[self.squares.dtype]
        dead = ~self.sweep.coefficients[:, 0, self.picked].any(axis=-1)
        by_slot[dead] = 1.0
        lost = not (by_slot.min() > low and by_slot.max() < high)
        if lost and self.sweep.causal and not self.sweep.seeds:
            heard = by_slot[:, :, self.sweep.diagonal.any(axis=(1, 2))]
            lost = not (heard.min(initial=1.0) > low and heard.max(initial=1.0) < high)
        by_slot[dead] = 0.0
        return lost


def _picked(index: list[int]) -> slice | list[int]:
    """Neighbours as a slice, which makes a view."""
    if not index:
        return slice(0, 0)
    return slice(index[0], index[-1] + 1) if index[-1] - index[0] == len(index) - 1 else index


def _squares(sweep: Rows, place: dict[str, int]) -> Callable[[int, Floats, Floats], None]:
    """|delta|^2 of the slots that have a place, one product for each base: delta = c g, so |delta|^2 = c^2 . g^2."""
    work = np.zeros_like(sweep.part[:, 0])
    groups = []
    for base in sweep.plan.bases:
        index = [i for i, s in enumerate(sweep.plan.slots) if s.base == base.name and s.name in place]
        if index:
            columns = _picked([place[sweep.names[i]] for i in index])
            groups.append((base.name, np.square(sweep.coefficients[:, 0, _picked(index)]), columns))

    def fill(k: int, _deltas: Floats, out: Floats) -> None:
        for base, coefficient, columns in groups:
            alive = sweep.gradient(base, k)[:, 0]
            square = np.multiply(alive, alive, out=work[: len(alive)])
            out[:, columns] = square @ coefficient[k].T

    def fill_one(_k: int, deltas: Floats, out: Floats) -> None:
        np.vecdot(deltas[:, 0, 0], deltas[:, 0, 0], out=out[:, 0])

    return fill_one if len(sweep.names) == len(place) == 1 else fill


def _gram_reader(ws: Chain, sweep: Rows, uses: tuple[Use, ...], sizes: dict[str, Floats]) -> Visit:
    """The same for a batch: the root of <V V^T, D D^T>."""
    grams = {u.parameter: v @ v.transpose(0, 2, 1) for u in uses for v in (values(ws, u),)}

    def visit(k: int, _deltas: Floats) -> None:
        for use in uses:
            rows = sweep.slot(use.slot, k)
            unit = np.abs(rows).max(axis=(1, 2), keepdims=True)
            rows = rows / np.where((unit > 0) & np.isfinite(unit), unit, 1.0)
            square = np.einsum("rbc,bc->r", rows @ rows.transpose(0, 2, 1), grams[use.parameter][k])
            sizes[use.parameter][sweep.alive(k), k] = np.sqrt(np.maximum(square, 0.0)) * unit[:, 0, 0]

    return visit


def _attention_reader(ws: Chain, sweep: Rows, sizes: dict[str, Floats], dots: dict[str, Floats], scale: float) -> Visit:
    """The same for the weights that score and mix, whose contributions are not of rank one."""
    if ws.sizes.B == 1:
        return _one_looked_at(ws, sweep, sizes, dots, {n: g / scale for n, g in ws.grads.items()})

    def visit(k: int, _deltas: Floats) -> None:
        alive = sweep.alive(k)
        for attend in ws.attends:
            for name, rows in attend.parameter_rows(k, sweep.gradient(attend.spec.name, k)).items():
                flat = rows.reshape(len(rows), -1)
                sizes[name][alive, k] = np.linalg.norm(flat, axis=1)
                dots[name][alive, k] = flat @ (ws.grads[name].ravel() / scale)

    return visit


def _one_looked_at(
    ws: Chain, sweep: Rows, sizes: dict[str, Floats], dots: dict[str, Floats], grads: dict[str, Floats]
) -> Visit:
    """The same for one sequence, without forming a matrix for every pair."""
    learnt = [a for a in ws.attends if a.spec.keys or a.spec.values or a.spec.score]
    turned = [a.turned(grads) for a in learnt]

    def visit(k: int, _deltas: Floats) -> None:
        for attend, met in zip(learnt, turned, strict=True):
            rows = sweep.gradient(attend.spec.name, k), sweep.slopes[attend.spec.name]
            for name, (lengths, products) in attend.looked_at(k, rows, grads, met).items():
                sizes[name][sweep.alive(k), k], dots[name][sweep.alive(k), k] = lengths, products

    return visit


def _share_reader(ws: Chain, sweep: Rows, dots: dict[str, Floats], scale: float, *, scaled: bool) -> Visit:
    """Inner products of column k with the whole gradient over `scale`: delta . (G v_k) = g . (c * G v_k)."""
    base = {s.name: s.base for s in sweep.plan.slots}
    groups = []
    for name in {base[u.slot]: None for u in uses_of(ws)}:
        uses = [u for u in uses_of(ws) if base[u.slot] == name]
        turned = [
            values(ws, u) @ (gradient(ws, u) / scale).T * sweep.coefficients[:, :, sweep.names.index(u.slot)]
            for u in uses
        ]
        matrix = np.stack([t.reshape(len(t), -1) for t in turned], axis=-1)
        groups.append((name, uses, matrix, np.zeros((ws.sizes.T, sweep.count, len(uses)))))

    def visit(k: int, _deltas: Floats) -> None:
        alive = sweep.alive(k)
        powers = np.ldexp(1.0, sweep.exponents[alive])[:, None] if scaled else None
        for name, uses, matrix, found in groups:
            rows, out = sweep.gradient(name, k), found[k, alive]
            np.matmul(rows.reshape(len(rows), -1), matrix[k], out)
            if powers is not None:
                np.multiply(out, powers, out)
            for i, use in enumerate(uses) if k == 0 else ():
                np.copyto(dots[use.parameter], found[:, :, i].T)

    return visit


# -- truncated backpropagation through time -----------------------------------------------------------------


def truncation(ws: Workspace, window: int | None, *, rows: Rows | None = None) -> dict[str, Array]:
    """The gradients that a window t - k < `window` leaves (`truncated/P`), and how far they are from the whole.

    `truncation/cosine` and `truncation/norm_ratio` compare all parameters of the cell at once; the same for every
    window 1..T stand in `..._by_window` where T is small enough to keep all deltas.
    """
    steps = ws.sizes.T if window is None else min(window, ws.sizes.T)
    uses, sweep = uses_of(ws), reload(rows, ws) if rows else rows_of(ws)
    sums = np.zeros_like(sweep.deltas)
    keep = sweep.deltas.size * ws.sizes.T <= MOST_DELTAS
    lags = np.zeros((ws.sizes.T, *sweep.deltas.shape) if keep else (0,))

    def visit(k: int, deltas: Floats) -> None:
        np.sum(deltas[:steps], axis=0, out=sums[k])
        if keep:
            lags[k, : len(deltas)] = deltas

    sweep.run(visit)
    cut = {u.parameter: _product(sums[:, :, sweep.names.index(u.slot)], values(ws, u)) for u in uses}
    if steps >= ws.sizes.T:
        cut = {u.parameter: gradient(ws, u) for u in uses}
    shaped = {n: g.reshape(ws.grads[n].shape) for n, g in cut.items()}
    found = {f"truncated/{n}": Array(g, weight_dims(ws.cell, n)) for n, g in shaped.items()} if window else {}
    with np.errstate(all="ignore"):
        found |= _named(_compared(ws, [cut])[0], "", ())
        every = _compared(ws, _windows(ws, sweep, uses, lags)) if keep else []
    return found | (_named(tuple(zip(*every, strict=True)), "_by_window", ("window",)) if keep else {})


def _named(pair: tuple[Any, ...], suffix: str, dims: tuple[str, ...]) -> dict[str, Array]:
    names = ("cosine", "norm_ratio")
    return {f"truncation/{n}{suffix}": Array(np.array(v), dims) for n, v in zip(names, pair, strict=True)}


def _product(deltas: Floats, met: Floats) -> Floats:
    """The sum over steps and batch of delta v^T: (H, columns)."""
    return deltas.reshape(-1, deltas.shape[-1]).T @ met.reshape(-1, met.shape[-1])


def _windows(ws: Workspace, sweep: Rows, uses: tuple[Use, ...], lags: Floats) -> Iterator[dict[str, Floats]]:
    """The truncated gradients of window 1, 2, ... T, each the one before plus one diagonal of the matrix."""
    T = ws.sizes.T
    met = {u.parameter: values(ws, u) for u in uses}
    total = {u.parameter: np.zeros_like(gradient(ws, u)) for u in uses}
    for lag in range(T - 1):
        for use in uses:
            deltas = lags[: T - lag, lag, :, sweep.names.index(use.slot)]
            total[use.parameter] += _product(deltas, met[use.parameter][: T - lag])
        yield total
    yield {u.parameter: gradient(ws, u) for u in uses}


def _compared(ws: Workspace, cuts: Iterable[dict[str, Floats]]) -> list[tuple[float, float]]:
    """Cosine and ratio of norms between each truncated gradient and the whole, all parameters as one vector."""
    names = [p.name for p in ws.cell.parameters]
    scale = largest(*(ws.grads[n] for n in names))
    nothing = np.zeros(0)  # a cell may have no weights at all
    whole = np.concatenate([nothing, *(ws.grads[n].ravel() for n in names)]) / scale
    norm = np.sqrt(whole @ whole)
    found = []
    for cut in cuts:
        part = np.concatenate([nothing, *(cut[n].ravel() for n in names)]) / scale
        if np.array_equal(part, whole):
            found.append((1.0, 1.0))
            continue
        size = np.sqrt(part @ part)
        found.append(
            (float(part @ whole / (size * norm)) if size * norm > 0 else 0.0, float(size / norm) if norm else 0.0)
        )
    return found
