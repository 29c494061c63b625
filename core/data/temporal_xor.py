"""Elman's exclusive or in time (1990): two bits by chance, then their exclusive or, and so on without a pause."""

import numpy as np

from core.data.automaton import Automaton
from core.data.dataset import Baseline, Batch, Carry, Task
from core.ops import Floats

BITS = ("0", "1")
XOR = Automaton(
    BITS,
    (
        *(("first", b, f"after {b}", 0.5) for b in BITS),
        *((f"after {a}", b, f"say {int(a != b)}", 0.5) for a in BITS for b in BITS),
        *((f"say {b}", b, "first", 1.0) for b in BITS),
    ),
    start="first",
)


def _more(rng: np.random.Generator, B: int, T: int, carry: Carry) -> tuple[Batch, Carry]:
    symbols, carry = XOR.more(rng, B, T, carry)
    bits = symbols[:, :, None].astype(float)
    return Batch(bits[:-1], bits[1:], np.ones((T, B))), carry


def _optimum(batch: Batch) -> Floats:
    return XOR.predict(batch.x[:, :, 0].astype(np.intp))[:, :, 1:]


TEMPORAL_XOR = Task(
    id="temporal-xor",
    title="Exclusive or in time",
    description="Bits in threes, the third the exclusive or of the others. Say the next bit: every third can be known.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="bit",
    inputs=("bit",),
    outputs=("next bit",),
    head="linear",
    length=30,
    shortest=1,
    baseline=Baseline("1/4, the variance of a fair bit", lambda _T: 0.25),
    more=_more,
    stream=True,
    optimum=_optimum,
)
