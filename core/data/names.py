"""First names, letter by letter: the classic tiny language model."""

from collections.abc import Sequence

import numpy as np

from core.data.collection import Collection, Examples, Look, Picture, Rows, Shelf
from core.data.excerpt import read

EDGE = "·"
SYMBOLS = (EDGE, *"abcdefghijklmnopqrstuvwxyz")
TENTH = 10


def first_names() -> tuple[str, ...]:
    """Every different first name of both lists, in alphabetical order."""
    lines = [line for sex in ("female", "male") for line in read("names", f"{sex}.txt").decode().splitlines()]
    return tuple(sorted({line.split()[0].lower() for line in lines if line.strip()}))


def spelled(name: str) -> Rows:
    """From the edge to the first letter, and so on to the edge again."""
    ids = [SYMBOLS.index(c) for c in (EDGE, *name, EDGE)]
    return Rows(np.eye(len(SYMBOLS))[ids[:-1]], np.array(ids[1:], np.intp), np.ones(len(ids) - 1))


def own(text: str) -> tuple[Rows, tuple[str, ...]]:
    """A visitor's name, without what is no letter of the alphabet."""
    letters = "".join(c for c in text.lower() if c in SYMBOLS[1:])
    return spelled(letters), (EDGE, *letters) if letters else ()


def _part(names: Sequence[str]) -> Examples:
    def show(i: int) -> Look:
        return Look(names[i].title(), (EDGE, *names[i]), names[i].title(), Picture("text"))

    return Examples(len(names), lambda i: spelled(names[i]), show)


def _shelf() -> Shelf:
    names = first_names()
    learnt = [n for i, n in enumerate(names) if i % TENTH]
    return Shelf(SYMBOLS, SYMBOLS, _part(learnt), _part(names[::TENTH]))


NAMES = Collection(
    id="names",
    title="First names",
    description="The different first names of a census, letter by letter; predict the next letter or the end.",
    licence="public domain",
    origin="United States census of 1990, carried by names 0.3.0",
    real=True,
    unit="letter",
    kind="text",
    head="softmax",
    length=12,
    sizes=(len(SYMBOLS), len(SYMBOLS)),
    split="Every tenth name in alphabetical order is held out; each name counts once, however common it is.",
    excerpt="names",
    load=_shelf,
    reads=own,
)
