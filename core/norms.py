"""Euclidean norms that neither overflow nor vanish: a gradient of 1e-200 has one too."""

from collections.abc import Sequence

import numpy as np

from core.ops import Floats

# Squares outside these bounds have lost digits; the rows are then scaled before they are squared.
LEAST, MOST = 1e-280, 1e280
BOUNDS = {np.dtype(np.float64): (LEAST, MOST), np.dtype(np.float32): (1e-30, 1e30)}


def norms(rows: Floats, out: Floats) -> None:
    """out (...) = the norm of rows (..., n) along the last axis; `out` is contiguous."""
    np.vecdot(rows, rows, out)
    steady(rows, out)


def steady(rows: Floats, out: Floats) -> None:
    """Turn squares in `out` into norms, and do over those that have lost digits."""
    squares = out.reshape(-1)
    least, most = BOUNDS[rows.dtype]
    lost = not (np.minimum.reduce(squares) > least and np.maximum.reduce(squares) < most)
    np.sqrt(out, out)
    if lost:
        _rescaled(rows, squares)


def _rescaled(rows: Floats, found: Floats) -> None:
    """Do over what has lost digits: its rows divided by their largest entries first. True zeros stay."""
    least, most = BOUNDS[rows.dtype]
    lost = np.flatnonzero(~((found > least**0.5) & (found < most**0.5)))
    again = rows.reshape(-1, rows.shape[-1])[lost]
    if not again.any():
        return
    biggest = np.maximum.reduce(np.abs(again), axis=-1)
    unit = np.where((biggest > 0) & np.isfinite(biggest), biggest, 1.0)
    scaled = again / unit[:, None]
    found[lost] = np.sqrt(np.vecdot(scaled, scaled)) * unit


def largest(*arrays: Floats) -> float:
    """The largest entry of several arrays by size, or 1 where that is zero or not finite: a scale to divide by."""
    found = max((float(np.abs(a).max(initial=0.0)) for a in arrays), default=0.0)
    return found if found > 0 and np.isfinite(found) else 1.0


def stacked(sizes: Sequence[Floats]) -> Floats:
    """The root of the sum of squares of arrays of norms, entry by entry."""
    if len(sizes) == 1:
        return sizes[0]
    total, top = np.square(sizes[0]), sizes[0].copy()
    for size in sizes[1:]:
        total += size * size
        np.maximum(top, size, out=top)
    lost = np.flatnonzero(~((total > LEAST) & (total < MOST)) & (top > 0))
    found = np.sqrt(total)
    if len(lost):
        unit = np.where(np.isfinite(top), top, 1.0).flat[lost]
        found.flat[lost] = np.sqrt(sum(np.square(size.flat[lost] / unit) for size in sizes)) * unit
    return np.asarray(found)
