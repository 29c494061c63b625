"""Optimisers, clipping and learning-rate schedules: one row each in a table.

A step changes the parameters in place. All that it remembers stands in `Slots`, "m/W" for the slot m of W, and in
the number of the update, so that copying both copies the optimiser.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from core.norms import BOUNDS, largest, norms
from core.ops import Floats

Weights = Mapping[str, Floats]
Slots = dict[str, Floats]
TINY, HUGE = 1e-140, 1e140  # squares of numbers between these neither vanish nor overflow


@dataclass(frozen=True)
class Optimiser:
    """`step(p, g, slots, rate, n)` changes one parameter p in place at update n = 1, 2, ...; g is its gradient."""

    name: str
    title: str
    help: str
    latex: str
    rate: float
    step: Callable[[Floats, Floats, tuple[Floats, ...], float, int], None]
    slots: tuple[str, ...] = ()

    def start(self, params: Weights) -> Slots:
        """The slots before the first update: zeros."""
        return {f"{slot}/{n}": np.zeros_like(p) for n, p in params.items() for slot in self.slots}

    def update(self, params: Weights, grads: Weights, slots: Slots, rate: float, n: int) -> None:
        """One update of all parameters in place."""
        for name, p in params.items():
            self.step(p, grads[name], tuple(slots[f"{slot}/{name}"] for slot in self.slots), rate, n)


def sgd(p: Floats, g: Floats, _slots: tuple[Floats, ...], rate: float, _n: int) -> None:
    """p -= rate g."""
    p -= rate * g


def momentum(p: Floats, g: Floats, slots: tuple[Floats, ...], rate: float, _n: int, keep: float = 0.9) -> None:
    """v = 0.9 v + g; p -= rate v."""
    (v,) = slots
    v *= keep
    v += g
    p -= rate * v


def rmsprop(p: Floats, g: Floats, slots: tuple[Floats, ...], rate: float, _n: int, keep: float = 0.9) -> None:
    """v = 0.9 v + 0.1 g^2; p -= rate g / (sqrt(v) + 1e-8)."""
    (v,) = slots
    v *= keep
    v += (1 - keep) * g * g
    p -= rate * g / (np.sqrt(v) + 1e-8)


def adam(p: Floats, g: Floats, slots: tuple[Floats, ...], rate: float, n: int) -> None:
    """m, v = means of g and g^2 with 0.9 and 0.999, each freed of its start at zero; p -= rate m / (sqrt(v) + 1e-8)."""
    m, v = slots
    m *= 0.9
    m += 0.1 * g
    v *= 0.999
    v += 0.001 * g * g
    root = np.sqrt(v)
    root /= np.sqrt(1 - 0.999**n)
    root += 1e-8
    np.divide(m, root, root)
    root *= rate / (1 - 0.9**n)
    p -= root


# -- clipping ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lengths:
    """The Euclidean norm of each parameter's gradient, and of all together."""

    each: Mapping[str, float]
    total: float


def lengths(grads: Weights) -> Lengths:
    """Norms of gradients, exact also where squares would overflow or vanish; NaN or infinity if an entry is."""
    with np.errstate(all="ignore"):
        squares = {name: float(np.vdot(g, g)) for name, g in grads.items()}
        if all(BOUNDS[grads[n].dtype][0] < s < BOUNDS[grads[n].dtype][1] for n, s in squares.items()):
            return Lengths({name: s**0.5 for name, s in squares.items()}, sum(squares.values()) ** 0.5)
        each = {name: _length(g) for name, g in grads.items()}
        return Lengths(each, _length(np.array([*each.values()])))


def _length(g: Floats) -> float:
    out = np.empty(1, g.dtype)
    norms(g.reshape(1, -1), out)
    return float(out[0])


def clip_norm(grads: Weights, found: Lengths, threshold: float) -> bool:
    """Shorten all gradients together to the threshold, keeping their direction; whether that was needed."""
    if not found.total > threshold:
        return False
    unit = 1.0 if TINY < found.total < HUGE else largest(*grads.values())
    total = found.total if unit == 1.0 else lengths({n: g / unit for n, g in grads.items()}).total
    for g in grads.values():
        np.divide(g, unit, out=g)
        np.multiply(g, threshold / total, out=g)
    return True


def clip_value(grads: Weights, _found: Lengths, threshold: float) -> bool:
    """Cut every entry at plus and minus the threshold; whether any was beyond."""
    beyond = any(bool((np.abs(g) > threshold).any()) for g in grads.values())
    for g in grads.values() if beyond else ():
        np.clip(g, -threshold, threshold, out=g)
    return beyond


def clip_none(_grads: Weights, _found: Lengths, _threshold: float) -> bool:
    """Leave the gradients as they are."""
    return False


@dataclass(frozen=True)
class Clipping:
    """`clip(grads, lengths, threshold)` changes the gradients in place and says whether it did."""

    name: str
    title: str
    help: str
    clip: Callable[[Weights, Lengths, float], bool] = field(repr=False)


# -- schedules ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Schedule:
    """`factor(n, steps, span)` multiplies the rate at update n = 1..steps."""

    name: str
    title: str
    help: str
    factor: Callable[[int, int, int], float] = field(repr=False)


def constant(_n: int, _steps: int, _span: int) -> float:
    """1."""
    return 1.0


def halving(n: int, _steps: int, span: int) -> float:
    """1/2 for each span that has passed."""
    return float(0.5 ** ((n - 1) // span))


def cosine(n: int, steps: int, _span: int) -> float:
    """From 1 at the first update along half a cosine towards 0 after the last."""
    return float(0.5 * (1 + np.cos(np.pi * (n - 1) / steps)))


def warm_up(n: int, _steps: int, span: int) -> float:
    """n / span until it reaches 1."""
    return min(1.0, n / span)


OPTIMISERS: dict[str, Optimiser] = {
    o.name: o
    for o in (
        Optimiser("sgd", "Gradient descent", "Straight down the gradient.", r"p \leftarrow p - \eta g", 0.1, sgd),
        Optimiser(
            "momentum",
            "Momentum",
            "Gradients add up and fade by a tenth at each update.",
            r"v \leftarrow 0.9 v + g,\quad p \leftarrow p - \eta v",
            0.01,
            momentum,
            ("v",),
        ),
        Optimiser(
            "rmsprop",
            "RMSprop",
            "Each entry is divided by the root of its own recent mean square.",
            r"v \leftarrow 0.9 v + 0.1 g^2,\quad p \leftarrow p - \eta\, g / (\sqrt{v} + 10^{-8})",
            0.001,
            rmsprop,
            ("v",),
        ),
        Optimiser(
            "adam",
            "Adam",
            "Momentum over the root of the mean square, both freed of their start at zero.",
            r"m \leftarrow 0.9 m + 0.1 g,\quad v \leftarrow 0.999 v + 0.001 g^2,\quad "
            r"p \leftarrow p - \eta\, \hat m / (\sqrt{\hat v} + 10^{-8})",
            0.001,
            adam,
            ("m", "v"),
        ),
    )
}

CLIPPINGS: dict[str, Clipping] = {
    c.name: c
    for c in (
        Clipping("norm", "by norm", "Shorten the whole gradient to the threshold; its direction stays.", clip_norm),
        Clipping("value", "by value", "Cut every entry at the threshold; the direction changes.", clip_value),
        Clipping("none", "not at all", "Leave the gradient as it is.", clip_none),
    )
}

SCHEDULES: dict[str, Schedule] = {
    s.name: s
    for s in (
        Schedule("constant", "constant", "The same rate throughout.", constant),
        Schedule("step", "halved in steps", "The rate is halved after each span of updates.", halving),
        Schedule("cosine", "cosine", "The rate falls to zero along half a cosine.", cosine),
        Schedule("warm-up", "warm-up", "The rate rises evenly over one span of updates, then stays.", warm_up),
    )
}
