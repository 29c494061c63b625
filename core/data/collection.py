"""Data sets read from a file or drawn by rules: a fixed split, examples one by one, batches for training.

A `Collection` knows its sizes without reading anything; the first example asked for reads its file, once.
What is not for training is the part `test`; of generated data it is drawn from a seed of its own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np

from core.arrays import Array
from core.data.dataset import Baseline, Batch, Carry, Indices, Source, Task, entropy
from core.ops import Floats

PARTS = ("train", "test")
KINDS = ("text", "strip-chart", "spectrogram", "waveform", "account", "image", "frames", "pen", "pairs")
RELATIONS = ("every", "last", "pairs")
Targets = np.ndarray[Any, np.dtype[Any]]


class Rows(NamedTuple):
    """One sequence: x (T, I), target (T,) classes or (T, O) values, mask (T,): 1 where a loss is counted."""

    x: Floats
    target: Targets
    mask: Floats


@dataclass(frozen=True)
class Picture:
    """What a person looks at; if the first axis is time, `rate` values a second and `hop` values a timestep."""

    kind: str
    arrays: Mapping[str, Array] = field(default_factory=dict)
    rate: float | None = None
    hop: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Look:
    """An example in words: a title, a word for each step, the answer, and its picture."""

    title: str
    time: tuple[str, ...]
    answer: str
    picture: Picture


@dataclass(frozen=True)
class Example:
    """One sequence as a batch of one, and how it looks."""

    batch: Batch
    look: Look


class Part(Protocol):
    """The half of a collection that is learnt from, or the half that is not."""

    stream: bool

    def __len__(self) -> int:
        """How many examples there are."""

    def rows(self, i: int) -> Rows:
        """Example i at its own length."""

    def look(self, i: int) -> Look:
        """Example i in words and as a picture."""

    def more(self, rng: np.random.Generator, B: int, T: int, carry: Carry) -> tuple[Batch, Carry]:
        """A batch of T steps for learning."""


@dataclass(frozen=True)
class Examples:
    """A number of sequences of any lengths; a batch draws from them by chance."""

    count: int
    row: Callable[[int], Rows]
    shown: Callable[[int], Look]
    stream = False

    def __len__(self) -> int:
        return self.count

    def rows(self, i: int) -> Rows:
        """Example i at its own length."""
        return self.row(i)

    def look(self, i: int) -> Look:
        """Example i in words and as a picture."""
        return self.shown(i)

    def more(self, rng: np.random.Generator, B: int, T: int, _carry: Carry) -> tuple[Batch, Carry]:
        """B examples by chance, each with the same chance, padded or cut to T steps."""
        return padded([self.row(int(i)) for i in rng.integers(self.count, size=B)], T), ()


@dataclass(frozen=True)
class Drawn:
    """Examples without end: a batch draws new ones; `count` of them can be named, each with a seed of its own."""

    draw: Callable[[np.random.Generator], tuple[Rows, Any]]
    shown: Callable[[Rows, Any], Look]
    seed: int
    count: int = 1000
    stream = False

    def __len__(self) -> int:
        return self.count

    def _drawn(self, i: int) -> tuple[Rows, Any]:
        return self.draw(np.random.default_rng([self.seed, i]))

    def rows(self, i: int) -> Rows:
        """Example i at its own length."""
        return self._drawn(i)[0]

    def look(self, i: int) -> Look:
        """Example i in words and as a picture."""
        return self.shown(*self._drawn(i))

    def more(self, rng: np.random.Generator, B: int, T: int, _carry: Carry) -> tuple[Batch, Carry]:
        """B new examples, padded or cut to T steps."""
        return padded([self.draw(rng)[0] for _ in range(B)], T), ()


@dataclass(frozen=True)
class Stream:
    """One long sequence of `size` steps; B readers enter at even distances and go round. Windows are its examples.

    `read(places)` gives x (..., I) and targets of any places in it; a text's `symbols` are all of it, as numbers.
    """

    size: int
    window: int
    read: Callable[[Indices], tuple[Floats, Targets]]
    shown: Callable[[int, int], Look]
    symbols: Indices | None = field(default=None, compare=False, repr=False)
    stream = True

    def __len__(self) -> int:
        return self.size // self.window

    def rows(self, i: int) -> Rows:
        """Window i."""
        x, target = self.read(np.arange(i * self.window, (i + 1) * self.window))
        return Rows(x, target, np.ones(self.window))

    def look(self, i: int) -> Look:
        """Window i in words and as a picture."""
        return self.shown(i * self.window, (i + 1) * self.window)

    def more(self, _rng: np.random.Generator, B: int, T: int, carry: Carry) -> tuple[Batch, Carry]:
        """The next T steps of each reader."""
        (start,) = carry or (np.arange(B) * self.size // B,)
        x, target = self.read((start + np.arange(T)[:, None]) % self.size)
        return Batch(x, target, np.ones((T, B))), ((start + T) % self.size,)


def padded(rows: Sequence[Rows], T: int) -> Batch:
    """Sequences side by side at T steps: shorter ones end in zeros without loss, longer ones are cut.

    Where a cut takes the only loss away, it is asked for at the last step that is left.
    """
    B, first = len(rows), rows[0]
    x, mask = np.zeros((T, B, first.x.shape[1])), np.zeros((T, B))
    target = np.zeros((T, B, *first.target.shape[1:]), first.target.dtype)
    for b, (inputs, wanted, counted) in enumerate(rows):
        n = min(T, len(inputs))
        x[:n, b], target[:n, b], mask[:n, b] = inputs[:n], wanted[:n], counted[:n]
        if not mask[:, b].any():
            mask[n - 1, b] = 1.0
    return Batch(x, target, mask)


@dataclass(frozen=True)
class Shelf:
    """What a collection holds once it is read: names of features and outputs, and both parts."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    train: Part
    test: Part

    def part(self, name: str) -> Part:
        """One of the two parts."""
        return self.train if name == "train" else self.test


@dataclass(frozen=True, kw_only=True)
class Collection(Source):
    """A data set in its own right; everything but the examples is known without reading a file.

    `sizes` are I and O; `relation` says where the answers are: at every step, at the last, or in a second sequence;
    `split` says how the parts were made, `caution` what the data must not be taken for. `reads` takes a visitor's own
    text as the models of these data do: its rows, and the words that are read.
    """

    kind: str
    head: str
    length: int
    sizes: tuple[int, int]
    split: str
    relation: str = "every"
    stream: bool = False
    shortest: int = 1
    excerpt: str = ""
    caution: str = ""
    load: Callable[[], Shelf] = field(repr=False)
    reads: Callable[[str], tuple[Rows, tuple[str, ...]]] | None = field(default=None, repr=False)

    @property
    def shelf(self) -> Shelf:
        """The examples; read at the first call, then kept."""
        return _loaded(self.load)

    @property
    def rereadable(self) -> bool:
        """Whether what is said can be read again: here answers are the same symbols if there are as many."""
        return (self.head, self.relation) == ("softmax", "every") and self.sizes[0] == self.sizes[1]

    def count(self, part: str = "test", length: int | None = None) -> int:
        """How many examples a part has; a stream has as many as there are windows of a length."""
        return len(self._part(part, length))

    def _part(self, part: str, length: int | None) -> Part:
        found = self.shelf.part(part)
        return replace(found, window=min(length, found.size)) if length and isinstance(found, Stream) else found

    def sample(self, i: int, part: str = "test", length: int | None = None) -> Example:
        """Example i of a part, counted round; at its own length, or `length` steps of it at most.

        A stream is cut into windows of that length, so that other examples show other places.
        """
        found = self._part(part, length)
        rows, look = found.rows(i % len(found)), found.look(i % len(found))
        T = min(length or len(rows.x), len(rows.x))
        return Example(padded([rows], T), replace(look, time=look.time[:T]))

    def task(self, part: str = "train") -> Task:
        """What `Training` learns from."""
        shelf = self.shelf
        return Task(
            **{name: getattr(self, name) for name in Source.__dataclass_fields__},
            inputs=shelf.inputs,
            outputs=shelf.outputs,
            head=self.head,
            length=self.length,
            shortest=self.shortest,
            baseline=Baseline(CONSTANT[self.head], lambda _T: constant_loss(self, part)),
            more=shelf.part(part).more,
            stream=self.stream,
        )

    def held_out(self, B: int = 64, part: str = "test") -> Iterator[Batch]:
        """Every example of a part once, padded to the longest of its batch."""
        found = self.shelf.part(part)
        for first in range(0, len(found), B):
            rows = [found.rows(i) for i in range(first, min(first + B, len(found)))]
            yield padded(rows, max(len(r.x) for r in rows))


@lru_cache(maxsize=64)
def _loaded(load: Callable[[], Shelf]) -> Shelf:
    return load()


CONSTANT = {
    "softmax": "the entropy of the answers' frequencies",
    "linear": "the variance of the answers",
    "sigmoid": "the entropy of the answers' frequencies, output by output",
}


@lru_cache(maxsize=128)
def _constant(load: Callable[[], Shelf], head: str, part: str) -> float:
    shelf = _loaded(load)
    found = shelf.part(part)
    rows = (found.rows(i) for i in range(len(found)))
    wanted = np.concatenate([r.target[r.mask > 0] for r in rows])
    if head == "linear":
        return float(wanted.var(0).sum())
    if head == "softmax":
        return entropy(np.bincount(wanted, minlength=2) / len(wanted))
    return float(sum(entropy(np.array([p, 1 - p])) for p in wanted.mean(0)))


def constant_loss(collection: Collection, part: str) -> float:
    """The mean loss of the best answer that never changes, over every counted step of a part."""
    return _constant(collection.load, collection.head, part)
