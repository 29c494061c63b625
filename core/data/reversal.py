"""Reversal: a sequence of symbols to be said again from its end, for an encoder and a decoder."""

import numpy as np

from core.data.dataset import Batch, Carry, Task, uniform

SYMBOLS = tuple("abcdefghij")


def _more(rng: np.random.Generator, B: int, T: int, _carry: Carry) -> tuple[Batch, Carry]:
    symbols = rng.integers(len(SYMBOLS), size=(T, B))
    return Batch(np.eye(len(SYMBOLS))[symbols], symbols[::-1].copy(), np.ones((T, B))), ()


REVERSAL = Task(
    id="reversal",
    title="Reversal",
    description=(
        "Symbols drawn alike; say them again, the last one first. Without an encoder and a decoder the first half of "
        "the answers would have to be given before their symbols are read."
    ),
    licence="none needed",
    origin="generated",
    real=False,
    unit="step",
    inputs=SYMBOLS,
    outputs=SYMBOLS,
    head="softmax",
    length=10,
    shortest=1,
    baseline=uniform(len(SYMBOLS)),
    more=_more,
)
