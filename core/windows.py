"""What stands beside recurrence in the lecture: fixed windows, bags of words, convolution in time and in space.

Everything is computed from the recipe's own sequence, so that it compares with the network beside it; only how many
windows a model would have to know is counted in the whole text, where the sequence is part of a long one.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from core.arrays import Array
from core.data import COLLECTIONS
from core.data.collection import Stream
from core.data.dataset import Indices
from core.inits import xavier
from core.ops import Floats
from core.recipe import Recipe

LARGEST, WIDTH = 8, 3
MOST = 250_000  # symbols of a long text that are counted
SIZE = ("size",)
Count = tuple[int, float]
# Rises along the second axis, smoothed along the first: Prewitt (1970), who looked for edges.
EDGE = np.array([[-1.0, 0.0, 1.0]] * 3) / 3


def beside(recipe: Recipe, x: Floats, axis: str = "time") -> dict[str, Array]:
    """All of it for a recipe whose network reads x (T, 1, I) along an axis."""
    H, rng = recipe["hidden"], np.random.default_rng([recipe["seed"], 3])
    found = bag(x, axis) | convolution(x, H, rng, axis)
    return found | (windows(counted(recipe, x), x.shape[2], H) if one_hot(x) else space(x))


def one_hot(x: Floats) -> bool:
    """Whether every step of x (T, 1, I) is one symbol of several, or nothing."""
    return x.shape[2] > 1 and bool(np.isin(x, (0.0, 1.0)).all() and (x.sum(2) <= 1).all())


def counted(recipe: Recipe, x: Floats) -> tuple[Count, ...]:
    """Contexts of every size: in both parts of a long text, or in the first half of x (T, 1, I) and in the second."""
    if long := in_text(recipe["data"]):
        return long
    ids = x[:, 0].argmax(1)
    return counts(ids[: len(ids) // 2], ids[len(ids) // 2 :])


@cache
def in_text(data: str) -> tuple[Count, ...]:
    """Contexts of every size in a data set that is one long text, learnt from and held out; of others none."""
    found = COLLECTIONS.get(data)
    parts = (found.shelf.train, found.shelf.test) if found and found.stream else ()
    known = [p.symbols[:MOST] for p in parts if isinstance(p, Stream) and p.symbols is not None]
    return counts(*known) if len(known) == 2 else ()


def counts(known: Indices, met: Indices) -> tuple[Count, ...]:
    """Contexts of n = 1..8 symbols, or of as many as there are."""
    return tuple(contexts(known, met, n) for n in range(1, min(LARGEST, max(1, len(known))) + 1))


def windows(found: Sequence[Count], V: int, H: int) -> dict[str, Array]:
    """For windows of n = 1..8 of V symbols: what a model with H hidden units needs, and what it has never seen.

    `window/inputs` n V numbers go in; `window/parameters` are the weights of an input layer, H n V; `window/contexts`
    is how many different windows the known text has, `window/possible` log10 of how many there could be (V^n), and
    `window/unseen` the share of windows met later that the known text does not have. Each has shape (n,).
    Source: the curse of dimensionality, Bengio and others, A neural probabilistic language model (JMLR, 2003).
    """
    sizes = np.arange(1, len(found) + 1)
    named = {
        "inputs": sizes * V,
        "parameters": sizes * V * H,
        "contexts": [count for count, _ in found],
        "possible": sizes * np.log10(V),
        "unseen": [share for _, share in found],
    }
    return {f"window/{name}": Array(np.asarray(value, dtype=np.float64), SIZE) for name, value in named.items()}


def contexts(known: Indices, met: Indices, n: int) -> Count:
    """How many different windows of n the known text has, and the share of those met later that it lacks."""
    code = coded(np.concatenate([known, met]), n)
    seen = np.zeros(code.max(initial=0) + 1, dtype=bool)
    seen[code[: max(0, len(known) - n + 1)]] = True
    later = code[len(known) :]
    return int(seen.sum()), 1 - float(seen[later].mean()) if len(later) else 0.0


def coded(ids: Indices, n: int) -> Indices:
    """A number for every n symbols in a row, the same for the same symbols."""
    code = ids
    for last in range(1, n):
        joined = code[: len(ids) - last] * (ids.max(initial=0) + 1) + ids[last:]
        code = np.unique(joined, return_inverse=True)[1]
    return code


def bag(x: Floats, axis: str = "time") -> dict[str, Array]:
    """How much of each input has been read up to each step: (T, I) from x (T, B, I); the last row is the bag."""
    return {"bag": Array(np.cumsum(x[:, 0], axis=0), (axis, "input"))}


def convolution(
    x: Floats, H: int, rng: np.random.Generator, axis: str = "time", width: int = WIDTH
) -> dict[str, Array]:
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
    for j in range(min(width, T)):
        steep = (1 - c[j:] ** 2) ** 2 @ (filters[j] ** 2).sum(1)
        reach[np.arange(j, T), np.arange(T - j)] = np.sqrt(steep)
    named = {
        "c": Array(c, (axis, "hidden")),
        "reach": Array(reach, (f"{axis}_t", f"{axis}_k")),
        "F": Array(filters, ("lag", "hidden", "input")),
    }
    return {f"convolution/{n}": a for n, a in named.items()}


def space(x: Floats) -> dict[str, Array]:
    """A filter slid over x (T, 1, I) as over a picture with T rows: `space/map` (T-2, I-2), `space/filter` (3, 3)."""
    rows, columns = x.shape[0] - 2, x.shape[2] - 2
    if rows < 1 or columns < 1:
        return {}
    places = np.lib.stride_tricks.sliding_window_view(x[:, 0], EDGE.shape)
    found = np.einsum("rcij,ij->rc", places, EDGE)
    return {"space/filter": Array(EDGE, ("down", "across")), "space/map": Array(found, ("row", "column"))}
