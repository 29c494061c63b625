"""A recipe carried out: as one trace, or as events while it runs."""

from collections.abc import Iterable, Iterator

import numpy as np

from core import ENGINE
from core.arrays import Array
from core.data import DATASETS, Sample
from core.gradients import contributions, truncation
from core.inits import INITS, xavier
from core.jacobians import jacobians, spectra
from core.ops import Floats
from core.recipe import Recipe
from core.sweep import Rows
from core.trace import Event, Trace, encode, header, nonfinite
from core.unroll import Workspace, parameter_shapes

GROUPS = ("forward", "backward", "contributions", "jacobians", "params", "spectral")
DEFAULT_GROUPS = GROUPS[:-1]


def sample_of(recipe: Recipe) -> Sample:
    """The sequence of a recipe."""
    return DATASETS[recipe["data"]].sample(recipe["text"])


def initial_params(recipe: Recipe, ws: Workspace) -> dict[str, Floats]:
    """The weights of a recipe, drawn in the order in which the cell declares them, then V and d."""
    rng = np.random.default_rng(recipe["seed"])
    shapes = parameter_shapes(ws.cell, ws.sizes)
    groups = {p.name: p.group for p in ws.cell.parameters}
    found = {}
    for name, shape in shapes.items():
        if len(shape) == 1:
            found[name] = np.full(shape, recipe["forget_bias"] if name == "b_f" else 0.0)
        elif groups.get(name) == "U":
            found[name] = INITS[recipe["init"]](rng, shape, recipe["gain"])
        else:
            found[name] = xavier(rng, shape, 1.0)
    return found


def run(recipe: Recipe) -> tuple[Workspace, Sample]:
    """Forward and backward through a recipe's sequence."""
    sample = sample_of(recipe)
    T, B, symbols = sample.x.shape
    ws = Workspace(
        recipe.cell, T=T, B=B, I=symbols, H=recipe["hidden"], O=len(sample.output), loss_at=recipe["loss_at"]
    )
    ws.load(initial_params(recipe, ws))
    ws.run(sample.x, sample.target)
    return ws, sample


def compute(recipe: Recipe, include: Iterable[str] = DEFAULT_GROUPS) -> Trace:
    """The trace of a recipe, with the groups of arrays asked for."""
    ws, sample = run(recipe)
    groups = set(include)
    arrays = {n: a for n, a in ws.arrays.items() if group_of(n) in groups}
    return _trace(recipe, ws, sample, arrays | costly(recipe, ws, groups))


def costly(recipe: Recipe, ws: Workspace, groups: Iterable[str]) -> dict[str, Array]:
    """The arrays that take more than the run itself, cheapest first."""
    found: dict[str, Array] = {}
    if "contributions" in groups:
        rows = Rows(ws)
        found |= contributions(ws, rows=rows) | truncation(ws, recipe["window"], rows=rows)
    if "jacobians" in groups:
        found |= jacobians(ws)
    return found | (spectra(ws) if "spectral" in groups else {})


def group_of(name: str) -> str:
    """The group that an array of the run itself belongs to."""
    kind = name.split("/", maxsplit=1)[0]
    return {"param": "params", "grad": "backward", "grad_norm": "backward"}.get(kind, "forward")


def _trace(recipe: Recipe, ws: Workspace, sample: Sample, arrays: dict[str, Array]) -> Trace:
    s = ws.sizes
    dims = {"time": s.T, "batch": s.B, "input": s.I, "hidden": s.H, "output": s.O}
    labels = {"time": list(sample.time), "output": list(sample.output), "input": list(sample.output)}
    labels["target"] = [sample.output[i] for i in sample.target[:, 0]]
    return Trace(recipe.key(), ENGINE, dict(recipe.values), dims, labels, arrays)


def events(recipe: Recipe, include: Iterable[str] = DEFAULT_GROUPS) -> Iterator[Event]:
    """start, forward t = 0..T-1, backward t = T-1..0, done; numbered without gaps."""
    ws, sample = run(recipe)
    T, groups = ws.sizes.T, set(include)
    whole = ws.arrays
    yield Event("start", 0, data=_start(recipe, ws, sample))
    for t in range(T):
        yield Event("forward", 1 + t, t, {n: whole[n].data[t] for n in stepwise(whole, "forward")})
    names = stepwise(whole, "backward")
    for t in reversed(range(T)) if names else ():
        yield Event("backward", 2 * T - t, t, {n: whole[n].data[t] for n in names})
    rest = {n: a for n, a in whole.items() if n.startswith("grad/") and a.dims[0] != "time"}
    yield Event("done", 2 * T + 1, data=_listed(rest | costly(recipe, ws, groups)))


def stepwise(arrays: dict[str, Array], group: str) -> list[str]:
    """The arrays that a step of the forward or the backward sweep brings."""
    given = ("x", "target", "mask")
    return [n for n, a in arrays.items() if group_of(n) == group and a.dims[0] == "time" and n not in given]


def _start(recipe: Recipe, ws: Workspace, sample: Sample) -> dict[str, object]:
    given = {n: a for n, a in ws.arrays.items() if n in ("x", "target", "mask") or n.startswith("param/")}
    trace = _trace(recipe, ws, sample, given)
    dims = {n: list(a.dims) for n, a in ws.arrays.items()}
    layout = {g: stepwise(ws.arrays, g) for g in ("forward", "backward")}
    return {**header(trace), **_listed(given), "layout": layout, "array_dims": dims}


def _listed(arrays: dict[str, Array]) -> dict[str, object]:
    """Arrays as base64 beside the list of what is not finite."""
    coded = {n: {"dims": list(a.dims), **encode(a.data, "base64")} for n, a in arrays.items()}
    return {"arrays": coded, "nonfinite": nonfinite(arrays)}
