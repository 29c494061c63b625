"""Which network a recipe names: its chains, the cell of each, and how all of that is told to those who draw it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.equations import Cell
from core.graph import Node
from core.looking import looking
from core.networks import Block, Topology, attending, bidirectional, encoder_decoder, stacked
from core.recipe import Recipe

ALONE = "\n# each step alone"  # so that no cache takes one for the other


@dataclass(frozen=True)
class Wiring:
    """The chains of a recipe: none but one without a name, or those of a topology; and the cell of each."""

    name: str
    topology: Topology | None
    cells: Mapping[str, Cell]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The chains in order of computation; a single one has no name."""
        return self.topology.blocks if self.topology else (Block(""),)

    @property
    def own_output(self) -> bool:
        """Whether the network reads what it said the step before."""
        return self.name == "one-to-many"

    @property
    def carries(self) -> bool:
        """Whether a sequence can be read in parts, each beginning with the last states of the one before."""
        return not any(b.reverse or b.start for b in self.blocks)

    def axis(self, block: Block) -> str:
        """The steps that a block goes through: those of the source, or those of the answer."""
        return "source" if (self.topology and self.topology.starting(block.name)) or self._read(block) else "time"

    def width_name(self, block: Block) -> str:
        """What the weights on a block's input act on: a feature of the input or the output, units of one or several."""
        if len(block.reads) > 1:
            return "states"
        return {"x": "input", "y": "output"}.get(block.reads[0], "hidden")

    def _read(self, block: Block) -> bool:
        """Whether another block looks at this one."""
        return any(block.name in other.memory for other in self.blocks)

    def describe(self, steps: Mapping[str, int]) -> dict[str, Any]:
        """JSON-able, for those who draw it; `steps` gives the length of each axis."""
        return {"name": self.name, "blocks": [self._described(b, steps) for b in self.blocks], "output": self._output()}

    def _described(self, block: Block, steps: Mapping[str, int]) -> dict[str, Any]:
        axis, cell = self.axis(block), self.cells[block.name]
        return {
            "name": block.name,
            "cell": cell.source.removesuffix(ALONE),
            "states": list(cell.states),
            "output": cell.output,
            "reads": list(block.reads),
            "direction": "backward" if block.reverse else "forward",
            "start": block.start,
            "memory": list(block.memory),
            "joined": self.name != "one-to-one",
            "own_output": self.own_output and "x" in block.reads,
            "axis": axis,
            "steps": steps[axis],
        }

    def _output(self) -> list[str]:
        return list(self.topology.output) if self.topology else [""]


def wiring_of(recipe: Recipe) -> Wiring:
    """The network of a recipe."""
    name, layers = recipe["topology"], recipe["layers"]
    cell = apart(recipe.cell) if name == "one-to-one" else recipe.cell
    topology = _topology(name, layers, both=recipe["reader"] == "both")
    blocks = topology.blocks if topology else (Block(""),)
    cells = {b.name: cell for b in blocks}
    if name == "attention":
        cells["decoder"] = looking(cell, recipe["scoring"], wide=recipe["reader"] == "both")
    return Wiring(name, topology, cells)


def _topology(name: str, layers: int, *, both: bool) -> Topology | None:
    if name == "bidirectional":
        return bidirectional() if layers == 1 else _both_ways(layers)
    if name == "encoder-decoder":
        return encoder_decoder()
    if name == "attention":
        return attending(both_ways=both)
    return stacked(layers) if layers > 1 else None


def _both_ways(layers: int) -> Topology:
    """Pairs of chains, one from each end; both of a pair read both of the pair below."""
    blocks: list[Block] = []
    below: tuple[str, ...] = ("x",)
    for i in range(1, layers + 1):
        pair = (Block(f"forward{i}", below), Block(f"backward{i}", below, reverse=True))
        blocks += pair
        below = (pair[0].name, pair[1].name)
    return Topology(tuple(blocks), below)


def apart(cell: Cell) -> Cell:
    """The cell with nothing before it: each step begins with states of zero, and sends nothing back to the one before.

    What a step reads as `s_prev` is then another node, which no equation writes and whose buffers stay zero.
    """
    zeros = {f"{s}_prev": f"{s}.none_prev" for s in cell.states}
    nodes = {zeros[n]: Node(zeros[n], "previous") for n in cell.nodes if n in zeros}
    kept = {n: replace(node, args=tuple(zeros.get(a, a) for a in node.args)) for n, node in cell.nodes.items()}
    return replace(cell, source=f"{cell.source}{ALONE}", nodes={**nodes, **kept})
