"""A recipe carried out: as one trace, or as events while it runs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core import ENGINE
from core.arrays import Array
from core.gradients import contributions, truncation
from core.jacobians import jacobians, spectra
from core.material import Material, material
from core.network_gradients import network_contributions, network_jacobians
from core.network_truncation import network_truncation
from core.networks import Network
from core.ops import Floats
from core.recipe import Recipe
from core.sweep import Rows
from core.trace import Event, Trace, encode, header, nonfinite
from core.unroll import Workspace
from core.unrolled import Unrolled, first_weights, given_to, shapes_of, unrolled
from core.windows import beside
from core.wiring import Wiring, wiring_of

GROUPS = ("forward", "backward", "contributions", "jacobians", "params", "spectral", "windows", "matrix")
DEFAULT_GROUPS = GROUPS[:5]
AXES = ("source", "time")
GIVEN = ("x", "y", "target", "mask")
KINDS = ("W", "U", "b")


@dataclass(frozen=True)
class Run:
    """A network after forward and backward through a recipe's sequence."""

    recipe: Recipe
    wiring: Wiring
    material: Material
    net: Unrolled

    @cached_property
    def arrays(self) -> dict[str, Array]:
        """Every array by its contract name, each with the names of its own steps."""
        found = _of_network(self, self.net) if isinstance(self.net, Network) else dict(self.net.arrays)
        if self.wiring.name == "one-to-one":  # each step begins with nothing, whatever the one before it left
            nothing = [n for n, a in found.items() if n.endswith("_prev") and a.dims[0] == "time"]
            found |= {n: Array(np.zeros_like(found[n].data), found[n].dims) for n in nothing}
        return found

    @property
    def clock(self) -> list[tuple[str, int]]:
        """The axes along which the run goes, one after the other, and their lengths."""
        S, T = len(self.material.source), len(self.material.time)
        return [("source", S), ("time", T)] if S else [("time", T)]


def run(recipe: Recipe) -> Run:
    """Forward and backward through a recipe's sequence."""
    return run_with(recipe, None)


def run_with(recipe: Recipe, weights: dict[str, Floats] | None) -> Run:
    """The same with some weights, or with those that the recipe draws."""
    wiring, given = wiring_of(recipe), material(recipe)
    net = unrolled(wiring, **_sizes(recipe, given))
    net.load(first_weights(recipe, wiring, shapes_of(net)) if weights is None else weights)
    read, target, mask = given_to(net, given.batch), given.batch.target, given.batch.mask
    net.run(read, target, mask=mask)
    return Run(recipe, wiring, given, net)


def _sizes(recipe: Recipe, given: Material) -> dict[str, Any]:
    T, B, I = given.batch.x.shape
    return {"T": T, "B": B, "I": I, "H": recipe["hidden"], "O": len(given.task.outputs), "head": given.task.head}


def sizes_of(done: Run) -> dict[str, Any]:
    """What the run's network was made with."""
    return _sizes(done.recipe, done.material)


def compute(recipe: Recipe, include: Iterable[str] = DEFAULT_GROUPS) -> Trace:
    """The trace of a recipe, with the groups of arrays asked for."""
    return traced(run(recipe), include)


def traced(done: Run, include: Iterable[str] = DEFAULT_GROUPS) -> Trace:
    """The trace of a run, with the groups of arrays asked for."""
    groups = set(include)
    arrays = {n: a for n, a in done.arrays.items() if group_of(n) in groups}
    return _trace(done, arrays | costly(done, groups))


def costly(done: Run, groups: Iterable[str]) -> dict[str, Array]:
    """The arrays that take more than the run itself, cheapest first."""
    groups = set(groups)
    found = beside(done.recipe, read_by(done), done.clock[0][0]) if "windows" in groups else {}
    if isinstance(done.net, Network):
        return found | _costly_of_network(done, done.net, groups)
    return found | costly_of_chain(done.recipe, done.net, groups)


def read_by(done: Run) -> Floats:
    """What the network read, after surgery too: x (T, 1, I)."""
    return done.material.batch.x if isinstance(done.net, Network) else done.net.x


def costly_of_chain(recipe: Recipe, ws: Workspace, groups: set[str]) -> dict[str, Array]:
    """The same for a single chain."""
    found: dict[str, Array] = {}
    if "contributions" in groups:
        rows = Rows(ws)
        found |= contributions(ws, rows=rows) | truncation(ws, recipe["window"], rows=rows)
    elif "matrix" in groups:
        found |= of_kinds(contributions(ws))
    if "jacobians" in groups:
        found |= jacobians(ws)
    return found | (spectra(ws) if "spectral" in groups else {})


def of_kinds(found: dict[str, Array]) -> dict[str, Array]:
    """The matrices of all weights on the input together, of all on the state, of all biases: a gate's own left out."""
    return {n: a for n, a in found.items() if n.rpartition("/")[2] in KINDS}


def _costly_of_network(done: Run, net: Network, groups: set[str]) -> dict[str, Array]:
    found: dict[str, Array] = {}
    if "contributions" in groups:
        found |= network_contributions(net) | network_truncation(net, done.recipe["window"])
    elif "matrix" in groups:
        found |= of_kinds(network_contributions(net))
    if "jacobians" in groups:
        found |= network_jacobians(net, jacobians)
    if "spectral" in groups:
        found |= network_jacobians(net, spectra)
    return {n: _on_its_axis(done, n, a) for n, a in found.items()}


def group_of(name: str) -> str:
    """The group that an array of the run itself belongs to."""
    kind = name.split("/", maxsplit=1)[0]
    return {"param": "params", "grad": "backward", "grad_norm": "backward"}.get(kind, "forward")


# -- networks of several chains --------------------------------------------------------------------------------


def _of_network(done: Run, net: Network) -> dict[str, Array]:
    batch, two = done.material.batch, bool(done.material.source)
    found = {"x": Array(batch.x, ("source" if two else "time", "batch", "input"))}
    if two:
        found["y"] = Array(given_to(net, batch)["y"], ("time", "batch", "output"))
    answer = ("time", "batch") if net.head.classes else ("time", "batch", "output")
    found["target"] = Array(batch.target, answer)
    return found | {n: _on_its_axis(done, n, a) for n, a in net.arrays().items()}


def _on_its_axis(done: Run, name: str, array: Array) -> Array:
    """An array of a block, with the names of the block's own steps and of what its weights act on."""
    dims = array.dims
    if name.endswith(("/V", "/d")) and name.count("/") == 1:
        several = len(done.wiring.describe({"source": 0, "time": 0})["output"]) > 1
        return Array(array.data, tuple("states" if d == "hidden" and several else d for d in dims))
    block = next((b for b in done.wiring.blocks if b.name in name.split("/")[:2]), None)
    if block is None:
        return array
    axis, acted = done.wiring.axis(block), done.wiring.width_name(block)
    pair = {"time_t": "source_t" if name.startswith("jacobian") else "time_t", "time_k": "source_k", "time": "source"}
    renamed = {"input": acted} | (pair if axis == "source" else {})
    return Array(array.data, tuple(renamed.get(d, d) for d in dims))


# -- as a trace, as events ------------------------------------------------------------------------------------


def _trace(done: Run, arrays: dict[str, Array]) -> Trace:
    given, net = done.material, done.net
    I, O, H = given.batch.x.shape[2], len(given.task.outputs), done.recipe["hidden"]
    dims = {"time": len(given.time), "batch": 1, "input": I, "hidden": H, "output": O}
    labels = {"time": list(given.time), "output": list(given.task.outputs), "input": list(given.task.inputs)}
    labels["target"] = list(given.target)
    if isinstance(net, Network):
        dims |= {"states": net.V.shape[1]}
    if given.source:
        memory = max((len(b.memory) for b in done.wiring.blocks), default=0)
        dims |= {"source": len(given.source), "memory": H * memory}
        labels["source"] = list(given.source)
    topology = done.wiring.describe(dict(done.clock)) | {"head": given.task.head}
    return Trace(done.recipe.key(), ENGINE, dict(done.recipe.values), dims, labels, arrays, topology)


def events(recipe: Recipe, include: Iterable[str] = DEFAULT_GROUPS) -> Iterator[Event]:
    """start, forward t = 0..N-1, backward t = N-1..0, done; numbered without gaps.

    t counts the steps of the whole run: those of the source first, where there is one, then those of the answer.
    """
    done, groups = run(recipe), set(include)
    whole, steps = done.arrays, [(axis, t) for axis, length in done.clock for t in range(length)]
    N, forward, backward = len(steps), stepwise(whole, "forward"), stepwise(whole, "backward")
    yield Event("start", 0, data=_start(done))
    for t, (axis, row) in enumerate(steps):
        yield Event("forward", 1 + t, t, _rows(whole, forward, axis, row))
    for t, (axis, row) in reversed([*enumerate(steps)]) if backward else ():
        yield Event("backward", 2 * N - t, t, _rows(whole, backward, axis, row))
    rest = {n: a for n, a in whole.items() if n.startswith("grad/") and a.dims[0] not in AXES}
    yield Event("done", 2 * N + 1, data=_listed(rest | costly(done, groups)))


def _rows(arrays: dict[str, Array], names: list[str], axis: str, row: int) -> dict[str, Floats]:
    return {n: arrays[n].data[row] for n in names if arrays[n].dims[0] == axis}


def stepwise(arrays: dict[str, Array], group: str) -> list[str]:
    """The arrays that a step of the forward or the backward sweep brings."""
    return [n for n, a in arrays.items() if group_of(n) == group and a.dims[0] in AXES and n not in GIVEN]


def _start(done: Run) -> dict[str, object]:
    given = {n: a for n, a in done.arrays.items() if n in GIVEN or n.startswith("param/")}
    dims = {n: list(a.dims) for n, a in done.arrays.items()}
    layout = {g: stepwise(done.arrays, g) for g in ("forward", "backward")}
    clock = [{"axis": axis, "steps": length} for axis, length in done.clock]
    return {**header(_trace(done, given)), **_listed(given), "layout": layout, "array_dims": dims, "clock": clock}


def _listed(arrays: dict[str, Array]) -> dict[str, object]:
    """Arrays as base64 beside the list of what is not finite."""
    coded = {n: {"dims": list(a.dims), **encode(a.data, "base64")} for n, a in arrays.items()}
    return {"arrays": coded, "nonfinite": nonfinite(arrays)}
