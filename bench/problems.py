"""The problems that the contenders are set: random weights, inputs and targets of a given size."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GATES = {"rnn-tanh": ("",), "lstm": ("_f", "_i", "_c", "_o"), "gru": ("_z", "_r", "_n")}
GATES["gru-reset-after"] = GATES["gru"]


@dataclass(frozen=True)
class Problem:
    """A cell with its weights by contract name, inputs x (T, I) and targets (T,)."""

    cell: str
    T: int
    I: int
    H: int
    O: int
    params: dict[str, Floats]
    x: Floats
    target: NDArray[np.intp]


def make_problem(cell: str, T: int, H: int, *, I: int = 0, seed: int = 0) -> Problem:
    """I = O = H unless I is given; weights of size 1/sqrt(H), so that states neither die nor saturate."""
    rng = np.random.default_rng(seed)
    I = I or H
    params = {"V": _weights(rng, (I, H)), "d": _weights(rng, (I,))}
    for gate in GATES[cell]:
        params[f"W{gate}"] = _weights(rng, (H, I))
        params[f"U{gate}"] = _weights(rng, (H, H))
        params[f"b{gate}"] = _weights(rng, (H,))
    if cell == "gru-reset-after":
        params["b_hn"] = _weights(rng, (H,))
    x, target = rng.standard_normal((T, I)), rng.integers(0, I, T)
    return Problem(cell, T, I, H, I, params, x, target)


def _weights(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    return rng.standard_normal(shape) / math.sqrt(shape[-1])
