"""Copy memory (Hochreiter and Schmidhuber 1997, in the form of Arjovsky, Shah and Bengio 2016)."""

import numpy as np

from core.data.dataset import Baseline, Batch, Carry, Task

SYMBOLS, WORD = 8, 10
BLANK, RECALL = SYMBOLS, SYMBOLS + 1


def _more(rng: np.random.Generator, B: int, T: int, _carry: Carry) -> tuple[Batch, Carry]:
    word = rng.integers(SYMBOLS, size=(WORD, B))
    shown, wanted = np.full((T, B), BLANK), np.full((T, B), BLANK)
    shown[:WORD], shown[-WORD - 1], wanted[-WORD:] = word, RECALL, word
    return Batch(np.eye(SYMBOLS + 2)[shown], wanted, np.ones((T, B))), ()


NAMES = (*"abcdefgh", "blank", "recall")

COPY = Task(
    id="copy",
    title="Copy memory",
    description=(
        "Ten symbols, then blanks, then a sign to recall: say blank all the while and at the end the ten symbols. "
        "The lag is the length less 20."
    ),
    licence="none needed",
    origin="generated",
    real=False,
    unit="step",
    inputs=NAMES,
    outputs=NAMES,
    head="softmax",
    length=70,
    shortest=2 * WORD + 1,
    baseline=Baseline("10 ln 8 / T, ten symbols guessed and the blanks known", lambda T: WORD * float(np.log(8)) / T),
    more=_more,
)
