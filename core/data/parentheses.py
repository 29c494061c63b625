"""Balanced parentheses, nested at most four deep, with a filler that does not tell the depth."""

from functools import partial

from core.data.automaton import Automaton, Edge, stream_batch
from core.data.dataset import Baseline, Task

DEEPEST, FILLER = 4, 0.25
SYMBOLS = ("(", ")", ".")


def _at(depth: int) -> tuple[Edge, ...]:
    """A filler, or a bracket that opens or closes, alike where both may stand."""
    turns = [d for d in (depth - 1, depth + 1) if 0 <= d <= DEEPEST]
    brackets = ((str(depth), "(" if d > depth else ")", str(d), (1 - FILLER) / len(turns)) for d in turns)
    return (str(depth), ".", str(depth), FILLER), *brackets


NESTED = Automaton(SYMBOLS, tuple(edge for depth in range(DEEPEST + 1) for edge in _at(depth)), "0")

PARENTHESES = Task(
    id="parentheses",
    title="Balanced parentheses",
    description="Brackets, at most four deep, among fillers. Say what comes next; only the depth matters.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="symbol",
    inputs=SYMBOLS,
    outputs=SYMBOLS,
    head="softmax",
    length=60,
    shortest=1,
    baseline=Baseline("the entropy of the symbols' frequencies", lambda _T: NESTED.constant_entropy),
    more=partial(stream_batch, NESTED),
    stream=True,
    optimum=NESTED.optimum,
)
