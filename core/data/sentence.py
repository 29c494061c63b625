"""A sentence, word by word: the lecture's own example, or whatever a visitor types."""

import re

from core.data.dataset import Dataset

# A word is letters and digits, with an apostrophe or a hyphen only inside.
WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")


def words(text: str) -> tuple[str, ...]:
    """The words of a text; punctuation is left out, case is kept."""
    return tuple(WORD.findall(text))


SENTENCE = Dataset(
    id="sentence",
    title="A sentence, word by word",
    description="Predict the next word, one-hot over the words of the text itself.",
    licence="the text is yours; the example sentence is the lecture's",
    origin="typed by the visitor",
    real=True,
    unit="word",
    tokens=words,
)
