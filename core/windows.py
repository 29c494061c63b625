"""What stands beside recurrence in the lecture: fixed windows, bags of words, convolution in time.

Everything is computed from the recipe's own sequence, so that it compares with the network beside it.
"""

from collections.abc import Sequence

import numpy as np

from core.arrays import Array
from core.inits import xavier
from core.ops import Floats

LARGEST = 8
WINDOW = ("window",)


def windows(tokens: Sequence[str], H: int) -> dict[str, Array]:
    """For windows of n = 1..8 tokens: what a model with H hidden units needs, and what it has never seen.

    `window/inputs` n V numbers go in; `window/parameters` are the weights of an input layer, H n V; `window/contexts`
    is how many different windows the sequence has, `window/possible` log10 of how many there could be (V^n), and
    `window/unseen` the share of windows of the second half that do not occur in the first. Each has shape (n,).
    Source: the curse of dimensionality, Bengio and others, A neural probabilistic language model (JMLR, 2003).
    """
    V, sizes = len(set(tokens)), np.arange(1, min(LARGEST, max(1, len(tokens) // 2)) + 1)
    cut = [grams(tokens, int(n)) for n in sizes]
    found = {
        "inputs": sizes * V,
        "parameters": sizes * V * H,
        "contexts": [len(set(seen)) for seen in cut],
        "possible": sizes * np.log10(V),
        "unseen": [unseen(tokens, int(n)) for n in sizes],
    }
    return {f"window/{name}": Array(np.asarray(value, dtype=np.float64), WINDOW) for name, value in found.items()}


def grams(tokens: Sequence[str], n: int) -> list[tuple[str, ...]]:
    """Every n tokens in a row."""
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def unseen(tokens: Sequence[str], n: int) -> float:
    """The share of the second half's windows that the first half does not have; 0 if it has no window."""
    half = len(tokens) // 2
    known, later = set(grams(tokens[:half], n)), grams(tokens[half:], n)
    return sum(g not in known for g in later) / len(later) if later else 0.0


def bag(x: Floats) -> dict[str, Array]:
    """How much of each input has been read up to each step: (T, I) from x (T, B, I); the last row is the bag."""
    return {"bag": Array(np.cumsum(x[:, 0], axis=0), ("time", "input"))}


def convolution(x: Floats, H: int, rng: np.random.Generator, width: int = 3) -> dict[str, Array]:
    """A convolution in time beside the recurrence: c_t = tanh(sum_j F_j x_{t-j}), j < width, on x (T, 1, I).

    `convolution/c` (T, H); `convolution/reach` (t, k) is ||dc_t/dx_k||_F: exactly zero outside the filter's width.
    """
    T, _, size = x.shape
    filters = np.stack([xavier(rng, (H, size), 1.0) for _ in range(width)])
    pre = np.zeros((T, H))
    for j in range(min(width, T)):
        pre[j:] += x[: T - j, 0] @ filters[j].T
    c = np.tanh(pre)
    reach = np.zeros((T, T))
    for t in range(T):
        for j in range(min(width, t + 1)):
            reach[t, t - j] = np.linalg.norm((1 - c[t] ** 2)[:, None] * filters[j])
    named = {"c": Array(c, ("time", "hidden")), "reach": Array(reach, ("time_t", "time_k"))}
    return {f"convolution/{n}": a for n, a in named.items()} | {
        "param/F": Array(filters, ("window", "hidden", "input"))
    }
