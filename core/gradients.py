"""Readings of the backward sweep: who contributed what to which error, and what truncation loses.

For B = 1 the contribution of a matrix P at step k to the error at t is delta_{t,k} v_k^T, rank one: its Frobenius
norm is |delta| |v|, so no weight-shaped array is formed. For a batch it is a sum of B such terms, whose squared
norm is the inner product of two B x B Gram matrices.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from core.adjoint import Use
from core.arrays import PAIR, Array
from core.norms import largest, norms, stacked, steady
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
    readers = [_norm_reader(ws, sweep, uses, sizes)] + ([_share_reader(ws, sweep, dots, scale)] if shares else [])
    readers += [_attention_reader(ws, sweep, sizes, dots, scale)] if ws.attends else []
    readers += [also] if also else []

    def visit(k: int, deltas: Floats) -> None:
        for reader in readers:
            reader(k, deltas)

    sweep.run(visit)
    found = {}
    with np.errstate(all="ignore"):
        for name, members in grouped(ws).items():
            found[f"contribution/{name}"] = Array(stacked([sizes[m] for m in members]), PAIR)
            if not shares:
                continue
            whole = sum(float(np.square(ws.grads[m] / scale).sum()) for m in members)
            share = sum(dots[m] for m in members) / scale / (whole or 1.0)
            found[f"contribution_dot/{name}"] = Array(np.asarray(share), PAIR)
    return found


def grouped(ws: Chain) -> dict[str, tuple[str, ...]]:
    """Each parameter alone, and W, U, b as all parameters of a kind, unless one of them has that very name."""
    single = {p.name: (p.name,) for p in ws.cell.parameters}
    kinds = {g: tuple(p.name for p in ws.cell.parameters if p.group == g) for g in "WUb"}
    return {n: names for n, names in {**kinds, **single}.items() if names}


def _norm_reader(ws: Chain, sweep: Rows, uses: tuple[Use, ...], sizes: dict[str, Floats]) -> Visit:
    """Frobenius norms of column k."""
    if ws.sizes.B > 1:
        return _gram_reader(ws, sweep, uses, sizes)
    T, wanted = ws.sizes.T, [i for i, n in enumerate(sweep.names) if n in {u.slot for u in uses}]
    picked, place = _picked(wanted), {sweep.names[i]: j for j, i in enumerate(wanted)}
    deltas_of, met = np.zeros((T, sweep.count, len(wanted))), {u.parameter: np.zeros((T, 1)) for u in uses}
    with np.errstate(all="ignore"):
        for use in uses:
            norms(values(ws, use), met[use.parameter])
        squares = _squares(sweep, place)

    def visit(k: int, deltas: Floats) -> None:
        out = deltas_of[k, sweep.alive(k)]
        if wanted:
            squares(k, out)
            steady(deltas[:, 0, picked], out)
        if k == 0:
            for use in uses:
                column = deltas_of[:, :, place[use.slot]].T
                np.multiply(column, met[use.parameter][:, 0], out=sizes[use.parameter])

    return visit


def _picked(index: list[int]) -> slice | list[int]:
    """Neighbours as a slice, which makes a view."""
    if not index:
        return slice(0, 0)
    return slice(index[0], index[-1] + 1) if index[-1] - index[0] == len(index) - 1 else index


def _squares(sweep: Rows, place: dict[str, int]) -> Visit:
    """|delta|^2 of the slots that have a place, one product for each base: delta = c g, so |delta|^2 = c^2 . g^2."""
    work = np.zeros_like(sweep.part[:, 0])
    groups = []
    for base in sweep.plan.bases:
        index = [i for i, s in enumerate(sweep.plan.slots) if s.base == base.name and s.name in place]
        if index:
            columns = _picked([place[sweep.names[i]] for i in index])
            groups.append((sweep.bases[base.name][:, 0], np.square(sweep.coefficients[:, 0, _picked(index)]), columns))

    def fill(k: int, out: Floats) -> None:
        for rows, coefficient, columns in groups:
            alive = rows[sweep.alive(k)]
            square = np.multiply(alive, alive, out=work[: len(alive)])
            out[:, columns] = square @ coefficient[k].T

    return fill


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

    def visit(k: int, _deltas: Floats) -> None:
        alive = sweep.alive(k)
        for attend in ws.attends:
            for name, rows in attend.parameter_rows(k, sweep.bases[attend.spec.name][alive]).items():
                flat = rows.reshape(len(rows), -1)
                sizes[name][alive, k] = np.linalg.norm(flat, axis=1)
                dots[name][alive, k] = flat @ (ws.grads[name].ravel() / scale)

    return visit


def _share_reader(ws: Chain, sweep: Rows, dots: dict[str, Floats], scale: float) -> Visit:
    """Inner products of column k with the whole gradient over `scale`: delta . (G v_k)."""
    by_slot = {s: [u for u in uses_of(ws) if u.slot == s] for s in sweep.names}
    turned = {s: [values(ws, u) @ (gradient(ws, u) / scale).T for u in us] for s, us in by_slot.items() if us}
    turned_rows = {s: np.stack(each, axis=-1) for s, each in turned.items()}

    def visit(k: int, _deltas: Floats) -> None:
        for slot, met in turned_rows.items():
            rows = sweep.slot(slot, k)
            found = rows.reshape(len(rows), -1) @ met[k].reshape(-1, met.shape[-1])
            for i, use in enumerate(by_slot[slot]):
                dots[use.parameter][sweep.alive(k), k] = found[:, i]

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
    whole = np.concatenate([ws.grads[n].ravel() for n in names]) / scale
    norm = np.sqrt(whole @ whole)
    found = []
    for cut in cuts:
        part = np.concatenate([cut[n].ravel() for n in names]) / scale
        if np.array_equal(part, whole):
            found.append((1.0, 1.0))
            continue
        size = np.sqrt(part @ part)
        found.append(
            (float(part @ whole / (size * norm)) if size * norm > 0 else 0.0, float(size / norm) if norm else 0.0)
        )
    return found
