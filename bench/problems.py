"""The problems that the contenders are set: random weights, inputs and targets of a given size."""

import math
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Lesson:
    """What is learnt: one-hot symbols, the next one told at every step, or two inputs and a sum told at the end."""

    name: str
    cell: str
    T: int
    B: int
    H: int
    I: int
    O: int
    optimiser: str
    rate: float

    @property
    def classes(self) -> bool:
        """Whether the target is a symbol."""
        return self.O > 1

    def batch(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """x (T, B, I) and target (T, B) or (T, B, 1)."""
        rng = np.random.default_rng(0)
        if not self.classes:
            shape = (self.T, self.B)
            return rng.random((*shape, self.I), np.float32), rng.random((*shape, 1), np.float32)
        symbols = rng.integers(0, self.I, (self.T + 1, self.B))
        return np.eye(self.I, dtype=np.float32)[symbols[:-1]], symbols[1:]


LESSONS = (
    Lesson("LSTM, characters", "lstm", 50, 16, 128, 65, 65, "adam", 0.001),
    Lesson("RNN, characters", "rnn-tanh", 50, 16, 128, 65, 65, "adam", 0.001),
    Lesson("identity ReLU, adding T = 150", "rnn-relu", 150, 16, 100, 2, 1, "sgd", 0.001),
)


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
