"""Letters in words (Elman 1990): words run together without spaces; surprise is highest where one begins."""

from functools import partial

from core.data.automaton import Automaton, chain, stream_batch
from core.data.dataset import Baseline, Task

# The words of his test sentence, the only ones of his fifteen that are attested.
SENTENCE = ("many", "years", "ago", "a", "boy", "and", "girl", "lived", "by", "the", "sea", "they", "played", "happily")
LETTERS = tuple(sorted(set("".join(SENTENCE))))
WORDS = Automaton(LETTERS, tuple(e for w in SENTENCE for e in chain("onset", w, "onset", 1 / len(SENTENCE))), "onset")

LETTERS_IN_WORDS = Task(
    id="letters",
    title="Letters in words",
    description="Fourteen words by chance, without spaces. Say the next letter: where it surprises, a word begins.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="letter",
    inputs=LETTERS,
    outputs=LETTERS,
    head="softmax",
    length=40,
    shortest=1,
    baseline=Baseline("the entropy of the letters' frequencies", lambda _T: WORDS.constant_entropy),
    more=partial(stream_batch, WORDS),
    stream=True,
    optimum=WORDS.optimum,
)
