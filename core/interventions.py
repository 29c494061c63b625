"""Surgery on a run: hold a node, replace a token, draw on the input, zero a state, scale a weight; before and after.

The result has every array of the run that was changed, the unperturbed run beside it as `unperturbed/<name>`, and
`divergence` (T, B): the distance between the two states at each step.

In a network of several chains the steps of a clamp are those of the input, whichever end a chain reads it from.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from core.arrays import Array
from core.errors import UnrolledError
from core.experiment import AXES, DEFAULT_GROUPS, Run, costly, group_of, run, sizes_of, traced
from core.holding import hold, release, with_holds
from core.material import numbers_shown
from core.networks import Network
from core.norms import norms
from core.ops import Floats
from core.recipe import Recipe
from core.trace import Trace
from core.unroll import Workspace
from core.unrolled import given_to, unrolled


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


@dataclass(frozen=True)
class Input:
    """A feature of the input reads these values from step `first` on; the targets stay what they were."""

    feature: int
    first: int
    values: tuple[float, ...]


Intervention = Clamp | Token | Input | Scale


def zero(state: str, t: int) -> Clamp:
    """A state is nothing after step t."""
    return Clamp(state, 0.0, t, t)


def operate(ws: Workspace, interventions: Sequence[Intervention]) -> Workspace:
    """The last run of a workspace again, with interventions; of two that hold the same place the later one counts."""
    s, clamps = ws.sizes, [i for i in interventions if isinstance(i, Clamp)]
    names = tuple(dict.fromkeys(c.node for c in clamps))
    cell = with_holds(ws.cell, names) if names else ws.cell
    after = Workspace(cell, T=s.T, I=s.I, H=s.H, O=s.O, B=s.B, head=ws.head.name)
    after.load({n: p * _factor(interventions, n) for n, p in ws.params.items()})
    after.begin({state: ws.arrays[f"{state}_prev"].data[0] for state in ws.cell.states})
    release(after, names)
    for c in clamps:
        hold(after, c.node, slice(c.first, c.last + 1), c.units, c.value)
    after.run(_read(ws.x, interventions), ws.target, ws.head.mask)
    return after


def operate_network(done: Run, interventions: Sequence[Intervention]) -> Network:
    """The same for a network of several chains, whose nodes are named with their chain: `encoder/f`."""
    net, batch = done.net, done.material.batch
    held: dict[str, list[Clamp]] = {}
    for clamp in (i for i in interventions if isinstance(i, Clamp)):
        block, _, node = clamp.node.rpartition("/")
        held.setdefault(block, []).append(replace(clamp, node=node))
    names = {b: tuple(dict.fromkeys(c.node for c in clamps)) for b, clamps in held.items()}
    cells = {b: with_holds(cell, names[b]) if b in names else cell for b, cell in done.wiring.cells.items()}
    after = unrolled(replace(done.wiring, cells=cells), **sizes_of(done))
    params = {n.removeprefix("param/"): a.data for n, a in done.arrays.items() if n.startswith("param/")}
    after.load({n: p * _factor(interventions, n) for n, p in params.items()})
    if not isinstance(after, Network) or not isinstance(net, Network):
        raise UnrolledError("this is a single chain")
    for block, clamps in held.items():
        release(after.chains[block], names[block])
        for c in clamps:
            hold(after.chains[block], c.node, _steps(done, block, c), c.units, c.value)
    inputs = given_to(after, batch)
    after.run({**inputs, "x": _read(batch.x, interventions)}, batch.target, mask=batch.mask)
    return after


def _steps(done: Run, block: str, clamp: Clamp) -> slice:
    """The steps of a clamp in the block's own order of time."""
    reverse = next(b.reverse for b in done.wiring.blocks if b.name == block)
    last = len(done.material.batch.x) - 1
    return slice(last - clamp.last, last - clamp.first + 1) if reverse else slice(clamp.first, clamp.last + 1)


def _factor(interventions: Sequence[Intervention], name: str) -> float:
    return float(np.prod([i.factor for i in interventions if isinstance(i, Scale) and i.parameter == name]))


def _read(x: Floats, interventions: Sequence[Intervention]) -> Floats:
    """x (T, 1, I) with other tokens and other numbers at some steps."""
    found = x.copy()
    for each in interventions:
        if isinstance(each, Token):
            found[each.t] = np.eye(x.shape[2])[each.token]
        if isinstance(each, Input):
            found[each.first : each.first + len(each.values), 0, each.feature] = each.values
    return found


Before = Workspace | Run


def _states(run: Before) -> list[str]:
    """Every state by its name in the trace."""
    if isinstance(run, Workspace):
        return [*run.cell.states]
    pairs = [(b.name, s) for b in run.wiring.blocks for s in run.wiring.cells[b.name].states]
    return [f"{block}/{s}" if block else s for block, s in pairs]


def divergence(before: Before, after: Before) -> dict[str, Array]:
    """||delta s_t|| (T, B) of each state as `divergence/<state>`, and of all at the answer's steps as `divergence`."""
    one, two = before.arrays, after.arrays
    gaps = {s: Array(two[s].data - one[s].data, one[s].dims) for s in _states(before)}
    found = {f"divergence/{s}": _lengths(gap) for s, gap in gaps.items()}
    timed = [gap.data for gap in gaps.values() if gap.dims[0] == "time"]
    return {"divergence": _lengths(Array(np.concatenate(timed, axis=-1), ("time", "batch", "hidden"))), **found}


def _lengths(gap: Array) -> Array:
    out = np.zeros(gap.data.shape[:-1])
    with np.errstate(all="ignore"):
        norms(np.ascontiguousarray(gap.data), out)
    return Array(out, gap.dims[:-1])


def compare(before: Before, after: Before) -> dict[str, Array]:
    """Every array after the surgery, what changes with time before it as `unperturbed/...`, and the divergence."""
    kept = {n: a for n, a in before.arrays.items() if a.dims[0] in AXES and n not in ("target", "mask")}
    return {**after.arrays, **{f"unperturbed/{n}": a for n, a in kept.items()}, **divergence(before, after)}


def carry_out(recipe: Recipe, interventions: Sequence[Intervention], include: Iterable[str] = DEFAULT_GROUPS) -> Trace:
    """The trace of a recipe's run after surgery; its recipe says which, and its id is its own."""
    done, groups = run(recipe), set(include)
    changed = _operated(done, interventions)
    arrays = {n: a for n, a in compare(done, changed).items() if group_of(n.removeprefix("unperturbed/")) in groups}
    told = [{"kind": type(i).__name__.lower(), **asdict(i)} for i in interventions]
    plain = traced(done, ())
    identity = hashlib.sha256(f"{plain.id} {json.dumps(told, sort_keys=True)}".encode()).hexdigest()
    read, axis = _words(done, interventions), done.clock[0][0]
    labels = {**plain.labels, axis: [read.get(t, name) for t, name in enumerate(plain.labels[axis])]}
    values = {**plain.recipe, "interventions": told}
    unread = costly(done, groups & {"windows"})
    arrays |= {f"unperturbed/{n}": a for n, a in unread.items() if a.dims[0] in AXES}
    return replace(plain, id=identity, recipe=values, labels=labels, arrays=arrays | costly(changed, groups))


def _operated(done: Run, interventions: Sequence[Intervention]) -> Run:
    if isinstance(done.net, Network):
        given = done.material
        read = given.batch._replace(x=_read(given.batch.x, interventions))
        return replace(done, material=replace(given, batch=read), net=operate_network(done, interventions))
    return replace(done, net=operate(done.net, interventions))


def _words(done: Run, interventions: Sequence[Intervention]) -> dict[int, str]:
    """What is read instead, by step."""
    x, task = _read(done.material.batch.x, interventions), done.material.task
    drawn = {t for i in interventions if isinstance(i, Input) for t in range(i.first, i.first + len(i.values))}
    numbers = {t: numbers_shown(x[t, 0]) for t in sorted(drawn)}
    return numbers | {i.t: task.inputs[i.token] for i in interventions if isinstance(i, Token)}
