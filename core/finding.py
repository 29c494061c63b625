"""Units that are on in just one part of a sequence, and where else they are.

A unit is judged by how well one threshold tells the steps inside the range from those outside it: `auc` is the
share of pairs (a step inside, one outside) in which the inner value is the larger one (Mann and Whitney's U over n m),
`gap` the room between the two groups, as a share of all that the unit does in the run: (min inside - max outside) /
(max - min). Only a unit with auc = 1 has a gap above zero: it is on in just that range. Units that are *low* there are
read with their sign turned.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.ops import Floats

MOST_FOUND, MOST_STRETCHES = 12, 40


@dataclass(frozen=True)
class Found:
    """One unit: `sign` 1 if it is high in the range, -1 if it is low; means in and out; the threshold between them."""

    node: str
    unit: int
    sign: int
    auc: float
    gap: float
    inside: float
    outside: float
    threshold: float


@dataclass(frozen=True)
class Stretch:
    """Steps `first` to `last`, both included, in which a unit is on; `mean` is its mean value there."""

    first: int
    last: int
    mean: float


def find(values: Mapping[str, Floats], first: int, last: int, most: int = MOST_FOUND) -> tuple[Found, ...]:
    """The units of named arrays (T, H) that are on in steps first..last and nowhere else, best first."""
    found = [each for node, array in values.items() for each in _judged(node, array, first, last)]
    return tuple(sorted(found, key=lambda each: (-each.auc, -each.gap))[:most])


def _judged(node: str, array: Floats, first: int, last: int) -> list[Found]:
    """Every unit of one array (T, H) that moves at all and whose numbers are all finite."""
    inside = np.zeros(len(array), dtype=bool)
    inside[first : last + 1] = True
    moving = np.isfinite(array).all(0) & (array.max(0, initial=-np.inf) > array.min(0, initial=np.inf))
    return [_unit(node, int(u), array[inside, u], array[~inside, u]) for u in np.flatnonzero(moving)]


def _unit(node: str, unit: int, inside: Floats, outside: Floats) -> Found:
    larger = auc(inside, outside)
    sign = 1 if larger >= 0.5 else -1
    high, low = sign * inside, sign * outside
    room = max(high.max(), low.max()) - min(high.min(), low.min())
    return Found(
        node,
        unit,
        sign,
        auc=max(larger, 1.0 - larger),
        gap=float((high.min() - low.max()) / room),
        inside=float(inside.mean()),
        outside=float(outside.mean()),
        threshold=sign * threshold(high, low),
    )


def auc(inside: Floats, outside: Floats) -> float:
    """The share of pairs of inside (n) and outside (m) in which the inner value is larger; a tie is half a pair."""
    ordered = np.sort(outside)
    less = np.searchsorted(ordered, inside, "left") + np.searchsorted(ordered, inside, "right")
    return float(less.sum() / (2 * len(inside) * len(outside)))


def threshold(inside: Floats, outside: Floats) -> float:
    """The value between two neighbours that best keeps inside (n) above and outside (m) below, in equal shares."""
    both = np.unique(np.concatenate([inside, outside]))
    cuts = (both[:-1] + both[1:]) / 2
    above = 1.0 - np.searchsorted(np.sort(inside), cuts) / len(inside)
    below = np.searchsorted(np.sort(outside), cuts) / len(outside)
    return float(cuts[np.argmax(above + below)])


def stretches(values: Floats, cut: float, sign: int = 1) -> tuple[Stretch, ...]:
    """Where values (T,) lie beyond a threshold, as runs of steps, in the order of time."""
    on = np.concatenate([[0], (sign * values > sign * cut).astype(int), [0]])
    begins, ends = np.flatnonzero(np.diff(on) == 1), np.flatnonzero(np.diff(on) == -1)
    return tuple(Stretch(int(a), int(b) - 1, float(values[a:b].mean())) for a, b in zip(begins, ends, strict=True))
