"""The embedded Reber grammar (Hochreiter and Schmidhuber 1997): the second symbol returns last but one."""

import numpy as np

from core.data.automaton import Automaton, Edge, string_batch
from core.data.dataset import Baseline, Batch, Carry, Task

INNER = "0B1 1T2 1P3 2S2 2X4 3T3 3V5 4X3 4S6 5P4 5V6 6E7"
SYMBOLS = tuple("BTPSXVE")


def _inside(by: str) -> tuple[Edge, ...]:
    """The Reber grammar between two equal symbols; every choice is fair."""
    rows = INNER.split()
    fair = {state: 1 / sum(row[0] == state for row in rows) for state in "0123456"}
    inner = tuple((f"{by}{row[0]}", row[1], f"{by}{row[2]}", fair[row[0]]) for row in rows)
    return ("choice", by, f"{by}0", 0.5), *inner, (f"{by}7", by, "last", 1.0)


REBER = Automaton(
    SYMBOLS, (("begin", "B", "choice", 1.0), *_inside("T"), *_inside("P"), ("last", "E", "end", 1.0)), "begin"
)


def _more(rng: np.random.Generator, B: int, T: int, _carry: Carry) -> tuple[Batch, Carry]:
    return string_batch(REBER, rng, B, T), ()


EMBEDDED_REBER = Task(
    id="reber",
    title="Embedded Reber grammar",
    description="Strings of a small automaton. Say what may come next; the last but one symbol repeats the second.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="symbol",
    inputs=SYMBOLS,
    outputs=SYMBOLS,
    head="softmax",
    length=40,
    shortest=8,
    baseline=Baseline("the entropy of the symbols' frequencies", lambda _T: REBER.constant_entropy),
    more=_more,
    optimum=REBER.optimum,
)
