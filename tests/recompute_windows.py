"""Windows, bags and convolutions again from what a trace carries: reads no code of the project."""

from typing import Any

import numpy as np

from tests.recompute_cells import Array, Arrays

EDGE = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]) / 3
LONG = ("moby-words", "moby-characters")


def beside(trace: dict[str, Any], given: Arrays) -> Arrays:
    """The group `windows`; how many contexts a whole novel has, the trace does not carry."""
    x, F = given["x"], given["convolution/F"]
    read = np.concatenate([np.zeros((len(F) - 1, x.shape[1])), x])
    late = np.stack([read[len(F) - 1 - j : len(read) - j] for j in range(len(F))])
    c = np.tanh(np.einsum("jti,jhi->th", late, F))
    reach = np.zeros((len(x), len(x)))
    for t in range(len(x)):
        for k in range(max(0, t - len(F) + 1), t + 1):
            reach[t, k] = np.linalg.norm(np.diag(1 - c[t] ** 2) @ F[t - k])
    found = {"bag": np.cumsum(x, 0), "convolution/c": c, "convolution/reach": reach}
    symbols = x.shape[1] > 1 and set(np.unique(x)) <= {0.0, 1.0} and x.sum(1).max() <= 1
    return found | (counted(trace, x) if symbols else edges(x))


def edges(x: Array) -> Arrays:
    """The filter slid over the rows as over a picture."""
    rows, columns = (max(0, n - 2) for n in x.shape)
    if not rows * columns:
        return {}
    found = [[(x[r : r + 3, c : c + 3] * EDGE).sum() for c in range(columns)] for r in range(rows)]
    return {"space/filter": EDGE, "space/map": np.array(found)}


def counted(trace: dict[str, Any], x: Array) -> Arrays:
    """Windows of every size in the first half, and those of the second half that are new."""
    H, V, ids = trace["recipe"]["hidden"], x.shape[1], x.argmax(1).tolist()
    known, met = ids[: len(ids) // 2], ids[len(ids) // 2 :]
    sizes = range(1, min(8, max(1, len(known))) + 1)
    cut = {n: [[tuple(p[i : i + n]) for i in range(len(p) - n + 1)] for p in (known, met)] for n in sizes}
    new = [np.mean([float(g not in later[0]) for g in later[1]] or [0.0]) for later in cut.values()]
    whole: dict[str, Any] = {"contexts": [len(set(first)) for first, _ in cut.values()], "unseen": new}
    sized: dict[str, Any] = {"inputs": [n * V for n in sizes], "parameters": [n * V * H for n in sizes]}
    sized |= {"possible": [n * np.log10(V) for n in sizes]} | ({} if trace["recipe"]["data"] in LONG else whole)
    return {f"window/{name}": np.array(values, dtype=float) for name, values in sized.items()}
