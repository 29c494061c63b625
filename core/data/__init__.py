"""The tables of data sets: a visitor's own texts, generated tasks with known answers, and collections."""

from core.data.account import ACCOUNT
from core.data.adding import ADDING
from core.data.characters import CHARACTERS
from core.data.collection import Collection, Example, Look, Picture
from core.data.copying import COPY
from core.data.counting import ANBN
from core.data.dataset import Baseline, Batch, Carry, Dataset, Sample, Source, Task
from core.data.dates import DATES
from core.data.ecg import ECG_100, ECG_208
from core.data.emoji import EMOJI
from core.data.even_process import EVEN_PROCESS
from core.data.kept import Known
from core.data.letters import LETTERS_IN_WORDS
from core.data.moby_dick import MOBY_CHARACTERS, MOBY_WORDS
from core.data.moving_digits import MOVING_DIGITS
from core.data.names import NAMES
from core.data.number_words import FRENCH_NUMBERS, GERMAN_NUMBERS
from core.data.optical_digits import DIGIT_PIXELS, DIGIT_ROWS
from core.data.parentheses import PARENTHESES
from core.data.parity import PARITY
from core.data.pen_digits import PEN_DIGITS
from core.data.reber import EMBEDDED_REBER
from core.data.reversal import REVERSAL
from core.data.sentence import SENTENCE
from core.data.sentiment import SENTIMENT
from core.data.shapes import SHAPE_SCENES
from core.data.sp500 import SP500
from core.data.spoken_digits import SPOKEN_DIGITS
from core.data.temporal_order import TEMPORAL_ORDER
from core.data.temporal_xor import TEMPORAL_XOR
from core.data.trigger import TRIGGER_WORD
from core.data.voices import VOICES

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
        REVERSAL,
    )
}

# Recorded, written or drawn by rules, with a part that is held out; a file is read when its first example is asked for.
COLLECTIONS: dict[str, Collection] = Known(
    {
        c.id: c
        for c in (
            SENTIMENT,
            NAMES,
            MOBY_CHARACTERS,
            MOBY_WORDS,
            ECG_208,
            ECG_100,
            SPOKEN_DIGITS,
            VOICES,
            TRIGGER_WORD,
            ACCOUNT,
            SP500,
            DIGIT_ROWS,
            DIGIT_PIXELS,
            PEN_DIGITS,
            MOVING_DIGITS,
            DATES,
            GERMAN_NUMBERS,
            FRENCH_NUMBERS,
            SHAPE_SCENES,
            EMOJI,
        )
    }
)

__all__ = [
    "COLLECTIONS",
    "DATASETS",
    "TASKS",
    "Baseline",
    "Batch",
    "Carry",
    "Collection",
    "Dataset",
    "Example",
    "Look",
    "Picture",
    "Sample",
    "Source",
    "Task",
]
