"""What every data set is: where it comes from, and a way to sequences of inputs and targets.

A `Dataset` of the visitor's own text becomes a `Task` once it has the text; a generated data set is one already.
A task gives batches; a stream gives batches that go on where the last one ended.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from core.ops import Floats

Indices = np.ndarray[Any, np.dtype[np.intp]]
Carry = tuple[Indices, ...]  # where each sequence (B,) of a stream is: positions, states, symbols not yet read


class Batch(NamedTuple):
    """x (T, B, I), target (T, B) classes or (T, B, O) values, mask (T, B): 1 where a loss is counted."""

    x: Floats
    target: np.ndarray[Any, np.dtype[Any]]
    mask: Floats


More = Callable[[np.random.Generator, int, int, Carry], tuple[Batch, Carry]]


@dataclass(frozen=True)
class Source:
    """What every data set says of itself: `real` tells real data from generated, `unit` names one timestep."""

    id: str
    title: str
    description: str
    licence: str
    origin: str
    real: bool
    unit: str


@dataclass(frozen=True)
class Baseline:
    """The mean loss of the best answer that ignores the input; `value(T)` is the formula at length T."""

    formula: str
    value: Callable[[int], float] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Task(Source):
    """Sequences without end: `inputs` and `outputs` name the features, `length` is the usual T.

    `more(rng, B, T, carry)` gives a batch and what the next one needs; the empty carry begins anew, and only a
    `stream` ever gives another. `optimum(batch)` is the exact prediction (T, B, O) of the best possible reader.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    head: str
    length: int
    shortest: int
    baseline: Baseline
    more: More = field(repr=False)
    stream: bool = False
    optimum: Callable[[Batch], Floats] | None = field(default=None, repr=False)

    @property
    def rereadable(self) -> bool:
        """Whether what is said can be read again: answers are symbols, and the same ones as are read."""
        return self.head == "softmax" and self.inputs == self.outputs

    def batch(self, rng: np.random.Generator, B: int, T: int) -> Batch:
        """B sequences of T steps from their beginning."""
        if self.shortest > T:
            raise ValueError(f"{self.id} needs at least {self.shortest} steps, not {T}")
        return self.more(rng, B, T, ())[0]


@dataclass(frozen=True)
class Sample:
    """x (T, 1, I) and target (T, 1) as class indices, with a word for each step and each output."""

    x: Floats
    target: Indices
    time: tuple[str, ...]
    output: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Dataset(Source):
    """A visitor's text; `tokens` cuts it into the units of the sequence."""

    tokens: Callable[[str], tuple[str, ...]]

    def sample(self, text: str) -> Sample:
        """The sequence that predicts, at each unit of the text, the next one."""
        return next_token(self.tokens(text))

    def task(self, text: str) -> Task:
        """The text as a stream that B readers enter at even distances and that goes round for ever."""
        words, ids = numbered(self.tokens(text))
        return Task(
            **{name: getattr(self, name) for name in Source.__dataclass_fields__},
            inputs=words,
            outputs=words,
            head="softmax",
            length=len(ids) - 1,
            shortest=1,
            baseline=Baseline(
                "the entropy of the tokens' frequencies", lambda _T: entropy(np.bincount(ids) / len(ids))
            ),
            more=lambda _rng, B, T, carry: _read_on(ids, len(words), B, T, carry),
            stream=True,
        )


def _read_on(ids: Indices, size: int, B: int, T: int, carry: Carry) -> tuple[Batch, Carry]:
    """T steps of a text that goes round: what the last token predicts is the first."""
    (start,) = carry or (np.arange(B) * len(ids) // B,)
    symbols = ids[(start + np.arange(T + 1)[:, None]) % len(ids)]
    return next_symbols(symbols, size), ((start + T) % len(ids),)


def next_symbols(symbols: Indices, size: int, mask: Floats | None = None) -> Batch:
    """Symbols (T + 1, B) as one-hot inputs, each with the next one as its target."""
    counted = np.ones(symbols[1:].shape) if mask is None else mask
    return Batch(np.eye(size)[symbols[:-1]], symbols[1:], counted)


def entropy(chances: Floats) -> float:
    """Nats of a distribution."""
    positive = chances[chances > 0]
    return float(-(positive * np.log(positive)).sum())


def uniform(size: int) -> Baseline:
    """Every class alike: the logarithm of their number."""
    return Baseline(f"ln {size}", lambda _T: float(np.log(size)))


def vocabulary(tokens: Sequence[str]) -> tuple[str, ...]:
    """Each different token once, in order of appearance."""
    return tuple(dict.fromkeys(tokens))


def numbered(tokens: Sequence[str]) -> tuple[tuple[str, ...], Indices]:
    """The vocabulary of a text and the text as places in it."""
    words = vocabulary(tokens)
    index = {w: i for i, w in enumerate(words)}
    return words, np.array([index[t] for t in tokens], dtype=np.intp)


def next_token(tokens: Sequence[str]) -> Sample:
    """One-hot inputs over the text's own vocabulary; the target at each step is the token that comes next."""
    words, ids = numbered(tokens)
    return Sample(np.eye(len(words))[ids[:-1], None], ids[1:, None], tuple(tokens[:-1]), words)
