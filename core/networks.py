"""Networks of several chains: which cell feeds which, in which direction, and where a chain begins.

A topology is a short list of blocks. Forward visits them in order; backward in reverse, each passing its gradient
on to what it read and to the chain whose last states it began with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.arrays import HIDDEN, OUTPUT, STEP, TIME, Array
from core.buffers import Sizes
from core.equations import Cell
from core.heads import HEADS, Head
from core.norms import norms
from core.ops import Floats, run
from core.unroll import Chain, flat, weight_dims


@dataclass(frozen=True)
class Block:
    """One chain: `reads` are input streams or blocks before it, `start` is the block whose last states begin it.

    `memory` are the blocks whose states its attention looks at, side by side.
    """

    name: str
    reads: tuple[str, ...] = ("x",)
    reverse: bool = False
    start: str | None = None
    memory: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topology:
    """Blocks in order of computation, and those that the output layer reads side by side."""

    blocks: tuple[Block, ...]
    output: tuple[str, ...]

    def starting(self, name: str) -> bool:
        """Whether another block begins with this one's last states."""
        return any(b.start == name for b in self.blocks)


def stacked(layers: int) -> Topology:
    """Each layer reads the states of the one below."""
    names = [f"layer{i}" for i in range(1, layers + 1)]
    below = ["x", *names]
    return Topology(tuple(Block(n, (r,)) for n, r in zip(names, below, strict=False)), (names[-1],))


def bidirectional() -> Topology:
    """Two chains over the same input, one from each end; the output layer reads both."""
    return Topology((Block("forward"), Block("backward", reverse=True)), ("forward", "backward"))


def encoder_decoder() -> Topology:
    """The decoder begins where the encoder ended; `x` is the source, `y` what the decoder is given."""
    return Topology((Block("encoder"), Block("decoder", ("y",), start="encoder")), ("decoder",))


def attending(*, both_ways: bool = False) -> Topology:
    """A decoder that looks at all the encoder's states, which may have been read from both ends."""
    ahead, back = Block("encoder"), Block("encoder-back", reverse=True)
    memory = ("encoder", "encoder-back") if both_ways else ("encoder",)
    decoder = Block("decoder", ("y",), start="encoder", memory=memory)
    return Topology((ahead, back, decoder) if both_ways else (ahead, decoder), ("decoder",))


class Network:
    """A topology at one size, of one cell unless `cells` names others; `streams` gives (T, I) of every input."""

    def __init__(
        self,
        cell: Cell,
        topology: Topology,
        *,
        streams: Mapping[str, tuple[int, int]],
        H: int,
        O: int,
        B: int = 1,
        head: str = "softmax",
        cells: Mapping[str, Cell] | None = None,
        dtype: str = "float64",
    ) -> None:
        self.cell, self.topology, self.H, self.O, self.B = cell, topology, H, O, B
        lengths = dict(streams)
        self.chains: dict[str, Chain] = {}
        for block in topology.blocks:
            T, width = lengths[block.reads[0]][0], sum(lengths[r][1] for r in block.reads)
            own = (cells or {}).get(block.name, cell)
            seeded = own.states if topology.starting(block.name) else (own.output,)
            memory = (lengths[block.memory[0]][0], H * len(block.memory)) if block.memory else None
            self.chains[block.name] = Chain(own, Sizes(T, B, width, H, O, dtype), seeded, memory)
            lengths[block.name] = T, H
        self.T = lengths[topology.output[0]][0]
        self.head: Head = HEADS[head](Sizes(self.T, B, 0, H, O, dtype))
        self.V, self.d = np.zeros((O, H * len(topology.output)), dtype), np.zeros(O, dtype)
        self.grads: dict[str, Floats] = {"V": np.zeros_like(self.V), "d": np.zeros(O, dtype)}
        self.lengths: np.ndarray[tuple[int], np.dtype[np.intp]] | None = None

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every weight, those of a block behind its name: `encoder/U`."""
        found = {f"{n}/{p}": s for n, c in self.chains.items() for p, s in c.shapes.items()}
        return {**found, "V": self.V.shape, "d": self.d.shape}

    def load(self, params: Mapping[str, Floats]) -> None:
        """Take the weights, by the names of `shapes`."""
        for name, chain in self.chains.items():
            chain.load({p: params[f"{name}/{p}"] for p in chain.params})
        np.copyto(self.V, params["V"])
        np.copyto(self.d, params["d"])

    # -- forward ------------------------------------------------------------------------------------------

    def run(
        self,
        inputs: Mapping[str, Floats],
        target: Any,
        *,
        mask: Floats | None = None,
        lengths: "np.ndarray[tuple[int], np.dtype[np.intp]] | None" = None,
        instruments: bool = True,
    ) -> None:
        """Forward and backward: inputs by stream (T, B, I), target (T, B) or (T, B, O), mask (T, B).

        `lengths` (B,) says where each sequence of the first stream ends; what stands behind changes no number.
        Without `instruments` only weights get gradients, as in training; `measure` makes up for the rest.
        """
        self.lengths = lengths
        np.copyto(self.head.mask, np.ones_like(self.head.mask) if mask is None else mask.reshape(self.head.mask.shape))
        with np.errstate(all="ignore"):
            self._forward(inputs)
            self._output(target)
            self.run_backward()
        if instruments:
            self.measure()

    def measure(self) -> None:
        """Gradients of every named node and their norms, of the last run."""
        with np.errstate(all="ignore"):
            for chain in self.chains.values():
                chain.instruments.run()

    def _forward(self, inputs: Mapping[str, Floats]) -> None:
        seen = dict(inputs)
        for block in self.topology.blocks:
            chain = self.chains[block.name]
            np.copyto(chain.x, self.turn(block, np.concatenate([seen[r] for r in block.reads], axis=-1)))
            if block.start:
                chain.begin(self.ends(block.start))
            if block.memory:
                memory = np.concatenate([seen[m] for m in block.memory], axis=-1)
                chain.remember(memory.transpose(1, 0, 2), self._padding(len(memory)))
            chain.unroll()
            seen[block.name] = self.turn(block, chain.shown(chain.output_state))

    def _padding(self, steps: int) -> Any:
        """Where a memory (B, S) is only padding."""
        return None if self.lengths is None else np.arange(steps) >= self.lengths[:, None]

    def turn(self, block: Block, array: Floats) -> Floats:
        """(T, B, ...) in the block's own order of time; doing it twice undoes it."""
        if not block.reverse:
            return array
        if self.lengths is None:
            return array[::-1]
        steps = np.arange(len(array))[:, None]
        index = np.where(steps < self.lengths, self.lengths - 1 - steps, steps)
        return np.take_along_axis(array, index[:, :, None], axis=0)

    def last(self, name: str) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
        """The last step of every sequence in a block: (B,)."""
        T = self.chains[name].sizes.T
        return np.full(self.B, T - 1) if self.lengths is None else np.asarray(self.lengths - 1)

    def ends(self, name: str) -> dict[str, Floats]:
        """The states (B, H) of a block after the last step of each sequence."""
        chain, last = self.chains[name], self.last(name)
        return {s: chain.shown(chain.buffers.column(s))[last, np.arange(self.B)] for s in chain.cell.states}

    def _states(self) -> Floats:
        """What the output layer reads: (T, B, H * blocks)."""
        found = [self.turn(b, self.chains[b.name].shown(self.chains[b.name].output_state)) for b in self._outputs()]
        return np.concatenate(found, axis=-1)

    def _outputs(self) -> list[Block]:
        return [b for b in self.topology.blocks if b.name in self.topology.output]

    def _output(self, target: Any) -> None:
        logits = flat(self.head.logits)
        np.matmul(flat(self._states()), self.V.T, logits)
        np.add(logits, self.d, logits)
        self.head.run(target if self.B > 1 else target[:, 0])

    # -- backward -----------------------------------------------------------------------------------------

    @property
    def delta(self) -> Floats:
        """dJ/dlogits as (T, B, O)."""
        return self.head.delta if self.B > 1 else self.head.delta[:, None]

    def head_seeds(self) -> dict[str, Floats]:
        """dJ_t/dh_t of every block that the output layer reads, (T, B, H) in the block's own order of time."""
        whole = (flat(self.delta) @ self.V).reshape(self.T, self.B, -1)
        parts = np.split(whole, len(self.topology.output), axis=-1)
        return {b.name: self.turn(b, part) for b, part in zip(self._outputs(), parts, strict=True)}

    def run_backward(self) -> None:
        """From the head's delta to the gradient of every weight, chain by chain."""
        delta = flat(self.delta)
        np.matmul(delta.T, flat(self._states()), out=self.grads["V"])
        np.sum(delta, axis=0, out=self.grads["d"])
        rooms = {n: (c.sizes.T, self.B, self.H) for n, c in self.chains.items()}
        seeds = {n: {s: np.zeros(rooms[n], self.V.dtype) for s in c.cell.states} for n, c in self.chains.items()}
        for name, part in self.head_seeds().items():
            seeds[name][self.chains[name].cell.output] += part
        for block in reversed(self.topology.blocks):
            chain = self.chains[block.name]
            self._seed(chain, seeds[block.name])
            chain.roll_back()
            run(chain.gradient_calls)
            self.grads |= {f"{block.name}/{p}": g for p, g in chain.grads.items()}
            self._pass_on(block, chain, seeds)

    def _seed(self, chain: Chain, seeds: dict[str, Floats]) -> None:
        for state in chain.backward.seeded:
            seed = seeds[state]
            np.copyto(chain.buffers.G.column(state), seed if self.B > 1 else seed[:, 0])

    def _pass_on(self, block: Block, chain: Chain, seeds: dict[str, dict[str, Floats]]) -> None:
        """The gradient of what a block read, and of the states that it began with."""
        whole = self.turn(block, chain.input_gradient())
        for name, part in zip(block.reads, self.split(block, whole), strict=True):
            if name in self.chains:
                seeds[name][self.chains[name].cell.output] += self.turn(self.block(name), part)
        if block.memory:
            memory = chain.memory_gradient().transpose(1, 0, 2)
            for name, part in zip(block.memory, np.split(memory, len(block.memory), axis=-1), strict=True):
                seeds[name][self.chains[name].cell.output] += self.turn(self.block(name), part)
        if block.start:
            for state, part in chain.start_gradient().items():
                seeds[block.start][state][self.last(block.start), np.arange(self.B)] += part

    def input_gradient(self) -> Floats:
        """dJ/dx of the last run: (S, B, I), from all chains that read x."""
        readers = [b for b in self.topology.blocks if b.reads[0] == "x"]
        return np.asarray(sum(self.turn(b, self.chains[b.name].input_gradient()) for b in readers))

    def block(self, name: str) -> Block:
        """A block by its name."""
        return next(b for b in self.topology.blocks if b.name == name)

    def split(self, block: Block, whole: Floats) -> list[Floats]:
        """The last axis cut into what the block reads."""
        widths = [self.H if r in self.chains else whole.shape[-1] for r in block.reads]
        return np.split(whole, np.cumsum(widths)[:-1], axis=-1) if len(widths) > 1 else [whole]

    # -- what came out ------------------------------------------------------------------------------------

    @property
    def loss(self) -> float:
        """J: the masked sum of J_t over time and batch."""
        return float(np.vdot(self.head.loss, self.head.mask))

    def arrays(self) -> dict[str, Array]:
        """Every array of the last run by its contract name, in the order of time of the input."""
        shape = (self.T, self.B)
        head = {n: getattr(self.head, n) for n in self.head.shows}
        found = {n: Array(a if self.B > 1 else a[:, None], OUTPUT) for n, a in head.items()}
        found |= {n: Array(getattr(self.head, n).reshape(shape), STEP) for n in ("loss", "mask")}
        for block in self.topology.blocks:
            found |= self._block_arrays(block, self.chains[block.name])
        for prefix, weights in (("param", {"V": self.V, "d": self.d}), ("grad", self.grads)):
            found |= {f"{prefix}/{n}": Array(weights[n], weight_dims(self.cell, n)) for n in ("V", "d")}
        return found

    def _block_arrays(self, block: Block, chain: Chain) -> dict[str, Array]:
        def shown(column: Floats) -> Array:
            return Array(self.turn(block, chain.shown(column)), HIDDEN)

        name, tell, cell = block.name, chain.instruments, chain.cell
        nodes = (*cell.names, *(f"{s}_prev" for s in cell.states), *cell.pre_activations)
        found = {f"{name}/{n}": shown(chain.buffers.column(n)) for n in nodes}
        found |= {f"{name}/{a.spec.weights}": Array(a.weights, ("time", "batch", "source")) for a in chain.attends}
        found |= {f"grad/{name}/{n}": shown(tell.gradient(n)) for n in tell.names}
        found |= {f"grad_norm/{name}/{n}": Array(self._norms(block, chain, n), TIME) for n in tell.names}
        for prefix, weights in (("param", chain.params), ("grad", chain.grads)):
            found |= {f"{prefix}/{name}/{n}": Array(w, weight_dims(cell, n)) for n, w in weights.items()}
        return found

    def _norms(self, block: Block, chain: Chain, node: str) -> Floats:
        """The norm of a node's gradient at every step, over units and batch: (T,) in the input's order of time."""
        if self.lengths is None or not block.reverse:
            return chain.instruments.norm(node)[:: -1 if block.reverse else 1]
        rows = self.turn(block, chain.shown(chain.instruments.gradient(node)))
        out = np.empty(len(rows), rows.dtype)
        norms(rows.reshape(len(rows), -1), out)
        return out
