"""The adding problem (Hochreiter and Schmidhuber 1997, with one marker in each half as in Arjovsky et al. 2016)."""

import numpy as np

from core.data.dataset import Baseline, Batch, Carry, Task


def _more(rng: np.random.Generator, B: int, T: int, _carry: Carry) -> tuple[Batch, Carry]:
    x, mask, each = np.zeros((T, B, 2)), np.zeros((T, B)), np.arange(B)
    x[:, :, 0] = rng.random((T, B))
    for low, high in ((0, T // 2), (T // 2, T)):
        x[rng.integers(low, high, B), each, 1] = 1.0
    mask[-1] = 1.0
    target = np.zeros((T, B, 1))
    target[-1, :, 0] = (x[:, :, 0] * x[:, :, 1]).sum(0)
    return Batch(x, target, mask), ()


ADDING = Task(
    id="adding",
    title="The adding problem",
    description="A number between 0 and 1 at each step; two, one in each half, are marked. Say their sum at the end.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="step",
    inputs=("number", "marker"),
    outputs=("sum",),
    head="linear",
    length=100,
    shortest=2,
    baseline=Baseline("1/6, the variance of the sum of two uniform numbers", lambda _T: 1 / 6),
    more=_more,
)
