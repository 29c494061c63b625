"""One cell unrolled to whatever length is asked for, with one set of weights: what training and testing run."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import numpy as np

from core.arrays import Array
from core.data import Batch
from core.equations import Cell
from core.ops import Floats
from core.recipe import Recipe
from core.unroll import Workspace
from core.unrolled import first_weights
from core.wiring import wiring_of

States = Mapping[str, Floats]


class Fault(NamedTuple):
    """The first number that is not finite: in which array, at which timestep if it has one, and where in it."""

    array: str
    t: int | None
    place: tuple[int, ...]
    value: str


class Pass(Protocol):
    """One way through a batch and back: the sum of losses by their mask, and its gradients."""

    grads: dict[str, Floats]

    @property
    def loss(self) -> float:
        """J."""


class Learner(Protocol):
    """What can be trained: weights, and passes at any length that begin with states and leave some."""

    params: dict[str, Floats]
    shape: tuple[int, int, int]

    def learn(self, batch: Batch, states: States | None = None) -> Pass:
        """Forward and backward."""

    def drawn(self, recipe: Recipe) -> Mapping[str, Floats]:
        """First weights, as a recipe draws them."""

    def states_before(self, t: int) -> dict[str, Floats]:
        """The states (B, H) before step t = 0..T of the last pass, as copies."""

    def fault(self) -> Fault | None:
        """Where the first number that is not finite arose in the last pass."""

    def loss(self, batch: Batch) -> float:
        """The mean of the counted losses of a batch."""

    def predictions(self, batch: Batch) -> Floats:
        """What the head says: chances or values (T, B, O), as a copy."""


class Unrollings:
    """A cell with an output layer; a workspace is made once for each (T, B) and kept."""

    def __init__(self, cell: Cell, *, I: int, H: int, O: int, head: str, dtype: str = "float64") -> None:
        self.cell, self.head, self.shape, self.dtype = cell, head, (I, H, O), dtype
        self.made: dict[tuple[int, int], Workspace] = {}
        self.params: dict[str, Floats] = {n: p.copy() for n, p in self.workspace(1, 1).params.items()}

    def drawn(self, recipe: Recipe) -> Mapping[str, Floats]:
        """First weights, as a recipe draws them."""
        return first_weights(recipe, wiring_of(recipe), {n: p.shape for n, p in self.params.items()})

    def workspace(self, T: int, B: int) -> Workspace:
        """The workspace of a size."""
        if (T, B) not in self.made:
            I, H, O = self.shape
            self.made[T, B] = Workspace(self.cell, T=T, B=B, I=I, H=H, O=O, head=self.head, dtype=self.dtype)
        return self.made[T, B]

    def read(self, batch: Batch, states: States | None = None) -> Workspace:
        """Forward through a batch from some states (B, H), or from zeros."""
        self.latest = ws = self.workspace(*batch.x.shape[:2])
        ws.load(self.params)
        zeros = np.zeros((batch.x.shape[1], self.shape[1]))
        ws.begin({s: (states or {}).get(s, zeros) for s in self.cell.states})
        np.copyto(ws.x, batch.x)
        np.copyto(ws.target, batch.target, casting="unsafe")
        np.copyto(ws.head.mask, batch.mask.reshape(ws.head.mask.shape))
        with np.errstate(all="ignore"):
            ws.run_forward()
        return ws

    def learn(self, batch: Batch, states: States | None = None) -> Workspace:
        """Forward and backward through a batch, without the instruments: fills `grads`."""
        ws = self.read(batch, states)
        with np.errstate(all="ignore"):
            ws.run_backward()
            ws.run_gradients()
        return ws

    def loss(self, batch: Batch) -> float:
        """The mean of the counted losses of a batch."""
        return self.read(batch).loss / float(batch.mask.sum())

    def predictions(self, batch: Batch) -> Floats:
        """What the head says: chances or values (T, B, O), as a copy."""
        ws = self.read(batch)
        return ws.arrays[ws.head.shows[-1]].data.copy()

    def states_before(self, t: int) -> dict[str, Floats]:
        """The states (B, H) before step t = 0..T of the last pass, as copies."""
        ws = self.latest
        if t == ws.sizes.T:
            return ws.last()
        return {s: ws.shown(ws.buffers.column(f"{s}_prev"))[t].copy() for s in self.cell.states}

    def fault(self) -> Fault | None:
        """Where the first number that is not finite arose in the last pass."""
        with np.errstate(all="ignore"):
            self.latest.instruments.run()
        return first_fault(self.latest.arrays, list(self.cell.names))


def first_fault(arrays: Mapping[str, Array], nodes: list[str]) -> Fault | None:
    """The first number that is not finite, in the order in which a run computes: `nodes` in theirs."""
    names = [n for n, a in arrays.items() if not np.isfinite(a.data).all() and not n.startswith("grad_norm/")]
    weights = [n for n in names if n.startswith("param/")]
    forward = [n for n in names if n.partition("/")[0] not in ("param", "grad")]
    back = [n for n in names if n.startswith("grad/") and arrays[n].dims[0] == "time"]
    if weights:
        return _found(arrays, weights[0])
    if forward:
        return _found(arrays, min(forward, key=lambda n: (_steps(arrays[n])[0], _rank(n, nodes))))
    if back:
        return _found(arrays, max(back, key=lambda n: (_steps(arrays[n])[-1], _rank(n, nodes))), last=True)
    return _found(arrays, names[0]) if names else None


def _steps(array: Array) -> list[int]:
    """The timesteps at which an array is not finite."""
    return [t for t, row in enumerate(array.data) if not np.isfinite(row).all()]


def _rank(name: str, nodes: list[str]) -> int:
    """Where a name stands in the order of computation: what a node is made of comes before it."""
    node, _, inner = name.removeprefix("grad/").partition(".")
    if node in nodes:
        return 2 * nodes.index(node) + (not inner)
    return -1 if node.endswith("_prev") else 2 * len(nodes)


def _found(arrays: Mapping[str, Array], name: str, *, last: bool = False) -> Fault:
    array = arrays[name]
    place = tuple(int(i) for i in np.argwhere(~np.isfinite(array.data))[-1 if last else 0])
    timed = array.dims[0] == "time"
    return Fault(name, place[0] if timed else None, place[1:] if timed else place, str(array.data[place]))
