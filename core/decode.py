"""Decoding: what a model writes, one token at a time, with the whole search tree as events.

A model is a step (state, token) -> (log-probabilities of the next token, state). A node of the tree is a prefix;
its `total` is the sum of its log-probabilities and its `score` is total / length**alpha, where the token that ends
a sequence counts. Nodes are numbered in the order in which they appear; 0 is the root, before anything is written.

Events, in the form of core.trace: `start`; then at each step `expanded` (arrays: `log_probs` (V,)) for every prefix
that goes on, and for each of its children `kept`, `finished` (it ended, or is as long as allowed) or `pruned`, with
{node, parent, token, log_probability, total, score}; then `done` with the finished sequences, best first. In beam
search a finished sequence keeps its place among the `width` until better ones push it out: then it is pruned too.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.equations import Cell
from core.errors import UnrolledError
from core.networks import Block, Topology
from core.ops import Floats
from core.step import Named, step, zero_states
from core.trace import Event


@dataclass(frozen=True)
class Model:
    """A step function and what it begins with: the state before, and the token given first."""

    step: Callable[[Any, int], tuple[Floats, Any]]
    state: Any = None
    first: int = -1


@dataclass(frozen=True)
class Until:
    """When a sequence ends: at the token `end`, if there is one, and after `most` tokens in any case."""

    most: int
    end: int | None = None


@dataclass(frozen=True)
class Node:
    """A prefix: the last token, where it came from, how likely it is, and the model's state once it is expanded."""

    number: int
    parent: int | None
    tokens: tuple[int, ...]
    log_probability: float
    total: float
    score: float
    finished: bool
    state: Any

    @property
    def data(self) -> dict[str, Any]:
        """What an event says of it."""
        token = self.tokens[-1] if self.tokens else None
        named = {"node": self.number, "parent": self.parent, "token": token}
        return {**named, "log_probability": self.log_probability, "total": self.total, "score": self.score}


def log_softmax(logits: Floats) -> Floats:
    """log p (O,), exact for logits of any size."""
    shifted = logits - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


def cell_model(cell: Cell, params: Named, prompt: Sequence[int], start: Named | None = None) -> Model:
    """A cell with its softmax layer as a model that has read all of `prompt` (at least one token) but its last.

    Tokens are one-hot inputs. It begins with the states `start` (H,), as a decoder with its encoder's last ones.
    """
    topology = Topology((Block(""),), ("",))
    return network_model(cell, topology, {f"/{n}": p for n, p in params.items()} | dict(params), prompt, start)


def network_model(
    cell: Cell, topology: Topology, params: Named, prompt: Sequence[int], start: Named | None = None
) -> Model:
    """The same for layers of cells, with weights by the names of core.networks; `start` is for the first of them."""
    if any(b.reverse or b.start for b in topology.blocks):
        raise UnrolledError("only layers that read forwards can write: the others need tokens that are still to come")
    blocks = {b.name: {p.name: params[f"{b.name}/{p.name}"] for p in cell.parameters} for b in topology.blocks}
    width, first = params["V"].shape[1] // len(topology.output), topology.blocks[0].name
    symbols = next((blocks[first][p.name].shape[1] for p in cell.parameters if p.columns == "input"), 0)
    if not prompt or not all(0 <= token < symbols for token in prompt):
        raise UnrolledError(f"the prompt needs at least one token, each from 0 to {symbols - 1}")
    layers = _Layers(cell, topology, blocks, params, np.eye(symbols))
    states: Mapping[str, Named] = {name: zero_states(cell, width) for name in blocks}
    states = states if start is None else {**states, first: start}
    for token in prompt[:-1]:
        _, states = layers(states, token)
    return Model(layers, states, prompt[-1])


@dataclass(frozen=True)
class _Layers:
    """The step function of layers of cells: states by block, a token -> log-probabilities, states."""

    cell: Cell
    topology: Topology
    blocks: Mapping[str, Named]
    params: Named
    one_hot: Floats

    def __call__(self, states: Mapping[str, Named], token: int) -> tuple[Floats, dict[str, Named]]:
        """One token through all layers and the output layer."""
        seen, after = {"x": self.one_hot[token]}, dict[str, Named]()
        for block in self.topology.blocks:
            x = np.concatenate([seen[r] for r in block.reads])
            after[block.name] = step(self.cell, self.blocks[block.name], x, states[block.name])
            seen[block.name] = after[block.name][self.cell.output]
        top = np.concatenate([seen[o] for o in self.topology.output])
        return log_softmax(self.params["V"] @ top + self.params["d"]), after


def primed(model: Model, tokens: Sequence[int]) -> Model:
    """The model once it has read its first token and all of `tokens` but the last, which comes first from now on."""
    state, first = model.state, model.first
    for token in tokens:
        _, state = model.step(state, first)
        first = token
    return replace(model, state=state, first=first)


# -- three ways to search -----------------------------------------------------------------------------------


def greedy(model: Model, until: Until) -> Iterator[Event]:
    """The likeliest token at each step."""
    return _single(model, until, lambda log_probs: int(np.argmax(log_probs)))


def sample(
    model: Model, until: Until, rng: np.random.Generator, *, temperature: float = 1.0, top: int | None = None
) -> Iterator[Event]:
    """A token drawn at each step from p**(1/temperature), of the `top` likeliest only; scores stay the model's own."""
    if not temperature > 0:
        raise UnrolledError(f"the temperature is {temperature}; it must be above 0 (greedy search is its limit)")
    if top is not None and top < 1:
        raise UnrolledError(f"top is {top}; at least one token must be left to draw")
    return _single(model, until, lambda log_probs: draw(log_probs, rng, temperature, top))


def draw(log_probs: Floats, rng: np.random.Generator, temperature: float = 1.0, top: int | None = None) -> int:
    """One token from softmax(log_probs / temperature) over the `top` likeliest; of equals the first come first."""
    chosen = np.argsort(-log_probs, kind="stable")[:top]
    with np.errstate(over="ignore"):
        weights = np.exp((log_probs[chosen] - log_probs[chosen[0]]) / temperature)
    edges = np.cumsum(weights)
    return int(chosen[np.searchsorted(edges, rng.random() * edges[-1], side="right")])


def _single(model: Model, until: Until, choose: Callable[[Floats], int]) -> Iterator[Event]:
    """One sequence: a beam of one whose only child is chosen by a rule."""

    def keep(candidates: list[Node], log_probs: Floats) -> list[Node]:
        token = choose(log_probs)
        return [c for c in candidates if c.tokens[-1] == token]

    return _search(model, until, 0.0, keep)


def beam(model: Model, until: Until, width: int, *, alpha: float = 0.0) -> Iterator[Event]:
    """The `width` best prefixes by score at each step; alpha 0 is the plain sum, 1 the mean of log-probabilities."""
    if width < 1:
        raise UnrolledError(f"the width of the beam is {width}; it must be at least 1")

    def keep(candidates: list[Node], _log_probs: Floats) -> list[Node]:
        possible = [c for c in candidates if c.total > -np.inf]
        return sorted(possible, key=lambda c: -c.score)[:width]

    return _search(model, until, alpha, keep)


def _search(
    model: Model, until: Until, alpha: float, keep: Callable[[list[Node], Floats], list[Node]]
) -> Iterator[Event]:
    """Expand what is alive, keep some of the children and of what has finished, until all have finished."""
    if until.most < 1:
        raise UnrolledError(f"a sequence of at most {until.most} tokens is none")
    number, numbers = 1, itertools.count(1)
    held = [Node(0, None, (), 0.0, 0.0, 0.0, finished=False, state=model.state)]
    yield Event("start", 0, data=held[0].data)
    for t in range(until.most):
        candidates, log_probs = [n for n in held if n.finished], np.zeros(0)
        for node in [n for n in held if not n.finished]:
            log_probs, state = _read(model, node)
            yield Event("expanded", number, t, {"log_probs": log_probs}, node.data)
            number += 1
            candidates += _children(node, (log_probs, state), until, alpha, numbers)
        before, held = held, keep(candidates, log_probs)
        for kind, node in _fates(candidates, before, held):
            yield Event(kind, number, t, data=node.data)
            number += 1
        if all(n.finished for n in held):
            break
    yield Event(
        "done", number, data={"sequences": [{**n.data, "tokens": list(n.tokens)} for n in held], "alpha": alpha}
    )


def _read(model: Model, node: Node) -> tuple[Floats, Any]:
    """What the model expects after a prefix."""
    log_probs, state = model.step(node.state, node.tokens[-1] if node.tokens else model.first)
    if np.isnan(log_probs).any() or not (log_probs > -np.inf).any():
        raise UnrolledError(f"after {len(node.tokens)} tokens the model has no probabilities: its numbers overflowed")
    return log_probs, state


def _children(
    node: Node, read: tuple[Floats, Any], until: Until, alpha: float, numbers: Iterator[int]
) -> Iterator[Node]:
    length, (log_probs, state) = len(node.tokens) + 1, read
    for token, log_p in enumerate(log_probs.tolist()):
        total = node.total + log_p
        ends = token == until.end or length == until.most
        tokens = (*node.tokens, token)
        yield Node(next(numbers), node.number, tokens, log_p, total, total / length**alpha, ends, state)


def _fates(candidates: list[Node], before: list[Node], held: list[Node]) -> Iterator[tuple[str, Node]]:
    """What became of each candidate, the best first; a finished one that stays has been told already."""
    stays, known = {n.number for n in held}, {n.number for n in before}
    for node in sorted(candidates, key=lambda n: -n.score):
        if node.number not in stays:
            yield "pruned", node
        elif node.number not in known:
            yield ("finished" if node.finished else "kept"), node


def best(events: Iterable[Event]) -> dict[str, Any]:
    """The best sequence of a search: its `tokens`, `total` and `score`."""
    *_, last = events
    return dict(last.data["sequences"][0])
