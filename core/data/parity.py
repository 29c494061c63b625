"""Parity: whether the number of ones so far is odd; two ReLU units can do it for ever."""

import numpy as np

from core.data.dataset import Baseline, Batch, Carry, Task
from core.ops import Floats


def _more(rng: np.random.Generator, B: int, T: int, _carry: Carry) -> tuple[Batch, Carry]:
    x = rng.integers(2, size=(T, B, 1)).astype(float)
    return Batch(x, np.cumsum(x, axis=0) % 2, np.ones((T, B))), ()


def _optimum(batch: Batch) -> Floats:
    return np.asarray(np.cumsum(batch.x, axis=0) % 2)


PARITY = Task(
    id="parity",
    title="Parity",
    description="Bits by chance; say at each step whether the number of ones so far is odd.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="step",
    inputs=("bit",),
    outputs=("odd",),
    head="sigmoid",
    length=20,
    shortest=1,
    baseline=Baseline("ln 2", lambda _T: float(np.log(2))),
    more=_more,
    optimum=_optimum,
)
