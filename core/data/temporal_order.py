"""Temporal order (Hochreiter and Schmidhuber 1997), with the generator of Pascanu, Mikolov and Bengio (2013).

The first cue stands in [T/10, 2T/10), as their code draws it; their own description says [0, T/10).
"""

import numpy as np

from core.data.dataset import Batch, Carry, Task, uniform

CUES, DISTRACTORS = 2, 4


def _more(rng: np.random.Generator, B: int, T: int, _carry: Carry) -> tuple[Batch, Carry]:
    shown, each = rng.integers(CUES, CUES + DISTRACTORS, size=(T, B)), np.arange(B)
    tenth = T // 10
    cues = rng.integers(CUES, size=(2, B))
    for begin, cue in zip((tenth, T // 2), cues, strict=True):
        shown[begin + rng.integers(tenth, size=B), each] = cue
    target, mask = np.zeros((T, B), dtype=np.intp), np.zeros((T, B))
    target[-1], mask[-1] = CUES * cues[0] + cues[1], 1.0
    return Batch(np.eye(CUES + DISTRACTORS)[shown], target, mask), ()


TEMPORAL_ORDER = Task(
    id="temporal-order",
    title="Temporal order",
    description=(
        "Two cues, A or B, hide among distractors: the first in the second tenth of the sequence, the second just "
        "after its middle. Say at the end which came in which order."
    ),
    licence="none needed",
    origin="generated",
    real=False,
    unit="step",
    inputs=("A", "B", "c", "d", "e", "f"),
    outputs=("AA", "AB", "BA", "BB"),
    head="softmax",
    length=100,
    shortest=10,
    baseline=uniform(CUES**2),
    more=_more,
)
