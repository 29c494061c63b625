"""Sentences that praise or blame; in many of them only the order of the words tells which.

Two sentences of a pair have the same words: whatever counts words gives both the same answer, one of them wrong.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from core.data.collection import Collection, Examples, Look, Picture, Rows, Shelf
from core.data.dataset import vocabulary
from core.data.excerpt import read

TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|,")
UNKNOWN = "(unknown)"
PAIRS, FOURTH, FIFTH = "# Pairs", 4, 5


class Sentence(NamedTuple):
    """A text, whether it praises, whether it is one of a pair, and whether it is held out."""

    text: str
    positive: bool
    paired: bool
    held: bool


def words(text: str) -> tuple[str, ...]:
    """The words in small letters, and the commas."""
    return tuple(TOKEN.findall(text.lower()))


@cache
def sentences() -> tuple[Sentence, ...]:
    """All of them: two lines at a time are held out together, every fifth of the free ones and every fourth pair."""
    free, _, pairs = read("sentiment", "sentences.txt").decode().partition(PAIRS)
    return (*_listed(free, False, FIFTH), *_listed(pairs, True, FOURTH))


def _listed(text: str, paired: bool, each: int) -> Sequence[Sentence]:
    lines = [line for line in text.splitlines() if line[:2] in ("+ ", "- ")]
    return [Sentence(line[2:], line[0] == "+", paired, i // 2 % each == each - 1) for i, line in enumerate(lines)]


@cache
def known() -> tuple[str, ...]:
    """The words of the sentences that are learnt from, after one symbol for every other word."""
    return (UNKNOWN, *sorted(vocabulary([w for s in sentences() if not s.held for w in words(s.text)])))


def encoded(text: str, answer: float) -> Rows:
    """A sentence one-hot, and the answer, asked for at its last word: 1 for praise, 0 for blame."""
    place = {w: i for i, w in enumerate(known())}
    ids = [place.get(w, 0) for w in words(text)]
    return Rows(
        np.eye(len(place))[ids],
        np.full((len(ids), 1), answer),
        (np.arange(len(ids)) == len(ids) - 1).astype(np.float64),
    )


def own(text: str) -> tuple[Rows, tuple[str, ...]]:
    """A visitor's sentence: nobody says whether it praises, so the error is how far the answer is from undecided."""
    return encoded(text, 0.5), words(text)


def _part(chosen: Sequence[Sentence]) -> Examples:
    rows = [encoded(s.text, float(s.positive)) for s in chosen]

    def show(i: int) -> Look:
        s = chosen[i]
        return Look(s.text, words(s.text), "praise" if s.positive else "blame", Picture("text"))

    return Examples(len(chosen), rows.__getitem__, show)


def _shelf() -> Shelf:
    learnt, held = ([s for s in sentences() if s.held == part] for part in (False, True))
    return Shelf(known(), ("praise",), _part(learnt), _part(held))


SENTIMENT = Collection(
    id="sentiment",
    title="Praise or blame",
    description="Short sentences, word by word; say at the last word whether they praise. Often the order decides.",
    licence="CC0 1.0",
    origin="written for this project",
    real=True,
    unit="word",
    kind="text",
    head="sigmoid",
    length=14,
    sizes=(259, 1),
    split="Every fifth two of 100 free sentences and every fourth of 130 pairs with the same words are held out.",
    relation="last",
    excerpt="sentiment",
    caution="Small and plain on purpose: it shows that order matters, not how people write.",
    load=_shelf,
    reads=own,
)
