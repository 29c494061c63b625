"""Grammars as automata that choose by chance: what they say, what they may say, and the best one can predict.

One declaration gives the samples, the legal symbols, the Bayes filter and the entropy that no reader can beat.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from core.data.dataset import Batch, Carry, Indices, entropy, next_symbols
from core.ops import Floats

Edge = tuple[str, str, str, float]  # from a state, by a symbol, to a state, with a probability


@dataclass(frozen=True)
class Automaton:
    """States joined by edges; it begins in `start`, or anywhere as in the long run if that is empty.

    A state without edges out is an end.
    """

    symbols: tuple[str, ...]
    edges: tuple[Edge, ...]
    start: str = ""

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Every state, in order of appearance."""
        return tuple(dict.fromkeys(s for a, _, b, _ in self.edges for s in (a, b)))

    @cached_property
    def joint(self) -> Floats:
        """The chance in each state of each symbol and next state: (S, K, S)."""
        S, found = len(self.states), np.zeros((len(self.states), len(self.symbols), len(self.states)))
        for a, symbol, b, chance in self.edges:
            found[self.states.index(a), self.symbols.index(symbol), self.states.index(b)] += chance
        totals = found.reshape(S, -1).sum(1)
        if not np.all((totals == 0) | (np.abs(totals - 1) < 1e-12)):
            raise ValueError(f"chances do not sum to one in {self.states[int(np.abs(totals - 1).argmax())]}")
        return found

    @cached_property
    def speaks(self) -> Floats:
        """The chance of each symbol in each state: (S, K)."""
        return np.asarray(self.joint.sum(2))

    @cached_property
    def moves(self) -> Floats:
        """The chance of each next state in each state: (S, S)."""
        return np.asarray(self.joint.sum(1))

    @cached_property
    def ends(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Which states are ends: (S,)."""
        return np.asarray(self.moves.sum(1) == 0)

    @cached_property
    def stationary(self) -> Floats:
        """How often each state is visited in the long run: (S,)."""
        S = len(self.states)
        system = np.vstack([self.moves.T - np.eye(S), np.ones(S)])
        return np.asarray(np.linalg.lstsq(system, np.append(np.zeros(S), 1.0), rcond=None)[0])

    @cached_property
    def begins(self) -> Floats:
        """The chance of each state before the first symbol: (S,)."""
        return np.eye(len(self.states))[self.states.index(self.start)] if self.start else self.stationary

    @cached_property
    def _ladder(self) -> tuple[Floats, Indices, Indices]:
        """For drawing: cumulative chances of the edges of each state (S, E), their symbols and ends (S * E,).

        The last rung is beyond any chance; an end has one edge to itself, which says -1.
        """
        S, K = self.speaks.shape
        chances = self.joint.reshape(S, -1)
        most = max(1, int((chances > 0).sum(1).max()))
        order = np.argsort(-chances, axis=1, kind="stable")[:, :most]
        rungs = np.cumsum(np.take_along_axis(chances, order, 1), axis=1)
        rungs[(rungs > 1 - 1e-12) | self.ends[:, None]] = 2.0
        symbols = np.where(self.ends[:, None], -1, order // S % K)
        return rungs, symbols.ravel(), np.where(self.ends[:, None], np.arange(S)[:, None], order % S).ravel()

    def draw(self, rng: np.random.Generator, states: Indices, T: int) -> tuple[Indices, Indices]:
        """T symbols (T, B) from states (B,), and the states (T + 1, B) before each and after the last.

        At an end the state stays and the symbol is -1.
        """
        rungs, symbols, targets = self._ladder
        edges, passed = np.empty((T, len(states)), np.intp), np.empty((T + 1, len(states)), np.intp)
        passed[0] = states
        for t, chance in enumerate(rng.random((T, len(states), 1))):
            here = passed[t]
            np.add.reduce(chance >= rungs[here], 1, out=edges[t])
            edges[t] += here * rungs.shape[1]
            passed[t + 1] = targets[edges[t]]
        return symbols[edges], passed

    def first(self, rng: np.random.Generator, B: int) -> Indices:
        """The states of B sequences before their first symbols."""
        chance = rng.random(B) * self.begins.sum()
        return np.asarray(np.searchsorted(np.cumsum(self.begins), chance, side="right"))

    def more(self, rng: np.random.Generator, B: int, T: int, carry: Carry) -> tuple[Indices, Carry]:
        """Symbols (T + 1, B) of B streams; the last one is the first of the next call."""
        states, pending = carry or (self.first(rng, B), None)
        if pending is None:
            said, passed = self.draw(rng, states, 1)
            pending, states = said[0], passed[1]
        said, passed = self.draw(rng, states, T)
        return np.concatenate([pending[None], said]), (passed[-1], said[-1])

    def strings(self, rng: np.random.Generator, B: int, T: int) -> Indices:
        """B strings from the start, (T, B) symbols; -1 after the end, longer ones cut off."""
        return self.draw(rng, self.first(rng, B), T)[0]

    def beliefs(self, symbols: Indices) -> Floats:
        """The chance (T, B, S) of each state after symbols (T, B) from the beginning; -1 leaves it as it is."""
        belief = np.tile(self.begins, (symbols.shape[1], 1))
        found = np.empty((*symbols.shape, len(self.states)))
        by_symbol = np.ascontiguousarray(self.joint.transpose(1, 0, 2))
        for t, said in enumerate(symbols):
            after = np.einsum("bs,bsr->br", belief, by_symbol[said])
            total = after.sum(1, keepdims=True)
            belief = np.where((said >= 0)[:, None] & (total > 0), after / np.where(total > 0, total, 1.0), belief)
            found[t] = belief
        return found

    def predict(self, symbols: Indices) -> Floats:
        """The chance (T, B, K) of each next symbol after symbols (T, B): nobody can know more."""
        return self.beliefs(symbols) @ self.speaks

    def legal(self, symbols: Indices) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Which symbols may come next: (T, B, K)."""
        return self.predict(symbols) > 0

    def optimum(self, batch: Batch) -> Floats:
        """`predict` for a batch of one-hot inputs."""
        return self.predict(np.where(batch.x.any(2), batch.x.argmax(2), -1))

    @cached_property
    def visits(self) -> Floats:
        """How often each state is passed from start to end: (S,)."""
        S = len(self.states)
        return np.asarray(np.linalg.solve(np.eye(S) - self.moves.T, self.begins))

    @cached_property
    def mean_length(self) -> float:
        """The mean number of symbols from start to end."""
        return float(self.visits[~self.ends].sum())

    @cached_property
    def constant_entropy(self) -> float:
        """Nats a symbol of the best prediction that is always the same; a first symbol is not predicted."""
        counts = (self.visits - self.begins if self.ends.any() else self.stationary) @ self.speaks
        return entropy(counts / counts.sum())

    @cached_property
    def nats_per_string(self) -> float:
        """The entropy of a string, if its symbols tell the states."""
        return float(self.visits @ np.array([entropy(self.joint[s].ravel()) for s in range(len(self.states))]))

    def window_entropy(self, n: int) -> float:
        """Nats of the next symbol given the last n, in the long run: what a fixed window of n can reach."""
        return _block_entropy(self, n + 1) - _block_entropy(self, n)


@lru_cache(maxsize=64)
def _block_entropy(automaton: Automaton, n: int) -> float:
    """The entropy in nats of n symbols in a row."""
    words = automaton.stationary[None]
    for _ in range(n):
        words = np.einsum("ws,skr->wkr", words, automaton.joint).reshape(-1, words.shape[1])
        words = words[words.sum(1) > 0]
    return entropy(words.sum(1))


def stream_batch(automaton: Automaton, rng: np.random.Generator, B: int, T: int, carry: Carry) -> tuple[Batch, Carry]:
    """B streams of T steps, one-hot, each predicting its next symbol."""
    symbols, carry = automaton.more(rng, B, T, carry)
    return next_symbols(symbols, len(automaton.symbols)), carry


def string_batch(automaton: Automaton, rng: np.random.Generator, B: int, T: int) -> Batch:
    """B strings of at most T + 1 symbols, one-hot, padded with zeros that have no loss."""
    symbols = automaton.strings(rng, B, T + 1)
    mask = (symbols[1:] >= 0).astype(np.float64)
    batch = next_symbols(np.maximum(symbols, 0), len(automaton.symbols), mask)
    return Batch(batch.x * mask[:, :, None], batch.target, mask)


def spelled(automaton: Automaton, strings: Sequence[str]) -> Indices:
    """Strings as symbols (T, B), -1 after the end."""
    found = np.full((max(map(len, strings)), len(strings)), -1, dtype=np.intp)
    for b, string in enumerate(strings):
        found[: len(string), b] = [automaton.symbols.index(c) for c in string]
    return found


def chain(begin: str, word: Iterable[str], end: str, chance: float) -> Iterable[Edge]:
    """Edges that spell a word from one state to another; `chance` is that of its first step."""
    letters, here = tuple(word), begin
    for n, letter in enumerate(letters):
        there = end if n == len(letters) - 1 else f"{begin}{''.join(letters)}{n}"
        yield here, letter, there, chance if n == 0 else 1.0
        here = there
