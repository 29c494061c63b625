"""A recipe's network at one size, whether it is a single chain or several: made, filled with first weights, fed."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.data import Batch
from core.inits import INITS, xavier
from core.material import shown_before
from core.networks import Network
from core.ops import Floats
from core.recipe import Recipe
from core.unroll import Workspace
from core.wiring import Wiring

Unrolled = Workspace | Network


def unrolled(wiring: Wiring, *, T: int, B: int, I: int, H: int, O: int, head: str, dtype: str = "float64") -> Unrolled:
    """The network at a size: T steps, of the source and of the answer, and B sequences."""
    if wiring.topology is None:
        return Workspace(wiring.cells[""], T=T, B=B, I=I, H=H, O=O, head=head, dtype=dtype)
    read = {r for b in wiring.blocks for r in b.reads}
    streams = {n: (T, width) for n, width in (("x", I), ("y", O)) if n in read}
    first, cells = next(iter(wiring.cells.values())), wiring.cells
    return Network(first, wiring.topology, streams=streams, H=H, O=O, B=B, head=head, cells=cells, dtype=dtype)


def shapes_of(net: Unrolled) -> dict[str, tuple[int, ...]]:
    """The shape of every weight by the name that it has in a trace."""
    return net.shapes() if isinstance(net, Network) else {n: p.shape for n, p in net.params.items()}


def given_to(net: Unrolled, batch: Batch) -> Any:
    """What the network reads: x (T, B, I) for one chain, streams for several; a decoder reads what it should have said.

    At first that is nothing.
    """
    if isinstance(net, Workspace):
        return batch.x
    return {"x": batch.x, "y": shown_before(batch, net.O)}


def first_weights(recipe: Recipe, wiring: Wiring, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Floats]:
    """The weights as a recipe draws them, in the order of `shapes`: U by its own rule, other matrices by Xavier's.

    Biases are zero, but for a forget gate's; what compares query and keys would then learn nothing, and is drawn.
    What the recipe's model brings is taken as it is.
    """
    rng, found = np.random.default_rng(recipe["seed"]), {}
    given = recipe.brought.params if recipe.brought else {}
    recurrent = {p.name for p in recipe.cell.parameters if p.group == "U"}
    scores = {f"{block}/{a.score}" for block, cell in wiring.cells.items() for a in cell.attentions}
    for name, shape in shapes.items():
        bare = name.rpartition("/")[2]
        if name in given:
            found[name] = given[name]
        elif name in scores:
            found[name] = xavier(rng, (*shape, 1), 1.0)[:, 0]
        elif len(shape) == 1 and bare in recurrent:
            found[name] = unit_by_unit(rng, recipe["init"], shape[0], recipe["gain"])
        elif len(shape) == 1:
            found[name] = np.full(shape, recipe["forget_bias"] if bare == "b_f" else 0.0)
        elif bare in recurrent:
            found[name] = INITS[recipe["init"]](rng, shape, recipe["gain"])
        else:
            found[name] = xavier(rng, shape, 1.0)
    return found


def unit_by_unit(rng: np.random.Generator, init: str, units: int, gain: float) -> Floats:
    """A vector (H,) that multiplies the state: a diagonal U, of which no unit may grow faster than `gain`.

    Uniform within the gain as Li and others (2018) have it; other rules are what they are of a single unit.
    """
    if init in ("orthogonal", "identity", "zeros"):
        return np.array([INITS[init](rng, (1, 1), gain)[0, 0] for _ in range(units)])
    return np.asarray(rng.uniform(-gain, gain, units))
