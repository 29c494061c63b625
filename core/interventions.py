"""Surgery on a run: hold a node at a value, replace a token, zero a state, scale a weight; before and after.

The result has every array of the run that was changed, the unperturbed run beside it as `unperturbed/<name>`, and
`divergence` (T, B): the distance between the two states at each step.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from core.arrays import STEP, Array
from core.experiment import DEFAULT_GROUPS, costly_of_chain, group_of, run, traced
from core.holding import hold, release, with_holds
from core.norms import norms
from core.ops import Floats
from core.recipe import Recipe
from core.trace import Trace
from core.unroll import Workspace


@dataclass(frozen=True)
class Clamp:
    """A node is `value` from step `first` to step `last`, both included, in some units or in all."""

    node: str
    value: float
    first: int
    last: int
    units: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Token:
    """Another token is read at step t; the targets stay what they were, so that losses compare."""

    t: int
    token: int


@dataclass(frozen=True)
class Scale:
    """A weight is multiplied by a factor."""

    parameter: str
    factor: float


Intervention = Clamp | Token | Scale


def zero(state: str, t: int) -> Clamp:
    """A state is nothing after step t."""
    return Clamp(state, 0.0, t, t)


def operate(ws: Workspace, interventions: Sequence[Intervention]) -> Workspace:
    """The last run of a workspace again, with interventions; of two that hold the same place the later one counts."""
    s, clamps = ws.sizes, [i for i in interventions if isinstance(i, Clamp)]
    names = tuple(dict.fromkeys(c.node for c in clamps))
    cell = with_holds(ws.cell, names) if names else ws.cell
    after = Workspace(cell, T=s.T, I=s.I, H=s.H, O=s.O, B=s.B, head=ws.head.name)
    factors = [(i.parameter, i.factor) for i in interventions if isinstance(i, Scale)]
    after.load({n: p * np.prod([f for name, f in factors if name == n]) for n, p in ws.params.items()})
    after.begin({state: ws.arrays[f"{state}_prev"].data[0] for state in ws.cell.states})
    release(after, names)
    for c in clamps:
        hold(after, c.node, slice(c.first, c.last + 1), c.units, c.value)
    x = ws.x.copy()
    for token in [i for i in interventions if isinstance(i, Token)]:
        x[token.t] = np.eye(s.I)[token.token]
    after.run(x, ws.target, ws.head.mask)
    return after


def divergence(before: Workspace, after: Workspace) -> dict[str, Array]:
    """||delta s_t|| (T, B) of each state as `divergence/<state>`, and of all of them as `divergence`."""
    gaps = [after.arrays[s].data - before.arrays[s].data for s in before.cell.states]
    found = {f"divergence/{s}": _lengths(gap) for s, gap in zip(before.cell.states, gaps, strict=True)}
    return {"divergence": _lengths(np.concatenate(gaps, axis=-1)), **found}


def _lengths(gap: Floats) -> Array:
    out = np.zeros(gap.shape[:-1])
    with np.errstate(all="ignore"):
        norms(np.ascontiguousarray(gap), out)
    return Array(out, STEP)


def compare(before: Workspace, after: Workspace) -> dict[str, Array]:
    """Every array after the surgery, what changes with time before it as `unperturbed/...`, and the divergence."""
    kept = {n: a for n, a in before.arrays.items() if a.dims[0] == "time" and n not in ("target", "mask")}
    return {**after.arrays, **{f"unperturbed/{n}": a for n, a in kept.items()}, **divergence(before, after)}


def carry_out(recipe: Recipe, interventions: Sequence[Intervention], include: Iterable[str] = DEFAULT_GROUPS) -> Trace:
    """The trace of a recipe's run after surgery; its recipe says which, and its id is its own."""
    done = run(recipe)
    before, groups, plain = done.net, set(include), traced(done, ())
    assert isinstance(before, Workspace)
    after = operate(before, interventions)
    arrays = {n: a for n, a in compare(before, after).items() if group_of(n.removeprefix("unperturbed/")) in groups}
    told = [{"kind": type(i).__name__.lower(), **asdict(i)} for i in interventions]
    identity = hashlib.sha256(f"{plain.id} {json.dumps(told, sort_keys=True)}".encode()).hexdigest()
    read = {i.t: done.material.task.inputs[i.token] for i in interventions if isinstance(i, Token)}
    labels = {**plain.labels, "time": [read.get(t, name) for t, name in enumerate(plain.labels["time"])]}
    values = {**plain.recipe, "interventions": told}
    return replace(
        plain, id=identity, recipe=values, labels=labels, arrays=arrays | costly_of_chain(recipe, after, groups)
    )
