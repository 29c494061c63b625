"""The tables of data sets: texts of the visitor's own, and generated tasks whose answers are known."""

from core.data.adding import ADDING
from core.data.characters import CHARACTERS
from core.data.copying import COPY
from core.data.counting import ANBN
from core.data.dataset import Baseline, Batch, Carry, Dataset, Sample, Source, Task
from core.data.even_process import EVEN_PROCESS
from core.data.letters import LETTERS_IN_WORDS
from core.data.parentheses import PARENTHESES
from core.data.parity import PARITY
from core.data.reber import EMBEDDED_REBER
from core.data.sentence import SENTENCE
from core.data.temporal_order import TEMPORAL_ORDER
from core.data.temporal_xor import TEMPORAL_XOR

DATASETS: dict[str, Dataset] = {d.id: d for d in (SENTENCE, CHARACTERS)}

TASKS: dict[str, Task] = {
    t.id: t
    for t in (
        ADDING,
        COPY,
        TEMPORAL_ORDER,
        PARITY,
        TEMPORAL_XOR,
        LETTERS_IN_WORDS,
        EMBEDDED_REBER,
        PARENTHESES,
        ANBN,
        EVEN_PROCESS,
    )
}

__all__ = ["DATASETS", "TASKS", "Baseline", "Batch", "Carry", "Dataset", "Sample", "Source", "Task"]
