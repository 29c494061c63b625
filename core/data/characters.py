"""A text, character by character (Unicode code points)."""

from core.data.dataset import Dataset

CHARACTERS = Dataset(
    id="characters",
    title="A text, character by character",
    description="Predict the next character, one-hot over the characters of the text itself.",
    licence="the text is yours; the example sentence is the lecture's",
    origin="typed by the visitor",
    real=True,
    unit="character",
    tokens=tuple,
)
