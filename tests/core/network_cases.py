"""The PyTorch reference values of networks, and the engine run on the same numbers.

The engine is looked up at each call, so that one with a fault put into it can be asked, too.
"""

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from tests.core.cases import REFERENCE
from tests.core.oracle import Arrays

WINDOWS = (2, 4)
SHORT = {"tanh": "rnn-tanh", "relu": "rnn-relu", "peephole": "lstm-peephole", "residual": "rnn-residual"}


@cache
def references() -> dict[str, Arrays]:
    """Every array of every case, by the names of the trace."""
    found: dict[str, Arrays] = {}
    with np.load(REFERENCE / "networks.npz") as opened:
        for key in opened.files:
            case, _, name = key.partition(":")
            found.setdefault(case, {})[name] = opened[key]
    return found


def cell_of(case: str) -> str:
    """The cell that a case is named after."""
    cells = sorted(import_module("core.cells").CELLS, key=len, reverse=True)
    return next((n for n in cells if n in case), "") or next(n for s, n in SHORT.items() if s in case)


def looks(case: str) -> bool:
    return case.startswith(("dot", "additive"))


def topology_of(case: str) -> Any:
    networks = import_module("core.networks")
    if case.startswith("pairs"):
        recipe = import_module("core.recipe").make_recipe({"topology": "bidirectional", "layers": 2})
        return import_module("core.wiring").wiring_of(recipe).topology
    if looks(case):
        return networks.attending(both_ways="both-ways" in case)
    kinds = {"two": (networks.stacked, 2), "three": (networks.stacked, 3), "both": (networks.bidirectional,)}
    make, *arguments = kinds.get(case.partition("-")[0], (networks.encoder_decoder,))
    return make(*arguments)


def network(case: str) -> tuple[Any, Arrays]:
    """The engine's network of a case, run, and what is right."""
    right, cell, topology = references()[case], import_module("core.cells").CELLS[cell_of(case)], topology_of(case)
    streams = {n: right[n].shape[::2] for n in ("x", "y") if n in right}
    (O, wide), B = right["param/V"].shape, right["x"].shape[1]
    head = "linear" if "prediction" in right else "softmax" if right["target"].ndim == 2 else "sigmoid"
    looking = import_module("core.looking").looking
    score = case.partition("-")[0]
    cells = {"decoder": looking(cell, score, wide="both-ways" in case)} if looks(case) else {}
    sizes = {"H": wide // len(topology.output), "O": O, "B": B}
    net = import_module("core.networks").Network(cell, topology, streams=streams, **sizes, head=head, cells=cells)
    net.load({n.removeprefix("param/"): v for n, v in right.items() if n.startswith("param/")})
    more = {"lengths": right["lengths"]} if "lengths" in right else {}
    net.run({n: right[n] for n in streams}, right["target"], mask=right["mask"], **more)
    return net, right


def arrays_of(net: Any, right: Arrays) -> Arrays:
    """Every array of a run, with nothing where the source is padding."""
    found = {n: a.data for n, a in net.arrays().items()}
    if "lengths" not in right:
        return found
    real = np.arange(len(right["x"]))[:, None] < right["lengths"]

    def counted(a: Any) -> Any:
        return np.where(real.reshape(*real.shape, *[1] * (a.ndim - 2)), a, 0.0) if a.shape[:2] == real.shape else a

    return {n: counted(a) for n, a in found.items()}


def apart(right: Arrays) -> bool:
    """Whether a case has contributions: with different lengths, a reversed chain has none."""
    return any(n.startswith("contribution") for n in right)
