"""a^n b^n: as many b as a, n from 1 to 20 with equal chances, between two signs."""

import numpy as np

from core.data.automaton import Automaton, string_batch
from core.data.dataset import Baseline, Batch, Carry, Task

MOST = 20
SYMBOLS = ("$", "a", "b")


def counting(most: int) -> Automaton:
    """Strings $ a^n b^n $; a state for each count."""
    more = ((f"a{k}", "a", f"a{k + 1}", (most - k) / (most - k + 1)) for k in range(1, most))
    turn = ((f"a{k}", "b", f"b{k - 1}", 1 / (most - k + 1)) for k in range(1, most + 1))
    less = ((f"b{k}", "b", f"b{k - 1}", 1.0) for k in range(1, most))
    return Automaton(
        SYMBOLS,
        (("begin", "$", "a0", 1.0), ("a0", "a", "a1", 1.0), *more, *turn, *less, ("b0", "$", "end", 1.0)),
        "begin",
    )


COUNTING = counting(MOST)


def _more(rng: np.random.Generator, B: int, T: int, _carry: Carry) -> tuple[Batch, Carry]:
    return string_batch(COUNTING, rng, B, T), ()


ANBN = Task(
    id="anbn",
    title="As many b as a",
    description="Strings a^n b^n, n from 1 to 20. Say what comes next; after the first b counting tells it all.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="symbol",
    inputs=SYMBOLS,
    outputs=SYMBOLS,
    head="softmax",
    length=2 * MOST + 1,
    shortest=3,
    baseline=Baseline("the entropy of the symbols' frequencies", lambda _T: COUNTING.constant_entropy),
    more=_more,
    optimum=COUNTING.optimum,
)
