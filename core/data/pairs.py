"""Pairs of sequences: a source and its answer, side by side from the first step; the shorter one ends in nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.data.collection import Drawn, Examples, Look, Picture, Rows, Shelf
from core.ops import Floats

END = "(end)"


def paired(source: Floats, answer: Sequence[int]) -> Rows:
    """A source (S, I) and its answer, both (T, ...) with T the longer of the two; zeros mean nothing."""
    T = max(len(source), len(answer))
    x, target = np.zeros((T, source.shape[1])), np.zeros(T, np.intp)
    x[: len(source)], target[: len(answer)] = source, answer
    return Rows(x, target, (np.arange(T) < len(answer)).astype(np.float64))


@dataclass(frozen=True)
class Spelling:
    """Text to text: the characters that a source and an answer may have; an answer ends with a symbol of its own."""

    source: str
    answer: str

    @property
    def outputs(self) -> tuple[str, ...]:
        """The answer's characters and its end."""
        return (*self.answer, END)

    def rows(self, source: str, answer: str) -> Rows:
        """A pair of texts, one-hot."""
        ids = [self.source.index(c) for c in source]
        return paired(np.eye(len(self.source))[ids], [*map(self.answer.index, answer), len(self.answer)])

    def look(self, source: str, answer: str) -> Look:
        """A pair of texts."""
        return Look(source, tuple(source), answer, Picture("pairs"))

    def shelf(self, train: Callable[[np.random.Generator], tuple[str, str]], test: Iterable[tuple[str, str]]) -> Shelf:
        """Pairs drawn for ever to learn from, and a list that is held out."""
        held = tuple(test)

        def drawn(rng: np.random.Generator) -> tuple[Rows, tuple[str, str]]:
            pair = train(rng)
            return self.rows(*pair), pair

        learnt = Drawn(drawn, lambda _, pair: self.look(*pair), 21)
        return Shelf(tuple(self.source), self.outputs, learnt, self.listed(held))

    def listed(self, pairs: Sequence[tuple[str, str]]) -> Examples:
        """Pairs one by one."""
        return Examples(len(pairs), lambda i: self.rows(*pairs[i]), lambda i: self.look(*pairs[i]))
