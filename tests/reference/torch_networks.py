"""Networks of several chains for PyTorch: written as loops over the cells, and as PyTorch's own modules.

T steps, B batch, H hidden units, everything float64.  In a loop every step has its own copy of every weight, so that
autograd tells what each use of a weight gave to each loss.  Nothing here knows the engine under test.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch_cells import EQUATIONS, GATES, MODULES, STATES, Nodes, shapes


@dataclass(frozen=True)
class Chain:
    """One chain: what it reads, in which direction, with whose last states it begins, what it looks at and how."""

    name: str
    reads: tuple[str, ...] = ("x",)
    reverse: bool = False
    start: str | None = None
    memory: tuple[str, ...] = ()
    score: str = ""


@dataclass(frozen=True)
class Case:
    """A network with a head: `lengths` of the source and a random `masked` loss are there if asked for."""

    cell: str
    chains: tuple[Chain, ...]
    output: tuple[str, ...]
    head: str = "softmax"
    B: int = 1
    lengths: tuple[int, ...] | None = None
    masked: bool = False
    sizes: dict[str, int] = field(default_factory=lambda: {"x": 5, "y": 4, "I": 2, "H": 3, "O": 3})

    @property
    def steps(self) -> int:
        """How many steps the output has."""
        return self.sizes["y" if any("y" in c.reads for c in self.chains) else "x"]


def layers(count: int) -> tuple[Chain, ...]:
    """Each layer reads the one below."""
    return tuple(Chain(f"layer{i}", ("x" if i == 1 else f"layer{i - 1}",)) for i in range(1, count + 1))


def both_ways(count: int) -> tuple[Chain, ...]:
    """Pairs of chains, one from each end; both read both of the pair below."""
    if count == 1:
        return Chain("forward"), Chain("backward", reverse=True)
    found: list[Chain] = []
    for i in range(1, count + 1):
        below = ("x",) if i == 1 else (f"forward{i - 1}", f"backward{i - 1}")
        found += [Chain(f"forward{i}", below), Chain(f"backward{i}", below, reverse=True)]
    return tuple(found)


def translator(score: str = "", *, wide: bool = False) -> tuple[Chain, ...]:
    """An encoder, perhaps from both ends, and a decoder that begins where it ended and perhaps looks back."""
    readers = (Chain("encoder"), Chain("encoder-back", reverse=True))[: 1 + wide]
    memory = tuple(c.name for c in readers) if score else ()
    return (*readers, Chain("decoder", ("y",), start="encoder", memory=memory, score=score))


def weight_shapes(case: Case) -> dict[str, tuple[int, ...]]:
    """The shape of every weight of a case."""
    H, O, found = case.sizes["H"], case.sizes["O"], {}
    widths = {"x": case.sizes["I"], "y": O, **{c.name: H for c in case.chains}}
    for chain in case.chains:
        own = shapes(case.cell, sum(widths[r] for r in chain.reads), H)
        wide = H * len(chain.memory)
        if chain.score:
            own |= {"C" + name[1:]: (H, H) for name in own if name[0] == "W"}
        if chain.score == "additive":
            own |= {"P": (H, H), "w": (H,)}
        if chain.score == "additive" or len(chain.memory) > 1:
            own["Q"] = (H, wide)
        if len(chain.memory) > 1:
            own["R"] = (H, wide)
        found |= {f"{chain.name}/{name}": shape for name, shape in own.items()}
    return {**found, "V": (O, H * len(case.output)), "d": (O,)}


def turned(steps: Tensor, lengths: Tensor) -> Tensor:
    """(T, B, ...) with each sequence's first `lengths` steps the other way round; what stands behind stays."""
    index = torch.arange(len(steps))[:, None].expand(-1, len(lengths))
    index = torch.where(index < lengths, lengths - 1 - index, index)
    return torch.gather(steps, 0, index[..., None].expand_as(steps))


def look(p: Nodes, query: Tensor, memory: Tensor, padding: Tensor) -> tuple[Tensor, Tensor]:
    """Attention's weights (B, S) and what they find (B, H): memory (B, S, columns), padding (B, S)."""
    keys = memory @ p["Q"].T if "Q" in p else memory
    values = memory @ p["R"].T if "R" in p else memory
    added = torch.tanh((query @ p["P"].T)[:, None] + keys) @ p["w"] if "w" in p else None
    score = (keys @ query[..., None])[..., 0] if added is None else added
    weights = score.masked_fill(padding, -torch.inf).softmax(-1)
    return weights, (weights[..., None] * values).sum(1)


class Loops:
    """A case as loops: every node of every step by chain, and a copy of every weight for every step."""

    def __init__(self, case: Case, given: Nodes) -> None:
        self.case, self.given = case, given
        T, B = case.sizes["x"], case.B
        self.lengths = torch.tensor(case.lengths or [T] * B)
        self.padding = torch.arange(T) >= self.lengths[:, None]
        self.copies: dict[str, list[Nodes]] = {}
        self.nodes: dict[str, list[Nodes]] = {}
        self.seen = {name: given[name] for name in ("x", "y") if name in given}
        for chain in case.chains:
            self.unroll(chain)
        self.V, self.d = (given[f"param/{n}"].clone().requires_grad_() for n in "Vd")
        states = torch.cat([self.seen[name] for name in case.output], -1)
        self.logits = states @ self.V.T + self.d

    def unroll(self, chain: Chain) -> None:
        """All steps of a chain."""
        inputs = torch.cat([self.seen[name] for name in chain.reads], -1)
        inputs = turned(inputs, self.lengths) if chain.reverse else inputs
        prefix = f"param/{chain.name}/"
        own = {n.removeprefix(prefix): v for n, v in self.given.items() if n.startswith(prefix)}
        self.copies[chain.name], self.nodes[chain.name] = [], []
        state = self.start(chain)
        for x in inputs:
            p = {n: v.clone().requires_grad_() for n, v in own.items()}
            nodes = self.step(chain, p, x, state)
            state = {name: nodes[name] for name in STATES[self.case.cell]}
            self.copies[chain.name].append(p)
            self.nodes[chain.name].append(nodes)
        output = torch.stack([n[STATES[self.case.cell][0]] for n in self.nodes[chain.name]])
        self.seen[chain.name] = turned(output, self.lengths) if chain.reverse else output

    def start(self, chain: Chain) -> Nodes:
        """The states before the first step."""
        names, rows = STATES[self.case.cell], torch.arange(self.case.B)
        if chain.start:
            before = self.nodes[chain.start]
            return {n: torch.stack([step[n] for step in before])[self.lengths - 1, rows] for n in names}
        return {n: torch.zeros(self.case.B, self.case.sizes["H"], dtype=torch.float64) for n in names}

    def step(self, chain: Chain, p: Nodes, x: Tensor, state: Nodes) -> Nodes:
        """One step; what attention finds enters beside the input."""
        if not chain.score:
            return EQUATIONS[self.case.cell](p, x, *(state[n] for n in STATES[self.case.cell]))
        memory = torch.cat([self.seen[name] for name in chain.memory], -1).transpose(0, 1)
        weights, found = look(p, state[STATES[self.case.cell][0]], memory, self.padding)
        joined = p | {n: torch.cat([v, p["C" + n[1:]]], 1) for n, v in p.items() if n[0] == "W"}
        nodes = EQUATIONS[self.case.cell](
            joined, torch.cat([x, found], -1), *(state[n] for n in STATES[self.case.cell])
        )
        return {"a": weights, "v": found, **nodes}

    def stacked(self, chain: Chain, name: str) -> Tensor:
        """A node of a chain at all steps, in the order of time: (T, B, H)."""
        steps = torch.stack([nodes[name] for nodes in self.nodes[chain.name]])
        return turned(steps, self.lengths) if chain.reverse else steps


def head(case: Case, logits: Tensor, target: Tensor) -> tuple[Nodes, Tensor]:
    """What a head shows, and its loss at every step (T, B), summed over outputs."""
    if case.head == "linear":
        return {"prediction": logits}, nn.functional.mse_loss(logits, target, reduction="none").sum(-1)
    if case.head == "sigmoid":
        losses = nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(-1)
        return {"logits": logits, "probs": logits.sigmoid()}, losses
    losses = nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none")
    return {"logits": logits, "probs": logits.softmax(-1)}, losses.reshape(target.shape)


class Module:
    """Layers or pairs of chains as one module of PyTorch, sequences packed if they have lengths."""

    def __init__(self, case: Case, chains: tuple[Chain, ...], given: Nodes) -> None:
        self.case, self.chains, self.gates = case, chains, GATES[case.cell]
        ways = 1 + any(c.reverse for c in chains)
        inputs = given[f"param/{chains[0].name}/W{self.gates[0]}"].shape[1]
        small = MODULES[case.cell](inputs, case.sizes["H"])
        more = {"nonlinearity": small.nonlinearity} if isinstance(small, nn.RNN) else {}
        self.module = type(small)(
            inputs,
            case.sizes["H"],
            num_layers=len(chains) // ways,
            bidirectional=ways == 2,
            dtype=torch.float64,
            **more,
        )
        self.tensors = list(self.module.parameters())
        with torch.no_grad():
            for tensor, value in zip(self.tensors, self.stacked(given), strict=True):
                tensor.copy_(value)

    def stacked(self, given: Nodes) -> list[Tensor]:
        """Our weights in PyTorch's order: of every chain W, U, b and its second bias."""
        found = []
        for chain in self.chains:
            part = {letter: [given[f"param/{chain.name}/{letter}{g}"] for g in self.gates] for letter in "WUb"}
            zero = torch.zeros(self.case.sizes["H"], dtype=torch.float64)
            second = [given.get(f"param/{chain.name}/b_h{g[1:]}", zero) for g in self.gates]
            found += [torch.cat(part[letter]) for letter in "WUb"] + [torch.cat(second)]
        return found

    def __call__(self, xs: Tensor, start: object = None, *, packed: bool = True) -> tuple[Tensor, object]:
        """Output states (T, B, ways * H) and last states."""
        if self.case.lengths is None or not packed:
            return self.module(xs, start)
        whole = pack_padded_sequence(xs, torch.tensor(self.case.lengths), enforce_sorted=False)
        output, last = self.module(whole, start)
        return pad_packed_sequence(output, total_length=len(xs))[0], last

    def named(self, values: list[Tensor]) -> Nodes:
        """What stands in the order of `tensors` under our names."""
        found = {}
        for i, chain in enumerate(self.chains):
            for letter, value in zip("WUb", values[4 * i : 4 * i + 3], strict=True):
                parts = zip(self.gates, value.chunk(len(self.gates)), strict=True)
                found |= {f"{chain.name}/{letter}{gate}": part for gate, part in parts}
            if self.case.cell == "gru-reset-after":
                found[f"{chain.name}/b_hn"] = values[4 * i + 3].chunk(3)[2]
        return found
